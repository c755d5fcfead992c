"""What once succeeded comes to nothing: no points, no stall, nothing carried out, and nothing withheld."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from attacks import corpus, table
from attacks.corpus import CASES, Case
from attacks.test_attacks import KINDS, MARKS, opens
from grader.sandbox import Launcher, open_launcher

pytestmark = [pytest.mark.xdist_group("corpus")]
TRIED = [
    pytest.param(kind, case, marks=marks, id=f"{kind}-{case.name}") for kind, marks in MARKS.items() for case in CASES
]
# of all files of a submission's evidence and reports
LARGEST = 12_000_000


@pytest.fixture(scope="module", params=KINDS)
def launcher(request: pytest.FixtureRequest) -> Iterator[Launcher]:
    with open_launcher(request.param) as launcher:
        yield launcher


@pytest.mark.parametrize(("launcher", "case"), TRIED, indirect=["launcher"])
def test_a_case_comes_to_nothing(case: Case, launcher: Launcher, tmp_path: Path) -> None:
    made = corpus.graded(case, launcher, tmp_path)
    wrong = {
        check: said for check, said in case.said.items() if not re.search(said, table.finding(made, check).message)
    }
    assert wrong == {}, corpus.told(made)
    assert (made.score.marks.earned, made.score.marks.withheld) == (case.earned, 0.0), corpus.told(made)
    assert opens(tmp_path / "out")
    assert sum(path.stat().st_size for path in (tmp_path / "out").rglob("*") if path.is_file()) < LARGEST
    assert case.leaks in corpus.printed(made)
    assert not case.leaks or case.leaks not in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
