"""What student code answered, kept: on disk for each submission, and under a key of all that shaped it."""

from __future__ import annotations

from grader.evidence.folder import has, load, normalise, save, withdraw
from grader.evidence.keys import key
from grader.evidence.store import Store

__all__ = ["Store", "has", "key", "load", "normalise", "save", "withdraw"]
