"""What people typed into a form, read strictly. What cannot be read is told to them, with the field it is in."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from incident.blank import CONTROLS, is_blank
from incident.ids import NotPermitted

MOST_BYTES = 1_000_000
"""Of a form as it is sent: a notice of the greatest length takes 110 kB."""
MOST_BYTES_OF_FILES = 32_000_000
"""Of one that an officer sends the files of a policy with."""
MOST_FIELDS = 200
LONGEST_TEXT = 2_000
"""Characters of a reason or a note."""
LONGEST_LINE = 200


class Mistyped(NotPermitted):
    """Something in a form cannot be read."""

    def __init__(self, field: str, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.field = field


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent along."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of one form."""

    fields: Mapping[str, Sequence[str]]
    files: Mapping[str, Upload] = field(default_factory=dict, repr=False)
    """What was sent along, by the name of the field."""

    def get(self, name: str, otherwise: str = "") -> str:
        """The text in the field *name* as it was typed."""
        return self.fields[name][0] if self.fields.get(name) else otherwise

    def text(self, name: str, *, most: int = LONGEST_TEXT) -> str:
        """The text in the field *name*, without blanks around it; it may be empty."""
        found = self.get(name).strip()
        if len(found) > most:
            raise Mistyped(name, f"最多 {most} 个字", f"at most {most} characters")
        return found

    def needed(self, name: str, *, most: int = LONGEST_TEXT) -> str:
        """The same, where something has to be typed."""
        if is_blank(found := self.text(name, most=most)):
            raise Mistyped(name, "请填写此项", "this has to be filled in")
        return found

    def several(self, name: str) -> tuple[str, ...]:
        """Every value of the field *name*, as check boxes have them."""
        return tuple(self.fields.get(name, ()))

    def starting(self, prefix: str) -> dict[str, str]:
        """The texts of the fields whose name begins with *prefix*, by the rest of it."""
        return {name[len(prefix) :]: self.text(name) for name in self.fields if name.startswith(prefix)}

    def choice[Kind: StrEnum](self, name: str, kind: type[Kind]) -> Kind:
        """The member of *kind* that was chosen."""
        try:
            return kind(self.get(name))
        except ValueError:
            raise Mistyped(name, "请选择一项", "one of the choices has to be taken") from None

    def number(self, name: str, *, least: int, most: int) -> int:
        """The whole number that was typed."""
        found = self.get(name).strip()
        if found.isascii() and found.isdigit() and len(found) < 10 and least <= int(found) <= most:
            return int(found)
        raise Mistyped(name, f"请填写 {least} 至 {most} 的整数", f"a whole number from {least} to {most} is needed")

    def moment(self, name: str, zone: tzinfo) -> datetime:
        """The time that was typed as `2026-11-23T18:05:30`, in *zone*; the seconds may be left out."""
        try:
            found = datetime.fromisoformat(self.get(name).strip())
        except ValueError:
            found = None
        if found is None or found.tzinfo is not None or not 2000 <= found.year <= 9000:
            raise Mistyped(name, "请按“2026-11-23T18:05”的格式填写时间", "a time such as `2026-11-23T18:05` is needed")
        return found.replace(tzinfo=zone)

    def instant(self, name: str, zone: tzinfo) -> datetime:
        """The time that was typed, as `moment` reads it, or one that names its own zone: `2026-11-23T18:05+08:00`."""
        try:
            found = datetime.fromisoformat(self.get(name).strip())
        except ValueError:
            found = None
        if found is None or found.tzinfo is None:
            return self.moment(name, zone)
        if not 2000 <= found.year <= 9000:
            raise Mistyped(name, "请核对年份", "look at the year")
        return found


NOTHING = Typed({})


def read_upload(body: bytes, content_type: str) -> Typed:
    """The fields and files in *body*, which is `multipart/form-data`. Raises ValueError where it is not.

    All of it stays in memory: a file that is evidence lies nowhere in clear.
    """
    boundary = parse_options_header(content_type.encode("latin-1"))[1].get(b"boundary", b"")
    if not boundary:
        raise ValueError("no boundary")
    parts = _Parts()
    parser = MultipartParser(boundary, parts.callbacks)
    try:
        parser.write(body)
        parser.finalize()
    except FormParserError:
        raise ValueError("not multipart/form-data") from None
    return parts.typed()


class _Parts:
    """What a parser of multipart bodies has found so far."""

    def __init__(self) -> None:
        self._found: list[tuple[dict[bytes, bytes], bytearray]] = []
        self._header = self._value = b""
        self._ended = False
        self.callbacks: Any = {
            "on_part_begin": self._begin,
            "on_part_data": lambda data, start, end: self._found[-1][1].extend(data[start:end]),
            "on_header_field": self._field,
            "on_header_value": self._valued,
            "on_header_end": self._headed,
            "on_end": self._end,
        }

    def _begin(self) -> None:
        if len(self._found) == MOST_FIELDS:
            raise FormParserError("too many fields")
        self._found.append(({}, bytearray()))

    def _field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _valued(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _headed(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._found[-1][0].update(parse_options_header(self._value)[1])
        self._header = self._value = b""

    def _end(self) -> None:
        self._ended = True

    def typed(self) -> Typed:
        """All of it. Raises ValueError where the body was cut, or a part has no name."""
        if not self._ended:
            raise ValueError("cut")
        fields: dict[str, list[str]] = {}
        files: dict[str, Upload] = {}
        for about, data in self._found:
            if b"name" not in about:
                raise ValueError("a part without a name")
            name = about[b"name"].decode()
            if b"filename" in about:
                files[name] = sent_file(about[b"filename"].decode(), bytes(data))
            else:
                text = data.decode().replace("\r\n", "\n").replace("\r", "\n")
                fields.setdefault(name, []).append(CONTROLS.sub("", text))
        return Typed(fields, files)


def sent_file(name: str, data: bytes) -> Upload:
    """What was sent as a file called *name*, of which the folders of the sender's machine are left out."""
    return Upload(CONTROLS.sub("", re.split(r"[/\\]", name)[-1]), data)


def read_form(body: bytes) -> Typed:
    """The fields in *body*, which is `application/x-www-form-urlencoded`. Raises ValueError where it is not."""
    fields: dict[str, list[str]] = {}
    for name, value in parse_qsl(
        body.decode("ascii"), keep_blank_values=True, strict_parsing=bool(body), max_num_fields=MOST_FIELDS
    ):
        fields.setdefault(name, []).append(plain(value))
    return Typed(fields)


def plain(text: str) -> str:
    """*text* with one kind of line end, and without characters that nobody sees."""
    return CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
