"""Permits: what a table and what is asked for may say, and who can write them."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.keys.key_files import BadSignature, Signer, Verifier, make_secret
from policies.permits import (
    LARGEST_ASKED,
    LONGEST,
    PERMIT_ID,
    Answered,
    Asked,
    Kind,
    Permit,
    PermitTable,
    State,
    asking_key,
    new_permit_id,
    read_asked,
    read_permits,
    write_asked,
    write_permits,
)

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
KEY = asking_key(bytes(32))
ASKED = Asked(
    id="prm-00112233445566aa",
    kind=Kind.REVEAL,
    reveal="window-sees-whole",
    caller="e-wang",
    posts=("social-clerk",),
    credential="key:1",
    system="hall",
    event="20261126T0900-1",
    case="XF-2026/7",
    reason="窗口核对材料原件",
    at=NOW,
)
PERMIT = Permit(
    id=ASKED.id,
    kind=Kind.REVEAL,
    reveal=ASKED.reveal,
    caller=ASKED.caller,
    system="hall",
    subject="1:00",
    categories=("resident_id",),
    case=ASKED.case,
    event=ASKED.event,
    opened_at=NOW,
    until=NOW + timedelta(minutes=15),
)
BROKEN_GLASS = msgspec.structs.replace(
    PERMIT, id="prm-0000000000000001", kind=Kind.BREAK_GLASS, subject="", until=NOW + timedelta(minutes=60)
)
ANSWERED = Answered(id=ASKED.id, caller=ASKED.caller, state=State.OPEN, until=PERMIT.until)
TABLE = PermitTable(generation=3, permits=(PERMIT, BROKEN_GLASS), answered=(ANSWERED,))


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    make_secret(tmp_path / "program.key")
    return Signer(tmp_path / "program.key")


def test_an_id_is_one_and_new() -> None:
    assert PERMIT_ID.fullmatch(new_permit_id())
    assert new_permit_id() != new_permit_id()


def test_what_is_asked_for_comes_back_whole() -> None:
    assert read_asked(write_asked(ASKED, KEY), KEY) == ASKED


@given(st.data())
def test_what_is_asked_for_is_refused_with_any_byte_altered(data: st.DataObject) -> None:
    written = bytearray(write_asked(ASKED, KEY))
    place = data.draw(st.integers(0, len(written) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != written[place]))
    written[place] = byte
    with pytest.raises(ValueError, match="asked for"):
        read_asked(bytes(written), KEY)


@pytest.mark.parametrize(
    "written",
    [b"", b"null", b"[]", b"\xff", b"{}", b'{"asked": "{}"}', b"[" * 4000, b" " * (LARGEST_ASKED + 1)],
)
def test_other_bytes_are_not_what_is_asked_for(written: bytes) -> None:
    with pytest.raises(ValueError, match="asked for"):
        read_asked(written, KEY)


def test_who_has_another_key_asks_for_nothing() -> None:
    with pytest.raises(ValueError, match="not written by a worker"):
        read_asked(write_asked(ASKED, asking_key(b"1" * 32)), KEY)


def test_what_is_asked_for_is_small() -> None:
    with pytest.raises(ValueError, match="4096 bytes"):
        write_asked(msgspec.structs.replace(ASKED, posts=("p" * 250,) * 20), KEY)


def test_a_table_comes_back_whole(signer: Signer) -> None:
    assert read_permits(write_permits(TABLE, signer), Verifier(signer.public_bytes)) == TABLE


def test_a_table_that_was_altered_or_signed_by_another_is_none(signer: Signer, tmp_path: Path) -> None:
    written = write_permits(TABLE, signer)
    with pytest.raises(BadSignature):
        read_permits(written.replace(b"e-wang", b"e-chen"), Verifier(signer.public_bytes))
    make_secret(tmp_path / "other.key")
    with pytest.raises(BadSignature):
        read_permits(written, Verifier(Signer(tmp_path / "other.key").public_bytes))


@pytest.mark.parametrize("data", [b"", b"null", b"[]", b"\xff", b"{}", b'{"permits": "{}"}'])
def test_other_bytes_are_no_table(data: bytes, signer: Signer) -> None:
    with pytest.raises(ValueError, match="table of permits"):
        read_permits(data, Verifier(signer.public_bytes))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("until", "2026-11-26T09:15:01Z"),  # longer than may be
        ("until", "2026-11-26T09:00:00Z"),  # ends as it begins
        ("until", "2026-11-26T08:00:00Z"),
        ("until", "2026-11-26T09:15:00"),  # of no zone
        ("subject", ""),  # of everybody
        ("kind", "break_glass"),  # of everybody, and yet of one
        ("kind", "grant"),
        ("caller", ""),
        ("categories", "resident_id"),
        ("id", "prm-1"),
        ("id", "prm-00112233445566aa\n"),
        ("shows", "all"),
    ],
)
def test_a_table_with_one_permit_that_cannot_be_is_none(field: str, value: str, signer: Signer) -> None:
    permits = [json.loads(msgspec.json.encode(each)) for each in TABLE.permits]
    permits[0][field] = value
    body = json.dumps({"generation": 3, "permits": permits, "answered": []})
    written = json.dumps({"permits": body, "signature": signer.sign("yingbi permits 1", body.encode())})
    with pytest.raises(ValueError, match="table of permits"):
        read_permits(written.encode(), Verifier(signer.public_bytes))


def test_a_table_with_one_id_twice_is_none(signer: Signer) -> None:
    twice = PermitTable(generation=3, permits=(PERMIT, PERMIT))
    with pytest.raises(ValueError, match="one id"):
        read_permits(write_permits(twice, signer), Verifier(signer.public_bytes))


@pytest.mark.parametrize(
    ("caller", "system", "minutes", "count"),
    [
        ("e-wang", "hall", 0, 2),
        ("e-wang", "hall", 14, 2),
        ("e-wang", "hall", 15, 1),
        ("e-wang", "hall", 60, 0),
        ("e-wang", "hall", -1, 0),  # the clock says that it is not opened yet
        ("e-wang", "register", 0, 0),
        ("e-chen", "hall", 0, 0),
        ("", "hall", 0, 0),
    ],
)
def test_a_permit_counts_for_its_caller_and_system_while_it_lasts(
    caller: str, system: str, minutes: int, count: int
) -> None:
    assert len(TABLE.live(caller, system, NOW + timedelta(minutes=minutes))) == count


def test_what_became_of_it_is_told_to_who_asked() -> None:
    assert TABLE.answer_to(ASKED.id, "e-wang") is ANSWERED
    assert TABLE.answer_to(ASKED.id, "e-chen") is None
    assert TABLE.answer_to("prm-0000000000000009", "e-wang") is None


@given(st.sampled_from(Kind), st.integers(-10_000, 10_000))
def test_a_permit_lasts_no_longer_than_its_kind_may(kind: Kind, seconds: int) -> None:
    length = timedelta(seconds=seconds)
    subject = "" if kind is Kind.BREAK_GLASS else "1:00"
    if timedelta() < length <= LONGEST[kind]:
        assert msgspec.structs.replace(PERMIT, kind=kind, subject=subject, until=NOW + length).is_live(NOW)
    else:
        with pytest.raises(ValueError, match="lasts at most"):
            msgspec.structs.replace(PERMIT, kind=kind, subject=subject, until=NOW + length)
