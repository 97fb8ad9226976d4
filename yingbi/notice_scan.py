"""Finds personal data in what is to be published, by all that we have: names and addresses in prose included."""

from collections.abc import Sequence

from incident.draft import Hit
from policies.recognisers.scan import scan


def full_scan(text: str) -> Sequence[Hit]:
    """The personal data in *text*, in doubt more. Raises NoWeights where the tagger of names is not installed.

    Without the tagger nothing is published: a notice that names somebody cannot be called back.
    """
    return scan(text, prose=True)
