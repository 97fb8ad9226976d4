"""How notifications and the dead-man's switch stand, in words: for status, overview and the command."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from siem.baseline.calendar import LOCAL
from siem.notify.message import Words
from siem.notify.watchdog import WORDS, Part

BEATS_WITHIN = timedelta(seconds=30)
"""The notifier, which watches the others, tells of itself each second."""


def troubles_of(facts: Mapping[str, Any], now: datetime) -> list[Words]:
    """What is wrong by what the notifier has told (`run/notifier.json`); nothing where it has told nothing yet."""
    if not facts:
        return []
    beat = datetime.fromisoformat(facts["beat"])
    if now - beat > BEATS_WITHIN:
        at = _told(beat)
        return [
            Words(
                zh=f"通知进程停滞，{at} 起没有动静：没有人被通知，也没有人看护流程",
                en=f"the notifier stands still since {at}: nobody is told of anything, and nobody watches the pipeline",
            )
        ]
    found = []
    for part, since in facts["still"].items():
        if Part(part) is not Part.CHANNELS:  # those are named below
            words, at = WORDS[Part(part)], _told(datetime.fromisoformat(since))
            found.append(Words(zh=f"{words.zh}（{at} 起）", en=f"{words.en} (since {at})"))
    if facts["trouble"]:
        found.append(Words(zh=f"通知暂停：{facts['trouble']}", en=f"notifications pause: {facts['trouble']}"))
    for channel in facts["channels"]:
        name, waiting = channel["name"], channel["waiting"]
        if channel["wrong"]:
            zh, _, en = channel["wrong"].partition(" / ")
            found.append(Words(zh=f"通知渠道不能用：{zh}", en=f"a channel cannot be used: {en}"))
        elif channel["down"]:
            at = _told(datetime.fromisoformat(channel["failing_since"]))
            found.append(
                Words(
                    zh=f"通知渠道 {name} 自 {at} 送不到（{channel['result']}），{waiting} 条在等",
                    en=f"channel {name} takes nothing since {at} ({channel['result']}), {waiting} wait",
                )
            )
    if facts["heartbeat"]["trouble"]:
        trouble = facts["heartbeat"]["trouble"]
        found.append(Words(zh=f"心跳送不到：{trouble}", en=f"the heartbeat does not arrive: {trouble}"))
    return found


def _told(at: datetime) -> str:
    return f"{at.astimezone(LOCAL):%m-%d %H:%M}"
