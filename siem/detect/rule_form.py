"""The form of a rule: which keys it has, of which type. What Sigma says of their values is checked in `rule.py`."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from siem.detect.rule_file import Path, Problem, Section

type _Shape = tuple[str, Callable[[Any], bool]]


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_aliases(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(fields, dict) and all(isinstance(field, str) for field in fields.values())
        for fields in value.values()
    )


_TEXT: _Shape = ("a text", lambda value: isinstance(value, str) and value != "")
_TEXTS: _Shape = ("a list of texts", _is_texts)
_ONE_OR_MORE: _Shape = ("a text or a list of texts", lambda value: isinstance(value, str) or _is_texts(value))
_DATE: _Shape = ("a date", lambda value: isinstance(value, date | str))
_TRUTH: _Shape = ("`true` or `false`", lambda value: isinstance(value, bool))
_MAPPING: _Shape = ("a mapping", lambda value: isinstance(value, dict))
_ALIASES: _Shape = ("a mapping of names, each to a mapping of rules to fields", _is_aliases)
_LIST: _Shape = ("a list", lambda value: isinstance(value, list))

_HEAD = {
    **dict.fromkeys(("title", "id", "name", "status", "description", "author", "level", "license"), _TEXT),
    **dict.fromkeys(("references", "tags", "fields", "falsepositives"), _TEXTS),
    **dict.fromkeys(("date", "modified"), _DATE),
    "related": _LIST,
    "yingbi": _MAPPING,
}
_PLAIN = {**_HEAD, "logsource": _MAPPING, "detection": _MAPPING}
_CORRELATION = {**_HEAD, "correlation": _MAPPING}
_WITHIN: Mapping[str, tuple[Mapping[str, _Shape], tuple[str, ...]]] = {
    "logsource": (dict.fromkeys(("product", "service", "definition"), _TEXT), ("product", "service")),
    "correlation": (
        {
            "type": _TEXT,
            "rules": _ONE_OR_MORE,
            "group-by": _ONE_OR_MORE,
            "timespan": _TEXT,
            "condition": _MAPPING,
            "generate": _TRUTH,
            "aliases": _ALIASES,
        },
        ("type", "rules", "group-by", "timespan"),
    ),
    "yingbi": (
        {"respond": _TEXT, "automatic": _TRUTH, "custom": _TRUTH, "what_to_do": _MAPPING, "group": _TEXTS},
        ("what_to_do",),
    ),
}
_ADVICE = (dict.fromkeys(("zh", "en"), _TEXT), ("zh", "en"))


def is_correlation(section: Section) -> bool:
    """Whether the document is a rule over other rules."""
    return "correlation" in section.value


def problems_of_form(section: Section) -> list[Problem]:
    """Keys that are unknown, missing or of the wrong type."""
    shapes = _CORRELATION if is_correlation(section) else _PLAIN
    required = ("title", "correlation") if is_correlation(section) else ("title", "logsource", "detection")
    problems = list(_problems(section, (), shapes, required))
    if not problems:
        for key, (inner, needed) in _WITHIN.items():
            if key in section.value:
                problems += _problems(section, (key,), inner, needed)
    if not problems and "yingbi" in section.value:
        problems += _problems(section, ("yingbi", "what_to_do"), *_ADVICE)
    return problems


def _problems(
    section: Section, path: Path, shapes: Mapping[str, _Shape], required: tuple[str, ...]
) -> Iterator[Problem]:
    mapping = section.value
    for key in path:
        mapping = mapping[str(key)]
    for key, value in mapping.items():
        if key not in shapes:
            yield section.problem((*path, key), "unknown-key", f"`{key}` is no key here")
        elif not shapes[key][1](value):
            yield section.problem((*path, key), "type", f"`{key}` is {shapes[key][0]}")
    for key in required:
        if key not in mapping:
            yield section.problem(path, "missing-key", f"`{key}` is missing")
