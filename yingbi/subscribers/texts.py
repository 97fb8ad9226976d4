"""What subscribers are told: mails, Chinese first, and the body of webhooks. Only what the public site says as well."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from bulletin.feeds import text_of, title_of
from bulletin.subscribing import CONFIRM, LEAVE
from bulletin.wording import Site, chinese_time
from incident.notice import STAGE_NAMES, WITHDRAWAL_NAMES, PublishedNotice
from siem.notify.message import Text


@dataclass(frozen=True, slots=True)
class Issue:
    """A notice as it is in force: what there is to tell of it."""

    notice: PublishedNotice

    @property
    def key(self) -> str:
        """Of this version, or of its withdrawal."""
        current = self.notice.current
        return f"{self.notice.id}.{current.number}{'.withdrawn' if current.withdrawn else ''}"

    @property
    def at(self) -> datetime:
        """Since when it is in force."""
        current = self.notice.current
        return current.withdrawn.at if current.withdrawn else current.at

    @property
    def kind(self) -> tuple[str, str]:
        """What it is, for a machine and for a person."""
        if self.notice.current.withdrawn:
            return "notice.withdrawn", "撤回"
        return ("notice.published", "新通告") if self.notice.current.number == 1 else ("notice.corrected", "更新")


def asked_mail(site: Site, confirm: str, *, known: bool, leave: str) -> Text:
    """The mail to who has asked to be told; *known* says that they are already."""
    if known:
        return Text(
            f"{site.name}：您已订阅",
            f"有人（可能是您）在{site.name}网站填写了这个邮箱。您已经订阅，不需要再做什么。\n\n"
            f"退订：{_leave(site, leave)}\n\n"
            "You are told of notices already. Nothing has to be done.\n",
        )
    return Text(
        f"{site.name}：请确认订阅",
        f"有人（可能是您）在{site.name}网站填写了这个邮箱，希望收到今后的通告。\n\n"
        f"要订阅，请在 24 小时内打开：\n{site.base_url}{CONFIRM}?token={confirm}\n\n"
        "不是您填写的，不用理会：不确认就不会再收到邮件，地址一天后删除。\n"
        "我们不会通过邮件索要身份证号、密码或验证码。\n\n"
        "To be told of notices, open the link within 24 hours. Otherwise nothing more is sent.\n",
    )


def issue_mail(issue: Issue, site: Site, leave: str) -> Text:
    """The mail about a notice."""
    notice, content = issue.notice, issue.notice.current.content
    english = f"{content.title_en}\n\n{content.body_en}" if content else "This notice was withdrawn."
    change = f"更正说明：{content.change.zh}\n\n" if content and content.change else ""
    return Text(
        f"【{issue.kind[1]}】{title_of(notice)}",
        f"{title_of(notice)}\n{notice.id}，{chinese_time(issue.at, site)}\n\n{change}{text_of(notice)}\n\n"
        f"以网站上的文本为准：{site.base_url}/notices/{notice.id}\n咨询电话：{site.hotline} {site.phone}\n\n"
        f"{english}\n\n--\n{site.unit}\n退订 / Unsubscribe：{_leave(site, leave)}\n",
    )


def leave_headers(site: Site, leave: str) -> Mapping[str, str]:
    """By which a mail program lets its reader leave in one click. Source: RFC 2369, RFC 8058."""
    return {"List-Unsubscribe": f"<{_leave(site, leave)}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def issue_body(issue: Issue, site: Site) -> bytes:
    """The body of a webhook: the same octets whenever it is made."""
    notice, current = issue.notice, issue.notice.current
    content, withdrawn = current.content, current.withdrawn
    said = {
        "type": issue.kind[0],
        "timestamp": issue.at.isoformat(),
        "data": {
            "id": notice.id,
            "version": current.number,
            "url": f"{site.base_url}/notices/{notice.id}",
            "signed_url": f"{site.base_url}/notices/{notice.id}.json",
            "digest": current.digest,
            "title_zh": title_of(notice),
            "title_en": content.title_en if content else "",
            "stage": content.stage.value if content else "",
            "stage_zh": STAGE_NAMES[content.stage].zh if content else "",
            "text_zh": text_of(notice),
            "withdrawn_because": WITHDRAWAL_NAMES[withdrawn.reason].zh if withdrawn else "",
        },
    }
    return msgspec.json.encode(said)


def _leave(site: Site, token: str) -> str:
    return f"{site.base_url}{LEAVE}?token={token}"
