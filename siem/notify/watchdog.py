"""Tells when a part of the pipeline stands still, by what can be seen from outside: a stopped process tells nothing.

What matters is whether something moves, so each sign is compared with how it was, by a clock that nobody can set. A
part that has nothing to do does not stand still.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from siem.notify.message import Words


class Part(StrEnum):
    """What can stand still."""

    INDEX = "index"
    """Events are in the log and do not come into the index."""
    DETECTOR = "detector"
    """New events are not looked at."""
    SEALER = "sealer"
    """The log grows and is not sealed."""
    ANCHOR = "anchor"
    """Seals are made and no second party takes them."""
    EVENTS = "events"
    """Nothing happens at all, at a time when something usually does."""
    PROCESSES = "processes"
    """A process does not run, or no worker serves."""
    CHANNELS = "channels"
    """Messages do not arrive."""
    RULES = "rules"
    """Detection rules are not applied."""
    JOURNAL = "journal"
    """The journal of alerts was altered: who sees to which of them is not known."""


WORDS = {
    Part.INDEX: Words(zh="访问记录没有进入索引", en="events do not come into the index"),
    Part.DETECTOR: Words(zh="检测停止：新的记录没有人看", en="the detector stands still: nothing new is looked at"),
    Part.SEALER: Words(zh="访问日志没有封存", en="the access log is not sealed"),
    Part.ANCHOR: Words(zh="没有第三方收到封存的摘要", en="no second party takes the seals"),
    Part.EVENTS: Words(
        zh="工作时间内没有任何访问，而往常有", en="no event at all in working hours, when there usually are"
    ),
    Part.PROCESSES: Words(
        zh="有进程没有运行，或网关不在服务", en="a process does not run, or the gateway does not serve"
    ),
    Part.CHANNELS: Words(zh="有通知渠道长时间送不到", en="a channel has taken nothing for long"),
    Part.RULES: Words(zh="检测规则没有全部生效", en="not all detection rules are applied"),
    Part.JOURNAL: Words(
        zh="告警处置记录被改动，超时无人确认的不再提醒",
        en="the journal of alerts was altered: nobody is reminded of any",
    ),
}
ADVICE = {
    Part.INDEX: Words(
        zh="看 yingbi status；siem 没有响应的，结束它，会自动重启", en="see `yingbi status`; end siem if it hangs"
    ),
    Part.DETECTOR: Words(
        zh="看 yingbi status；siem 没有响应的，结束它，会自动重启", en="see `yingbi status`; end siem if it hangs"
    ),
    Part.SEALER: Words(
        zh="看 yingbi status 和磁盘空间；sealer 没有响应的，结束它",
        en="see `yingbi status` and the disk; end sealer if it hangs",
    ),
    Part.ANCHOR: Words(
        zh="查看 log.anchors 的目录是否挂载、可写", en="see whether the folders of `log.anchors` are there"
    ),
    Part.EVENTS: Words(
        zh="查看域名解析和前置代理，是否有人绕过网关：yingbi coverage",
        en="see DNS and the proxy in front; `yingbi coverage`",
    ),
    Part.PROCESSES: Words(zh="看 yingbi status 和 said/ 中的日志", en="see `yingbi status` and what lies in said/"),
    Part.CHANNELS: Words(zh="看 yingbi notify status", en="see `yingbi notify status`"),
    Part.RULES: Words(
        zh="请安全管理员改好规则，用 yingbi rules check 检查",
        en="have an officer mend the rules; `yingbi rules check` says what is wrong",
    ),
    Part.JOURNAL: Words(
        zh="保全现场，请审计员核查；新告警照常通知，请值班员都当作没有人处理",
        en="touch nothing and call the auditor; take every alert for one that nobody sees to",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long each part may stand still."""

    pipeline: timedelta = timedelta(seconds=120)
    """Index and detector."""
    anchor: timedelta = timedelta(minutes=15)
    """Sealer and second parties."""
    quiet: timedelta = timedelta(hours=1)
    """No event at all in working hours; 0: nobody minds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What is to be seen of the pipeline at one time."""

    unshipped_bytes: int = 0
    """Of the log, as it lies on the disk, beyond what the shipper has noted to have shipped."""
    shipped: str = ""
    """Changes whenever the shipper comes further."""
    detected_to: datetime | None = None
    log_grown: float = 0.0
    """Changes whenever something is added to the log."""
    seal: int = 0
    """Number of the last seal."""
    anchored: int | None = None
    """The last seal that a second party holds; None where none is set."""
    usually_busy: bool = False
    """Whether at this time of other workdays there were events, and now are none."""
    down: Sequence[str] = ()
    """Processes that do not run, or do not do their work."""
    channels_down: Sequence[str] = ()
    rules_trouble: str = ""
    """Which rules are not applied, and why."""
    journal_altered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standstill:
    """One part that stands still."""

    part: Part
    for_s: float
    """How long, as far as that was seen."""
    what: str = ""
    """Names of processes, channels or rules."""


class Watchdog:
    """Looks again and again, and remembers when each part last moved."""

    def __init__(self, patience: Patience, known: Collection[Part] = ()) -> None:
        """*known* is what stood still when somebody last looked: it goes on to until it is seen to move."""
        self.patience = patience
        self._known = known
        self._before: Signs | None = None
        self._moved: dict[Part, float] = {}
        self._to_seal = Part.SEALER in known

    def look(self, signs: Signs, monotonic_s: float) -> list[Standstill]:
        """What stands still by *signs*, seen at *monotonic_s*. Nothing does that was never seen to move or to wait."""
        before = self._before or signs
        if self._before is None:
            self._moved = {part: monotonic_s - self._limit(part).total_seconds() for part in self._known}
        grown = signs.log_grown != before.log_grown
        self._to_seal = (self._to_seal or grown) and signs.seal == before.seal
        well = {
            Part.INDEX: not signs.unshipped_bytes or signs.shipped != before.shipped,
            Part.DETECTOR: signs.detected_to != before.detected_to,
            Part.SEALER: not self._to_seal,
            Part.ANCHOR: signs.anchored is None or signs.anchored >= signs.seal or signs.anchored != before.anchored,
            Part.EVENTS: not signs.usually_busy,
            Part.PROCESSES: not signs.down,
            Part.CHANNELS: not signs.channels_down,
            Part.RULES: not signs.rules_trouble,
            Part.JOURNAL: not signs.journal_altered,
        }
        self._before = signs
        found = []
        for part, is_well in well.items():
            if is_well or part not in self._moved:
                self._moved[part] = monotonic_s
            stood = timedelta(seconds=monotonic_s - self._moved[part])
            if not is_well and stood >= self._limit(part):
                found.append(Standstill(part=part, for_s=stood.total_seconds(), what=_names(part, signs)))
        return found

    def _limit(self, part: Part) -> timedelta:
        match part:
            case Part.SEALER | Part.ANCHOR:
                return self.patience.anchor
            case Part.EVENTS | Part.CHANNELS | Part.RULES | Part.JOURNAL:  # have stood for long when they are seen to
                return timedelta(0)
            case Part.INDEX | Part.DETECTOR | Part.PROCESSES:
                return self.patience.pipeline


def _names(part: Part, signs: Signs) -> str:
    match part:
        case Part.PROCESSES:
            return ", ".join(signs.down)
        case Part.CHANNELS:
            return ", ".join(signs.channels_down)
        case Part.RULES:
            return signs.rules_trouble
        case _:
            return ""
