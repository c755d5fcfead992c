"""Every attack of the table, graded as any submission is: it comes to nothing, and nothing else suffers from it."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from attacks import table
from attacks.handed_in import HANDED_IN
from attacks.notebooks import NOTEBOOKS
from attacks.sandbox import Sandbox, opened
from attacks.table import ATTACKS, ROWS, Attack, finding, graded
from grader.doctor.refusals import planted
from grader.model import Report
from grader.text import printable
from kit import ROOT

# a worker for each sandbox, where several run side by side
MARKS = {
    "process": (pytest.mark.xdist_group("process"),),
    "docker": (pytest.mark.docker,),
    "bubblewrap": (pytest.mark.bubblewrap, pytest.mark.xdist_group("bubblewrap")),
}
KINDS = [pytest.param(kind, marks=marks) for kind, marks in MARKS.items()]
# what a sandbox does not promise is not tried in it
TRIED = [
    pytest.param(kind, attack, marks=marks, id=f"{kind}-{attack.name}")
    for kind, marks in MARKS.items()
    for attack in ATTACKS
    if attack.pattern(kind) is not None
]
OUTPUT_LIMIT = 64 * 1024
PAGE_LIMIT = 3_000_000
# what was graded once serves several tests
pytestmark = [pytest.mark.xdist_group("attacks")]


@pytest.fixture(scope="module", params=KINDS)
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with opened(request.param) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def process() -> Iterator[Sandbox]:
    with opened("process") as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def words() -> Iterator[dict[str, str]]:
    """Return what is filled into attacks, with ports and files behind it that must not be reached."""
    with planted(f"mlpgrader-{secrets.token_hex(4)}") as asked:
        yield table.reaching(asked)


First = Callable[[Attack, Sandbox], tuple[Report, Path]]


@pytest.fixture(scope="module")
def first(words: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> First:
    """Return what gives the report on an attack in a sandbox, and where it is: graded when it is first asked for."""
    kept: dict[tuple[str, str], tuple[Report, Path]] = {}

    def first(attack: Attack, sandbox: Sandbox) -> tuple[Report, Path]:
        key = (sandbox.kind, attack.name)
        if key not in kept:
            folder = tmp_path_factory.mktemp(attack.name)
            kept[key] = graded(attack, sandbox.launcher, folder, **words), folder
        return kept[key]

    return first


class Words(HTMLParser):
    """Collects the words of a page, and what runs in it."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.scripts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += [tag] * (tag == "script") + [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def opens(out: Path) -> bool:
    """Say whether every report of a submission can be read, is bounded, and runs nothing."""
    for name in ("report.html", "staff.html"):
        page = Words()
        page.feed((out / name).read_text(encoding="utf-8"))
        assert "points" in "".join(page.words)
        assert page.scripts == []
        assert (out / name).stat().st_size < PAGE_LIMIT
    for name in ("report.json", "results.json"):
        json.loads((out / name).read_text(encoding="utf-8"))
        assert (out / name).stat().st_size < PAGE_LIMIT
    return True


def verdicts(made: Report) -> list[tuple[str, str]]:
    """Return what came of every check, without words that speak of times."""
    return [(each.finding.check, str(each.finding.verdict)) for item in made.score.items for each in item.findings]


@pytest.mark.parametrize("row", [row for row in ROWS if row != "side by side"])
def test_every_row_of_the_table_has_an_attack(row: str) -> None:
    assert row in {each.row for each in (*ATTACKS, *HANDED_IN, *NOTEBOOKS)}


def test_every_attack_belongs_to_a_row_and_every_file_is_tried() -> None:
    assert {each.row for each in (*ATTACKS, *HANDED_IN, *NOTEBOOKS)} <= set(ROWS)
    assert {path.stem for path in table.SOURCES.glob("*.py")} <= {attack.name for attack in ATTACKS}
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)


