"""What every page says of the site itself, and how times are written for readers, with their zone."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo

_BEIJING = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What every page says of the site itself."""

    name: str = "个人信息安全通告"
    unit: str = ""
    phone: str = ""
    """Of the unit; empty where every page is to name the hotline only."""
    hotline: str = "12345"
    base_url: str = ""
    """Where the site is to be found (`https://notices.example`), for the feeds; empty for addresses without host."""
    subscribes: bool = False
    """Whether the live site takes addresses that want to be told by mail."""
    zone: tzinfo = _BEIJING
    zone_zh: str = "北京时间"
    zone_en: str = "Beijing time"


def machine_time(at: datetime, site: Site) -> str:
    """*at* for the `datetime` attribute and the feeds: ISO 8601 with the zone's offset, to the second."""
    return at.astimezone(site.zone).isoformat(timespec="seconds")


def chinese_time(at: datetime, site: Site) -> str:
    """*at* for readers, to the minute, with the zone."""
    here = at.astimezone(site.zone)
    return f"{here.year}年{here.month}月{here.day}日 {here:%H:%M}（{site.zone_zh}）"


def english_time(at: datetime, site: Site) -> str:
    """*at* for readers of English, to the minute, with the zone."""
    return f"{at.astimezone(site.zone):%Y-%m-%d %H:%M} ({site.zone_en})"
