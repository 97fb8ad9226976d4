"""All that may stand between a draft of the public notice and the public.

Source: 个人信息保护法 art. 57 (what a notice contains).
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from incident.blank import is_blank
from incident.contact import are_lines, digits_of, public_numbers
from incident.draft import MISSING_MARK, Draft, Headline, Hit, NoticeFact, Problem, Scan
from incident.ids import Bilingual
from incident.notice import STAGE_NAMES, Content
from incident.spelling import names_any, spells_mail
from incident.tracing import untraced, unwritten_quantities
from policies.recognisers.category_names import names_of

LONGEST_BODY = 12_000
"""Characters; keeps the page below 50 KB."""


SECTIONS = (
    Bilingual(zh="发生了什么", en="what happened"),
    Bilingual(zh="涉及哪些信息", en="what information"),
    Bilingual(zh="可能造成的影响", en="possible harm"),
    Bilingual(zh="我们采取的措施", en="what we did"),
    Bilingual(zh="您可以怎样做", en="what you can do"),
    Bilingual(zh="联系我们", en="contact"),
)
"""The headings that every notice has. Source: 个人信息保护法 art. 57, items 1 to 3."""


def problems_of(
    draft: Draft,
    facts: Sequence[NoticeFact],
    scan: Scan,
    *,
    headline: Headline,
    never_named: Collection[str] = (),
    correction: bool = False,
    public: Content | None = None,
) -> tuple[Problem, ...]:
    """Everything that keeps *draft* from being published, given the *facts* and the *headline* as they are now.

    *never_named*: ids of callers, credentials and addresses of the case, which no notice names.
    *correction*: whether the public has read an earlier version; *public*: what it reads now.
    """
    content = draft.content
    found = [*_doubts(draft, facts), *_outdated(draft, headline), *_gaps(content), *_lacking_sections(content)]
    numbers = public_numbers(content.contact, ours := settings_numbers(facts))
    for where, text in texts_of(content):
        hits = _private(text, scan(text), numbers)
        found += _unsayable(where, text, hits, never_named)
        found += _untraced(facts, where, _without(text, hits))
    found += _contact(content, facts, ours, scan, never_named)
    if correction and content.change is None:
        found.append(_problem("no-change", "没有说明更正了什么", "it is not said what was corrected"))
    if public is not None and replace(public, change=content.change) == content:
        found.append(_problem("nothing-changed", "与已发布的一版没有差别", "it is what the public reads already"))
    if len(content.body_zh) + len(content.body_en) > LONGEST_BODY:
        found.append(_problem("too-long", f"全文超过 {LONGEST_BODY} 字", f"more than {LONGEST_BODY} characters"))
    return tuple(found)


def settings_numbers(facts: Sequence[NoticeFact]) -> tuple[str, ...]:
    """The numbers to call that *facts* have from the settings: what the office itself gives out, even a mobile."""
    return tuple(fact.value.zh for fact in facts if fact.name in ("phone", "hotline") and fact.source == "settings")


def texts_of(content: Content) -> tuple[tuple[Bilingual, str], ...]:
    """Every text that the public would read but the contact, with the name of its place."""
    change = content.change or Bilingual(zh="", en="")
    return (
        (Bilingual(zh="标题", en="the title"), content.title_zh),
        (Bilingual(zh="正文", en="the text"), content.body_zh),
        (Bilingual(zh="英文标题", en="the English title"), content.title_en),
        (Bilingual(zh="英文摘要", en="the English summary"), content.body_en),
        (Bilingual(zh="更正说明", en="the note on the correction"), change.zh),
        (Bilingual(zh="英文更正说明", en="the English note on the correction"), change.en),
    )


def _problem(code: str, zh: str, en: str) -> Problem:
    return Problem(code=code, text=Bilingual(zh=zh, en=en))


def _doubts(draft: Draft, facts: Sequence[NoticeFact]) -> list[Problem]:
    found = [
        _problem(
            "doubtful-fact",
            f"事实“{fact.label.zh}”存疑：{fact.doubt.zh}",
            f"the fact `{fact.label.en}` is in doubt: {fact.doubt.en}",
        )
        for fact in facts
        if fact.doubt
    ]
    before = {fact.name: fact.value for fact in draft.facts}
    found += [
        _problem(
            "changed-fact",
            f"起草以后事实“{fact.label.zh}”有变化，请重新起草或逐处修改",
            f"the fact `{fact.label.en}` has changed since the draft was filled in",
        )
        for fact in facts
        if before.get(fact.name, fact.value) != fact.value
    ]
    return found


def _outdated(draft: Draft, now: Headline) -> list[Problem]:
    """Stage and grade that the case no longer has. What a person chose instead stands until the case changes again."""
    content, before = draft.content, draft.headline
    found = []
    if content.stage is not now.stage and (before is None or before.stage is not now.stage):
        name = STAGE_NAMES[now.stage]
        found.append(
            _problem(
                "changed-stage",
                f"起草以后处置阶段变为“{name.zh}”，请重新起草，或者在草稿中改选",
                f"the stage is `{name.en}` since the draft was filled in: draft it anew, or choose it",
            )
        )
    if content.grade != now.grade and (before is None or before.grade != now.grade):
        name = now.grade or Bilingual(zh="尚未定级", en="not graded")
        found.append(
            _problem(
                "changed-grade",
                f"起草以后级别变为“{name.zh}”，请重新起草，或者在草稿中改选",
                f"the grade is `{name.en}` since the draft was filled in: draft it anew, or choose it",
            )
        )
    return found


def _gaps(content: Content) -> list[Problem]:
    found = []
    if any(MISSING_MARK in text for _, text in texts_of(content)):
        found.append(
            _problem("missing-fact", f"文中还有{MISSING_MARK}的内容", "the text still has gaps to be filled in")
        )
    for where, text in texts_of(content)[:4]:
        if is_blank(text):
            found.append(_problem("empty", f"{where.zh}为空", f"{where.en} is empty"))
    if is_blank(content.contact.unit.zh) or is_blank(content.contact.phone):
        found.append(_problem("no-contact", "没有联系单位或电话", "there is no unit or phone to contact"))
    return found


def _lacking_sections(content: Content) -> list[Problem]:
    sections: dict[str, str] = {}
    heading = ""
    for line in content.body_zh.splitlines():
        if line.startswith("## "):
            heading = line[3:].strip()
        elif heading:
            sections[heading] = sections.get(heading, "") + line.strip()
    return [
        _problem("lacking-section", f"缺少“{section.zh}”一节", f"the section on {section.en} is missing or empty")
        for section in SECTIONS
        if is_blank(sections.get(section.zh, ""))
    ]


def _contact(
    content: Content, facts: Sequence[NoticeFact], ours: Collection[str], scan: Scan, never_named: Collection[str]
) -> list[Problem]:
    """What keeps the unit and its numbers from the public, as they stand below the text."""
    found = []
    contact = content.contact
    known = {value for fact in facts if fact.name == "unit" for value in (fact.value.zh, fact.value.en)}
    for where, unit in (
        (Bilingual(zh="联系单位", en="the unit"), contact.unit.zh),
        (Bilingual(zh="英文联系单位", en="the English name of the unit"), contact.unit.en),
    ):
        hits = [] if unit in known else scan(unit)  # the settings say what the office is called
        found += _unsayable(where, unit, hits, never_named)
        found += _untraced(facts, where, _without(unit, hits)) if unit not in known else []
    for where, number in (
        (Bilingual(zh="咨询电话", en="the phone"), contact.phone),
        (Bilingual(zh="服务热线", en="the hotline"), contact.hotline),
    ):
        hits = _private(number, scan(number), public_numbers(contact, ours))
        found += _unsayable(where, number, hits, never_named)
        if not are_lines(number) and number not in ours:
            found.append(
                _problem(
                    "no-line",
                    f"{where.zh}须是单位的固定电话或者服务热线，个人号码不能公开；单位对外公布的手机号在设置中填写",
                    f"{where.en} has to be a landline or a hotline; a mobile of the office only as settings have it",
                )
            )
    return found


def _private(text: str, hits: Sequence[Hit], public: Collection[str]) -> list[Hit]:
    """Those of *hits* in *text* that are no number which everybody may call."""
    return [hit for hit in hits if digits_of(text[hit.start : hit.end]) not in public]


def _without(text: str, hits: Sequence[Hit]) -> str:
    """*text* with personal data blanked out: what is found of its numbers is said by name, and a value never is."""
    for hit in reversed(hits):
        text = f"{text[: hit.start]}{'□' * (hit.end - hit.start)}{text[hit.end :]}"
    return text


def _unsayable(where: Bilingual, text: str, hits: Sequence[Hit], never_named: Collection[str]) -> list[Problem]:
    found = [
        _problem(
            "personal-data",
            f"{where.zh}第 {hit.start + 1} 至 {hit.end} 字疑似个人信息（{names_of(hit.category)[0]}）",
            f"{where.en} seems to hold personal data ({names_of(hit.category)[1]}), "
            f"characters {hit.start + 1} to {hit.end}",
        )
        for hit in hits
    ]
    if spells_mail(_without(text, hits)):
        found.append(
            _problem("personal-data", f"{where.zh}疑似写有电子邮箱", f"{where.en} seems to spell out a mail address")
        )
    if names_any(text, never_named):
        found.append(
            _problem(
                "names-caller",
                f"{where.zh}出现了涉事账号、凭证或网络地址",
                f"{where.en} names an account, a credential or an address of the case",
            )
        )
    return found


def _untraced(facts: Sequence[NoticeFact], where: Bilingual, text: str) -> list[Problem]:
    """Numbers of *text* that stand in no fact: each has to be traceable to where it comes from."""
    found = [
        _problem(
            "untraced-number",
            f"{where.zh}中的数字 {number} 没有事实来源，或者与所说的事实不符",
            f"the number {number} in {where.en} comes from no fact about what it is said of",
        )
        for number in untraced(text, facts)
    ]
    if unwritten_quantities(text, facts):
        found.append(
            _problem("untraced-number", f"{where.zh}中的数量请用阿拉伯数字", f"{where.en} has a quantity in words")
        )
    return found
