from collections.abc import Iterable, Iterator

import spacy
from presidio_analyzer import AnalyzerEngine, Pattern, PatternRecognizer
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine
from presidio_analyzer.recognizer_registry import RecognizerRegistry

from policies.recognisers.presidio import ENTITIES, YingbiRecogniser, add_to
from policies.recognisers.scan import scan
from policies.recognisers.table import ORDER

TEXT = "联系人王小明，手机13800138000，身份证11010519491231002X，邮箱wang@example.cn收"


class NoNlp(NlpEngine):
    """What a user without a model gives Presidio."""

    def load(self) -> None: ...

    def is_loaded(self) -> bool:
        return True

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        return NlpArtifacts([], spacy.blank("zh").make_doc(""), [], [], self, language)

    def process_batch(
        self, texts: Iterable[str], language: str, batch_size: int = 1, n_process: int = 1, **kwargs: object
    ) -> Iterator[tuple[str, NlpArtifacts]]:
        return ((text, self.process_text(text, language)) for text in texts)

    def is_stopword(self, word: str, language: str) -> bool:
        return False

    def is_punct(self, word: str, language: str) -> bool:
        return False

    def get_supported_entities(self) -> list[str]:
        return []

    def get_supported_languages(self) -> list[str]:
        return ["zh"]


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
