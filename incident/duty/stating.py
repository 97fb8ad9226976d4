"""What a report has to say that no log can know: people state it, item by item, and the newest statement stands."""

from collections.abc import Mapping

from incident.acts import needs_open
from incident.blank import is_blank
from incident.facts.duty import ItemStated
from incident.ids import Bilingual, NotPermitted
from incident.incident import Case
from incident.journal import Entry, Fact

LONGEST = 2000
"""Characters of one statement."""

ITEMS: Mapping[str, Bilingual] = {
    "place": Bilingual(zh="发生地点", en="place"),
    "harm": Bilingual(zh="可能造成的危害", en="possible harm"),
    "cause": Bilingual(zh="原因", en="cause"),
    "trend": Bilingual(zh="事态发展趋势及可能的进一步影响", en="trend, and what may follow"),
    "traces": Bilingual(zh="溯源线索（攻击者、路径、漏洞等）", en="leads: attacker, path, vulnerability"),
    "next": Bilingual(zh="拟进一步采取的措施和请求支援事项", en="further measures, and what support is asked for"),
    "scene": Bilingual(zh="现场保护情况", en="how the scene is protected"),
    "advice": Bilingual(zh="个人可以采取的减轻危害的措施", en="what a person can do against the harm"),
    "responsibility": Bilingual(zh="责任认定", en="who was responsible"),
    "rectification": Bilingual(zh="整改措施", en="what is put right"),
    "lessons": Bilingual(zh="教训", en="lessons"),
    "other": Bilingual(zh="其他应当报告的情况", en="anything else"),
}


def state(case: Case, item: str, text: str) -> tuple[Fact, ...]:
    """State *item* of the forms of *case*."""
    needs_open(case)
    if item not in ITEMS:
        raise NotPermitted(f"没有名为“{item}”的事项", f"there is no item `{item}`")
    if is_blank(text):
        raise NotPermitted("请填写内容", "there is nothing to state")
    if len(text) > LONGEST:
        raise NotPermitted(f"内容超过 {LONGEST} 字", f"more than {LONGEST} characters")
    return (ItemStated(item=item, text=text.strip()),)


def stated(case: Case) -> dict[str, tuple[str, Entry]]:
    """By item, what stands, and the entry that says so."""
    return {entry.fact.item: (entry.fact.text, entry) for entry in case.entries if isinstance(entry.fact, ItemStated)}
