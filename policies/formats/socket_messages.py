"""Masks the messages of a WebSocket: one whole text goes in at a time, whole frames come out (RFC 6455, 5.2)."""

from policies.formats.event_stream import UNNAMED
from policies.formats.masker import Tally, Withheld
from policies.formats.messages import Messages

_FINAL_TEXT = 0x81
_SHORT, _MEDIUM = 126, 1 << 16


class SocketMasker:
    """A masker whose input is one message at a time, and whose output are frames for the caller."""

    def __init__(self, messages: Messages) -> None:
        self.tally: Tally = messages.tally
        self._messages = messages

    def feed(self, data: bytes) -> list[bytes]:
        """The frames to send for the text *data*; see `Masker.feed`."""
        try:
            text = data.decode()
        except UnicodeDecodeError:
            raise Withheld("wrong_charset") from None
        return [text_frame(shown) for _, shown in self._messages.masked(UNNAMED, text)]

    def close(self) -> list[bytes]:
        """See `Masker.close`."""
        return [text_frame(shown) for _, shown in self._messages.close()]


def text_frame(text: str) -> bytes:
    """*text* as one frame of a server, which masks nothing in the sense of RFC 6455."""
    data = text.encode()
    if len(data) < _SHORT:
        return bytes((_FINAL_TEXT, len(data))) + data
    if len(data) < _MEDIUM:
        return bytes((_FINAL_TEXT, 126)) + len(data).to_bytes(2) + data
    return bytes((_FINAL_TEXT, 127)) + len(data).to_bytes(8) + data
