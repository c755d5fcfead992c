"""Whom the roster of a class does not know."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add that; of those who are there it is known when the class comes again."""
    op.add_column("submitters", sa.Column("unmatched", sa.Boolean(), nullable=False, server_default=sa.false()))
