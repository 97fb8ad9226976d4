"""Small texts as offices have them, with the truth marked in them: see `desk_texts.txt`.

What is left of what is somebody's, and what is hidden besides, is measured on what a reader of the format sees: a mail
is read as a mail, and an address of the web as it stands.
"""

import functools
import quopri
import random
import re
from base64 import encodebytes
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from email import message_from_bytes, policy
from email.header import Header
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

from policies.documents.desk import masked_file
from policies.formats.masker import Withheld
from policies.transforms.make import REDACTED
from tests.bench.invented import bank_card, mobile, resident_id

_MADE: dict[str, Callable[[random.Random], str]] = {"i": resident_id, "m": mobile, "c": bank_card}
_INVENTED = re.compile(r"«([imc])(?:\|([0-9]+)\|([^»]*))?»")
_MARKED = re.compile("⟦([^⟧]*)⟧")
_ATTACHED = "--- "


@dataclass(frozen=True, slots=True)
class DeskText:
    """One file."""

    name: str
    data: bytes
    truth: str
    """What a reader sees of it."""
    personal: frozenset[int]
    """Which characters of that are somebody's."""
    reads: Callable[[bytes], str]


@dataclass(frozen=True, slots=True)
class Became:
    """What became of one file."""

    left: int
    """Characters of somebody's that are still seen."""
    over: int
    """Characters of nobody's that are seen no more, without blanks."""
    refused: str
    """Why it is not written; empty where it is."""


def desk_texts() -> Iterator[DeskText]:
    """All of them."""
    said = Path(__file__).with_suffix(".txt").read_text("utf-8")
    for section in said.split("\n=== ")[1:]:
        head, _, text = section.partition("\n")
        yield made_text(*head.split(), text=text)


def made_text(name: str, codec: str, form: str = "", *, text: str) -> DeskText:
    """The file of that *name*, in the charset *codec* and in that *form*, of a *text* with marks."""
    chance = random.Random(name)
    text = _INVENTED.sub(lambda match: _torn(_MADE[match[1]](chance), match[2], match[3]), text)
    text = _MARKED.sub(lambda match: f"⟦{_spelled(match[1], form)}⟧", text)
    if form == "crlf":
        text = text.replace("\n", "\r\n")
    if form == "rtf":
        text = _rtf(text)
    plain = text.replace("⟦", "").replace("⟧", "")
    reads: Callable[[bytes], str] = functools.partial(str, encoding=codec)
    data = plain.encode(codec)
    if form.startswith("mail"):
        data, reads = _mail(plain, form), _read_mail
    personal, at = set[int](), 0
    for number, piece in enumerate(re.split("[⟦⟧]", text)):
        if number % 2:
            personal.update(at + place for place, char in enumerate(piece) if char.isalnum())
        at += len(piece)
    return DeskText(name, data, plain, frozenset(personal), reads)


def _torn(value: str, behind: str | None, indent: str | None) -> str:
    if behind is None:
        return value
    blanks = " " * int(indent) if indent and indent.isdigit() else indent or ""
    return f"{value[: int(behind)]}⟧\n{blanks}⟦{value[int(behind) :]}"


def _spelled(value: str, form: str) -> str:
    match form:
        case "percent":
            return quote(value)
        case "percent-gbk":
            return quote(value, encoding="gb18030")
        case "unicode-escape":
            return value.encode("unicode-escape").decode()
        case "entities":
            return "".join(f"&#{ord(char)};" for char in value)
        case "quoted":
            return quopri.encodestring(value.encode()).decode()
        case _:
            return value


def _rtf(text: str) -> str:
    spelled = "".join(f"\\u{ord(char)}?" if ord(char) > 127 and char not in "⟦⟧" else char for char in text)
    return rf"{{\rtf1\ansi {spelled}}}"


def _mail(text: str, form: str) -> bytes:
    codec = "gb18030" if form.endswith("gbk") else "utf-8"
    head, _, body = text.partition("\n\n")
    lines = [_header(line, codec) for line in head.split("\n")]
    if form == "mail-attached":
        body, _, attached = body.partition(_ATTACHED)
        file, _, content = attached.partition("\n")
        message = EmailMessage(policy.SMTP)
        for line in head.split("\n"):
            name, _, value = line.partition(": ")
            message[name] = value
        message.set_content(body, cte="base64")
        message.add_attachment(
            content.encode(), maintype="text", subtype="csv", filename=file, params={"charset": "utf-8"}
        )
        return message.as_bytes()
    coding = {"8bit": "8bit", "qp": "quoted-printable", "b64": "base64"}[form.split("-")[1]]
    charset = "gbk" if codec == "gb18030" else codec
    lines += ["MIME-Version: 1.0", f"Content-Type: text/plain; charset={charset}"]
    lines.append(f"Content-Transfer-Encoding: {coding}")
    said = body.encode(codec)
    said = quopri.encodestring(said) if coding[0] == "q" else encodebytes(said) if coding[0] == "b" else said
    return "\n".join([*lines, "", ""]).encode() + said


def _header(line: str, codec: str) -> str:
    name, _, value = line.partition(": ")
    found = re.fullmatch(r"(.*?)( <[^>]*>)?", value)
    assert found is not None
    return f"{name}: {Header(found[1], codec).encode()}{found[2] or ''}"


def _read_mail(data: bytes) -> str:
    message = message_from_bytes(data, policy=policy.default)
    seen = [f"{name}: {value}" for name, value in message.items() if not name.startswith(("Content-", "MIME"))]
    seen.append("")
    for part in message.walk():
        if not part.is_multipart():
            if part.get_filename():
                seen.append(f"{_ATTACHED}{part.get_filename()}")
            content = part.get_content()
            seen.append(content.decode() if isinstance(content, bytes) else content)
    return "\n".join(seen)


def became(text: DeskText) -> tuple[bytes, Became]:
    """The copy of *text* that a desk writes, nothing where it writes none, and what that comes to."""
    try:
        out, _ = masked_file(text.name, text.data)
    except Withheld as withheld:
        return b"", Became(0, 0, withheld.reason)
    left, over = compared(text, out)
    return out, Became(left, len(over), "")


def compared(text: DeskText, out: bytes) -> tuple[int, list[int]]:
    """How many characters of somebody's are seen in the copy *out*, and which of nobody's are seen no more."""
    before, personal, after = text.truth, text.personal, text.reads(out)
    kept: set[int] = set()
    for block in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks():
        kept.update(range(block.a, block.a + block.size))
    alone = {at for at in kept & personal if not {at - 1, at + 1} & kept and before[at] in REDACTED}
    over = [at for at, char in enumerate(before) if at not in personal and at not in kept and char.isalnum()]
    return len(kept & personal - alone), over


def main() -> None:
    """Print what became of each, and of all."""
    left = over = somebody = nobody = refused = 0
    for text in desk_texts():
        _, what = became(text)
        left, over, refused = left + what.left, over + what.over, refused + bool(what.refused)
        somebody += len(text.personal)
        nobody += sum(map(str.isalnum, text.truth)) - len(text.personal)
        if what != Became(0, 0, ""):
            print(f"{text.name:24} left {what.left:3} of {len(text.personal):3}   over {what.over:3}   {what.refused}")
    print(
        f"left {left} of {somebody} ({left / somebody:.1%}), "
        f"over {over} of {nobody} ({over / nobody:.1%}), refused {refused}"
    )


if __name__ == "__main__":
    main()
