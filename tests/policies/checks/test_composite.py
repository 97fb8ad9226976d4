import random
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from policies.checks.composite import candidates
from policies.findings import Finding
from policies.load import load_policy
from policies.policy_kinds import Meaning
from policies.recognisers.checksums import resident_id_check_digit
from policies.transforms.spec import (
    AgeBand,
    Area,
    CoverAfter,
    CoverBefore,
    CoverRange,
    DatePart,
    Digest,
    Drop,
    Fpe,
    Keep,
    KeepRange,
    Null,
    Part,
    Reach,
    Redact,
    Scan,
    Shape,
    Shift,
    Show,
    Spec,
)
from tests.policies.compiled import GOOD

ID, BORN, SEX, REGION = Meaning.RESIDENT_ID, Meaning.BIRTH_DATE, Meaning.SEX, Meaning.REGION
ENDS = Keep(first=6, last=4)


@pytest.mark.parametrize(
    ("seen", "least", "most"),
    [
        # What was computed for the usual mask, with a hundred years of birth dates and no weights.
        ([(ID, ENDS)], 3_000, 3_500),
        ([(ID, ENDS), (BORN, DatePart(Part.DECADE))], 280, 380),
        ([(ID, ENDS), (BORN, DatePart(Part.YEAR))], 28, 38),
        ([(ID, ENDS), (BORN, DatePart(Part.MONTH))], 2, 4),
        ([(ID, ENDS), (BORN, Show())], 1, 1),
        ([(ID, Keep(last=4)), (REGION, Show()), (BORN, Show())], 1, 1),
        ([(ID, Keep(last=4)), (REGION, Show())], 3_000, 3_500),
        ([(ID, Keep(last=4))], 9_000_000, 12_000_000),
        ([(ID, Keep(first=6)), (BORN, Show())], 1_000, 1_000),
        ([(ID, Keep(first=6)), (BORN, Show()), (SEX, Show())], 500, 500),
        ([(ID, KeepRange(7, 14)), (REGION, Show())], 1_000, 1_000),
        ([(ID, CoverRange(7, 14))], 3_000, 3_500),
        ([(ID, CoverRange(11, 17)), (BORN, Show()), (SEX, Show())], 40, 50),
        ([(ID, Redact()), (BORN, Show()), (SEX, Show()), (REGION, Show())], 500, 500),
        ([(ID, Digest()), (BORN, Show())], 1_000_000, 4_000_000),
        ([(ID, Keep(first=3, last=2, fill=9)), (BORN, Redact())], 10**6, 10**9),
        ([(ID, CoverBefore("1"))], 1, 1),  # whose mark may stand anywhere
        ([(ID, CoverAfter("8"))], 1, 1),
        ([(ID, Drop()), (BORN, Show())], 10**6, 10**7),
        ([(ID, ENDS), (BORN, Scan())], 1, 1),
        ([(ID, Scan()), (BORN, Drop())], 10**10, 10**12),
        ([(ID, KeepRange(7, 14)), (REGION, Area(Reach.DISTRICT))], 1_000, 1_000),
        ([(ID, KeepRange(7, 14)), (REGION, Area(Reach.CITY))], 9_000, 10_000),
        ([(ID, KeepRange(7, 14)), (REGION, Area(Reach.PROVINCE))], 90_000, 100_000),
        ([(ID, ENDS), (BORN, AgeBand(every=10))], 280, 380),
        ([(ID, ENDS), (BORN, AgeBand(at=(18, 60)))], 900, 1_200),
        ([(ID, Keep(first=6)), (BORN, Null()), (SEX, Show())], 18_000_000, 19_000_000),
        ([(ID, Fpe(first=6, shape=Shape.RESIDENT_ID)), (BORN, Show())], 1_000, 1_000),
        ([(ID, Fpe(first=6, last=4)), (BORN, DatePart(Part.YEAR))], 28, 38),
        ([(ID, Fpe(shape=Shape.RESIDENT_ID)), (BORN, Show())], 1_000_000, 4_000_000),
        ([(ID, ENDS), (BORN, Fpe(first=4))], 28, 38),
        ([(ID, Keep(first=6)), (BORN, Shift(10))], 20_000, 22_000),  # any of 21 days is as likely
        ([(ID, ENDS), (BORN, Shift(365)), (BORN, DatePart(Part.YEAR))], 20, 38),
    ],
)
def test_how_many_numbers_are_left(seen: list[tuple[Meaning, Spec]], least: float, most: float) -> None:
    assert least <= candidates(seen) <= most


def test_the_usual_mask_leaves_what_counting_finds() -> None:
    """Everybody whose number has the same first six and last four digits, counted one by one."""
    chosen = random.Random(7)
    days = [date(1930, 1, 1) + timedelta(days=number) for number in range(36_525)]
    counts = []
    for _ in range(8):
        sequence, region = f"{chosen.randrange(1_000):03}", "330106"
        numbers = [f"{region}{day:%Y%m%d}{sequence}" for day in days]
        check = resident_id_check_digit(chosen.choice(numbers))
        counts.append(sum(resident_id_check_digit(number) == check for number in numbers))
    assert abs(sum(counts) / len(counts) / candidates([(ID, ENDS)]) - 1) < 0.05


