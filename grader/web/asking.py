"""What a browser posts, read with suspicion: each field has its kind and its bounds, and what is wrong is told in words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

from grader.gradebook.columns import LONGEST

MOST_ANSWERS, MOST_ENTRIES = 20_000, 200
LARGEST = 2**31 - 1
_NUMBER = re.compile(r"[+-]?\d{1,9}(?:\.\d{1,6})?")


class Unfit(HTTPException):
    """What was posted cannot be taken; the words say why."""

    def __init__(self, words: str) -> None:
        super().__init__(400, words)


class Asked:
    """The fields of one JSON object that was posted; Unfit for whatever is not as it should be.

    No text is longer than what the gradebook keeps of one, so that nothing is cut.
    """

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = fields

    @classmethod
    def of(cls, body: bytes) -> Asked:
        """Read a body."""
        try:
            fields = json.loads(body)
        except (ValueError, RecursionError):
            raise Unfit("what was sent is no JSON") from None
        if not isinstance(fields, dict):
            raise Unfit("what was sent is no JSON object")
        return cls(fields)

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def part(self, name: str) -> Asked:
        """Return an object within."""
        return Asked(self._of(name, dict))

    def words(self, name: str, *, most: int = LONGEST) -> str:
        """Return a text of at most so many characters."""
        text: str = self._of(name, str)
        if len(text) > most:
            raise Unfit(f"'{name}' has {len(text):,} characters; {most:,} is the most")
        return text

    def filled(self, name: str, *, most: int = LONGEST) -> str:
        """Return a text that says something, without spaces around it."""
        text = self.words(name, most=most).strip()
        if not text:
            raise Unfit(f"'{name}' is empty")
        return text

    def points(self, name: str) -> Decimal:
        """Return points, which come as words so that none is lost by rounding."""
        text = self.words(name, most=40).strip()
        if not _NUMBER.fullmatch(text):
            raise Unfit(f"'{text}' is no number of points; write one such as 1.5")
        return Decimal(text)

    def points_if_any(self, name: str) -> Decimal | None:
        """Return points, or None where there are none."""
        return None if self._fields.get(name) is None else self.points(name)

    def whole(self, name: str, *, most: int = LARGEST) -> int:
        """Return a whole number from 0."""
        number = _whole(name, self._fields.get(name))
        if number > most:
            raise Unfit(f"'{name}' is {number:,}; {most:,} is the most")
        return number

    def switch(self, name: str) -> bool:
        """Return yes or no."""
        on: bool = self._of(name, bool)
        return on

    def wholes(self, name: str) -> tuple[int, ...]:
        """Return different whole numbers in their order."""
        given = self._of(name, list)
        if len(given) > MOST_ENTRIES:
            raise Unfit(f"'{name}' are too many")
        return tuple(dict.fromkeys(_whole(name, each) for each in given))

    def names(self, name: str) -> tuple[str, ...]:
        """Return different names in their order."""
        given = self._of(name, list)
        if len(given) > MOST_ANSWERS or not all(isinstance(each, str) for each in given):
            raise Unfit(f"'{name}' is no list of names")
        return tuple(dict.fromkeys(given))

    def versions(self, name: str) -> dict[str, int]:
        """Return whole numbers by name."""
        given = self._of(name, dict)
        if len(given) > MOST_ANSWERS:
            raise Unfit(f"'{name}' are too many")
        return {str(key): _whole(name, each) for key, each in given.items()}

    def _of(self, name: str, kind: type) -> Any:
        found = self._fields.get(name)
        if not isinstance(found, kind):
            raise Unfit(f"'{name}' is missing, or of another kind")
        return found


async def posted(request: Request) -> Asked:
    """Return the object that was posted."""
    return Asked.of(await request.body())


def _whole(name: str, given: object) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or not 0 <= given <= LARGEST:
        raise Unfit(f"'{name}' is no whole number")
    return given
