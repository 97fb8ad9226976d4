from presidio_analyzer import AnalyzerEngine, Pattern, PatternRecognizer
from presidio_analyzer.recognizer_registry import RecognizerRegistry

from policies.recognisers.find import find, reported
from policies.recognisers.presidio import ENTITIES, YingbiRecogniser, add_to
from policies.recognisers.table import ORDER
from policies.recognisers.weights import are_there
from tests.policies.recognisers.no_nlp import NoNlp
from tests.policies.recognisers.weights_here import the_tagger

TEXT = (
    "联系人王小明，手机13800138000，身份证11010519491231002X，邮箱wang@example.cn收，车牌京A12345，护照E12345678，"
    "座机0571-88271234，信用代码91350100M000100Y43，出生日期1988-03-14，QQ：12345678，登录IP：192.0.2.17"
)


def test_an_analyzer_engine_finds_what_our_scanner_finds() -> None:
    own = PatternRecognizer("CASE_NUMBER", patterns=[Pattern("case", r"案[0-9]{6}", 0.5)], supported_language="zh")
    registry = RecognizerRegistry(recognizers=[own], supported_languages=["zh"])
    engine = AnalyzerEngine(registry=registry, nlp_engine=NoNlp(), supported_languages=["zh"])
    add_to(engine)
    found = {(result.entity_type, result.start, result.end) for result in engine.analyze(TEXT, language="zh")}
    assert found == {(ENTITIES[hit.category], hit.start, hit.end) for hit in find(TEXT, prose=are_there())}
    assert len(found) == 11


def test_only_what_was_asked_for() -> None:
    recogniser = YingbiRecogniser()
    assert {result.entity_type for result in recogniser.analyze(TEXT, ["EMAIL_ADDRESS"])} == {"EMAIL_ADDRESS"}
    assert set(ENTITIES) == {reported(category) for category in ORDER}


def test_each_result_says_what_decided() -> None:
    why = {
        each.entity_type: each.analysis_explanation
        for each in YingbiRecogniser().analyze(TEXT, list(ENTITIES.values()))
    }
    assert why["CN_RESIDENT_ID"].textual_explanation == "checksum,context"
    assert why["CN_QQ"].textual_explanation == "context"


def test_names_and_addresses_that_only_a_tagger_finds_unless_they_are_not_wanted() -> None:
    the_tagger()
    said = "昨天下午消防员房超宁住在杭州市西湖区文三路128号。"
    wanted = ["PERSON", "CN_ADDRESS"]
    found = {(each.entity_type, said[each.start : each.end]) for each in YingbiRecogniser().analyze(said, wanted)}
    assert found == {("PERSON", "房超宁"), ("CN_ADDRESS", "杭州市西湖区文三路128号")}
    assert YingbiRecogniser(prose=False).analyze(said, wanted) == []
