"""A made class of sixty, packed as each platform packs it: one truth about who handed in what, and a packer for each layout."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from grader.model import Person
from kit.small_assignment import RIGHT, WRONG

DUE = datetime(2026, 11, 30, 22, 59, tzinfo=UTC)
# commas, quotes, what spreadsheets take for formulas, marks that turn the direction of writing, names of two people
NAMES = (
    "Jane Doe", "Jane Doe", "Łukasz Żółć", "李 小龙", "محمد علي", "Ольга Петрова", "Séan O'Brien",
    'José "Pepe" Núñez, Jr.', "=SUM(A1)", "அருண் குமார்", "Nguyễn Văn An", "Anna_Maria Smith", "\u200fדוד כהן\u200f",
    "Anna - Lena Müller", "\uff26ull Width", "각 김", "e\u0301mile Zola", "Mary (Molly) Bloom", "+Plus", "-Minus",
    "Ægir Þórsson", "O", "X Æ A-12", "Δέσποινα Παπά", "ชาติ ชาย", "Bobby'); DROP TABLE--",
)  # fmt: skip
SIZE = 60
MISSING = (57, 58, 59)
# the places of the members
GROUPS = {"Team One": (40, 41), "Team Two": (42, 43, 44)}
LATE = (5, 17)
RESUBMITTED = (6, 7)
RENAMED = (8, 9)
IN_ARCHIVES = (10, 11)
HOSTILE = (12, 13, 14)
COPIED = (15, 16)
# a small class with one of each kind
SMALL = (0, 5, 6, 8, 10, 12, 14, 15, 16, 40, 41, 57)


@dataclass(frozen=True)
class Handed:
    """What was handed in at one time, by one or by a group."""

    members: tuple[Person, ...]
    group: str
    at: datetime
    late: bool
    files: Mapping[str, bytes]
    is_last: bool = True

    @property
    def who(self) -> Person:
        """Who sent it."""
        return self.members[0]


def people() -> tuple[Person, ...]:
    """Return the sixty: names of every script, numbers of several kinds that are nobody else's of the same kind."""
    groups = {place: name for name, places in GROUPS.items() for place in places}
    return tuple(
        Person(
            id=str(4700 + k),
            name=NAMES[k] if k < len(NAMES) else f"Student {k:02}",
            login=f"login{k:02}",
            mail=f"s{k:02}@example.edu",
            # the number of one is the platform's id of another
            sis=str(4700 + (k + 30) % SIZE),
            section="A" if k % 2 else "B",
            group=groups.get(k, ""),
        )
        for k in range(SIZE)
    )


def small(k: int) -> bytes:
    """Return the mlp.py of the k-th, for the small assignment: right, wrong or crashing."""
    return (RIGHT, WRONG, "raise SystemExit(0)\n")[k % 3].encode()


def contents(k: int, *, code: Callable[[int], bytes] = small) -> Mapping[str, bytes]:
    """Return what the k-th of the class hands in, with the `code` of the k-th: alone, packed, misnamed, copied or hostile."""
    if k in COPIED:
        return {"mlp.py": code(COPIED[0])}
    text = code(k) + f"\n# {k}\n".encode()
    files = {"mlp.py": text, "notes.txt": f"number {k}".encode()}
    if k in RENAMED:
        return {f"mlp-{k % 2 + 1}.py": text}
    if k in IN_ARCHIVES:
        return {"homework.zip": zipped(files)}
    if k == HOSTILE[0]:
        return {"mlp.py": text, "eve_4700_99_mlp.py": code(k + 1)}
    if k == HOSTILE[1]:
        return {"mlp.py": text, "x" * 190 + ".py": b"", "a_assignsubmission_file_b.py": b""}
    return {"bomb.zip": bomb()} if k == HOSTILE[2] else files


@cache
def bomb() -> bytes:
    """Return a small archive of a large file."""
    return zipped({"mlp.py": b"0" * 30_000_000})


