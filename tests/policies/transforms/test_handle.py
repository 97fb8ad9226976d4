import base64
import pickle
import re

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from hypothesis import example, given
from hypothesis import strategies as st

from policies.keys.data_keys import BadToken, DataKey, DataKeys
from policies.transforms.handle import BLOCK_BYTES, Handles, handles_in, holds_handle, is_handle

KEY, OLD = DataKey("0a1b2c3d", b"k" * 32), DataKey("00000001", b"j" * 32)
HANDLES = Handles(DataKeys(KEY.id, {KEY.id: KEY}), "hall")
NOON = 1_780_000_000 // 3600 * 3600.0
CLERK = HANDLES.of("clerk-wu", NOON)
VALUE, FIELD = "11010519491231002X", ("key", "person")
HANDLE = CLERK.handle(VALUE, *FIELD)


@given(st.text(), st.lists(st.text(max_size=5), max_size=3), st.text(max_size=5))
@example("", [], "")
@example("\0", ["\0"], "\0")
@example("\ud800", ["\ud800"], "")
def test_a_handle_opens_for_whom_it_was_made(value: str, field: list[str], caller: str) -> None:
    holder = HANDLES.of(caller, NOON)
    handle = holder.handle(value, *field)
    assert holder.opened(handle, *field) == value
    assert is_handle(handle)


@given(st.text(max_size=40), st.floats(0, 3599.99))
def test_within_an_hour_one_value_has_one_handle(value: str, later_s: float) -> None:
    handle = CLERK.handle(value, *FIELD)
    assert re.fullmatch(r"yb~[A-Za-z0-9_-]+", handle)  # nothing that an address would escape
    assert HANDLES.of("clerk-wu", NOON + later_s).handle(value, *FIELD) == handle
    assert HANDLES.of("clerk-wu", NOON + 3600).handle(value, *FIELD) != handle


@given(st.text(max_size=100), st.text(max_size=100))
def test_its_length_tells_no_more_than_blocks(one: str, other: str) -> None:
    blocks = [len(value.encode()) // BLOCK_BYTES for value in (one, other)]
    same = len(CLERK.handle(one)) == len(CLERK.handle(other))
    assert same == (blocks[0] == blocks[1])


@given(st.data())
def test_an_altered_handle_does_not_open(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(HANDLE) - 1))
    char = data.draw(st.characters(codec="ascii").filter(lambda char: char != HANDLE[at]))
    altered = [HANDLE[:at] + char + HANDLE[at + 1 :], HANDLE[:at], HANDLE + char, char + HANDLE, HANDLE * 2]
    for each in (*altered, HANDLE.swapcase(), HANDLE.lower(), HANDLE + "=", HANDLE + "A" * 32):
        with pytest.raises(BadToken) as refused:
            CLERK.opened(each, *FIELD)
        assert str(refused.value) == ""


OTHER_SYSTEM = Handles(DataKeys(KEY.id, {KEY.id: KEY}), "register")
OTHER_KEY = Handles(DataKeys(KEY.id, {KEY.id: DataKey(KEY.id, b"j" * 32)}), "hall")
REVOKED = Handles(DataKeys(OLD.id, {OLD.id: OLD}), "hall")


@pytest.mark.parametrize(
    ("handles", "caller", "later_s", "field"),
    [
        (HANDLES, "clerk-wu", 9 * 3600, FIELD),
        (HANDLES, "clerk-wu", 10**9, FIELD),
        (HANDLES, "clerk-wu", -3601, FIELD),
        (HANDLES, "clerk-li", 0, FIELD),
        (HANDLES, "", 0, FIELD),
        (HANDLES, "clerk-wu", 0, ("key", "household")),
        (HANDLES, "clerk-wu", 0, ("key",)),
        (HANDLES, "clerk-wu", 0, ("ke", "yperson")),
        (HANDLES, "clerk-wukey", 0, ("person",)),
        (OTHER_SYSTEM, "clerk-wu", 0, FIELD),
        (OTHER_KEY, "clerk-wu", 0, FIELD),
        (REVOKED, "clerk-wu", 0, FIELD),
    ],
)
def test_it_opens_for_nobody_else_nowhere_else_and_no_longer(
    handles: Handles, caller: str, later_s: float, field: tuple[str, ...]
) -> None:
    with pytest.raises(BadToken):
        handles.of(caller, NOON + later_s).opened(HANDLE, *field)


@pytest.mark.parametrize("later_s", [0, 3599, 3600, 8 * 3600, 9 * 3600 - 1, -1, -3600])
def test_it_opens_all_day_and_where_the_clock_is_an_hour_behind(later_s: float) -> None:
    assert HANDLES.of("clerk-wu", NOON + later_s).opened(HANDLE, *FIELD) == VALUE


def test_it_opens_after_the_key_was_rotated() -> None:
    rotated = Handles(DataKeys(OLD.id, {OLD.id: OLD, KEY.id: KEY}), "hall").of("clerk-wu", NOON)
    assert rotated.opened(HANDLE, *FIELD) == VALUE
    assert rotated.handle(VALUE, *FIELD) != HANDLE


def test_it_is_aes_siv_under_the_derived_keys() -> None:
    """The layout is what it says: whoever has the secret and the standard can read a handle without this code."""
    data = base64.urlsafe_b64decode(HANDLE.removeprefix("yb~") + "=" * (-len(HANDLE.removeprefix("yb~")) % 4))
    head, sealed = data[:9], data[9:]
    assert head == b"\x01" + bytes.fromhex(KEY.id) + int(NOON // 3600).to_bytes(4)
    key = KEY.for_use("handle", "hall", "mac") + KEY.for_use("handle", "hall", "encrypt")
    filled = AESSIV(key).decrypt(sealed, [head, b"hall", b"clerk-wu", b"key", b"person"])
    assert filled == VALUE.encode() + b"\x80" + b"\0" * 13


@pytest.mark.parametrize(
    ("text", "found", "suspected"),
    [
        (HANDLE, 1, True),
        (f"/people/{HANDLE}.json?next={HANDLE}", 2, True),
        (f"x{HANDLE}", 1, True),
        (HANDLE.upper(), 0, True),
        (HANDLE[:60], 0, True),
        ("yb~", 0, False),
        ("yb~ und so weiter, und so fort", 0, False),
        ("", 0, False),
    ],
)
def test_handles_are_told_by_their_looks(text: str, found: int, suspected: bool) -> None:
    assert len(handles_in(text)) == found
    assert holds_handle(text) == suspected
    assert is_handle(text) == (text == HANDLE)


def test_what_holds_the_keys_is_neither_pickled_nor_printed() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(HANDLES)
    assert "kkkk" not in repr(CLERK)
