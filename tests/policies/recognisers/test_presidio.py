from presidio_analyzer import AnalyzerEngine, Pattern, PatternRecognizer
from presidio_analyzer.recognizer_registry import RecognizerRegistry

from policies.recognisers.presidio import ENTITIES, YingbiRecogniser, add_to
from policies.recognisers.scan import scan
from policies.recognisers.table import ORDER
from tests.policies.recognisers.no_nlp import NoNlp

TEXT = "联系人王小明，手机13800138000，身份证11010519491231002X，邮箱wang@example.cn收"


def test_an_analyzer_engine_finds_what_our_scanner_finds() -> None:
    own = PatternRecognizer("CASE_NUMBER", patterns=[Pattern("case", r"案[0-9]{6}", 0.5)], supported_language="zh")
    registry = RecognizerRegistry(recognizers=[own], supported_languages=["zh"])
    engine = AnalyzerEngine(registry=registry, nlp_engine=NoNlp(), supported_languages=["zh"])
    add_to(engine)
    found = {(result.entity_type, result.start, result.end) for result in engine.analyze(TEXT, language="zh")}
    assert found == {(ENTITIES[hit.category], hit.start, hit.end) for hit in scan(TEXT)}
    assert len(found) == 4


def test_only_what_was_asked_for() -> None:
    recogniser = YingbiRecogniser()
    assert {result.entity_type for result in recogniser.analyze(TEXT, ["EMAIL_ADDRESS"])} == {"EMAIL_ADDRESS"}
    assert set(ENTITIES) == set(ORDER)
