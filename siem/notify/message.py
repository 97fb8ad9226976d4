"""Messages: what there is to tell, and the words it is told in.

INVARIANT: no personal value and no digest is in a message. It holds a level, words of a rule, counts, times and numbers
of alerts; what stands in a rule is looked through before it gets here. Which member of staff an alert is about is kept
apart from the rest, and told to internal channels alone.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

from siem.baseline.calendar import LOCAL
from siem.detect.definition import Level

MOST_BYTES = 1900
"""Of a text: the bot of WeCom takes 2,048. Source: WeCom group robot, message type `text`."""
MOST_LISTED = 8
"""Alerts that a message names which stands for several."""
_LONGEST_TITLE = 90
_LEVELS_ZH = {
    Level.INFORMATIONAL: "提示",
    Level.LOW: "低",
    Level.MEDIUM: "中",
    Level.HIGH: "高",
    Level.CRITICAL: "严重",
}


class Kind(StrEnum):
    """Why somebody is told."""

    RAISED = "raised"
    GROWN = "grown"
    """Twice as many events or persons as when it was last told."""
    RISEN = "risen"
    """Its level is higher."""
    ESCALATED = "escalated"
    """Nobody acknowledged it in time."""
    RETURNED = "returned"
    """It was snoozed, and waits for somebody again."""
    REOPENED = "reopened"
    """It was closed, and what it is about went on."""
    DUTY_WARNED = "duty_warned"
    """Half of the time of a legal duty is gone, or its last quarter has begun."""
    DUTY_LATE = "duty_late"
    """The time of a legal duty has passed, and it is not fulfilled."""
    STEP_WARNED = "step_warned"
    """The last quarter of the time of a step that a person carries out has begun."""
    STEP_LATE = "step_late"
    """Its due time has passed, and it is not done."""
    SILENT = "silent"
    """A part of the pipeline stands still."""
    RESUMED = "resumed"
    """It goes on again."""
    REMINDER = "reminder"
    """Something that was planned is due, or overdue."""
    TRIAL = "trial"


class Words(msgspec.Struct, frozen=True):
    """The same in Chinese and in English."""

    zh: str
    en: str


KINDS = {
    Kind.RAISED: Words(zh="新告警", en="new alert"),
    Kind.GROWN: Words(zh="告警扩大", en="alert has grown"),
    Kind.RISEN: Words(zh="告警级别升高", en="alert has risen"),
    Kind.ESCALATED: Words(zh="超时无人确认", en="nobody has acknowledged the alert"),
    Kind.RETURNED: Words(zh="暂缓的告警又回来了", en="a snoozed alert is back"),
    Kind.REOPENED: Words(zh="已关闭的告警重新打开", en="a closed alert is open again"),
    Kind.DUTY_WARNED: Words(zh="法定时限提醒", en="a legal time limit is running out"),
    Kind.DUTY_LATE: Words(zh="超过法定时限", en="a legal time limit has passed"),
    Kind.STEP_WARNED: Words(zh="处置步骤即将到期", en="a step of a case is due soon"),
    Kind.STEP_LATE: Words(zh="处置步骤超期", en="a step of a case is overdue"),
    Kind.SILENT: Words(zh="系统停滞", en="the pipeline stands still"),
    Kind.RESUMED: Words(zh="系统恢复", en="the pipeline goes on"),
    Kind.REMINDER: Words(zh="提醒", en="reminder"),
    Kind.TRIAL: Words(zh="试发", en="trial"),
}


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to tell."""

    key: str
    """Different for different things; the same thing is told under the same key, however often it is sent."""
    kind: Kind
    level: Level
    at: datetime
    """When it became so. Aware."""
    title: Words
    advice: Words
    alert: str = ""
    """The number of the alert, or empty where it is about none."""
    systems: tuple[str, ...] = ()
    """Which it is about, as far as that is known."""
    events: int = 0
    persons: int = 0
    staff: str = ""
    """Which member of staff, system or terminal; for internal channels alone."""
    wanted: Words = Words(zh="", en="")
    """Who is looked for, and until when or how late it is; empty where nobody was before."""
    assignee: str = ""
    """The person whose alert it is; for internal channels alone."""
    case: str = ""
    """The number of the case, where it is about one."""


