"""Our recognisers for users of Microsoft Presidio: load them into an `AnalyzerEngine` with one call.

engine = AnalyzerEngine(supported_languages=["zh"], nlp_engine=...)
add_to(engine)
"""

from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from policies.recognisers.scan import scan
from policies.recognisers.table import ORDER

ENTITIES = {category: f"CN_{category.upper()}" for category in ORDER} | {
    "email": "EMAIL_ADDRESS",
    "person_name": "PERSON",
}
"""Presidio's name for each of our categories: its own where it has one."""


class YingbiRecogniser(EntityRecognizer):
    """Every category of our table as one Presidio recogniser: one pass over the text finds them all."""

    def __init__(self, supported_language: str = "zh") -> None:
        super().__init__(
            supported_entities=sorted(ENTITIES.values()),
            supported_language=supported_language,
            name="YingbiRecogniser",
        )

    def load(self) -> None:
        """Return at once: the table is compiled when its module is imported."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """The results for those of *entities* that are ours. Offsets count code points, scores lie in 0 to 1."""
        return [
            RecognizerResult(ENTITIES[hit.category], hit.start, hit.end, hit.score)
            for hit in scan(text)
            if ENTITIES[hit.category] in entities
        ]


def add_to(engine: AnalyzerEngine) -> None:
    """Register our recogniser with *engine* for each of its languages."""
    for language in engine.supported_languages:
        engine.registry.add_recognizer(YingbiRecogniser(language))
