"""What a citizen is told who asks whether incidents affect them: a page in large type without a script, or JSON.

Nothing here says more than the log knows: "not found" is about what it holds, and what it cannot hold is said beside.
"""

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from policies.affected import AffectedTable, Incident
from proxy.pages import HOTLINE
from proxy.signin import OwnAnswer

type Words = tuple[str, str]
"""Chinese and English."""


class Standing(StrEnum):
    """What can be said of one person in one incident."""

    SHOWN = "shown"
    MASKED = "masked"
    NOT_FOUND = "not_found"
    CANNOT_SAY = "cannot_say"


class Verdict(StrEnum):
    """What can be said of one person in all incidents together."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    CANNOT_SAY = "cannot_say"


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of one incident."""

    incident: Incident
    standing: Standing

    @property
    def is_found(self) -> bool:
        """Whether the log names who asks."""
        return self.standing in (Standing.SHOWN, Standing.MASKED)


_STANDINGS: dict[Standing, Words] = {
    Standing.SHOWN: (
        "您的个人信息在这起事件中被他人看到。",
        "In this incident somebody was shown personal data of yours.",
    ),
    Standing.MASKED: (
        "您的记录在这起事件中被他人看到，但显示的内容经过遮盖。",
        "In this incident somebody was shown your record, with its values masked.",
    ),
    Standing.NOT_FOUND: ("没有查到您的记录。", "No record of yours was found."),
    Standing.CANNOT_SAY: (
        "现在还不能确定您是否受到影响，请稍后再查，或拨打热线。",
        "Whether you are affected cannot be told yet: ask again later, or ring the hotline.",
    ),
}
_UNATTRIBUTED: Words = (
    "这起事件中有一部分信息，记录没有写明是谁的，因此不能排除其中有您的信息。",
    "Of some of what was shown the record does not say whose it is, so it may be yours.",
)
_UNNAMED: Words = ("一起已经通知受影响个人的事件", "An incident of which the persons affected were told")
_VERDICTS: dict[Verdict, Words] = {
    Verdict.FOUND: ("查到了您的记录", "Your record was found"),
    Verdict.NOT_FOUND: (
        "在已公布的事件中，没有查到您的记录",
        "In the incidents made public, no record of yours was found",
    ),
    Verdict.CANNOT_SAY: (
        "现在还不能确定您是否受到影响。这不表示没有受到影响，请稍后再查，或拨打热线",
        "Whether you are affected cannot be told yet. That does not mean that you are not: ring the hotline",
    ),
}
_CANNOT_KNOW: tuple[Words, ...] = (
    (
        "这里只查经过本网关的访问。从别处读取、拍照、转发的，这里没有记录。",
        "Only what passed this gateway is looked up: what was read elsewhere, photographed or passed on is not here.",
    ),
    (
        "按您登录时使用的号码查找。用其他号码（如手机号、单位代码）登记的记录，可能查不到。",
        "You are looked up by the number that you signed in with; records under another number may not be found.",
    ),
    (
        "只回答您本人。替家人或他人查询的，请由本人登录，或拨打热线。",
        "The answer is about you alone. Others sign in themselves, or ring the hotline.",
    ),
    (
        "正在调查、尚未公布的事件，这里不回答。",
        "Nothing is said here of what is still investigated and not public.",
    ),
)
_WHAT_TO_DO: tuple[Words, ...] = (
    (
        "接到自称公安、银行、客服的电话或短信，不要转账，不要告诉对方验证码。可拨打 96110（反诈专线）核实。",
        "Whoever rings or writes as police, bank or service: transfer nothing, tell no code. Check with 96110.",
    ),
    (
        "不要点开陌生人发来的链接，不要按对方要求下载软件或共享屏幕。",
        "Open no links of strangers, install nothing and share no screen at their request.",
    ),
    (
        "留意银行卡、手机号和各类账户的变动，发现异常马上联系银行、运营商或报警（110）。",
        "Watch your bank cards, telephone number and accounts; report anything odd to the bank, the carrier or 110.",
    ),
    (
        "有疑问，或者需要帮助，请拨打政务服务热线 12345。工作人员不会向您要密码和验证码。",
        "For questions and help ring 12345. Nobody there asks you for a password or a code.",
    ),
)

