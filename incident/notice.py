"""What the public reads: a notice with all its versions, as it lies in the folder of published notices.

The bulletin imports this module and nothing else of ours, so it knows no case, no database and no key.
"""

import contextlib
import hashlib
import json
import os
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Literal

import rfc8785

from incident.codec import canonical, decode, encode
from incident.ids import Bilingual, NoticeId

_FILE = re.compile(r"N-\d{8}-\d{3,}\.json")


class Stage(StrEnum):
    """How far the handling is."""

    INVESTIGATING = "investigating"
    CONTAINED = "contained"
    RESOLVED = "resolved"
    REVIEWED = "reviewed"


STAGE_NAMES = {
    Stage.INVESTIGATING: Bilingual(zh="调查中", en="under investigation"),
    Stage.CONTAINED: Bilingual(zh="已控制", en="contained"),
    Stage.RESOLVED: Bilingual(zh="已处置完毕", en="resolved"),
    Stage.REVIEWED: Bilingual(zh="已复盘", en="reviewed"),
}


class WithdrawalReason(StrEnum):
    """Why a notice was taken back. A closed list: one person may withdraw, so nothing new may be said by it."""

    WRONG = "wrong"
    PERSONAL_DATA = "personal_data"
    NO_INCIDENT = "no_incident"


WITHDRAWAL_NAMES = {
    WithdrawalReason.WRONG: Bilingual(zh="内容有误", en="its content was wrong"),
    WithdrawalReason.PERSONAL_DATA: Bilingual(zh="内容不宜公开", en="it held what may not be made public"),
    WithdrawalReason.NO_INCIDENT: Bilingual(zh="经核实未发生该事件", en="it was found that there was no such incident"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Who answers questions."""

    unit: Bilingual
    phone: str
    """Of the unit; public."""
    hotline: str = "12345"
    """The government service hotline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Everything that the public would read: what is approved, and what the digest is over.

    A body is plain text: paragraphs between blank lines, headings after `## `, list items after `- `.
    """

    title_zh: str
    body_zh: str
    title_en: str
    body_en: str
    """A summary."""
    stage: Stage
    grade: Bilingual | None
    contact: Contact
    change: Bilingual | None = None
    """What was corrected, from the second version on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """That a version was taken back."""

    at: datetime
    reason: WithdrawalReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One published version. Its content is gone once it is withdrawn; that it was there stays for ever."""

    number: int
    """From 1."""
    at: datetime
    digest: str
    content: Content | None
    withdrawn: Withdrawal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedNotice:
    """A notice as the public site has it."""

    id: NoticeId
    versions: tuple[Version, ...]
    """Oldest first, at least one."""

    @property
    def current(self) -> Version:
        """The version in force, which may be a withdrawn one."""
        return self.versions[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFile:
    """What the file of a notice holds."""

    id: NoticeId
    versions: tuple[Version, ...]
    signatures: tuple[str, ...] = ()
    """Of the statement of each version, or none: it was published before there was a key for them."""

    @property
    def notice(self) -> PublishedNotice:
        """The notice."""
        return PublishedNotice(id=self.id, versions=self.versions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What is said, and signed, of one version: all there is of it, and of which notice it is."""

    id: NoticeId
    number: int
    at: datetime
    digest: str
    content: Content | None
    withdrawn: Withdrawal | None


def statement_of(notice: NoticeId, version: Version) -> bytes:
    """The octets that are signed of *version*: the canonical JSON of its `Statement`, by RFC 8785, on one line."""
    return rfc8785.dumps({"id": notice, **encode(Version, version)})


def digest_of(content: Content) -> str:
    """SHA-256 over the exact content, in hex: what a person approves."""
    return hashlib.sha256(b"yingbi notice 1\n" + canonical(encode(Content, content))).hexdigest()


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, paragraph or list of a body."""

    kind: Literal["heading", "paragraph", "list"]
    lines: tuple[str, ...]
    """The one line of a heading, the lines of a paragraph, the items of a list."""


def blocks(body: str) -> tuple[Block, ...]:
    """The blocks that the light markup of *body* makes: what a reader sees, wherever it is shown."""
    found: list[Block] = []
    paragraph: list[str] = []
    items: list[str] = []

    def close() -> None:
        if paragraph:
            found.append(Block("paragraph", tuple(paragraph)))
        if items:
            found.append(Block("list", tuple(items)))
        paragraph.clear()
        items.clear()

    for line in map(str.strip, body.splitlines()):
        if line.startswith("- "):
            if paragraph:
                close()
            items.append(line[2:].strip())
            continue
        if items or not line or line.startswith("## "):
            close()
        if line.startswith("## "):
            found.append(Block("heading", (line[3:].strip(),)))
        elif line:
            paragraph.append(line)
    close()
    return tuple(found)


def publish(folder: Path, notice: PublishedNotice, signatures: tuple[str, ...] = ()) -> None:
    """Put *notice* into *folder* whole or not at all, signed or not; doing it again changes nothing.

    Raises ValueError where that would take a version out of the history, OSError where the disk refuses.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{notice.id}.json"
    if path.exists():
        _check_history(read_notice(path), notice)
    made = NoticeFile(id=notice.id, versions=notice.versions, signatures=signatures)
    data = json.dumps(encode(NoticeFile, made), ensure_ascii=False, indent=1).encode()
    draft = folder / f".{notice.id}.{os.getpid()}"
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(0o644)
        draft.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _check_history(before: PublishedNotice, after: PublishedNotice) -> None:
    known = [(version.number, version.digest) for version in before.versions]
    if [(version.number, version.digest) for version in after.versions][: len(known)] != known:
        raise ValueError(f"{after.id}: a version that was published would vanish from the history")
    for old, new in zip(before.versions, after.versions, strict=False):
        if old.withdrawn and not new.withdrawn:
            raise ValueError(f"{after.id}: a version that was withdrawn would come back")


def read_notice(path: Path) -> PublishedNotice:
    """The notice in the file at *path*. Raises ValueError that names the file where it is none, OSError."""
    return read_notice_file(path).notice


def read_notice_file(path: Path) -> NoticeFile:
    """The same with its signatures, which nobody has checked."""
    try:
        read: NoticeFile = decode(NoticeFile, json.loads(path.read_bytes()))
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from None
    if read.id != path.stem or not read.versions:
        raise ValueError(f"{path.name}: not the notice of that number")
    if len(read.signatures) not in (0, len(read.versions)):
        raise ValueError(f"{path.name}: not as many signatures as versions")
    return read


def notice_files(folder: Path) -> tuple[Path, ...]:
    """The files of *folder* that hold notices, newest notice first; none where the folder is not there yet."""
    if not folder.is_dir():
        return ()
    return tuple(sorted((path for path in folder.iterdir() if _FILE.fullmatch(path.name)), reverse=True))
