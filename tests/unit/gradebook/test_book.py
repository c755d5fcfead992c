from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import update

from grader.classes.model import Joined
from grader.gradebook.book import Gradebook
from grader.gradebook.engine import writing
from grader.gradebook.nouns import Noted, Why
from grader.gradebook.tables import RUNS
from grader.model import Person
from kit.books import BEGIN, book_in, folder_of, given, hand_in, joined, noted, result

PASSED = result({"code": {"runs": ("passed", 2.0)}})


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Gradebook]:
    with book_in(tmp_path) as found:
        yield found


def points(book: Gradebook) -> dict[str, Decimal | None]:
    return {final.who.name: final.points for final in book.finals()}


def changes(book: Gradebook) -> list[tuple[str, str, str, str]]:
    return [(each.author, each.change.what, each.change.before, each.change.after) for each in book.audit()]


def test_a_class_is_taken_in_as_often_as_it_comes(book: Gradebook) -> None:
    lou = Person(id="9", name="Lou")
    for _ in range(2):
        book.take_in(joined(hand_in("ann"), hand_in("ann", 2), missing=(lou,)), folder_of)
    assert [final.who.name for final in book.finals()] == ["Ann", "Lou"]
    assert book.audit() == ()


def test_who_handed_in_nothing_is_told(book: Gradebook) -> None:
    book.take_in(joined(missing=(Person(id="9", name="Lou"),)), folder_of)
    (final,) = book.finals()
    assert (final.points, final.why_not) == (None, "nothing was handed in")


def test_members_of_a_group_get_the_same_also_who_joins_late(book: Gradebook) -> None:
    kay, lou = Person(id="1", name="Kay"), Person(id="2", name="Lou")
    book.take_in(joined(hand_in("team", 1, kay), missing=(lou,)), folder_of)
    book.note(noted("team", of=PASSED))
    book.take_in(joined(hand_in("team", 1, kay, lou)), folder_of)
    assert points(book) == {"Kay": 2, "Lou": 2}


def test_who_is_known_better_later_is_still_one_person(book: Gradebook) -> None:
    book.take_in(joined(hand_in("ann", 1, Person(name="Ann"))), folder_of)
    book.take_in(joined(hand_in("ann", 1, Person(id="17", name="Ann", mail="ann@x"))), folder_of)
    assert [(final.who.id, final.who.mail) for final in book.finals()] == [("17", "ann@x")]


@pytest.mark.parametrize("mail", ["", "LOU@x"])
def test_who_was_missing_and_hands_in_as_somebody_known_otherwise_is_one_person(book: Gradebook, mail: str) -> None:
    lou = Person(name="Lou", mail="lou@x")
    book.take_in(joined(hand_in("ann"), missing=(lou,)), folder_of)
    book.take_in(joined(hand_in("ann"), hand_in("lou", 1, Person(id="9", name="Lou", mail=mail))), folder_of)
    assert [final.who.name for final in book.finals()] == ["Ann", "Lou"]


def test_of_two_of_one_name_the_one_who_is_missing_stays(book: Gradebook) -> None:
    book.take_in(joined(hand_in("ann"), missing=(Person(id="8", name="Lou"),)), folder_of)
    book.take_in(joined(hand_in("ann"), hand_in("lou", 1, Person(id="9", name="Lou"))), folder_of)
    assert [final.who.id for final in book.finals()] == ["ann", "9", "8"]


def test_whom_the_roster_does_not_know_stays_known_until_one_knows_them(book: Gradebook) -> None:
    ann, lou = hand_in("ann"), hand_in("lou")
    book.take_in(Joined((ann, lou), unmatched=("lou",), has_roster=True), folder_of)
    assert book.unmatched() == ("lou",)
    book.take_in(Joined((ann, lou)), folder_of)
    book.take_in(Joined((ann,), has_roster=True), folder_of)
    assert book.unmatched() == ("lou",)
    book.take_in(Joined((ann, lou), has_roster=True), folder_of)
    assert book.unmatched() == ()
    assert [each[1:] for each in changes(book)] == [
        ("roster", "", "not in the roster"),
        ("roster", "not in the roster", ""),
    ]


def test_the_time_handed_in_is_never_forgotten_and_its_change_is_told(book: Gradebook) -> None:
    book.take_in(joined(hand_in()), folder_of)
    book.take_in(joined(hand_in(handed_in=None)), folder_of)
    assert book.finals()[0].handed_in == BEGIN
    book.take_in(joined(hand_in(handed_in=BEGIN + timedelta(hours=1))), folder_of)
    assert [each[1] for each in changes(book)] == ["handed in"]


