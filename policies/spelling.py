"""How applications spell the key of a record in their addresses: some write it as it is, some in an encoding of theirs.

A key that stands in an address is never taken apart: it is sealed as it is spelled. Only where a key stands by itself,
in a control or a field, has it to be spelled before it fits an address, and read again on its way back.
"""

import re
import string
from enum import StrEnum
from urllib.parse import unquote

_OURS = string.ascii_letters + string.digits


class Spelling(StrEnum):
    """One way."""

    PLAIN = "plain"
    """As it is."""
    TILDE = "tilde"
    """`~2F` for a slash, `+` for a blank. Source: Datasette, `tilde_encode`."""
    UNDERSCORE = "underscore"
    """`_2F` for a slash. Source: Django, `django.contrib.admin.utils.quote`."""


_TILDE_SAFE = frozenset(_OURS + "_-")
_UNDERSCORE_ESCAPED = frozenset('":/_#?;@&=+$,"[]<>%\n\\')
_TILDE_ESCAPE = re.compile("~([0-9A-F]{2})")
_UNDERSCORE_ESCAPE = re.compile("_([0-9A-F]{2})")


def spelled(key: str, spelling: Spelling) -> str:
    """*key* as it stands in an address, before that is percent-encoded."""
    match spelling:
        case Spelling.PLAIN:
            return key
        case Spelling.TILDE:
            return "".join("+" if char == " " else char if char in _TILDE_SAFE else _tildes(char) for char in key)
        case Spelling.UNDERSCORE:
            return "".join(f"_{ord(char):02X}" if char in _UNDERSCORE_ESCAPED else char for char in key)


def read(written: str, spelling: Spelling) -> str:
    """The key that is *written* so. Raises ValueError where no key is, or more than one."""
    key = _read(written, spelling)
    if spelled(key, spelling) != written:
        raise ValueError("a key is not spelled like that")
    return key


def _read(written: str, spelling: Spelling) -> str:
    match spelling:
        case Spelling.PLAIN:
            return written
        case Spelling.TILDE:
            percents = _TILDE_ESCAPE.sub(r"%\1", written.replace("%", "~25").replace("+", " "))
            return unquote(percents, errors="replace")
        case Spelling.UNDERSCORE:
            return _UNDERSCORE_ESCAPE.sub(lambda found: chr(int(found[1], 16)), written)


def _tildes(char: str) -> str:
    return "".join(f"~{byte:02X}" for byte in char.encode())
