"""A notebook is read, opened, looked at while it runs, and measured until its time is over."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from grader.errors import HarnessError
from grader.model import Problem, ProblemKind
from grader.notebooks import running as cells_running
from grader.notebooks import session as kit
from grader.notebooks.reading import Cell
from grader.notebooks.session import END_MARGIN, WORTH_A_LOOK, Running, begin
from grader.sandbox import Answer, SessionEnded
from grader.sandbox.operations import plugged

RAN = Answer({"outputs": [], "error": None, "figures": 0})
WATCH = plugged("watch", "watching")


def handed_in(name: str, *sources: str) -> Any:
    cells = [{"cell_type": "code", "source": source, "metadata": {}} for source in sources]
    data = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).encode()
    return SimpleNamespace(files={name: data}, left_out={})


def test_a_notebook_is_found_and_what_it_imports_is_noted() -> None:
    seen: dict[str, Any] = {}
    cells = begin(handed_in("task (1).ipynb", "import torch, numpy, own"), seen, "Task.ipynb", allowed=["numpy"])
    assert [cell.source for cell in cells] == ["import torch, numpy, own"]
    assert (seen["file"], seen["note"]) == ("task (1).ipynb", "task (1).ipynb was taken for Task.ipynb")
    assert [each.split()[0] for each in seen["imports"]] == ["torch", "own"]


def test_what_a_notebook_runs_beside_it_may_be_imported() -> None:
    seen: dict[str, Any] = {}
    session = handed_in("Task.ipynb", "import own")
    begin(session, seen, "Task.ipynb", allowed=[], beside=lambda cells: [f"{cells[0].source.split()[1]}.py"])
    assert seen["imports"] == []


def test_without_a_notebook_there_are_no_cells() -> None:
    seen: dict[str, Any] = {}
    assert list(begin(SimpleNamespace(files={}, left_out={}), seen, "Task.ipynb", allowed=[])) == []  # type: ignore[arg-type]
    assert (seen["file"], seen["problem"], seen["cells"]) == ("", "", [])


def running(monkeypatch: pytest.MonkeyPatch, *seconds: float) -> tuple[Running, dict[str, Any]]:
    """Return a notebook in a session whose cells take so long."""
    clock, left = [0.0], iter(seconds)

    def run(*asked: Any) -> list[Answer]:
        clock[0] += next(left)
        return [RAN for _ in asked]

    monkeypatch.setattr(kit, "now", lambda: clock[0])
    monkeypatch.setattr(cells_running, "now", lambda: clock[0])
    seen: dict[str, Any] = {"cells": []}
    session: Any = SimpleNamespace(run=run)
    return Running(session, seen, seconds=100.0, share=0.5), seen


def ran(what: Running, count: int, *, looks: int = 9) -> list[int]:
    """Run so many cells; return after how many the networks were looked at."""
    left, looked = iter(range(looks)), []
    what.run(
        [Cell("code", "1")] * count,
        cell_seconds=40.0,
        look=lambda: looked.append(len(what.seen["cells"])),
        may_look=lambda: next(left, None) is not None,
    )
    return looked


def test_networks_are_looked_at_after_cells_that_took_long(monkeypatch: pytest.MonkeyPatch) -> None:
    what, _ = running(monkeypatch, WORTH_A_LOOK / 2, 2 * WORTH_A_LOOK, WORTH_A_LOOK / 2, WORTH_A_LOOK)
    assert ran(what, 4) == [2, 4]


def test_looking_is_given_up_when_it_may_be_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    what, _ = running(monkeypatch, *[1.0] * 4)
    assert ran(what, 4, looks=2) == [1, 2]


def test_cells_get_their_share_of_the_time_and_measuring_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    what, seen = running(monkeypatch, 30.0, 25.0, 1.0)
    ran(what, 3)
    assert seen["cut"] == "the 50 s for the cells of a notebook were over before code cell 3"
    assert what.until == 100.0 - END_MARGIN


def test_a_notebook_that_cannot_be_opened_is_our_fault() -> None:
    problem = Answer(problem=Problem(ProblemKind.RAISED, "no kernel"))
    session: Any = SimpleNamespace(run=lambda *asked: [*[RAN] * (len(asked) - 1), problem])
    with pytest.raises(HarnessError, match="no notebook can be run: no kernel"):
        Running(session, {}, seconds=9.0).open({"data": b""}, WATCH)


def test_a_notebook_that_cannot_be_opened_beside_code_of_the_student_s_is_tried_once_more_and_then_lost() -> None:
    problem = Answer(problem=Problem(ProblemKind.RAISED, "no kernel"))
    session: Any = SimpleNamespace(run=lambda *asked: [RAN] * len(asked) if asked[0]["op"] == "lay" else [RAN, problem])
    with pytest.raises(SessionEnded, match=r"no notebook can be run beside your own\.py: no kernel"):
        Running(session, {}, seconds=9.0).open({"data": b""}, WATCH, beside="own.py")
    assert session.unexplained


def test_what_is_answered_to_watching_is_returned() -> None:
    session: Any = SimpleNamespace(run=lambda *asked: [Answer(each["op"]) for each in asked])
    assert Running(session, {}, seconds=9.0).open({"a": b"", "b": b""}, WATCH).value == "watch"


def test_cells_of_another_part_get_little_time_and_it_is_not_cut_short_where_they_want_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[float] = []
    error = {"name": "KeyboardInterrupt", "message": "", "interrupted": True, "line": 0, "where": "", "traceback": ""}

    def run(cell: Any) -> list[Answer]:
        asked.append(cell["seconds"])
        return [Answer({"outputs": [], "error": error, "figures": 0})]

    monkeypatch.setattr(cells_running, "now", lambda: 0.0)
    seen: dict[str, Any] = {"cells": []}
    session: Any = SimpleNamespace(run=run)
    cells = [Cell("code", "1")] * 2
    what = {"cell_seconds": 40.0, "until": 200.0, "all_seconds": 200.0}
    cells_running.run_cells(session, seen, cells, **what, besides=[0])
    assert asked[1] - asked[0] == 40 - 200 * cells_running.BESIDES
    assert seen["cut"] == "code cell 2 was interrupted when the 40 s for a cell were over"
    assert seen["besides"] == [1]
