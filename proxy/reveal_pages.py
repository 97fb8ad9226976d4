"""The pages where one asks to be shown a record whole, and learns what became of it. They need no script."""

import html
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from policies.parse.section import BEIJING
from policies.permits import Answered, Kind, State
from policies.program import RevealRule
from proxy.asked_words import LONGEST_REASON, SHORTEST_REASON
from proxy.reasons import REASONS
from proxy.reveal import REVEAL, Refused, Wanted
from proxy.signin import OwnAnswer

AGAIN_S = 1
"""So often a page asks what became of it."""

_PAGE = """<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
{again}<title>{title} · {system}</title>
<style>
body {{ margin: 0; font: 1.125rem/1.6 "Noto Sans CJK SC", "Microsoft YaHei", sans-serif }}
body {{ color: #1b1f24; background: #f5f6f8 }}
main {{ max-width: 40rem; margin: 3rem auto; padding: 2rem; background: #fff; border-top: .4rem solid #0b4a8f }}
h1 {{ font-size: 1.5rem; line-height: 1.3; margin: 0 0 1rem }}
label, legend {{ display: block; margin: 1rem 0 .25rem; font-weight: bold }}
p, fieldset {{ margin: 0 0 1rem }}
fieldset {{ border: 0; padding: 0 }}
fieldset label {{ margin: .25rem 0; font-weight: normal }}
.field {{ box-sizing: border-box; width: 100%; padding: .6rem; font: inherit; border: 1px solid #59616b }}
button {{ margin-top: 1rem; padding: .6rem 1.5rem; font: inherit; color: #fff; background: #0b4a8f; border: 0 }}
.wrong {{ color: #a4161a; font-weight: bold }}
.en, .hint {{ color: #4a5058; font-size: 1rem; font-weight: normal }}
</style>
</head>
<body>
<main>
<h1>{title} <span class="en" lang="en">{title_en}</span></h1>
{content}</main>
</body>
</html>
"""
_FORM = """{wrong}<p>查看和事由都会留下记录，并可能被抽查。许可只对这一个人的记录有效，到时自动失效。</p>
<p class="en" lang="en">What you see, and why, is recorded and may be reviewed. A permit is for the records of this one
person and ends by itself.</p>
<form method="post" action="{action}" autocomplete="off">
{choice}<label for="event">事件编号 <span class="en" lang="en">Event</span></label>
<input class="field" id="event" name="event" value="{event}" maxlength="40" aria-describedby="event-hint">
<p class="hint" id="event-hint">刚才看到的脱敏页面的编号，已自动填好；紧急查看不填。
<span lang="en">Of the masked page that you have just seen; not needed in an emergency.</span></p>
<label for="case">案件编号 <span class="en" lang="en">Case number</span></label>
<input class="field" id="case" name="case" value="{case}" maxlength="40" aria-describedby="case-hint">
<p class="hint" id="case-hint">数字和不超过四个字的字头，如 受理2026-0117。
<span lang="en">Digits, with up to four letters in a row, such as C-2026-0117.</span></p>
<label for="reason">事由 <span class="en" lang="en">Reason</span></label>
<textarea class="field" id="reason" name="reason" rows="3" maxlength="{longest}" required
aria-describedby="reason-hint">{reason}</textarea>
<p class="hint" id="reason-hint">{shortest} 至 {longest} 个字，不要写姓名、号码、住址等个人信息。
<span lang="en">{shortest} to {longest} characters, with nobody's name, number or address in it.</span></p>
<button>申请 Ask</button>
</form>
"""
_CHOICES = """<fieldset><legend>申请什么 <span class="en" lang="en">What you ask for</span></legend>
{choices}</fieldset>
"""
_CHOICE = """<label><input type="radio" name="reveal" value="{id}"{checked}> {words}</label>
"""
_ONLY = """<input type="hidden" name="reveal" value="{id}">
<p>{words}</p>
"""
_RULE = '{zh}：{titles_zh}（{id}） <span class="en" lang="en">{en}: {titles_en}</span>'
_WORDS = {
    Kind.REVEAL: ("查看一个人的原文", "The records of one person"),
    Kind.BREAK_GLASS: (
        "紧急查看：本系统全部记录，立即通知值班人员，次次复核",
        "Emergency: every record of this system; the staff on duty are told, and each time is reviewed",
    ),
}
_STATES = {
    "asked": ("已提交，正在受理", "Being decided"),
    "open": ("已经开启", "Open"),
    "refused": ("没有同意", "Refused"),
    "ended": ("已经结束", "Ended"),
}


