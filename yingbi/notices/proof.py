"""Whether a notice, as the public site gives it to machines, is what was signed: what anybody can check for themselves.

A signature says that the unit published this version so. That it is still in force only the site itself can say: a copy
that ends before the newest version, or before a withdrawal, is a good copy of what was there once.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import rfc8785

from incident.codec import decode
from incident.ids import Bilingual
from incident.notice import Statement, digest_of
from policies.keys.detached import AnotherKey, PublicKeys, check_detached
from policies.keys.key_files import BadSignature
from yingbi.notices.key import KIND


class Verdict(StrEnum):
    """What became of one version."""

    VALID = "valid"
    ALTERED = "altered"
    ANOTHER_KEY = "another_key"
    UNSIGNED = "unsigned"


VERDICTS = {
    Verdict.VALID: Bilingual(zh="有效", en="valid"),
    Verdict.ALTERED: Bilingual(zh="被改动过，或不是这条通告的", en="altered, or not of this notice"),
    Verdict.ANOTHER_KEY: Bilingual(zh="由别的密钥签名", en="signed by another key"),
    Verdict.UNSIGNED: Bilingual(zh="没有签名", en="not signed"),
}


class NoNotice(Exception):
    """It is no notice for machines. The message says where that shows, and no value."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One version."""

    number: int
    """By its place, from 1."""
    verdict: Verdict
    statement: Statement | None
    """What it says, where it is valid."""

    @property
    def withdrawn(self) -> bool:
        """Whether it says, validly, that it was withdrawn."""
        return self.statement is not None and self.statement.withdrawn is not None


@dataclass(frozen=True, slots=True)
class CheckedNotice:
    """A notice."""

    id: str
    versions: Sequence[Checked]
    """Oldest first, at least one."""

    @property
    def valid(self) -> bool:
        """Whether every version is."""
        return all(each.verdict is Verdict.VALID for each in self.versions)


def check_notice(data: bytes, keys: PublicKeys) -> CheckedNotice:
    """What *data*, a notice for machines, is by *keys*. Raises NoNotice where it is none."""
    try:
        raw = json.loads(data, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise NoNotice("不是通告的 JSON / it is no JSON, or has a name twice") from None
    if not isinstance(raw, dict) or raw.keys() != {"id", "versions"} or not isinstance(raw["id"], str):
        raise NoNotice("须有且只有 `id` 和 `versions` / it needs `id` and `versions`, and nothing else")
    if not isinstance(raw["versions"], list) or not raw["versions"]:
        raise NoNotice("`versions` 中没有版本 / `versions` holds none")
    for place, each in enumerate(raw["versions"]):
        if not isinstance(each, dict) or each.keys() != {"signature", "statement"}:
            raise NoNotice(f"`versions[{place}]` 须有且只有 / needs just `signature` and `statement`")
    return CheckedNotice(raw["id"], [_checked(raw["id"], n, each, keys) for n, each in enumerate(raw["versions"], 1)])


def _checked(notice: str, number: int, raw: dict[str, Any], keys: PublicKeys) -> Checked:
    if raw["signature"] is None:
        return Checked(number, Verdict.UNSIGNED, None)
    try:
        check_detached(str(raw["signature"]), rfc8785.dumps(raw["statement"]), keys, KIND)
        statement: Statement = decode(Statement, raw["statement"])
    except AnotherKey:
        return Checked(number, Verdict.ANOTHER_KEY, None)
    except (BadSignature, ValueError, RecursionError, rfc8785.CanonicalizationError):
        return Checked(number, Verdict.ALTERED, None)
    told = (statement.id, statement.number) == (notice, number)
    if told and (statement.content is None or digest_of(statement.content) == statement.digest):
        return Checked(number, Verdict.VALID, statement)
    return Checked(number, Verdict.ALTERED, None)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object in which no name is twice: another reader would take the other value."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is there twice")
    return found
