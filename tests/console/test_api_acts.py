"""Everything that people do by forms with cases, notices and alerts is done by the API too, under the same rules."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from console.access import ACCESS, API
from incident.command import Failed, Tighten
from incident.draft import CHECK_LIST
from incident.incident import State
from tests.console import bureau as bureaus
from tests.console.bureau import Bureau
from tests.console.programs import Program, program
from tests.incident.books import manual, raw_book, text_of
from tests.incident.office import TEN

CONTENT = ("title_zh", "body_zh", "title_en", "body_en", "stage")


class Staff:
    """One on duty, an officer, two of the press: each with a token that they use themselves."""

    def __init__(self, bureau: Bureau) -> None:
        self.bureau = bureau
        self.oncall, self.officer, self.press, self.press2 = (
            program(bureau, name, attended=True) for name in ("oncall", "officer", "press", "press2")
        )
        self.done: set[str] = set()
        """The addresses at which something was done."""

    def do(self, who: Program, path: str, /, **body: object) -> Any:
        answer = who.post(path, **body)
        assert answer.status_code in (200, 201), answer.text
        self.done.add(re.sub(r"[CA]-[\d-]+", lambda found: "{case}" if found[0][0] == "C" else "{alert}", path))
        self.bureau.office.perform_all()
        return answer.json()

    def refused(self, who: Program, path: str, /, **body: object) -> str:
        answer = who.post(path, **body)
        assert answer.status_code == 422, answer.text
        return str(answer.json()["detail"])


@pytest.fixture(scope="module")
def staff(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staff]:
    with bureaus.opened(tmp_path_factory.mktemp("staff")) as bureau:
        yield Staff(bureau)


def test_a_case_is_handled_to_its_end(staff: Staff) -> None:
    case = staff.bureau.with_question()
    one, at, early = staff.oncall, f"/cases/{case}", (TEN - timedelta(hours=1)).isoformat()
    (asked,) = one.case(case)["question_list"]
    assert "理由" in staff.refused(one, f"{at}/answer", key=asked["key"], answer="no")
    staff.do(one, f"{at}/answer", key=asked["key"], answer="yes")
    assert one.case(case)["state"] == "contained"
    target = next(each for each in one.case(case)["targets"] if each["kind"] == "block_credential")
    staff.do(one, f"{at}/contain", of=target["of"], hours=2, reason="同一密钥")
    key, _ = (each["key"] for each in one.case(case)["blocked"])
    staff.do(one, f"{at}/lift", key=key, reason="密钥已更换")
    assert "another person" in staff.refused(one, f"{at}/agree", key=key)
    staff.do(staff.officer, f"{at}/agree", key=key)
    assert [each["kind"] for each in one.case(case)["blocked"]] == ["block_caller"]
    staff.do(one, f"{at}/reassess", hours=24)
    staff.do(one, f"{at}/grade", grade="large", reason="涉及重点人群")
    staff.do(one, f"{at}/clock", duty="notify-authority", start=early, reason="更早获知")
    staff.do(one, f"{at}/judge", duty="tell-persons", applies="no", reason="已采取措施，不会造成危害")
    staff.do(one, f"{at}/fulfil", duty="notify-authority", reference="回执 2026-117")
    staff.do(one, f"{at}/happened", what="crime_clue", at=early)
    staff.do(one, f"{at}/dispute", reason="系演练账号")
    staff.do(staff.officer, f"{at}/withdraw")
    staff.do(one, f"{at}/note", text="已电话通知科室")
    assert "personal data" in staff.refused(one, f"{at}/note", text="电话 13800138000")
    staff.do(one, f"{at}/move", move="resolve")
    clocks = {clock["duty"]: clock for clock in one.case(case)["clocks"]}
    assert clocks["notify-authority"]["start"] == early
    assert clocks["notify-authority"]["moves"][-1]["reason"] == "更早获知"
    assert clocks["tell-persons"]["reading"] == "not_owed"
    assert staff.bureau.office.cases.get(case).state is State.RESOLVED
    by = {str(entry.by) for entry in staff.bureau.office.cases.get(case).entries}
    assert by >= {"person:p-chen", "person:p-sun"}, "the person acts, whatever sends it"


def test_what_failed_is_tried_again(staff: Staff) -> None:
    case = staff.do(staff.oncall, "/cases", title="接到来电", level="low")["id"]
    answer = staff.oncall.post(
        f"/cases/{case}/contain", kind="block_caller", target="clerk-wu", hours=2, reason="先行控制"
    )
    assert answer.json()["field"] == "sure", answer.text
    one = {"kind": "block_caller", "target": "clerk-wu", "hours": 2, "reason": "先行控制", "sure": "yes"}
    assert staff.oncall.post(f"/cases/{case}/contain", **one).status_code == 200
    (command,) = (each for each in staff.bureau.office.cases.pending() if isinstance(each, Tighten))
    staff.bureau.office.cases.finished(command.key, Failed(said="the disk is full"))
    staff.do(staff.oncall, f"/cases/{case}/retry", key=command.key)
    assert [each["target"] for each in staff.oncall.case(case)["blocked"]] == ["clerk-wu"]


def test_cases_are_merged_split_and_linked(staff: Staff) -> None:
    first, second = (
        staff.bureau.open(staff.bureau.leak(persons=120, caller=caller, rule="bulk_reads"))
        for caller in ("clerk-han", "clerk-yang")
    )
    one = staff.oncall
    staff.do(one, f"/cases/{first}/link", kind="related", other=second)
    staff.do(one, f"/cases/{first}/unlink", kind="related", other=second, reason="误登记")
    assert one.post(f"/cases/{first}/link", kind="related", other="C-20261123-099").status_code == 404
    told = staff.do(one, f"/cases/{first}/merge", into=second, reason="同一伙人")
    assert (told["state"], told["next_due"]) == ("merged", None)
    assert one.case(second)["taken_in"] == [first]
    alert = next(each["id"] for each in one.case(second)["alert_list"] if each["about"]["user.id"] == "clerk-han")
    staff.do(one, f"/cases/{second}/split", alert=alert, reason="查明是两件事")
    assert len(one.case(second)["alert_list"]) == 1
    assert "went into" in staff.refused(one, f"/cases/{first}/note", text="x")


def test_two_people_publish_a_notice_and_one_takes_it_back(staff: Staff) -> None:
    case = staff.bureau.open(staff.bureau.leak(persons=20, caller="clerk-zhou"))
    staff.bureau.office.perform_all()
    at, one, two = f"/cases/{case}/notice", staff.press, staff.press2
    staff.do(one, f"{at}/settle", name="persons", zh="20 人", en="20 persons", reason="复核")
    assert staff.do(one, f"{at}/redraft", template="extortion")["template"] == "extortion"
    assert "no such template" in staff.refused(one, f"{at}/redraft", template="weather")
    told = staff.do(one, f"{at}/redraft", template="bulk-retrieval")
    content, contact = told["content"], told["content"]["contact"]
    given = {name: content[name] for name in CONTENT}
    given |= {"unit_zh": contact["unit"]["zh"], "unit_en": contact["unit"]["en"]}
    given |= {"phone": contact["phone"], "hotline": contact["hotline"], "title_zh": content["title_zh"] + "（更正）"}
    told = staff.do(one, f"{at}/edit", digest=told["digest"], **given)
    assert told["content"]["title_zh"].endswith("（更正）")
    assert "changed" in staff.refused(one, f"{at}/edit", digest="0" * 64, **given)
    assert told["problems"] == []
    assert "not checked" in staff.refused(one, f"{at}/submit", digest=told["digest"], check=[])
    told = staff.do(one, f"{at}/submit", digest=told["digest"], check=list(CHECK_LIST))
    assert told["barred"]
    assert "cannot approve" in staff.refused(one, f"{at}/approve", digest=told["digest"])
    assert "changed since" in staff.refused(two, f"{at}/approve", digest="0" * 64)
    staff.do(two, f"{at}/approve", digest=told["digest"])
    assert two.get(at).json()["standing"] == "published"
    staff.do(one, f"{at}/withdraw", reason="wrong")
    assert two.get(at).json()["standing"] == "withdrawn"


def test_an_alert_is_seen_to(staff: Staff) -> None:
    alert = staff.bureau.leak(persons=130, caller="clerk-feng", rule="bulk_reads").id
    at, one = f"/alerts/{alert}", staff.oncall

    def seen() -> int:
        return int(one.get(at).json()["seen"])

    assert staff.refused(one, f"{at}/acknowledge", seen=999_999)
    staff.do(one, f"{at}/acknowledge", seen=seen())
    staff.do(one, f"{at}/assign", seen=seen(), to="p-sun")
    staff.do(one, f"{at}/snooze", seen=seen(), hours=1, growth=150, reason="等科室回电")
    staff.do(one, f"{at}/close", seen=seen(), disposition="false_alarm", reason="批准的导出")
    told = staff.do(one, f"{at}/reopen", seen=seen(), reason="又有读取")
    assert [act["by"] for act in told["acts"]].count("person:p-chen") == 5
    listed = one.get("/alerts").json()
    assert listed["verified"]
    assert alert in [each["alert"] for each in listed["alerts"]]


def test_playbooks_are_checked_and_tried_without_doing_anything(staff: Staff) -> None:
    text = text_of(raw_book(start={"then": "one"}, one={**manual(), "then": "end"}, end={}))
    told = staff.do(staff.oncall, "/playbooks/check", files={"mine.json": text, "broken.json": "{"})
    assert [each["file"] for each in told["playbooks"]] == ["mine.json"]
    assert {each["file"] for each in told["findings"]} == {"broken.json"}
    way = staff.do(staff.oncall, "/playbooks/dry-run", files={"mine.json": text}, main="mine.json")
    assert way["ended"] == "succeeded"
    assert way["steps"]
    assert staff.refused(staff.oncall, "/playbooks/dry-run", files={"mine.json": "{"}, main="mine.json")


def test_every_act_was_carried_out_once(staff: Staff) -> None:
    """So the fields that the document names are those that the forms read."""
    ours = {path.removeprefix(API) for method, path in ACCESS if method == "POST" and path.startswith(f"{API}/")}
    assert staff.done == ours