class Text(msgspec.Struct, frozen=True):
    """A message as a channel is told it."""

    title: str
    body: str
    """At most `MOST_BYTES` bytes of UTF-8 together with the title."""


def key_of(messages: Sequence[Message]) -> str:
    """The key under which *messages* are sent together: 32 hexadecimal digits."""
    return hashlib.sha256("\n".join(message.key for message in messages).encode()).hexdigest()[:32]


def text_of(messages: Sequence[Message], console: str, *, language: str, internal: bool) -> Text:
    """What *messages*, of which there is one at least, say together. *language*: `zh`, `en` or `both`."""
    told = _one(messages[0], internal) if len(messages) == 1 else _many(messages)
    title, lines, alert = told
    link = f"{console}/alerts/{alert}" if alert else f"{console}/alerts" if len(messages) > 1 else f"{console}/"
    if len(messages) == 1 and messages[0].case:
        link = f"{console}/cases/{messages[0].case}"
    spoken = [_spoken(line, language) for line in lines]
    head = cut(_spoken(title, language), 3 * _LONGEST_TITLE)
    room = MOST_BYTES - len(head.encode()) - len(link.encode()) - 2
    return Text(title=head, body=f"{cut('\n'.join(line for line in spoken if line), room)}\n{link}")


def cut(text: str, most_bytes: int) -> str:
    """*text*, or as much of its beginning as takes *most_bytes* of UTF-8, with a mark where it was cut."""
    coded = text.encode()
    if len(coded) <= most_bytes:
        return text
    return coded[: max(0, most_bytes - 3)].decode("utf-8", "ignore") + "…"


def _one(message: Message, internal: bool) -> tuple[Words, list[Words], str]:
    kind = KINDS[message.kind]
    number = f" {message.alert}" if message.alert else ""
    title = Words(
        zh=f"【影壁】{kind.zh}（{_LEVELS_ZH[message.level]}）{number}",
        en=f"[Yingbi] {kind.en} ({message.level}){number}",
    )
    lines = [message.title, message.wanted]
    if internal and message.assignee:
        lines.append(Words(zh=f"处理人：{message.assignee}", en=f"assigned to: {message.assignee}"))
    if message.alert:
        lines.append(
            Words(
                zh=f"{message.events:,} 次访问，涉及 {message.persons:,} 人",
                en=f"{message.events:,} events, {message.persons:,} persons",
            )
        )
    if message.systems:
        names = "、".join(message.systems)
        lines.append(Words(zh=f"系统：{names}", en=f"systems: {', '.join(message.systems)}"))
    if internal and message.staff:
        lines.append(Words(zh=f"账号：{message.staff}", en=f"account: {message.staff}"))
    at = f"{message.at.astimezone(LOCAL):%Y-%m-%d %H:%M}"
    lines.append(Words(zh=f"时间：{at}（北京时间）", en=f"time: {at} (UTC+8)"))
    if message.advice.zh:
        lines.append(Words(zh=f"要做什么：{message.advice.zh}", en=f"what to do: {message.advice.en}"))
    return title, lines, message.alert


def _many(messages: Sequence[Message]) -> tuple[Words, list[Words], str]:
    number = len(messages)
    title = Words(zh=f"【影壁】另有 {number} 条消息", en=f"[Yingbi] {number} more alerts")
    counted = Counter(message.level for message in messages)
    levels = [level for level in reversed(Level) if counted[level]]
    lines = [
        Words(
            zh="，".join(f"{_LEVELS_ZH[level]} {counted[level]}" for level in levels),
            en=", ".join(f"{level} {counted[level]}" for level in levels),
        )
    ]
    for message in messages[:MOST_LISTED]:
        kind = KINDS[message.kind]
        lines.append(
            Words(
                zh=cut(f"{message.alert or kind.zh} {message.title.zh}", _LONGEST_TITLE),
                en=cut(f"{message.alert or kind.en} {message.title.en}", _LONGEST_TITLE),
            )
        )
    if number > MOST_LISTED:
        lines.append(Words(zh=f"……还有 {number - MOST_LISTED} 条", en=f"and {number - MOST_LISTED} others"))
    return title, lines, ""


def _spoken(words: Words, language: str) -> str:
    if language == "both" and words.zh != words.en:
        return f"{words.zh} / {words.en}"
    return words.en if language == "en" else words.zh
