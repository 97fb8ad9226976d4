"""The table of recognisers: one row for each form that personal data takes in text.

A row's pattern finds candidates in normalised text; its check decides about a candidate stripped of separators. A
candidate whose check fails counts only where a context word stands before it, or where its form gives it away, because
typing errors are personal data too. To add a recogniser is to add a row and its cases in
`tests/policies/recognisers/test_table.py`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from policies.recognisers.checksums import is_luhn, is_resident_id, is_resident_id_15, is_uscc, resembles_resident_id

CONTEXT_CHARS = 24
"""How far before a candidate a context word may end."""


class Hit(msgspec.Struct, frozen=True):
    """Personal data found in a text. Made a great many times, hence no dataclass."""

    start: int
    """In code points of the text that was scanned."""
    end: int
    """Exclusive."""
    category: str
    score: float
    """How sure, 0 to 1."""
    why: str
    """What decided: `checksum`, `context`, `pattern`; a comma between two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recogniser:
    """One row of the table."""

    category: str
    pattern: re.Pattern[str]
    shortest: int
    """How long a candidate is at least."""
    check: Callable[[str], bool] | None
    """Of the candidate without separators, in upper case; None where the pattern says it all."""
    context: tuple[str, ...] = ()
    needs_context: bool = False
    """Whether even a candidate whose check holds counts only after a context word."""
    context_only: bool = False
    """Whether a candidate whose check fails counts after a context word."""
    form: Callable[[str], bool] | None = None
    """Of a candidate whose check fails: whether it counts by itself."""
    score: float
    """Of a candidate whose check holds, without context."""
    source: str


SEPARATORS = r" \-._/·•・"
AROUND_GROUPS = r" \-._·•・,():|~、。…"
"""What may stand around the groups that people write a mobile number in. With slashes it would be that of a file."""
MOST_SEPARATORS = 2
"""Between two digits."""
_SEP = r"[ \-.]?"
_GAP = rf"[{SEPARATORS}]{{0,{MOST_SEPARATORS}}}"
"""Where a check says whether the digits belong together."""
_GROUPED = rf"[{SEPARATORS}]{{1,{MOST_SEPARATORS}}}"
_AROUND = rf"[{AROUND_GROUPS}]{{0,3}}"
_NOT_AFTER_DIGIT = r"(?<![0-9])"
_NOT_BEFORE_DIGIT = r"(?![0-9])"

_DIALLED_FIRST = r"(?:0{0,2}86|0|179[0-9]{2}|12593|10193|11808)"
"""Before a mobile number, without anything between: a trunk prefix, the country's code, an operator's code of calls."""

_ID_WORDS = (
    "身份证",
    "证件号",
    "公民身份",
    "身份号",
    "证号",
    "idcard",
    "id card",
    "id no",
    "id number",
    "sfz",
    "gmsfhm",
)
_CARD_WORDS = ("银行卡", "卡号", "账号", "账户", "帐号", "开户", "card", "account")
_PHONE_WORDS = ("手机", "电话", "联系", "致电", "mobile", "phone", "tel", "sjh")


def _has_unionpay_prefix(number: str) -> bool:
    return number.startswith("62") and is_luhn(number)


