from pathlib import Path

from incident.journal import Move
from tests.incident.office import CHEN, Office, alert, new_database
from yingbi.home import Home
from yingbi.summary import MOST, Summary
from yingbi.told import hear


def test_all_cases_are_counted_and_the_newest_told_of(tmp_path: Path) -> None:
    office = Office(folder=tmp_path, engine=new_database(tmp_path))
    cases = [
        office.cases.open_or_join(alert(f"a-{number}", group={"user.id": f"clerk-{number}"}, respond=""))
        for number in range(MOST + 3)
    ]
    office.cases.act(cases[0], Move.DISMISS, CHEN, "误报")
    home = Home(tmp_path)
    home.told("control").parent.mkdir(parents=True, exist_ok=True)
    Summary(home, office.cases).tell()
    told = hear(home.told("control"))
    assert told["numbers"] == {"open": MOST + 2, "dismissed": 1}
    assert len(told["cases"]) == MOST
    office.events.close()
    office.engine.dispose()
