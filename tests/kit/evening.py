"""An evening with a made class: a download in, killed once, gone on with, marked, regraded, released, and a file back up."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from pathlib import Path

from grader import pipeline
from grader.assignments import find
from grader.calibration.course import planted
from grader.calibration.trial import RIGHT
from grader.cli import main
from grader.exports.platforms import numbers
from grader.filenames import CLASS_PAGE
from grader.model import Person
from grader.runs.finals import finals_of
from kit import ROOT, made_class, platform_files
from kit.made_class import GROUPS, PACKED, WITH_GROUPS, WITH_TIMES, Handed, class_of, download

ITEMS, POINTS, SEED = "forward,backprop", "25.00", "7"
ATTACKS = ROOT / "tests" / "attacks" / "submissions"
# what a class meets in a term: code that ends, breaks, floods or fools the process that holds it
HOSTILE = ("exit_at_import", "segfault", "evil_repr", "kills_the_worker", "channel_flood", "coloured_exception")
RULES = """\
due = "2026-11-30 22:59"
zone = "Europe/London"
attempts = "latest"

[penalty]
per = "day"
percent = 10
at_most = 50
"""
# what changes in the rubric: one check is worth less, another one more, and a network has to be better
CHANGES = (
    ("output_shapes = 1, forward_values = 3", "output_shapes = 2, forward_values = 2"),
    ("\naccuracy = 0.93\n", "\naccuracy = 0.985\n"),
)
# what people give, by the last digit of a place in the class: item, check, points, comment
GIVEN = {
    0: ("forward", "forward_values", "1.5", "half of it, =HYPERLINK"),
    4: ("", "", "-1", "handed in on paper"),
    5: ("backprop", "disc_separates", "3", "looked at"),
    6: ("", "", "", "a remark, \u200fعلى اليمين"),
}
AGAIN = "0.75"
PATIENCE = 1800.0
GRADED, UNSETTLED = 0, 1
# what was not graded is called after the key of its student, which is another one on each platform
NAMED = re.compile(r"not graded: [^:]*:")
SKIPPED = re.compile(r"(\d+) of \d+ (?:is|are) graded already and skipped")


@dataclass
class Evening:
    """What came of a class in one layout: at each stage a row of numbers and words for each login, and how long it took.

    `page` is the class at a glance as grading has left it.
    """

    layout: str
    rows: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    begun: int = 0
    skipped: int = 0
    seconds: float = 0.0
    page: str = ""


def code(k: int) -> bytes:
    """Return the mlp.py of the k-th: a right style, a planted bug, or now and then something hostile."""
    if k % 10 == 2:
        return (ATTACKS / HOSTILE[k // 10 % len(HOSTILE)] / "mlp.py").read_bytes()
    right, wrong = _sources()
    return right[k // 2 % len(right)] if k % 2 == 0 else wrong[k * 7 % len(wrong)]


def spent(layout: str, folder: Path, *, places: Sequence[int], sandbox: str, jobs: int = 2) -> Evening:
    """Spend an evening with the class in that layout, in a folder of its own, and return what came of it.

    AssertionError where a command does not end as it should.
    """
    evening, run = Evening(layout), folder / "run"
    began = time.monotonic()
    words = _prepared(layout, folder, places, sandbox, jobs)
    evening.begun = _killed(words, run, len(places) // 3)
    said = told(*words, ends=(GRADED, UNSETTLED))
    skipped = SKIPPED.search(said)
    evening.skipped = int(skipped[1]) if skipped else 0
    evening.rows["graded"] = _everybody(run, folder)
    evening.page = (run / CLASS_PAGE).read_text(encoding="utf-8")
    _mark(run, folder, places, GIVEN)
    evening.rows["marked"] = _everybody(run, folder)
    rubric = folder / "rubric.toml"
    rubric.write_text(changed((ROOT / "rubrics" / "byomlp.toml").read_text(encoding="utf-8")), encoding="utf-8")
    told("regrade", run, "--rubric", rubric)
    assert _everybody(run, folder) == evening.rows["marked"], "a preview has written something"
    told("regrade", run, "--rubric", rubric, "--apply")
    evening.rows["regraded"] = _everybody(run, folder)
    _mark(run, folder, places, {0: (*GIVEN[0][:2], AGAIN, "looked at once more")})
    evening.rows["marked again"] = _everybody(run, folder)
    told("release", run, "--apply", "--as", "Jane Doe")
    evening.rows["released"] = _everybody(run, folder)
    uploaded = _uploaded(layout, run, folder, places)
    evening.rows["uploaded"] = {login: (numbers.written(Decimal(points)),) for login, points in uploaded.items()}
    evening.seconds = time.monotonic() - began
    return evening


def differences(one: Evening, other: Evening) -> list[str]:
    """Return a line for each number that is not the same in two layouts."""
    return [
        f"{stage}, {login}: {one.layout} {one.rows[stage].get(login)}, {other.layout} {other.rows[stage].get(login)}"
        for stage in one.rows
        for login in sorted({*one.rows[stage], *other.rows[stage]})
        if one.rows[stage].get(login) != other.rows[stage].get(login)
    ]


def wrong(evening: Evening) -> list[str]:
    """Return what is wrong within one layout: a file that says something else than the gradebook, or a kill that hit nothing."""
    released = {login: row[0] for login, row in evening.rows["released"].items() if row[0] and "yes" in row}
    uploaded = {login: points for login, (points,) in evening.rows["uploaded"].items()}
    found = [
        f"{evening.layout}, {login}: {released.get(login)} in the gradebook, {uploaded.get(login)} in the file"
        for login in sorted({*released, *uploaded})
        if login not in released or login not in uploaded or Decimal(released[login]) != Decimal(uploaded[login])
    ]
    if not evening.begun <= evening.skipped < len(evening.rows["graded"]):
        found.append(f"{evening.layout}: {evening.begun} were there at the kill, and {evening.skipped} were skipped")
    return found


def told(*words: object, ends: Collection[int] = (GRADED,)) -> str:
    """Give a command, and return what it says on both streams; AssertionError where it ends otherwise."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        status = main(list(map(str, words)))
    assert status in ends, f"{' '.join(map(str, words))}: exit status {status}\n{said.getvalue()}"
    return said.getvalue()


