"""Names of files and submissions: which are harmful, which are left out, and how they are shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from grader.errors import IntakeError
from grader.filenames import OF_A_CLASS, OF_A_RUN, OUT, SUMMARY
from grader.text import printable

DEPTH = 8
NAME_BYTES = 200
ID_BYTES = 120
SHOWN = 120

_JUNK_FOLDERS = frozenset(("__MACOSX", "__pycache__", ".git", ".hg", ".svn", ".ipynb_checkpoints", ".idea", ".vscode"))
_JUNK_FILES = frozenset((".DS_Store", "Thumbs.db", "desktop.ini"))
# an environment by its name or by what is in it, unless it holds the student's work as well
_ENVIRONMENTS = frozenset(("venv", ".venv", "site-packages", "node_modules"))
_MARKERS = frozenset(("pyvenv.cfg", "conda-meta"))
_COPY_OF = re.compile(r"^copy of ")
_MARKS = re.compile(r"(?:[ _-]*\(\d{1,3}\)|[-_]\d{1,2}|[ _-]+copy(?:[ _-]*\d{1,3})?)+$")


def shown(name: str) -> str:
    """Return a name as one short line that is safe in a terminal."""
    return printable(name if len(name) <= SHOWN else f"{name[: SHOWN - 1]}…")


def folder_name(name: str) -> str:
    """Return `name` as a name that is harmless for a folder: unicode and spaces stay, at most 120 bytes of UTF-8."""
    letters = unicodedata.normalize("NFC", name)
    text = "".join("_" if letter in "/\\" or printable(letter) != letter else letter for letter in letters)
    text = text.encode()[:ID_BYTES].decode(errors="ignore").strip()
    text = re.sub(r"^\.+", lambda dots: "_" * len(dots.group()), text)
    return f"{text}_" if text.casefold() in (*OF_A_RUN, *OF_A_CLASS) else text or "submission"


def without_marks(name: str) -> str:
    """Return a file's name in small letters without what a browser, a platform or a system adds to a copy.

    ``mlp (1).py``, ``MLP-1.py``, ``Copy of mlp.py`` and ``mlp copy 2.py`` are ``mlp.py``.
    """
    stem, dot, suffix = name.casefold().rpartition(".")
    stem = _COPY_OF.sub("", stem if dot else suffix)
    return f"{_MARKS.sub('', stem).strip()}{dot}{suffix if dot else ''}"


def composed(path: str) -> str:
    """Return a path with its letters composed (NFC); one with so long a name in it that it is left out stays as it is.

    To compose a name takes time with the square of its length.
    """
    if any(len(part) > NAME_BYTES for part in path.split("/", DEPTH + 1)):
        return path
    return unicodedata.normalize("NFC", path)


def inside(name: str, label: str) -> str:
    """Return the name of an archive's entry without ``.`` and double slashes; IntakeError when it points outside."""
    if points_outside(name):
        raise IntakeError(
            f"{label}: the entry '{shown(name)}' points outside the archive; pack your folder again with your "
            "system's own zip command and hand in that file"
        )
    return plain(name)


def points_outside(name: str) -> bool:
    """Tell whether an archive's entry is meant to lie outside of where the archive is unpacked."""
    return name.startswith("/") or "\\" in name or ".." in name.split("/") or re.match("[A-Za-z]:/", name) is not None


def plain(name: str) -> str:
    """Return the name of an archive's entry without ``.`` and double slashes."""
    return "/".join(part for part in name.split("/") if part not in ("", "."))


def unusable(path: str) -> str:
    """Say why a file of this name is left out, or nothing: words that complete a sentence beginning with the name."""
    parts = path.split("/")
    if len(parts) > DEPTH:
        return f"is more than {DEPTH} folders deep"
    if any(len(part.encode(errors="surrogatepass")) > NAME_BYTES for part in parts):
        return "has too long a name"
    if "\\" in path or printable(path) != path:
        return "has a name with unusual characters"
    return ""


def names_drive(path: str) -> bool:
    """Tell whether a path below some folder is one of a drive's to Windows (``C:x.py``, ``0:``), and so not below it."""
    return path[1:2] == ":"


def is_junk(path: str, children: Collection[str] = (), required: Collection[str] = ()) -> bool:
    """Tell whether a file, or a folder with these names in it, is left out without a word."""
    name = path.rpartition("/")[2]
    if name in _JUNK_FOLDERS or name in _JUNK_FILES or name.startswith("._"):
        return True
    if not children or not set(required).isdisjoint(children):
        return False
    # what an earlier grading left is known by its name and by what is in it
    return name in _ENVIRONMENTS or not _MARKERS.isdisjoint(children) or (name == OUT and SUMMARY in children)
