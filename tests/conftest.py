"""What every test may ask for."""

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from deploy.elasticsearch.connection import Connection, NodeUnavailable
from tests import search_node
from tests.absence import UNDER_CI, not_here, say_what_was_not_run
from tests.chromium import Chromium, find_chromium
from tests.effort import TIMES, examples
from tests.golden import Golden
from tests.order import long_first
from tests.shared_run import pytest_xdist_setupnodes as pytest_xdist_setupnodes

# The machine may be busy with something else: no test fails for having taken long. Continuous integration tries the
# same examples each time, so that what fails there is what was changed; everybody else, and `make proof`, new ones.
settings.register_profile(
    "untimed",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=examples(100),
    derandomize=UNDER_CI and TIMES == 1,
)
settings.load_profile("untimed")

MARKED_BY_FIXTURE = {
    "golden": "golden",
    "elasticsearch_node": "elasticsearch",
    "elasticsearch_parts": "elasticsearch",
    "chromium": "browser",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-golden", action="store_true", help="write the golden files instead of comparing")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "golden: compares with golden files")
    if UNDER_CI and config.getoption("--rewrite-golden"):
        raise pytest.UsageError("golden files are reviewed by people: they are not rewritten under CI")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that asks for a node, a browser or golden files bears the mark of it without saying so.

    Where several processes share the files, they come to those first that take long.
    """
    if os.environ.get("PYTEST_XDIST_WORKER"):
        items[:] = long_first(items)
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("property")
        for fixture in getattr(item, "fixturenames", ()):
            if fixture in MARKED_BY_FIXTURE:
                item.add_marker(MARKED_BY_FIXTURE[fixture])


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None]:
    yield
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if isinstance(reporter, pytest.TerminalReporter) and not os.environ.get("PYTEST_XDIST_WORKER"):
        say_what_was_not_run(reporter)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """The golden files of the test's module."""
    return Golden(folder=request.path.parent / "golden", rewrite=request.config.getoption("--rewrite-golden"))


@pytest.fixture(scope="session")
def elasticsearch_parts() -> None:
    """Everything that a test needs to start a node of its own; see `tests.search_node.running_node`."""
    try:
        search_node.check_parts()
    except NodeUnavailable as problem:
        not_here(str(problem))


@pytest.fixture(scope="session")
def elasticsearch_node(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Connection]:
    """A real, secured Elasticsearch that all tests of the run share: each uses index names of its own (`yingbi-…`)."""
    given = search_node.given_cluster()
    if given is not None:
        yield given
        return
    request.getfixturevalue("elasticsearch_parts")
    own: Path = tmp_path_factory.getbasetemp()
    with search_node.shared_node(own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own) as connection:
        yield connection


@pytest.fixture(scope="session")
def chromium() -> Chromium:
    """Where a real Chromium and its driver are."""
    found = find_chromium()
    if found is None:
        not_here(
            "there is no chromium and chromedriver on the PATH: install them"
            " (on Debian: apt-get install chromium chromium-driver fonts-noto-cjk)"
        )
    return found
