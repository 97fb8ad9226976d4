"""Whether anything packed in a text may hold values that are known, asked fast: most often nothing does.

What looks packed is most often no such thing: `2026-10-05T09` could be base64. To read each such run in every alignment
and character set takes longer than all else that is done with a record. Here all of them are decoded at once, and the
values are looked for in the octets as each character set would write them.
"""

import re
import string
from binascii import a2b_base64
from collections.abc import Collection, Iterable, Iterator

from policies.kernel.library import KERNEL
from policies.recognisers.readings import COMPRESSED, SHORTEST_BASE64, SHORTEST_OTHER, in_other_digits

_CAPITALS = string.ascii_uppercase.encode() + b"+/"
_LETTERS = string.ascii_letters.encode() + string.digits.encode() + b"+/"
"""What base64, base32 and hexadecimal digits are runs of."""
_RUNS = bytes(code if code in _LETTERS else ord(" ") for code in bytes.maketrans(b"-_", b"+/"))
_GROUP, _OCTETS = 4, 3
"""So many letters of base64 spell so many octets."""
_FILLED = b"/" * _GROUP
_EVERY = bytes(range(256))
_COMPRESSED = re.compile(rb"\n[A-Za-z0-9+/]{0,3}?(?:H4sI|eA[E-H]|eF[4-7]|eJ[w-z]|eN[o-r])")
"""How `readings.COMPRESSED` is written in base64, in any alignment."""


def may_be_packed(text: str, values: Iterable[str]) -> bool:
    """False only where none of *values* stands in anything that `readings.packed` finds in *text*."""
    values = list(values)
    if KERNEL is not None:
        lines = "\n".join(values)
        forms = lines.encode("utf-8", "surrogatepass") + b"\n" + lines.encode("gb18030", "replace")
        may_be = KERNEL.holds_packed(text.encode("utf-8", "surrogatepass"), forms)
        if may_be is not None and lines.count("\n") < max(1, len(values)):
            return may_be
    runs = [run for run in _runs_in(text) if len(run) >= SHORTEST_BASE64]
    longest = max(map(len, runs), default=0)
    room = longest * _OCTETS // _GROUP
    sought = {value for value in values if len(value) <= room and _least_octets(value) <= room}
    if any("\n" in value for value in sought):
        return True  # a line break is also read where there is no text
    others = []
    if longest >= SHORTEST_OTHER:
        others = [data for _, _, data in in_other_digits(b"\n".join(runs).decode())]
    encoded = b"".join(b"\n" + run for run in runs if _may_be_base64(run))
    if any(data.startswith(COMPRESSED) for data in others) or _COMPRESSED.search(encoded):
        return True  # what it holds once it is unpacked may be of any length
    octets = b"\n".join([*others, *_decoded(encoded)])
    absent = _EVERY.translate(None, octets)
    # To ask whether each octet of it occurs at all is faster than to look for them one behind the other.
    return any(form in octets for form in _forms(sought, octets) if form.translate(None, absent) == form)


def _runs_in(text: str) -> list[bytes]:
    """The runs of letters of base64 in *text*, those for addresses spelled as the others."""
    return text.encode("ascii", "replace").translate(_RUNS).split()


def _may_be_base64(run: bytes) -> bool:
    """Whether `readings.packed` reads *run* as base64."""
    return run.lower() != run and bool(run.translate(None, _CAPITALS))


def _decoded(encoded: bytes) -> Iterator[bytes]:
    """The octets of *encoded* in each alignment, in one of which those of each run stand, wherever it begins."""
    filled = encoded.replace(b"\n", b"/") + _FILLED
    for skipped in range(_GROUP):
        yield a2b_base64(filled[skipped : len(filled) - (len(filled) - skipped) % _GROUP])


def _least_octets(value: str) -> int:
    """How many octets *value* takes at least, in any character set: what is not ASCII takes two for each character."""
    return len(value) + (len(value.encode("utf-8", "surrogatepass")) - len(value)) // 2


def _forms(values: Collection[str], octets: bytes) -> Iterator[bytes]:
    """How *values* may be written in *octets*."""
    if not values:
        return
    joined = "\n".join(values)
    yield from joined.encode("utf-8", "surrogatepass").split(b"\n")
    yield from joined.encode("gb18030", "replace").split(b"\n")
    if b"\0" in octets:
        yield from (value.encode(codec, "surrogatepass") for value in values for codec in ("utf-16-le", "utf-16-be"))
