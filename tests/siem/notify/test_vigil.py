from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from siem.notify.message import Kind, Message
from siem.notify.outbox import Outbox
from siem.notify.vigil import AGAIN_AFTER, keep_vigil
from siem.notify.watchdog import Part, Standstill
from tests.siem.events import NINE
from tests.siem.notify.alerts import HOUR, MINUTE

STILL = Standstill(part=Part.INDEX, for_s=120.0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "notifications.db"


@pytest.fixture
def outbox(path: Path) -> Iterator[Outbox]:
    with closing(Outbox(path)) as made:
        yield made


@pytest.fixture
def told() -> list[Message]:
    return []


def test_it_is_told_when_it_is_found_each_hour_and_when_it_is_over(outbox: Outbox, told: list[Message]) -> None:
    def route(message: Message) -> dict[str, datetime]:
        told.append(message)
        return {}

    assert keep_vigil(outbox, [], NINE, route) == {}
    began = NINE - 2 * MINUTE
    assert keep_vigil(outbox, [STILL], NINE, route) == {Part.INDEX: began}
    assert keep_vigil(outbox, [STILL], NINE + AGAIN_AFTER - MINUTE, route) == {Part.INDEX: began}
    assert keep_vigil(outbox, [STILL], NINE + AGAIN_AFTER, route) == {Part.INDEX: began}
    assert keep_vigil(outbox, [], NINE + 2 * HOUR, route) == {}
    assert keep_vigil(outbox, [], NINE + 3 * HOUR, route) == {}
    assert [each.kind for each in told] == [Kind.SILENT, Kind.SILENT, Kind.RESUMED]
    assert [each.title.zh for each in told] == [
        "访问记录没有进入索引，已 2 分钟",
        "访问记录没有进入索引，已 62 分钟",
        "已恢复，曾持续 122 分钟：访问记录没有进入索引",
    ]
    assert len({each.key for each in told}) == 3


def test_that_a_journal_was_altered_is_told_once(outbox: Outbox, told: list[Message]) -> None:
    def route(message: Message) -> dict[str, datetime]:
        told.append(message)
        return {}

    altered = Standstill(part=Part.JOURNAL, for_s=0.0)
    for after in (0, 2, 48):
        assert keep_vigil(outbox, [altered], NINE + after * HOUR, route) == {Part.JOURNAL: NINE}
    assert [each.kind for each in told] == [Kind.SILENT]
    assert "审计员" in told[0].advice.zh


def test_who_is_started_anew_does_not_tell_it_again(path: Path, told: list[Message]) -> None:
    def route(message: Message) -> dict[str, datetime]:
        told.append(message)
        return {}

    named = Standstill(part=Part.PROCESSES, for_s=120.0, what="siem")
    with closing(Outbox(path)) as first:
        keep_vigil(first, [named], NINE, route)
    with closing(Outbox(path)) as second:
        keep_vigil(second, [named], NINE + MINUTE, route)
    (message,) = told
    assert "（siem）" in message.title.zh
