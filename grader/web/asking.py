"""What is posted to the review, read with suspicion: JSON of a shape that is known, or words on what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

LONGEST, MOST = 10_000, 20_000


async def body(request: Request) -> Mapping[str, Any]:
    """Return the object that was posted."""
    try:
        data = json.loads(await request.body())
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise HTTPException(400, "what was posted is not an object of JSON; nothing was written")
    return data


def text(asked: Mapping[str, Any], name: str, *, longest: int = LONGEST) -> str:
    """Return a text that was posted, empty where it was not."""
    value = asked.get(name, "")
    if not isinstance(value, str) or len(value) > longest:
        raise HTTPException(400, f"'{name}' has to be a text of at most {longest} characters; nothing was written")
    return value


def texts(asked: Mapping[str, Any], name: str) -> list[str]:
    """Return a list of texts that was posted."""
    value = asked.get(name)
    if not isinstance(value, list) or len(value) > MOST or not all(isinstance(each, str) for each in value):
        raise HTTPException(400, f"'{name}' has to be a list of texts; nothing was written")
    return value


def flag(asked: Mapping[str, Any], name: str) -> bool:
    """Return whether something was posted as true."""
    value = asked.get(name, False)
    if not isinstance(value, bool):
        raise HTTPException(400, f"'{name}' has to be true or false; nothing was written")
    return value


def whole(asked: Mapping[str, Any], name: str, *, least: int, most: int) -> int:
    """Return a whole number that was posted."""
    value = asked.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise HTTPException(400, f"'{name}' has to be a whole number from {least} to {most}; nothing was written")
    return value
