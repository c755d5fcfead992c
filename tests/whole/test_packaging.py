"""What ships is pinned, and the wheel holds all that a student may see and nothing else."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest

from grader import __version__
from kit import ROOT

# one worker builds the wheel, for all of them
pytestmark = pytest.mark.xdist_group("packaging")
LOCKS = ("run", "class", "postgres", "dev", "fast", "sandbox")


def pins(name: str) -> dict[str, str]:
    """Return package -> version of one lock file."""
    lines = (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8").splitlines()
    found = (re.match(r"([a-z0-9-]+)==([\w.]+)", line) for line in lines)
    return {match[1]: match[2] for match in found if match}


def answer(*command: str | Path, folder: Path) -> str:
    """Return what a command prints; it must end well."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def names_in(wheel: Path) -> set[str]:
    """Return the names of the files in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize("name", LOCKS)
def test_every_line_of_a_lock_is_a_pin_and_names_no_host(name: str) -> None:
    lines = (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8").splitlines()
    unpinned = [line for line in lines if not re.fullmatch(r"#.*|[a-z0-9-]+==[\w.]+( ; [^;]+)?", line) or "://" in line]
    assert unpinned == []


@pytest.mark.parametrize("name", LOCKS)
def test_everything_that_is_asked_for_is_locked(name: str) -> None:
    lines = (ROOT / "requirements" / f"{name}.in").read_text(encoding="utf-8").splitlines()
    asked = {re.split(r"[=<>\[]", line)[0] for line in lines if line[:1].isalpha()}
    assert asked
    assert asked <= set(pins(name))


@pytest.mark.parametrize("name", ["class", "postgres", "dev", "fast", "sandbox"])
def test_two_locks_never_disagree(name: str) -> None:
    run, other = pins("run"), pins(name)
    assert {package: run[package] for package in run.keys() & other} == {p: other[p] for p in run.keys() & other}


def test_student_code_meets_the_numpy_that_judges_it() -> None:
    assert pins("sandbox")["numpy"] == pins("run")["numpy"]
    assert pins("sandbox").keys() <= pins("run").keys() | pins("dev").keys()


def test_the_build_uses_the_pinned_setuptools() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["build-system"]["requires"] == [f"setuptools=={pins('dev')['setuptools']}"]


def test_the_wheel_holds_the_package_and_nothing_beside_it(wheel: Path) -> None:
    dist_info = f"mlpgrader-{__version__}.dist-info"
    assert {name.split("/")[0] for name in names_in(wheel)} == {"grader", "mlpgrader", dist_info}


@pytest.mark.parametrize(
    "word", ["reference", "student_template", "mutants", "examples", "tests", "replay", "solved", "__pycache__"]
)
def test_the_wheel_holds_nothing_that_a_student_must_not_see(wheel: Path, word: str) -> None:
    assert [name for name in names_in(wheel) if word in re.split(r"[/.]", name)] == []


def test_the_wheel_holds_every_file_of_the_grader_and_every_rubric(wheel: Path) -> None:
    found = {path.relative_to(ROOT).as_posix() for path in (ROOT / "grader").rglob("*.*") if path.suffix != ".pyc"}
    # solutions of the homework
    grader = {name for name in found if not {"replay", "solved"} & set(name.split("/"))}
    rubrics = {f"grader/rubrics/{path.name}" for path in (ROOT / "rubrics").glob("*.toml")}
    assert (grader | rubrics) - names_in(wheel) == set()


def test_of_what_students_receive_the_wheel_holds_the_notebooks_only(wheel: Path) -> None:
    template = ROOT / "student_template"
    notebooks = {f"grader/templates/{path.relative_to(template).as_posix()}" for path in template.rglob("*.ipynb")}
    assert {name for name in names_in(wheel) if name.startswith("grader/templates/")} == notebooks


def test_an_installed_wheel_knows_what_its_templates_say(installed: Path, tmp_path: Path) -> None:
    question = (
        "from grader.locations import template_folder\n"
        "from grader.notebooks.prompts import template_sentences\n"
        "print(*template_sentences(template_folder('modules'), 'HW3_main.ipynb'), sep='\\n')"
    )
    assert "Does subtracting the mean help?" in answer(installed / "python", "-c", question, folder=tmp_path)


def test_the_wheel_asks_for_exactly_the_locked_versions(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read(f"mlpgrader-{__version__}.dist-info/METADATA").decode()
    asked = re.findall(r"^Requires-Dist: ([a-z0-9-]+)==([\w.]+)(?!.*extra ==)", text, re.MULTILINE)
    assert dict(asked) == pins("run")


def test_an_installed_wheel_knows_its_version(installed: Path, tmp_path: Path) -> None:
    assert answer(installed / "mlpgrader", "--version", folder=tmp_path) == f"mlpgrader {__version__}"


def test_an_installed_wheel_runs_its_own_code_and_brings_its_rubrics(installed: Path, tmp_path: Path) -> None:
    question = "from grader.locations import rubric_file; path = rubric_file('byomlp'); print(path.is_file(), path)"
    found, path = answer(installed / "python", "-c", question, folder=tmp_path).split(" ", 1)
    assert found == "True"
    assert Path(path).is_relative_to(installed.parent)


def test_an_installed_wheel_checks_a_students_work(installed: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "reference" / "byomlp", tmp_path / "mine")
    # all of it takes minutes on a student's own class
    notebook = tmp_path / "mine" / "Classification.ipynb"
    hurried = notebook.read_text(encoding="utf-8").replace("EPOCHS = 100", "EPOCHS = 1")
    notebook.write_text(hurried, encoding="utf-8")
    items = "forward,backprop,classification"
    told = answer(installed / "mlpgrader", "check", "mine", "--items", items, folder=tmp_path)
    assert "small network 1, large network 1, expected 100" in told