def changed(rubric: str) -> str:
    """Return the text of the rubric as it is changed after grading."""
    for before, after in CHANGES:
        assert rubric.count(before) == 1, before
        rubric = rubric.replace(before, after)
    return rubric


@cache
def _sources() -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    assignment = find("byomlp")
    trials = planted(ROOT, assignment, pipeline.load_rubric(assignment))
    alone = [each for each in trials if isinstance(each.source, Mapping) and set(each.source) == {"mlp.py"}]
    right = [each.source["mlp.py"] for each in alone if each.group in RIGHT and isinstance(each.source, Mapping)]
    broken = [each.source["mlp.py"] for each in alone if each.group not in RIGHT and isinstance(each.source, Mapping)]
    return tuple(right), tuple(broken)


def _prepared(layout: str, folder: Path, places: Sequence[int], sandbox: str, jobs: int) -> list[str]:
    """Write the download, the roster and the rules, and return the command that grades the class."""
    handed = class_of(lambda k: made_class.contents(k, code=code), places=places, groups=layout in WITH_GROUPS)
    path = download(folder, PACKED[layout](handed))
    roster = folder / "roster.csv"
    roster.write_text(made_class.roster(_people(places), times=_times(layout, handed)), encoding="utf-8")
    run = folder / "run"
    run.mkdir()
    (run / "class.toml").write_text(RULES, encoding="utf-8")
    given = {"--class": path, "--roster": roster, "--assignment": "byomlp", "--items": ITEMS, "--sandbox": sandbox}
    given |= {"--seed": SEED, "--jobs": jobs, "--out": run}
    return ["grade", *(str(part) for pair in given.items() for part in pair)]


def _times(layout: str, handed: Sequence[Handed]) -> dict[str, object]:
    """Return when each handed in last, for platforms that do not say it in the download."""
    if layout in WITH_TIMES:
        return {}
    return {each.login: one.at for one in handed if one.is_last for each in one.members}


def _people(places: Sequence[int]) -> list[Person]:
    everybody = made_class.people()
    return [everybody[k] for k in places]


def _killed(words: Sequence[str], run: Path, after: int) -> int:
    """Grade until so many are done, kill the grader, and return how many were."""
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([sys.executable, "-m", "grader", *words], cwd=ROOT, **pipes) as first:  # type: ignore[call-overload]
        until = time.monotonic() + PATIENCE
        while len(list(run.glob("*/report.json"))) < after and first.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
        first.send_signal(signal.SIGKILL)
    return len(list(run.glob("*/report.json"))) - 1


def _everybody(run: Path, folder: Path) -> dict[str, tuple[str, ...]]:
    """Return what the table of everybody says of each login, but who it is."""
    out = folder / "everybody.csv"
    told("export", "csv", run, "--unreleased", "--out", out)
    table = list(csv.reader(io.StringIO(out.read_text(encoding="utf-8"))))
    first, login = table[0].index("points"), table[0].index("login")
    return {row[login]: tuple(NAMED.sub("not graded:", cell) for cell in row[first:]) for row in table[1:]}


