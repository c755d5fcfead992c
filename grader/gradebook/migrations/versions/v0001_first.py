"""The first tables."""

import sqlalchemy as sa
from alembic import op

from grader.gradebook.columns import Instant, Points, Words

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("made", Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        sa.UniqueConstraint("key", name="uq_runs_key"),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("made", Instant(timezone=True), nullable=False),
        sa.Column("author", Words(), nullable=False),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("student", Words(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=True),
        sa.Column("item", Words(), nullable=False),
        sa.Column("check", Words(), nullable=False),
        sa.Column("before", Words(), nullable=False),
        sa.Column("after", Words(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name="fk_audit_run", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_run", "audit", ["run"], unique=False)
    op.create_table(
        "students",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("identity", Words(), nullable=False),
        sa.Column("platform_id", Words(), nullable=False),
        sa.Column("name", Words(), nullable=False),
        sa.Column("login", Words(), nullable=False),
        sa.Column("mail", Words(), nullable=False),
        sa.Column("sis", Words(), nullable=False),
        sa.Column("section", Words(), nullable=False),
        sa.Column("group_name", Words(), nullable=False),
        sa.Column("rostered", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name="fk_students_run", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_students"),
        sa.UniqueConstraint("run", "identity", name="uq_students_run"),
    )
    op.create_table(
        "submitters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("key", Words(), nullable=False),
        sa.Column("name", Words(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name="fk_submitters_run", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_submitters"),
        sa.UniqueConstraint("run", "key", name="uq_submitters_run"),
    )
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submitter", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("handed_in", Instant(timezone=True), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=True),
        sa.Column("submission", Words(), nullable=False),
        sa.Column("folder", Words(), nullable=False),
        sa.ForeignKeyConstraint(["submitter"], ["submitters.id"], name="fk_attempts_submitter", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_attempts"),
        sa.UniqueConstraint("submitter", "number", name="uq_attempts_submitter"),
    )
    op.create_table(
        "members",
        sa.Column("submitter", sa.Integer(), nullable=False),
        sa.Column("student", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["student"], ["students.id"], name="fk_members_student", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["submitter"], ["submitters.id"], name="fk_members_submitter", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("submitter", "student", name="pk_members"),
    )
    op.create_index("ix_members_student", "members", ["student"], unique=False)
    op.create_table(
        "releases",
        sa.Column("submitter", sa.Integer(), nullable=False),
        sa.Column("author", Words(), nullable=False),
        sa.Column("made", Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["submitter"], ["submitters.id"], name="fk_releases_submitter", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("submitter", name="pk_releases"),
    )
    op.create_index("ix_attempts_folder", "attempts", ["folder"], unique=False)
    op.create_table(
        "gradings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("error", Words(), nullable=False),
        sa.Column("assignment", Words(), nullable=False),
        sa.Column("digest", Words(), nullable=False),
        sa.Column("evidence_key", Words(), nullable=False),
        sa.Column("rubric_digest", Words(), nullable=False),
        sa.Column("seed", Words(), nullable=False),
        sa.Column("sandbox", Words(), nullable=False),
        sa.Column("size", Words(), nullable=False),
        sa.Column("data", Words(), nullable=False),
        sa.Column("grader_version", Words(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("earned_in_words", Words(), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("stamp", sa.String(length=64), nullable=False),
        sa.Column("noted", Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["attempt"], ["attempts.id"], name="fk_gradings_attempt", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_gradings"),
        sa.UniqueConstraint("attempt", "serial", name="uq_gradings_attempt"),
    )
    op.create_table(
        "marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("item", Words(), nullable=False),
        sa.Column("check", Words(), nullable=False),
        sa.Column("points", Points(), nullable=True),
        sa.Column("comment", Words(), nullable=False),
        sa.Column("author", Words(), nullable=False),
        sa.Column("made", Instant(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(length=64), nullable=False),
        sa.Column("digest", Words(), nullable=False),
        sa.Column("rubric_digest", Words(), nullable=False),
        sa.ForeignKeyConstraint(["attempt"], ["attempts.id"], name="fk_marks_attempt", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_marks"),
        sa.UniqueConstraint("attempt", "item", "check", name="uq_marks_attempt"),
    )
    op.create_table(
        "findings",
        sa.Column("grading", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("item", Words(), nullable=False),
        sa.Column("item_title", Words(), nullable=False),
        sa.Column("check", Words(), nullable=False),
        sa.Column("title", Words(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("earned", Points(), nullable=False),
        sa.Column("possible", Points(), nullable=False),
        sa.Column("pending", Points(), nullable=False),
        sa.Column("withheld", Points(), nullable=False),
        sa.Column("message", Words(), nullable=False),
        sa.Column("diagnosis", Words(), nullable=False),
        sa.ForeignKeyConstraint(["grading"], ["gradings.id"], name="fk_findings_grading", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("grading", "place", name="pk_findings"),
    )
    # ### end Alembic commands ###
