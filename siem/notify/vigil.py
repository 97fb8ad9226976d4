"""Turns what stands still into messages: when it is found, again each hour while it lasts, and when it is over."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from siem.detect.definition import Level
from siem.notify.message import Kind, Message, Words
from siem.notify.outbox import Outbox
from siem.notify.watchdog import ADVICE, WORDS, Part, Standstill

AGAIN_AFTER = timedelta(hours=1)
TOLD_ONCE = frozenset({Part.JOURNAL})
"""What an auditor will look into for days, and what no reminder makes better."""
_OVER = Words(zh="", en="")


def keep_vigil(
    outbox: Outbox,
    found: Sequence[Standstill],
    now: datetime,
    route: Callable[[Message], Mapping[str, datetime]],
) -> dict[Part, datetime]:
    """Note the messages about what was *found* to stand still at *now*. Returns what does, with since when.

    A channel that is down is told of where the others go; that everybody else knows of it is up to their fallbacks.
    """
    known = {Part(what): times for what, times in outbox.standstills().items()}
    since: dict[Part, datetime] = {}
    for each in found:
        part = each.part
        began, told_at = known.get(part, (now - timedelta(seconds=each.for_s), None))
        since[part] = began
        if told_at is None or (part not in TOLD_ONCE and not told_at <= now < told_at + AGAIN_AFTER):
            outbox.note_standstill(part, began, _message(part, Kind.SILENT, began, now, each.what), route)
    for part in known.keys() - since.keys():
        outbox.note_standstill(part, None, _message(part, Kind.RESUMED, known[part][0], now, ""), route)
    return since


def _message(part: Part, kind: Kind, began: datetime, now: datetime, what: str) -> Message:
    words = WORDS[part]
    minutes = max(0, int((now - began).total_seconds() // 60))
    named = f"（{what}）" if what else ""
    if kind is Kind.SILENT:
        title = Words(
            zh=f"{words.zh}{named}，已 {minutes} 分钟",
            en=f"{words.en}{f' ({what})' if what else ''}, for {minutes} min",
        )
    else:
        title = Words(zh=f"已恢复，曾持续 {minutes} 分钟：{words.zh}", en=f"over, after {minutes} min: {words.en}")
    return Message(
        key=f"{part}/{kind}/{int(began.timestamp())}/{int(now.timestamp())}",
        kind=kind,
        level=Level.HIGH,
        at=now,
        title=title,
        advice=ADVICE[part] if kind is Kind.SILENT else _OVER,
    )
