"""Pages of marking: anonymous, stale ones first, groups before single ones; looking writes nothing."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from grader.gradebook.nouns import Noted
from kit import report_samples as samples
from kit.marker import NOTHING, Marker
from kit.reviewing import answering

# a browser cannot post half of a character
HOSTILE = samples.HOSTILE.removesuffix("\udc80")
PAGES = ("/marking", "/marking/1", "/marking/1/group/1", "/marking/1/group/2", "/marking/1/6", "/marking/1/8")


def test_answers_are_anonymous(marker: Marker) -> None:
    for page in PAGES:
        text = marker.client.get(page).text
        assert [name for name in ("fay", "gus", "hal", "ann", "Fay", "Gus", "Hal", "Ann") if name in text.split()] == []
        assert 'fay"' not in text


def test_tasks_lead_to_their_answers_by_the_number_that_they_have(marker: Marker) -> None:
    marker.review.shelves.remember([("another", "check")])
    text = marker.client.get("/marking").text
    assert re.findall(r'href="(/marking/[^"]+)"', text) == ["/marking/2", "/marking/2/next"]


def test_looking_writes_nothing(marker: Marker) -> None:
    before = marker.review.book.audit()
    assert [marker.client.get(page).status_code for page in PAGES] == [200] * len(PAGES)
    marker.client.get("/marking/1/next")
    assert marker.review.book.audit() == before


def test_groups_come_first_then_single_answers_then_the_list(marker: Marker) -> None:
    walked = []
    at = "/marking/1/next"
    for _ in range(10):
        page = marker.goes(at)
        walked.append(page)
        if page == "/marking/1":
            break
        told = marker.page(page)
        names = told["members"] if "members" in told else [told["answer"]]
        version = told["version"] if "members" in told else {told["answer"]: told["version"]}
        body = {"group": told.get("group", "one"), "answers": names, "version": version}
        marker.post("mark", mark=NOTHING | {"points": "1"}, **body)
        at = f"/marking/1/next/{marker.review.shelves.known('classification', 'comparison_written').places[names[-1]]}"
    assert walked == [
        "/marking/1/group/1",
        "/marking/1/group/2",
        "/marking/1/6",
        "/marking/1/7",
        "/marking/1/8",
        "/marking/1",
    ]


def test_what_has_changed_since_it_was_marked_comes_first(marker: Marker) -> None:
    marker.mark("hal", points="1")
    other = answering("hal", "Another text.")
    marker.review.book.note(Noted("hal", 1, replace(other.result), folder="hal", key="new"))
    place = marker.goes("/marking/1/next")
    assert marker.page(place)["answer"] == marker.name("hal")
    assert "changed since" in marker.client.get("/marking/1").text
    assert "earlier result" in marker.client.get(place).text


def test_hostile_words_stay_words(marker: Marker) -> None:
    line = marker.line(HOSTILE)
    marker.mark("fay", entries=[line], comment=HOSTILE)
    marker.post("comment", text=HOSTILE)
    place = next(k for k in (6, 7, 8) if marker.page(f"/marking/1/{k}")["answer"] == marker.name("fay"))
    text = marker.client.get(f"/marking/1/{place}").text
    assert "<script>document" not in text
    assert "<img src=x" not in text


@pytest.mark.parametrize(
    "path",
    [
        "/marking/0", "/marking/2", "/marking/x", "/marking/-1", "/marking/1/0", "/marking/1/9", "/marking/1/next/x",
        "/marking/1/group/0", "/marking/1/group/99", "/marking/²", "/marking/1/..%2f..", "/marking/1/99999999999999999999",
    ],
)  # fmt: skip
def test_an_address_of_nothing_is_told_to_be_none(marker: Marker, path: str) -> None:
    assert marker.client.get(path).status_code == 404