def test_noting_the_same_again_changes_nothing(book: Gradebook) -> None:
    assert book.note(noted(), Noted("bob", 1, error="is empty", folder="bob")) == 2
    assert book.note(noted(), Noted("bob", 1, error="is empty", folder="bob")) == 0
    assert len(book.audit()) == 2


def test_a_later_attempt_is_found_by_its_folder(book: Gradebook) -> None:
    book.take_in(joined(hand_in("ann"), hand_in("ann", 2)), folder_of)
    book.note(noted("ann+2", of=PASSED, folder="ann+2"), noted("ann"))
    (final,) = book.finals()
    assert (final.points, final.folder and final.folder.name) == (2, "ann+2")


def test_what_was_handed_in_again_into_the_same_folder_is_another_attempt(book: Gradebook) -> None:
    book.note(noted(of=PASSED))
    book.note(noted("ann", 2))
    assert set(book.stamps()) == {"ann/attempts/1", "ann"}
    assert points(book) == {"ann": None}


def test_a_regrade_keeps_the_earlier_grading_and_says_what_changed(book: Gradebook) -> None:
    book.note(noted())
    book.note(noted(of=result({"code": {"runs": ("passed", 4.0)}}, rubric="sha256:r2")), author="tutor")
    assert changes(book)[-1] == ("tutor", "grading", "sha256:r1: 2 of 10, 3 pending", "sha256:r2: 4 of 4")


def test_a_mark_settles_what_waits(book: Gradebook) -> None:
    book.note(noted())
    assert [(each.why, each.found.check, each.version) for each in book.waiting()] == [(Why.PENDING, "says", 0)]
    book.mark(given("2.5", "good", version=0), author="tutor")
    assert book.waiting() == ()
    (final,) = book.finals()
    assert (final.points, final.comment) == (Decimal("4.50"), "It says.: good")
    assert changes(book)[-1] == ("tutor", "mark", "", '2.5 "good"')


def test_a_regrade_never_touches_a_mark_and_flags_it(book: Gradebook) -> None:
    book.note(noted())
    book.mark(given("2.5", "good"), author="tutor")
    book.note(noted(of=result(digest="sha256:2")))
    (waiting,) = book.waiting()
    assert waiting.why is Why.STALE
    assert waiting.mark is not None
    assert (waiting.mark.points, waiting.mark.comment, waiting.mark.author) == (Decimal("2.5"), "good", "tutor")
    assert book.finals()[0].why_not == "says: was marked by a person on an earlier result"


def test_the_same_points_once_more_say_that_it_was_looked_at_again(book: Gradebook) -> None:
    book.note(noted())
    book.mark(given("2.5"), author="tutor")
    book.note(noted(of=result(digest="sha256:2")))
    book.mark(given(None, "a comment alone does not"), author="tutor")
    assert len(book.waiting()) == 1
    book.mark(given("2.5"), author="tutor")
    assert book.waiting() == ()


def test_an_empty_cell_leaves_and_the_same_changes_nothing(book: Gradebook) -> None:
    book.note(noted())
    book.mark(given("2", "fine"), author="tutor")
    assert book.mark(given(None), given("2", check="says"), author="other")[1:] == []
    assert book.mark(given(None, None), author="other") == []
    assert book.mark(given("2", "fine"), author="other") == []


def test_a_mark_that_is_deleted_waits_again_and_its_version_goes_on(book: Gradebook) -> None:
    book.note(noted())
    book.mark(given("2", "fine"), author="tutor")
    book.mark(given(None, delete=True), author="tutor")
    assert [(each.why, each.version) for each in book.waiting()] == [(Why.PENDING, 2)]
    assert changes(book)[-1][2:] == ('2 "fine"', "")


@pytest.mark.parametrize("wanted", ["-0.5", "3.01", "NaN", "Infinity", "0.0000001"])
def test_points_out_of_range_are_refused(book: Gradebook, wanted: str) -> None:
    book.note(noted())
    (step,) = book.mark(given(wanted), author="tutor")
    assert "points; " in step.wrong
    assert len(book.waiting()) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"student": "zoe"}, "no attempt 1 of 'zoe'"),
        ({"student": "bob"}, "bob was not graded"),
        ({"check": "sings"}, "no check 'sings' in an item 'code'"),
    ],
)
def test_a_mark_for_nothing_is_refused(book: Gradebook, wrong: dict[str, str], said: str) -> None:
    book.note(noted(), Noted("bob", 1, error="is empty", folder="bob"))
    (step,) = book.mark(given("1", **wrong), author="tutor")
    assert said in step.wrong


