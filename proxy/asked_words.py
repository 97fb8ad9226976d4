"""What may be written for asking to see a record whole: a case number and a reason that tell nothing of anybody.

Both are recorded for good (invariant 3). A recogniser knows what is written as systems write it; somebody who writes by
hand spells a number with anything between its digits, an address without its city, and a name as he likes. So beyond
what recognisers find, a reason has no more digits than a date has, and a case number is hardly anything but digits.
"""

import re
import unicodedata

from policies.recognisers.normalise import NUMERALS
from policies.recognisers.scan import scan

SHORTEST_REASON, LONGEST_REASON = 8, 200
LONGEST_CASE = 40
FEWEST_DIGITS = 4
"""In a case number."""
MOST_LETTERS = 4
"""Between two digits of a case number, or before and behind them all: 信访受理 has four."""
MOST_DIGITS = 8
"""In a reason: a date has eight, a mobile number eleven."""

_CASE = re.compile(r"(?:[^\W_]|[/-]){1,40}")
_BETWEEN = re.compile(r"[/-]+")
_LETTERS = re.compile(rf"[^\W\d_]{{{MOST_LETTERS + 1},}}")
_DIGIT = re.compile(r"\d")
_NUMBER = r"[0-9十百千廿]{1,9}(?:[-之][0-9]{1,4})?[ ]?"
_ADDRESS = re.compile(
    rf"(?:路|街|大道|巷|弄|村|胡同|苑|园|坊|小区)[ ]?{_NUMBER}[号弄]"
    rf"|{_NUMBER}(?:号楼|[幢栋弄室]|单元)|(?:号楼|[幢栋]|单元)[ ]?{_NUMBER}"
)
"""A house, or a flat in one. A window and a form have numbers as well: 3号窗口."""
_DOMAIN = re.compile(
    r"(?:[.。・·]|(?<![a-z])dot(?![a-z])|点)[ )\]）]*(?:com|cn|net|org|edu|gov)(?![a-z])", re.IGNORECASE
)
"""What every address of e-mail ends with, whatever stands for its signs."""


def wrong_with_case(case: str) -> tuple[str, str] | None:
    """What to do about a *case* number that is none, Chinese and English; None where it may be one."""
    bare = _BETWEEN.sub("", case)
    if _CASE.fullmatch(case) and len(_DIGIT.findall(case)) >= FEWEST_DIGITS and not _LETTERS.search(bare):
        return None
    return (
        f"请填写案件编号：文字、数字、- 和 /，至少 {FEWEST_DIGITS} 个数字，连续的文字或字母不超过 {MOST_LETTERS} 个，"
        f"总共不超过 {LONGEST_CASE} 个字。编号较长的只写数字",
        f"give the number of the case: letters, digits, - and /, with {FEWEST_DIGITS} digits at least, {MOST_LETTERS} "
        f"letters in a row at most, and up to {LONGEST_CASE} characters; of a longer one the digits will do",
    )


def wrong_with_reason(reason: str) -> tuple[str, str] | None:
    """The same of a *reason* of a wrong length, or that does not print."""
    if SHORTEST_REASON <= len(reason) <= LONGEST_REASON and reason.isprintable():
        return None
    return (
        f"请用 {SHORTEST_REASON} 至 {LONGEST_REASON} 个字写明事由",
        f"say why in {SHORTEST_REASON} to {LONGEST_REASON} characters",
    )


def tells_of_somebody(case: str, reason: str) -> tuple[str, str] | None:
    """Where what is written may be somebody's, Chinese and English and without any value; None where it is nobody's."""
    for zh, en, text in (("事由", "the reason", reason), ("案件编号", "the case number", case)):
        for hit in scan(text)[:1]:
            # Where it stands tells who has written it what to change, and nobody else anything.
            return _at(zh, en, hit.start, hit.end)
    if scan(_BETWEEN.sub("", case)):  # a case number may part its digits as no number in a text is parted
        return "案件编号像是个人信息。它会留在记录里，请改写", "the case number looks like somebody's: write it anew"
    plain = "".join(unicodedata.normalize("NFKC", char)[:1] for char in reason).translate(NUMERALS)
    for pattern in (_ADDRESS, _DOMAIN):
        if (found := pattern.search(plain)) is not None:
            return _at("事由", "the reason", *found.span())
    if len(_DIGIT.findall(plain)) > MOST_DIGITS:
        return (
            f"事由中的数字超过 {MOST_DIGITS} 个，像是号码。它会留在记录里，请改写；案件编号写在案件编号一栏",
            f"the reason has more than {MOST_DIGITS} digits and is recorded: write it anew, without any number",
        )
    return None


def _at(zh: str, en: str, start: int, end: int) -> tuple[str, str]:
    return (
        f"{zh}的第 {start + 1} 至第 {end} 个字像是个人信息。它会留在记录里，请改写",
        f"characters {start + 1} to {end} of {en} look like somebody's: it is recorded, write it anew",
    )
