"""Spaces that stand within an address for its looks alone: 文三路 478 号, as Chinese is set beside ASCII.

The tagger and the rules for addresses know places as they are written without them.
"""

import re

from policies.recognisers.normalise import Normal, without

_UNITS = "号|弄|栋|幢|座|单元|层|楼|室|户|#"
_FOR_LOOKS = re.compile(
    f"(?<=[路街道巷弄号院区期村庄园苑庭城府厦场心座栋幢楼段组元层]) (?=[0-9A-Z][0-9A-Z-]{{0,7}} (?:{_UNITS}))"
    f"|(?<=[0-9A-Z]) (?=(?:{_UNITS})(?!码|称|上|下|里))"
)
"""Behind what parts of an address end with, and before what numbers in one count."""


def without_spaces(normal: Normal) -> Normal:
    """*normal* without the spaces that part numbers of an address from what they number."""
    return without(normal, _FOR_LOOKS) if " " in normal.text else normal
