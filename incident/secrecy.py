"""Whether a playbook holds a password, a token or a key in clear: whoever may read it could use it.

Source: CACAO 2.0, 7.13: what authenticates is given by a variable, or kept by a key management system.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from incident.expression import VARIABLE
from incident.playbook import Playbook

_TELLING = r"(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|private[_-]?key|credentials?|密码|口令|密钥|令牌)"
_NAME = re.compile(rf"(?:^|[_\W-]){_TELLING}(?:$|[_\W-])", re.IGNORECASE)
_HEADER = re.compile(rf"(?:proxy-)?authorization|cookie|x-.*(?:key|token|auth).*|.*{_TELLING}.*", re.IGNORECASE)
_USE = re.compile(rf"{VARIABLE}:value")
_WRITTEN = re.compile(
    rf"(?:[\w-]*{_TELLING}[\w-]*[\"']?\s*(?:[:=]|\s-p)\s*[\"']?|\b(?:Bearer|Basic)\s+|\b(?:sshpass|mysql)\s+-p\s*"
    r"|[a-z]+://[^\s/:@]{1,100}:)(?P<value>[^\s\"',;&@]{4,500})"
    r"|-----BEGIN [A-Z ]{0,30}PRIVATE KEY",
    re.IGNORECASE,
)
_FILLED_IN = "@@"
"""Stands for a variable in use, whose own name may be a telling one: no value of `_WRITTEN` begins so."""
_KEPT = ("password", "token")


def secrets_in(book: Playbook) -> Iterator[tuple[str, str]]:
    """Where secrets stand in clear in *book*: the nearest key with a name of its own, and what holds one."""
    raw = json.loads(book.source)
    for name, item in raw.get("authentication_info_definitions", {}).items():
        for key in _KEPT:
            if item.get(key) and not item.get("kms") and not _USE.search(item[key]):
                yield name, f"`{key}` of `{name}`"
    yield from _in_variables(raw.get("playbook_variables", {}))
    for step, told in raw["workflow"].items():
        yield from _in_variables(told.get("step_variables", {}))
        for command in told.get("commands", ()):
            yield from ((step, f"{what} of step `{step}`") for what in _in_command(command))


def _in_variables(variables: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, item in variables.items():
        if item.get("value") and _NAME.search(name.strip("_")):
            yield name, f"variable `{name}`"


def _in_command(command: dict[str, Any]) -> Iterator[str]:
    for header, values in command.get("headers", {}).items():
        if _HEADER.fullmatch(header) and any(isinstance(value, str) and not _USE.search(value) for value in values):
            yield "a header of a command"
    for key in ("command", "content"):
        if _WRITTEN.search(_USE.sub(_FILLED_IN, command.get(key, ""))):
            yield f"`{key}` of a command"
