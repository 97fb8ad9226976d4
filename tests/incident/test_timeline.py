from typing import get_args

from incident.journal import Fact
from incident.timeline import describe
from tests.golden import Golden
from tests.incident.office import CHEN, Office
from tests.incident.test_journal import CASE, whole_road


def test_how_a_case_reads(office: Office, golden: Golden) -> None:
    whole_road(office)
    case = office.cases.get(CASE)
    lines = []
    for entry in case.entries:
        said = describe(entry.fact, case)
        assert said.zh
        assert said.en
        assert "\n" not in said.zh + said.en
        lines.append(f"{entry.number:3} {entry.by}\n    {said.zh}\n    {said.en}\n")
    assert {type(entry.fact) for entry in case.entries} == set(get_args(Fact.__value__))
    assert str(CHEN) in "".join(lines)
    golden.check("timeline.txt", "".join(lines))
