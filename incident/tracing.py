"""Which numbers of a notice come from no fact. A number is traced by what it is said of, never by its digits alone.

A count of persons is traced to the facts that count persons, not to the day of a date that happens to be the same.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Protocol

from incident.ids import Bilingual

_COUNTS = {"persons": "persons", "persons_at_most": "persons", "persons_masked": "persons", "accounts": "accounts"}
"""What each fact that is a count counts."""
_DIALLED = frozenset({"phone", "hotline", "police"})
"""Facts that may stand before any word but a unit."""

_NUMBER = re.compile(r"\d+(?:[,.]\d+)*")
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_MOMENT = tuple(
    re.compile(rf"(?<!\d){part}")
    for part in (
        r"\d{4}年\d{1,2}月\d{1,2}日",
        r"\d{4}年\d{1,2}月",
        r"\d{4}年",
        r"\d{1,2}月\d{1,2}日",
        r"\d{1,2}日",
        r"\d{1,2}:\d{2}",
        rf"\d{{1,2}} {_MONTH} \d{{4}}",
        rf"\d{{1,2}} {_MONTH}",
        rf"{_MONTH} \d{{4}}",
    )
)
"""Parts of a moment that may stand alone: a date without its time, a day without its year."""
_UNITS = (
    (
        "persons",
        re.compile(
            r"余?\s*(?:人|名|位)|\s+(?:other |further )?(?:persons?|people|citizens|residents)\b|\s+at (?:most|least)\b"
        ),
    ),
    ("accounts", re.compile(r"\s*个?\s*(?:内部)?账号|\s+(?:internal )?accounts?\b")),
    (
        "other",
        re.compile(r"\s*[余多]?\s*[条次户件张份元个天年月日时分秒周万千百亿%]|\s+(?:records?|times|days|hours)\b"),
    ),
)
_WORD = re.compile(r"\s+[A-Za-z]")
_QUANTITY = re.compile(r"(?:[〇零一二两三四五六七八九十百千万亿]{2,}|[十百千万亿])余?(?=[人名条户次元])")


class Known(Protocol):
    """A fact that a number may come from."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def value(self) -> Bilingual:
        """As it may stand in the text."""


def untraced(text: str, facts: Sequence[Known]) -> tuple[str, ...]:
    """The numbers of *text* that no one of *facts* holds for what they are said of, each once, sorted."""
    plain = _plain(text)
    covered = [match.span() for piece in _pieces(facts) for match in piece.finditer(plain)]
    found = set()
    for match in _NUMBER.finditer(plain):
        if any(start <= match.start() and match.end() <= end for start, end in covered):
            continue
        number = match[0].replace(",", "")
        if number not in _fitting(facts, plain[match.end() :]):
            found.add(number)
    return tuple(sorted(found))


def unwritten_quantities(text: str, facts: Sequence[Known]) -> bool:
    """Whether *text* has a quantity in Chinese words that no fact is written with."""
    known = {match[0] for fact in facts for match in _QUANTITY.finditer(fact.value.zh)}
    return any(match[0] not in known for match in _QUANTITY.finditer(text))


def _fitting(facts: Sequence[Known], after: str) -> set[str]:
    """The numbers that may stand before the text *after*."""
    unit = next((name for name, pattern in _UNITS if pattern.match(after)), "")
    if unit:
        wanted = frozenset(name for name, counts in _COUNTS.items() if counts == unit)
    else:
        wanted = _DIALLED if _WORD.match(after) else _DIALLED | _COUNTS.keys()
    found = set()
    for fact in facts:
        for value in map(_plain, (fact.value.zh, fact.value.en)):
            if fact.name in wanted and (fact.name in _COUNTS or _NUMBER.fullmatch(value)):
                found |= {number.replace(",", "") for number in _NUMBER.findall(value)}
    return found


def _pieces(facts: Sequence[Known]) -> Iterator[re.Pattern[str]]:
    """What may stand in the text as it stands in a fact: its whole value, and of moments the parts of it."""
    for fact in facts:
        for value in map(_plain, (fact.value.zh, fact.value.en)):
            whole = value if fact.name not in _COUNTS and not _NUMBER.fullmatch(value) else ""
            for piece in (whole, *(match[0] for part in _MOMENT for match in part.finditer(value))):
                if _NUMBER.search(piece):
                    yield re.compile(rf"(?<![\d,.]){re.escape(piece)}(?!\d)")


def _plain(text: str) -> str:
    # A Chinese comma would become one of the thousands, and join two numbers.
    return unicodedata.normalize("NFKC", text.replace("，", " ")).strip()
