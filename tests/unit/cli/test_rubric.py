from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader import locations
from grader.cli import main


def test_a_rubric_is_printed_with_all_its_checks(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rubric", "byomlp"]) == 0
    said = capsys.readouterr().out
    assert "45 points" in said
    assert all(name in said for name in ("mlp_loads", "gradients_match", "disc_separates", "call_seconds"))


def test_a_rubric_is_found_by_its_path_and_by_its_assignment(capsys: pytest.CaptureFixture[str]) -> None:
    main(["rubric", "byomlp"])
    by_assignment = capsys.readouterr().out
    main(["rubric", str(locations.rubric_file("byomlp"))])
    assert capsys.readouterr().out == by_assignment


def test_parameters_are_printed_and_in_the_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rubric", "byomlp"]) == 0
    assert "Parameter mlp_file: mlp.py" in capsys.readouterr().out.splitlines()
    assert main(["rubric", "byomlp", "--json"]) == 0
    parameters = json.loads(capsys.readouterr().out)["parameters"]
    assert (parameters["mlp_file"], parameters["allowed_imports"][0]) == ("mlp.py", "numpy")


def test_json_is_the_rubric_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rubric", "byomlp", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["schema"], data["points"]) == ("mlpgrader.rubric/1", 45)
    assert sum(sum(item["checks"].values()) for item in data["items"]) == 45


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("", ["is empty"]),
        ("[", ["is not valid TOML"]),
        ('assignment = "byomlq"', ["did you mean 'byomlp'"]),
        ('assignment = "byomlp"\npoints = 3\ntitel = "x"', ["did you mean 'title'", "lacks 'item'"]),
    ],
)
def test_everything_wrong_with_a_rubric_is_said(
    text: str, messages: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    assert main(["rubric", str(tmp_path / "mine.toml")]) == 2
    errors = capsys.readouterr().err
    assert [message for message in messages if message not in errors] == []


def test_a_rubric_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rubric", "nowhere.toml"]) == 2
    assert "give a rubric file, or one of the assignments" in capsys.readouterr().err
