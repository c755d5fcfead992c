"""What browsers call answers says nothing of students, and is the same tomorrow."""

from __future__ import annotations

from grader.web.marking.naming import answer_name, run_name


def test_a_name_stays_the_same_and_holds_nothing_of_the_student() -> None:
    assert answer_name("key", "ann", 1) == answer_name("key", "ann", 1)
    assert "ann" not in answer_name("key", "ann", 1)


def test_names_differ_by_run_student_and_attempt() -> None:
    names = [answer_name("key", "ann", 1), answer_name("key", "ann", 2), answer_name("key", "bob", 1)]
    assert len({*names, answer_name("other", "ann", 1), run_name("key"), run_name("other")}) == 6
