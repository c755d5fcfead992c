from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType

import pytest

from grader.checks import Check, blocked, check, checks_in, failed, passed, pending, run_checks
from grader.errors import HarnessError
from grader.model import Curve, Evidence, Finding, Observation, Problem, ProblemKind, Quote, Verdict


def fact(
    name: str,
    judge: Callable[..., Finding],
    *,
    after: tuple[str, ...] = (),
    excused_by: tuple[str, ...] = (),
    thresholds: tuple[str, ...] = (),
) -> Check:
    return Check(name, name.title(), judge, ("forward",), after=after, excused_by=excused_by, thresholds=thresholds)


def evidence(**data: object) -> Evidence:
    return Evidence({"forward": Observation("forward", data)}, 1, "process", 0.0)


def holds(_forward: Observation) -> Finding:
    return passed()


def breaks(_forward: Observation) -> Finding:
    return failed("W is wrong", hint="look at W", diagnosis="sign")


def raiser(error: Exception) -> Callable[..., Finding]:
    def judge(_forward: Observation) -> Finding:
        raise error

    return judge


def judged(*checks: Check, seen: Evidence | None = None) -> list[Finding]:
    return list(run_checks(checks, seen or evidence(), {}))


def test_a_check_is_declared_with_its_name_and_its_docstring() -> None:
    first = fact("first", holds)

    second = fact("second", holds)

    @check(reads=["forward", "backward"], after=[first], excused_by=[second], thresholds=["tolerance"])
    def gradients_match(forward: Observation, backward: Observation, tolerance: float) -> Finding:
        """Backpropagation agrees with central differences.

        More for the reader of the code.
        """
        return passed()

    assert gradients_match.name == "gradients_match"
    assert gradients_match.title == "Backpropagation agrees with central differences"
    assert gradients_match.reads == ("forward", "backward")
    assert (gradients_match.after, gradients_match.excused_by) == (("first",), ("second",))
    assert gradients_match.builds_on == ("first", "second")
    assert gradients_match.module == __name__
    assert gradients_match.thresholds == ("tolerance",)


def test_a_check_without_a_docstring_is_refused() -> None:
    with pytest.raises(ValueError, match="check holds needs a docstring"):
        check(reads=["forward"])(holds)


def test_a_finding_gets_name_and_title_of_its_check() -> None:
    (finding,) = judged(fact("first", breaks))
    assert finding == Finding("first", "First", Verdict.FAILED, "W is wrong", "look at W", "sign")


def test_passed_and_failed_carry_their_pictures() -> None:
    curve = Curve("c", "x", "y", None, ())  # type: ignore[arg-type]
    assert passed("fine", hint="h", pictures=[curve]) == Finding("", "", Verdict.PASSED, "fine", "h", "", (curve,))
    assert failed("no", hint="h", pictures=[curve]).pictures == (curve,)
    assert blocked("no", hint="h") == Finding("", "", Verdict.BLOCKED, "no", "h")


def test_a_check_gets_its_observations_by_position_and_its_thresholds_by_name() -> None:
    def judge(forward: Observation, *, tolerance: float) -> Finding:
        return passed(f"{forward.data['value']} {tolerance}")

    each = fact("first", judge, thresholds=("tolerance",))
    (finding,) = run_checks([each], evidence(value=3), {"first": {"tolerance": 0.5, "unused": 1.0}, "other": {}})
    assert finding.message == "3 0.5"


def test_a_check_gets_the_parameters_that_it_names_and_no_others() -> None:
    @check(reads=["forward"], thresholds=["tolerance"], parameters=["slope", "keys"])
    def values_right(forward: Observation, *, tolerance: float, slope: float, keys: tuple[str, ...]) -> Finding:
        """The values are right."""
        return passed(f"{tolerance} {slope} {keys}")

    given = {"slope": 0.03, "keys": ("X", "y"), "file": "main.ipynb"}
    (finding,) = run_checks([values_right], evidence(), {"values_right": {"tolerance": 0.5}}, parameters=given)
    assert finding.message == "0.5 0.03 ('X', 'y')"


def test_findings_stand_in_the_order_of_the_checks() -> None:
    names = ["third", "first", "second"]
    assert [finding.check for finding in judged(*(fact(name, holds) for name in names))] == names


def test_a_check_after_one_that_failed_is_blocked_with_its_reason_and_not_asked() -> None:
    _, finding = judged(fact("first", breaks), fact("second", raiser(AssertionError()), after=("first",)))
    assert finding == Finding("second", "Second", Verdict.BLOCKED, "W is wrong", "look at W", because="first")


