"""A class in which everything but one submission is an attack: all of them are refused, and the one is graded."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from attacks.handed_in import HANDED_IN, OUTSIDE, HandedIn
from grader import intake
from grader.cli import UNSETTLED
from grader.text import printable
from kit import ROOT

HONEST = "honest"
pytestmark = pytest.mark.xdist_group("handed in")


@dataclass(frozen=True)
class Class:
    """What was printed and written when a class was graded, and what lay beside it before and after."""

    status: int
    printed: str
    out: Path
    table: list[list[str]]
    rows: dict[str, Any]
    before: set[str]
    after: set[str]

    def row(self, name: str) -> Any:
        """Return what the summary says of a submission."""
        return self.rows[printable(intake.submission_id(Path(name), required=("mlp.py",)))]


def listing(folder: Path) -> set[str]:
    """Return everything that lies in a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Class:
    """Grade everything at once, through the command line."""
    folder = tmp_path_factory.mktemp("class")
    handed_in, out = folder / "handed-in", folder / "out"
    (handed_in / HONEST).mkdir(parents=True)
    (handed_in / HONEST / "mlp.py").write_bytes((ROOT / "reference" / "byomlp" / "mlp.py").read_bytes())
    for each in HANDED_IN:
        each.make(handed_in / each.name)
    before = listing(folder)
    paths = [str(handed_in / name) for name in (HONEST, *(each.name for each in HANDED_IN))]
    options = ["--assignment", "byomlp", "--sandbox", "process", "--items", "forward", "--out", str(out), "--seed", "3"]
    command = [sys.executable, "-m", "grader", "grade", *options, *paths]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "FORCE_COLOR": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    table = list(csv.reader(io.StringIO((out / "summary.csv").read_text(encoding="utf-8-sig"), newline="")))
    summary = json.loads((out / "summary.json").read_bytes())
    rows = {row["id"]: row for row in (*summary["submissions"], *summary["failures"])}
    after = {name for name in listing(folder) if name != "out" and not name.startswith("out/")}
    return Class(done.returncode, done.stdout + done.stderr, out, table, rows, before, after)


def test_the_one_that_is_honest_is_graded(graded: Class) -> None:
    assert graded.row(HONEST)["earned"] == 10
    assert (graded.out / HONEST / "report.html").is_file()


@pytest.mark.parametrize("each", HANDED_IN, ids=lambda each: each.name)
def test_what_plays_tricks_is_refused_with_a_reason(each: HandedIn, graded: Class) -> None:
    assert re.search(each.why, graded.row(each.name)["error"])


def test_nothing_is_written_but_the_reports(graded: Class) -> None:
    assert graded.after == graded.before
    assert not Path("/tmp", OUTSIDE).exists()


def test_no_cell_of_the_table_is_a_formula(graded: Class) -> None:
    cells = [cell for row in graded.table for part in row for cell in part.split(";")]
    assert [cell for cell in cells if re.match(r"\s*[=+\-@]", cell)] == []


def test_nothing_steers_the_terminal(graded: Class) -> None:
    left = re.sub(r"\x1b\[[0-9;]*m", "", graded.printed)
    assert printable(left, newlines=True) == left.replace("\t", "    ")


def test_the_grader_tells_that_some_could_not_be_read(graded: Class) -> None:
    assert graded.status == UNSETTLED
    assert "Traceback" not in graded.printed
