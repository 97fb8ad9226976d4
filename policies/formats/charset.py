"""From bytes to text and back, strictly, as the bytes arrive."""

import codecs
import re

from policies.formats.masker import Withheld

# GB 18030 contains GBK and GB 2312, character for character and byte for byte.
_CODECS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "gb18030": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
}
_LAST_OF_TWO_BYTES = "\u07ff"
_NO_TEXT = re.compile(r"[\x00\x0e\x0f\x1b]")
"""What stands in no text of these charsets: a NUL tells of UTF-16, a shift or an escape of ISO 2022."""


LONGEST_DOUBT = 64 * 1024
"""Characters that are held while they could be UTF-8 after all."""


class Charset:
    """Decodes one body piece by piece. Anything but a known charset, and any byte that is none of it, is withheld.

    So is what is UTF-8 under another name: read as GB 18030 its characters are others, and no name is found in them.
    Real GBK may be valid UTF-8 by chance as long as it is short, but hardly with a sequence of three bytes in it.
    """

    def __init__(self, name: str) -> None:
        try:
            self.codec = _CODECS[name.lower()]
        except KeyError:
            raise Withheld("unknown_charset") from None
        self._decoder = _decoder_of(self.codec)
        self._doubt = _decoder_of("utf-8") if self.codec != "utf-8" else None
        """Reads the same bytes as UTF-8 for as long as that can be."""
        self._seems_utf_8 = False
        self._held = ""

    def decode(self, data: bytes, *, final: bool = False) -> str:
        """The characters that end within *data*. Raises Withheld for bytes that are no text, or not that text."""
        try:
            text = self._decoder.decode(data, final)
        except UnicodeDecodeError:
            raise Withheld("wrong_charset") from None
        if _NO_TEXT.search(text):
            raise Withheld("wrong_charset")
        return text if self._doubt is None else self._undoubted(self._doubt, text, data, final=final)

    def _undoubted(self, doubt: codecs.IncrementalDecoder, text: str, data: bytes, *, final: bool) -> str:
        """What of *text*, and of what was held before it, is beyond doubt."""
        try:
            read = doubt.decode(data, final)
        except UnicodeDecodeError:
            held, self._held, self._doubt = self._held, "", None
            return held + text
        self._seems_utf_8 = self._seems_utf_8 or max(read, default="") > _LAST_OF_TWO_BYTES
        if not self._seems_utf_8:
            return text
        self._held += text
        if final or len(self._held) > LONGEST_DOUBT:
            raise Withheld("wrong_charset")
        return ""

    def encode(self, text: str) -> bytes:
        """*text* as the caller expects it."""
        try:
            return text.encode(self.codec)
        except UnicodeEncodeError:
            raise Withheld("wrong_charset") from None


def codec_of(name: str) -> str:
    """The codec that reads the charset *name*: GB 18030 for all that it contains, else that of the same name, which
    nobody may have.
    """
    return "gb18030" if _CODECS.get(name.lower()) == "gb18030" else name


def _decoder_of(codec: str) -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder(codec)("strict")
