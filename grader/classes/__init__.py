"""A class as a learning platform packs it: who handed in what and when, found in a download, a roster and the course's rules."""

from __future__ import annotations

from grader.classes.gathering import gathered, gathering
from grader.classes.layouts import LAYOUTS
from grader.classes.model import Found, HandIn, Joined, Lateness, Taken, Unread
from grader.classes.names import folder_of
from grader.classes.reading import read
from grader.model import Person

__all__ = [
    "LAYOUTS",
    "Found",
    "HandIn",
    "Joined",
    "Lateness",
    "Person",
    "Taken",
    "Unread",
    "folder_of",
    "gathered",
    "gathering",
    "read",
]
