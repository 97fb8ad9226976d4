"""What the commands about policies print: nobody who approves is shown less than what is there."""

from datetime import UTC, datetime

from console.policy.journal import Adopted, Approved, Drafted, Entry, Fact, Governed, Published, RolledBack, Submitted
from console.policy.state import PolicyHistory, history_of
from incident.ids import ENGINE, PersonId, person
from policies.findings import Position
from policies.rehearsal.difference import Attribute, Change, FileChange, What
from yingbi.lines.policies import behind_lines, change_lines, file_lines, history_json, history_lines

AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
SUN, QIAN = person(PersonId("p-sun")), person(PersonId("p-qian"))


def history(*facts: tuple[Fact, object]) -> PolicyHistory:
    before = [(Governed(two_people=True), ENGINE), (Adopted(version=1, content="a" * 64, reason="first"), ENGINE)]
    found = [*before, *facts]
    return history_of(
        Entry(number=number, at=AT, by=by, fact=fact, chain="c")  # type: ignore[arg-type]
        for number, (fact, by) in enumerate(found, 1)
    )


PUBLISHED = (
    (Drafted(draft=1, base=1, content="b" * 64, title="改名\x1b[2K", reason="来函"), SUN),
    (Submitted(draft=1, content="b" * 64, warnings=0), SUN),
    (Approved(draft=1, content="b" * 64), QIAN),
    (Published(draft=1, version=2, content="b" * 64), SUN),
)


def test_a_history_says_who_agreed_and_who_did_not() -> None:
    back = (RolledBack(version=3, to=1, content="a" * 64, reason="有误"), QIAN)
    waits = (Drafted(draft=2, base=3, content="c" * 64, title="再改", reason="来函"), QIAN)
    lines = list(history_lines(history(*PUBLISHED, back, waits), {}))
    assert lines[0].startswith("*    3")
    assert "没有人批准 / approved by nobody，p-qian 退回" in lines[0]
    assert "p-sun 起草 / drafted，p-qian 批准 / approved，p-sun 发布" in lines[2]
    assert r"改名\x1b[2K" in lines[3]
    assert lines[-1].startswith("  d2 ")
    told = history_json(history(*PUBLISHED, back, waits), {})
    assert (told["in_force"], told["versions"][1]["approved_by"], told["drafts"][1]["standing"]) == (
        3,
        "p-qian",
        "draft",
    )


def test_a_version_that_is_not_in_force_says_which_one_is_and_why() -> None:
    finding = {
        "file": "systems/people.yaml",
        "line": 21,
        "severity": "error",
        "code": "at-rest-unproved",
        "zh": "不能开始加密存储",
        "message": "not stored encrypted yet",
    }
    policy = {"version": 1, "findings": [finding, {**finding, "severity": "warning", "code": "ends-soon"}]}
    lines = list(history_lines(history(*PUBLISHED), policy))
    assert lines[0].startswith("!    2")
    assert lines[2].startswith("*    1")
    assert "workers serve by version 1, version 2 is not in force" in lines[-2]
    assert "systems/people.yaml:21: 不能开始加密存储" in lines[-1]
    assert history_json(history(*PUBLISHED), policy)["served"] == 1
    assert list(behind_lines({"version": 2, "findings": [finding]}, 2)) == []
    assert "no version" in next(behind_lines({"version": 0}, 2))


def test_what_a_terminal_would_hide_is_spelled_out() -> None:
    """Orders to a terminal and marks that turn a line round must hide nothing from who approves."""
    file = FileChange(name="grants.yaml", what=What.CHANGED, lines=("@@ -1 +1 @@", "-a", "+b\x1b[1A\u202e\rc"))
    assert list(file_lines([file], "in-force", "d1"))[-1] == r"+b\x1b[1A\u202e\rc"
    change = Change(
        kind="grants",
        name="a\u202eb",
        what=What.CHANGED,
        at=Position("grants.yaml", 3, 1),
        attributes=(Attribute(name="reason", before="", after="x\n" * 200),),
    )
    first, second = change_lines([change])
    assert r"`a\u202eb`  grants.yaml:3" in first
    assert second.startswith("    reason: （无 / none） → x\\nx")
    assert len(second) < 400


def test_a_file_that_is_too_long_is_said_to_be() -> None:
    file = FileChange(name="a.yaml", what=What.CHANGED, lines=())
    assert "too long" in list(file_lines([file], "1", "2"))[-1]
