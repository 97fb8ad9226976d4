"""Reads answers for the inventory of a system that is being learnt. Never fails, never keeps a value."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from policies.formats.html.tokens import EndTag, HtmlTokens, StartTag, Text, Token
from policies.formats.json.text import parse_exactly
from policies.formats.jsonp_body import json_in
from policies.formats.masker import Withheld
from policies.learning.inventory import Inventory
from policies.learning.words import ANY, word_of
from policies.recognisers.field_names.category import category_of_key

DEEPEST = 8
MOST_ROWS = 200
"""Elements of one list, or rows of one table, that are looked at."""
_CELLS = frozenset({"td", "th", "dd", "span", "li", "div"})
_CONTROLS = frozenset({"input", "select", "textarea"})
_HOLD_NOTHING = frozenset({"password", "submit", "button", "reset", "image", "file"})
"""Types of controls that hold no value of the system's, or one that nobody reads."""
_LONGEST_CELL = 50
"""Tokens within one element."""


def sketch(inventory: Inventory, operation: str, format_: str, body: bytes, charset: str) -> None:
    """Note in *inventory* what *body* holds, an answer of *operation*. What cannot be read is passed over."""
    try:
        match format_:
            case "json":
                _json(inventory, operation, parse_exactly(body), "", 0)
            case "jsonp":
                _json(inventory, operation, parse_exactly(json_in(body.decode()).encode()), "", 0)
            case "html":
                _html(inventory, operation, _tokens(body, charset))
            case "csv":
                _csv(inventory, operation, body.decode(charset, "replace"))
            case _:
                pass
    except (Withheld, ValueError, LookupError, RecursionError, csv.Error):
        return


def _json(inventory: Inventory, operation: str, value: Any, path: str, depth: int) -> None:
    if depth > DEEPEST:
        return
    match value:
        case dict():
            as_data = inventory.is_keyed(operation, path, value)
            rows = {} if as_data else _tables_in(value)
            for key, item in value.items():
                step = ANY if as_data else word_of(key)
                if key in rows:
                    inventory.table(operation, f"{path}/{step}", rows[key])
                    for row in item[:MOST_ROWS]:
                        cells = dict(zip(value[rows[key]], row, strict=True))
                        _json(inventory, operation, cells, f"{path}/{step}/{ANY}", depth + 2)
                else:
                    _json(inventory, operation, item, f"{path}/{step}", depth + 1)
        case list():
            for item in value[:MOST_ROWS]:
                _json(inventory, operation, item, f"{path}/{ANY}", depth + 1)
        case _:
            inventory.value(operation, f"json {path}", value)


def _tables_in(value: dict[str, Any]) -> dict[str, str]:
    """Keys whose values are rows of cells, each with the key that names the columns: a word, as it is kept unfolded."""
    lists = {key: item for key, item in value.items() if isinstance(item, list) and item}
    names = {
        key: item
        for key, item in lists.items()
        if word_of(key) != ANY
        and all(isinstance(name, str) and word_of(name) != ANY for name in item)
        and len(set(item)) == len(item)
    }
    return {
        key: columns
        for key, item in lists.items()
        for columns, cells in names.items()
        if key != columns and all(isinstance(row, list) and len(row) == len(cells) for row in item)
    }


def _csv(inventory: Inventory, operation: str, text: str) -> None:
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    mark = max(",;\t", key=first.count)
    rows = csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=mark)
    columns = [word_of(name) for name in next(rows, [])]
    if not columns or ANY in columns:
        return  # a first record that is no list of names is data, for all we know
    for _, row in zip(range(MOST_ROWS), rows, strict=False):
        for column, cell in zip(columns, row, strict=False):
            inventory.value(operation, f"csv {column}", cell)


def _tokens(body: bytes, charset: str) -> list[Token]:
    return list(HtmlTokens().feed(body.decode(charset, "replace"), final=True))


def _html(inventory: Inventory, operation: str, tokens: list[Token]) -> None:
    labels = dict(_labels(tokens))
    for place, token in enumerate(tokens):
        if not isinstance(token, StartTag):
            continue
        if token.name in _CONTROLS and (name := token.value_of("name")) and token.value_of("type") not in _HOLD_NOTHING:
            value = token.value_of("value") or "" if token.name == "input" else _choice_or_text(tokens, place, token)
            label = labels.get(token.value_of("id") or "")
            inventory.value(operation, f"html control {word_of(name)}", value or "", label=label)
        elif token.name in _CELLS and (classes := (token.value_of("class") or "").split()):
            text = _text_of(tokens, place, token)
            for word in {word_of(each) for each in classes} - {ANY}:
                inventory.value(operation, f"html {token.name}.{word}", text)


def _labels(tokens: list[Token]) -> Iterator[tuple[str, str]]:
    """Of each control that has a label: its id, and the category that the label's words name."""
    for place, token in enumerate(tokens):
        if isinstance(token, StartTag) and token.name == "label" and (named := token.value_of("for")):
            category = category_of_key(_text_of(tokens, place, token))
            if category is not None:
                yield named, category


def _text_of(tokens: list[Token], place: int, tag: StartTag) -> str:
    found = []
    for token in tokens[place + 1 : place + 1 + _LONGEST_CELL]:
        if isinstance(token, EndTag) and token.name == tag.name:
            break
        if isinstance(token, Text) and not token.raw:
            found.append(token.text)
    return "".join(found).strip()


def _choice_or_text(tokens: list[Token], place: int, tag: StartTag) -> str:
    if tag.name == "textarea":
        return _text_of(tokens, place, tag)
    for token in tokens[place + 1 :]:
        if isinstance(token, EndTag) and token.name == "select":
            break
        if isinstance(token, StartTag) and token.name == "option" and token.value_of("selected") is not None:
            return token.value_of("value") or ""
    return ""
