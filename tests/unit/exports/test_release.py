"""The gate in front of files for students."""

from __future__ import annotations

import ast

from grader.exports.release import LeftOut, for_staff, released
from kit import ROOT
from kit import platform_files as files

JANE, JOERG, *REST = files.finals()


def test_only_who_is_released_and_final_gets_through() -> None:
    gate = released([files.held_back(JANE), files.waiting(JOERG), *REST])
    assert gate.finals == tuple(REST)
    assert gate.held == (
        LeftOut("Doe, Jane", "not released", waits=True),
        LeftOut("Müller-Lüdenscheidt, Jörg", "2 points wait for a person", waits=True),
    )


def test_of_who_has_no_points_it_is_said_why_whether_released_or_not() -> None:
    assert released([files.held_back(files.waiting(JANE))]).held[0].why == "2 points wait for a person"


def test_staff_see_everybody() -> None:
    everybody = [files.held_back(JANE), files.waiting(JOERG)]
    assert for_staff(everybody).finals == tuple(everybody)


def test_nothing_else_opens_the_gate() -> None:
    calls = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "grader").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("Released", "ForStaff"))
    }
    assert calls == {"grader/exports/release.py"}
