"""What a field that was seen seems to hold, and how sure that is. Whatever is in doubt is to be masked."""

from collections.abc import Mapping
from dataclasses import dataclass

from policies.learning.inventory import MOST_DISTINCT, FieldNote
from policies.policy import PUBLIC, Category
from policies.policy_kinds import Meaning
from policies.recognisers.field_names.category import category_of_key

SURE, LIKELY, UNSURE = "sure", "likely", "unsure"
_MOST = 0.5
"""Of the values, so many must be of a category before the field is."""
_SOME = 0.02
_PROSE = 0.3
_NAMES = 0.8
_LONGEST_WORD = 40
_TECHNICAL = frozenset(
    "id total count page size limit offset pages next previous has_next ok code success truncated columns".split()
)
"""Names of what belongs to the answer and to nobody: counts, pages, and a row's own number."""
_NEAREST = {
    "landline": ("mobile", "phone"),
    "mobile": ("phone",),
    "social_no": ("resident_id",),
    "housing_fund": ("social_no", "resident_id"),
    "passport": ("resident_id",),
    "permit": ("passport", "resident_id"),
}
_MEANINGS = {"resident_id": Meaning.RESIDENT_ID, "birth_date": Meaning.BIRTH_DATE, "sex": Meaning.SEX}


@dataclass(frozen=True, slots=True)
class Judged:
    """What a field seems to hold."""

    category: str
    """Of the installation's, `public`, or empty where nobody can say: then it is left undeclared, hence masked."""
    seems: str
    """A category as recognisers call it, or empty."""
    confidence: str


def judge(name: str, note: FieldNote, categories: Mapping[str, Category]) -> Judged:
    """What the field *name* with the values in *note* seems to hold."""
    key = category_of_key(name) or max(note.labels, key=lambda each: note.labels[each], default=None)
    value, number = max(note.found.items(), key=lambda item: item[1], default=("", 0))
    if number >= _MOST * note.count:
        return _of(value, SURE if key == value or number >= 0.9 * note.count else LIKELY, categories)
    if key is not None:
        return _of(key, SURE if _agrees(key, note) else LIKELY, categories)
    if name in _TECHNICAL and note.whole + note.flags == note.count:
        return Judged(PUBLIC, "", LIKELY)
    some = sum(note.found.values()) + sum(note.within.values())
    if some > _SOME * note.count or note.prose > _PROSE * note.count or note.longest > _LONGEST_WORD:
        return _of("free_text", LIKELY, categories)
    if note.short_han >= _NAMES * note.count and note.distinct >= MOST_DISTINCT:
        return _of("person_name", UNSURE, categories)
    return Judged("", "", UNSURE)


def _of(seems: str, confidence: str, categories: Mapping[str, Category]) -> Judged:
    return Judged(_installed(seems, categories), seems, confidence)


def _installed(seems: str, categories: Mapping[str, Category]) -> str:
    """The category of the installation for what a recogniser calls *seems*; empty where there is none."""
    meaning = _MEANINGS.get(seems)
    for name in (seems, *_NEAREST.get(seems, ())):
        if name in categories:
            return name
    return next((name for name, each in categories.items() if meaning is not None and each.meaning is meaning), "")


def _agrees(key: str, note: FieldNote) -> bool:
    """Whether the values look as those of the category *key* do."""
    match key:
        case "person_name":
            return note.short_han >= _MOST * note.count
        case "birth_date":
            return note.dates >= _MOST * note.count
        case "free_text":
            return note.prose >= _PROSE * note.count
        case _:
            return False


def described(note: FieldNote) -> str:
    """What is to be said of a field that nobody can judge, to help who can."""
    few = note.distinct < MOST_DISTINCT and note.count >= 5 * max(note.distinct, 1)
    kind = (
        "日期 / dates"
        if note.dates >= _MOST * note.count
        else "数 / numbers"
        if note.whole == note.count
        else "文字 / texts"
    )
    return f"{kind}{'，只有几种 / few different' if few else ''}"
