"""The journal of playbooks of others."""

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Take the database to this version."""
    op.create_table(
        "playbook_journal",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("by_kind", sa.String(10), nullable=False),
        sa.Column("by_id", sa.String(200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("chain", sa.String(64), nullable=False),
        sa.Column("seal", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_playbook_journal"),
    )


def downgrade() -> None:
    """Take the database back to the version before."""
    op.drop_table("playbook_journal")
