"""What each template says to each audience: complete, traceable, in words that a citizen knows."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from incident.audience import SHIPPED, Audience, templates_in
from incident.command import Containment
from incident.draft import MISSING_MARK
from incident.ids import CaseId
from incident.notice import blocks
from incident.rendition import Rendition, rendition_json, rendition_of
from policies.recognisers.scan import scan
from siem.record.event import Disclosure
from tests.golden import Golden
from tests.incident.office import CHEN, PRESS, TEN, Office, alert, shown, zh

NONE = Path("/none")
TEMPLATES = templates_in(NONE)
CHINESE = [audience for audience in Audience if audience is not Audience.ENGLISH]
KINDS = {
    "bulk-retrieval", "stolen-credential", "leaking-integration", "page-scraping", "e-licence-documents",
    "chat-assistant", "lost-terminal", "extortion", "outside-report", "canary-record",
}  # fmt: skip

LONGEST_SENTENCE = {Audience.PUBLIC: 60, Audience.PLAIN: 30, Audience.HOTLINE: 40, Audience.WECHAT: 60}
"""Characters between two ends of a sentence, without those of the facts. Chinese is read aloud at four a second."""
JARGON = re.compile(
    "日志|脱敏|摘要|凭证|接口|网关|哈希|加密|解密|令牌|端口|溯源|研判|处置|触发|阈值|明文|密文|终端|数据库|服务器|漏洞|"
    "攻击|渗透|告警|工单|基线|指纹|爬虫|黑客|拖库|撞库|赋能|闭环|抓手|API|SQL|IP|Token|URL|HTTP"
)
"""Words of our trade. A citizen knows what they mean to him only if they are said in other words."""
HARDER = re.compile("异常|遮盖|核实|保全|逐条|范围|涉事|冒用|来源|主管|通告将|予以|有关|上述|进一步|情况发生在")
"""Words of offices, which plain words do without."""


def counted(office: Office) -> CaseId:
    office.record(fields=(shown("resident_id"), shown("bank_card")))
    case = office.cases.open_or_join(alert(automatic=True))
    office.perform_all()
    return case


def rendered(office: Office, case: CaseId, template: str, audience: Audience) -> Rendition:
    return rendition_of(office.cases.get(case), template, audience, PRESS, scan, TEN)


def test_there_is_a_template_for_every_kind_of_incident() -> None:
    assert {*TEMPLATES} == KINDS


def test_every_template_can_go_out_to_every_audience_as_it_is(office: Office) -> None:
    case = counted(office)
    for template in TEMPLATES:
        for audience in Audience:
            found = rendered(office, case, template, audience)
            assert found.problems == (), (template, audience, found.problems)
            assert MISSING_MARK not in found.draft.content.body_zh


@pytest.mark.parametrize("audience", [Audience.PLAIN, Audience.HOTLINE, Audience.WECHAT])
def test_what_an_audience_reads(office: Office, golden: Golden, audience: Audience) -> None:
    case = counted(office)
    parts = []
    for template in TEMPLATES:
        content = rendered(office, case, template, audience).draft.content
        parts.append(f"# {content.title_zh}\n\n{content.body_zh}")
    golden.check(f"audience-{audience.value}.txt", "\n\n".join(parts))


def test_what_the_public_reads_of_each_kind(office: Office, golden: Golden) -> None:
    case = counted(office)
    parts = []
    for template in TEMPLATES:
        content = rendered(office, case, template, Audience.PUBLIC).draft.content
        parts.append(f"# {content.title_zh}\n\n{content.body_zh}\n# {content.title_en}\n\n{content.body_en}")
    golden.check("audience-public.txt", "\n\n".join(parts))


def _without_facts(found: Rendition) -> str:
    content = found.draft.content
    text = f"{content.title_zh}。\n\n{content.body_zh}"
    values = sorted((fact.value.zh for fact in found.draft.facts if fact.value.zh), key=len, reverse=True)
    for value in values:
        text = text.replace(value, "某")
    return text


@pytest.mark.parametrize("audience", CHINESE)
def test_sentences_are_short_and_words_are_plain(office: Office, audience: Audience) -> None:
    office.record(fields=(shown("name", Disclosure.MASKED),), disclosure=Disclosure.MASKED)
    cases = [counted(office), office.cases.open_or_join(alert("a-2", respond="", group={"user.id": "clerk-zhou"}))]
    for case in cases:
        for template in TEMPLATES:
            text = _without_facts(rendered(office, case, template, audience))
            sentences = [
                part for block in blocks(text) for line in block.lines for part in re.split("[。！？；：]", line)
            ]
            longest = max(sentences, key=len)
            assert len(longest) <= LONGEST_SENTENCE[audience], (template, longest)
            assert not (found := JARGON.search(text)), (template, found)
            if audience is Audience.PLAIN:
                assert not (found := HARDER.search(text)), (template, found)


def test_the_measure_of_plain_words_finds_what_it_is_for() -> None:
    assert JARGON.search("经逐条核对访问日志")
    assert HARDER.search("涉事账号")
    assert len("某" * 61) > LONGEST_SENTENCE[Audience.PUBLIC]


def test_a_missing_fact_is_marked_and_blocks(office: Office) -> None:
    case = office.cases.open_or_join(alert(respond=""))
    for template in TEMPLATES:
        for audience in Audience:
            found = rendered(office, case, template, audience)
            assert MISSING_MARK in found.draft.content.body_zh + found.draft.content.body_en
            assert "missing-fact" in {problem.code for problem in found.problems}, (template, audience)


def test_every_number_leads_to_its_source_and_query(office: Office) -> None:
    case = counted(office)
    known = office.cases.get(case)
    told = json.loads(json.dumps(rendition_json(rendered(office, case, "bulk-retrieval", Audience.PUBLIC))))
    assert told["publishable"] is True
    assert (told["journal_entry"], told["journal_chain"]) == (known.last.number, known.last.chain)
    facts = {fact["name"]: fact for fact in told["facts"]}
    persons = facts["persons"]
    assert (persons["value"], persons["source"]) == ({"zh": "20", "en": "20"}, f"{case}#{known.scope_entry}")
    assert known.scope is not None
    assert persons["query"] == {
        "entry": known.scope_entry,
        "start": known.scope.question.start.isoformat(),
        "end": known.scope.question.end.isoformat(),
        "where": {"user.id": 1},
        "absent": [],
        "events": 20,
        "persons_sha256": known.scope.persons_hash,
        "cautions": ["around_the_gateway"],
    }
    assert all(fact["source"] for fact in told["facts"])
    assert facts["phone"]["query"] is None
    assert "clerk-wang" not in json.dumps(told), "whom the log was asked about is no fact of a notice"


def test_a_settled_number_leads_to_who_settled_it_and_not_to_the_query(office: Office) -> None:
    case = counted(office)
    office.cases.settle_fact(case, CHEN, "persons", zh("19", "19"), "其中一条为测试")
    told = rendition_json(rendered(office, case, "bulk-retrieval", Audience.PUBLIC))
    persons = next(fact for fact in told["facts"] if fact["name"] == "persons")
    assert (persons["source"], persons["query"]) == (f"{case}: 其中一条为测试", None)


def test_a_measure_is_told_only_where_it_is_in_force(office: Office) -> None:
    office.record()
    case = office.cases.open_or_join(alert(respond=""))
    texts = [rendered(office, case, "lost-terminal", audience).draft.content.body_zh for audience in CHINESE]
    assert not any("已经停" in text or "已停用" in text for text in texts)
    office.cases.contain(case, CHEN, Containment.BLOCK_CALLER, target="clerk-wang", hours=2, reason="先行控制")
    office.perform_all()
    texts = [rendered(office, case, "lost-terminal", audience).draft.content.body_zh for audience in CHINESE]
    assert all("已经停" in text or "已停用" in text for text in texts)


def test_personal_data_in_a_template_of_one_s_own_blocks_every_audience(office: Office, tmp_path: Path) -> None:
    source = (SHIPPED / "extortion.zh.j2").read_text("utf-8")
    bad = source.replace("有人说手里有", "王某电话13800138000，他说手里有").replace("我们得知", "我们从13800138000得知")
    assert bad != source
    (tmp_path / "extortion.zh.j2").write_text(bad, "utf-8")
    case, press = counted(office), replace(PRESS, templates=tmp_path)
    for audience in CHINESE:
        found = rendition_of(office.cases.get(case), "extortion", audience, press, scan, TEN)
        assert "personal-data" in {problem.code for problem in found.problems}, audience
        assert "13800138000" not in "".join(problem.text.zh for problem in found.problems)
