import base64
import subprocess
import sys
import zlib
from collections.abc import Iterable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from policies.recognisers import packed_values
from policies.recognisers.readings import packed

MANY = """
import base64
from policies.recognisers.packed_values import may_be_packed
values = [f"13{number:07}" for number in range(60_000)]
print(may_be_packed(base64.b64encode(b"13" * 300_000).decode(), values))
print(may_be_packed(base64.b64encode(b"a" * 600_000).decode(), [f"{'a' * 30}{number:03}" for number in range(1000)]))
print(may_be_packed(base64.b64encode(b"a" * 300_000).decode(), [f"{'a' * 299_990}b"]))
"""
"""What took minutes each: values that begin alike, in octets that look like them at every place."""

VALUES = ["张三", "李小四", "王é五", "𠮷田", "Ann Lee", "13800138000", "a\nb", "幸福路1号"]


def answers(text: str, values: Iterable[str]) -> set[bool]:
    """What `may_be_packed` says with the kernel, where there is one, and without."""
    values = list(values)
    with pytest.MonkeyPatch.context() as without:
        without.setattr(packed_values, "KERNEL", None)
        alone = packed_values.may_be_packed(text, values)
    return {packed_values.may_be_packed(text, values), alone}


def held(value: str, codec: str, before: bytes) -> bytes:
    return before + value.encode(codec)


data = st.builds(
    held,
    st.sampled_from(VALUES),
    st.sampled_from(["utf-8", "gb18030", "utf-16-le", "utf-16-be"]),
    st.sampled_from([b"", b"x", b"xy", b"\xff", b"\0", "张".encode("gb18030")]),
) | st.binary(min_size=6, max_size=30)
written = st.one_of(
    data.map(lambda octets: base64.b64encode(octets).decode()),
    data.map(lambda octets: base64.urlsafe_b64encode(octets).decode().rstrip("=")),
    data.map(lambda octets: base64.b32encode(octets).decode()),
    data.map(lambda octets: base64.b32encode(octets).decode().lower().rstrip("=")),
    data.map(bytes.hex),
    data.map(lambda octets: base64.b64encode(zlib.compress(octets * 3)).decode()),
    data.map(lambda octets: zlib.compress(octets * 3).hex()),
    st.sampled_from(["2026-10-05T09", "YZ-2026-000123", "/", "x", "张", "ABC", "9"]),
)


@given(st.lists(st.lists(written, max_size=3).map("".join), max_size=4).map(" ".join), st.sets(st.sampled_from(VALUES)))
@example(base64.b64encode(b"\xff\xff" + "张三".encode() * 2).decode(), {"张三"})
@example("00" + zlib.compress("张三".encode()).hex(), {"张三"})
def test_no_value_is_missed_that_is_found_by_reading_everything_packed(text: str, values: set[str]) -> None:
    if any(value in found for _, _, found, _ in packed(text) for value in values):
        assert answers(text, values) == {True}


@given(st.dates(), st.times(), st.integers(0, 999_999))
def test_dates_and_numbers_hold_no_names(day: object, time: object, number: int) -> None:
    assert answers(f"{day}T{time}+08:00 YZ-2026-{number:06}", VALUES[1:6]) == {False}


def test_each_charset_and_alignment_is_looked_into() -> None:
    for codec in ("utf-8", "gb18030", "utf-16-le", "utf-16-be"):
        for before in (b"", b"x", b"xy", b"xyz"):
            octets = before + "\0李小四你好".encode(codec)
            for text in (base64.b64encode(octets).decode(), octets.hex(), f"Z{base64.b64encode(octets).decode()}"):
                assert answers(text, ["李小四"]) == {True}, (codec, before, text)
                assert answers(text, ["赵钱孙"]) == {False}


def test_values_that_begin_alike_are_looked_for_at_once() -> None:
    ran = subprocess.run([sys.executable, "-c", MANY], capture_output=True, text=True, timeout=300, check=True)
    assert ran.stdout.split()[0] == "False"


@pytest.mark.parametrize("before", [b"", b"x", b"xy"])
@pytest.mark.parametrize("value", ["幸福路", "幸福路1号", "幸福", "幸福路1号" * 9])
def test_a_value_is_found_among_those_that_it_begins_or_that_begin_it(value: str, before: bytes) -> None:
    text = base64.b64encode(before + value.encode() + b"YZ-2026").decode()
    others = ["幸福路1号2", "幸运", f"{value}X", value, f"{value}Z", "幸", "幹"]
    for values in (others, others[::-1]):
        assert answers(text, values) == {True}
    assert answers(text, [f"{value}Z", "幸运"]) == {False} or len(value.encode()) > 32