CATALOGUE = """least_candidates: {least}
categories:
  id: {{title: {{zh: 证, en: ID}}, level: important, mask: {mask}, is: resident-id}}
  born: {{title: {{zh: 生, en: born}}, level: general, mask: {{date: {{to: year}}}}, is: birth-date}}
  sex: {{title: {{zh: 性, en: sex}}, level: general, mask: redact, is: sex}}
  note: {{title: {{zh: 注, en: note}}, level: general, mask: redact}}
"""
SYSTEM = """system: {name}
title: {{zh: 甲, en: A}}
hosts: [{name}.localhost]
upstream: http://127.0.0.1:9
state: enforcing
records:
  person:
    subject: id_no
    fields: {fields}
operations:
  - {{on: GET /people, answers: {{json: person}}}}
"""
GRANTS = """grants:
  - {id: days, who: {posts: [desk]}, systems: [one], purpose: work, sees: {born: show},
     until: 2027-06-30, reason: 办, approved_by: 王}
  - {id: whole, who: {posts: [office]}, systems: [one, two], purpose: work, sees: {born: show, id: show},
     until: 2027-06-30, reason: 办, approved_by: 王}
  - {id: named, who: {callers: [batch]}, systems: [two], purpose: work, sees: {sex: show},
     until: 2027-06-30, reason: 办, approved_by: 王}
"""


def composites(folder: Path, mask: str = "{keep: {first: 6, last: 4}}", *, least: int = 1_000) -> list[Finding]:
    """What is said of two systems, one with the number and one with the birth date."""
    (folder / "systems").mkdir(exist_ok=True)
    (folder / "catalogue.yaml").write_text(CATALOGUE.format(mask=mask, least=least), "utf-8")
    (folder / "grants.yaml").write_text(GRANTS, "utf-8")
    (folder / "callers.yaml").write_text("callers: []\n")
    for name, fields in (("one", "{id_no: note, born: born}"), ("two", "{id_no: id, sex: sex}")):
        (folder / "systems" / f"{name}.yaml").write_text(SYSTEM.format(name=name, fields=fields), "utf-8")
    found = load_policy(folder).findings
    assert found.errors == []
    return [finding for finding in found.sorted() if finding.code == "composite-disclosure"]


def test_pieces_of_two_systems_are_put_together(tmp_path: Path) -> None:
    everybody, batch, desk = sorted(composites(tmp_path), key=lambda finding: "post" in finding.message)
    assert everybody.message.startswith("nobody signed in can narrow a resident ID number down to 33 of")
    assert "`two person.id_no` (keep 6..4, catalogue.yaml:3)" in everybody.message
    assert "`one person.born` (date year, catalogue.yaml:4)" in everybody.message
    assert str(everybody.at) == "catalogue.yaml:3"
    assert "未登录者 可缩小到约 33 个号码" in everybody.zh
    assert batch.message.startswith("caller `batch`")
    assert desk.message.startswith("post `desk` can narrow a resident ID number down to 1 of")
    assert "`one person.born` (show, grants.yaml:2)" in desk.message


def test_who_may_see_the_number_is_not_meant(tmp_path: Path) -> None:
    assert not [finding for finding in composites(tmp_path) if "office" in finding.message]


def test_a_harder_mask_or_a_lower_bound_settles_it(tmp_path: Path) -> None:
    assert composites(tmp_path, "redact") == []
    assert [finding.message.split()[0] for finding in composites(tmp_path, least=30)] == ["post"]
    assert composites(tmp_path, least=1) == []


def test_without_a_word_of_what_they_are_nothing_is_judged(tmp_path: Path) -> None:
    shutil.copytree(GOOD, tmp_path, dirs_exist_ok=True)
    assert "composite-disclosure" not in {finding.code for finding in load_policy(tmp_path).findings.sorted()}


ENDS_AT_THE_DESK = """  - {id: ends, who: {posts: [clinic]}, systems: [two], CONDITION sees: {id: {keep: {last: 4}}},
     until: 2027-06-30, reason: 办, approved_by: 王}
"""


@pytest.mark.parametrize("condition", ["purpose: work,", "purpose: work, networks: [10.0.0.0/8],"])
def test_what_a_grant_shows_adds_to_what_is_seen_without_it(tmp_path: Path, condition: str) -> None:
    """Who leaves the purpose out, or asks from elsewhere, sees the first six digits as well as the last four."""
    found = composites(tmp_path, "{keep: {first: 6}}")
    assert not [finding for finding in found if "clinic" in finding.message]
    with (tmp_path / "grants.yaml").open("a", encoding="utf-8") as grants:
        grants.write(ENDS_AT_THE_DESK.replace("CONDITION", condition))
    told = [str(finding) for finding in load_policy(tmp_path).findings.sorted() if "`clinic`" in finding.message]
    assert any("down to 33 of" in line and "(keep 6..0," in line and "(keep 0..4," in line for line in told)
