"""What an assignment says against itself: each problem is one line that names the culprit and the fix."""

from __future__ import annotations

import graphlib
import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from grader.suggestions import did_you_mean

if TYPE_CHECKING:
    from grader.checks import Check
    from grader.datasets import DataSet
    from grader.model import Parameter
    from grader.sandbox import Probe


def contradictions(
    probes: Sequence[Probe],
    checks: Sequence[Check],
    data: Sequence[DataSet] = (),
    parameters: Mapping[str, Parameter] | None = None,
) -> Iterator[str]:
    """Yield what cannot be true of these probes, checks, data sets and parameters together."""
    declared = parameters or {}
    yield from _of_parameters(declared)
    yield from _repeated("data sets", [each.name for each in data])
    yield from _repeated("probes", [probe.name for probe in probes])
    yield from _repeated("checks", [check.name for check in checks])
    yield from _circle("probes", {probe.name: probe.after for probe in probes})
    yield from _circle("checks", {check.name: check.builds_on for check in checks})
    for check in checks:
        yield from _of_check(check, [probe.name for probe in probes], [each.name for each in checks])
        yield from _undeclared(f"check '{check.name}'", check.parameters, declared)
    for place, probe in enumerate(probes):
        yield from _of_order(probe, probes, [each.name for each in probes[:place]])
        yield from _of_verdicts(probe, checks)
        yield from _of_data(probe, [each.name for each in data])
        yield from _undeclared(f"probe '{probe.name}'", probe.parameters, declared)


def _of_parameters(declared: Mapping[str, Parameter]) -> Iterator[str]:
    for name, value in declared.items():
        several = isinstance(value, tuple) and all(isinstance(each, str) for each in value)
        if isinstance(value, bool) or not (several or isinstance(value, int | float | str)):
            yield f"parameter '{name}' is {value!r}; give it a number, a text, or a tuple of texts"


def _undeclared(where: str, names: Sequence[str], declared: Mapping[str, Parameter]) -> Iterator[str]:
    for name in names:
        if name not in declared:
            what = f"{where} takes the parameter '{name}', which is not declared"
            yield f"{what}{did_you_mean(name, declared)}; add it to 'parameters' of the assignment"


def _repeated(what: str, names: Sequence[str]) -> Iterator[str]:
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        yield f"{names.count(name)} {what} are named '{name}'; give each its own name, and list it once"


def _circle(what: str, needs: Mapping[str, Sequence[str]]) -> Iterator[str]:
    try:
        graphlib.TopologicalSorter(needs).prepare()
    except graphlib.CycleError as error:
        # a sorter names first what is needed
        names = [f"'{name}'" for name in reversed(error.args[1])]
        yield f"{what} wait for one another: {' needs '.join(names)}; take one of these relations out"


def _of_check(check: Check, probes: Sequence[str], checks: Sequence[str]) -> Iterator[str]:
    where = f"check '{check.name}'"
    for name in check.reads:
        if name not in probes:
            yield f"{where} reads '{name}', which is no probe{did_you_mean(name, probes)}"
    for relation, names in (("comes after", check.after), ("is excused by", check.excused_by)):
        for name in names:
            if name not in checks:
                yield f"{where} {relation} '{name}', which is not among the checks{did_you_mean(name, checks)}"
    yield from _of_arguments(check)
    for name in check.after:
        if name in check.excused_by:
            yield f"{where} comes after '{name}' and is excused by it as well; after one that failed it is never judged"


def _of_arguments(check: Check) -> Iterator[str]:
    takes_all = inspect.signature(check.judge).parameters.values()
    by_name = (*check.thresholds, *check.parameters)
    takes = [each.name for each in takes_all if each.kind is not each.VAR_KEYWORD and each.name not in by_name]
    count = 1 if check.through else len(check.reads)
    if len(takes) != count or any(each.kind is each.VAR_POSITIONAL for each in takes_all):
        what = "makes one thing of what it reads" if check.through else f"reads {', '.join(check.reads) or 'nothing'}"
        yield f"check '{check.name}' {what}, but its function takes {', '.join(takes) or 'nothing'}"
    for name in check.thresholds:
        if name in check.parameters:
            yield f"check '{check.name}' has '{name}' as threshold and as parameter; rename one of them"
    if not any(each.kind is each.VAR_KEYWORD for each in takes_all):
        for what, names in (("threshold", check.thresholds), ("parameter", check.parameters)):
            for name in names:
                if name not in {each.name for each in takes_all}:
                    yield f"check '{check.name}' has the {what} '{name}', which its function does not take"


def _of_order(probe: Probe, probes: Sequence[Probe], earlier: Sequence[str]) -> Iterator[str]:
    lanes = {each.name: each.lane for each in probes}
    for name in probe.after:
        where = f"probe '{probe.name}' comes after '{name}', which"
        if name not in lanes:
            yield f"{where} is no probe{did_you_mean(name, lanes)}"
        elif lanes[name] != probe.lane:
            yield f"{where} is on another lane ({lanes[name]}, not {probe.lane}); put both on one"
        elif name not in earlier:
            yield f"{where} is listed behind it; list it before"


def _of_verdicts(probe: Probe, checks: Sequence[Check]) -> Iterator[str]:
    asked = {check.name: check for check in probe.verdicts}
    for name, check in asked.items():
        where = f"probe '{probe.name}' asks for the verdict of '{name}'"
        if check not in checks:
            yield f"{where}, which is not among the checks"
        for read in check.reads:
            if read not in probe.after:
                yield f"{where}, which reads '{read}', and does not come after that; add it to 'after'"
        for needed in check.builds_on:
            if needed not in asked:
                yield f"{where}, and not for that of '{needed}', on which it builds; add it to 'verdicts'"
        for number in check.thresholds:
            if number not in probe.coarse.get(name, {}):
                yield f"{where}, which needs the number '{number}'; give it in 'coarse'"
        for parameter in check.parameters:
            if parameter not in probe.parameters:
                yield f"{where}, which needs the parameter '{parameter}'; add it to 'parameters' of the probe"
    for name in probe.coarse:
        if name not in asked:
            yield f"probe '{probe.name}' has numbers for '{name}', whose verdict it does not ask for; remove them"


def _of_data(probe: Probe, names: Sequence[str]) -> Iterator[str]:
    if probe.data and probe.data not in names:
        what = f"probe '{probe.name}' needs the data set '{probe.data}', which is not declared"
        yield f"{what}{did_you_mean(probe.data, names)}; add it to 'data'"
