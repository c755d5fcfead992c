"""The longest first: by the reports of an earlier run, where there are any."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from grader.runs import Job, RunFolder
from grader.runs.ordering import longest_first


def jobs(out: Path, *names: str) -> list[Job]:
    return [Job(out / name, name, "small") for name in names]


def took(out: Path, **seconds: object) -> RunFolder:
    """Return the folder of a run whose reports tell these seconds."""
    for name, told in seconds.items():
        (out / name).mkdir()
        (out / name / "report.json").write_text(json.dumps({"seconds": told}), encoding="utf-8")
    return RunFolder(out)


def test_what_took_longest_comes_first_and_what_is_not_known_among_the_others(tmp_path: Path) -> None:
    folder = took(tmp_path, quick=1.0, slow=30.0, usual=2.0)
    order = longest_first(jobs(tmp_path, "new", "quick", "usual", "slow"), folder)
    assert [job.id for job in order] == ["slow", "new", "usual", "quick"]


def test_without_earlier_reports_the_order_stays(tmp_path: Path) -> None:
    order = longest_first(jobs(tmp_path, "c", "a", "b"), RunFolder(tmp_path))
    assert [job.id for job in order] == ["c", "a", "b"]


def test_what_is_only_judged_again_comes_last(tmp_path: Path) -> None:
    folder = took(tmp_path, kept=30.0, quick=1.0)
    kept, quick = jobs(tmp_path, "kept", "quick")
    assert [job.id for job in longest_first([replace(kept, kept=True), quick], folder)] == ["quick", "kept"]


def test_a_report_that_tells_no_time_is_as_none(tmp_path: Path) -> None:
    folder = took(tmp_path, odd="long", slow=2.0)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "report.json").write_text("{", encoding="utf-8")
    order = longest_first(jobs(tmp_path, "odd", "broken", "slow"), folder)
    assert [job.id for job in order] == ["odd", "broken", "slow"]
