"""The register says who its people are: read through a real gateway, by the grant of the demo and no other."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.demo.people import BATCH, CLERKS, TELLER
from tests.e2e.demo import Demo, demo
from tests.e2e.truth import Truth
from yingbi.persons.reading import NotRead, PersonReader
from yingbi.persons.sources import PersonSource, parse_source
from yingbi.settings import Ports, Settings

SOURCE = Path("deploy/demo/person-sources/register.yaml")


def without_limits(policies: Path) -> None:
    """No process counts here, and without one who has a limit is shown nothing."""
    grants = policies / "grants.yaml"
    before, _, rest = grants.read_text("utf-8").partition("limits:\n")
    grants.write_text(f"{before}reveals:{rest.partition('reveals:')[2]}", "utf-8")


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with demo(tmp_path_factory.mktemp("register"), edit=without_limits) as running:
        yield running


@pytest.fixture
def source(register: Demo) -> PersonSource:
    return parse_source(SOURCE.read_text("utf-8"), SOURCE.name)


def reader(register: Demo, source: PersonSource, caller: str) -> PersonReader:
    header = register.gateway.home / source.credential
    header.parent.mkdir(exist_ok=True)
    header.write_text(f"Bearer {register.keys[caller]}\n", "ascii")
    return PersonReader(Settings(home=register.gateway.home, ports=Ports(register.gateway.port)), source)


def read(reader: PersonReader) -> Iterator[dict[str, str]]:
    for page in reader.pages():
        yield from map(dict, page.records)


@pytest.mark.system
@pytest.mark.parametrize("form", ["json", "csv"])
def test_everybody_of_the_register_is_read_as_they_are(
    register: Demo, truth: Truth, source: PersonSource, form: str
) -> None:
    if form == "csv":
        source = replace(source, format="csv", rows="", count="", path="/register/residents.csv?_stream=on")
    people = list(read(reader(register, source, TELLER)))
    assert {each["person"] for each in people} == {str(row["id_no"]) for row in truth.rows["residents"]}
    assert {each["phone"] for each in people} == {str(row["mobile"]) for row in truth.rows["residents"]}
    assert len(people) == len(truth.rows["residents"])


@pytest.mark.system
@pytest.mark.parametrize("caller", [CLERKS[0], BATCH])
def test_whom_no_grant_lets_see_who_they_are_makes_no_list(register: Demo, source: PersonSource, caller: str) -> None:
    with pytest.raises(NotRead, match="the policy does not show it"):
        list(read(reader(register, source, caller)))


@pytest.mark.system
def test_what_the_gateway_refuses_is_told_by_its_code(register: Demo, source: PersonSource) -> None:
    with pytest.raises(NotRead, match="403 operation_not_declared"):
        list(read(reader(register, replace(source, path="/no/such/page"), TELLER)))
