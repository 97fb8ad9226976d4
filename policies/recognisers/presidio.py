"""Our recognisers for users of Microsoft Presidio: load them into an `AnalyzerEngine` with one call.

engine = AnalyzerEngine(supported_languages=["zh"], nlp_engine=...)
add_to(engine)

Results are those of `find`: exact spans, nothing that is in doubt, each with what decided as its explanation.
"""

from presidio_analyzer import AnalysisExplanation, AnalyzerEngine, EntityRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from policies.recognisers.find import find, reported
from policies.recognisers.table import ORDER
from policies.recognisers.weights import are_there

ENTITIES = {reported(category): f"CN_{category.upper()}" for category in ORDER} | {
    "email": "EMAIL_ADDRESS",
    "ip": "IP_ADDRESS",
    "mac": "MAC_ADDRESS",
    "person": "PERSON",
}
"""Presidio's name for each of our categories: its own where it has one."""
_NAME = "YingbiRecogniser"


class YingbiRecogniser(EntityRecognizer):
    """Every category of our table as one Presidio recogniser: one pass over the text finds them all.

    *prose*: so are names and addresses that only a tagger finds, where its weights are installed.
    """

    def __init__(self, supported_language: str = "zh", *, prose: bool = True) -> None:
        self._prose = prose and are_there()
        super().__init__(
            supported_entities=sorted(ENTITIES.values()),
            supported_language=supported_language,
            name=_NAME,
        )

    def load(self) -> None:
        """Return at once: the table is compiled when its module is imported."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """The results for those of *entities* that are ours. Offsets count code points, scores lie in 0 to 1."""
        wanted = frozenset(entities)
        return [
            RecognizerResult(
                ENTITIES[hit.category],
                hit.start,
                hit.end,
                hit.score,
                AnalysisExplanation(_NAME, hit.score, textual_explanation=hit.why),
            )
            for hit in find(text, prose=self._prose)
            if ENTITIES[hit.category] in wanted
        ]


def add_to(engine: AnalyzerEngine, *, prose: bool = True) -> None:
    """Register our recogniser with *engine* for each of its languages. *prose*: see `YingbiRecogniser`."""
    for language in engine.supported_languages:
        engine.registry.add_recognizer(YingbiRecogniser(language, prose=prose))
