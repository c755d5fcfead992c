from __future__ import annotations

import json
import shutil
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from grader.errors import AuthorError
from grader.filenames import JOURNAL
from grader.model import Report
from grader.runs import Job, RunFolder
from grader.runs.folder import SUMMARY_SECONDS
from kit import small_assignment as small


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def made(name: str) -> Report:
    """Return the report on a right submission of that name."""
    return replace(small.report(), submission=small.submission(name))


def add(folder: RunFolder, *names: str, **noted: str) -> None:
    """Grade right submissions of these names."""
    for name in names:
        folder.of(name).deliver(made(name))
        folder.add(name, made(name).result, **noted)


def job(folder: RunFolder, name: str, **options: Any) -> Job:
    """Return the job of grading a submission of that name."""
    return Job(Path(name), name, "small", folder.of(name).path, **options)


def summary(out: Path) -> tuple[list[str], list[str]]:
    """Return who is in the summary: those graded and those not."""
    data = json.loads((out / "summary.json").read_bytes())
    return [row["id"] for row in data["submissions"]], [row["id"] for row in data["failures"]]


def run(out: Path, *names: str, **noted: str) -> RunFolder:
    """Grade submissions of these names in a run of its own, and return its folder."""
    folder = RunFolder(out)
    with folder.taken():
        folder.begin([job(folder, name) for name in names])
        add(folder, *names, **noted)
        folder.summarise()
    return folder


