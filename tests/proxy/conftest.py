"""The parts of a worker, for every test that wants them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.proxy.parts import Parts, parts_in


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    with parts_in(tmp_path) as made:
        yield made
