"""Names and addresses in running text keep a notice from the public, and what the templates say does not."""

from pathlib import Path

import pytest

from incident.audience import Audience, render, templates_in
from incident.template import CHOICES
from policies.recognisers import weights
from policies.recognisers.scan import scan
from tests.incident.office import PRESS
from yingbi.notices.scan import full_scan, scan_or_refuse

MOMENT = "2026年11月23日 18:00（北京时间）"
FACTS = {
    "number": "N-20261123-001", "systems": "人口登记系统、办事大厅", "persons": "1,234", "persons_at_most": "1,300",
    "persons_masked": "12", "accounts": "1", "categories": "姓名、手机号码、住址", "unit": PRESS.contact.unit.zh,
    "phone": "12345", "hotline": "12345", "police": "110",
    **dict.fromkeys(("discovered", "from", "to", "contained"), MOMENT),
}  # fmt: skip
KNOWN: dict[str, object] = {
    **dict.fromkeys(CHOICES, 0), "known": True, "persons": 1234, "persons_masked": 12, "accounts": 1, "stopped": True,
    "clear": ("resident_id", "bank_card"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("经查，系统由王小明操作，当时李建国也在场。", "person_name"),
        ("涉事人员家住青石区长安街道幸福路18号3栋2单元501室。", "address"),
        ("身份证号110101199003070011的信息被显示。", "resident_id"),
        ("The record of 13800138000 was read.", "mobile"),
    ],
)
def test_what_names_somebody_is_found(text: str, category: str) -> None:
    assert category in {hit.category for hit in full_scan(text)}


def test_more_is_found_than_where_words_tell_of_a_name() -> None:
    assert not scan("经查，系统由王小明操作，当时李建国也在场。")


def test_what_the_templates_say_names_nobody() -> None:
    for template in templates_in(Path("/none")):
        for audience in (Audience.PUBLIC, Audience.HOTLINE):
            text = "\n".join(render(Path("/none"), template, audience, FACTS, KNOWN))
            assert not full_scan(text), (template, audience)


def test_without_the_tagger_nothing_counts_as_free_of_names(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(text: str, *, prose: bool = False) -> None:
        raise weights.NoWeights("none here")

    monkeypatch.setattr("yingbi.notices.scan.scan", missing)
    scan_or_refuse.cache_clear()
    text = "没有任何人的名字。"
    assert [(hit.start, hit.end) for hit in scan_or_refuse(text)] == [(0, len(text))]
    assert scan_or_refuse("") == ()
    scan_or_refuse.cache_clear()
