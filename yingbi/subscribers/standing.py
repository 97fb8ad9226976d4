"""How the telling of subscribers stands, for the status, the figures and the system page: numbers, and no address."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from prometheus_client.core import GaugeMetricFamily, Metric

from yingbi.home import Home
from yingbi.told import hear


@dataclass(frozen=True, slots=True)
class Standing:
    """What the process that tells them has told last."""

    confirmed: int
    """Who is told by mail."""
    waiting: int
    """Who has not confirmed yet."""
    failing: int
    """Mails and webhooks that are being tried again."""
    hooks: int
    sent_at: datetime | None
    """When somebody was last told of a notice."""
    unreadable: int
    """Files of subscribers that cannot be read."""
    trouble: str
    """Why the mail server takes nothing, or empty."""


def told_of_subscribers(home: Home, processes: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What the one among *processes* that tells them has told last; nothing where none does, though one may have."""
    return hear(home.told("subscribers")) if any(each["name"] == "subscribers" for each in processes) else {}


def standing_of(told: Mapping[str, Any]) -> Standing | None:
    """How it stands by what was *told*; None where nothing was: nobody is told but by the feeds."""
    if "mails" not in told:
        return None
    hooks = told["hooks"]
    return Standing(
        confirmed=told["mails"],
        waiting=told["unconfirmed"],
        failing=told["failing"] + sum(hook["attempts"] > 0 for hook in hooks),
        hooks=len(hooks),
        sent_at=datetime.fromisoformat(sent) if (sent := told.get("sent_at")) else None,
        unreadable=told["unreadable"],
        trouble=told["trouble"],
    )


def lines_of_subscribers(told: Mapping[str, Any]) -> list[str]:
    """A line for people; none where nobody is told but by the feeds."""
    found = standing_of(told)
    if found is None:
        return []
    sent = f"{found.sent_at:%Y-%m-%d %H:%M} UTC" if found.sent_at else "-"
    return [
        f"  订阅 / subscribers {found.confirmed} confirmed, {found.waiting} waiting, {found.hooks} webhooks,"
        f" {found.failing} failing, last told {sent}"
    ]


def troubles_of_subscribers(told: Mapping[str, Any]) -> list[str]:
    """Why some are not told now, a sentence each."""
    found = standing_of(told)
    if found is None:
        return []
    return [
        *(
            [f"订阅邮件发不出，正在重试 / no mail to subscribers goes out, tried again: {found.trouble}"]
            if found.trouble
            else []
        ),
        *(
            [f"{found.unreadable} 个订阅者的文件读不出，收不到通告 / files of subscribers that cannot be read"]
            if found.unreadable
            else []
        ),
    ]


def figures_of_subscribers(told: Mapping[str, Any]) -> Iterable[Metric]:
    """The same for Prometheus; nobody is counted where nobody is told but by the feeds."""
    found = standing_of(told)
    family = GaugeMetricFamily("yingbi_subscribers", "Who is told of notices, by how they stand.", labels=["state"])
    for state in ("confirmed", "waiting", "failing", "hooks", "unreadable") if found else ():
        family.add_metric([state], getattr(found, state))
    yield family
    yield GaugeMetricFamily(
        "yingbi_subscribers_told",
        "POSIX time at which a subscriber was last told of a notice; 0 for never.",
        value=found.sent_at.timestamp() if found and found.sent_at else 0,
    )
    yield GaugeMetricFamily(
        "yingbi_subscribers_trouble",
        "1 while the mail server takes no mail to subscribers.",
        value=int(bool(found and found.trouble)),
    )
