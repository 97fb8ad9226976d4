"""One gateway and one scripted system behind for all tests of a module."""

from collections.abc import Iterator

import pytest

from tests.declaring import declared
from tests.front import VERSIONS, Front
from tests.rig import Rig, rigged


@pytest.fixture(scope="module", params=[True, False], ids=["", "mitmproxy reads"])
def rig(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Rig]:
    """Once with our own core for the common case, and once with mitmproxy's alone."""
    with rigged(tmp_path_factory.mktemp("gateway"), plain_core=request.param) as made:
        yield made


@pytest.fixture(scope="module")
def secured_rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """The same behind TLS, where either version of HTTP is spoken."""
    with rigged(tmp_path_factory.mktemp("gateway"), tls=True) as made:
        yield made


@pytest.fixture(scope="module")
def declaring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """The same where answers in more formats are declared; see `tests.declaring`."""
    policies = declared(tmp_path_factory.mktemp("declared"))
    with rigged(tmp_path_factory.mktemp("gateway"), policies=policies, tls=True) as made:
        yield made


@pytest.fixture(scope="module")
def exporting_rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """The same without TLS."""
    policies = declared(tmp_path_factory.mktemp("declared"))
    with rigged(tmp_path_factory.mktemp("gateway"), policies=policies) as made:
        yield made


@pytest.fixture(params=VERSIONS)
def declaring_front(declaring: Rig, request: pytest.FixtureRequest) -> Front:
    return Front(declaring, request.param)


@pytest.fixture(params=VERSIONS)
def front(secured_rig: Rig, request: pytest.FixtureRequest) -> Front:
    return Front(secured_rig, request.param)
