"""The tagger's weights, where this machine has them."""

from policies.recognisers import weights
from policies.recognisers.weights import Tagger
from tests.absence import not_here


def the_tagger() -> Tagger:
    """The tagger. Where it is not installed the test is not run, and the summary says so."""
    if not weights.are_there():
        not_here("the weights that names are recognised with: run `make venv` with a network")
    return weights.tagger()
