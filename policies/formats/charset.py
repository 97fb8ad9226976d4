"""From bytes to text and back, strictly, as the bytes arrive."""

import codecs

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


class Charset:
    """Decodes one body piece by piece. Anything but a known charset, and any byte that is none of it, is withheld."""

    def __init__(self, name: str) -> None:
        try:
            self.codec = _CODECS[name.lower()]
        except KeyError:
            raise Withheld("unknown_charset") from None
        self._decoder = codecs.getincrementaldecoder(self.codec)("strict")

    def decode(self, data: bytes, *, final: bool = False) -> str:
        """The characters that end within *data*. Raises Withheld for bytes that are no text."""
        try:
            return self._decoder.decode(data, final)
        except UnicodeDecodeError:
            raise Withheld("wrong_charset") from None

    def encode(self, text: str) -> bytes:
        """*text* as the caller expects it."""
        try:
            return text.encode(self.codec)
        except UnicodeEncodeError:
            raise Withheld("wrong_charset") from None
