"""The rules as officers keep them: who may put which live, what is refused, and that nothing is lost or altered."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from console.rules.book import MOST_WAITING, BadRules, RuleBook
from console.rules.journal import Standing
from console.tables import METADATA, RULE_JOURNAL
from incident.database import for_writing
from incident.ids import NotPermitted, PersonId
from policies.keys.key_files import Signer, make_secret
from siem.detect.adapt import adapted
from siem.detect.examples import LISTS
from tests.console.bureau import RULES
from tests.console.policies import check_text
from tests.incident.office import Watch, new_database

SUN, QIAN = PersonId("p-sun"), PersonId("p-qian")
ID = "0f0e5c8e-7b9f-4f62-9d53-3a1c7c0b6f10"
NIGHT = """\
title: 夜间导出 / An export at night
id: ID
name: night_export
status: stable
logsource: {product: yingbi, service: access}
detection:
  s:
    yingbi.operation|startswith: 'GET /export'
  condition: s
level: medium
yingbi:
  what_to_do: {zh: 问本人。, en: Ask the person.}
""".replace("ID", ID)
AUTOMATIC = NIGHT.replace("yingbi:\n", "yingbi:\n  respond: bulk-retrieval\n  automatic: true\n")


class Desk:
    def __init__(self, folder: Path, engine: Engine) -> None:
        self.engine, self.own, self.shipped = engine, folder / "rules", folder / "shipped"
        self.shipped.mkdir()
        for name in ("many_subjects.yml", "bulk_reads.yml"):
            shutil.copy(RULES / name, self.shipped)
        make_secret(folder / "release.key")
        self.signer, self.watch = Signer(folder / "release.key"), Watch()
        self.book = self.again()

    def again(self) -> RuleBook:
        self.book = RuleBook(
            self.engine,
            self.signer,
            self.watch,
            shipped=self.shipped,
            own=self.own,
            lists=LISTS,
            check_text=check_text,
        )
        return self.book

    def in_force(self) -> dict[str, str]:
        return {each.name: each.text for each in self.book.in_force()}

    def more(self, file: str = "bulk_reads.yml", at_least: int = 400) -> str:
        found = self.book.file(file)
        assert found is not None
        return adapted(found.text, found.rules[0], at_least=at_least)

    def standing(self, number: int) -> Standing:
        found = self.book.get(number)
        assert found is not None
        return found.standing


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    engine = new_database(tmp_path)
    METADATA.create_all(engine)
    yield Desk(tmp_path, engine)
    engine.dispose()


def test_one_person_adds_a_rule(desk: Desk) -> None:
    number = desk.book.propose(SUN, "night_export.yml", NIGHT, "夜间不该有导出")
    assert "night_export.yml" not in desk.in_force()
    desk.book.put_live(SUN, number)
    assert desk.in_force()["night_export.yml"] == NIGHT
    assert (desk.own / "night_export.yml").read_text("utf-8") == NIGHT
    assert desk.standing(number) is Standing.LIVE


@pytest.mark.parametrize("what", ["instead of one", "automatic", "the end of one"])
def test_what_may_let_something_pass_takes_another_person(desk: Desk, what: str) -> None:
    if what == "instead of one":
        number = desk.book.propose(SUN, "bulk_reads.yml", desk.more(), "窗口量大")
    elif what == "automatic":
        number = desk.book.propose(SUN, "night_export.yml", AUTOMATIC, "先停用")
    else:
        desk.book.put_live(SUN, desk.book.propose(SUN, "night_export.yml", NIGHT, "夜间不该有导出"))
        number = desk.book.propose(SUN, "night_export.yml", "", "误报多")
    before = desk.in_force()
    for same in (SUN, PersonId("P-sun")):
        with pytest.raises(NotPermitted, match="put live by another"):
            desk.book.put_live(same, number)
    assert desk.in_force() == before
    desk.book.put_live(QIAN, number)
    assert desk.in_force() != before


def test_the_rule_that_comes_with_us_is_in_force_again_once_the_own_one_ends(desk: Desk) -> None:
    shipped = desk.in_force()["bulk_reads.yml"]
    first = desk.book.propose(SUN, "bulk_reads.yml", desk.more(), "窗口量大")
    desk.book.put_live(QIAN, first)
    assert desk.in_force()["bulk_reads.yml"] != shipped
    desk.book.put_live(SUN, desk.book.propose(QIAN, "bulk_reads.yml", "", "旺季已过"))
    assert desk.in_force()["bulk_reads.yml"] == shipped
    assert desk.standing(first) is Standing.REPLACED


REFUSED = {
    "no reason": (("night_export.yml", NIGHT, "  "), "say why"),
    "a name with a path": (("../night.yml", NIGHT, "x"), "is named by"),
    "the name of examples": (("night.examples.yml", NIGHT, "x"), "is named by"),
    "no YAML": (("night_export.yml", "title: [", "x"), "no YAML"),
    "an unknown field": (("night_export.yml", NIGHT.replace("yingbi.operation", "yingbi.nothing"), "x"), "line 8"),
    "an id that is taken": (
        (
            "night_export.yml",
            NIGHT.replace("0f0e5c8e-7b9f-4f62-9d53-3a1c7c0b6f10", "7f3c1a52-6f0e-4b7c-9d5e-2a8f4c1b6e02"),
            "x",
        ),
        "as well",
    ),
    "too long": (("night_export.yml", NIGHT + "#" * 100_000, "x"), "at most"),
    "the end of what comes with us": (("bulk_reads.yml", "", "x"), "the installation's own"),
    "the end of nothing": (("nothing.yml", "", "x"), "the installation's own"),
    "personal data in the reason": (("night_export.yml", NIGHT, "11010519491231002X"), "personal data"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_in_force_is_not_proposed(desk: Desk, case: str) -> None:
    (file, text, reason), why = REFUSED[case]
    before = desk.in_force()
    with pytest.raises(NotPermitted, match=why):
        desk.book.propose(SUN, file, text, reason)
    assert (desk.book.proposals(), desk.in_force()) == ((), before)


def test_everything_that_is_wrong_is_told_with_its_line(desk: Desk) -> None:
    with pytest.raises(BadRules) as wrong:
        desk.book.propose(SUN, "a.yml", NIGHT.replace("level:", "levels:").replace("status", "stat"), "x")
    assert [problem.line for problem in wrong.value.problems] == sorted(p.line for p in wrong.value.problems)
    assert len(wrong.value.problems) >= 2


def test_what_is_in_force_already_is_not_proposed(desk: Desk) -> None:
    with pytest.raises(NotPermitted, match="in force already"):
        desk.book.propose(SUN, "bulk_reads.yml", desk.in_force()["bulk_reads.yml"], "x")


def test_a_proposal_does_not_outlive_what_it_was_made_from(desk: Desk) -> None:
    old = desk.book.propose(SUN, "bulk_reads.yml", desk.more(at_least=400), "x")
    desk.book.put_live(QIAN, desk.book.propose(SUN, "bulk_reads.yml", desk.more(at_least=200), "x"))
    with pytest.raises(NotPermitted, match="changed since"):
        desk.book.put_live(QIAN, old)
    desk.book.withdraw(SUN, old, "过时")
    with pytest.raises(NotPermitted, match="has been settled"):
        desk.book.put_live(QIAN, old)
    with pytest.raises(NotPermitted, match="has been settled"):
        desk.book.withdraw(SUN, old, "")


def test_only_so_many_wait(desk: Desk) -> None:
    for number in range(MOST_WAITING):
        desk.book.propose(SUN, "bulk_reads.yml", desk.more(at_least=400 + number), "x")
    with pytest.raises(NotPermitted, match="wait"):
        desk.book.propose(SUN, "bulk_reads.yml", desk.more(at_least=999), "x")


def test_after_a_restart_it_is_the_same_and_an_unwritten_file_is_written(desk: Desk) -> None:
    desk.book.put_live(SUN, desk.book.propose(SUN, "night_export.yml", NIGHT, "夜间不该有导出"))
    desk.book.propose(QIAN, "bulk_reads.yml", desk.more(), "x")
    before = desk.book.proposals(), desk.in_force()
    (desk.own / "night_export.yml").unlink()
    desk.again()
    assert (desk.book.proposals(), desk.in_force()) == before


def test_a_file_that_the_operator_put_there_is_in_force_and_left_alone(desk: Desk) -> None:
    desk.own.mkdir()
    (desk.own / "night_export.yml").write_text(NIGHT, "utf-8")
    desk.again()
    found = desk.book.file("night_export.yml")
    assert found is not None
    assert found.is_own
    (desk.own / "broken.yml").write_text("title: [", "utf-8")
    assert "broken.yml" not in desk.in_force()


def test_an_altered_journal_changes_nothing_and_lets_nobody_change_anything(desk: Desk) -> None:
    desk.book.put_live(SUN, desk.book.propose(SUN, "night_export.yml", NIGHT, "夜间不该有导出"))
    waiting = desk.book.propose(SUN, "bulk_reads.yml", desk.more(), "x")
    with for_writing(desk.engine).begin() as connection:
        body = connection.scalar(select(RULE_JOURNAL.c.body).where(RULE_JOURNAL.c.number == 1))
        assert body is not None
        altered = body.replace("medium", "low")
        connection.execute(update(RULE_JOURNAL).where(RULE_JOURNAL.c.number == 1).values(body=altered))
    desk.again()
    assert desk.book.broken is not None
    assert desk.in_force()["night_export.yml"] == NIGHT
    for act in (
        lambda: desk.book.put_live(QIAN, waiting),
        lambda: desk.book.withdraw(QIAN, waiting, ""),
        lambda: desk.book.propose(QIAN, "other.yml", NIGHT, "x"),
    ):
        with pytest.raises(NotPermitted, match="an auditor has to look"):
            act()
