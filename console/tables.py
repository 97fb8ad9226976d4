"""The tables of accounts, sessions, tokens and failed sign-ins, of policies, alerts, rules, permits and searches.

No password, token or name that was tried lies in clear.
"""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, MetaData, String, Table, Text, UniqueConstraint

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)
# Times are ISO 8601 in UTC, as in the journals: they sort as text, the same on every database.

ACCOUNTS = Table(
    "accounts",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", String(64), nullable=False),
    Column("person", String(200), nullable=False, index=True),
    Column("password", Text, nullable=False),  # argon2id, with its parameters and salt
    Column("must_change", Boolean, nullable=False),
    Column("created_at", String(40), nullable=False),
    Column("disabled_at", String(40)),
    Column("signed_in_at", String(40)),
    UniqueConstraint("name"),
)

ACCOUNT_ROLES = Table(
    "account_roles",
    METADATA,
    Column("account_id", ForeignKey("accounts.id"), primary_key=True),
    Column("role", String(20), primary_key=True),
)

SEPARATED_PERSONS = Table(
    "separated_persons",
    METADATA,
    Column("person", String(200), primary_key=True),  # so the database itself lets nobody hold two of the three
    Column("role", String(20), nullable=False),
)

SESSIONS = Table(
    "sessions",
    METADATA,
    Column("digest", String(64), primary_key=True),  # SHA-256 of the token that the browser keeps
    Column("account_id", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("started_at", String(40), nullable=False),
    Column("seen_at", String(40), nullable=False),
)

API_TOKENS = Table(
    "api_tokens",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("name", String(64), nullable=False),
    Column("digest", String(64), nullable=False),  # SHA-256 of the token that a program keeps
    Column("roles", String(100), nullable=False),  # with commas between: those of the account that it may use
    Column("attended", Boolean, nullable=False),  # whether a person uses it who may be the second of two
    Column("made_at", String(40), nullable=False),
    Column("ends_at", String(40), nullable=False),
    Column("revoked_at", String(40)),
    Column("used_at", String(40)),
    UniqueConstraint("digest"),
)

API_REQUESTS = Table(
    "api_requests",
    METADATA,
    Column("account", String(64), primary_key=True),
    Column("key", String(64), primary_key=True),  # SHA-256 of the Idempotency-Key
    Column("asked", String(64), nullable=False),  # SHA-256 of what was asked
    Column("at", String(40), nullable=False, index=True),
    Column("status", Integer),  # of the answer; nothing while it is not known what came of it
    Column("answer", Text),
)

SIGN_IN_FAILURES = Table(
    "sign_in_failures",
    METADATA,
    Column("digest", String(64), primary_key=True),  # of the name, or of the name and where from
    Column("failures", Integer, nullable=False),
    Column("last_at", String(40), nullable=False, index=True),
)


def _journal(name: str) -> Table:
    """A table of the rows of `console.sealed_journal`."""
    return Table(
        name,
        METADATA,
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("at", String(40), nullable=False),
        Column("by_kind", String(10), nullable=False),
        Column("by_id", String(200), nullable=False),
        Column("body", Text, nullable=False),
        Column("chain", String(64), nullable=False),
        Column("seal", String(100), nullable=False),
    )


POLICY_JOURNAL = _journal("policy_journal")
PERMIT_JOURNAL = _journal("permit_journal")
ALERT_JOURNAL = _journal("alert_journal")
RULE_JOURNAL = _journal("rule_journal")
SEARCH_JOURNAL = _journal("search_journal")
PLAYBOOK_JOURNAL = _journal("playbook_journal")

POLICY_TEXTS = Table(
    "policy_texts",
    METADATA,
    Column(
        "digest", String(64), primary_key=True
    ),  # SHA-256 of the text: a file, or a list of files with their digests
    Column("text", Text, nullable=False),
)
