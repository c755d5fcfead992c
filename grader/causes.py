"""Causes: one mistake with all that follows from it, told once and counted once."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.model import Finding, Problem, ProblemKind, Result, ScoredFinding, ScoredItem, Verdict

Key = tuple[Hashable, ...]
LOST = (Verdict.FAILED, Verdict.BLOCKED)
NOT_WRITTEN, CHECK = "not_written", "check"
# the key of what was not tried, which is so after a call that did not end
LEFT_OUT = (ProblemKind.SKIPPED,)
# so many names are listed one by one; of more, only the classes
LISTED = 8
_WRITE = re.compile(r"NotImplementedError: write ([\w.]+)$")
_FUNCTION = re.compile(r", in (\w+)$")
_DURING = re.compile(r" during .*?(?= \(|$)")


@dataclass(frozen=True)
class Cause:
    """One mistake: the finding that tells of it, `others` that it costs points as well, and those that it spares.

    `kind` is ``not_written``, ``check`` for a mistake that one check found, or what student code did instead of answering
    (``raised``, ``timeout``, ``died``, ...). `spared` are checks that could not be judged because of it and cost nothing.
    `unwritten` names the functions that are still to be written, in the order of the files.
    """

    kind: str
    lead: ScoredFinding
    others: tuple[ScoredFinding, ...] = ()
    spared: tuple[ScoredFinding, ...] = ()
    unwritten: tuple[str, ...] = ()

    @property
    def lost(self) -> float:
        """The points that it costs in all."""
        return sum(each.marks.lost for each in (self.lead, *self.others))

    @property
    def title(self) -> str:
        """What is wrong, in a line."""
        finding = self.lead.finding
        if self.unwritten:
            return f"Not written yet: {in_words(self.unwritten)}"
        return str(finding.problem) if finding.problem and self.others else finding.title

    @property
    def message(self) -> str:
        """What was seen; empty where the title says it all."""
        return "" if self.unwritten else self.lead.finding.message

    @property
    def hint(self) -> str:
        """How to go on."""
        finding = self.lead.finding
        if not self.unwritten or not finding.problem:
            return finding.hint
        where = _FUNCTION.sub("", finding.problem.where)
        return f"Begin with {_code(name_of(finding.problem))}{f', {where}' if where else ''}."


def causes(result: Result) -> tuple[Cause, ...]:
    """Return the causes of all points that a result has lost, the one that costs most first.

    Every finding that failed or is blocked belongs to one cause: what it follows from, what student code did instead of
    answering, the mistake that was recognised, or that which it alone found.
    """
    return of_items(result.items, result.unwritten)


def of_items(items: Sequence[ScoredItem], unwritten: Sequence[str] = ()) -> tuple[Cause, ...]:
    """Return the causes of what these items have lost; `unwritten` are functions that are known to be still to be written."""
    scored = [each for item in items for each in item.findings]
    found = {each.finding.check: each.finding for each in scored}
    home = {each.finding.check: item.id for item in items for each in item.findings}
    problems = _problems(found.values())
    hanging = next((key for each in problems if (key := _of_problem(each))[0] is ProblemKind.TIMEOUT), None)

    def key_of(finding: Finding) -> Key:
        root = _root(finding, found)
        key = _key(root, home.get(root.check, ""), problems)
        return hanging if key == LEFT_OUT and hanging else key

    explained = _explained(found, key_of)
    groups: dict[Key, list[ScoredFinding]] = {}
    spared: dict[Key, list[ScoredFinding]] = {}
    for each in scored:
        finding = each.finding
        if finding.verdict in LOST or (finding.verdict is Verdict.PASSED and finding.because):
            key = _last(key_of(finding), explained)
            (groups if finding.verdict in LOST else spared).setdefault(key, []).append(each)
    leading = {key: [each for each in group if key_of(each.finding) == key] for key, group in groups.items()}
    made = (_cause(key, leading[key], group, spared.get(key, ()), unwritten) for key, group in groups.items())
    return tuple(sorted(made, key=lambda cause: -cause.lost))


def _explained(found: Mapping[str, Finding], key_of: Callable[[Finding], Key]) -> dict[Key, Key]:
    """Return which causes are explained by which other ones: by what their findings say of the first check that failed as well.

    What is still to be written is explained by nothing else.
    """
    explained: dict[Key, Key] = {}
    for finding in found.values():
        earlier = [found[name] for name in finding.explained_by if name in found and found[name].verdict in LOST]
        if finding.verdict in LOST and not finding.because and earlier:
            key, by = key_of(finding), key_of(earlier[0])
            # never in a circle
            if key != (NOT_WRITTEN,) and _last(by, explained) != key:
                explained.setdefault(key, by)
    return explained


def _last(key: Key, explained: Mapping[Key, Key]) -> Key:
    while key in explained:
        key = explained[key]
    return key


def in_words(names: Sequence[str]) -> str:
    """Return names of functions as a student reads them: without the class where there is only one, and not too many."""
    owners = list(dict.fromkeys(name.rpartition(".")[0] for name in names))
    if len(owners) == 1:
        names = [name.rpartition(".")[2] for name in names]
    if len(names) <= LISTED:
        return ", ".join(map(_code, names))
    if len(owners) == 1:
        return f"{', '.join(map(_code, names[:LISTED]))} and {len(names) - LISTED} more"
    whole = [owner for owner in owners if owner] + [name for name in names if "." not in name]
    return f"{len(names)} functions, of {', '.join(map(_code, whole[:LISTED]))}{' and others' if len(whole) > LISTED else ''}"


def name_of(problem: Problem) -> str:
    """Return the name of the function that is still to be written, as far as its error tells."""
    if named := _WRITE.match(problem.message):
        return named.group(1)
    inside = _FUNCTION.search(problem.where)
    return inside.group(1) if inside else "what raises NotImplementedError"


def _code(name: str) -> str:
    return f"`{name}`" if " " not in name else name


def _cause(
    key: Key,
    leading: Sequence[ScoredFinding],
    group: Sequence[ScoredFinding],
    spared: Iterable[ScoredFinding],
    unwritten: Sequence[str],
) -> Cause:
    # what was judged by itself tells more than what only waits, and a place in a file more than none
    lead = min(
        leading or group,
        key=lambda each: (
            bool(each.finding.because),
            each.finding.verdict is not Verdict.FAILED,
            each.finding.problem is None or not each.finding.problem.where,
        ),
    )
    others = tuple(each for each in group if each is not lead)
    if key != (NOT_WRITTEN,):
        problem = lead.finding.problem
        return Cause(str(problem.kind) if problem else CHECK, lead, others, tuple(spared))
    return Cause(NOT_WRITTEN, lead, others, tuple(spared), _names([each.finding for each in group], unwritten))


def _names(findings: Sequence[Finding], unwritten: Sequence[str]) -> tuple[str, ...]:
    """Return what is still to be written of what these findings speak of: of a class that was met, all of it."""
    met = [name for each in findings if each.problem and " " not in (name := name_of(each.problem))]
    owners = {name.rpartition(".")[0] for name in met} - {""}
    told = " ".join(each.message for each in findings)
    beside = (n for n in unwritten if n in met or n.rpartition(".")[0] in owners or ("." not in n and f"{n}(" in told))
    return tuple(dict.fromkeys((*beside, *met)))


def _root(finding: Finding, found: Mapping[str, Finding]) -> Finding:
    """Return the finding that this one follows from in the end; itself where it was judged by itself."""
    passed = {finding.check}
    while finding.because in found and finding.because not in passed and found[finding.because].verdict in LOST:
        finding = found[finding.because]
        passed.add(finding.check)
    return finding


def _problems(findings: Iterable[Finding]) -> list[Problem]:
    """Return the problems with a place in the student's files that findings tell of."""
    return [each.problem for each in findings if each.problem and each.problem.where and each.verdict in LOST]


