"""What an answer that has come whole tells of itself where its head says nothing, or says what it is not. Pure.

Systems of ten years ago send pages and tables in GBK and say so within the page alone, or nowhere, and JSON as a page.
What is read here is said to the caller with the answer, so he reads what was masked.
"""

import re
from typing import NamedTuple

from policies.documents.plain import decoded, spells_otherwise
from policies.formats.as_said import begins_as_json
from policies.formats.masker import Withheld

_LOOKED_AT = 1024
"""Bytes of a page in which browsers look for it. Source: HTML, 13.2.3.2."""
_META = re.compile(
    rb"<meta\s[^>]{0,200}?charset\s{0,4}=\s{0,4}[\"']?\s{0,4}(gb18030|gbk|gb2312|x-gbk)[\s\"'/>;]"
    rb"|^\s{0,64}<\?xml\s[^>]{0,100}?encoding\s{0,4}=\s{0,4}[\"'](gb18030|gbk|gb2312)[\"']",
    re.IGNORECASE,
)
_READ = ("html", "text", "csv")
_MAY_BE_JSON = ("html", "text")
_JSON = "json"


class Told(NamedTuple):
    """What is told; "" stands for nothing."""

    kind: str = ""
    """How it is to be read in the place of what its media type says."""
    charset: str = ""


NOTHING = Told()


def told_by(body: bytes, kind: str, charset: str) -> Told:
    """What *body* tells, whose head says that it is of *kind* and in *charset*, "" where it says none.

    Nothing is told of a charset that is not of the family of GBK, nor where the octets may as well be in another.
    """
    if kind in _MAY_BE_JSON and begins_as_json(body) and body.rstrip()[-1:] in (b"}", b"]"):
        return Told(kind=_JSON)
    if charset or kind not in _READ or body.isascii() or _is_utf8(body) or spells_otherwise(body):
        return NOTHING
    if kind == "html" and (said := _META.search(body[:_LOOKED_AT])) is not None:
        return Told(charset=(said[1] or said[2]).decode("ascii").lower())
    try:
        codec = decoded(body)[2]
    except Withheld:
        return NOTHING
    return Told(charset=codec) if codec == "gb18030" else NOTHING


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
