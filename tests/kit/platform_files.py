"""Files in the shape of what learning platforms let an instructor download, and a class with names of every script."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from grader.exports.final import Final
from grader.model import Person

TITLE, POSSIBLE = "Write your own network", Decimal(45)
# last name, first name
NAMES = (
    ("Doe", "Jane"),
    ("Müller-Lüdenscheidt", "Jörg"),
    ("王", "小明"),
    ("Иванова", "Анна"),
    ("\u200fالعلي", "محمد\u200f"),
    ('O\'Neil "Bob"', "Robert, Jr."),
    ("=SUM(A1)", "Eve"),
    ("कुमार", "राज"),
    ("Smith; Wesson", "John"),
    ("Ångström\u202e", "Zoë"),
)
POINTS = tuple(map(Decimal, ("45", "31.5", "0", "12.25", "40", "7", "28.75", "44", "3.5", "19")))


def people(count: int = len(NAMES)) -> tuple[Person, ...]:
    """Return a class: ids of the platform, numbers of the university with zeros in front, logins and addresses."""
    return tuple(
        Person(
            id=str(1000 + 7 * k),
            name=", ".join(NAMES[k % len(NAMES)]) if k < len(NAMES) else f"Student {k}, Ann",
            login=f"student{k}",
            mail=f"student{k}@uni.example",
            sis=f"00{4200 + k}",
            section="Lab A and Lab B" if k % 3 else "Lab A",
        )
        for k in range(count)
    )


def finals(*, count: int = len(NAMES), possible: Decimal = POSSIBLE) -> tuple[Final, ...]:
    """Return that class released, each student with points."""
    return tuple(
        Final(who, POINTS[k % len(POINTS)], possible, released=True, submission=f"submission_{k + 1}")
        for k, who in enumerate(people(count))
    )


def held_back(final: Final) -> Final:
    """Return the same before it is released."""
    return replace(final, released=False)


def waiting(final: Final) -> Final:
    """Return the same while a person has not decided yet."""
    return replace(final, points=None, why_not="2 points wait for a person")


def table(
    rows: Iterable[Sequence[str]],
    *,
    separator: str = ",",
    newline: str = "\n",
    encoding: str = "utf-8",
    quoting: int = csv.QUOTE_MINIMAL,
) -> bytes:
    """Return rows as a file; the encodings `utf-8-sig` and `utf-16` bring a mark with them."""
    made = io.StringIO()
    writer = csv.writer(made, delimiter=separator, lineterminator=newline, quoting=quoting)  # type: ignore[call-overload]
    writer.writerows(rows)
    return made.getvalue().encode(encoding)


def cells(content: bytes, *, separator: str = ",", encoding: str = "utf-8-sig") -> list[list[str]]:
    """Return the cells of a file as a platform reads them."""
    return list(csv.reader(io.StringIO(content.decode(encoding), newline=""), delimiter=separator))


def canvas(
    students: Sequence[Person] = people(),
    *,
    marks: Sequence[str] = (),
    possible: str = "45.00",
    column: str = f"{TITLE} (9876)",
    manual: bool = True,
    other: str = "8.50",
    **form: str,
) -> bytes:
    """Return a gradebook of Canvas: another assignment before ours, computed columns behind it, the test student last."""
    header = (
        "Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Warm up (9875)", column,
        "Homework Current Score", "Current Score", "Final Score",
    )  # fmt: skip
    read_only = ("(read only)",) * 3
    given = [*marks, *([""] * (len(students) - len(marks)))]

    def name(who: Person) -> str:
        return f'="{who.name}"' if who.name.startswith("=") else who.name

    rows = [
        (name(who), who.id, who.sis, who.login, who.section, other, mark, "85.00", "85.00", "40.00")
        for who, mark in zip(students, given, strict=True)
    ]
    manual_row = ("", "", "", "", "", "", "Manual Posting", "", "", "")
    points = ("    Points Possible", "", "", "", "", "10.00", possible, *read_only)
    test = ("Student, Test", "99", "", "3f1c", "Lab A", "", "1.00", "", "", "")
    return table([header, *([manual_row] if manual else []), points, *rows, test], **form)


ENGLISH = (
    "Identifier", "Full name", "ID number", "Email address", "Status", "Grade", "Maximum grade", "Marking workflow state",
    "Grade can be changed", "Last modified (submission)", "Last modified (grade)", "Feedback comments",
)  # fmt: skip
GERMAN = (
    "ID", "Vollständiger Name", "ID-Nummer", "E-Mail-Adresse", "Status", "Bewertung", "Bestwertung", "Bewertungsstatus",
    "Bewertung kann geändert werden", "Zuletzt geändert (Abgabe)", "Zuletzt geändert (Bewertung)", "Feedback als Kommentar",
)  # fmt: skip


def moodle(
    students: Sequence[Person] = people(),
    *,
    header: Sequence[str] = ENGLISH,
    word: str = "Participant",
    marks: Sequence[str] = (),
    possible: str = "45.00",
    comments: Sequence[str] = (),
    **form: str,
) -> bytes:
    """Return a worksheet of Moodle: dates in words with commas, and ``-`` where there is none."""
    given = [*marks, *([""] * (len(students) - len(marks)))]
    said = [*comments, *([""] * (len(students) - len(comments)))]
    rows = [
        (
            f"{word} {who.id}", _first_last(who.name), who.sis, who.mail, "Submitted for grading - 2 days late", mark, possible,
            "Not marked", "Yes", "Sunday, 29 November 2026, 11:59 PM", "-", comment,
        )
        for who, mark, comment in zip(students, given, said, strict=True)
    ]  # fmt: skip
    return table([header, *rows], **form)


def moodle_blind(students: Sequence[Person] = people()) -> bytes:
    """Return a worksheet of Moodle where marking is blind: no names, and no addresses."""
    header = ("Identifier", "Status", "Grade", "Maximum grade", "Grade can be changed", "Last modified (grade)")
    return table(
        [header, *((f"Participant {who.id}", "Submitted for grading", "", "45.00", "Yes", "-") for who in students)]
    )


def blackboard(
    students: Sequence[Person] = people(),
    *,
    column: str = f"{TITLE} [Total Pts: 45 Score] |1234567",
    encoding: str = "utf-16",
) -> bytes:
    """Return a download from Blackboard's grade centre: UTF-16 with tabs, each cell quoted."""
    header = (
        "Last Name", "First Name", "Username", "Student ID", column, "Grading Notes", "Notes Format",
        "Feedback to Learner", "Feedback Format",
    )  # fmt: skip
    rows = [
        (*map(str.strip, who.name.split(",", 1)), who.login, who.sis, "Needs Grading", "", "", "", "SMART_TEXT")
        for who in students
    ]
    return table([header, *rows], separator="\t", newline="\r\n", encoding=encoding, quoting=csv.QUOTE_ALL)


