"""What a check is: a pure function from evidence to a finding, declared with `@check` and run in order."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.errors import HarnessError
from grader.model import Evidence, Finding, Observation, Picture, Quote, Transcript, Verdict

Judge = Callable[..., Finding]
ForStaff = Quote | Transcript


@dataclass(frozen=True)
class Check:
    """One declared check: `name` and `title` from the function, the observations it reads, the checks it builds on."""

    name: str
    title: str
    judge: Judge
    reads: tuple[str, ...]
    after: tuple[str, ...]
    thresholds: tuple[str, ...]


def check(
    *, reads: Sequence[str], after: Sequence[Check] = (), thresholds: Sequence[str] = ()
) -> Callable[[Judge], Check]:
    """Declare a check: the first line of its docstring is the title that a student reads.

    The function takes the observations named in `reads` by position and the rubric's `thresholds` by keyword, and returns
    `passed()` or `failed(...)`. When a check in `after` did not pass, this one is blocked without being asked.
    """

    def declare(judge: Judge) -> Check:
        if not judge.__doc__:
            raise ValueError(
                f"check {judge.__name__} needs a docstring: its first line is the title that a student reads"
            )
        title = inspect.cleandoc(judge.__doc__).splitlines()[0].rstrip(".")
        return Check(judge.__name__, title, judge, tuple(reads), tuple(c.name for c in after), tuple(thresholds))

    return declare


def passed(
    message: str = "", *, hint: str = "", pictures: Sequence[Picture] = (), for_staff: Sequence[ForStaff] = ()
) -> Finding:
    """Say that the fact holds."""
    return Finding("", "", Verdict.PASSED, message, hint, pictures=tuple(pictures), for_staff=tuple(for_staff))


def failed(
    message: str,
    *,
    hint: str,
    diagnosis: str = "",
    pictures: Sequence[Picture] = (),
    for_staff: Sequence[ForStaff] = (),
) -> Finding:
    """Say what is wrong, what was expected, and how to go on."""
    return Finding(
        "", "", Verdict.FAILED, message, hint, diagnosis, pictures=tuple(pictures), for_staff=tuple(for_staff)
    )


def blocked(message: str, *, hint: str = "") -> Finding:
    """Say that the fact could not be looked at because something it depends on failed."""
    return Finding("", "", Verdict.BLOCKED, message, hint)


def waits(message: str, *, hint: str = "", for_staff: Sequence[ForStaff] = ()) -> Finding:
    """Say that a person has to decide; until then the points are pending."""
    return Finding("", "", Verdict.UNDECIDED, message, hint, waiting=True, for_staff=tuple(for_staff))


def run_checks(
    checks: Iterable[Check],
    evidence: Evidence,
    thresholds: Mapping[str, Mapping[str, float]],
    known: Mapping[str, Finding] | None = None,
) -> tuple[Finding, ...]:
    """Judge every check in order, but for those whose finding is `known` already.

    A fault of ours makes the check undecided and leaves the others alone.
    """
    known = known or {}
    findings: dict[str, Finding] = {}
    for each in checks:
        finding = known.get(each.name) or _judge(each, evidence, findings, thresholds.get(each.name, {}))
        findings[each.name] = replace(finding, check=each.name, title=each.title)
    return tuple(findings.values())


def _judge(
    each: Check, evidence: Evidence, findings: Mapping[str, Finding], thresholds: Mapping[str, float]
) -> Finding:
    observations = [evidence.observations.get(name, Observation(name, fault="was not observed")) for name in each.reads]
    for observation in observations:
        if observation.fault:
            return _undecided(f"probe '{observation.probe}': {observation.fault}")
    for name in each.after:
        if (earlier := findings.get(name)) and earlier.verdict is not Verdict.PASSED:
            verdict = Verdict.UNDECIDED if earlier.verdict is Verdict.UNDECIDED else Verdict.BLOCKED
            reason = earlier.message or earlier.title
            return Finding("", "", verdict, reason, earlier.hint, waiting=earlier.waiting)
    try:
        return each.judge(*observations, **{name: thresholds[name] for name in each.thresholds})
    except HarnessError as error:
        return _undecided(str(error))
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        # a check that stumbles over evidence is our fault: the student's points are withheld, not lost
        return _undecided(f"check '{each.name}' stumbled: {type(error).__name__}: {error}")


def _undecided(reason: str) -> Finding:
    return Finding(
        "", "", Verdict.UNDECIDED, f"could not be judged: {reason}", "Nothing to do for you: staff will grade again."
    )