def test_one_check_is_marked_once(book: Gradebook) -> None:
    book.note(noted())
    steps = book.mark(given("1", where="line 2"), given("2", where="line 3"), author="tutor")
    assert [step.wrong for step in steps] == ["", "is given twice, in line 2 too"]


def test_who_marks_on_an_older_version_is_told_and_loses_nothing(book: Gradebook) -> None:
    book.note(noted())
    book.mark(given("1", version=0), author="kay")
    (step,) = book.mark(given("3", version=0), author="lou")
    assert (step.conflict, step.before and step.before.author) == (True, "kay")
    assert points(book) == {"ann": 3}
    book.mark(given("3", version=0), author="lou", overwrite=True)
    assert points(book) == {"ann": 5}


def test_a_preview_writes_nothing(book: Gradebook) -> None:
    book.note(noted())
    (step,) = book.marks_planned([given("1")], author="tutor")
    assert step.after is not None
    assert len(book.waiting()) == 1


def test_release_is_for_whom_it_is_said_and_can_be_withdrawn(book: Gradebook) -> None:
    book.note(noted(of=PASSED), noted("bob", of=PASSED))
    assert book.release({"ann", "nobody"}, author="prof") == 1
    assert book.release({"ann"}, author="prof") == 0
    assert {final.who.name: final.released for final in book.finals()} == {"ann": True, "bob": False}
    assert book.release({"ann"}, author="prof", withdraw=True) == 1
    assert [final.released for final in book.finals()] == [False, False]


def test_who_is_ready_and_why_the_others_are_not(book: Gradebook) -> None:
    book.note(noted(of=PASSED), noted("bob"), Noted("cay", 1, error="is empty", folder="cay"))
    assert [each.why_not for each in book.ready()] == ["", "says: waits for a person", "was not graded: is empty"]


def test_the_rules_of_the_course_are_applied_when_scores_are_read(tmp_path: Path, book: Gradebook) -> None:
    ann, late = Person(id="1", name="Ann", mail="ann@x"), BEGIN + timedelta(minutes=1)
    book.take_in(joined(hand_in("ann", 1, ann, handed_in=late), hand_in("ann", 2, ann, handed_in=late)), folder_of)
    book.note(noted(of=result({"code": {"runs": ("passed", 5.25)}})), noted("ann+2", of=PASSED, folder="ann+2"))
    rules = ['due = "2026-11-30 23:00"', 'zone = "Europe/Zurich"', 'attempts = "best"', "[penalty]", "percent = 10"]
    (tmp_path / "class.toml").write_text("\n".join(rules))
    (final,) = book.finals()
    assert (final.points, final.late, final.handed_in) == (Decimal("4.73"), "1 day late, 10 % off", late)
    assert [each.points for each in book.ready()] == [Decimal("4.73")]


def test_two_runs_in_one_database_know_nothing_of_each_other(tmp_path: Path, book: Gradebook) -> None:
    book.note(noted())
    with book_in(tmp_path, key="other") as other:
        other.note(noted("zoe"))
        assert [final.who.name for final in other.finals()] == ["zoe"]
        assert len(other.audit()) == 1


def test_only_what_people_marked_is_read_for_the_summary(book: Gradebook) -> None:
    book.note(noted(), noted("bob"))
    book.mark(given("1"), author="tutor")
    assert {folder: score.earned for folder, score in book.marked().items()} == {"ann": 3}


def test_marks_that_a_regrade_would_make_stale_are_known_before(book: Gradebook) -> None:
    book.note(noted(), noted("bob"))
    book.mark(given("1"), given("1", student="bob"), author="tutor")
    results = {"ann": result(digest="sha256:2"), "bob": result(rubric="sha256:r2")}
    assert book.stale(results) == (("ann", "says"),)


def test_hostile_names_are_kept(book: Gradebook) -> None:
    person = Person(name="=HYPERLINK(1)\0\udc80\u202e")
    book.take_in(joined(replace(hand_in("x", 1, person), submission="a\0")), folder_of)
    book.note(noted("x", of=PASSED))
    assert points(book) == {"=HYPERLINK(1)\\x00\\udc80\u202e": 2}


def test_a_run_has_a_secret_of_its_own_for_good(tmp_path: Path) -> None:
    def secret(folder: str) -> str:
        with book_in(tmp_path / folder) as found:
            return found.secret

    first = secret("one")
    assert len(first) == 64
    assert secret("one") == first != secret("other")


def test_a_run_that_had_no_secret_yet_gets_one(tmp_path: Path) -> None:
    with book_in(tmp_path) as found, writing(found.engine) as connection:
        connection.execute(update(RUNS).values(secret=""))
    with book_in(tmp_path) as found:
        first = found.secret
    with book_in(tmp_path) as found:
        assert found.secret == first != ""
