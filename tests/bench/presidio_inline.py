"""A script for mitmdump: what presidio-analyzer finds in an answer is masked as the good policy masks it.

It is given what makes it fastest: an NLP engine that does nothing, our recognisers beside its own, and the whole body
in one call. It is told of no field, keeps no record and asks nobody who he is.
"""

import sys
from pathlib import Path

from mitmproxy.http import HTTPFlow

sys.path.insert(0, str(Path(__file__).parent.parent.parent))  # mitmdump knows the folder of its script alone

from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.recognizer_registry import RecognizerRegistry

from policies.recognisers.presidio import add_to
from policies.transforms.positions import keep
from tests.policies.recognisers.no_nlp import NoNlp

MASKS = {
    "PERSON": keep(1, 0, 2),
    "CN_RESIDENT_ID": keep(0, 4, None),
    "CN_MOBILE": keep(3, 4, None),
}
REDACTED = "***"


class Masking:
    """Masks each answer."""

    def __init__(self) -> None:
        registry = RecognizerRegistry(supported_languages=["zh"])
        self._engine = AnalyzerEngine(registry=registry, nlp_engine=NoNlp(), supported_languages=["zh"])
        add_to(self._engine, prose=False)

    def response(self, flow: HTTPFlow) -> None:
        """Put masks in the place of what is found."""
        assert flow.response is not None
        text = flow.response.text or ""
        pieces, end = [], 0
        for found in sorted(self._engine.analyze(text, language="zh"), key=lambda each: each.start):
            if found.start >= end:
                mask = MASKS.get(found.entity_type)
                value = text[found.start : found.end]
                pieces += [text[end : found.start], mask(value) if mask is not None else REDACTED]
                end = found.end
        flow.response.text = "".join([*pieces, text[end:]])


addons = [Masking()]
