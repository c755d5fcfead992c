"""Who changes when evidence is judged again, and by how much: as tables and as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import RenderableType
from rich.table import Table

from grader.model import Result
from grader.report import as_json
from grader.report.console import Pen
from grader.text import points, printable

SCHEMA = "mlpgrader.regrade/1"
KINDS = ("earned", "possible", "pending", "withheld")
# those that nobody has lost
OPEN = ("pending", "withheld")


@dataclass(frozen=True)
class Again:
    """One submission judged again: its report now, its ``report.json`` of before (empty when there was none), and its folder."""

    now: Result
    before: Mapping[str, Any]
    folder: str = ""

    @cached_property
    def marks(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The points before and now, by kind and over all items."""
        return _marks(self.before.get("score")), _marks(as_json(self.now)["score"])

    @cached_property
    def items(self) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
        """The points before and now of each item that is or was there."""
        before = {item["id"]: _marks(item) for item in self.before.get("items", [])}
        now = {item["id"]: _marks(item) for item in as_json(self.now)["items"]}
        return {name: (before.get(name, {}), now.get(name, {})) for name in {**now, **before}}

    @cached_property
    def checks(self) -> dict[tuple[str, str], tuple[dict[str, Any], dict[str, Any]]]:
        """The points and the verdict before and now of each check, by item and check, where one is another than before."""
        before, now = _checks(self.before), _checks(as_json(self.now))
        pairs = {place: (before.get(place, {}), now.get(place, {})) for place in {**now, **before}}
        return {place: pair for place, pair in pairs.items() if pair[0] != pair[1]}

    @property
    def size(self) -> float:
        """How many points more or fewer there are; of what is new or gone, all of them."""
        before, now = self.marks
        return abs(float(now.get("earned", 0)) - float(before.get("earned", 0)))

    @property
    def changed(self) -> bool:
        """Whether any number of points is another one than before."""
        return self.marks[0] != self.marks[1] or any(before != now for before, now in self.items.values())


def as_data(done: Sequence[Again], failures: Mapping[str, str], *, dry_run: bool) -> dict[str, Any]:
    """Return what changed as plain data, schema `mlpgrader.regrade/1`."""
    before, now = _digests(done)
    return {
        "schema": SCHEMA,
        "dry_run": dry_run,
        "rubric_digests": {"before": before, "now": now},
        "submissions": [
            {
                "id": printable(again.now.id),
                "changed": again.changed,
                **_pair(again.marks),
                "items": [{"id": name, **_pair(marks)} for name, marks in again.items.items()],
                "checks": [{"item": item, "check": name, **_pair(each)} for (item, name), each in again.checks.items()],
            }
            for again in sorted(done, key=_largest_first)
        ],
        "failures": [{"id": name, "error": reason} for name, reason in failures.items()],
    }


def as_tables(done: Sequence[Again], pen: Pen) -> Iterator[RenderableType]:
    """Yield what a person reads: the rubrics, a row for each submission that changes, and how many do not."""
    before, now = _digests(done)
    if before == now:
        yield pen.write(f"The rubric is the same as before: {', '.join(now)}")
    else:
        yield pen.write(f"Rubric before: {', '.join(before) or 'not known'}\nRubric now:    {', '.join(now)}")
    changed = sorted((again for again in done if again.changed), key=_largest_first)
    if changed:
        yield _table(changed, pen)
    yield pen.write(f"{len(changed)} of {len(done)} change.")


def _table(changed: Sequence[Again], pen: Pen) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("Submission", overflow="fold")
    for heading in ("Before", "Now", "Change"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("By", ratio=1, overflow="fold")
    for again in changed:
        before, now = again.marks
        cells = (_share(before), _share(now), _difference(again), ", ".join(_by(again)))
        table.add_row(pen.write(again.now.id), *(pen.write(cell) for cell in cells))
    return table


def _by(again: Again) -> Iterator[str]:
    """Yield what an item came to, where all of it is new or gone, and else each of its checks that came to something else."""
    for name, (before, now) in again.items.items():
        checks = {check: pair for (item, check), pair in again.checks.items() if item == name}
        counting = {check: pair for check, pair in checks.items() if _points(pair[0]) != _points(pair[1])}
        if before and now and counting:
            yield from (f"{name}.{check} {_change(*pair)}" for check, pair in counting.items())
        elif before != now:
            yield f"{name} {_change(before, now)}"


def _difference(again: Again) -> str:
    """Return how many points more or fewer there are, and apart from that what has become open: nobody has lost it."""
    before, now = again.marks
    if not before or not now:
        return _new_or_gone(now)
    more = {kind: now[kind] - before.get(kind, 0) for kind in OPEN if now[kind] > before.get(kind, 0)}
    opened = sum(
        max(0, was["earned"] - told["earned"])
        for was, told in again.checks.values()
        if was and told and any(told[kind] for kind in OPEN)
    )
    decided = round(now["earned"] - before["earned"] + opened, 6)
    said = [f"{points(value)} {kind}" for kind, value in more.items()]
    return ", ".join([f"{decided:+g}", *said] if decided or not said else said)


def _largest_first(again: Again) -> tuple[float, str]:
    return -again.size, again.now.id


def _checks(data: Mapping[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """Return points and verdict of each check in a report as data, by item and check."""
    return {
        (item["id"], finding["check"]): {**_marks(finding), "verdict": finding.get("verdict", "")}
        for item in data.get("items", [])
        for finding in item.get("findings", [])
    }


def _points(told: Mapping[str, Any]) -> dict[str, Any]:
    return {kind: told[kind] for kind in KINDS if kind in told}


def _digests(done: Sequence[Again]) -> tuple[list[str], list[str]]:
    before = {str(again.before["rubric_digest"]) for again in done if "rubric_digest" in again.before}
    return sorted(before), sorted({again.now.rubric_digest for again in done})


def _marks(data: Any) -> dict[str, Any]:
    return {kind: data[kind] for kind in KINDS if kind in data} if isinstance(data, Mapping) else {}


def _pair(marks: tuple[dict[str, Any], dict[str, Any]]) -> dict[str, Any]:
    return {"before": marks[0] or None, "now": marks[1] or None}


def _share(marks: Mapping[str, Any]) -> str:
    return f"{points(marks['earned'])} / {points(marks['possible'])}" if marks else "none"


def _in_full(marks: Mapping[str, Any]) -> str:
    return ", ".join([_share(marks), *(f"{points(marks[kind])} {kind}" for kind in OPEN if marks.get(kind))])


def _new_or_gone(now: Mapping[str, Any]) -> str:
    return "new" if now else "gone"


def _change(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    return f"{_in_full(before)} → {_in_full(now)}" if before and now else _new_or_gone(now)