def test_the_summary_has_those_that_were_graded_and_those_that_were_not(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    with folder.taken():
        add(folder, "alice")
        folder.fail("bob", "bob: is empty")
        folder.summarise()
    assert summary(tmp_path) == (["alice"], ["bob"])
    assert (tmp_path / "summary.csv").read_text(encoding="utf-8").splitlines()[1].startswith("alice,7,7,")


def test_a_second_run_keeps_the_rows_of_the_first(tmp_path: Path) -> None:
    run(tmp_path, "alice")
    run(tmp_path, "bob")
    assert summary(tmp_path) == (["alice", "bob"], [])


def test_what_is_no_longer_there_has_no_row(tmp_path: Path) -> None:
    run(tmp_path, "alice", "bob")
    shutil.rmtree(tmp_path / "alice")
    run(tmp_path, "carl")
    assert summary(tmp_path) == (["bob", "carl"], [])


def test_a_run_from_before_there_were_journals_keeps_its_rows(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    with folder.taken():
        add(folder, "alice")
        folder.fail("bob", "bob: is empty")
        folder.summarise()
    (tmp_path / "journal.jsonl").unlink()
    run(tmp_path, "carl")
    assert summary(tmp_path) == (["alice", "carl"], ["bob"])


def test_a_report_that_was_written_since_counts_more_than_what_was_noted(tmp_path: Path) -> None:
    run(tmp_path, "alice")
    report = tmp_path / "alice" / "report.json"
    report.write_text(report.read_text(encoding="utf-8").replace('"earned": 7', '"earned": 6.5'), encoding="utf-8")
    run(tmp_path, "bob")
    assert "alice,6.5,7" in (tmp_path / "summary.csv").read_text(encoding="utf-8")


def test_a_line_that_was_torn_costs_nothing(tmp_path: Path) -> None:
    run(tmp_path, "alice", "bob", key="k")
    journal = tmp_path / "journal.jsonl"
    journal.write_bytes(journal.read_bytes()[:-20])
    folder = run(tmp_path, "carl", key="k")
    assert summary(tmp_path) == (["alice", "bob", "carl"], [])
    folder.look()
    assert [folder.key(name) for name in ("alice", "bob", "carl")] == ["k", "", "k"]


@pytest.mark.parametrize(
    "line", ["{", "[]", "7", '{"id": 7}', '{"id": "x", "marks": 3}', '{"id": "x", "marks": {"a": 1}}']
)
def test_a_line_that_says_nothing_is_passed_over(tmp_path: Path, line: str) -> None:
    run(tmp_path, "alice")
    with (tmp_path / "journal.jsonl").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    run(tmp_path, "bob")
    assert summary(tmp_path) == (["alice", "bob"], [])


def test_what_was_graded_stays_until_it_is_graded_again(tmp_path: Path) -> None:
    run(tmp_path, "alice", "bob")
    folder = RunFolder(tmp_path)
    with folder.taken():
        folder.begin([job(folder, "alice")])
    assert folder.of("alice").report.exists()
    assert folder.of("alice").has_evidence
    assert summary(tmp_path) == (["alice", "bob"], [])
    with folder.taken():
        folder.summarise()
    assert summary(tmp_path) == (["alice", "bob"], [])


def attempts(out: Path) -> dict[str, int]:
    """Return how often each one has handed in, by the summary."""
    data = json.loads((out / "summary.json").read_bytes())
    return {row["id"]: row["attempt"] for row in (*data["submissions"], *data["failures"])}


def test_earlier_attempts_are_counted_in_the_summary(tmp_path: Path) -> None:
    folder = run(tmp_path, "alice", "bob")
    with folder.taken():
        folder.of("alice").deliver(made("alice"), again=True)
        folder.add("alice", made("alice").result)
        folder.of("bob").clear(again=True)
        folder.fail("bob", "bob: is empty")
        folder.summarise()
    assert attempts(tmp_path) == {"alice": 2, "bob": 2}
    (tmp_path / "journal.jsonl").unlink()
    run(tmp_path, "carl")
    assert attempts(tmp_path) == {"alice": 2, "bob": 1, "carl": 1}
    assert (tmp_path / "summary.csv").read_text(encoding="utf-8").splitlines()[0].endswith("error,attempt")


def kinds(tmp_path: Path, asked: str = "code") -> RunFolder:
    """Return the folder of a run in which alice and bob were graded for some items."""
    folder = RunFolder(tmp_path)
    with folder.taken():
        add(folder, "alice", "bob", asked=asked)
    return folder


@pytest.mark.parametrize(
    ("names", "options", "said"),
    [
        (
            ["carl"],
            {"items": ("luck",)},
            "holds gradings of the items code (alice, bob), and the items luck would stand beside them; choose another --out, "
            "or grade all of them anew with --again",
        ),
        (
            ["alice", "bob"],
            {},
            "and all items would stand beside them; choose another --out, or grade anew with --again",
        ),
        (
            ["carl"],
            {"assignment": "other", "items": ("code",)},
            "holds gradings of the assignment 'small' (alice, bob); choose",
        ),
    ],
)
def test_what_cannot_be_compared_is_not_put_into_one_summary(
    tmp_path: Path, names: list[str], options: dict[str, Any], said: str
) -> None:
    folder = kinds(tmp_path)
    asked = [replace(job(folder, name), **options) for name in names]
    with pytest.raises(AuthorError) as caught:
        folder.ensure_alike(asked)
    assert said in str(caught.value)


def test_other_items_may_replace_all_that_is_there_when_that_is_said(tmp_path: Path) -> None:
    folder = kinds(tmp_path)
    folder.ensure_alike([job(folder, "alice"), job(folder, "bob"), job(folder, "carl")], anew=True)
    with pytest.raises(AuthorError, match=r"\(bob\), and all items would stand beside them"):
        folder.ensure_alike([job(folder, "alice")], anew=True)


def test_the_same_items_in_another_order_and_what_nobody_noted_are_no_other_kind(tmp_path: Path) -> None:
    folder = kinds(tmp_path, asked="code,luck")
    folder.ensure_alike([job(folder, "carl", items=("luck", "code"))])
    noted_nothing = kinds(tmp_path / "old", asked="")
    noted_nothing.ensure_alike([job(noted_nothing, "carl")])


@pytest.mark.parametrize(("kept", "key"), [(False, ""), (True, "k")])
def test_what_is_run_again_forgets_the_key_of_its_evidence(tmp_path: Path, kept: bool, key: str) -> None:
    run(tmp_path, "alice", key="k")
    folder = RunFolder(tmp_path)
    with folder.taken():
        folder.begin([job(folder, "alice", kept=kept)])
    folder.look()
    assert folder.key("alice") == key


def test_a_key_means_nothing_where_the_evidence_is_gone(tmp_path: Path) -> None:
    folder = run(tmp_path, "alice", key="k")
    folder.of("alice").withdraw()
    assert folder.key("alice") == ""


def test_a_key_means_nothing_where_the_evidence_is_not_what_was_written(tmp_path: Path) -> None:
    folder = run(tmp_path, "alice", key="k")
    assert folder.key("alice") == "k"
    folder.of("alice").evidence_file.write_bytes(b"cut short")
    assert folder.key("alice") == ""


def test_what_is_judged_again_keeps_the_key_of_its_evidence(tmp_path: Path) -> None:
    folder = run(tmp_path, "alice", key="k")
    with folder.taken():
        folder.of("alice").publish(made("alice"))
        folder.judged("alice", made("alice").result)
    folder.look()
    assert folder.key("alice") == "k"


def test_nothing_that_is_done_for_each_submission_grows_with_the_class(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Path] = []
    clock = Clock()
    result = small.report().result
    folder = RunFolder(tmp_path, clock=clock)
    # whole files that are written: there is nowhere to pass a writer in
    monkeypatch.setattr("grader.atomic.write", lambda path, _data: written.append(path))
    with folder.taken():
        sizes = []
        for number in range(200):
            folder.add(f"s{number:03}", replace(result, id=f"s{number:03}"))
            sizes.append((tmp_path / "journal.jsonl").stat().st_size)
    assert written == [tmp_path / "summary.csv", tmp_path / "summary.json"]
    assert {after - before for before, after in pairwise(sizes)} == {sizes[1] - sizes[0]}


def test_the_summary_is_written_every_few_seconds(tmp_path: Path) -> None:
    clock = Clock()
    folder = RunFolder(tmp_path, clock=clock)
    with folder.taken():
        add(folder, "alice", "bob")
        assert summary(tmp_path) == (["alice"], [])
        clock.now = SUMMARY_SECONDS
        add(folder, "carl")
        assert summary(tmp_path) == (["alice", "bob", "carl"], [])


def test_a_summary_that_takes_long_is_written_more_seldom(tmp_path: Path) -> None:
    clock = Clock()
    folder = RunFolder(tmp_path, clock=lambda: (setattr(clock, "now", clock.now + 10.0), clock.now)[1])
    with folder.taken():
        add(folder, "alice")
        before = (tmp_path / "summary.json").stat().st_mtime_ns
        add(folder, "bob", "carl")
    assert (tmp_path / "summary.json").stat().st_mtime_ns == before


def test_a_journal_does_not_grow_for_ever(tmp_path: Path) -> None:
    lines = []
    for _ in range(60):
        run(tmp_path, "alice")
        lines.append(len((tmp_path / "journal.jsonl").read_bytes().splitlines()))
    assert max(lines) < 40


@pytest.mark.parametrize("out", ["alice", "alice/feedback", "."])
def test_reports_are_not_written_into_a_submission(tmp_path: Path, out: str) -> None:
    path = small.hand_in(tmp_path / "alice")
    with pytest.raises(AuthorError, match="choose another folder"):
        RunFolder(tmp_path / out).ensure_apart([(path, "alice")])


@pytest.mark.parametrize("out", ["alice/graded", "graded", "elsewhere/graded"])
def test_reports_may_lie_beside_a_submission_or_where_intake_passes_them_over(tmp_path: Path, out: str) -> None:
    path = small.hand_in(tmp_path / "alice")
    RunFolder(tmp_path / out).ensure_apart([(path, "alice")])


def test_a_folder_without_evidence_holds_nothing_to_judge(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match="give the --out folder"):
        RunFolder(tmp_path / "nowhere").kept()


def test_a_journal_is_read_once_when_a_folder_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with RunFolder(tmp_path).taken():
        pass
    reads: list[Path] = []
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: (reads.append(path), read(path))[1])
    with RunFolder(tmp_path).taken():
        pass
    assert reads.count(tmp_path / JOURNAL) == 1
