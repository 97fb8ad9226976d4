"""What a citizen is told who asks whether incidents affect them: a page in large type without a script, or JSON.

Nothing here says more than the log knows: "not found" is about what it holds, and what it cannot hold is said beside.
"""

import html
import json
from collections.abc import Sequence

from policies.affected import AffectedTable
from policies.affected_answer import (
    CANNOT_KNOW,
    STANDINGS,
    VERDICTS,
    WHAT_TO_DO,
    Told,
    Verdict,
    Words,
    address_of,
    caveats_of,
    title_of,
)
from proxy.pages import HOTLINE
from proxy.signin import OwnAnswer

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


def page(system: str, table: AffectedTable, verdict: Verdict, told: Sequence[Told]) -> OwnAnswer:
    """What a person reads, on the host of *system*."""
    is_found = verdict is Verdict.FOUND
    what_to_do = ""
    if is_found:
        what_to_do = '<h2>您可以这样做 <span class="en" lang="en">What to do</span></h2>\n<ul>\n'
        what_to_do += f"{''.join(map(_item, WHAT_TO_DO))}</ul>\n"
    text = _PAGE.format(
        system=html.escape(system),
        mark=" found" if is_found else "",
        verdict=_both(VERDICTS[verdict]),
        incidents="".join(_section(table, each) for each in told),
        what_to_do=what_to_do,
        cannot_know="".join(map(_item, CANNOT_KNOW)),
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
        "detail": VERDICTS[verdict][0],
        "incidents": [_entry(table, each) for each in told],
        "what_to_do": [zh for zh, _ in WHAT_TO_DO] if is_found else [],
        "cannot_know": [zh for zh, _ in CANNOT_KNOW],
        "hotline": HOTLINE,
        "phone": table.phone,
    }
    headers = ((b"content-type", b"application/json"), (b"x-content-type-options", b"nosniff"))
    return OwnAnswer(status=200, headers=headers, body=json.dumps(said, ensure_ascii=False).encode())


def _entry(table: AffectedTable, told: Told) -> dict[str, object]:
    incident, (title, title_en) = told.incident, title_of(told.incident)
    found: dict[str, object] = {
        "title": title,
        "title_en": title_en,
        "answer": told.standing.value,
        "detail": STANDINGS[told.standing][0],
        "has_unattributed": incident.has_unattributed,
        "has_other_numbers": incident.has_other_numbers,
    }
    if incident.notice:
        found |= {"notice": incident.notice, "address": address_of(table, incident)}
    return found


def _section(table: AffectedTable, told: Told) -> str:
    incident, (zh, en) = told.incident, title_of(told.incident)
    title = html.escape(zh)
    if incident.notice and table.site:
        title = f'<a href="{html.escape(address_of(table, incident))}">{title}</a>'
    text = f'<h2>{title} <span class="en" lang="en">{html.escape(en)}</span></h2>\n'
    text += f"<p>{_both(STANDINGS[told.standing])}</p>\n"
    return text + "".join(f"<p>{_both(words)}</p>\n" for words in caveats_of(told))


def _both(words: Words) -> str:
    return f'{words[0]}<span class="en" lang="en">{words[1]}</span>'


def _item(words: Words) -> str:
    return f"<li>{_both(words)}</li>\n"
