"""Digits for the grader: MNIST where it is at hand, drawn ones where it is not."""

from __future__ import annotations

import os
from pathlib import Path

from grader.digits import cache, idx, mnist
from grader.digits.cache import drawn
from grader.digits.unseen import paper, unseen
from grader.digits.where import Facts, where
from grader.model import Digits

__all__ = ["Facts", "cache", "drawn", "idx", "load", "mnist", "paper", "unseen", "where"]


def load(folder: Path | None = None) -> Digits:
    """Return the MNIST in `folder`; without one that of `MLPGRADER_DATA`, else of the cache, else the drawn digits.

    AuthorError: a folder was named, and MNIST is not in it, or some of what `data fetch` got is damaged.
    """
    named = folder or (Path(os.environ["MLPGRADER_DATA"]) if os.environ.get("MLPGRADER_DATA") else None)
    if named is not None:
        return mnist.read(named)
    fetched = cache.mnist_folder()
    if all(mnist.file_in(fetched, name) for name in idx.NAMES):
        return mnist.read(fetched)
    return drawn()