@pytest.mark.parametrize(("sandbox", "attack"), TRIED, indirect=["sandbox"])
def test_an_attack_comes_to_nothing(attack: Attack, sandbox: Sandbox, first: First) -> None:
    made, folder = first(attack, sandbox)
    wanted, told = str(attack.pattern(sandbox.kind)), finding(made, attack.check).message
    assert re.search(wanted, told)
    assert (made.score.marks.earned, made.score.marks.withheld) == (attack.keeps, 0.0)
    assert opens(folder / "out")
    assert table.PLANTED not in made.evidence.output
    assert not (folder / "mark").exists()
    # what is not printable is written out, which takes up to ten times the room
    assert len(made.evidence.output) < 2 * OUTPUT_LIMIT
    assert made.evidence.output == printable(made.evidence.output, newlines=True)
    assert sandbox.left() == []


@pytest.mark.xdist_group("process")
@pytest.mark.parametrize(
    "attack", [attack for attack in ATTACKS if attack.pattern("process") is not None], ids=lambda attack: attack.name
)
def test_one_seed_gives_one_verdict(attack: Attack, process: Sandbox, first: First, tmp_path: Path) -> None:
    again = graded(attack, process.launcher, tmp_path)
    assert verdicts(again) == verdicts(first(attack, process)[0])


def test_the_next_submission_is_graded_as_if_nothing_had_been(sandbox: Sandbox, tmp_path: Path) -> None:
    floods = [attack for attack in ATTACKS if attack.row == "flooding" and attack.pattern(sandbox.kind)]
    graded(floods[0], sandbox.launcher, tmp_path / "flood")
    right = Attack("right", "flooding", "", text="# nothing hostile")
    assert graded(right, sandbox.launcher, tmp_path / "right").score.marks.earned == table.POINTS


def test_two_runs_side_by_side_see_nothing_of_each_other(sandbox: Sandbox, tmp_path: Path) -> None:
    chosen = [
        attack for attack in ATTACKS if attack.name in ("prints_results", "nan", "late_thread", "leaves_children")
    ]
    alone = [verdicts(graded(attack, sandbox.launcher, tmp_path / "alone" / attack.name)) for attack in chosen]
    with ThreadPoolExecutor(len(chosen)) as pool:
        together = list(
            pool.map(lambda each: graded(each, sandbox.launcher, tmp_path / "together" / each.name), chosen)
        )
    assert [verdicts(made) for made in together] == alone
    outputs = {attack.name: made.evidence.output for attack, made in zip(chosen, together, strict=True)}
    assert [name for name, output in outputs.items() if "PASSED 6/6" in output] == ["prints_results"]


@dataclass(frozen=True)
class Searched:
    """What a search found, and everything that was written after it."""

    canary: str
    own: str
    kept: bytes
    said: str


@pytest.fixture(scope="module", params=KINDS)
def searched(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Searched:
    """Return what came of grading a search, in a grader of its own that has canaries in all its corners."""
    folder = tmp_path_factory.mktemp("searched")
    canary, own = f"GRD-CANARY-{secrets.token_hex(16)}", f"OWN-CANARY-{secrets.token_hex(16)}"
    command = [sys.executable, "-m", "attacks.canaries", request.param, str(folder), canary, own]
    places = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    environment = {**os.environ, "PYTHONPATH": places, "MLPGRADER_SECRET": canary, "LABELS": canary}
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=300)
    kept = [path.read_bytes() for path in sorted((folder / "out").rglob("*")) if path.is_file()]
    report: Any = json.loads((folder / "out" / "report.json").read_bytes())
    return Searched(canary, own, b"".join(kept), json.dumps(report))


def test_a_search_finds_what_the_submission_itself_holds(searched: Searched) -> None:
    assert f"RuntimeError: found {searched.own}" in searched.said


def test_no_search_finds_what_the_grader_holds(searched: Searched) -> None:
    assert searched.canary.encode() not in searched.kept
    assert b"GRD-CANARY" not in searched.kept.replace(b"GRD-CANARY-[", b"")
