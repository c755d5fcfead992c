"""Files of other names: the only one that fits is taken, two are refused, and what is missing is said with what is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader import intake
from grader.model import Submission, Wanted

FITS, OTHER = b"class MLP: pass\n", b"print('hello')\n"


def contents(path: str, content: bytes) -> bytes | None:
    """Take what holds the class, of a notebook in other words."""
    if b"class MLP" not in content:
        return None
    return b"# from a notebook\n" + content if path.endswith(".ipynb") else content


def receive(folder: Path, files: dict[str, bytes], *, by_content: bool = True) -> Submission:
    for name, content in files.items():
        (folder / "alice" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "alice" / name).write_bytes(content)
    wanted = (Wanted("mlp.py", taken_from=contents if by_content else None),)
    provided = {"digits.py": FITS + b"# the course's\n"}
    return intake.receive(folder / "alice", required=("mlp.py",), wanted=wanted, provided=provided)


@pytest.mark.parametrize(
    "name",
    [
        "mlp-1.py",
        "mlp (1).py",
        "MLP.py",
        "MLP_final.py",
        "hw6 mlp.py",
        "solution.py",
        "mlp.py.txt",
        "mlp",
        "src/net.py",
    ],
)
def test_the_only_file_that_fits_is_taken_and_told(tmp_path: Path, name: str) -> None:
    submission = receive(tmp_path, {name: FITS, "other.py": OTHER, "notes.txt": OTHER})
    assert submission.files["mlp.py"] == FITS
    assert submission.taken == {"mlp.py": name.rpartition("/")[2] if name == "mlp" else name}
    assert f"{name} was taken for mlp.py" in submission.notes
    assert submission.missing == {}


def test_a_notebook_with_the_class_is_taken_and_stays(tmp_path: Path) -> None:
    submission = receive(tmp_path, {"mlp.ipynb": FITS})
    assert submission.files["mlp.py"] == b"# from a notebook\n" + FITS
    assert "mlp.ipynb" in submission.files


def test_python_goes_before_notebooks_and_the_outermost_before_copies_in_folders(tmp_path: Path) -> None:
    submission = receive(tmp_path, {"net.py": FITS, "train.ipynb": FITS + b"x", "old/net.py": FITS + b"y"})
    assert submission.taken == {"mlp.py": "net.py"}


def test_two_that_fit_are_both_named_and_none_is_taken(tmp_path: Path) -> None:
    submission = receive(tmp_path, {"mlp-1.py": FITS, "MLP_final.py": FITS + b"# better\n"})
    assert submission.taken == {}
    said = "2 files could be mlp.py: MLP_final.py and mlp-1.py; leave in the one that counts, and name it mlp.py"
    assert submission.missing == {"mlp.py": said}


def test_two_copies_of_one_file_are_one(tmp_path: Path) -> None:
    assert receive(tmp_path, {"mlp-1.py": FITS, "mlp (1).py": FITS}).files["mlp.py"] == FITS


def test_what_is_missing_is_said_with_what_was_handed_in_and_never_with_what_we_provide(tmp_path: Path) -> None:
    submission = receive(tmp_path, {"digits.py": FITS, "a.py": OTHER, "b.ipynb": OTHER})
    assert submission.missing == {"mlp.py": "there is no mlp.py; handed in: a.py, b.ipynb"}
    nothing = receive(tmp_path / "other", {"digits.py": FITS})
    assert nothing.missing == {"mlp.py": "there is no mlp.py; nothing else was handed in"}


def test_the_file_itself_is_never_exchanged_for_another(tmp_path: Path) -> None:
    submission = receive(tmp_path, {"mlp.py": b"from net import MLP\n", "net.py": FITS})
    assert (submission.files["mlp.py"], submission.taken) == (b"from net import MLP\n", {})


def test_without_a_look_into_it_a_copy_is_known_by_its_name(tmp_path: Path) -> None:
    assert receive(tmp_path, {"MLP (2).py": OTHER, "net.py": FITS}, by_content=False).taken == {"mlp.py": "MLP (2).py"}


def test_what_a_course_calls_otherwise_goes_by_both_names_and_is_one_module(tmp_path: Path) -> None:
    (tmp_path / "network.py").write_bytes(FITS)
    wanted = (Wanted("network.py", laid_as="mlp.py", taken_from=contents),)
    files = intake.receive(tmp_path, required=("network.py",), wanted=wanted, provided={}).files
    assert files["mlp.py"] == FITS
    assert files["network.py"] == b"import sys\n\nimport mlp\n\nsys.modules[__name__] = mlp\n"


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("mlp (1).py", "mlp.py"),
        ("MLP-12.py", "mlp.py"),
        ("Copy of mlp.py", "mlp.py"),
        ("mlp copy 2.py", "mlp.py"),
        ("mlp_1 (2).py", "mlp.py"),
        ("HW3_Modules-1.ipynb", "hw3_modules.ipynb"),
        ("hw3.ipynb", "hw3.ipynb"),
        ("mlp2.py", "mlp2.py"),
    ],
)
def test_what_is_added_to_the_name_of_a_copy_is_known(name: str, plain: str) -> None:
    assert intake.naming.without_marks(name) == plain
