from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.incident.office import Office, new_database


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    engine = new_database(tmp_path)
    office = Office(folder=tmp_path, engine=engine)
    yield office
    office.events.close()
    engine.dispose()
