"""What becomes of single values of a JSON body, and what is remembered of those that are hidden."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from policies.formats.free_text import KnownValues
from policies.formats.masker import Action, Kind, Tally

SINGLE = frozenset({str, int, bool, type(None)})
"""Types of values that hold no others."""
NOTHING = (None, "")
"""Values that say nothing, and are left as they are."""


def masked(action: Action, value: Any, subject: str) -> Any:
    """What *action* makes of *value* in a record about the canonical *subject*."""
    return action.masked(value, subject) if isinstance(value, str) else counterpart(action.number, value)


def counterpart(number: Callable[[float], float | None], value: Any) -> float | None:
    """What stands for *value*, which is no text: null, but for a number whose band has a number."""
    return number(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def drop(action: Action, record: dict[str, Any], key: str) -> None:
    """Take what stands at *key* out of *record*: the value, and the key as well unless *action* says that it stays."""
    if action.stays:
        record[key] = None
    else:
        del record[key]


def remember(known: KnownValues | None, value: Any) -> None:
    """Add to *known* every text in *value*, of which nothing is shown."""
    match value:
        case str() if known is not None:
            known.add(value)
        case dict():
            remember(known, list(value.values()))
        case list() if known is not None:
            for item in value:
                remember(known, item)
        case _:
            pass


def count_values(tally: Tally, action: Action, column: Sequence[Any]) -> None:
    """Count the values of *column*, which is treated by *action*."""
    number = len(column)
    if action.kind is not Kind.DROP and not all(column):
        number -= column.count(None) + column.count("")
    if number:
        tally.fields[action.field] += number


def are_texts(values: Iterable[Any]) -> bool:
    """Whether all of *values* are texts: nothing else can be joined, and nothing asks faster."""
    try:
        "".join(values)
    except TypeError:
        return False
    return True
