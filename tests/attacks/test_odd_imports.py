"""An mlp.py that cannot be imported, for whatever reason, leaves the notebooks beside it to be judged: nothing is withheld."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from attacks import notebooks, table
from attacks.notebooks import FEW, Notebook, cells
from attacks.test_attacks import MARKS
from grader.model import Verdict
from grader.sandbox import Launcher, open_launcher

ODD = {
    "interrupt": "raise KeyboardInterrupt('sorry')",
    "generator_exit": "raise GeneratorExit",
    "exit": "raise SystemExit",
    "nameless": f"raise {table.NAMELESS}('sorry')",
    "evil": f"raise {table.EVIL}",
    # as much as there may be, kept where it outlives the module
    "full": "import sys\nsys.held = []\nwhile True:\n    sys.held.append(bytearray(1 << 20))",
    "odd_class": """
class Odd(type):
    def __getattribute__(cls, name):
        raise SystemExit


class MLP(metaclass=Odd):
    pass
""",
}
EVERYWHERE = ("interrupt", "full")
TRIED = [
    pytest.param(kind, name, marks=marks, id=f"{kind}-{name}")
    for kind, marks in MARKS.items()
    for name in ODD
    if kind == "process" or name in EVERYWHERE
]
# what was graded once serves several tests
pytestmark = [pytest.mark.xdist_group("hostile notebooks")]


@pytest.fixture(scope="module", params=[pytest.param(kind, marks=marks) for kind, marks in MARKS.items()])
def launcher(request: pytest.FixtureRequest) -> Iterator[Launcher]:
    with open_launcher(request.param) as launcher:
        yield launcher


@pytest.mark.parametrize(("launcher", "name"), TRIED, indirect=["launcher"])
def test_nothing_is_withheld_for_what_happens_at_import(launcher: Launcher, name: str, tmp_path: Path) -> None:
    handed_in = notebooks.write(Notebook("odd", "odd exceptions", cells(FEW), ""), tmp_path)
    (handed_in / "mlp.py").write_text(ODD[name], encoding="utf-8")
    made = notebooks.grade(handed_in, launcher, tmp_path)
    found = {each.check: each.message for each in made.result.findings if each.verdict is Verdict.UNDECIDED}
    assert found == {}
    assert (made.score.items[0].marks.earned, made.score.marks.withheld) == (0.0, 0.0)