def class_of(
    given: Callable[[int], Mapping[str, bytes]] = contents, *, places: Sequence[int] = range(SIZE), groups: bool = True
) -> tuple[Handed, ...]:
    """Return what those at these places handed in, all attempts; without `groups` each member hands in what the group did."""
    everybody = people()
    sent = {places[0]: name for name, places in GROUPS.items()}
    made = []
    for k in places:
        in_group = everybody[k].group
        if k in MISSING or (groups and in_group and k not in sent):
            continue
        members = (
            tuple(each for each in everybody if each.group == in_group) if groups and in_group else (everybody[k],)
        )
        first = next((places[0] for places in GROUPS.values() if k in places), k)
        at = DUE + (timedelta(hours=30) if k in LATE else -timedelta(hours=1 + first))
        if k in RESUBMITTED:
            before = {name: content + b"# first\n" for name, content in given(k).items()}
            made.append(Handed(members, "", at - timedelta(hours=9), False, before, is_last=False))
        made.append(Handed(members, in_group if groups else "", at, k in LATE, given(first)))
    return tuple(made)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return files as a zip."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def canvas(handed: Sequence[Handed], *, anonymous: bool = False) -> dict[str, bytes]:
    """Return the files of a download of Canvas: the current attempts alone."""
    made = {}
    for number, each in enumerate(handed):
        if not each.is_last:
            continue
        late = "_LATE" if each.late else ""
        squeezed = "".join(
            letter for letter in (each.group or each.who.name).lower() if letter.isalnum() or letter == "_"
        )
        for position, (name, content) in enumerate(each.files.items()):
            start = f"{late[1:]}{late[:1]}anon_ab{each.who.id}" if anonymous else f"{squeezed}{late}_{each.who.id}"
            made[f"{start}_{90_000 + 100 * number + position}_{name}"] = content
    return made


def moodle(handed: Sequence[Handed], *, folders: bool = True, blind: bool = False) -> dict[str, bytes]:
    """Return the files of a download of Moodle: the current attempts alone."""
    made = {}
    for number, each in enumerate(handed):
        if not each.is_last:
            continue
        name = "Participant" if blind else (each.group or each.who.name).replace("_", " ")
        start = f"{name}_{70_000 + number if each.group else each.who.id}_assignsubmission_file"
        for file, content in each.files.items():
            made[f"{start}/{file}" if folders else f"{start}_{file}"] = content
    return made


def gradescope(handed: Sequence[Handed]) -> dict[str, bytes]:
    """Return the files of an export of Gradescope: the current attempts alone."""
    made: dict[str, bytes] = {}
    about = ["---"]
    for number, each in enumerate(handed):
        if not each.is_last:
            continue
        folder = f"submission_{10_000 + number}"
        made |= {f"{folder}/{name}": content for name, content in each.files.items()}
        about += [f"{folder}:", "  :submitters:"]
        for person in each.members:
            quoted = person.name.replace("'", "''")
            about += [f"  - :name: '{quoted}'", f"    :sid: '{person.sis}'", f"    :email: {person.mail}"]
        about += [f"  :created_at: {each.at:%Y-%m-%d %H:%M:%S}.861687000 Z", "  :score: 3.0", "  :results: {}"]
    top = "assignment_42_export"
    return {f"{top}/submission_metadata.yml": "\n".join(about).encode()} | {
        f"{top}/{name}": made[name] for name in made
    }


def blackboard(handed: Sequence[Handed]) -> dict[str, bytes]:
    """Return the files of a download of Blackboard, on the clock of UTC."""
    made = {}
    for each in handed:
        start = f"Homework_attempt_6_{each.who.login}_attempt_{each.at:%Y-%m-%d-%H-%M-%S}"
        about = [
            f"Name: {each.who.name} ({each.who.login})",
            "Assignment: Homework_attempt_6",
            f"Date Submitted: {each.at:%A, %B %d, %Y %I:%M:%S %p} CET",
            "Current Grade: Not Yet Graded",
            "",
            "Submission Field:",
            "Files:\n\tOriginal filename: mlp.py\n\tFilename: somebody_elses.py",
            "Comments:",
            "There are no student comments for this assignment.",
            "",
            "Files:",
        ]
        for name, content in each.files.items():
            made[f"{start}_{name}"] = content
            about += [f"\tOriginal filename: {name}", f"\tFilename: {start}_{name}", ""]
        made[f"{start}.txt"] = "\r\n".join(about).encode()
    return made


