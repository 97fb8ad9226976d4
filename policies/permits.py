"""Permits: what is shown in clear for a while to one caller who asked for it and said why (DESIGN decision 8).

A worker that is asked writes an `Asked`, which only workers can make; the control process answers it in the table of
permits, which only the control process can sign. A permit opens nothing by itself: the reveal that it names must stand
in the program in force and apply to the caller at every exchange.

INVARIANT: a table that could show more than a permit may, or for longer, is no table at all.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

import msgspec

from policies.keys.data_keys import derive_key
from policies.keys.key_files import Signer, Verifier
from policies.signed_table import SignedTable

_ASKED = "asked permits 1"
LARGEST_ASKED = 4 * 1024
"""Bytes of an `Asked`."""
LARGEST_TABLE = 16 * 1024 * 1024
PERMIT_ID = re.compile(r"prm-[0-9a-f]{16}")


class Kind(StrEnum):
    """What a permit is about."""

    REVEAL = "reveal"
    """The records of one subject."""
    BREAK_GLASS = "break_glass"
    """Every record of the system, because it cannot wait."""


LONGEST = {Kind.REVEAL: timedelta(minutes=15), Kind.BREAK_GLASS: timedelta(minutes=60)}
"""How long a permit lasts at most, from when it was opened."""


class State(StrEnum):
    """What became of what was asked for."""

    OPEN = "open"
    REFUSED = "refused"
    ENDED = "ended"
    """By somebody, before its time."""


type _Id = Annotated[str, msgspec.Meta(pattern=f"^{PERMIT_ID.pattern}$", max_length=20)]
type _Word = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
type _Text = Annotated[str, msgspec.Meta(max_length=512)]
type _Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a caller asks for."""

    id: _Id
    kind: Kind
    reveal: _Word
    """The id of the reveal that applies to the caller."""
    caller: _Word
    posts: tuple[_Word, ...] = ()
    credential: _Text = ""
    system: _Word
    event: _Text = ""
    """The id of the event that showed the masked record; empty for `BREAK_GLASS`."""
    case: _Text = ""
    """The number of the case that it is asked for."""
    reason: _Text
    at: _Moment


class Permit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one caller is shown in clear. Raises ValueError where it lasts too long, or is not about what it must be."""

    id: _Id
    kind: Kind
    reveal: _Word
    caller: _Word
    system: _Word
    subject: _Text = ""
    """The digest of whose records it is about; empty for `BREAK_GLASS`, and for nothing else."""
    categories: tuple[_Word, ...]
    """At the most these, as the reveal named them when it was opened."""
    case: _Text = ""
    event: _Text = ""
    opened_at: _Moment
    until: _Moment

    def __post_init__(self) -> None:
        if not timedelta() < self.until - self.opened_at <= LONGEST[self.kind]:
            minutes = LONGEST[self.kind] // timedelta(minutes=1)
            raise ValueError(f"a permit of kind `{self.kind}` lasts at most {minutes} minutes")
        if (not self.subject) is not (self.kind is Kind.BREAK_GLASS):
            raise ValueError(f"a permit of kind `{self.kind}` is about one subject, unless it breaks the glass")

    def is_live(self, now: datetime) -> bool:
        """Whether it counts at *now*."""
        return self.opened_at <= now < self.until


class Answered(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What became of what one caller asked for, for him to read."""

    id: _Id
    caller: _Word
    state: State
    code: _Text = ""
    """Why it was refused."""
    until: _Moment | None = None
    """When it ends, or has ended."""


class PermitTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All permits. `generation` grows with every publication."""

    generation: Annotated[int, msgspec.Meta(ge=0)] = 0
    permits: tuple[Permit, ...] = ()
    answered: tuple[Answered, ...] = ()

    def live(self, caller: str, system: str, now: datetime) -> tuple[Permit, ...]:
        """The permits of *caller* for *system* that count at *now*. Nobody has none."""
        if not self.permits or not caller:
            return ()
        return tuple(
            permit
            for permit in self.permits
            if permit.caller == caller and permit.system == system and permit.is_live(now)
        )

    def answer_to(self, permit_id: str, caller: str) -> Answered | None:
        """What became of what *caller* asked for; None where that is not answered, or was asked for by another."""
        return next((each for each in self.answered if each.id == permit_id and each.caller == caller), None)


class _Maced(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    asked: str
    mac: str


_SIGNED = SignedTable(PermitTable, "permits", "yingbi permits 1", "permits", LARGEST_TABLE)


def new_permit_id() -> str:
    """An id that nobody can guess and that stands for nothing."""
    return f"prm-{secrets.token_hex(8)}"


def asking_key(secret: bytes) -> bytes:
    """The key that workers authenticate an `Asked` with, from the *secret* that they and the control process hold."""
    return derive_key(secret, _ASKED)


def write_asked(asked: Asked, key: bytes) -> bytes:
    """The authenticated bytes of *asked*. Raises ValueError where they are more than `LARGEST_ASKED`."""
    body = msgspec.json.encode(asked, order="deterministic")
    data = msgspec.json.encode(_Maced(body.decode(), _mac(body, key)))
    if len(data) > LARGEST_ASKED:
        raise ValueError(f"what is asked for has more than {LARGEST_ASKED} bytes")
    return data


def read_asked(data: bytes, key: bytes) -> Asked:
    """What is asked for in *data*. Raises ValueError for whatever no worker with *key* wrote."""
    if len(data) > LARGEST_ASKED:
        raise ValueError("too large for what is asked for")
    try:
        maced = msgspec.json.decode(data, type=_Maced)
        body = maced.asked.encode()
        if not hmac.compare_digest(_mac(body, key).encode(), maced.mac.encode()):
            raise ValueError("what is asked for was not written by a worker")
        return msgspec.json.decode(body, type=Asked)
    except (msgspec.DecodeError, UnicodeError):
        raise ValueError("not the bytes of what is asked for") from None


def write_permits(table: PermitTable, signer: Signer) -> bytes:
    """The signed bytes of *table*."""
    return _SIGNED.write(table, signer)


def read_permits(data: bytes, verifier: Verifier) -> PermitTable:
    """The table in *data*. Raises BadSignature, or ValueError where it is none or one of its permits cannot be."""
    table = _SIGNED.read(data, verifier)
    if _has_double(permit.id for permit in table.permits) or _has_double(each.id for each in table.answered):
        raise ValueError("two entries of the table of permits have one id")
    return table


def _has_double(ids: Iterable[str]) -> bool:
    found = list(ids)
    return len(set(found)) != len(found)


def _mac(body: bytes, key: bytes) -> str:
    return hmac.new(key, body, hashlib.sha256).hexdigest()
