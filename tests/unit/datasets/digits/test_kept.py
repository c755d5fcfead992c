"""Drawn digits are drawn once, and kept in the user's cache."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from grader.datasets.digits import kept
from kit.digits_samples import blank, lay


def never() -> kept.Drawn:
    raise AssertionError("drawn again")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a cache of the test's own."""
    monkeypatch.setenv("MLPGRADER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_digits_are_drawn_once() -> None:
    first, again = kept.drawn(blank), kept.drawn(never)
    assert again.name == "drawn"
    assert np.array_equal(first.train_images, again.train_images)
    assert np.array_equal(again.train_labels, blank()[1])
    assert np.array_equal(again.test_images, blank()[2])
    assert np.array_equal(again.test_labels, blank()[3])


@pytest.mark.parametrize("damage", [lambda raw: raw[:-1], lambda raw: raw[:-1] + b"\x07", lambda raw: b""])
def test_a_damaged_file_of_drawn_digits_is_drawn_again(damage: object) -> None:
    kept.drawn(blank)
    path = kept.drawn_file()
    path.write_bytes(damage(path.read_bytes()))
    assert np.array_equal(kept.drawn(blank).test_labels, blank()[3])
    assert np.array_equal(kept.drawn(never).test_labels, blank()[3])


def test_another_generator_has_another_file() -> None:
    assert kept.drawn_file(b"one") != kept.drawn_file(b"another")


def test_what_an_older_generator_drew_is_removed(folder: Path) -> None:
    old = lay(folder, {"drawn-0123456789abcdef.bin": b"old"}) / "drawn-0123456789abcdef.bin"
    kept.drawn(blank)
    assert not old.exists()


def test_a_cache_that_cannot_be_written_costs_only_time(folder: Path) -> None:
    folder.write_text("a file is in the way")
    assert kept.drawn(blank).name == "drawn"
