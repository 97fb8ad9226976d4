"""Times as people read them: in the zone of the installation, and how much is left."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from incident.ids import Bilingual

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Moments:
    """Writes times in *zone*. Only `full` names it: where times stand in a table, its heading does."""

    zone: tzinfo
    zone_name: Bilingual

    def full(self, at: datetime) -> str:
        """`2026年11月23日 18:05（北京时间）`."""
        here = at.astimezone(self.zone)
        return f"{here.year}年{here.month}月{here.day}日 {here:%H:%M}（{self.zone_name.zh}）"

    def exact(self, at: datetime) -> str:
        """`2026-11-23 18:05:30`."""
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M:%S}"

    def exact_of(self, text: str) -> str:
        """The same of a time that is written in ISO 8601."""
        return self.exact(datetime.fromisoformat(text))

    def machine(self, at: datetime) -> str:
        """For the `datetime` attribute: ISO 8601 with the zone's offset, to the second."""
        return at.astimezone(self.zone).isoformat(timespec="seconds")

    def typed(self, at: datetime) -> str:
        """For a field in which a time is typed."""
        return f"{at.astimezone(self.zone):%Y-%m-%dT%H:%M:%S}"


def left(due: datetime, now: datetime) -> Bilingual:
    """How much time there is until *due*, or how long it has been over."""
    span = length(abs(due - now))
    if now > due:
        return Bilingual(zh=f"已超时 {span.zh}", en=f"{span.en} over")
    return Bilingual(zh=f"剩余 {span.zh}", en=f"{span.en} left")


def length(span: timedelta) -> Bilingual:
    """*span* in its two largest units, rounded down; the smaller one is left out where it is nothing."""
    days, hours, minutes = span // DAY, span % DAY // HOUR, span % HOUR // MINUTE
    if days:
        return _units((days, "天", "d"), (hours, "小时", "h"))
    if hours:
        return _units((hours, "小时", "h"), (minutes, "分钟", "min"))
    return _units((minutes, "分钟", "min"))


def _units(*parts: tuple[int, str, str]) -> Bilingual:
    first, *rest = parts
    shown = [first, *(part for part in rest if part[0])]
    zh = " ".join(f"{number} {unit}" for number, unit, _ in shown)
    return Bilingual(zh=zh, en=" ".join(f"{number} {unit}" for number, _, unit in shown))
