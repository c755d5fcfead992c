"""Somebody who marks by what pages of the review tell them, without a browser."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from typing import Any

import httpx

from grader.gradebook.nouns import Answered
from grader.web.marking.naming import answer_name
from grader.web.reviewing import Review
from kit.visiting import Client

PLACE = {"item": "classification", "check": "comparison_written"}
NOTHING = {"points": None, "entries": [], "adjustment": "0", "comment": ""}


@dataclass(frozen=True)
class Marker:
    """A person who marks: the browser, the header for writes, and the review that they mark in."""

    client: Client
    writes: dict[str, str]
    review: Review

    def post(self, what: str, **body: Any) -> httpx.Response:
        """Post to one of the writes, for the check that waits."""
        return self.client.post(f"/api/{what}", json=PLACE | body, headers=self.writes)

    def mark(self, student: str, version: int = 0, **mark: Any) -> httpx.Response:
        """Give a mark to one answer."""
        return self.post("mark", answer=self.name(student), version=version, mark=NOTHING | mark)

    def name(self, student: str) -> str:
        """Return what browsers call a student's answer."""
        return answer_name(self.review.book.secret, student, 1)

    def line(self, text: str = "Right", points: str = "2") -> int:
        """Add a line to the guide, and return its number."""
        entry: int = self.post("entry", text=text, points=points).json()["entry"]
        return entry

    def now(self, student: str) -> Answered:
        """Return how an answer stands."""
        return self.review.book.answered(student, 1, PLACE["item"], PLACE["check"])

    def page(self, address: str) -> dict[str, Any]:
        """Return what a page of marking tells its script."""
        answer = self.client.get(address)
        assert answer.status_code == 200, answer.text
        found = re.search(r'data-marking="([^"]*)"', answer.text)
        assert found, address
        told: dict[str, Any] = json.loads(html.unescape(found[1]))
        return told

    def goes(self, address: str) -> str:
        """Return where a page leads on to."""
        answer = self.client.get(address)
        return answer.headers["location"] if answer.status_code == 303 else answer.headers["content-location"]
