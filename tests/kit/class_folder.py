"""The folder of a run as it lies on disk, made of sample reports: nothing is graded for it."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from grader import report
from grader.exports import OF_ONE
from grader.exports.final import Final
from grader.model import Person, Report, Result

# what no student may ever read: in each file of staff stands one such word
SECRET = "SECRET"


def submission(folder: Path, made: Report, *, executed: bool = True) -> Path:
    """Write the folder of a submission below that of a run; what is for staff says `SECRET`."""
    path = folder / made.submission.id
    (path / "evidence").mkdir(parents=True)
    for name in ("staff.html", "evidence/evidence.zst", "evidence/rubric.toml", "attempts.txt"):
        (path / name).write_text(f"{SECRET} {name}")
    if executed:
        (path / "executed").mkdir()
        (path / "executed" / "Classification.ipynb").write_text("a notebook as it was run")
        (path / "executed" / "keys.txt").write_text(f"{SECRET} beside notebooks")
    (path / "report.html").write_text(f"page for {made.submission.id}")
    noticed = replace(made.result, notices=(f"{SECRET} notice",))
    for name, written in OF_ONE.items():
        (path / name).write_text(written(noticed))
    (path / "report.json").write_text(json.dumps(report.as_json(noticed)))
    return path


def final(path: Path, result: Result, **more: object) -> Final:
    """Return what the student of such a folder gets when nobody has changed anything."""
    given = Final(
        Person(id=f"7{len(result.id)}", name=result.id.title(), login=result.id),
        Decimal(str(result.marks.earned)),
        Decimal(str(result.marks.possible)),
        items={item.id: Decimal(str(item.marks.earned)) for item in result.items},
        released=True,
        folder=path,
        submission=result.id,
    )
    return replace(given, **more)  # type: ignore[arg-type]
