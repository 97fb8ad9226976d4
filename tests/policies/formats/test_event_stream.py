"""Server-sent events as WHATWG has them: what their reader is told is what is declared, however they are split."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.choose import EVERYBODYS
from policies.formats.event_stream import EventStreamMasker
from policies.formats.json.nodes import Object, Value
from policies.formats.masker import Withheld
from policies.formats.messages import LARGEST_MESSAGE, MOST_TEXTS, Message, Messages
from tests.policies.formats.masking import PUBLIC, RECORD, REMARK, UNDECLARED, cuts, in_pieces, tally, whole
from tests.spellings import ID_NO, MOBILE

CHOICES = Object({"text": Value(REMARK), "index": Value(PUBLIC)}, Value(UNDECLARED))
KINDS = {
    "message": Message(node=RECORD, whole=True),
    "part": Message(node=RECORD),
    "note": Message(text=REMARK),
    "word": Message(node=CHOICES, joined=(("*", "text"),), by="index", literals=frozenset({"[DONE]"})),
}


def masker() -> EventStreamMasker:
    messages = Messages(KINDS, UNDECLARED, REMARK, tally(), EVERYBODYS)
    return EventStreamMasker(messages, lambda value: value if value.isdigit() and len(value) < 4 else None)


LINES = (
    *(
        "event: note",
        "event:word",
        "event",
        "event: other",
        "data",
        "data:",
        "data: x",
        f"data:{MOBILE[:6]}",
        f"data: {MOBILE}",
    ),
    *('data: {"name":"张三丰"}', 'data: [{"index":0,"text":"138"}]', 'data: [{"index":1,"text":"。"}]', "data: [DONE]"),
    *("id: 7", f"id: {ID_NO}", "retry: 10", "retry: x", ": x", ":", "", "", "", "other: x", "\ufeff"),
)
streams = st.lists(st.tuples(st.sampled_from(LINES), st.sampled_from(["\n", "\r", "\r\n"])), max_size=24).map(
    lambda lines: "".join(line + end for line, end in lines).encode()
)


def outcome(stream: bytes, places: list[int] | None = None) -> bytes | str:
    try:
        return whole(masker, stream) if places is None else in_pieces(masker, stream, places)
    except Withheld as withheld:
        return withheld.reason


@given(streams, cuts)
def test_any_split_gives_the_same(stream: bytes, places: list[int]) -> None:
    assert outcome(stream, places) == outcome(stream)


@given(streams)
def test_what_is_written_reads_as_it_was_meant_and_is_masked_already(stream: bytes) -> None:
    shown = outcome(stream)
    if isinstance(shown, bytes):
        assert MOBILE not in shown.decode()
        assert shown == b"" or shown.endswith(b"\n\n")
        assert b"\r" not in shown
        assert all(line.split(b":")[0] in (b"", b"event", b"data", b"id", b"retry") for line in shown.split(b"\n"))


@pytest.mark.parametrize(
    ("stream", "shown"),
    [
        ("data:a\n\n", None),
        ('data:{"id":1}\n\n', 'data: {"id":1}\n\n'),
        ('data: {"id"\ndata:: 1}\n\n', 'data: {"id":1}\n\n'),
        ('event: message\ndata: {"id":1}\n\n', 'data: {"id":1}\n\n'),
        ('event: x\nevent: \ndata: {"id":1}\n\n', 'data: {"id":1}\n\n'),
        ('event: part\ndata: {"id":1,"remark":"好"}\n\n', 'event: part\ndata: {"id":1,"remark":"***"}\n\n'),
        ('event: part\ndata: {"remark":13800138}\n\n', 'event: part\ndata: {"remark":null}\n\n'),
        ("event: note\ndata: a\ndata: b\n\n", "event: note\ndata: a\ndata: \n\nevent: note\ndata: b\n\n"),
        ("id: 7\n\n", "id: 7\n\n"),
        ("id: 7\nevent: other\ndata: x\n\n", "id: 7\n\n"),
        ("event: other\n\n", ""),
        (":x\n:y\n\n", ":\n\n:\n\n"),
    ],
)
def test_a_stream(stream: str, shown: str | None) -> None:
    assert outcome(stream.encode()) == (shown.encode() if shown is not None else "not_json")


def word(*texts: str) -> bytes:
    return b"event: word\ndata: [%s]\n\n" % b",".join(
        b'{"index":%d,"text":"%s"}' % (n, t.encode()) for n, t in enumerate(texts)
    )


def test_too_much_is_withheld() -> None:
    assert outcome(b"data: " + b"x" * (LARGEST_MESSAGE + 1)) == "too_large_to_mask"
    assert outcome(b"data: x\n" * LARGEST_MESSAGE) == "too_large_to_mask"
    assert outcome(word(*["a"] * (MOST_TEXTS + 1))) == "too_large_to_mask"


def test_what_has_waited_comes_in_the_message_that_it_came_in() -> None:
    shown = outcome(word("号", MOBILE[:5]) + word("码", MOBILE[5:]) + b"event: word\ndata: [DONE]\n\n")
    assert isinstance(shown, bytes)
    assert [line for line in shown.decode().split("\n") if line.startswith("data")] == [
        'data: [{"index":0,"text":""},{"index":1,"text":""}]',
        'data: [{"index":0,"text":""},{"index":1,"text":""}]',
        'data: [{"index":0,"text":"号码"},{"index":1,"text":""}]',
        'data: [{"index":0,"text":""},{"index":1,"text":"***"}]',
        "data: [DONE]",
    ]
