"""What student code answered, kept: on disk for each submission, and under a key of all that shaped it."""

from __future__ import annotations

from grader.evidence.folder import FILE, Asked, asked, has, load, normalise, save, withdraw
from grader.evidence.keys import key
from grader.evidence.store import Store, is_what_would_be_asked, of_the_user

__all__ = [
    "FILE",
    "Asked",
    "Store",
    "asked",
    "has",
    "is_what_would_be_asked",
    "key",
    "load",
    "normalise",
    "of_the_user",
    "save",
    "withdraw",
]
