from __future__ import annotations

import pytest

from grader.causes import Cause, in_words, of_items
from grader.model import Finding, Marks, Problem, ProblemKind, ScoredFinding, ScoredItem, Verdict


def finding(
    check: str,
    verdict: Verdict = Verdict.FAILED,
    message: str = "",
    *,
    problem: Problem | None = None,
    diagnosis: str = "",
    because: str = "",
    by: str = "",
) -> Finding:
    said = message or f"{check} is wrong"
    more = {"problem": problem, "because": because, "explained_by": tuple(by)}
    return Finding(check, check.title(), verdict, said, "", diagnosis, **more)  # type: ignore[arg-type]


def items(*findings: Finding, **others: tuple[Finding, ...]) -> list[ScoredItem]:
    """Return items, the first of them with these findings, each worth 2 points."""
    made = []
    for name, group in {"first": findings, **others}.items():
        rows = tuple(ScoredFinding(each, Marks(2.0 if each.verdict is Verdict.PASSED else 0.0, 2.0)) for each in group)
        made.append(ScoredItem(name, name.title(), Marks(0.0, 2.0 * len(rows)), rows))
    return made


def checks(cause: Cause) -> list[str]:
    return [each.finding.check for each in (cause.lead, *cause.others)]


def raised(message: str, where: str = "") -> Problem:
    return Problem(ProblemKind.RAISED, message, where)


def test_what_waits_for_a_check_that_failed_has_its_cause() -> None:
    waits = finding("b", Verdict.BLOCKED, because="a")
    (cause,) = of_items(items(finding("a"), waits, finding("c", Verdict.BLOCKED, because="b")))
    assert (checks(cause), cause.lost, cause.title) == (["a", "b", "c"], 6.0, "A")


def test_what_waits_for_a_check_that_is_not_asked_for_has_one_cause() -> None:
    waiting = [finding(name, Verdict.BLOCKED, "mlp.py cannot be loaded", because="loads") for name in "ab"]
    (cause,) = of_items(items(*waiting))
    assert (checks(cause), cause.message) == (["a", "b"], "mlp.py cannot be loaded")


def test_the_same_error_at_the_same_place_is_one_cause() -> None:
    place = "mlp.py line 9, in forward"
    first = finding("a", message="no output", problem=raised("ValueError: shapes (3,) and (4,)", place))
    second = finding("b", message="no gradient", problem=raised("ValueError: shapes (5,) and (2,)", place))
    other = finding("c", problem=raised("ValueError: shapes (3,) and (4,)", "mlp.py line 30, in backward"))
    assert [checks(each) for each in of_items(items(first, second, other))] == [["a", "b"], ["c"]]


def test_a_cause_of_several_failures_is_called_by_its_error() -> None:
    problem = raised("NameError: name 'h' is not defined", "mlp.py line 9, in forward")
    (cause,) = of_items(items(finding("a", problem=problem), finding("b", problem=problem)))
    assert cause.title == "NameError: name 'h' is not defined (mlp.py line 9, in forward)"


def test_a_loop_that_does_not_end_is_one_cause_wherever_it_is_interrupted() -> None:
    slow = [Problem(ProblemKind.TIMEOUT, "takes longer than 2 s", f"mlp.py line {n}, in forward") for n in (38, 39)]
    skipped = Problem(ProblemKind.SKIPPED, "forward() is not tried after the timeout before it")
    found = (*(finding(f"a{k}", problem=each) for k, each in enumerate(slow)), finding("b", problem=skipped))
    assert [checks(each) for each in of_items(items(*found))] == [["a0", "a1", "b"]]


def test_a_process_that_crashes_is_one_cause_whatever_was_asked() -> None:
    died = [Problem(ProblemKind.DIED, f"the process crashes during {name}() (SIGSEGV)") for name in ("forward", "step")]
    assert len(of_items(items(*(finding(f"a{k}", problem=each) for k, each in enumerate(died))))) == 1


def test_all_that_is_not_written_is_one_cause_that_says_where_to_begin() -> None:
    first = finding("a", problem=raised("NotImplementedError: write MLP.__init__", "mlp.py line 18, in __init__"))
    second = finding("b", problem=raised("NotImplementedError: write MLP.step", "mlp.py line 60, in step"))
    (cause,) = of_items(items(first, second), ("MLP.__init__", "MLP.add_layer", "MLP.step"))
    assert cause.title == "Not written yet: `__init__`, `add_layer`, `step`"
    assert cause.hint == "Begin with `MLP.__init__`, mlp.py line 18."


