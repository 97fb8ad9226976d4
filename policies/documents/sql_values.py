"""Values of tables in dumps of databases, headed by the names of the columns that the statements list or have made."""

import re
from collections.abc import Iterator, Sequence

_NAME = r"[`\"\[]?([\w$\u4e00-\u9fff]{1,64})[`\"\]]?"
_INSERT = re.compile(
    rf"\b(?:INSERT|REPLACE)\b(?:\s{{1,8}}\w{{1,12}}){{0,2}}\s{{1,8}}INTO\s{{1,8}}(?:{_NAME}\.){{0,2}}{_NAME}\s{{0,40}}"
    r"(?:\(([^()]{1,8000})\)\s{0,40})?(?:OVERRIDING\s{1,8}\w{1,8}\s{1,8}VALUE\s{1,8})?VALUES?\s{0,40}(?=\()",
    re.IGNORECASE,
)
_CREATE = re.compile(
    rf"\bCREATE\s{{1,8}}(?:\w{{1,12}}\s{{1,8}}){{0,2}}TABLE\s{{1,8}}(?:IF\s{{1,8}}NOT\s{{1,8}}EXISTS\s{{1,8}})?"
    rf"(?:{_NAME}\.){{0,2}}{_NAME}\s{{0,40}}\(",
    re.IGNORECASE,
)
_COPY = re.compile(
    rf"^COPY\s{{1,8}}(?:{_NAME}\.){{0,2}}{_NAME}\s{{0,8}}\(([^()]{{1,8000}})\)\s{{1,8}}FROM\s{{1,8}}stdin[^\n]{{0,80}}\n",
    re.IGNORECASE | re.MULTILINE,
)
_NO_COLUMN = frozenset("primary key unique index constraint foreign check fulltext spatial exclude period".split())
_COLUMN = re.compile(rf"\s*{_NAME}\s")
_TOKEN = re.compile(
    r"(?P<space>\s+)|[NnEeXx]?'(?P<text>(?:[^'\\]|''|\\.)*+)'|\"(?P<other>(?:[^\"\\]|\"\"|\\.)*+)\""
    r"|(?P<sign>[(),;])|(?P<bare>[^\s'\"(),;]++)",
    re.DOTALL,
)
MOST_COLUMNS = 512


def sql_values(text: str) -> Iterator[tuple[int, int, str, int, bool]]:
    """The values in *text* under names of columns: start, end, name, its row, and whether it is quoted."""
    if "INTO" not in text.upper() and "COPY" not in text.upper():
        return
    made = {match[2]: _columns_made(text, match.end()) for match in _CREATE.finditer(text)}
    row = 0
    for match in _INSERT.finditer(text):
        columns = _listed(match[3]) if match[3] else made.get(match[2], [])
        for values in _rows(text, match.end()) if columns else ():
            row += 1
            if len(values) == len(columns):
                for (start, end, quoted), column in zip(values, columns, strict=True):
                    yield start, end, column, row, quoted
    for match in _COPY.finditer(text):
        columns = _listed(match[3])
        at = match.end()
        while at < len(text) and not text.startswith("\\.", at):
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            row += 1
            for value, column in zip(text[at:end].split("\t"), columns, strict=False):
                if value != "\\N":
                    yield at, at + len(value.rstrip("\r")), column, row, True
                at += len(value) + 1
            at = end + 1


def definitions_in(text: str) -> Iterator[tuple[int, int]]:
    """From where to where in *text* tables are made: what stands there is what columns are called."""
    if "CREATE" in text.upper():
        yield from ((match.start(), _end_of(text, match.end())) for match in _CREATE.finditer(text))


def _end_of(text: str, at: int) -> int:
    """Where the bracket ends that begins before *at*."""
    depth = 1
    for token in _TOKEN.finditer(text, at):
        depth += (token["sign"] == "(") - (token["sign"] == ")")
        if not depth:
            return token.end()
    return at


def _listed(names: str) -> list[str]:
    return [name.strip().strip('`"[]') for name in names.split(",")]


def _columns_made(text: str, at: int) -> list[str]:
    """The columns of the table whose definition begins *at*."""
    columns: list[str] = []
    depth, start = 0, at
    for token in _TOKEN.finditer(text, at):
        sign = token["sign"]
        if sign == "(":
            depth += 1
        elif sign == ")" and depth:
            depth -= 1
        elif sign == ";" or len(columns) > MOST_COLUMNS:
            break
        elif sign in (",", ")") and not depth:
            column = _COLUMN.match(text[start : token.start()] + " ")
            if column is not None and column[1].lower() not in _NO_COLUMN:
                columns.append(column[1])
            start = token.end()
            if sign == ")":
                break
    return columns


def _rows(text: str, at: int) -> Iterator[Sequence[tuple[int, int, bool]]]:
    """The rows of values from *at* on: where each value begins and ends, within its quotes, and whether it has any."""
    row: list[tuple[int, int, bool]] = []
    depth = 0
    start = end = -1
    quoted = False
    for token in _TOKEN.finditer(text, at):
        sign, kind = token["sign"], token.lastgroup
        if kind == "space":
            continue
        if sign == ";":
            return
        if sign == "(":
            depth += 1
            if depth > 1:
                start, end, quoted = (start if start >= 0 else token.start()), token.end(), False
        elif sign == ")" and depth == 1:
            yield [*row, (start, end, quoted)]
            row, depth, start, end, quoted = [], 0, -1, -1, False
        elif sign == ")":
            depth -= 1
            end = token.end()
        elif sign == "," and depth == 1:
            row.append((start, end, quoted))
            start, end, quoted = -1, -1, False
        elif depth == 0 and sign != ",":
            return
        elif depth:
            if start < 0 and kind in ("text", "other"):
                start, end, quoted = *token.span(kind), True
            else:
                start, end, quoted = (start if start >= 0 else token.start()), token.end(), False