_PAGE = """<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>我受影响了吗 · {system}</title>
<style>
body {{ margin: 0; font: 1.375rem/1.7 "Noto Sans CJK SC", "Microsoft YaHei", sans-serif }}
body {{ color: #1b1f24; background: #f5f6f8 }}
main {{ max-width: 44rem; margin: 0 auto; padding: 1.5rem; background: #fff; border-top: .4rem solid #0b4a8f }}
h1 {{ font-size: 2rem; line-height: 1.3; margin: 0 0 1rem }}
h2 {{ font-size: 1.625rem; line-height: 1.4; margin: 2rem 0 .5rem }}
p, li {{ margin: 0 0 1rem; overflow-wrap: anywhere }}
ul {{ margin: 0; padding-left: 1.5rem }}
.verdict {{ padding: 1rem; border: .2rem solid #0b4a8f; font-weight: bold }}
.found {{ border-color: #a4161a }}
.en {{ display: block; color: #4a5058; font-size: 1.125rem; font-weight: normal }}
a {{ color: #0b4a8f }}
</style>
</head>
<body>
<main>
<h1>我受影响了吗 <span class="en" lang="en">Was I affected?</span></h1>
<p class="verdict{mark}" role="status">{verdict}</p>
{incidents}{what_to_do}<h2>这里不能知道的 <span class="en" lang="en">What cannot be known here</span></h2>
<ul>
{cannot_know}</ul>
<h2>问一问 <span class="en" lang="en">Ask</span></h2>
<p>政务服务热线 <a href="tel:{hotline}">{hotline}</a>{phone}
<span class="en" lang="en">The hotline{phone_en}</span></p>
</main>
</body>
</html>
"""


def verdict_of(told: Sequence[Told]) -> Verdict:
    """What is said above all of *told*: "not found" only where each of them says so."""
    if any(each.is_found for each in told):
        return Verdict.FOUND
    is_known = all(each.standing is Standing.NOT_FOUND for each in told)
    return Verdict.NOT_FOUND if is_known else Verdict.CANNOT_SAY


def page(system: str, table: AffectedTable, verdict: Verdict, told: Sequence[Told]) -> OwnAnswer:
    """What a person reads, on the host of *system*."""
    is_found = verdict is Verdict.FOUND
    what_to_do = ""
    if is_found:
        what_to_do = '<h2>您可以这样做 <span class="en" lang="en">What to do</span></h2>\n<ul>\n'
        what_to_do += f"{''.join(map(_item, _WHAT_TO_DO))}</ul>\n"
    text = _PAGE.format(
        system=html.escape(system),
        mark=" found" if is_found else "",
        verdict=_both(_VERDICTS[verdict]),
        incidents="".join(_section(table, each) for each in told),
        what_to_do=what_to_do,
        cannot_know="".join(map(_item, _CANNOT_KNOW)),
        hotline=HOTLINE,
        phone=f"，或办理单位 {html.escape(table.phone)}" if table.phone else "",
        phone_en=f", or {html.escape(table.phone)}" if table.phone else "",
    )
    headers = (
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'"),
        (b"x-frame-options", b"DENY"),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
    )
    return OwnAnswer(status=200, headers=headers, body=text.encode())


def document(table: AffectedTable, verdict: Verdict, told: Sequence[Told]) -> OwnAnswer:
    """The same for a program."""
    is_found = verdict is Verdict.FOUND
    said = {
        "answer": verdict.value,
        "detail": _VERDICTS[verdict][0],
        "incidents": [_entry(table, each) for each in told],
        "what_to_do": [zh for zh, _ in _WHAT_TO_DO] if is_found else [],
        "cannot_know": [zh for zh, _ in _CANNOT_KNOW],
        "hotline": HOTLINE,
        "phone": table.phone,
    }
    headers = ((b"content-type", b"application/json"), (b"x-content-type-options", b"nosniff"))
    return OwnAnswer(status=200, headers=headers, body=json.dumps(said, ensure_ascii=False).encode())


def _entry(table: AffectedTable, told: Told) -> dict[str, object]:
    incident, (title, title_en) = told.incident, _title_of(told.incident)
    found: dict[str, object] = {
        "title": title,
        "title_en": title_en,
        "answer": told.standing.value,
        "detail": _STANDINGS[told.standing][0],
        "has_unattributed": incident.has_unattributed,
    }
    if incident.notice:
        found |= {"notice": incident.notice, "address": _address(table, incident)}
    return found


def _section(table: AffectedTable, told: Told) -> str:
    incident, (zh, en) = told.incident, _title_of(told.incident)
    title = html.escape(zh)
    if incident.notice and table.site:
        title = f'<a href="{html.escape(_address(table, incident))}">{title}</a>'
    text = f'<h2>{title} <span class="en" lang="en">{html.escape(en)}</span></h2>\n'
    text += f"<p>{_both(_STANDINGS[told.standing])}</p>\n"
    if incident.has_unattributed and told.standing is Standing.NOT_FOUND:
        text += f"<p>{_both(_UNATTRIBUTED)}</p>\n"
    return text


def _title_of(incident: Incident) -> Words:
    return (incident.title_zh, incident.title_en) if incident.notice else _UNNAMED


def _address(table: AffectedTable, incident: Incident) -> str:
    return f"{table.site}/notices/{incident.notice}" if table.site else ""


def _both(words: Words) -> str:
    return f'{words[0]}<span class="en" lang="en">{words[1]}</span>'


def _item(words: Words) -> str:
    return f"<li>{_both(words)}</li>\n"
