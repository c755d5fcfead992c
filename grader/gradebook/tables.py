"""The tables of a gradebook. What the machine found and what people gave lie apart; they are joined when a score is read."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    false,
    literal_column,
)

from grader.gradebook.columns import Instant, Numbers, Points, Words

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _of(table: str) -> ForeignKey:
    return ForeignKey(f"{table}.id", ondelete="CASCADE")


def _given() -> tuple[Column[Any], ...]:
    """Return the columns of what a person gave."""
    return (
        Column("points", Points),
        Column("comment", Words, nullable=False),
        Column("author", Words, nullable=False),
        Column("made", Instant, nullable=False),
        Column("version", Integer, nullable=False),
        # by what is known again what the person had before them
        Column("basis", String(64), nullable=False),
        # the entries of the guide that are ticked, what was added to them, and what the check was worth then
        Column("entries", Numbers, nullable=False, server_default=""),
        Column("adjustment", Points, nullable=False, server_default="0"),
        Column("possible", Points),
    )


# one database may hold several runs, each under a key of its own
RUNS = Table(
    "runs",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("made", Instant, nullable=False),
    # what names that browsers see are made with
    Column("secret", String(64), nullable=False, server_default=""),
)

# people, and who hands in: one of them or a group
STUDENTS = Table(
    "students",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("run", _of("runs"), nullable=False),
    Column("identity", Words, nullable=False),
    Column("platform_id", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("login", Words, nullable=False),
    Column("mail", Words, nullable=False),
    Column("sis", Words, nullable=False),
    Column("section", Words, nullable=False),
    Column("group_name", Words, nullable=False),
    Column("rostered", Boolean, nullable=False),
    UniqueConstraint("run", "identity"),
)
SUBMITTERS = Table(
    "submitters",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("run", _of("runs"), nullable=False),
    Column("key", Words, nullable=False),
    Column("name", Words, nullable=False),
    # whether the roster does not know all of them
    Column("unmatched", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("run", "key"),
)
MEMBERS = Table(
    "members",
    METADATA,
    Column("submitter", _of("submitters"), primary_key=True),
    Column("student", _of("students"), primary_key=True, index=True),
)

ATTEMPTS = Table(
    "attempts",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("submitter", _of("submitters"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("handed_in", Instant),
    Column("late", Boolean),
    Column("submission", Words, nullable=False),
    # of the run's folder: where its reports are
    Column("folder", Words, nullable=False),
    UniqueConstraint("submitter", "number"),
)

# one attempt judged once; of each attempt the last one is the current one, the others are history
GRADINGS = Table(
    "gradings",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("attempt", _of("attempts"), nullable=False),
    Column("serial", Integer, nullable=False),
    Column("current", Boolean, nullable=False),
    Column("state", String(16), nullable=False),
    Column("error", Words, nullable=False),
    Column("assignment", Words, nullable=False),
    Column("digest", Words, nullable=False),
    Column("evidence_key", Words, nullable=False),
    Column("rubric_digest", Words, nullable=False),
    Column("seed", Words, nullable=False),
    Column("sandbox", Words, nullable=False),
    Column("size", Words, nullable=False),
    Column("data", Words, nullable=False),
    Column("grader_version", Words, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("earned_in_words", Words, nullable=False),
    # by what it is known again
    Column("content", String(64), nullable=False),
    Column("stamp", String(64), nullable=False),
    Column("noted", Instant, nullable=False),
    UniqueConstraint("attempt", "serial"),
)
FINDINGS = Table(
    "findings",
    METADATA,
    Column("grading", _of("gradings"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("item", Words, nullable=False),
    Column("item_title", Words, nullable=False),
    Column("check", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("earned", Points, nullable=False),
    Column("possible", Points, nullable=False),
    Column("pending", Points, nullable=False),
    Column("withheld", Points, nullable=False),
    Column("message", Words, nullable=False),
    Column("diagnosis", Words, nullable=False),
    Column("pattern", Words, nullable=False, server_default=""),
    Column("margin", Float),
    # of what a person decides, by what that is known again; empty of all others
    Column("basis", String(64), nullable=False, server_default=""),
)

# what a person gave for one check of an attempt. Without item and check it is about the whole: points are added to the sum. One
# that was deleted stays as a row without points and comment, so that its version goes on
MARKS = Table(
    "marks",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("attempt", _of("attempts"), nullable=False),
    Column("item", Words, nullable=False),
    Column("check", Words, nullable=False),
    *_given(),
    Column("digest", Words, nullable=False),
    Column("rubric_digest", Words, nullable=False),
    # by what the answers are known that got it at once
    Column("group_key", Words, nullable=False, server_default=""),
    UniqueConstraint("attempt", "item", "check"),
)
# what a mark was before it was changed, so that a change can be undone
EARLIER = Table(
    "earlier_marks",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("mark", _of("marks"), nullable=False),
    *_given(),
    Column("digest", Words, nullable=False),
    Column("rubric_digest", Words, nullable=False),
    Column("group_key", Words, nullable=False),
    UniqueConstraint("mark", "version"),
)
# what each person gave, also where the mark is that of another one
OPINIONS = Table(
    "opinions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("attempt", _of("attempts"), nullable=False),
    Column("item", Words, nullable=False),
    Column("check", Words, nullable=False),
    *_given(),
)
RELEASES = Table(
    "releases",
    METADATA,
    Column("submitter", _of("submitters"), primary_key=True),
    Column("author", Words, nullable=False),
    Column("made", Instant, nullable=False),
)
# who, when, what of whom, from what to what
AUDIT = Table(
    "audit",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("run", _of("runs"), nullable=False),
    Column("made", Instant, nullable=False),
    Column("author", Words, nullable=False),
    Column("what", String(32), nullable=False),
    Column("student", Words, nullable=False),
    Column("attempt", Integer),
    Column("item", Words, nullable=False),
    Column("check", Words, nullable=False),
    Column("before", Words, nullable=False),
    Column("after", Words, nullable=False),
)
# what graders add while they mark: the guide of a check, comments to use again, notes that no student sees
ENTRIES = Table(
    "entries",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("run", _of("runs"), nullable=False),
    Column("item", Words, nullable=False),
    Column("check", Words, nullable=False),
    Column("place", Integer, nullable=False),
    Column("text", Words, nullable=False),
    Column("points", Points, nullable=False),
    Column("version", Integer, nullable=False),
    Column("retired", Boolean, nullable=False),
)
COMMENTS = Table(
    "comments",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("run", _of("runs"), nullable=False),
    Column("item", Words, nullable=False),
    Column("check", Words, nullable=False),
    Column("text", Words, nullable=False),
)
NOTES = Table(
    "notes",
    METADATA,
    Column("attempt", _of("attempts"), primary_key=True),
    Column("item", Words, primary_key=True),
    Column("check", Words, primary_key=True),
    Column("text", Words, nullable=False),
    Column("flagged", Boolean, nullable=False),
)
# a comment on all findings of one mistake
REMARKS = Table(
    "remarks",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("run", _of("runs"), nullable=False),
    Column("check", Words, nullable=False),
    Column("diagnosis", Words, nullable=False),
    Column("pattern", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("author", Words, nullable=False),
    Column("made", Instant, nullable=False),
)
# who marks: known by the digest of a token that is never kept; who was withdrawn has none
GRADERS = Table(
    "graders",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("run", _of("runs"), nullable=False),
    Column("name", Words, nullable=False),
    Column("owner", Boolean, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("made", Instant, nullable=False),
    Column("last_seen", Instant),
)
ASSIGNED = Table(
    "assigned",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("attempt", _of("attempts"), nullable=False),
    Column("item", Words, nullable=False),
    Column("check", Words, nullable=False),
    Column("grader", Words, nullable=False),
    Column("second", Boolean, nullable=False),
)
Index(None, ATTEMPTS.c.folder)
Index(None, AUDIT.c.run, AUDIT.c.student)
OPEN = FINDINGS.c.basis != literal_column("''")
Index(None, FINDINGS.c.item, FINDINGS.c.check, FINDINGS.c.grading, sqlite_where=OPEN, postgresql_where=OPEN)
Index(None, MARKS.c.item, MARKS.c.check)
Index(None, OPINIONS.c.attempt)
Index(None, ASSIGNED.c.attempt)
for _table in (ENTRIES, COMMENTS, REMARKS, GRADERS):
    Index(None, _table.c.run)
