"""What a gradebook and its folder know of a run beside what was found."""

from __future__ import annotations

import gc
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from grader.classes.policy import Policy
from grader.filenames import CLASS, EVIDENCE
from grader.gradebook.counting import Weighing
from grader.insight import About, of_run, overview
from grader.insight.model import Flip
from grader.insight.reading import about
from grader.model import Person
from kit.books import PLAIN, book_in, folder_of, hand_in, joined, noted, result
from kit.glancing import AT, found, standing

SETTLED = {"code": {"runs": ("passed", 2.0), "holds": ("passed", 3.0)}}
WORSE = {"code": {"runs": ("failed", 2.0), "holds": ("failed", 3.0)}}
OTHER = PLAIN | {"code": {"runs": ("failed", 2.0), "says": ("pending", 3.0)}}


def test_who_is_missing_how_long_it_took_and_how_much_it_left_are_known(tmp_path: Path) -> None:
    evidence = tmp_path / "ann" / EVIDENCE
    evidence.mkdir(parents=True)
    (evidence / "evidence.zst").write_bytes(b"12345")
    with book_in(tmp_path) as book:
        book.take_in(joined(hand_in("ann"), missing=(Person(id="9", name="Zed"),)), folder_of)
        book.note(noted("ann", of=replace(result(), assignment="byomlp")))
        found = about(book, noticed=["ann"], unmatched=["ann"])
    assert (found.missing, found.seconds, found.sizes) == (("Zed",), {"ann": 0.5}, {"ann": 5})
    assert (found.noticed, found.unmatched) == (frozenset({"ann"}), ("ann",))
    assert found.builds_on["trajectory_matches"][:2] == ("mlp_loads", "step_descends")
    assert "perceptron" in found.title.lower()


def test_an_assignment_that_is_not_installed_costs_its_title_alone(tmp_path: Path) -> None:
    with book_in(tmp_path) as book:
        book.note(noted("ann"))
        assert (about(book).title, about(book).builds_on) == ("The class", {})


def test_the_same_files_with_another_verdict_are_a_flip(tmp_path: Path) -> None:
    with book_in(tmp_path) as book:
        book.note(noted("ann"), noted("bob"))
        book.note(noted("ann", of=result(OTHER)), noted("bob", of=replace(result(), seed=8)))
        # what was handed in next is other files
        book.note(noted("bob", of=result(OTHER, digest="sha256:2")))
        (row,) = (each.row for each in book.standings() if each.student == "ann")
        assert about(book).flips == (Flip(row, "code", "runs", ("passed", "failed")),)


def test_another_rubric_is_no_flip(tmp_path: Path) -> None:
    with book_in(tmp_path) as book:
        book.note(noted("ann"))
        book.note(noted("ann", of=result(OTHER, rubric="sha256:r2")))
        assert about(book).flips == ()


@pytest.mark.parametrize(("rules", "attempt", "points"), [("", 2, 0.0), ('attempts = "best"\n', 1, 5.0)])
def test_of_several_attempts_the_one_is_shown_that_counts(
    tmp_path: Path, rules: str, attempt: int, points: float
) -> None:
    if rules:
        (tmp_path / CLASS).write_text(rules)
    with book_in(tmp_path) as book:
        book.note(noted("ann", 1, of=result(SETTLED)), noted("ann", 2, of=result(WORSE, digest="sha256:2")))
        (who,), (final,) = of_run(book).rows, book.finals()
    assert (who.attempt, who.points) == (attempt, points)
    assert final.folder == tmp_path / who.folder
    assert final.points == points


def test_who_is_late_is_so_by_the_rules_where_there_are_some() -> None:
    standings = [standing("ann", found(), late=True), standing("bob", found(), late=False)]
    due = Policy(due=AT - timedelta(hours=1), extensions={"ann": AT})
    rows = [overview(standings, About(), weighing).rows for weighing in (Weighing(), Weighing(due))]
    assert [[who.late for who in each] for each in rows] == [[True, False], [False, True]]


def test_other_threads_keep_their_garbage_collector(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    with book_in(tmp_path) as book:
        book.note(noted("ann"))
        standings = list(book.standings())
        monkeypatch.setattr(book, "standings", lambda: (seen.append(gc.isenabled()) or each for each in standings))
        of_run(book)
    assert seen == [True]


def test_the_class_of_a_gradebook_is_looked_at_as_it_stands(tmp_path: Path) -> None:
    with book_in(tmp_path) as book:
        book.note(noted("ann"), noted("bob"))
        made = of_run(book)
    assert [(who.student, who.points, who.open, who.waits) for who in made.rows] == [
        ("ann", 2.0, 3.0, "pending"),
        ("bob", 2.0, 3.0, "pending"),
    ]
    assert [(each.check, each.places) for each in made.mistakes] == [("holds", (0, 1))]