def _key(finding: Finding, item: str, problems: Iterable[Problem]) -> Key:
    """Return what is the same for all that has the same cause."""
    told = (each for each in problems if each.message in finding.message and each.where in finding.message)
    problem = finding.problem or next(told, None)
    if problem is not None and not problem.where:
        # the same error, where somebody has seen its place
        problem = next((each for each in problems if each.message == problem.message), problem)
    if problem is not None:
        return _of_problem(problem)
    if finding.diagnosis == NOT_WRITTEN or "NotImplementedError" in finding.message:
        return (NOT_WRITTEN,)
    if finding.diagnosis:
        return item, finding.diagnosis
    return CHECK, finding.message or finding.check


def _of_problem(problem: Problem) -> Key:
    kind, (name, _, _) = problem.kind, problem.message.partition(":")
    inside = _FUNCTION.search(problem.where)
    if name == "NotImplementedError":
        return (NOT_WRITTEN,)
    if kind is ProblemKind.DIED:
        return kind, _DURING.sub("", problem.message)
    if kind is ProblemKind.SKIPPED:
        return LEFT_OUT
    if kind is ProblemKind.TIMEOUT:
        # where a loop is met that does not end depends on when one looks
        return kind, inside.group(1) if inside else problem.where
    return kind, *((name, problem.where) if problem.where else (problem.message,))
