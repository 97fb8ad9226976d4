"""What a caller gets in place of a withheld answer: a page for people, a problem document for programs (RFC 9457).

Nothing of the request and nothing of the answer stands in either. The event id lets the staff on duty look it up.
"""

import html
import json
import re
from dataclasses import dataclass

from policies.program import StepUpRule
from proxy.reasons import REASONS, Reason

HOTLINE = "12345"
"""The district's service line, which callers ring when they are stuck."""

_PAGE = """<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ margin: 0; font: 1.125rem/1.6 "Noto Sans CJK SC", "Microsoft YaHei", sans-serif }}
body {{ color: #1b1f24; background: #f5f6f8 }}
main {{ max-width: 40rem; margin: 3rem auto; padding: 2rem; background: #fff; border-top: .4rem solid #a4161a }}
h1 {{ font-size: 1.5rem; line-height: 1.3; margin: 0 0 1rem }}
p {{ margin: 0 0 1rem }}
.en {{ color: #4a5058; font-size: 1rem }}
dl {{ margin: 1.5rem 0 0; border-top: 1px solid #d5d9de; padding-top: 1rem }}
dt {{ font-weight: bold }}
dd {{ margin: 0 0 .75rem; overflow-wrap: anywhere }}
a {{ color: #0b4a8f }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{acted}<p>{zh}。</p>
<p class="en" lang="en">{en}.</p>
{detail}<dl>
<dt>系统 / System</dt><dd>{system}</dd>
<dt>编号 / Reference</dt><dd>{event}</dd>
<dt>需要帮助 / Help</dt><dd>政务服务热线 <a href="tel:{hotline}">{hotline}</a>，或到办事窗口咨询，请提供上面的编号</dd>
</dl>
{sign_in}</main>
</body>
</html>
"""
_ACTED = (
    "<p><strong>您的操作已经提交并被系统执行，请不要重复提交。</strong>只是结果无法显示。</p>\n"
    '<p class="en" lang="en"><strong>It was carried out: do not repeat it.</strong> '
    "Only the result cannot be shown.</p>\n"
)
_QUOTED = re.compile(r'["\\]')
"""What cannot stand as it is between the quotes of a header."""
_SIGN_IN = '<p><a href="/.yingbi/sign-in">登录 / Sign in</a></p>\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What is said in place of an answer."""

    reason: str
    """One of `reasons.REASONS`."""
    event: str
    system: str = ""
    """Its title, Chinese first."""
    zh: str = ""
    """What the policy adds, where it adds something."""
    en: str = ""
    field: str = ""
    acted: bool = False
    """Whether the system behind may have carried out the request."""
    status: int | None = None
    """Where it is not the reason's own."""
    retry_s: int = 0
    """After how many seconds it makes sense to ask again; 0 where nobody knows."""
    step_up: StepUpRule | None = None
    """How the caller has to sign in, where he has to anew."""

    @property
    def answers_with(self) -> tuple[int, Reason]:
        """The status and the reason."""
        reason = REASONS[self.reason]
        return self.status or reason.status, reason


def challenge_of(notice: Notice) -> str:
    """What a 401 asks for: a credential, or one that says that its bearer has signed in more strongly (RFC 9470)."""
    told = ['Bearer realm="yingbi"']
    if (step := notice.step_up) is not None:
        told.append('error="insufficient_user_authentication"')
        if step.acr:
            told.append(f'acr_values="{" ".join(_QUOTED.sub("", each) for each in step.acr)}"')
        if step.within_minutes is not None:
            told.append(f'max_age="{60 * step.within_minutes}"')
    return ", ".join(told)


def page(notice: Notice) -> bytes:
    """A page that needs no script, no other file and no colour to be understood."""
    _, reason = notice.answers_with
    detail = ""
    if notice.zh or notice.en:
        detail += f"<p>{html.escape(notice.zh)}</p>\n<p class='en' lang='en'>{html.escape(notice.en)}</p>\n"
    if notice.field:
        detail += f"<p>字段 / Field: {html.escape(notice.field)}</p>\n"
    text = _PAGE.format(
        title=_title(notice),
        acted=_ACTED if notice.acted else "",
        zh=html.escape(reason.zh),
        en=html.escape(reason.en[0].upper() + reason.en[1:]),
        detail=detail,
        system=html.escape(notice.system or "影壁 Yingbi"),
        event=html.escape(notice.event),
        hotline=HOTLINE,
        sign_in=_SIGN_IN if notice.answers_with[0] == 401 else "",
    )
    return text.encode()


def _title(notice: Notice) -> str:
    if notice.answers_with[0] != 401:
        return "内容未予显示"
    return "请加强登录" if notice.step_up is not None else "请先登录"


def problem(notice: Notice) -> bytes:
    """A problem document. `reason` and `event` are ours; `field` is the declared field it is about."""
    status, reason = notice.answers_with
    document: dict[str, object] = {
        "type": f"urn:yingbi:reason:{notice.reason}",
        "title": reason.en,
        "status": status,
        "detail": "; ".join(text for text in (reason.zh, notice.zh, notice.en) if text),
        "reason": notice.reason,
        "event": notice.event,
    }
    if notice.field:
        document["field"] = notice.field
    if notice.retry_s:
        document["retry_after"] = notice.retry_s
    if notice.acted:
        document["carried_out"] = True
        document["detail"] = f"已执行，请勿重复提交 / carried out, do not repeat; {document['detail']}"
    return json.dumps(document, ensure_ascii=False).encode()
