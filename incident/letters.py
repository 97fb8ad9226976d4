"""Letters that a terminal or a picture would obey, or that no file can hold: none is in a playbook, none is shown."""

from typing import Any

from incident.reading import OBEYED, Finding, Reader

DEEPEST = 64
"""Objects and lists within one another: far more than any playbook has, far less than readers of JSON break at."""


def is_too_deep(raw: Any) -> bool:
    """Whether *raw*, as JSON is read, has more objects and lists within one another than `DEEPEST`."""
    level = [raw]
    for _ in range(DEEPEST + 1):
        level = [inner for each in level for inner in _inside(each)]
    return bool(level)


def check_letters(raw: Any, text: str, file: str) -> tuple[Finding, ...]:
    """Where the playbook *raw* holds a letter that nobody may be shown; *text* is what it was read of."""
    reader = Reader(text, file)
    left: list[tuple[str, Any]] = [("", raw)]
    while left:
        at, here = left.pop()
        for key, value in here.items() if isinstance(here, dict) else ((at, value) for value in _inside(here)):
            if any(isinstance(each, str) and OBEYED.search(each) for each in (key, value)):
                message = f"`{key[:80]}` holds a control character, or half of a letter"
                reader.report("control-character", key, message)
            left.append((key, value))
    return reader.findings


def _inside(raw: Any) -> list[Any]:
    return [*raw.values()] if isinstance(raw, dict) else raw if isinstance(raw, list) else []
