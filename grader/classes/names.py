"""Names of files as they were before a platform or a browser added to them, and keys that name students on disk."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from grader.classes.model import Taken
from grader.intake.naming import folder_name, without_marks
from grader.text import printable

_MARK = re.compile(r"-\d{1,3}(?=\.|$)")


def undone(name: str, required: Collection[str]) -> str:
    """Return a required name where a platform's ``-N`` is all that is different, before the first dot or before the last.

    The number is no attempt: a first hand-in has one, too, where some older file had its name.

    >>> undone("mlp-2.py", ["mlp.py"]), undone("part-2.py", ["mlp.py"]), undone("x.test-1.ipynb", ["x.test.ipynb"])
    ('mlp.py', 'part-2.py', 'x.test.ipynb')
    """
    known = {each.casefold(): each for each in required}
    for found in _MARK.finditer(name):
        if (plain := (name[: found.start()] + name[found.end() :]).casefold()) in known:
            return known[plain]
    return name


def graded_names(files: Iterable[tuple[str, str]], required: Collection[str]) -> tuple[Taken, ...]:
    """Return the files (name, stored) of one student under the names that they are graded by, each name once.

    What a platform added is undone where no other file has the name; where two files have one, the second keeps what it is
    called in the download.
    """
    files = sorted(files, key=lambda each: each[1])
    wanted = Counter(undone(name, required) for name, _ in files)
    plain = {name for name, _ in files}
    taken: dict[str, str] = {}
    for name, stored in files:
        back = undone(name, required)
        chosen = back if wanted[back] == 1 and (back == name or back not in plain) else name
        if chosen in taken:
            chosen = stored.rpartition("/")[2]
        taken.setdefault(chosen, stored)
    return tuple(Taken(name, stored) for name, stored in sorted(taken.items()))


def renamed(taken: Iterable[Taken]) -> Iterable[tuple[str, str]]:
    """Yield what a file is called in the download and the name by which it is graded, where a mark was undone."""
    for each in taken:
        stored = each.stored.rpartition("/")[2]
        if not stored.endswith(each.name) and without_marks(stored).endswith(without_marks(each.name)):
            yield stored, each.name


def keys(whos: Iterable[str]) -> Mapping[str, str]:
    """Return a key for each of those by whom students are known: the name of a folder, no two alike but for capitals.

    A name that is harmless is its own key. Of another one the key ends in a digest, and so it does where two are alike.
    """
    names = list(dict.fromkeys(whos))
    made = {who: folder_name(who.replace("+", "_")) for who in names}
    alike = Counter(unicodedata.normalize("NFC", key).casefold() for key in made.values())
    return {
        who: key if key == who and alike[unicodedata.normalize("NFC", key).casefold()] == 1 else f"{key}~{_digest(who)}"
        for who, key in made.items()
    }


def folder_of(student: str, attempt: int) -> str:
    """Return the name of the folder in which an attempt is graded: the key alone for the first one.

    >>> folder_of("jane", 1), folder_of("jane", 3)
    ('jane', 'jane+3')
    """
    return student if attempt == 1 else f"{student}+{attempt}"


def visible(name: str) -> str:
    """Return the name of a person on one line, with all that could steer a terminal written out."""
    return printable(" ".join(name.split()))


def _digest(who: str) -> str:
    return hashlib.sha256(who.encode(errors="surrogatepass")).hexdigest()[:6]
