"""What processes say of themselves can be read by a program, and quotes no exception."""

import json
import logging
from typing import Any

import pytest

from tests.spellings import ID_NO
from yingbi.log_lines import JsonLines


def line_of(template: str, *arguments: object, exc_info: Any = None) -> dict[str, Any]:
    record = logging.LogRecord("yingbi.x", logging.ERROR, "x.py", 1, template, arguments, exc_info)
    said = JsonLines().format(record)
    assert "\n" not in said
    line: dict[str, Any] = json.loads(said)
    assert {line.pop(key) for key in ("level", "logger")} == {"ERROR", "yingbi.x"}
    assert line.pop("at").endswith("+00:00")
    return line


@pytest.mark.parametrize(
    ("said", "line"),
    [
        (("store_unavailable",), {"event": "store_unavailable"}),
        (
            ("child_ended name=%s code=%d restarts=%d", "worker-1", -9, 1),
            {"event": "child_ended", "name": "worker-1", "code": -9, "restarts": 1},
        ),
        (("rule_refused at=%s:%d code=%s", "a.yml", 3, "x"), {"event": "rule_refused", "code": "x", "text": "a.yml:3"}),
        (("asked_refused no worker wrote it",), {"event": "asked_refused", "text": "no worker wrote it"}),
        (("core_said logger=%s kind=%s", "mitmproxy", "X"), {"event": "core_said", "kind": "X", "text": "mitmproxy"}),
        (("Running upgrade %s", "0003"), {"text": "Running upgrade 0003"}),
        (("odd name=%s\nline", "a\nb"), {"event": "odd", "name": "a\nb", "text": "line"}),
    ],
)
def test_a_line_says_what_happened_by_name(said: tuple[Any, ...], line: dict[str, Any]) -> None:
    assert line_of(*said) == line


def test_an_exception_is_named_and_not_quoted() -> None:
    try:
        raise ValueError(ID_NO)
    except ValueError as error:
        line = line_of("page_failed", exc_info=(ValueError, error, error.__traceback__))
    assert ID_NO not in json.dumps(line)
    assert line["exception"] == "ValueError"
    assert line["where"][-1].startswith("test_log_lines.py:")