def test_blocking_goes_on_down_the_line() -> None:
    checks = [fact("first", breaks), fact("second", holds, after=("first",)), fact("third", holds, after=("second",))]
    assert judged(*checks)[2] == Finding("third", "Third", Verdict.BLOCKED, "W is wrong", "look at W", because="second")


def test_a_check_after_one_that_passed_is_asked() -> None:
    findings = judged(fact("first", holds), fact("second", breaks, after=("first",)))
    assert [finding.verdict for finding in findings] == [Verdict.PASSED, Verdict.FAILED]


def test_a_check_after_one_that_is_not_run_is_asked() -> None:
    assert judged(fact("second", holds, after=("first",)))[0].verdict is Verdict.PASSED


def test_a_check_after_an_undecided_one_is_undecided() -> None:
    findings = judged(fact("first", raiser(HarnessError("engine gone"))), fact("second", holds, after=("first",)))
    assert [finding.verdict for finding in findings] == [Verdict.UNDECIDED, Verdict.UNDECIDED]


def test_what_is_pending_keeps_what_a_person_reads() -> None:
    quote = Quote("Comparison", "The larger one.")
    found = pending("a person reads it", hint="h", for_staff=[quote])
    assert found == Finding("", "", Verdict.PENDING, "a person reads it", "h", for_staff=(quote,))


def test_passed_and_failed_carry_what_staff_read() -> None:
    quote = Quote("Comparison", "")
    assert passed(for_staff=[quote]).for_staff == failed("no", hint="h", for_staff=[quote]).for_staff == (quote,)


def test_a_check_after_a_pending_one_is_pending() -> None:
    findings = judged(fact("first", lambda _: pending("read by a person")), fact("second", holds, after=("first",)))
    assert findings[1] == Finding("second", "Second", Verdict.PENDING, "read by a person", because="first")


def test_a_check_listed_before_the_one_that_it_comes_after_is_judged_behind_it() -> None:
    second, first = judged(fact("second", holds, after=("first",)), fact("first", breaks))
    assert (second.check, second.verdict, first.verdict) == ("second", Verdict.BLOCKED, Verdict.FAILED)


def test_a_mistake_is_paid_for_by_the_check_that_excuses() -> None:
    _, finding = judged(fact("first", breaks), fact("second", breaks, excused_by=("first",)))
    said = "not judged, because something before it is wrong: First"
    assert finding == Finding("second", "Second", Verdict.PASSED, said, because="first")


def test_a_blocked_check_excuses_as_well() -> None:
    checks = [fact("first", breaks), fact("second", holds, after=("first",))]
    assert judged(*checks, fact("third", breaks, excused_by=("second",)))[2].verdict is Verdict.PASSED


def test_what_follows_from_another_check_names_it() -> None:
    first = fact("first", breaks)
    blocked_one, spared = fact("second", holds, after=("first",)), fact("third", breaks, excused_by=("first",))
    assert [each.because for each in judged(first, blocked_one, spared)] == ["", "first", "first"]


def test_what_cannot_be_looked_at_is_explained_by_what_the_check_is_excused_by_or_says() -> None:
    first, other = fact("first", breaks), fact("other", breaks)
    plain = fact("second", lambda _: blocked("nothing moves"), excused_by=("first",))
    named = fact("third", lambda _: blocked("nothing moves", explained_by=[other]), excused_by=("first",))
    told = fact("fourth", lambda _: failed("moves", hint="look", explained_by=[first, other]))
    found = judged(first, other, plain, named, told)
    assert [each.explained_by for each in found] == [(), (), ("first",), ("other",), ("first", "other")]
    assert [each.verdict for each in found[2:]] == [Verdict.BLOCKED, Verdict.BLOCKED, Verdict.FAILED]


def test_a_finding_holds_the_problem_that_its_message_tells_of() -> None:
    elsewhere = {"kind": "raised", "message": "IndexError: 3", "where": ""}
    told = {"kind": "raised", "message": "NameError: name 'h'", "where": "mlp.py line 9, in forward"}
    seen = evidence(first=elsewhere, networks=[{"answers": ({"problem": told},)}])
    says = fact("first", lambda _: failed("no output: NameError: name 'h' (mlp.py line 9, in forward)", hint=""))
    (finding,) = judged(says, seen=seen)
    assert finding.problem == Problem(ProblemKind.RAISED, told["message"], told["where"])


