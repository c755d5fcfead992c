"""What a data set is: the files that it lies in, and what is made where there are none."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import AuthorError

NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Files:
    """The files of a data set: `sha256` says of each name what its content, decompressed, must be.

    `read` makes of name -> content what probes work with. The files are looked for in a folder that is named, by `--data` or
    by the environment variable `variable`, and then in the cache, which `mlpgrader data fetch` fills from the first of the
    `mirrors` (addresses of folders; `suffix` is what the files have there behind their names) that has them. None of them
    is larger than `most_bytes`. `kind` names these files among the forms of the data set, ``mnist``, and `title` calls them
    by name, ``MNIST``.

    >>> from mlpgrader.authoring import Files
    >>> prices = Files("shop", "shop prices", {"prices.csv": "5a" * 32}, read=lambda files: files["prices.csv"].split())
    >>> prices.read({"prices.csv": b"2.5 1.0"})
    [b'2.5', b'1.0']
    """

    kind: str
    title: str
    sha256: Mapping[str, str]
    read: Callable[[Mapping[str, bytes]], Any]
    variable: str = ""
    mirrors: tuple[str, ...] = ()
    suffix: str = ""
    most_bytes: int = 1 << 26


@dataclass(frozen=True)
class Drawn:
    """What takes the place of files that are nowhere: `draw` makes it, from a seed of its own, and always the same.

    `kept` is where it lies once it was drawn; None where it is drawn anew each time.

    >>> from mlpgrader.authoring import Drawn
    >>> Drawn("made", "made-up prices", draw=lambda: [2.5, 1.0]).draw()
    [2.5, 1.0]
    """

    kind: str
    title: str
    draw: Callable[[], Any]
    kept: Callable[[], Path] | None = None


@dataclass(frozen=True)
class DataSet:
    """Data that probes of an assignment work with, declared: it lies in files, or is drawn, or either.

    AuthorError when it is neither, or its name is not one.

    >>> from mlpgrader.authoring import DataSet, Drawn
    >>> DataSet("prices", drawn=Drawn("made", "made-up prices", draw=lambda: [2.5, 1.0])).name
    'prices'
    """

    name: str
    files: Files | None = None
    drawn: Drawn | None = None

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise AuthorError(f"data set '{self.name}': give it a name of small letters, digits and underscores")
        if self.files is None and self.drawn is None:
            raise AuthorError(f"data set '{self.name}': is neither in files nor drawn; say at least one of them")
