"""What officers declare: read strictly, and every mistake is told with its line."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from siem.detect.definition import Level
from siem.detect.rule_file import RuleError
from siem.reasons.declaration import Kind, Wanted
from siem.reasons.declaration_file import declaration_files, parse_declaration, read_declarations

WHOLE = """\
system: register
feed:
  file: /srv/exchange/cases.csv
  columns: {person: id_no, case: case_no, callers: handler, posts: desk, from: opened, until: closed}
look_up:
  url: https://register.example.gov.cn/cases?clerk={caller}&since={since}
  columns: {person: id_no, case: case_no}
  authorization: keys/cases.header
  per_minute: 60
  timeout: 5s
  cache: 15m
grace: 4h
after_close: 2d
most_shown: 5
exempt: {posts: [reception, hotline], callers: [clerk-li]}
keep: 60d
findings:
  no_case: {level: medium, people: 5, respond: bulk-retrieval}
  one_look: {level: low}
  colleagues: {level: high}
  listed: {level: high}
  relatives: {level: high, even_with_case: true}
"""
SMALL = "system: register\nfindings: {listed: {level: high}}\n"


def test_all_that_can_be_declared() -> None:
    declared = parse_declaration(WHOLE, "register.yaml")
    assert declared.feed is not None
    assert (declared.feed.file, declared.feed.columns["case"]) == (Path("/srv/exchange/cases.csv"), "case_no")
    assert declared.look_up is not None
    assert (declared.look_up.per_minute, declared.look_up.cache) == (60, timedelta(minutes=15))
    assert (declared.grace, declared.after_close) == (timedelta(hours=4), timedelta(days=2))
    assert (declared.most_shown, declared.keep) == (5, timedelta(days=60))
    assert declared.exempt_posts == {"reception", "hotline"}
    assert declared.exempt_callers == {"clerk-li"}
    assert set(declared.findings) == set(Kind)
    assert declared.findings[Kind.NO_CASE] == Wanted(level=Level.MEDIUM, people=5, respond="bulk-retrieval")
    assert declared.findings[Kind.RELATIVES].even_with_case


WRONG = {
    "a key that is none": ("grace: 4h", "grade: 4h", 12),
    "no time": ("grace: 4h", "grace: 4", 12),
    "a path of nowhere": ("file: /srv", "file: srv", 3),
    "a column that is none": ("posts: desk", "post: desk", 4),
    "no column of the person": ("person: id_no, case: case_no, callers", "case: case_no, callers", 4),
    "an open address": ("https://register", "http://register", 6),
    "an address for everybody": ("clerk={caller}&", "", 6),
    "a level that is none": ("listed: {level: high}", "listed: {level: bad}", 21),
    "a finding that is none": ("listed:", "famous:", 21),
    "no number of people": ("people: 5, ", "", 18),
    "people where none are counted": ("one_look: {level: low}", "one_look: {level: low, people: 3}", 19),
    "a text for a list": ("posts: [reception, hotline]", "posts: reception", 15),
    "a truth that is none": ("even_with_case: true", "even_with_case: 1", 22),
    "no findings": (WHOLE[WHOLE.index("findings:") :], "", 1),
    "two keys": ("keep: 60d", "keep: 60d\nkeep: 61d", 17),
}


@pytest.mark.parametrize(("before", "after", "line"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_with_its_line(before: str, after: str, line: int) -> None:
    assert before in WHOLE
    with pytest.raises(RuleError) as caught:
        parse_declaration(WHOLE.replace(before, after), "register.yaml")
    assert {problem.line for problem in caught.value.problems} == {line}


def test_want_of_a_case_needs_somebody_who_tells_of_cases() -> None:
    with pytest.raises(RuleError, match="told by `feed` or `look_up`"):
        parse_declaration("system: a\nfindings: {one_look: {level: low}}\n", "a.yaml")
    assert parse_declaration(SMALL, "a.yaml").feed is None


def test_all_files_of_a_folder_are_read_and_a_system_stands_in_one(tmp_path: Path) -> None:
    assert declaration_files(tmp_path / "none") == []
    (tmp_path / "a.yaml").write_text(SMALL)
    (tmp_path / "b.yaml").write_text(SMALL.replace("register", "hall"))
    assert [each.system for each in read_declarations(declaration_files(tmp_path))] == ["register", "hall"]
    (tmp_path / "c.yaml").write_text(SMALL)
    (tmp_path / "d.yaml").write_bytes(b"\xff")
    (tmp_path / "e.yaml").write_text("")
    with pytest.raises(RuleError) as caught:
        read_declarations(declaration_files(tmp_path))
    assert [problem.file for problem in caught.value.problems] == ["c.yaml", "d.yaml", "e.yaml"]


def test_the_declaration_in_the_manual_is_one() -> None:
    manual = (Path(__file__).parents[3] / "docs" / "officer.md").read_text("utf-8")
    (block,) = re.findall(
        r"^```yaml\n(# 数据目录中的 reasons/register.yaml\n.*?)^```$", manual, re.MULTILINE | re.DOTALL
    )
    assert set(parse_declaration(block, "register.yaml").findings) == set(Kind)
