from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from yingbi.notify_status import BEATS_WITHIN, troubles_of

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
BEFORE = (NOW - timedelta(minutes=9)).isoformat()


def facts(**changes: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "beat": NOW.isoformat(),
        "trouble": "",
        "channels": [],
        "still": {},
        "heartbeat": {"set": True, "at": None, "trouble": ""},
    }
    return {**whole, **changes}


def channel(**changes: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "name": "oncall",
        "wrong": "",
        "down": False,
        "waiting": 3,
        "failing_since": BEFORE,
        "result": "HTTP 500",
    }
    return {**whole, **changes}


@pytest.mark.parametrize(
    ("changes", "zh", "en"),
    [
        ({"beat": (NOW - 2 * BEATS_WITHIN).isoformat()}, "通知进程停滞，11-26 16:59 起", "nobody watches the pipeline"),
        ({"still": {"detector": BEFORE}}, "检测停止：新的记录没有人看（11-26 16:51 起）", "since 11-26 16:51"),
        ({"trouble": "the file is full"}, "通知暂停", "the file is full"),
        ({"channels": [channel(down=True)]}, "oncall 自 11-26 16:51 送不到（HTTP 500），3 条在等", "3 wait"),
        ({"channels": [channel(wrong="`oncall` 空 / empty")], "still": {"channels": BEFORE}}, "`oncall` 空", "empty"),
        ({"heartbeat": {"set": True, "at": None, "trouble": "HTTP 404"}}, "心跳送不到：HTTP 404", "does not arrive"),
    ],
    ids=["beat", "still", "trouble", "down", "wrong", "heartbeat"],
)
def test_each_trouble_is_a_sentence(changes: dict[str, Any], zh: str, en: str) -> None:
    (found,) = troubles_of(facts(**changes), NOW)
    assert zh in found.zh
    assert en in found.en


def test_where_all_is_well_or_nothing_was_told_nothing_is_said() -> None:
    assert troubles_of(facts(channels=[channel()]), NOW) == []
    assert troubles_of({}, NOW) == []