def brightspace(handed: Sequence[Handed], *, folders: bool = True) -> dict[str, bytes]:
    """Return the files of a download of Brightspace, on the clock of UTC."""
    made = {"index.html": b"<html></html>"}
    for each in handed:
        start = f"{each.who.id}-640693 - {each.who.name} - {each.at:%b} {each.at.day}, {each.at:%Y} {each.at:%I%M %p}"
        for name, content in each.files.items():
            made[f"{start}/{name}" if folders else f"{start} - {name}"] = content
    return made


def nbgrader(handed: Sequence[Handed]) -> dict[str, bytes]:
    """Return the files below ``submitted``: the current attempts, and an assignment of another week."""
    made = {"submitted/login00/week1/other.ipynb": b"{}"}
    for each in handed:
        if each.is_last:
            top = f"submitted/{each.who.login}/week2"
            made |= {f"{top}/{name}": content for name, content in each.files.items()}
            made[f"{top}/timestamp.txt"] = f"{each.at:%Y-%m-%d %H:%M:%S}.123456 UTC".encode()
    return made


def inbound(handed: Sequence[Handed]) -> dict[str, bytes]:
    """Return the files below an exchange's ``inbound``; every login holds a plus."""
    made = {}
    for number, each in enumerate(handed):
        top = f"inbound/{each.who.login}+week2+{each.at:%Y-%m-%d %H:%M:%S}.123456 UTC+abc{number}"
        made |= {f"{top}/{name}": content for name, content in each.files.items()}
    return made


def clones(handed: Sequence[Handed]) -> dict[str, bytes]:
    """Return clones as Classroom 50 downloads them."""
    top = "nn-homework_submissions_2026_12_01_T_10_00_00"
    made = {f"{top}/scores.csv": b"username,score\n"}
    for each in handed:
        if each.is_last:
            folder = f"{top}/nn-homework-{each.who.login}"
            made |= {f"{folder}/{name}": content for name, content in each.files.items()}
            made[f"{folder}/.git/config"] = b"[core]\n"
            made[f"{folder}/result.json"] = b"{}"
    return made


def folders(handed: Sequence[Handed]) -> dict[str, bytes]:
    """Return a folder each, called by the login."""
    return {
        f"{each.who.login}/{name}": content for each in handed if each.is_last for name, content in each.files.items()
    }


# layout -> what packs a class so
PACKED: Mapping[str, Callable[[Sequence[Handed]], dict[str, bytes]]] = {
    "canvas": canvas,
    "moodle": moodle,
    "gradescope": gradescope,
    "blackboard": blackboard,
    "brightspace": brightspace,
    "nbgrader": nbgrader,
    "nbgrader-inbound": inbound,
    "clones": clones,
    "folders": folders,
}
# which of them know groups, and keep earlier attempts
WITH_GROUPS = {"canvas", "moodle", "gradescope"}
WITH_ATTEMPTS = {"blackboard", "brightspace", "nbgrader-inbound"}
# and which say when something was handed in
WITH_TIMES = {"gradescope", "blackboard", "brightspace", "nbgrader", "nbgrader-inbound"}


def download(folder: Path, files: Mapping[str, bytes], *, archive: bool = True) -> Path:
    """Write the files of a download, as a zip or as a folder, and return where."""
    if archive:
        path = folder / "class.zip"
        path.write_bytes(zipped(files))
        return path
    for name, content in files.items():
        path = folder / "class" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder / "class"


def roster(who: Sequence[Person] | None = None, *, times: Mapping[str, datetime] | None = None) -> str:
    """Return a plain table of the class; with `times` by login, when each handed in stands there as well."""
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(["id", "name", "login", "mail", "sis", "section", "group", *(["handed in"] if times else [])])
    for each in who or people():
        at = [f"{times[each.login]:%Y-%m-%d %H:%M UTC}" if each.login in times else ""] if times else []
        table.writerow([each.id, each.name, each.login, each.mail, each.sis, each.section, each.group, *at])
    return written.getvalue()
