"""Where a value behind a label ends because what it stands in does: a comment, a bracket, a mark of Markdown.

Only what was opened before the value ends it when it is closed. A bracket or a mark that a word follows at once ends
nothing: it may stand within the value.
"""

from policies.documents.marks import LEAST_MARKED

LOOKS_BACK = 400
"""Characters before a value in which what it stands in may begin."""
_COMMENTS = (("<!--", "-->"), ("/*", "*/"), ("{#", "#}"), ("<%", "%>"), ("<?", "?>"))
_BRACKETS = (("{", "}"), ("[", "]"))
_ROUND = ("（(", "）)")
_MARKS = ("~~", "``", "`")


def end_of_enclosed(text: str, start: int, end: int) -> int:
    """Up to where in *text* what stands from *start* to *end* is the value."""
    first = max(0, start - LOOKS_BACK)
    for opens, closes in _COMMENTS:
        if text.rfind(opens, first, start) > text.rfind(closes, first, start):
            end = _closed(text, closes, start, end)
    for opens, closes in _BRACKETS:
        if text.rfind(opens, first, start) > text.rfind(closes, first, start):
            at = _unopened(text, (opens, closes), start, end)
            end = end if _goes_on(text, at + 1) else at
    for mark in _MARKS:
        if text.endswith(mark, first, start):
            at = _closed(text, mark, start + LEAST_MARKED, end)
            end = end if _goes_on(text, at + len(mark)) else at
            break
    return _unopened(text, _ROUND, start, end)


def _closed(text: str, closes: str, start: int, end: int) -> int:
    at = text.find(closes, start, end)
    return end if at < 0 else at


def _unopened(text: str, pair: tuple[str, str], start: int, end: int) -> int:
    """Where something of *pair* is closed that was opened before *start*; *end* where nothing is."""
    opens, closes = pair
    depth = 0
    for at in range(start, end):
        depth += (text[at] in opens) - (text[at] in closes)
        if depth < 0:
            return at
    return end


def _goes_on(text: str, at: int) -> bool:
    return text[at : at + 1].isalnum()
