"""Notes all that is wrong in a playbook, with the line, instead of stopping at the first."""

import base64
import re
from dataclasses import dataclass
from typing import Any

OBEYED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""Controls but tab and ends of lines, what turns the direction of a text (UAX #9, 2), halves of letters, no letters."""


def visible(text: str) -> str:
    """*text* with each of those letters as its number, such as `\\u001b`."""
    return OBEYED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


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
    """Notes findings where they stand in the text of a file."""

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
        self._found.append(Finding(file=self._file, line=self.line_of(at), code=code, message=visible(message)))

    def line_of(self, key: str) -> int:
        """The first line that has *key* as a key of an object; 1 where none has."""
        for number, line in enumerate(self._lines, 1):
            before, found, after = line.partition(f'"{key}"')
            if found and key and after.lstrip().startswith(":") and not before.rstrip().endswith(":"):
                return number
        return 1

    def text_or_base64(self, raw: dict[str, Any], key: str, what: str, *, at: str) -> str:
        """The text under *key*, or under *key*_b64 in base64; empty where there is none."""
        if f"{key}_b64" not in raw:
            return str(raw.get(key, ""))
        try:
            return base64.b64decode(raw[f"{key}_b64"], validate=True).decode()
        except ValueError:  # of binascii, of UTF-8, and of letters that base64 has not
            self.report("wrong-value", at, f"{what} has a `{key}_b64` that is not a text in base64")
            return ""
