"""The user's cache, and which digits are taken from it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import platformdirs
import pytest

from grader import digits
from grader.digits import cache, idx, mnist
from grader.errors import AuthorError
from kit.digits_samples import DIGESTS, FILES, lay

SIZES = ((60_000, 784), (60_000,), (10_000, 784), (10_000,))


def blank() -> cache.Drawn:
    """Return a data set of the right shapes in no time."""
    first, second, third, fourth = (np.full(size, k, np.uint8) for k, size in enumerate(SIZES))
    return first, second, third, fourth


def never() -> cache.Drawn:
    raise AssertionError("drawn again")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a cache of the test's own; small files count as MNIST."""
    monkeypatch.setenv("MLPGRADER_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("MLPGRADER_DATA", raising=False)
    for name, digest in DIGESTS.items():
        monkeypatch.setitem(mnist.SHA256, name, digest)
    return tmp_path / "cache"


def test_without_the_variable_the_cache_is_where_the_system_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLPGRADER_CACHE")
    assert cache.folder() == platformdirs.user_cache_path("mlpgrader", appauthor=False)


def test_digits_are_drawn_once() -> None:
    first, again = cache.drawn(blank), cache.drawn(never)
    assert again.name == "drawn"
    assert np.array_equal(first.train_images, again.train_images)
    assert np.array_equal(again.train_labels, blank()[1])
    assert np.array_equal(again.test_images, blank()[2])
    assert np.array_equal(again.test_labels, blank()[3])


@pytest.mark.parametrize("damage", [lambda raw: raw[:-1], lambda raw: raw[:-1] + b"\x07", lambda raw: b""])
def test_a_damaged_file_of_drawn_digits_is_drawn_again(damage: object) -> None:
    cache.drawn(blank)
    path = cache.drawn_file()
    path.write_bytes(damage(path.read_bytes()))
    assert np.array_equal(cache.drawn(blank).test_labels, blank()[3])
    assert np.array_equal(cache.drawn(never).test_labels, blank()[3])


def test_another_generator_has_another_file() -> None:
    assert cache.drawn_file(b"one") != cache.drawn_file(b"another")


def test_what_an_older_generator_drew_is_removed(folder: Path) -> None:
    old = lay(folder, {"drawn-0123456789abcdef.bin": b"old"}) / "drawn-0123456789abcdef.bin"
    cache.drawn(blank)
    assert not old.exists()


def test_a_cache_that_cannot_be_written_costs_only_time(folder: Path) -> None:
    folder.write_text("a file is in the way")
    assert cache.drawn(blank).name == "drawn"


def test_a_folder_that_is_named_is_read(tmp_path: Path) -> None:
    assert digits.load(lay(tmp_path / "mine")).name == "mnist"


def test_a_folder_that_is_named_and_empty_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match="there is no such folder"):
        digits.load(tmp_path / "mine")
    assert digits.where(tmp_path / "mine").uses == ""


def test_the_variable_names_a_folder_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLPGRADER_DATA", str(lay(tmp_path / "mine")))
    assert digits.load().name == "mnist"
    assert digits.where().uses == "mnist"


def test_what_was_fetched_is_used(folder: Path) -> None:
    lay(folder / "mnist")
    assert digits.load().name == "mnist"
    facts = digits.where()
    assert (facts.uses, facts.place and facts.place.source) == ("mnist", "cache")


@pytest.mark.parametrize("names", [idx.NAMES[:0], idx.NAMES[:3]])
def test_without_all_of_mnist_the_digits_are_drawn(names: tuple[str, ...], folder: Path) -> None:
    lay(folder / "mnist", {name: FILES[name] for name in names})
    cache.drawn(blank)
    assert digits.load().name == "drawn"
    assert digits.where().uses == "drawn"


def test_a_damaged_file_that_was_fetched_is_refused_rather_than_passed_over(folder: Path) -> None:
    lay(folder / "mnist", FILES | {idx.TEST_LABELS: b"damaged"})
    with pytest.raises(AuthorError, match=f"{idx.TEST_LABELS}.*mlpgrader data fetch"):
        digits.load()
    facts = digits.where()
    assert facts.uses == ""
    assert [file.state for file in facts.places[0].files] == ["whole", "whole", "whole", "wrong"]


def test_every_place_is_looked_at_in_the_order_in_which_it_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLPGRADER_DATA", str(tmp_path / "named"))
    facts = digits.where(lay(tmp_path / "given"))
    assert [place.source for place in facts.places] == ["--data", "MLPGRADER_DATA", "cache"]
    assert facts.uses == "mnist"


def test_it_is_known_whether_digits_have_been_drawn() -> None:
    assert not digits.where().drawn_kept
    cache.drawn(blank)
    assert digits.where().drawn_kept