TABLE: tuple[Recogniser, ...] = (
    Recogniser(
        category="resident_id",
        pattern=re.compile(rf"{_NOT_AFTER_DIGIT}[1-9](?:(?:{_GAP}[0-9]){{16}}{_GAP}[0-9Xx]"
            rf"|[0-9]{{5}}{_AROUND}[0-9]{{8}}{_AROUND}[0-9]{{3}}[0-9Xx]){_NOT_BEFORE_DIGIT}"),
        shortest=18,
        check=is_resident_id,
        form=resembles_resident_id,
        context=_ID_WORDS,
        context_only=True,
        score=0.99,
        source="GB 11643-1999; residence permits of Hong Kong, Macau and Taiwan (81, 82, 83) and the foreigners' "
        "card of 2023 (9) have the same form",
    ),
    Recogniser(
        category="resident_id",
        pattern=re.compile(rf"{_NOT_AFTER_DIGIT}[1-9][0-9]{{14}}{_NOT_BEFORE_DIGIT}"),
        shortest=15,
        check=is_resident_id_15,
        context=_ID_WORDS,
        needs_context=True,
        score=0.5,
        source="the 15-digit form of GB 11643-1989, found in archives",
    ),
    Recogniser(
        category="uscc",
        pattern=re.compile(r"(?<![0-9A-Za-z])[0-9A-HJ-NPQRTUWXYa-hj-npqrtuwxy]{2}[0-9]{6}"
                           r"[0-9A-HJ-NPQRTUWXYa-hj-npqrtuwxy]{10}(?![0-9A-Za-z])"),
        shortest=18,
        check=is_uscc,
        context=("统一社会信用代码", "信用代码", "uscc", "credit code", "tyshxydm"),
        context_only=True,
        score=0.95,
        source="GB 32100-2015",
    ),
    Recogniser(
        category="bank_card",
        pattern=re.compile(rf"{_NOT_AFTER_DIGIT}62(?:{_GAP}[0-9]){{14,17}}{_NOT_BEFORE_DIGIT}"),
        shortest=16,
        check=_has_unionpay_prefix,
        context=_CARD_WORDS,
        context_only=True,
        score=0.9,
        source="ISO/IEC 7812-1; UnionPay issuer prefix 62, 16 to 19 digits",
    ),
    Recogniser(
        category="bank_card",
        pattern=re.compile(rf"{_NOT_AFTER_DIGIT}[3-9](?:{_GAP}[0-9]){{14,18}}{_NOT_BEFORE_DIGIT}"),
        shortest=15,
        check=is_luhn,
        context=_CARD_WORDS,
        needs_context=True,
        score=0.6,
        source="ISO/IEC 7812-1, other issuers",
    ),
    Recogniser(
        category="bank_card",
        pattern=re.compile(
            rf"{_NOT_AFTER_DIGIT}(?<![0-9][{SEPARATORS}])(?:[3-9][0-9]{{3}}(?:{_GROUPED}[0-9]{{4}}){{3}}"
            rf"|3[47][0-9]{{2}}{_GROUPED}[0-9]{{6}}{_GROUPED}[0-9]{{5}})(?!{_SEP}[0-9])"
        ),
        shortest=17,
        check=is_luhn,
        context=_CARD_WORDS,
        score=0.7,
        source="the same, in the groups in which they are printed on cards: ISO/IEC 7812-1 and EMV practice",
    ),
    Recogniser(
        category="mobile",
        pattern=re.compile(
            rf"(?<![0-9A-Za-z])(?:\+?0{{0,2}}86{_AROUND})?1[3-9][0-9]{_AROUND}[0-9]{{4}}{_AROUND}[0-9]{{4}}{_NOT_BEFORE_DIGIT}"
            rf"|{_NOT_AFTER_DIGIT}{_DIALLED_FIRST}?1{_SEP}[3-9](?:{_SEP}[0-9]){{9}}{_NOT_BEFORE_DIGIT}"
        ),
        shortest=11,
        check=None,
        context=_PHONE_WORDS,
        score=0.85,
        source="MIIT numbering plan of 2017 and its amendments: 11 digits, 13 to 19; what is dialled before",
    ),
    Recogniser(
        category="email",
        pattern=re.compile(r"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9._%+\-]{1,64}@(?:[A-Za-z0-9\-]{1,63}\.){1,8}[A-Za-z]{2,24}"
                           r"(?![A-Za-z0-9])"),
        shortest=6,
        check=None,
        score=0.95,
        source="RFC 5322 addr-spec as people write it: no quoted local part, ASCII",
    ),
)  # fmt: skip

ORDER = (*dict.fromkeys(row.category for row in TABLE), "person_name")
"""Which category wins where two claim the same characters: an ID number can also pass as a card or as a code."""
