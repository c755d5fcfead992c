from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path

import pytest

import grader
from grader import assignments
from grader.evidence import keys, sources
from grader.evidence.sources import file_digest, files_behind
from grader.sandbox.process import process_launcher

PACKAGE = {
    "__init__.py": "from course.checks import judge\nfrom course.probes import ask\nLIST = [ask, judge]\n",
    "probes.py": "from __future__ import annotations\nfrom typing import TYPE_CHECKING\nimport numpy\n"
    "from course import tools\nfrom course.inner import name, second as other\n"
    "if TYPE_CHECKING:\n    from course import only_types\n"
    "def ask():\n    from course.late import later\n",
    "tools.py": "from . import nearby\n",
    "nearby.py": "",
    "late.py": "later = 1\n",
    "only_types.py": "",
    "checks.py": "def judge(): ...\n",
    "inner/__init__.py": "from course.inner.one import name\nfrom .two import second\nfrom .three import third\n",
    "inner/one.py": "name = 1\n",
    "inner/two.py": "second = 2\n",
    "inner/three.py": "third = 3\n",
    "whole/__init__.py": "from course.inner.three import third\nown = third\n",
    "uses_own.py": "from course.whole import own\n",
    "uses_all.py": "from course.inner import *\n",
}


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in PACKAGE.items():
        (tmp_path / "course" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "course" / name).write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    for cached in (sources._top, sources._file, sources._is_known_by_version, sources._imports, sources._behind):
        cached.cache_clear()
    return tmp_path / "course"


def behind(name: str) -> set[str]:
    return {found.removeprefix("course.") for found in files_behind([name])}


@pytest.mark.usefixtures("course")
def test_imports_are_followed_wherever_they_stand() -> None:
    assert behind("course.probes") == {"probes", "tools", "nearby", "late", "inner.one", "inner.two"}


@pytest.mark.usefixtures("course")
@pytest.mark.parametrize(
    ("module", "also"),
    [
        ("course.uses_own", {"whole", "inner.three"}),
        ("course.uses_all", {"inner", "inner.one", "inner.two", "inner.three"}),
    ],
)
def test_a_package_that_does_more_than_pass_on_is_followed_itself(module: str, also: set[str]) -> None:
    assert behind(module) == {module.removeprefix("course."), *also}


def in_full(file: Path) -> tuple[set[sources.Import], object]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "_only_imports", lambda _: "")
        return in_short(file)


def in_short(file: Path) -> tuple[set[sources.Import], object]:
    found = sources._imports.__wrapped__("course.module", file)
    return set(found.everywhere), found.passed_on


def test_what_a_file_of_ours_imports_is_told_without_parsing_all_of_it() -> None:
    ours = sorted(Path(grader.__file__).parent.rglob("*.py"))
    assert [file for file in ours if in_short(file) != in_full(file)] == []
    assert sum(bool(sources._only_imports(file.read_bytes())) for file in ours) > len(ours) / 2


@pytest.mark.parametrize(
    "text",
    [
        "from a import b, \\\n    c\n",
        "from a \\\n    import b\n",
        "from a import (\n    b,\n    c as d,\n)\n",
        "try: import a\nexcept ImportError: import b\n",
        "x = 1; import a\nimport b\n",
        "def f():\n    import a, b.c\n    from .d import *\n",
        "if TYPE_CHECKING:\n    import a\nelse:\n    import b\n",
        "if TYPE_CHECKING:\n    import a\n    if x:\n        import b\nimport c\n",
        "def f():\n    if TYPE_CHECKING:\n        import a\n    import b\n",
        "import typing\nif typing.TYPE_CHECKING:\n    import a\n",
        'TEXT = """\nimport a\n"""\nimport b\n',
        "TEXT = '''\nimport a\n'''\nimport b\n",
        "import a  # noqa\r\nimport b\r\n",
    ],
)
def test_however_something_is_imported_it_is_found(text: str, tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_bytes(text.encode())
    assert in_short(file) == in_full(file)


def test_what_is_installed_beside_us_is_left_out() -> None:
    tops = {name.partition(".")[0] for name in files_behind(["grader.sandbox.lane"])}
    assert tops == {"grader"}


def test_no_assignment_and_no_report_is_behind_the_sandbox() -> None:
    parts = {f"{name}.".split(".")[1] for name in files_behind(["grader.sandbox.observing", "grader.sandbox.docker"])}
    assert parts == {"", "sandbox", "wire", "model", "errors", "text", "checks", "blas"}


def test_a_file_that_stays_has_one_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "STARTED", time.time_ns() + 10**9)
    (tmp_path / "a.py").write_text("a")
    first = file_digest(tmp_path / "a.py")
    file_digest.cache_clear()
    assert file_digest(tmp_path / "a.py") == first


def test_a_file_that_has_changed_since_the_start_is_like_no_other(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("a")
    os.utime(tmp_path / "a.py", ns=(0, 0))
    first = file_digest(tmp_path / "a.py")
    file_digest.cache_clear()
    assert file_digest(tmp_path / "a.py") != first


def test_what_a_module_has_read_into_a_constant_is_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = sources.digest_of(["grader.text"])
    monkeypatch.setattr(sys.modules["grader.text"], "READ", b"what a file holds", raising=False)
    assert sources.digest_of(["grader.text"]) != before


def test_the_start_lies_before_everything_of_ours_was_loaded() -> None:
    assert 0 < time.time_ns() - grader.STARTED < 24 * 3600 * 10**9


# what is known of mistakes, and asked: how a notebook's training went decides whether it is run again
ASKED = {"assignments.byomlp.notebook.training_mistakes"}


def test_no_check_and_no_hint_is_behind_what_is_asked() -> None:
    asked = {
        name.removeprefix("grader.")
        for assignment in map(assignments.find, assignments.ids())
        for name in files_behind(keys.described(assignment.probes, process_launcher())[1])
    }
    assert {name for name in asked if re.search(r"\.\w*(checks?|mistakes|diagnosis|judging)$", name)} == ASKED
