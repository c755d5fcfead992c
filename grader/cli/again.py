"""What a fault of ours kept from being judged, why, and the command that grades those submissions again."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from grader.cli.outcomes import Outcome, Outcomes
from grader.errors import IntakeError
from grader.model import Report, Verdict
from grader.text import points, printable

# the options that make a difference to a score or to where it goes, with their defaults
OPTIONS: Mapping[str, object] = {
    "sandbox": "docker",
    "image": "",
    "engine": "docker",
    "runtime": "",
    "seed": None,
    "items": (),
    "size": "full",
    "data": None,
    "jobs": 1,
    "out": Path("graded"),
}
REASON_LIMIT = 200
SHOWN = 5


def advice(folders: Mapping[Path, Path], outcomes: Outcomes, arguments: argparse.Namespace) -> str:
    """Return what to say about the submissions that a fault of ours met, with the command to repeat; empty without any."""
    met = {path: why for path, folder in folders.items() if (why := _why(outcomes.get(folder.name)))}
    if not met:
        return ""
    whose = [f"  {folders[path].name}: {why}" for path, why in met.items()]
    if len(whose) > SHOWN + 1:
        whose[SHOWN:] = [f"  and {len(whose) - SHOWN} more"]
    lines = [
        "a fault of the grader, not of the code, is in the way; no points are lost by it:",
        *whose,
        "look into the reason, then grade again with",
        f"  {command(arguments, met)}",
    ]
    if len(met) < len(folders):
        lines += ["which keeps the other reports; after it, this sums up all of them:", f"  {_sum_up(arguments)}"]
    return printable("\n".join(lines), newlines=True)


def rest(folders: Mapping[Path, Path], outcomes: Outcomes, arguments: argparse.Namespace) -> str:
    """Return how to go on with a run that was stopped: the command for what is not graded yet; empty when all is."""
    left = [path for path, folder in folders.items() if not _is_done(outcomes.get(folder.name))]
    if not left:
        return ""
    lines = ["go on with", f"  {command(arguments, left)}"]
    if len(left) < len(folders):
        lines += ["and sum up all of them with", f"  {_sum_up(arguments)}"]
    return "\n".join(lines)


def command(arguments: argparse.Namespace, paths: Iterable[Path]) -> str:
    """Return the command that grades `paths` as these arguments say."""
    words = ["mlpgrader", "grade", *map(str, paths), "--assignment", str(getattr(arguments, "assignment", "ID"))]
    return shlex.join([*words, *_options(arguments)])


def _options(arguments: argparse.Namespace) -> Iterator[str]:
    for name, default in OPTIONS.items():
        value = getattr(arguments, name, default)
        if value != default:
            yield from (f"--{name}", ",".join(value) if isinstance(value, tuple) else str(value))


def _sum_up(arguments: argparse.Namespace) -> str:
    return shlex.join(["mlpgrader", "regrade", str(arguments.out)])


def _is_done(outcome: Outcome | None) -> bool:
    return outcome is not None and (outcome.report is not None or isinstance(outcome.error, IntakeError))


def _why(outcome: Outcome | None) -> str:
    """Return what a fault of ours did to one submission; empty where there was none."""
    if outcome is None or isinstance(outcome.error, IntakeError):
        return ""
    if outcome.report is None:
        return f"not graded: {_cut(outcome.failure)}"
    withheld = outcome.report.score.marks.withheld
    return f"{points(withheld)} withheld, {_reason(outcome.report)}" if withheld else ""


def _reason(report: Report) -> str:
    findings = (scored.finding for item in report.score.items for scored in item.findings)
    return _cut(next(each.message for each in findings if each.verdict is Verdict.UNDECIDED))


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= REASON_LIMIT else f"{line[: REASON_LIMIT - 1]}…"
