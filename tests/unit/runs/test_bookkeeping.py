from __future__ import annotations

import csv
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from grader import gradebook
from grader.filenames import GRADEBOOK, SUMMARY
from grader.gradebook.marking import Given
from grader.runs import Job, RunFolder
from kit import small_assignment as small
from kit.books import migrated

ONE = Given("ann", 1, "luck", "rolls", Decimal(1))


def run(out: Path, *names: str, book: str | None = None, digest: str = "") -> RunFolder:
    """Grade right submissions of these names into a folder."""
    folder = RunFolder(out, gradebook=book)
    with folder.taken():
        folder.begin([Job(Path(name), name, "small", folder.of(name).path) for name in names])
        for name in names:
            made = replace(
                small.report(), submission=replace(small.submission(name), digest=digest or f"sha256:{name}")
            )
            folder.of(name).deliver(made, again=bool(digest))
            folder.add(name, made.result)
        folder.summarise()
    return folder


def with_book(out: Path) -> None:
    """Let a run have a gradebook, without the time that migrations take."""
    out.mkdir(parents=True, exist_ok=True)
    (out / GRADEBOOK).write_bytes(migrated())


def graded(out: Path) -> dict[str, str]:
    """Return what the gradebook says of each: points, or why there are none."""
    with gradebook.opened(out) as book:
        return {final.who.name: str(final.points or final.why_not) for final in book.finals()}


def rows(out: Path) -> list[list[str]]:
    with (out / "summary.csv").open(encoding="utf-8", newline="") as file:
        return [row[:4] for row in csv.reader(file)][1:]


def test_a_run_has_no_gradebook_unless_it_is_asked_for(tmp_path: Path) -> None:
    run(tmp_path, "ann")
    assert not (tmp_path / GRADEBOOK).exists()


def test_a_run_that_is_asked_to_keeps_one(tmp_path: Path) -> None:
    run(tmp_path, "ann", book="")
    assert graded(tmp_path) == {"ann": "7.00"}


def test_a_run_that_was_made_before_is_taken_in(tmp_path: Path) -> None:
    folder = run(tmp_path, "ann", "bob")
    with folder.taken():
        folder.fail("cay", "cay: is empty")
    with_book(tmp_path)
    run(tmp_path, "dan")
    assert graded(tmp_path) == {"ann": "7.00", "bob": "7.00", "cay": "was not graded: cay: is empty", "dan": "7.00"}


def test_a_run_of_before_there_were_journals_is_taken_in(tmp_path: Path) -> None:
    run(tmp_path, "ann")
    (tmp_path / "journal.jsonl").unlink()
    with_book(tmp_path)
    run(tmp_path)
    assert graded(tmp_path) == {"ann": "7.00"}


def test_what_a_killed_grader_did_not_note_is_noted_when_it_goes_on(tmp_path: Path) -> None:
    with_book(tmp_path)
    run(tmp_path, "ann")
    folder = RunFolder(tmp_path)
    with folder.taken():
        book, folder.book = folder.book, None
        made = replace(small.report(), submission=small.submission("bob"))
        folder.of("bob").deliver(made)
        folder.add("bob", made.result)
        folder.book = book
    assert graded(tmp_path) == {"ann": "7.00"}
    run(tmp_path)
    assert graded(tmp_path) == {"ann": "7.00", "bob": "7.00"}


def test_earlier_attempts_are_taken_in_as_well(tmp_path: Path) -> None:
    run(tmp_path, "ann")
    run(tmp_path, "ann", digest="sha256:2")
    with_book(tmp_path)
    run(tmp_path)
    with gradebook.opened(tmp_path) as book:
        assert set(book.stamps()) == {"ann", "ann/attempts/1"}
        assert [each.change.attempt for each in book.audit()] == [1, 2]


def test_the_summary_counts_what_people_gave(tmp_path: Path) -> None:
    run(tmp_path, "ann", "bob", book="")
    with gradebook.opened(tmp_path) as book:
        book.mark(ONE, author="tutor")
    run(tmp_path)
    assert rows(tmp_path) == [["ann", "4", "7", "0"], ["bob", "7", "7", "0"]]
    assert '"earned": 4' in (tmp_path / SUMMARY).read_text(encoding="utf-8")