def form_page(system: str, rules: Sequence[RevealRule], wanted: Wanted, refused: Refused | None = None) -> OwnAnswer:
    """The form to ask by one of *rules*, filled in as *wanted*; why it was *refused*, where it was, stands above it."""
    wrong, status = "", 200
    if refused is not None:
        reason = REASONS[refused.reason]
        status = reason.status
        zh, en = refused.zh or reason.zh, refused.en or reason.en
        wrong = f'<p class="wrong" role="alert">{html.escape(zh)} <span lang="en">{html.escape(en)}</span></p>\n'
    content = _FORM.format(
        wrong=wrong,
        action=REVEAL,
        choice=_choice_of(rules, wanted),
        event=html.escape(wanted.event),
        case=html.escape(wanted.case),
        reason=html.escape(wanted.reason),
        shortest=SHORTEST_REASON,
        longest=LONGEST_REASON,
    )
    page = _page(system, "申请查看原文", "Ask to see a record whole", content, status=status)
    return page if refused is None else replace(page, reason=refused.reason)


def state_page(system: str, permit: str, answered: Answered | None, now: datetime, status: int = 200) -> OwnAnswer:
    """What became of what was asked for as *permit*: None, nothing yet, and then the page asks again by itself."""
    state = state_of(answered, now)
    zh, en = _STATES[state]
    content = f'<p role="status"><strong>{zh}</strong> <span class="en" lang="en">{en}</span></p>\n'
    if state == "open" and answered is not None and answered.until is not None:
        until = answered.until.astimezone(BEIJING)
        content += (
            f"<p>到 {until:%H:%M:%S}（北京时间）为止。请回到原来的页面并刷新。</p>\n"
            f'<p class="en" lang="en">Until {until:%H:%M:%S} in Beijing. Go back to the page and load it again.</p>\n'
        )
    if answered is not None and answered.code:
        reason = REASONS.get(answered.code)
        words = (reason.zh, reason.en) if reason else (answered.code, answered.code)
        content += f"<p>{html.escape(words[0])}。</p>\n"
        content += f'<p class="en" lang="en">{html.escape(words[1])}</p>\n'
    content += f"<p>许可编号 <span lang='en'>Permit</span> {permit}</p>\n"
    content += f'<p><a href="{REVEAL}">再次申请 <span lang="en">Ask again</span></a></p>\n'
    again = f'<meta http-equiv="refresh" content="{AGAIN_S};url={REVEAL}/{permit}">\n' if state == "asked" else ""
    return _page(system, "查看原文", "To see a record whole", content, status=status, again=again)


def state_document(permit: str, answered: Answered | None, now: datetime, status: int = 200) -> OwnAnswer:
    """The same for a program."""
    document: dict[str, object] = {
        "permit": permit,
        "state": state_of(answered, now),
        "status": f"{REVEAL}/{permit}",
    }
    if answered is not None and answered.until is not None:
        document["until"] = answered.until.isoformat()
    if answered is not None and answered.code:
        reason = REASONS.get(answered.code)
        document["reason"] = answered.code
        document["detail"] = f"{reason.zh} / {reason.en}" if reason else answered.code
    headers = ((b"content-type", b"application/json"), (b"x-content-type-options", b"nosniff"))
    return OwnAnswer(status=status, headers=headers, body=json.dumps(document, ensure_ascii=False).encode())


def state_of(answered: Answered | None, now: datetime) -> str:
    """`asked`, `open`, `refused` or `ended`."""
    if answered is None:
        return "asked"
    if answered.state is State.OPEN and answered.until is not None and now >= answered.until:
        return State.ENDED.value
    return answered.state.value


def _choice_of(rules: Sequence[RevealRule], wanted: Wanted) -> str:
    if len(rules) == 1:
        return _ONLY.format(id=html.escape(rules[0].grant.id), words=_words_of(rules[0]))
    ids = [rule.grant.id for rule in rules]
    chosen = wanted.reveal if wanted.reveal in ids else next(iter(ids), "")
    choices = "".join(
        _CHOICE.format(
            id=html.escape(rule.grant.id),
            checked=" checked" if rule.grant.id == chosen else "",
            words=_words_of(rule),
        )
        for rule in rules
    )
    return _CHOICES.format(choices=choices)


def _words_of(rule: RevealRule) -> str:
    zh, en = _WORDS[rule.kind]
    return _RULE.format(
        zh=zh,
        en=en,
        titles_zh=html.escape("、".join(title for title, _ in rule.titles)),
        titles_en=html.escape(", ".join(title for _, title in rule.titles)),
        id=html.escape(rule.grant.id),
    )


def _page(system: str, title: str, title_en: str, content: str, *, status: int, again: str = "") -> OwnAnswer:
    body = _PAGE.format(again=again, title=title, title_en=title_en, system=html.escape(system), content=content)
    headers = (
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"),
        (b"x-frame-options", b"DENY"),
        (b"x-content-type-options", b"nosniff"),
    )
    return OwnAnswer(status=status, headers=headers, body=body.encode())
