"""What marking in the browser needs: guides, opinions, notes, remarks, graders; patterns of findings; and marks by ticks."""

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from grader.gradebook.columns import Instant, Numbers, Points, Words

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TOGETHER = 1000


def upgrade() -> None:
    """Add them, and say of what is there already by what it is known again, and whose opinion it is."""
    op.add_column("findings", sa.Column("pattern", Words(), nullable=False, server_default=""))
    op.add_column("findings", sa.Column("margin", sa.Float(), nullable=True))
    op.add_column("findings", sa.Column("basis", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("runs", sa.Column("secret", sa.String(length=64), nullable=False, server_default=""))
    for column in _ticked():
        op.add_column("marks", column)
    op.add_column("marks", sa.Column("group_key", Words(), nullable=False, server_default=""))
    op.create_table(
        "earlier_marks",
        _id(),
        _of("marks", "mark", "earlier_marks"),
        *_given(),
        _words("digest"),
        _words("rubric_digest"),
        _words("group_key"),
        sa.PrimaryKeyConstraint("id", name="pk_earlier_marks"),
        sa.UniqueConstraint("mark", "version", name="uq_earlier_marks_mark"),
    )
    op.create_table(
        "opinions",
        _id(),
        _of("attempts", "attempt", "opinions"),
        _words("item"),
        _words("check"),
        *_given(),
        sa.PrimaryKeyConstraint("id", name="pk_opinions"),
    )
    op.create_table(
        "entries",
        _id(),
        _of("runs", "run", "entries"),
        _words("item"),
        _words("check"),
        sa.Column("place", sa.Integer(), nullable=False),
        _words("text"),
        sa.Column("points", Points(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_entries"),
    )
    op.create_table(
        "comments",
        _id(),
        _of("runs", "run", "comments"),
        *map(_words, ("item", "check", "text")),
        sa.PrimaryKeyConstraint("id", name="pk_comments"),
    )
    op.create_table(
        "notes",
        _of("attempts", "attempt", "notes"),
        *map(_words, ("item", "check", "text")),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("attempt", "item", "check", name="pk_notes"),
    )
    op.create_table(
        "remarks",
        _id(),
        _of("runs", "run", "remarks"),
        *map(_words, ("check", "diagnosis", "pattern", "text", "author")),
        sa.Column("made", Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_remarks"),
    )
    op.create_table(
        "graders",
        _id(),
        _of("runs", "run", "graders"),
        _words("name"),
        sa.Column("owner", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made", Instant(timezone=True), nullable=False),
        sa.Column("last_seen", Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_graders"),
    )
    op.create_table(
        "assigned",
        _id(),
        _of("attempts", "attempt", "assigned"),
        *map(_words, ("item", "check", "grader")),
        sa.Column("second", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_assigned"),
    )
    op.drop_index("ix_audit_run", "audit")
    op.create_index("ix_audit_run", "audit", ["run", "student"])
    is_open = sa.text("basis != ''")
    columns = ["item", "check", "grading"]
    op.create_index("ix_findings_item", "findings", columns, sqlite_where=is_open, postgresql_where=is_open)
    op.create_index("ix_marks_item", "marks", ["item", "check"])
    for table in ("opinions", "assigned"):
        op.create_index(f"ix_{table}_attempt", table, ["attempt"])
    for table in ("entries", "comments", "remarks", "graders"):
        op.create_index(f"ix_{table}_run", table, ["run"])
    _know_again()
    _opinions()


def _id() -> sa.Column[Any]:
    return sa.Column("id", sa.Integer(), nullable=False)


def _words(name: str) -> sa.Column[Any]:
    return sa.Column(name, Words(), nullable=False)


def _of(other: str, name: str, table: str) -> sa.Column[Any]:
    key = sa.ForeignKey(f"{other}.id", name=f"fk_{table}_{name}", ondelete="CASCADE")
    return sa.Column(name, sa.Integer(), key, nullable=False)


def _ticked() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("entries", Numbers(), nullable=False, server_default=""),
        sa.Column("adjustment", Points(), nullable=False, server_default="0"),
        sa.Column("possible", Points(), nullable=True),
    )


def _given() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("points", Points(), nullable=True),
        _words("comment"),
        _words("author"),
        sa.Column("made", Instant(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(length=64), nullable=False),
        *_ticked(),
    )


def _know_again() -> None:
    """Fill in the basis of what a person decides, as it was worked out when this was written."""
    names = ("grading", "place", "item", "check", "verdict", "message", "basis")
    findings = sa.table("findings", *map(sa.column, names), sa.column("possible", Points()))
    gradings = sa.table("gradings", sa.column("id"), sa.column("digest"))
    connection = op.get_bind()
    around = findings.join(gradings, gradings.c.id == findings.c.grading)
    is_open = findings.c.verdict.in_(("pending", "undecided"))
    rows = connection.execute(sa.select(findings, gradings.c.digest).select_from(around).where(is_open)).all()
    of = (findings.c.grading == sa.bindparam("g")) & (findings.c.place == sa.bindparam("p"))
    filled = sa.update(findings).where(of).values(basis=sa.bindparam("b"))
    for start in range(0, len(rows), TOGETHER):
        some = rows[start : start + TOGETHER]
        connection.execute(filled, [{"g": row.grading, "p": row.place, "b": _basis(row)} for row in some])


def _basis(row: sa.Row[Any]) -> str:
    said = row.digest, row.item, row.check, row.verdict, str(row.possible), row.message
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _opinions() -> None:
    """Every mark of a person on a check is their opinion."""
    names = ("attempt", "item", "check", "points", "comment", "author", "made", "version", "basis")
    marks, opinions = (sa.table(name, *map(sa.column, names)) for name in ("marks", "opinions"))
    chosen = sa.select(*(marks.c[name] for name in names)).where(marks.c.points.is_not(None), marks.c.check != "")
    op.execute(sa.insert(opinions).from_select(names, chosen))
