"""What a list shows of an event, and an export of it: the same columns, and in none of them a person.

INVARIANT 3: a caller who is a citizen, and everybody whom an event is about, is a digest; none of them stands here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from incident.ids import Bilingual
from siem.record.ecs import Document, from_ecs
from siem.record.event import AccessEvent, CallerKind, Disclosure

_IN_CLEAR = frozenset({CallerKind.STAFF, CallerKind.SYSTEM, CallerKind.TERMINAL})
_DIGEST = re.compile(r"[^:\s]{1,20}:[0-9a-f]{32}", re.IGNORECASE)

type Cell = str | int | list[str]

COLUMNS: Mapping[str, Bilingual] = {
    "time": Bilingual(zh="时间", en="time"),
    "event": Bilingual(zh="记录编号", en="event"),
    "caller_kind": Bilingual(zh="访问者种类", en="kind of caller"),
    "caller": Bilingual(zh="访问者", en="caller"),
    "posts": Bilingual(zh="岗位", en="posts"),
    "address": Bilingual(zh="网络地址", en="address"),
    "credential": Bilingual(zh="凭证", en="credential"),
    "system": Bilingual(zh="系统", en="system"),
    "operation": Bilingual(zh="操作", en="operation"),
    "action": Bilingual(zh="记录种类", en="kind of event"),
    "outcome": Bilingual(zh="结论", en="outcome"),
    "reason": Bilingual(zh="原因", en="reason"),
    "limit": Bilingual(zh="限额", en="limit"),
    "status": Bilingual(zh="返回状态", en="status"),
    "shown": Bilingual(zh="最高显示", en="shown as"),
    "persons": Bilingual(zh="涉及人数", en="persons"),
    "in_clear": Bilingual(zh="明文种类", en="categories in clear"),
    "categories": Bilingual(zh="全部种类", en="categories"),
}
"""Of an export, in order; a page shows the more telling ones."""


def is_digest(text: str) -> bool:
    """Whether *text* looks like a digest of a person, whatever the event calls it."""
    return _DIGEST.fullmatch(text) is not None


def caller_in_clear(kind: str, caller: str) -> str:
    """The caller as a page may show it; empty where it is nobody or a citizen."""
    return caller if kind in _IN_CLEAR and not is_digest(caller) else ""


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event of a list."""

    event: AccessEvent

    @property
    def caller(self) -> str:
        """As a page may show it."""
        return caller_in_clear(self.event.caller_kind, self.event.caller)

    @property
    def categories(self) -> list[str]:
        """Of everything that the answer was about."""
        return sorted({use.category for use in self.event.fields})

    @property
    def in_clear(self) -> list[str]:
        """Of what the answer showed in clear."""
        return sorted({use.category for use in self.event.fields if use.disclosure is Disclosure.CLEAR})

    def cells(self) -> dict[str, Cell]:
        """By the names of `COLUMNS`, in codes."""
        event = self.event
        return {
            "time": event.at.isoformat(),
            "event": event.id,
            "caller_kind": event.caller_kind.value,
            "caller": self.caller,
            "posts": list(event.posts),
            "address": event.source_ip,
            "credential": event.credential,
            "system": event.system,
            "operation": event.operation,
            "action": event.phase.value,
            "outcome": event.verdict.value,
            "reason": event.reason,
            "limit": event.limit,
            "status": event.status,
            "shown": event.disclosure.value,
            "persons": len(event.subjects),
            "in_clear": self.in_clear,
            "categories": self.categories,
        }


def row_of(document: Document) -> EventRow:
    """What a list shows of *document*."""
    return EventRow(from_ecs(document))
