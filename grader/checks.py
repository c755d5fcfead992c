"""What a check is: a pure function from evidence to a finding, declared with `@check` together with what it relates to."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

from grader.errors import HarnessError
from grader.model import (
    Evidence,
    Finding,
    Observation,
    Parameter,
    Picture,
    Problem,
    ProblemKind,
    Quote,
    Transcript,
    Verdict,
)

Judge = Callable[..., Finding]
Through = Callable[..., Any]
Around = Callable[[str], AbstractContextManager[object]]
ForStaff = Quote | Transcript
# the keys of a problem as plain data
_OF_A_PROBLEM = {"kind", "message", "where"}


@dataclass(frozen=True)
class Check:
    """One declared check: `name`, `title` and `module` from the function, what it reads, and how other checks bear on it.

    `after` and `excused_by` are names of checks, `reads` of probes, `thresholds` of numbers that the rubric gives, `parameters`
    of what it says of the course's edition of the assignment.

    >>> import mlpgrader
    >>> byomlp, modules = mlpgrader.assignments()
    >>> byomlp.checks[0].name, byomlp.checks[0].reads
    ('mlp_loads', ('module',))
    """

    name: str
    title: str
    judge: Judge
    reads: tuple[str, ...]
    after: tuple[str, ...] = ()
    excused_by: tuple[str, ...] = ()
    through: Through | None = None
    thresholds: tuple[str, ...] = ()
    module: str = ""
    parameters: tuple[str, ...] = ()

    @property
    def builds_on(self) -> tuple[str, ...]:
        """The names of the checks whose verdicts this one needs."""
        return (*self.after, *self.excused_by)


def check(
    *,
    reads: Sequence[str],
    after: Sequence[Check] = (),
    excused_by: Sequence[Check] = (),
    through: Through | None = None,
    thresholds: Sequence[str] = (),
    parameters: Sequence[str] = (),
    name: str = "",
    title: str = "",
    module: str = "",
) -> Callable[[Judge], Check]:
    """Declare a check: the first line of its docstring is the title that a student reads.

    The function takes the observations named in `reads` by position, the rubric's `thresholds` and `parameters` by keyword, and
    returns `passed()`, `failed(...)`, `blocked(...)` or `pending(...)`. With `through`, it takes instead the one thing that this
    makes of the observations. When a check in `after` did not pass, this one is blocked without being asked. When a check
    in `excused_by` did not pass, a mistake that this one finds is paid for there, and costs nothing here.

    `name`, `title` and `module` are for a check that a function makes; they are those of the function that declares it.

    >>> from mlpgrader.authoring import check, failed, passed
    >>> @check(reads=["fitting"])
    ... def weights_right(seen):
    ...     "The weights are right."
    ...     return passed() if seen.data["weights"] == 2 else failed("no weight is 2", hint="Solve it again.")
    >>> weights_right.name, weights_right.title
    ('weights_right', 'The weights are right')
    """

    def declare(judge: Judge) -> Check:
        said = title or judge.__doc__
        if not said:
            raise ValueError(
                f"check {judge.__name__} needs a docstring: its first line is the title that a student reads"
            )
        return Check(
            name or judge.__name__,
            inspect.cleandoc(said).splitlines()[0].rstrip("."),
            judge,
            tuple(reads),
            tuple(each.name for each in after),
            tuple(each.name for each in excused_by),
            through,
            tuple(thresholds),
            module or judge.__module__,
            tuple(parameters),
        )

    return declare


def checks_in(*modules: ModuleType) -> tuple[Check, ...]:
    """Return the checks that these modules define, in order of definition; what a module only imports is not its own.

    >>> import sys
    >>> from mlpgrader.authoring import checks_in
    >>> checks_in(sys)
    ()
    """
    return tuple(
        each
        for module in modules
        for each in vars(module).values()
        if isinstance(each, Check) and each.module == module.__name__
    )


def passed(
    message: str = "",
    *,
    hint: str = "",
    pictures: Sequence[Picture] = (),
    for_staff: Sequence[ForStaff] = (),
    margin: float | None = None,
) -> Finding:
    """Say that the fact holds.

    `margin` is how much was seen of what is allowed, 1 at the most; None where nothing is measured.

    >>> from mlpgrader.authoring import passed
    >>> passed("agrees to 1e-12").verdict
    <Verdict.PASSED: 'passed'>
    """
    staff = tuple(for_staff)
    return Finding("", "", Verdict.PASSED, message, hint, pictures=tuple(pictures), for_staff=staff, margin=margin)


def failed(
    message: str,
    *,
    hint: str,
    diagnosis: str = "",
    pictures: Sequence[Picture] = (),
    for_staff: Sequence[ForStaff] = (),
    explained_by: Sequence[Check] = (),
    pattern: str = "",
    margin: float | None = None,
) -> Finding:
    """Say what is wrong, what was expected, and how to go on.

    What the first of the checks `explained_by` that failed as well has found is the same mistake: it is told once, and each
    check costs its points. `pattern` names how numbers are wrong, whatever the seed; `margin` is how much was seen of what is
    allowed, above 1.

    >>> from mlpgrader.authoring import failed
    >>> failed("y is 3, expected 2", hint="Look at the sign.").hint
    'Look at the sign.'
    """
    return Finding(
        "",
        "",
        Verdict.FAILED,
        message,
        hint,
        diagnosis,
        pictures=tuple(pictures),
        for_staff=tuple(for_staff),
        explained_by=tuple(each.name for each in explained_by),
        pattern=pattern,
        margin=margin,
    )


def blocked(message: str, *, hint: str = "", explained_by: Sequence[Check] = ()) -> Finding:
    """Say that the fact could not be looked at because something it depends on failed.

    The first of the checks `explained_by` that did is what it is told with; without any, it is what the check is excused by.

    >>> from mlpgrader.authoring import blocked
    >>> blocked("there is no network to look at").verdict
    <Verdict.BLOCKED: 'blocked'>
    """
    return Finding("", "", Verdict.BLOCKED, message, hint, explained_by=tuple(each.name for each in explained_by))


def pending(message: str, *, hint: str = "", for_staff: Sequence[ForStaff] = ()) -> Finding:
    """Say that a person has to decide; until then the points are pending.

    >>> from mlpgrader.authoring import Quote, pending
    >>> pending("a person reads this", for_staff=[Quote("Answer", "42")]).verdict
    <Verdict.PENDING: 'pending'>
    """
    return Finding("", "", Verdict.PENDING, message, hint, for_staff=tuple(for_staff))


def run_checks(
    checks: Iterable[Check],
    evidence: Evidence,
    thresholds: Mapping[str, Mapping[str, float]],
    known: Mapping[str, Finding] | None = None,
    *,
    parameters: Mapping[str, Parameter] | None = None,
    around: Around | None = None,
) -> tuple[Finding, ...]:
    """Judge every check but those whose finding is `known` already, and return the findings in the order of the checks.

    `thresholds`, check -> name -> number, and `parameters` are those of the rubric. A fault of ours makes the check undecided and
    leaves the others alone. What `around(name)` returns is entered while a check of that name is judged.
    """
    checks, known = tuple(checks), known or {}
    findings: dict[str, Finding] = {}
    for each in in_order(checks):
        given = {**thresholds.get(each.name, {}), **(parameters or {})}
        finding = known.get(each.name)
        if finding is None:
            with around(each.name) if around else nullcontext():
                finding = _judge(each, evidence, findings, given)
        findings[each.name] = replace(finding, check=each.name, title=each.title)
    return tuple(findings[each.name] for each in checks)


def in_order(checks: Iterable[Check]) -> tuple[Check, ...]:
    """Return the checks in their order, but each behind those that it builds on."""
    named = {each.name: each for each in checks}
    ordered: dict[str, Check] = {}

    def place(each: Check) -> None:
        for name in each.builds_on:
            if name in named and name not in ordered:
                place(named[name])
        ordered[each.name] = each

    for each in named.values():
        place(each)
    return tuple(ordered.values())


def _judge(
    each: Check, evidence: Evidence, findings: Mapping[str, Finding], by_name: Mapping[str, Parameter]
) -> Finding:
    observations = [evidence.observations.get(name, Observation(name, fault="was not observed")) for name in each.reads]
    for observation in observations:
        if observation.fault:
            return _undecided(f"probe '{observation.probe}': {observation.fault}")
    if earlier := _not_passed(each.after, findings):
        return _like(earlier[0], Verdict.BLOCKED)
    try:
        given = [each.through(*observations)] if each.through else observations
        finding = each.judge(*given, **{name: by_name[name] for name in (*each.thresholds, *each.parameters)})
    except HarnessError as error:
        return _undecided(str(error))
    except (ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError) as error:
        # a check that stumbles over evidence is our fault: the student's points are withheld, not lost
        return _undecided(f"check '{each.name}' stumbled: {type(error).__name__}: {error}")
    if finding.verdict in (Verdict.FAILED, Verdict.BLOCKED):
        finding = replace(finding, problem=_told_of(finding.message, observations))
    if finding.verdict is Verdict.BLOCKED and not finding.problem:
        finding = replace(finding, explained_by=finding.explained_by or each.excused_by)
    return _excused(finding, _not_passed(each.excused_by, findings)) if finding.verdict is Verdict.FAILED else finding


def _told_of(message: str, observations: Iterable[Observation]) -> Problem | None:
    """Return the problem of student code that a message tells of, with its place rather than without."""
    seen = [problem for each in observations for problem in (each.problem, *_problems_in(each.data)) if problem]
    told = [problem for problem in seen if problem.message and problem.message in message]
    return max(told, key=lambda problem: (problem.where in message, bool(problem.where)), default=None)


def _problems_in(data: Any) -> Iterator[Problem]:
    """Yield the problems in plain data, wherever they lie."""
    if isinstance(data, Mapping):
        if data.keys() == _OF_A_PROBLEM and data["kind"] in tuple(ProblemKind):
            yield Problem(ProblemKind(data["kind"]), str(data["message"]), str(data["where"]))
            return
        data = tuple(data.values())
    if isinstance(data, list | tuple):
        for each in data:
            yield from _problems_in(each)


def _not_passed(names: Iterable[str], findings: Mapping[str, Finding]) -> list[Finding]:
    found = (findings[name] for name in names if name in findings)
    return [finding for finding in found if finding.verdict is not Verdict.PASSED]


def _excused(finding: Finding, earlier: list[Finding]) -> Finding:
    """Return what becomes of a failure when these earlier checks did not pass."""
    for each in earlier:
        if each.verdict in (Verdict.FAILED, Verdict.BLOCKED):
            return replace(
                passed(f"not judged, because something before it is wrong: {each.title}"), because=each.check
            )
    # whether it is paid for already is not known
    return _like(earlier[0], Verdict.PASSED) if earlier else finding


def _like(earlier: Finding, verdict: Verdict) -> Finding:
    """Return the finding that follows from an earlier one: undecided or pending where that is, else of the `verdict`."""
    if earlier.verdict in (Verdict.UNDECIDED, Verdict.PENDING):
        verdict = earlier.verdict
    return Finding("", "", verdict, earlier.message or earlier.title, earlier.hint, because=earlier.check)


def _undecided(reason: str) -> Finding:
    return Finding(
        "", "", Verdict.UNDECIDED, f"could not be judged: {reason}", "Nothing to do for you: staff will grade again."
    )
