"""The register behind a gateway, once for each file of tests that asks for it."""

from collections.abc import Iterator

import pytest

from tests.e2e.demo import Demo, demo
from tests.e2e.truth import Truth, truth_of


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The register behind two workers."""
    with demo(tmp_path_factory.mktemp("register"), workers=2) as running:
        yield running


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The register and the hall behind one worker."""
    with demo(tmp_path_factory.mktemp("hall"), with_hall=True) as running:
        yield running


@pytest.fixture(scope="module")
def truth(register: Demo) -> Truth:
    """Everything personal in the register."""
    return truth_of(register.register.database)
