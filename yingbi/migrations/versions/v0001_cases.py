"""The journals of cases, and what belongs to them."""

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Take the database to this version."""
    op.create_table(
        "cases", sa.Column("id", sa.String(40), nullable=False), sa.PrimaryKeyConstraint("id", name="pk_cases")
    )
    op.create_table(
        "playbooks",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_playbooks"),
    )
    op.create_table(
        "journal",
        sa.Column("position", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("by_kind", sa.String(10), nullable=False),
        sa.Column("by_id", sa.String(200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("chain", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_journal"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_journal_case_id_cases"),
        sa.UniqueConstraint("case_id", "number", name="uq_journal_case_id_number"),
    )
    op.create_table(
        "case_alerts",
        sa.Column("alert_id", sa.String(200), nullable=False),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("alert_id", name="pk_case_alerts"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_alerts_case_id_cases"),
    )
    op.create_index("ix_case_alerts_case_id", "case_alerts", ["case_id"])


def downgrade() -> None:
    """Take the database back to the version before."""
    for table in ("case_alerts", "journal", "playbooks", "cases"):
        op.drop_table(table)
