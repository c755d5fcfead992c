"""The page that says how well the checks tell right from wrong, as Markdown with plots beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from grader.calibration.diagnoses import diagnosed
from grader.calibration.facts import About, at_a_glance, complaints, listed, percent
from grader.calibration.pictures import matrix_name, thresholds_name
from grader.calibration.summary import Calibration, counts, patterns
from grader.calibration.thresholds import ThresholdRoom, thresholds
from grader.calibration.trial import Group, Tried
from grader.text import printable

INTRODUCTION = """\
Right solutions and planted bugs, graded as any submission is. This page is written by `mlpgrader calibrate`: change the rubric,
the checks or the bugs, and let it be written again."""
NOTEBOOKS = """\
Items whose notebooks have to be run are not in this run: {items}. Their thresholds are measured by
`python benchmarks/calibrate_digits.py`; that planted mistakes in notebooks cost what they should is seen by
`test_notebook_pairs.py`, `test_main_notebooks.py` and `test_differentiation.py` in `tests/assignments/`."""
MATRIX = """\
Every planted bug is a row, every check a column. *failed*: bugs that the check found wrong; *blocked*: bugs that it was not
asked about since a check before it had failed; *alone*: bugs that no other check caught."""
SPARE = """\
Checks without which every bug would still be caught by another one: {names}. They say *what* is wrong, and keep a mistake from
costing more than its own points."""
NAMES = """\
A hint may name the mistake. Bugs whose mistake is in the catalogue must get its name; others may be told by a name that is true
of them (`may_name` in `mutants/`, read by a person), and none may be called what it is not."""
ROOM = """\
Each threshold of the rubric is moved until the verdict of a grading turns, everything else left as it is. The *margin* is how
far it could be moved before the first right grading failed, and *bugs from* where the first bug would pass. The *rate* is that
of right gradings that failed; with a confidence of 95 % the true one is below the last number (Clopper and Pearson)."""


def markdown(calibrations: Sequence[Calibration], about: About, *, folder: str) -> str:
    """Return the page; the plots lie in the folder called `folder` beside it."""
    parts = ["# Calibration", INTRODUCTION, _run(about)]
    for each in calibrations:
        parts.extend(_assignment(each, folder))
    return "\n\n".join(part for part in parts if part) + "\n"


def _run(about: About) -> str:
    facts = [
        ("date", about.date),
        ("command", f"`{about.command}`"),
        ("took", f"{about.seconds:.0f} s, and {about.processor_seconds:.0f} s of processor time"),
    ]
    return _table(("", ""), [*facts, ("sandbox", about.sandbox), ("versions", about.versions)])


def _assignment(calibration: Calibration, folder: str) -> Iterator[str]:
    yield f"## {calibration.title} (`{calibration.assignment}`)"
    yield _table(("", ""), [*at_a_glance(calibration), ("rubric", f"`{calibration.rubric_digest[:19]}`")])
    if calibration.left_out:
        yield NOTEBOOKS.format(items=listed(calibration.left_out))
    yield _list("Not as it should be:", complaints(calibration)) or "Everything is as it should be."
    if calibration.wrong:
        yield "### What catches what"
        yield MATRIX
        yield f"![Detection matrix]({folder}/{matrix_name(calibration)})"
        yield from _checks(calibration)
    yield from _rooms(calibration, folder)
    yield from _diagnoses(calibration)
    yield from _equivalent(calibration)
    if calibration.wrong:
        yield _details("Every bug, and the checks it lost", _bugs(calibration))


def _checks(calibration: Calibration) -> Iterator[str]:
    found = counts(calibration)
    rows = [(f"`{each.check}`", each.failed, each.blocked, each.alone, each.wronged) for each in found]
    yield _table(("check", "failed", "blocked", "alone", "right gradings lost"), rows)
    idle = [each.check for each in found if not each.failed + each.blocked]
    spare = [each.check for each in found if each.failed + each.blocked and not each.alone]
    yield f"Checks that no bug fails: {_codes(idle) or 'none'}."
    yield SPARE.format(names=_codes(spare) or "none")
    if free := [each.trial.name for each in calibration.free]:
        yield f"Caught by a check that is worth no points, and by no other: {_codes(free)}."


def _rooms(calibration: Calibration, folder: str) -> Iterator[str]:
    rooms = thresholds(calibration)
    if not any(room.right for room in rooms):
        return
    yield "### Thresholds"
    yield ROOM
    yield _table(
        ("threshold", "rubric", "right gradings turn at", "margin", "bugs from", "rate", "below"),
        [_room(room) for room in rooms if room.right],
    )
    yield f"![Thresholds]({folder}/{thresholds_name(calibration)})"


def _room(room: ThresholdRoom) -> tuple[object, ...]:
    near, far = room.nearest_right, room.nearest_wrong
    low, high = min(room.right), max(room.right)
    return (
        f"`{room.check}` {room.name}",
        f"{room.value:g}",
        f"{low:.3g} to {high:.3g}",
        _margin(room.value, near),
        "no bug is told by it alone" if far is None else f"{far:.3g}",
        f"{room.failures} of {room.gradings}",
        percent(room.bound),
    )


def _margin(value: float, turning: float | None) -> str:
    if turning is None:
        return ""
    factor = max(turning / value, value / turning)
    return f"factor {factor:.3g}" if factor >= 1.5 else f"{abs(turning - value):.3g}"


def _diagnoses(calibration: Calibration) -> Iterator[str]:
    found = diagnosed(calibration.wrong)
    if not any((found.right, found.none, found.unnamed, found.named, found.wrong)):
        return
    in_catalogue = sum(bool(each.trial.diagnosis) for each in found.wrong)
    yield "### Diagnoses"
    yield NAMES
    yield _table(
        ("bugs", "named rightly", "not named", "named wrongly"),
        [
            ("whose mistake is in the catalogue", len(found.right), len(found.none), in_catalogue),
            ("others", len(found.named), len(found.unnamed), len(found.wrong) - in_catalogue),
        ],
    )
    yield _list("Not named:", (f"`{each.trial.name}` ({each.trial.story})" for each in found.none))
    yield _list("Others that are told by a true name:", map(_called, found.named))


def _called(tried: Tried) -> str:
    story = f" ({tried.trial.story})" if tried.trial.story else ""
    return f"`{tried.trial.name}`{story}: {listed(tried.diagnoses.values())}"


def _equivalent(calibration: Calibration) -> Iterator[str]:
    known = [each for each in calibration.of(Group.GENERATED) if each.trial.equivalent]
    if known:
        yield "### Changes made by rule that change nothing that can be graded"
        yield _table(("change", "why"), [(f"`{each.trial.story}`", each.trial.equivalent) for each in known])


def _bugs(calibration: Calibration) -> str:
    rows = [
        (f"`{each.trial.name}`", each.trial.story, _codes(sorted(lost)), listed(each.diagnoses.values()))
        for lost, those in patterns(calibration)
        for each in those
        if each.trial.group is not Group.GENERATED or not each.caught
    ]
    return _table(("bug", "what is wrong", "lost", "named"), rows) if rows else ""


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _list(heading: str, lines: Iterable[str]) -> str:
    items = "\n".join(f"- {printable(line)}" for line in lines)
    return f"{heading}\n\n{items}" if items else ""


def _details(summary: str, text: str) -> str:
    return f"<details>\n<summary>{summary}</summary>\n\n{text}\n\n</details>" if text else ""


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    return "\n".join(["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|", *lines])


def _cell(value: object) -> str:
    return printable(str(value)).replace("|", "\\|")
