"""Where a data set is looked for, and which of its forms is taken."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from grader.datasets import DataSet, Drawn, Files, load, where
from grader.datasets.digits import DIGITS, digits_of, idx
from grader.errors import AuthorError, HarnessError
from grader.model import Setting
from kit.digits_samples import FEW, FILES, few, lay

CARDS = replace(FEW, name="cards", drawn=Drawn("dealt", "dealt cards", lambda: ["ace", "ten"]))
FILED = replace(CARDS, drawn=None)
DEALT = replace(CARDS, files=None)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a cache of the test's own."""
    monkeypatch.setenv("MLPGRADER_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("MLPGRADER_DATA", raising=False)
    return tmp_path / "cache"


def test_a_folder_that_is_named_is_read(tmp_path: Path) -> None:
    found = load(CARDS, lay(tmp_path / "mine"))
    assert (found.name, found.kind, found.title) == ("cards", "mnist", "MNIST")
    assert np.array_equal(found.value.train_images, few().train_images)


def test_a_folder_that_is_named_and_empty_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match="there is no such folder"):
        load(CARDS, tmp_path / "mine")
    assert where(CARDS, tmp_path / "mine").refused is not None


def test_the_variable_names_a_folder_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLPGRADER_DATA", str(lay(tmp_path / "mine")))
    assert load(CARDS).kind == "mnist"
    assert where(CARDS).uses is CARDS.files


def test_a_data_set_without_a_variable_is_not_looked_for_in_that_of_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLPGRADER_DATA", str(tmp_path / "nothing"))
    assert isinstance(CARDS.files, Files)
    assert load(replace(CARDS, files=replace(CARDS.files, variable=""))).kind == "dealt"


def test_what_was_fetched_is_used(folder: Path) -> None:
    lay(folder / "mnist")
    assert load(CARDS).kind == "mnist"
    facts = where(CARDS)
    assert (facts.uses, facts.places[0].source) == (CARDS.files, "cache")


@pytest.mark.parametrize("names", [idx.NAMES[:0], idx.NAMES[:3]])
def test_without_all_of_the_files_it_is_drawn(names: tuple[str, ...], folder: Path) -> None:
    lay(folder / "mnist", {name: FILES[name] for name in names})
    assert (load(CARDS).kind, load(CARDS).value) == ("dealt", ["ace", "ten"])
    assert where(CARDS).uses is CARDS.drawn


def test_a_damaged_file_that_was_fetched_is_refused_rather_than_passed_over(folder: Path) -> None:
    lay(folder / "mnist", FILES | {idx.TEST_LABELS: b"damaged"})
    with pytest.raises(AuthorError, match=f"{idx.TEST_LABELS}.*mlpgrader data fetch"):
        load(CARDS)
    facts = where(CARDS)
    assert (facts.uses, facts.refused) == (None, facts.places[0])
    assert [file.state for file in facts.places[0].files] == ["whole", "whole", "whole", "wrong"]


def test_every_place_is_looked_at_in_the_order_in_which_it_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLPGRADER_DATA", str(tmp_path / "named"))
    facts = where(CARDS, lay(tmp_path / "given"))
    assert [place.source for place in facts.places] == ["--data", "MLPGRADER_DATA", "cache"]
    assert facts.uses is CARDS.files


def test_files_that_are_nowhere_and_cannot_be_drawn_are_asked_for() -> None:
    with pytest.raises(
        AuthorError, match="data set 'cards': is not on this machine; mlpgrader data fetch gets MNIST, or name"
    ):
        load(FILED)
    assert (where(FILED).uses, where(FILED).refused) == (None, None)


def test_what_is_drawn_only_needs_no_folder(tmp_path: Path) -> None:
    assert load(DEALT, tmp_path / "mine").value == ["ace", "ten"]
    assert (where(DEALT).uses, where(DEALT).places) == (DEALT.drawn, ())


def test_it_is_known_whether_what_is_drawn_is_kept(tmp_path: Path) -> None:
    kept = replace(CARDS, drawn=Drawn("dealt", "dealt cards", list, kept=lambda: tmp_path / "dealt"))
    assert where(kept).kept is None
    (tmp_path / "dealt").touch()
    assert where(kept).kept == tmp_path / "dealt"


@pytest.mark.parametrize(
    ("words", "problem"),
    [({"name": "My cards"}, "give it a name of small letters"), ({"name": "cards"}, "neither in files nor drawn")],
)
def test_a_data_set_that_is_none_is_refused(words: dict[str, str], problem: str) -> None:
    with pytest.raises(AuthorError, match=problem):
        DataSet(**words)


def test_probes_get_the_digits_of_their_setting() -> None:
    assert (
        digits_of(Setting(data={DIGITS.name: load(replace(FEW, files=None, drawn=Drawn("few", "few", few)))})).name
        == "drawn"
    )
    with pytest.raises(HarnessError, match="no digits"):
        digits_of(Setting())
