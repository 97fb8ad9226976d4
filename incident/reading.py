"""Reads the parts of a playbook's JSON and notes all that is wrong, with the line, instead of stopping at the first."""

import base64
import binascii
from dataclasses import dataclass
from datetime import timedelta
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Finding:
    """One thing that is wrong in a file."""

    file: str
    line: int
    """From 1."""
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class PlaybookError(Exception):
    """Playbooks that cannot be used. `str()` lists every finding, first in the file first."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("\n".join(map(str, sorted(findings))))
        self.findings = findings


class Reader:
    """Takes values out of JSON objects. A value of the wrong form is reported and read as an empty one."""

    def __init__(self, text: str, file: str) -> None:
        self._lines = text.splitlines()
        self._file = file
        self._found: list[Finding] = []

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was wrong so far, first in the file first."""
        return tuple(sorted(self._found))

    def report(self, code: str, at: str, message: str) -> None:
        """Note a finding where the key *at* first stands in the file, or in the first line."""
        self._found.append(Finding(file=self._file, line=self.line_of(at), code=code, message=message))

    def line_of(self, key: str) -> int:
        """The first line that has *key* as a key of an object; 1 where none has."""
        for number, line in enumerate(self._lines, 1):
            before, found, after = line.partition(f'"{key}"')
            if found and key and after.lstrip().startswith(":") and not before.rstrip().endswith(":"):
                return number
        return 1

    def unknown_keys(self, raw: dict[str, Any], known: frozenset[str], what: str, *, at: str = "") -> None:
        """Report the keys of *raw* that are not *known*."""
        for key in sorted(raw.keys() - known):
            self.report("unknown-key", at or key, f"{what} has the unknown key `{key}`")

    def text(self, raw: dict[str, Any], key: str, what: str, *, needed: bool = True, at: str = "") -> str:
        """The text under *key*, or an empty one."""
        value = raw.get(key)
        if isinstance(value, str) and (value or not needed):
            return value
        if key in raw or needed:
            self.report("missing" if value is None else "wrong-value", at or key, f"{what} needs a text for `{key}`")
        return ""

    def text_or_base64(self, raw: dict[str, Any], key: str, what: str, *, needed: bool = True, at: str = "") -> str:
        """The text under *key*, or under *key*_b64 in base64."""
        if f"{key}_b64" not in raw:
            return self.text(raw, key, what, needed=needed, at=at)
        try:
            return base64.b64decode(self.text(raw, f"{key}_b64", what, at=at), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            self.report("wrong-value", at or key, f"{what} has a `{key}_b64` that is not a text in base64")
            return ""

    def texts(self, raw: dict[str, Any], key: str, what: str, *, at: str = "") -> tuple[str, ...]:
        """The list of texts under *key*, or an empty one."""
        value = raw.get(key, [])
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self.report("wrong-value", at or key, f"{what} needs a list of texts for `{key}`")
        return ()

    def object(self, raw: dict[str, Any], key: str, what: str, *, needed: bool = True, at: str = "") -> dict[str, Any]:
        """The object under *key*, or an empty one."""
        value = raw.get(key)
        if isinstance(value, dict):
            return value
        if key in raw or needed:
            self.report("missing" if value is None else "wrong-value", at or key, f"{what} needs an object for `{key}`")
        return {}

    def objects(self, raw: dict[str, Any], key: str, what: str, *, at: str = "") -> tuple[dict[str, Any], ...]:
        """The objects in the list under *key*, or none."""
        value = raw.get(key, [])
        if isinstance(value, list) and all(isinstance(item, dict) for item in value):
            return tuple(value)
        self.report("wrong-value", at or key, f"{what} needs a list of objects for `{key}`")
        return ()

    def milliseconds(self, raw: dict[str, Any], key: str, what: str, *, at: str = "") -> timedelta | None:
        """The span under *key*, or None."""
        value = raw.get(key)
        if value is None:
            return None
        if type(value) is int and 0 <= value <= 366 * 24 * 3600 * 1000:
            return timedelta(milliseconds=value)
        self.report("wrong-value", at or key, f"{what} needs a number of milliseconds, at most a year, for `{key}`")
        return None
