"""`yingbi notify …`: how channels stand, what became of an alert's messages, and a trial of one channel."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from siem.baseline.calendar import LOCAL
from siem.detect.alert import AlertId
from siem.detect.definition import Level
from siem.notify.channel import by_name
from siem.notify.delivery import ChannelState, Delivery, Outcome
from siem.notify.message import Kind, Message, Words, key_of, text_of
from siem.notify.outbox import Outbox
from siem.notify.secret import address_of
from siem.notify.sender import Sender, trust
from yingbi.home import Home
from yingbi.settings import Settings
from yingbi.told import hear

_TRIAL = Words(zh="这是一条试发的消息，不必处理", en="this is a trial: nothing has to be done")


class NoSuchChannel(Exception):
    """No channel is called so. The message says which there are."""


def states_of(settings: Settings) -> dict[str, Any]:
    """Every channel that is set with how it stands, and the heartbeat; as JSON. Raises StoreUnavailable."""
    home = Home(settings.home)
    outbox = Outbox(home.notifications, read_only=True)
    told = hear(home.told("notifier"))
    wrong = {each["name"]: each["wrong"] for each in told.get("channels", [])}
    channels = settings.notify.channels
    states = outbox.states([channel.name for channel in channels])
    heartbeat = bool(settings.notify.heartbeat_file or settings.notify.heartbeat_env)
    return {
        "channels": [
            {
                "name": channel.name,
                "level": channel.level.value,
                "systems": list(channel.systems),
                "hours": channel.hours,
                "days": channel.days.value,
                "internal": channel.internal,
                "fallback": channel.fallback,
                "only_fallback": channel.only_fallback,
                **_state(state),
                "wrong": wrong.get(channel.name, ""),
            }
            for channel, state in zip(channels, states, strict=True)
        ],
        "heartbeat": told.get("heartbeat", {"set": heartbeat, "at": None, "trouble": ""}),
    }


def deliveries_of(settings: Settings, alert: str) -> list[dict[str, Any]]:
    """What became of the messages about *alert*, as JSON. Raises StoreUnavailable."""
    outbox = Outbox(Home(settings.home).notifications, read_only=True)
    return [_delivery(each) for each in outbox.deliveries(AlertId(alert))]


def lines_of(states: Mapping[str, Any]) -> list[str]:
    """*states* for people."""
    lines = [] if states["channels"] else ["没有设置通知渠道，见系统管理员手册 / no channel is set: see the manual"]
    for channel in states["channels"]:
        sent = f"{_told(channel['sent_at'])} 送达 / delivered" if channel["sent_at"] else "从未送达 / never delivered"
        lines.append(f"  {channel['name']:<16} {channel['level']:<9} {sent}，{channel['waiting']} 条在等 / waiting")
        if channel["failures"]:
            since = _told(channel["failing_since"])
            lines.append(f"    {since} 起失败 {channel['failures']} 次 / failures: {channel['result']}")
        if channel["wrong"]:
            lines.append(f"    {channel['wrong']}")
    beat = states["heartbeat"]
    if beat["set"]:
        last = _told(beat["at"]) if beat["at"] else "从未 / never"
        lines.append(f"  心跳 / heartbeat  {last}  {beat['trouble']}".rstrip())
    return lines


def lines_of_deliveries(deliveries: list[dict[str, Any]]) -> list[str]:
    """*deliveries* for people."""
    lines = []
    for each in deliveries:
        via = f"（代 {each['via']} / for it）" if each["via"] else ""
        done = f"{_told(each['sent_at'])} 送达 / delivered" if each["sent_at"] else "未送达 / not delivered yet"
        lines.append(f"  {each['kind']:<8} {each['channel']}{via}  {done}  {each['result']}  ×{each['attempts']}")
    return lines or ["没有为它发过通知 / nothing was told of it"]


def is_well(states: Mapping[str, Any]) -> bool:
    """Whether nothing is wrong with any channel or the heartbeat."""
    failing = any(channel["failures"] or channel["wrong"] for channel in states["channels"])
    return not (failing or states["heartbeat"]["trouble"])


def try_channel(settings: Settings, name: str, environment: Mapping[str, str], now: datetime) -> Outcome:
    """What becomes of a trial message to the channel *name*, sent at once. Raises NoSuchChannel and WrongAddress."""
    channel = by_name(settings.notify.channels).get(name)
    if channel is None:
        names = ", ".join(each.name for each in settings.notify.channels) or "-"
        raise NoSuchChannel(f"没有这个渠道，设置中有 / there is no such channel; these are set: {names}")
    address = address_of(name, settings.home, channel.url_file, channel.url_env, environment)
    trust(str(settings.home / settings.notify.ca) if settings.notify.ca else "")
    trial = Message(
        key=f"trial/{name}/{now.isoformat()}",
        kind=Kind.TRIAL,
        level=Level.INFORMATIONAL,
        at=now,
        title=_TRIAL,
        advice=Words(zh="", en=""),
    )
    text = text_of([trial], settings.console_url, language=channel.language, internal=channel.internal)
    return Sender(name, address, clock=lambda: now).send(text, key_of([trial]))


def _state(state: ChannelState) -> dict[str, Any]:
    return {
        "waiting": state.waiting,
        "failures": state.failures,
        "failing_since": state.failing_since.isoformat() if state.failing_since else None,
        "sent_at": state.sent_at.isoformat() if state.sent_at else None,
        "result": state.result,
    }


def _delivery(delivery: Delivery) -> dict[str, Any]:
    return {
        "kind": delivery.kind.value,
        "channel": delivery.channel,
        "via": delivery.via,
        "attempts": delivery.attempts,
        "tried_at": delivery.tried_at.isoformat() if delivery.tried_at else None,
        "sent_at": delivery.sent_at.isoformat() if delivery.sent_at else None,
        "result": delivery.result,
        "key": delivery.key,
    }


def _told(text: str) -> str:
    return f"{datetime.fromisoformat(text).astimezone(LOCAL):%m-%d %H:%M:%S}"