def test_what_is_not_written_by_a_students_own_words_is_called_by_its_function() -> None:
    (cause,) = of_items(items(finding("a", problem=raised("NotImplementedError", "mlp.py line 60, in step"))))
    assert (cause.title, cause.hint) == ("Not written yet: `step`", "Begin with `step`, mlp.py line 60.")


def test_a_list_of_what_is_not_written_is_no_cause_by_itself() -> None:
    assert of_items(items(finding("a", Verdict.PASSED)), ("MLP.step",)) == ()


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["MLP.step"], "`step`"),
        (["A.f", "B.f"], "`A.f`, `B.f`"),
        ([f"MLP.f{k}" for k in range(9)], "`f0`, `f1`, `f2`, `f3`, `f4`, `f5`, `f6`, `f7` and 1 more"),
        ([f"{owner}.f{k}" for owner in "AB" for k in range(5)], "10 functions, of `A`, `B`"),
        ([*(f"A.f{k}" for k in range(8)), "train"], "9 functions, of `A`, `train`"),
    ],
)
def test_names_are_listed_as_long_as_they_are_few(names: list[str], words: str) -> None:
    assert in_words(names) == words


def test_the_same_recognised_mistake_in_one_item_is_one_cause() -> None:
    found = [finding(name, diagnosis="mask_per_row") for name in "ab"]
    assert [checks(each) for each in of_items(items(*found))] == [["a", "b"]]
    assert len(of_items(items(found[0], second=(found[1],)))) == 2


def test_the_same_words_are_one_cause() -> None:
    found = [finding(name, message="there is no class Dropout") for name in "ab"]
    assert [checks(each) for each in of_items(items(*found))] == [["a", "b"]]


def test_what_cites_the_error_of_another_finding_has_its_cause() -> None:
    problem = raised("NameError: name 'st'", "cell 7 line 3")
    cites = finding("b", message="Dropout could not be made: NameError: name 'st' (cell 7 line 3)")
    assert len(of_items(items(finding("a", problem=problem), cites))) == 1


def test_what_is_not_judged_because_of_a_mistake_is_spared_and_costs_nothing() -> None:
    (cause,) = of_items(items(finding("a"), finding("b", Verdict.PASSED, because="a")))
    assert (checks(cause), [each.finding.check for each in cause.spared], cause.lost) == (["a"], ["b"], 2.0)


def test_the_cause_that_costs_most_comes_first() -> None:
    found = of_items(items(finding("a"), finding("b"), finding("c", Verdict.BLOCKED, because="b")))
    assert [cause.lost for cause in found] == [4.0, 2.0]


def test_every_lost_point_belongs_to_one_cause() -> None:
    found = items(finding("a"), finding("b", Verdict.BLOCKED, because="a"), finding("c"), finding("d", Verdict.PENDING))
    assert sum(cause.lost for cause in of_items(found)) == 6.0


def test_checks_that_wait_for_each_other_have_an_end() -> None:
    found = [finding("a", Verdict.BLOCKED, "same", because="b"), finding("b", Verdict.BLOCKED, "same", because="a")]
    assert len(of_items(items(*found))) == 1


def test_what_another_mistake_explains_is_told_with_it_whatever_its_own_words_are() -> None:
    problem = raised("ValueError: shapes (3,) and (4,)", "mlp.py line 9, in backward")
    found = (finding("c", problem=problem), finding("d", problem=problem, by="b"), finding("b", by="a"), finding("a"))
    (cause,) = of_items(items(*found))
    assert (cause.title, sorted(checks(cause)), cause.lost) == ("A", ["a", "b", "c", "d"], 8.0)


def test_what_another_mistake_would_explain_stands_alone_where_that_was_not_made() -> None:
    right = finding("a", Verdict.PASSED)
    assert [checks(each) for each in of_items(items(right, finding("b", by="a"), finding("c", by="xb")))] == [
        ["b", "c"]
    ]


def test_mistakes_that_explain_each_other_have_an_end() -> None:
    assert len(of_items(items(finding("a", by="b"), finding("b", by="a")))) == 1


def test_what_is_not_written_yet_is_explained_by_nothing_else() -> None:
    unwritten = finding("b", problem=raised("NotImplementedError: write MLP.step", "mlp.py line 60, in step"), by="a")
    assert len(of_items(items(finding("a"), unwritten))) == 2


def test_an_error_whose_place_is_not_known_is_the_one_that_is_seen_at_a_place() -> None:
    message = "TypeError: MLP.step() takes 1 positional argument but 2 were given"
    placed = finding("a", problem=raised(message, "mlp.py line 64, in step"))
    (cause,) = of_items(items(finding("b", Verdict.BLOCKED, problem=raised(message)), placed))
    assert checks(cause) == ["a", "b"]
