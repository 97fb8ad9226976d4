"""Frames of masked messages, as an independent reader of RFC 6455 reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto.connection import Connection, ConnectionType
from wsproto.events import TextMessage

from policies.choose import EVERYBODYS
from policies.formats.masker import Withheld
from policies.formats.messages import Message, Messages
from policies.formats.socket_messages import SocketMasker, text_frame
from tests.policies.formats.masking import REMARK, UNDECLARED, tally
from tests.spellings import ID_NO


def masker() -> SocketMasker:
    kinds = {"message": Message(text=REMARK)}
    return SocketMasker(Messages(kinds, UNDECLARED, REMARK, tally(), EVERYBODYS))


def read(frames: bytes) -> str:
    reader = Connection(ConnectionType.CLIENT)
    reader.receive_data(frames)
    heard = list(reader.events())
    assert all(isinstance(event, TextMessage) for event in heard)
    return "".join(str(event.data) for event in heard if isinstance(event, TextMessage))


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65_535, 65_536, 70_000])
def test_a_frame_of_each_length_is_read_as_it_was_meant(length: int) -> None:
    assert read(text_frame("x" * length)) == "x" * length


@given(st.lists(st.integers(1, 40), max_size=8))
def test_messages_are_one_text_wherever_they_are_cut(cuts: list[int]) -> None:
    text, made, out = f"证号{ID_NO}。", masker(), b""
    for length in [*cuts, len(text)]:
        piece, text = text[:length], text[length:]
        out += b"".join(made.feed(piece.encode()) if piece else [])
    assert read(out + b"".join(made.close())) == "证号***。"


def test_what_is_no_text_is_withheld() -> None:
    with pytest.raises(Withheld):
        masker().feed(b"\xff")
