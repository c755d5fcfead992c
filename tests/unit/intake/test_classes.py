"""A whole class that is given as one submission is refused, with what it looks like and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader import intake
from grader.errors import IntakeError, LooksLikeClass
from grader.model import Submission, Wanted

CANVAS = ("doejane_4711_901_mlp.py", "doejane_4711_902_Main.ipynb", "roejim_LATE_4712_903_mlp-1.py")


def receive(folder: Path, *names: str) -> Submission:
    for name in names:
        (folder / "hw" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "hw" / name).write_bytes(b"x = 1\n")
    wanted = (Wanted("mlp.py"), Wanted("Main.ipynb"))
    return intake.receive(folder / "hw", required=("mlp.py",), wanted=wanted, provided={})


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (
            CANVAS,
            "hw: looks like a whole class, not like one submission: files of 2 students, as Canvas packs them, are in it; ",
        ),
        (tuple(f"submissions/{name}" for name in CANVAS), "files of 2 students, as Canvas packs them"),
        (
            ("Jane Doe_1_assignsubmission_file_/hw.zip", "Jim Roe_2_assignsubmission_file_/mlp.py"),
            "folders of 2 students, as Moodle packs them, are in it; give what is in it, as in ",
        ),
        (("ann/mlp.py", "bob/mlp.py"), "mlp.py is in 2 folders (ann, bob); give what is in it, as in "),
        (("ann/hw/mlp.py", "bob/MLP-1.py", "read me.txt"), "mlp.py is in 2 folders (ann, bob)"),
        (("ann/Main.ipynb", "bob/main (1).ipynb"), "main.ipynb is in 2 folders (ann, bob)"),
        (tuple(f"{who}/mlp.py" for who in "abcde"), "mlp.py is in 5 folders (a, b, c, ...)"),
        (("ann.zip", "bob.tar.gz", "carl.rar"), "3 archives are in it (ann.zip, bob.tar.gz, carl.rar)"),
    ],
)
def test_a_class_is_known_and_refused(tmp_path: Path, names: tuple[str, ...], said: str) -> None:
    with pytest.raises(LooksLikeClass) as caught:
        receive(tmp_path, *names)
    assert said in str(caught.value)
    assert f"{tmp_path / 'hw'}/*" in str(caught.value) or "FOLDER/*" in str(caught.value)


@pytest.mark.parametrize(
    "names",
    [
        ("mlp.py", "old/mlp.py", "older/mlp.py"),
        ("hw/mlp.py", "hw/copy/mlp.py"),
        ("code/mlp.py", "notebooks/Main.ipynb"),
        ("doejane_4711_901_mlp.py", "doejane_4711_902_Main.ipynb"),
        ("mlp.py", "data.zip", "more.zip"),
        ("mlp.py", "results_1_2_loss.png", "results_3_4_loss.png"),
    ],
)
def test_one_submission_is_none(tmp_path: Path, names: tuple[str, ...]) -> None:
    try:
        receive(tmp_path, *names)
    except IntakeError as error:
        pytest.fail(f"refused: {error}")


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("doejane_4711_901_mlp.py", "doejane_4711"),
        ("doejane_LATE_4711_901_mlp.py", "doejane_4711"),
        ("Jane Doe_12345_assignsubmission_file_", "Jane Doe_12345"),
        ("mlp.py", "mlp.py"),
        ("hw_6_mlp.py", "hw_6_mlp.py"),
    ],
)
def test_the_student_is_known_by_what_platforms_call_things(name: str, student: str) -> None:
    assert intake.student_of(name) == student
