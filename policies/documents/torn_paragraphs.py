"""Values that go on in the next paragraph, as texts have them that were copied line by line."""

import re

from policies.recognisers.scan import scan

WINDOW = 40
"""Characters on either side that are looked at: no value is longer."""
_BROKEN_OFF = re.compile(r"[0-9][0-9 \-]{2,}\Z")
_NUMBER_GOES_ON = re.compile(r"[0-9]{2}")
_ADDRESS_GOES_ON = re.compile(
    r"[0-9A-Za-z一二三四五六七八九十甲乙丙丁东西南北]{1,6}(?:号|栋|幢|座|楼|单元|室|弄|组|门|层)(?![码线召])"
)


def torn(before: str, after: str) -> tuple[int, int]:
    """How many of the last characters of *before* and of the first of *after* are one value; none of either where
    nothing goes on.
    """
    tail, head = before.rstrip()[-WINDOW:], after.lstrip()[:WINDOW]
    is_address = _ADDRESS_GOES_ON.match(head) is not None
    if not is_address and not (_BROKEN_OFF.search(tail) and _NUMBER_GOES_ON.match(head)):
        return 0, 0
    at = len(tail)
    for hit in scan(tail + head, prose=is_address):
        if hit.start < at < hit.end:
            spaces_behind, spaces_before = len(before) - len(before.rstrip()), len(after) - len(after.lstrip())
            return at - hit.start + spaces_behind, hit.end - at + spaces_before
    return 0, 0
