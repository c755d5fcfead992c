"""Archives of files for people: written piece by piece, and the same bytes for the same files."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path

from grader import atomic

# the first that a zip can tell: the clock has no part in what is written
BEGINNING = (1980, 1, 1, 0, 0, 0)
READABLE = 0o644 << 16
# pages get hardly smaller by more, and take three times as long
FAST = 1


def write(path: Path, files: Iterable[tuple[str, bytes]]) -> int:
    """Write a zip of these files, name -> content, and return how many they are; AuthorError when that cannot be done.

    No more than one of them is in memory at a time.
    """
    count = 0
    with atomic.writing(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            about = zipfile.ZipInfo(name, BEGINNING)
            about.external_attr = READABLE
            archive.writestr(about, content, zipfile.ZIP_DEFLATED, FAST)
            count += 1
    return count