def _mark(run: Path, folder: Path, places: Sequence[int], given: Mapping[int, tuple[str, str, str, str]]) -> None:
    """Give marks from a file, shown first."""
    keys = {each.who.login: each.folder.name for each in finals_of(run) if each.folder}
    told("pending", run, "--csv", folder / "pending.csv")
    lines = {}
    for k, who in zip(places, _people(places), strict=True):
        first = next((members[0] for members in GROUPS.values() if k in members), k)
        student, plus, attempt = keys.get(who.login, "").rpartition("+") if who.login in keys else ("", "", "")
        if first % 10 in given and (student or attempt) and (run / keys[who.login] / "report.json").is_file():
            key, number = (student, attempt) if plus else (attempt, "1")
            lines[key] = (key, number, *given[first % 10])
    file = folder / "marks.csv"
    with file.open("w", encoding="utf-8", newline="") as written:
        csv.writer(written).writerows([("student", "attempt", "item", "check", "points", "comment"), *lines.values()])
    assert f"{len(lines)} marks would change" in told("mark", run, "--csv", file, "--as", "Jane Doe")
    told("mark", run, "--csv", file, "--as", "Jane Doe", "--apply")


def _sortable(who: Person) -> Person:
    first, _, last = who.name.rpartition(" ")
    return who if "," in who.name else replace(who, name=f"{last}, {first or last}")


def _uploaded(layout: str, run: Path, folder: Path, places: Sequence[int]) -> dict[str, str]:
    """Write the file that goes back up to the platform, and return the points in it by login."""
    out, into = folder / "upload", folder / "platform.csv"
    people = list(map(_sortable, _people(places)))
    made = _MADE.get(layout)
    if made is not None:
        into.write_bytes(made(people))
        title = [] if layout == "moodle" else ["--title", platform_files.TITLE]
        told("export", _FORMAT.get(layout, layout), run, "--into", into, *title, "--out", out)
    else:
        told("export", _FORMAT[layout], run, "--title", platform_files.TITLE, "--out", out)
    return dict(_READ[layout](out, people))


def _cells(path: Path, login: int, points: int, *, top: int = 1, **form: str) -> Iterator[tuple[str, str]]:
    for row in platform_files.cells(path.read_bytes(), **form)[top:]:
        if len(row) > max(login, points) and row[points]:
            yield row[login], row[points]


def _of_moodle(path: Path, people: Sequence[Person]) -> Iterator[tuple[str, str]]:
    known = {f"Participant {each.id}": each.login for each in people}
    yield from ((known[name], points) for name, points in _cells(path, 0, 5))


def _of_gradescope(path: Path, people: Sequence[Person]) -> Iterator[tuple[str, str]]:
    known = {each.mail: each.login for each in people}
    with zipfile.ZipFile(path) as packed:
        rows = list(csv.DictReader(io.StringIO(packed.read("grades.csv").decode())))
    yield from ((known[row["Email"]], row["Total Score"]) for row in rows)


def _of_classroom50(path: Path, _people: Sequence[Person]) -> Iterator[tuple[str, str]]:
    for entry in json.loads(path.read_bytes())["assignments"][platform_files.TITLE]["entries"]:
        if entry.get("override"):
            latest = entry["submissions"][0]
            yield entry["owner"].lower(), f"{Decimal(latest['score']) * Decimal(POINTS) / latest['max-score']:f}"


def _of_ours(path: Path, _people: Sequence[Person]) -> Iterator[tuple[str, str]]:
    yield from ((row["login"], row["points"]) for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


# what is downloaded from the platform to be filled in
_MADE: Mapping[str, Callable[[Sequence[Person]], bytes]] = {
    "canvas": lambda people: platform_files.canvas(people, possible=POINTS),
    "moodle": lambda people: platform_files.moodle(people, possible=POINTS),
    "blackboard": lambda people: platform_files.blackboard(
        people, column=f"{platform_files.TITLE} [Total Pts: 25 Score] |1234567"
    ),
    "clones": platform_files.classroom50,
    "brightspace": lambda people: platform_files.brightspace(
        people, column=f"{platform_files.TITLE} Points Grade <Numeric MaxPoints:25 Weight:10>"
    ),
}
# the formats that are called otherwise than the layout
_FORMAT = {
    "clones": "classroom50",
    "gradescope": "gradescope",
    "nbgrader": "nbgrader",
    "nbgrader-inbound": "nbgrader",
    "folders": "csv",
}
_READ: Mapping[str, Callable[[Path, Sequence[Person]], Iterator[tuple[str, str]]]] = {
    "canvas": lambda path, people: _cells(path, 3, 6, top=3),
    "moodle": _of_moodle,
    "gradescope": _of_gradescope,
    "blackboard": lambda path, people: _cells(path, 2, 4, separator="\t", encoding="utf-16"),
    "brightspace": lambda path, people: ((login[1:], points) for login, points in _cells(path, 1, 4)),
    "nbgrader": lambda path, people: _cells(path, 3, 9),
    "nbgrader-inbound": lambda path, people: _cells(path, 3, 9),
    "clones": _of_classroom50,
    "folders": _of_ours,
}