def brightspace(
    students: Sequence[Person] = people(),
    *,
    column: str = f"{TITLE} Points Grade <Numeric MaxPoints:45 Weight:10>",
    **form: str,
) -> bytes:
    """Return an export of Brightspace's grades: a ``#`` before each number and name, and at the end of each line."""
    header = ("OrgDefinedId", "Username", "Last Name", "First Name", column, "End-of-Line Indicator")
    rows = [(f"#{who.sis}", f"#{who.login}", *map(str.strip, who.name.split(",", 1)), "", "#") for who in students]
    return table([header, *rows], newline="\r\n", **form)


def classroom50(students: Sequence[Person] = people(), *, title: str = TITLE, **more: object) -> bytes:
    """Return the scores of a classroom, two assignments in it, as Classroom 50 has collected them."""
    entries = [
        {
            "owner": who.login.upper(),
            "submissions": [
                {
                    "schema": "classroom50/result/v1", "classroom": "ml", "assignment_type": "individual",
                    "owner": who.login.upper(),
                    "submission": "submit/2026-11-30T20-00-00Z-a1b2c3d", "commit": "c", "release": "r", "review": "c",
                    "datetime": "2026-11-30T20:00:00Z", "score": 1, "max-score": 2, "tests": [], "late": False,
                }
            ],
            **more,
        }
        for who in students
    ]  # fmt: skip
    buckets = {title: {"type": "individual", "entries": entries}, "warm-up": {"type": "individual", "entries": []}}
    return (json.dumps({"schema": "classroom50/scores/v1", "assignments": buckets}, indent=2) + "\n").encode()


def _first_last(name: str) -> str:
    last, _, first = name.partition(", ")
    return f"{first} {last}"
