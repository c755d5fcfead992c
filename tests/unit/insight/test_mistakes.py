"""Mistakes of a class: the same name or the same wrong numbers are one, and all that waits for one is part of it."""

from __future__ import annotations

import tomllib

from grader.gradebook.standing import Standing
from grader.insight.gathering import latest
from grader.insight.mistakes import mistakes
from grader.model import Verdict
from kit.glancing import found, mark, standing

F, B = Verdict.FAILED, Verdict.BLOCKED


def class_of(*findings: object, count: int = 3) -> list[Standing]:
    return [standing(f"s{k}", *findings) for k in range(count)]  # type: ignore[arg-type]


def test_a_diagnosis_is_one_mistake_with_what_waits_for_it() -> None:
    wrong = found("gradients", F, 6, diagnosis="bias_missing", message="b is 0")
    waits = found("trains", B, 4, place=1, message="b is 0")
    named, groups = mistakes(latest(class_of(wrong, waits)), {})
    (one,) = named
    assert (one.name, one.check, one.places, one.lost) == ("Bias missing", "gradients", (0, 1, 2), 30)
    assert groups == ()


def test_what_is_blocked_in_its_own_words_belongs_to_what_its_check_builds_on() -> None:
    wrong, waits = (
        found("gradients", F, 6, diagnosis="bias_missing"),
        found("trains", B, 4, place=1, message="no gradient"),
    )
    assert [each.lost for each in mistakes(latest(class_of(wrong, waits)), {"trains": ("gradients",)})[0]] == [30]
    assert [each.lost for each in mistakes(latest(class_of(wrong, waits)), {})[0]] == [18, 12]


def test_three_with_the_same_wrong_numbers_and_no_name_are_a_group() -> None:
    wrong = found("gradients", F, 6, pattern="W x2", message="W is 2")
    named, (group,) = mistakes(latest(class_of(wrong)), {})
    assert (group.check, group.pattern, group.places, group.lost, named) == ("gradients", "W x2", (0, 1, 2), 18, ())
    assert mistakes(latest(class_of(wrong, count=2)), {}) == ((), ())


def test_an_error_has_its_own_name_at_each_check() -> None:
    errors = [found("runs", F, message=f"mlp.py line {k}: TypeError: no {k}") for k in range(2)]
    (one,), _ = mistakes(latest([standing(f"s{k}", each) for k, each in enumerate(errors)]), {})
    assert (one.name, one.title, one.places) == ("TypeError", "It runs", (0, 1))


def test_functions_that_are_not_written_are_one_mistake_wherever_they_are_met() -> None:
    missing = [found(check, F, message="NotImplementedError: write MLP.step", place=k) for k, check in enumerate("ab")]
    (one,), _ = mistakes(latest(class_of(*missing)), {})
    assert (one.name, one.lost, one.places) == ("Not written yet", 12, (0, 1, 2))


def test_what_costs_most_comes_first() -> None:
    small, large = found("a", F, 1, diagnosis="small"), found("b", F, 9, diagnosis="large", place=1)
    assert [each.name for each in mistakes(latest(class_of(small, large)), {})[0]] == ["Large", "Small"]


def test_points_that_are_open_are_no_mistake() -> None:
    open_ones = found("waits", Verdict.PENDING), found("no", Verdict.UNDECIDED, place=1)
    assert mistakes(latest(class_of(*open_ones)), {}) == ((), ())


def test_a_stub_can_be_read_as_a_table_of_bugs_whatever_a_student_wrote() -> None:
    said = 'line 1 "quoted"\nfails = []\u202e \\ end'
    _, (group,) = mistakes(latest(class_of(found("gradients", F, pattern='W x2, "b" 0', message=said))), {})
    (table,) = tomllib.loads(group.stub).values()
    assert table["fails"] == ["gradients"]
    assert table["story"] == 'It gradients: W x2, "b" 0'
    assert list(tomllib.loads(group.stub)) == ["gradients_w_x2_b_0"]


def test_points_that_people_gave_are_not_lost_and_who_got_all_made_no_mistake() -> None:
    wrong = found("gradients", F, 6, diagnosis="bias_missing")
    given = [standing(f"s{k}", wrong, marks=(mark(k, wrong, f"sha256:s{k}"),)) for k in (0, 2, 6)]
    (one,), _ = mistakes(latest(given), {})
    assert (one.places, one.lost) == ((0, 1), 10)


def test_a_mistake_under_a_mark_on_an_earlier_result_is_open_and_costs_nothing() -> None:
    wrong = found("gradients", F, 6, diagnosis="bias_missing")
    assert mistakes(latest([standing("ann", wrong, marks=(mark(2, wrong, "sha256:before"),))]), {}) == ((), ())


def test_a_mistake_in_a_check_without_points_is_one_all_the_same() -> None:
    (one,), _ = mistakes(latest([standing("ann", found("style", F, 0, diagnosis="long"))]), {})
    assert (one.name, one.lost) == ("Long", 0)


def test_a_comment_goes_to_a_diagnosis_and_not_to_what_is_not_written_at_many_checks() -> None:
    missing = [found(check, F, diagnosis="not_written", place=k) for k, check in enumerate("ab")]
    (one,), _ = mistakes(latest([standing("ann", *missing)]), {})
    assert (one.name, one.diagnosis) == ("Not written yet", "")
