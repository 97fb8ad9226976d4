from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console.bureau import Bureau, opened
from tests.console.policies import WORDED, with_text


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[Bureau]:
    """One that a test may do with what it likes."""
    with opened(tmp_path) as bureau:
        yield bureau


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """One that all tests of a module read: a case that waits for its notice, one that asks, a refused exchange.

    And two versions of the policy, and a draft that waits for another officer.
    """
    with opened(tmp_path_factory.mktemp("archive")) as bureau:
        bureau.to_the_draft()
        bureau.open(bureau.leak(persons=120, caller="clerk-zhou", rule="bulk_reads"))
        bureau.withhold()
        bureau.lives.published(WORDED)
        bureau.lives.submitted(with_text("2027", "2028", of=WORDED))
        yield bureau
