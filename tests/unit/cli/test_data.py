"""`mlpgrader data` from the command line."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from grader import assignments
from grader.cli import main
from grader.datasets import DataSet, Drawn, fetching
from grader.datasets.digits import DIGITS, idx, mnist
from kit.digits_samples import DIGESTS, FILES, Mirror, lay, serving


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty cache of the test's own; small files count as MNIST."""
    monkeypatch.setenv("MLPGRADER_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("MLPGRADER_DATA", raising=False)
    for name, digest in DIGESTS.items():
        monkeypatch.setitem(mnist.SHA256, name, digest)
    return tmp_path / "cache"


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    main(["data", "show", *words])
    return " ".join(capsys.readouterr().out.split())


def test_mnist_is_fetched_from_the_mirror_that_is_named(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(Mirror()) as url:
        assert main(["data", "fetch", "--from", url]) == 0
    assert {path.name: path.read_bytes() for path in (cache / "mnist").iterdir()} == FILES
    printed = capsys.readouterr()
    assert f"MNIST is in {cache / 'mnist'}" in printed.out
    assert f"{idx.TEST_LABELS} from {url}" in printed.err


def test_without_a_name_the_known_mirrors_are_tried(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Mirror(status=503)) as bad, serving(Mirror()) as good:
        reachable = replace(DIGITS, files=replace(DIGITS.files, mirrors=(bad, good)))
        monkeypatch.setattr(assignments, "data_sets", lambda: (reachable,))
        assert main(["data", "fetch"]) == 0
    assert len(list((cache / "mnist").iterdir())) == 4


def test_a_fetch_that_fails_ends_with_reasons_and_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    with serving(Mirror(status=403)) as url:
        assert main(["data", "fetch", "--from", url]) == 2
    complaint = capsys.readouterr().err
    assert f"mlpgrader: {idx.TRAIN_IMAGES}.gz could not be fetched:\n  {url} answers 403 Forbidden\n" in complaint
    assert "--data DIR" in complaint


def test_a_fetch_is_stopped_with_the_status_of_a_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(fetching, "fetch", stopped)
    assert main(["data", "fetch"]) == 130


def test_an_empty_machine_uses_drawn_digits_and_learns_how_to_get_mnist(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys)
    assert f"{idx.TRAIN_IMAGES} missing" in text
    assert "drawn digits not drawn yet" in text
    assert "A grading uses drawn digits." in text
    assert "mlpgrader data fetch" in text


def test_mnist_in_the_cache_is_used_and_how_to_go_without_is_said(
    cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(cache / "mnist")
    text = shown(capsys)
    assert f"{idx.TRAIN_IMAGES} whole" in text
    assert "A grading uses MNIST in" in text
    assert "For the drawn digits: move this folder away" in text


def test_a_folder_that_would_be_refused_ends_with_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay(tmp_path / "mine", {**FILES, idx.TRAIN_IMAGES: b"half"})
    assert main(["data", "show", "--data", str(tmp_path / "mine")]) == 2
    assert "A grading would refuse what is in" in " ".join(capsys.readouterr().out.split())


def test_json_is_what_was_found_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay(tmp_path / "mine")
    assert main(["data", "show", "--data", str(tmp_path / "mine"), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    (digits,) = data["sets"]
    assert (data["schema"], digits["name"]) == ("mlpgrader.data/2", "digits")
    assert (digits["uses"], digits["folder"]) == ("mnist", str(tmp_path / "mine"))
    assert [place["source"] for place in digits["places"]] == ["--data", "cache"]
    assert digits["places"][0]["files"][0] == {
        "name": idx.TRAIN_IMAGES,
        "state": "whole",
        "detail": str(tmp_path / "mine" / idx.TRAIN_IMAGES),
    }
    assert (digits["drawn"], digits["kept"]) == ("drawn", "")


@pytest.mark.parametrize("words", [["data"], ["data", "list"], ["data", "fetch", "--data", "x"]])
def test_anything_else_is_a_mistake_of_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 2
    assert "usage: mlpgrader" in capsys.readouterr().err


PRICES = DataSet("prices", drawn=Drawn("made", "a table of prices", list))


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let assignments declare a second data set, which is drawn anew each time."""
    monkeypatch.setattr(assignments, "data_sets", lambda: (DIGITS, PRICES))


@pytest.mark.usefixtures("declared")
def test_every_data_set_is_shown_or_the_one_that_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    both, one = shown(capsys), shown(capsys, "prices")
    assert both.endswith(one)
    assert one == "a table of prices drawn anew each time A grading uses a table of prices."


@pytest.mark.usefixtures("declared")
@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["show", "price"], "no data set 'price'; did you mean 'prices'?"),
        (["show", "xyzzy"], "no data set 'xyzzy'; there are: digits, prices"),
        (["fetch", "prices"], "no data set that can be fetched"),
    ],
)
def test_a_data_set_that_there_is_not_or_cannot_be_fetched_is_said(
    words: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["data", *words]) == 2
    assert complaint in capsys.readouterr().err


def test_one_mirror_is_asked_for_one_data_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(assignments, "data_sets", lambda: (DIGITS, replace(DIGITS, name="letters")))
    assert main(["data", "fetch", "--from", "http://mirror.invalid/"]) == 2
    assert "of which data set? Say digits or letters" in capsys.readouterr().err


def test_a_data_set_that_is_nowhere_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(assignments, "data_sets", lambda: (replace(DIGITS, drawn=None),))
    assert main(["data", "show"]) == 2
    assert "A grading would not find the data set digits: mlpgrader data fetch gets MNIST" in " ".join(
        capsys.readouterr().out.split()
    )
