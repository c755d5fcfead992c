"""`mlpgrader data` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.cli import main
from grader.digits import fetching, idx, mnist
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
        monkeypatch.setattr(fetching, "MIRRORS", (bad, good))
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
    assert "A grading uses the drawn digits." in text
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


def test_json_is_what_was_found_and_nothing_else(
    cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(tmp_path / "mine")
    assert main(["data", "show", "--data", str(tmp_path / "mine"), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["schema"], data["uses"], data["folder"]) == ("mlpgrader.data/1", "mnist", str(tmp_path / "mine"))
    assert [place["source"] for place in data["mnist"]] == ["--data", "cache"]
    assert data["mnist"][0]["files"][0] == {
        "name": idx.TRAIN_IMAGES,
        "state": "whole",
        "detail": str(tmp_path / "mine" / idx.TRAIN_IMAGES),
    }
    assert data["drawn"]["kept"] is False
    assert data["drawn"]["file"].startswith(str(cache))


@pytest.mark.parametrize("words", [["data"], ["data", "list"], ["data", "fetch", "--data", "x"]])
def test_anything_else_is_a_mistake_of_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 2
    assert "usage: mlpgrader" in capsys.readouterr().err
