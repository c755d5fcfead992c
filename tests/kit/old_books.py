"""A gradebook as the first tables had it, with data in it, written without what knows the tables of today."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, MetaData, insert

from grader.gradebook.book import Gradebook
from grader.gradebook.engine import MIGRATIONS, writing
from grader.gradebook.marking import Given
from grader.gradebook.nouns import Why

KEY = "old"
NOW = datetime(2026, 11, 30, 22, 0, tzinfo=UTC)
DIGEST = "sha256:1"
MILLION = 1_000_000
CHECKS = (("code", "runs", "passed", 2, 0), ("code", "says", "pending", 0, 3), ("proof", "holds", "failed", 0, 0))
POSSIBLE = {"runs": 2 * MILLION, "says": 3 * MILLION, "holds": 333_333}


def basis(item: str, check: str, verdict: str, possible: str, message: str) -> str:
    """Return by what a mark knew again what a person had before them."""
    return hashlib.sha256(json.dumps((DIGEST, item, check, verdict, possible, message)).encode()).hexdigest()


def fill(engine: Engine) -> None:
    """Make the first tables in an empty database, and a run with three students, of whom two are marked."""
    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS))
    with writing(engine) as connection:
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, "0001")
    with writing(engine) as connection:
        tables = MetaData()
        tables.reflect(connection)
        _rows(connection, tables.tables)


def _rows(connection: Connection, tables: Any) -> None:
    def add(table: str, **values: Any) -> int:
        number: int = connection.execute(insert(tables[table]).values(**values)).inserted_primary_key[0]
        return number

    run = add("runs", key=KEY, made=NOW)
    attempts = []
    for name in ("ann", "bob", "cay"):
        submitter = add("submitters", run=run, key=name, name=name.title())
        attempts.append(add("attempts", submitter=submitter, number=1, submission="", folder=name))
        empty = dict.fromkeys(("error", "evidence_key", "sandbox", "size", "data", "content", "stamp"), "")
        about = {
            "assignment": "small",
            "digest": DIGEST,
            "rubric_digest": "sha256:r1",
            "seed": "7",
            "grader_version": "0.1",
        }
        row = {
            "serial": 1,
            "current": True,
            "state": "graded",
            "seconds": 0.5,
            "noted": NOW,
            "earned_in_words": "2 of 5",
        }
        grading = add("gradings", attempt=attempts[-1], **row, **empty, **about)
        for place, (item, check, verdict, earned, pending) in enumerate(CHECKS):
            words = {
                "item_title": item.title(),
                "title": f"It {check}.",
                "message": f"{check}: é {verdict}",
                "diagnosis": "",
            }
            points = {
                "earned": earned * MILLION,
                "pending": pending * MILLION,
                "withheld": 0,
                "possible": POSSIBLE[check],
            }
            add("findings", grading=grading, place=place, item=item, check=check, verdict=verdict, **words, **points)
    made = {"author": "kay", "made": NOW, "version": 2, "digest": DIGEST, "rubric_digest": "sha256:r1"}
    says = basis("code", "says", "pending", "3", "says: é pending")
    about = {"item": "code", "check": "says"}
    add("marks", attempt=attempts[0], points=1_500_000, comment="good", basis=says, **about, **made)
    add("marks", attempt=attempts[1], points=MILLION, comment="", basis="of something else", **about, **made)
    add("marks", attempt=attempts[0], points=None, comment="well done", basis="", item="", check="", **made)
    said = {"what": "mark", "student": "ann", "attempt": 1, "before": "", "after": '1.5 "good"'}
    add("audit", run=run, made=NOW, author="kay", **about, **said)


def judge(engine: Engine) -> None:
    """Assert that a gradebook of the tables of today says of these students what the old one did, and that one can go on."""
    book = Gradebook(engine, KEY, Path())
    assert [(each.who.name, each.points) for each in book.finals()] == [
        ("Ann", Decimal("3.50")),
        ("Bob", None),
        ("Cay", None),
    ]
    assert book.finals()[0].comment == "well done\nIt says.: good"
    assert [(each.student, each.why) for each in book.waiting()] == [("bob", Why.STALE), ("cay", Why.PENDING)]
    (says,) = book.to_mark()
    assert (says.check, says.possible, says.answers, says.unmarked, says.stale) == ("says", 3, 3, 1, 1)
    assert [each.mark and each.mark.version for each in book.answers("code", "says")] == [2, 2, None]
    assert [(each.change.after, each.author) for each in book.history("ann", 1)] == [('1.5 "good"', "kay")]
    entry = book.add_entry("code", "says", "Nothing compared", Decimal(-1), author="lou")
    steps = book.mark(
        Given("ann", 1, "code", "says", entries=(entry.id,), version=2),
        Given("cay", 1, "code", "says", Decimal(1)),
        author="lou",
    )
    assert [(step.wrong, step.conflict) for step in steps] == [("", False)] * 2
    assert book.undo("ann", 1, "code", "says", version=3, author="lou")
    mark = book.answered("ann", 1, "code", "says").mark
    assert mark
    assert (mark.points, mark.comment, mark.author, mark.entries) == (Decimal("1.5"), "good", "kay", ())
