"""What a request of the API may hold: the fields of the form that does the same, as JSON, read as strictly."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Any

from console.api.problems import Problem
from console.forms import MOST_BYTES_OF_FILES, Mistyped, Typed, Upload, plain, sent_file
from incident.ids import Bilingual


class Kind(StrEnum):
    """What a field is as JSON."""

    TEXT = "text"
    NUMBER = "number"
    MOMENT = "moment"
    """ISO 8601 with its zone."""
    TEXTS = "texts"
    BY_NAME = "by_name"
    """Texts by name."""
    FILE = "file"
    """Its name, and its octets in base64 (RFC 4648, section 4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a request."""

    name: str
    en: str
    """What it is, for the OpenAPI document."""
    kind: Kind = Kind.TEXT
    needed: bool = False
    choices: tuple[str, ...] = ()
    prefix: str = ""
    """What the form's names begin with, of one that is texts by name."""

    @property
    def schema(self) -> dict[str, Any]:
        """Its JSON Schema."""
        text: dict[str, Any] = {"type": "string"}
        if self.choices:
            text["enum"] = list(self.choices)
        shape: Mapping[str, Any] = {
            Kind.TEXT: text,
            Kind.NUMBER: {"type": "integer"},
            Kind.MOMENT: {"type": "string", "format": "date-time"},
            Kind.TEXTS: {"type": "array", "items": text},
            Kind.BY_NAME: {"type": "object", "additionalProperties": {"type": "string"}},
            Kind.FILE: _FILE,
        }[self.kind]
        return {**shape, "description": self.en}

    def read(self, value: object) -> dict[str, list[str]]:
        """*value* as the form would send it. Raises Problem that names the field and nothing that was sent."""
        match self.kind, value:
            case Kind.TEXT | Kind.MOMENT, str() if not self.choices or value in self.choices:
                return {self.name: [plain(value)]}
            case Kind.NUMBER, int() if not isinstance(value, bool):
                return {self.name: [str(value)]}
            case Kind.TEXTS, list() if all(isinstance(each, str) for each in value):
                return {self.name: [plain(each) for each in value]}
            case Kind.BY_NAME, dict() if all(isinstance(each, str) for each in value.values()):
                return {f"{self.prefix}{name}": [plain(each)] for name, each in value.items()}
            case _:
                raise self.wrong()

    def file(self, value: object) -> Upload:
        """*value* as a form would send it along. Raises Problem."""
        match value:
            case {"name": str() as name, "base64": str() as octets, **more} if not more:
                found = sent_file(name, _octets_of(octets))
            case _:
                raise self.wrong()
        if not found.name:
            raise self.wrong()
        return found

    def wrong(self) -> Problem:
        """That it does not hold what it is for."""
        wanted = f"one of {', '.join(self.choices)}" if self.choices else _WANTED[self.kind]
        return Problem(
            "field",
            Bilingual(zh=f"字段 {self.name} 的类型或取值不对", en=f"`{self.name}` is not {wanted}"),
            field=self.name,
        )


_FILE: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"name": {"type": "string"}, "base64": {"type": "string", "contentEncoding": "base64"}},
    "required": ["name", "base64"],
}
_WANTED = {
    Kind.TEXT: "a text",
    Kind.NUMBER: "a whole number",
    Kind.MOMENT: "a time with its zone",
    Kind.TEXTS: "a list of texts",
    Kind.BY_NAME: "an object of texts",
    Kind.FILE: "an object of `name` and `base64`",
}


@dataclass(frozen=True, slots=True)
class Sent(Typed):
    """The fields of one request, for what reads a form. Times name their zone."""

    def moment(self, name: str, zone: tzinfo) -> datetime:
        """The time that was sent. Raises Mistyped for one without a zone."""
        return self.instant(name, zone)

    def instant(self, name: str, zone: tzinfo) -> datetime:
        """The same."""
        try:
            found = datetime.fromisoformat(self.get(name).strip())
        except ValueError:
            found = None
        if found is None or found.tzinfo is None:
            raise Mistyped(
                name, "请写明日期、时间和时区", "a time with its zone is needed: `2026-11-23T18:05:00+08:00`"
            )
        if not 2000 <= found.year <= 9000:
            raise Mistyped(name, "请核对年份，须在 2000 至 9000 年之间", "look at the year: from 2000 to 9000")
        return found


def read_fields(fields: Sequence[Field], body: Mapping[str, object]) -> Sent:
    """What *body* holds, where it holds what *fields* say and nothing else. Raises Problem."""
    known = {field.name: field for field in fields}
    if len(body.keys() - known.keys()):
        raise Problem(
            "field",
            Bilingual(zh="有未知的字段", en=f"there is an unknown field; known are {', '.join(known) or 'none'}"),
        )
    if missing := next((field for field in fields if field.needed and field.name not in body), None):
        raise Problem(
            "field", Bilingual(zh=f"缺少字段 {missing.name}", en=f"`{missing.name}` is missing"), field=missing.name
        )
    found: dict[str, list[str]] = {}
    files: dict[str, Upload] = {}
    for name, value in body.items():
        if value is not None and known[name].kind is Kind.FILE:
            files[name] = known[name].file(value)
        elif value is not None:
            found |= known[name].read(value)
    return Sent(found, files)


def check_query(fields: Sequence[Field], asked: Mapping[str, str]) -> None:
    """Return if what the address asks for is what *fields* say, as far as they name it. Raises Problem."""
    for field in fields:
        if (value := asked.get(field.name)) is not None:
            field.read(int(value) if field.kind is Kind.NUMBER and value.isascii() and value.isdigit() else value)


def _octets_of(text: str) -> bytes:
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Problem(
            "field", Bilingual(zh="文件不是 base64", en="the octets of the file are no base64"), field="file"
        ) from None
    if len(found) > MOST_BYTES_OF_FILES:
        raise Problem("too-long")
    return found
