"""Notices for the tests of the public site. All is invented."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from bulletin.wording import Site
from incident.ids import NoticeId
from incident.notice import (
    Contact,
    Content,
    PublishedNotice,
    Stage,
    Version,
    Withdrawal,
    WithdrawalReason,
    digest_of,
    publish,
)
from tests.incident.office import TEN, zh

SITE = Site(
    unit="青石区政务服务和数据管理局",
    phone="0570-8765000",
    base_url="https://notices.yingbi.example",
)
BODY = """## 发生了什么

2026年11月23日，有账号大量读取个人信息。
共有 1,234 人的信息被显示。

## 我们采取的措施

- 已停用该账号。
- 已核对日志。

## 您可以怎样做

如有疑问请拨打 12345。
"""
CONTENT = Content(
    title_zh="关于人口登记系统个人信息异常读取事件的通告",
    body_zh=BODY,
    title_en="Notice on unusual access",
    body_en="An account read personal information in bulk.\n\nCall 12345.\n",
    stage=Stage.CONTAINED,
    grade=zh("一般", "ordinary"),
    contact=Contact(unit=zh("青石区政务服务和数据管理局", "Data Bureau"), phone="0570-8765000"),
)


def content(**changes: Any) -> Content:
    return replace(CONTENT, **changes)


def notice(number: int = 1, *contents: Content) -> PublishedNotice:
    """Notice *number* of the day, a version an hour for each of the *contents*."""
    versions = tuple(
        Version(number=place, at=TEN + timedelta(hours=place - 1), digest=digest_of(each), content=each)
        for place, each in enumerate(contents or (CONTENT,), 1)
    )
    return PublishedNotice(id=NoticeId(f"N-20261123-{number:03d}"), versions=versions)


def withdrawn(told: PublishedNotice) -> PublishedNotice:
    gone = Withdrawal(at=TEN + timedelta(days=1), reason=WithdrawalReason.PERSONAL_DATA)
    return replace(told, versions=tuple(replace(each, content=None, withdrawn=gone) for each in told.versions))


def put(folder: Path, *notices: PublishedNotice) -> None:
    for each in notices:
        publish(folder, each)
