"""What every test may ask for."""

import os

import pytest

from tests.golden import Golden


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-golden", action="store_true", help="write the golden files instead of comparing")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "golden: compares with golden files")
    if config.getoption("--rewrite-golden") and os.environ.get("CI") == "true":
        raise pytest.UsageError("golden files are reviewed by people: they are not rewritten under CI")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "golden" in getattr(item, "fixturenames", ()):
            item.add_marker("golden")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """The golden files of the test's module."""
    return Golden(folder=request.path.parent / "golden", rewrite=request.config.getoption("--rewrite-golden"))
