"""What a sentence about somebody says besides: reported where the sentence is about somebody, and never hidden."""

import pytest

from policies.recognisers.find import find
from policies.recognisers.said_of import said_of_people
from policies.recognisers.scan import scan
from policies.recognisers.table import Hit
from tests.policies.recognisers.weights_here import the_tagger

SAID = {
    "a list about somebody": ("本人[回族]，[中共党员]，[已婚]，有一子。", ["ethnicity", "party", "marriage"]),
    "of who is named": ("王小明是[维吾尔族]，去年[离异]。", ["ethnicity", "marriage"]),
    "a belief and an illness": ("她是[穆斯林]，身患[糖尿病]。", ["religion", "health"]),
    "of a patient": ("患者罹患[肺癌]，[未婚]。", ["health", "marriage"]),
    "nobody": ("少数民族地区以回族、藏族为主，党员干部带头。", []),
    "an office": ("本市回族医院开展未婚青年联谊活动。", []),
    "a law": ("依法保护已婚妇女的财产权；预防糖尿病。", []),
    "another sentence": ("本人已到。全市共有中共党员三万人。", []),
}


@pytest.mark.parametrize(("case", "categories"), SAID.values(), ids=SAID)
def test_what_is_said_of_somebody_is_named(case: str, categories: list[str]) -> None:
    text = case.replace("[", "").replace("]", "")
    people = [Hit(0, 3, "person_name", 0.9, "model")] if text.startswith("王小明") else []
    found = sorted(said_of_people(text, people), key=lambda hit: hit.start)
    assert [text[hit.start : hit.end] for hit in found] == [part.split("]")[0] for part in case.split("[")[1:]]
    assert [hit.category for hit in found] == categories


def test_a_report_tells_it_and_the_data_path_leaves_it() -> None:
    the_tagger()
    text = "申请人王小明，回族，已婚，中共党员。"
    assert [hit.category for hit in find(text, prose=True)] == ["person", "ethnicity", "marriage", "party"]
    assert {hit.category for hit in scan(text, prose=True)} == {"person_name"}
