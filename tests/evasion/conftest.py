"""One gateway and one scripted system behind for all tests of a module."""

from collections.abc import Iterator

import pytest

from tests.rig import Rig, rigged


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with rigged(tmp_path_factory.mktemp("gateway")) as made:
        yield made