def test_a_finding_that_tells_of_no_problem_holds_none() -> None:
    seen = evidence(
        first={"kind": "raised", "message": "IndexError: 3", "where": ""},
        odd={"kind": "x", "message": "W is", "where": ""},
    )
    assert judged(fact("first", breaks), seen=seen)[0].problem is None


def test_a_mistake_counts_where_the_check_that_would_excuse_it_passed() -> None:
    assert judged(fact("first", holds), fact("second", breaks, excused_by=("first",)))[1].verdict is Verdict.FAILED


def test_a_check_that_passes_needs_no_excuse() -> None:
    found = fact("second", lambda _: passed("all of it"), excused_by=("first",))
    assert judged(fact("first", breaks), found)[1].message == "all of it"


@pytest.mark.parametrize(
    ("judge", "verdict"),
    [(raiser(HarnessError("engine gone")), Verdict.UNDECIDED), (lambda _: pending("read"), Verdict.PENDING)],
    ids=["undecided", "pending"],
)
def test_whether_a_mistake_is_excused_is_as_open_as_the_check_that_would_excuse_it(
    judge: Callable[..., Finding], verdict: Verdict
) -> None:
    assert judged(fact("first", judge), fact("second", breaks, excused_by=("first",)))[1].verdict is verdict


def test_an_excuse_that_is_sure_is_taken_before_one_that_is_open() -> None:
    first, second = fact("first", raiser(HarnessError("engine gone"))), fact("second", breaks)
    assert judged(first, second, fact("third", breaks, excused_by=("first", "second")))[2].verdict is Verdict.PASSED


def test_what_a_check_takes_is_made_of_the_observations_that_it_reads() -> None:
    @check(reads=["forward", "own"], through=lambda forward, own: forward.data["value"] + own.data["value"])
    def sums(both: int) -> Finding:
        """The sum."""
        return passed(str(both))

    seen = {name: Observation(name, {"value": value}) for name, value in (("forward", 2), ("own", 3))}
    assert run_checks([sums], Evidence(seen, 1, "process", 0.0), {})[0].message == "5"


def test_a_module_has_the_checks_that_it_defines_in_their_order_and_none_that_it_imports() -> None:
    module = ModuleType("here")
    for name, home in (("second", "here"), ("imported", "elsewhere"), ("first", "here")):
        setattr(module, name, replace(fact(name, holds), module=home))
    assert [each.name for each in checks_in(module)] == ["second", "first"]


def test_a_fault_of_ours_withholds_the_check_and_leaves_the_others_alone() -> None:
    findings = judged(fact("first", raiser(HarnessError("engine gone"))), fact("second", holds))
    assert [finding.verdict for finding in findings] == [Verdict.UNDECIDED, Verdict.PASSED]
    assert findings[0].message == "could not be judged: engine gone"


@pytest.mark.parametrize(
    "error", [ZeroDivisionError("x"), KeyError("x"), TypeError("x"), ValueError("x"), AttributeError("x")]
)
def test_a_check_that_stumbles_is_our_fault(error: Exception) -> None:
    (finding,) = judged(fact("first", raiser(error)))
    assert finding.verdict is Verdict.UNDECIDED
    assert finding.message.startswith(f"could not be judged: check 'first' stumbled: {type(error).__name__}: ")


def test_a_threshold_that_the_rubric_does_not_give_is_our_fault() -> None:
    assert judged(fact("first", holds, thresholds=("tolerance",)))[0].verdict is Verdict.UNDECIDED


def test_a_probe_with_a_fault_makes_its_checks_undecided() -> None:
    seen = replace(evidence(), observations={"forward": Observation("forward", {}, None, "the engine went away")})
    (finding,) = judged(fact("first", holds), seen=seen)
    assert finding.verdict is Verdict.UNDECIDED
    assert finding.message == "could not be judged: probe 'forward': the engine went away"


def test_a_probe_that_was_not_run_makes_its_checks_undecided() -> None:
    (finding,) = judged(fact("first", holds), seen=replace(evidence(), observations={}))
    assert finding.message == "could not be judged: probe 'forward': was not observed"


def test_a_known_finding_is_kept_and_its_check_not_asked() -> None:
    known = {"first": failed("seen before", hint="h")}
    checks = [fact("first", raiser(AssertionError())), fact("second", holds, after=("first",))]
    first, second = run_checks(checks, evidence(), {}, known)
    assert (first.check, first.message) == ("first", "seen before")
    assert second.verdict is Verdict.BLOCKED
