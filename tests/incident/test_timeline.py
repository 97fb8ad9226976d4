import re
from datetime import datetime

from incident.ids import Bilingual
from incident.timeline import describe
from incident.wording import moment
from tests.golden import Golden
from tests.incident.office import CHEN, PRESS, Office
from tests.incident.test_journal import CASE, FACTS, whole_road

ENGLISH = re.compile(r"\b[a-z]{2,} [a-z]{2,}\b")


def told(at: datetime) -> Bilingual:
    found = moment(at, PRESS)
    assert found is not None
    return found


def test_how_a_case_reads(office: Office, golden: Golden) -> None:
    whole_road(office)
    case = office.cases.get(CASE)
    lines = []
    for entry in case.entries:
        said = describe(entry.fact, case, told)
        assert said.zh
        assert said.en
        assert "\n" not in said.zh + said.en
        assert not ENGLISH.search(said.zh), "two words of English in a row"
        assert "UTC" not in said.zh + said.en
        lines.append(f"{entry.number:3} {entry.by}\n    {said.zh}\n    {said.en}\n")
    assert {type(entry.fact) for entry in case.entries} == set(FACTS)
    assert str(CHEN) in "".join(lines)
    golden.check("timeline.txt", "".join(lines))
