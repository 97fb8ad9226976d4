"""Everything that people do by forms with cases, notices and alerts is done by the API too, under the same rules."""

import base64
import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from console.access import ACCESS, API
from console.api.engines import CALLS
from console.forms import MOST_BYTES_OF_FILES
from incident.command import Failed, Tighten
from incident.draft import CHECK_LIST
from incident.evidence_acts import MOST_MEGABYTES
from incident.person_lists import part_name
from incident.state import State
from policies.keys.epochs import digester_in
from policies.recognisers.checksums import is_resident_id
from siem.canary import read_canaries
from tests.console import bureau as bureaus
from tests.console.bureau import CHEN, LI, PARTIAL, RECIPIENT, SUN, Bureau
from tests.console.programs import Program, program
from tests.incident.books import manual, raw_book, text_of
from tests.incident.office import TEN
from yingbi.first_start import make_folders, make_keys

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
        named = re.sub(r"[CA]-[\d-]+", lambda found: "{case}" if found[0][0] == "C" else "{alert}", path)
        self.done.add(re.sub(r"(?<=/proposals/)\d+", "{number}", named))
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
    key, _ = (each["key"] for each in one.case(case)["blocked"] if each["kind"] != "preserve_evidence")
    staff.do(one, f"{at}/lift", key=key, reason="密钥已更换")
    assert "another person" in staff.refused(one, f"{at}/agree", key=key)
    staff.do(staff.officer, f"{at}/agree", key=key)
    assert [each["kind"] for each in one.case(case)["blocked"]] == ["block_caller", "preserve_evidence"]
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


OTHERS: dict[str, dict[str, object]] = {
    "plant_canaries": {"system": "register"},
    "preserve_evidence": {},
    "quarantine_exports": {"system": "register"},
    "raise_logging": {"system": "register"},
    "revoke_sessions": {"target": "clerk-wu", "sure": "yes"},
}


@pytest.mark.parametrize("kind", OTHERS)
def test_other_measures_are_taken_once_for_their_key(staff: Staff, kind: str) -> None:
    case = staff.do(staff.oncall, "/cases", title="接到来电", level="low")["id"]
    asked = {"kind": kind, "hours": 2, "reason": "先行控制", **OTHERS[kind]}
    first, again = (staff.oncall.post(f"/cases/{case}/contain", f"{case}.{kind}", **asked) for _ in range(2))
    assert (first.status_code, again.status_code, first.text) == (200, 200, again.text)
    (command,) = (each for each in staff.bureau.office.cases.pending() if isinstance(each, Tighten))
    assert (command.kind.value, command.target) == (kind, asked.get("target", ""))


def test_canaries_are_handed_out_while_a_measure_orders_them_and_their_digest_is_evidence(staff: Staff) -> None:
    one, office = staff.oncall, staff.bureau.office
    make_folders(staff.bureau.home)
    make_keys(staff.bureau.home, office.watch)
    case = staff.do(one, "/cases", title="勒索", level="high")["id"]
    at = f"/cases/{case}"
    staff.do(one, f"{at}/contain", kind="plant_canaries", system="register", hours=2, reason="查明来源")
    (held,) = one.case(case)["blocked"]
    assert "no measure" in staff.refused(one, f"{at}/canaries", key="C-1", count=3)
    assert one.post(f"{at}/canaries", key=held["key"], count=201).json()["field"] == "count"
    first, second = (one.post(f"{at}/canaries", "same", key=held["key"], count=3) for _ in range(2))
    staff.done.add("/cases/{case}/canaries")
    rows = [list(csv.DictReader(io.StringIO(each.content.decode("utf-8-sig")))) for each in (first, second)]
    people = {row["id_no"] for table in rows for row in table}
    assert len(people) == 6, "who asks again gets others"
    assert all(map(is_resident_id, people))
    digester = digester_in(staff.bureau.home.keys, office.watch())
    assert read_canaries(staff.bureau.home.canaries) >= set(digester.each(people))
    pieces = office.cases.get(case).handling.evidence.values()
    assert [piece.sha256 for piece in pieces] == [hashlib.sha256(each.content).hexdigest() for each in (first, second)]
    assert not any(number in str(one.case(case)) for number in people)
    staff.do(one, f"{at}/lift", key=held["key"], reason="已查明")
    staff.do(staff.officer, f"{at}/agree", key=held["key"])
    assert "no measure" in staff.refused(one, f"{at}/canaries", key=held["key"], count=3)


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


def test_people_tasks_marks_and_the_review(staff: Staff) -> None:
    case = staff.do(staff.oncall, "/cases", title="接到举报", level="high")["id"]
    one, at, due = staff.oncall, f"/cases/{case}", (TEN + timedelta(days=1)).isoformat()
    staff.do(one, f"{at}/role", role="communications", person=[LI])
    assert "one of the persons" in staff.refused(one, f"{at}/role", role="legal", person=["p-nobody"])
    told = staff.do(one, f"{at}/task", title="通知窗口", assignee=LI, due=due)["handling"]
    assert told["roles"] == {"communications": [LI]}
    assert [(each["number"], each["assignee"], each["due"]) for each in told["tasks"]] == [(1, LI, due)]
    staff.do(one, f"{at}/task", title="换掉共用口令", assignee=CHEN, due=due, lasting="yes")
    told = one.get("/actions").json()
    assert [(each["case"], each["title"]) for each in told["actions"]] == [(case, "换掉共用口令")]
    assert [each["title"] for each in told["tasks"] if each["case"] == case] == ["通知窗口"]
    staff.do(staff.press, f"{at}/task-done", number=1, note="已当面通知")
    staff.do(one, f"{at}/mark", tlp="red")
    for move in ("contain", "resolve"):
        staff.do(one, f"{at}/move", move=move, reason="口令已换")
    staff.do(one, f"{at}/review", cause="共用口令", lessons="逐人发放")
    staff.do(one, f"{at}/state-item", item="cause", text="共用口令")
    staff.do(one, f"{at}/restrict", person=[CHEN], reason="涉及内部人员")
    assert staff.press.get(at).json()["title"], "who has a role in it may open it"
    told = one.case(case)
    assert (told["tlp"], told["restricted"], told["handling"]["readers"]) == ("red", True, [CHEN])
    assert told["handling"]["review"]["lessons"] == "逐人发放"
    assert told["handling"]["stated"]["cause"]["text"] == "共用口令"
    assert told["handling"]["tasks"][0]["done"]["by"] == f"person:{LI}"


def test_evidence_is_sent_opened_and_taken_out(staff: Staff) -> None:
    case = staff.do(staff.oncall, "/cases", title="接到举报", level="high")["id"]
    one, at, data = staff.oncall, f"/cases/{case}", bytes(range(256)) * 8_000
    sent = {"name": "/home/chen/记录.bin", "base64": base64.b64encode(data).decode()}
    about = {"origin": "一号服务器", "tlp": "amber"}
    (piece,) = staff.do(one, f"{at}/evidence", file=sent, **about)["handling"]["evidence"]
    assert (piece["name"], piece["size"], piece["kept"]) == ("记录.bin", len(data), True)
    assert piece["sha256"] == hashlib.sha256(data).hexdigest()
    staff.do(one, f"{at}/evidence", name="disk.img", size=5, sha256="5e" * 32, **about)
    for wrong in ({**sent, "base64": "?"}, {**sent, "name": ""}, {"base64": "eA=="}, {**sent, "more": 1}, "x"):
        answer = one.post(f"{at}/evidence", file=wrong, **about)
        assert (answer.status_code, answer.json()["field"]) == (422, "file")
    staff.do(one, f"{at}/evidence-move", number=1, step="handed_over", party="公安机关")
    for _ in range(2):  # each opening is one of its own, whatever the key
        opened = one.post(f"{at}/evidence-open", "the same key", number=1)
        assert (opened.status_code, opened.content) == (200, data)
        assert "%E8%AE%B0%E5%BD%95.bin" in opened.headers["content-disposition"]
    staff.done |= {"/cases/{case}/evidence-open", "/cases/{case}/evidence-export"}
    chain = one.case(case)["handling"]["evidence"][0]["chain"]
    assert [link["step"] for link in chain] == ["handed_over", "opened", "opened"]
    with zipfile.ZipFile(io.BytesIO(one.post(f"{at}/evidence-export").content)) as archive:
        assert archive.read("evidence/001.bin") == data
    assert "有角色的人" in staff.refused(staff.press, f"{at}/evidence-open", number=1)
    with staff.bureau.office.engine.connect() as connection:
        kept = str(connection.exec_driver_sql("SELECT * FROM api_requests").all())
    assert sent["base64"][:64] not in kept, "it lies nowhere in clear"


def test_a_file_may_be_as_long_as_in_the_form_and_no_longer(staff: Staff) -> None:
    case = staff.do(staff.oncall, "/cases", title="接到举报", level="high")["id"]
    about = {"origin": "一号服务器", "tlp": "amber"}
    for octets, status in ((2_000_000, 200), (MOST_BYTES_OF_FILES + 1, 413)):
        sent = {"name": "a", "base64": base64.b64encode(bytes(octets)).decode()}
        assert staff.oncall.post(f"/cases/{case}/evidence", file=sent, **about).status_code == status
    page = staff.bureau.browser("oncall").get(f"/cases/{case}").text()
    assert f"文件（最大 {MOST_MEGABYTES} MB）" in page
    assert staff.oncall.post(f"/cases/{case}/note", text="x" * 2_000_000).status_code == 413, "what brings no file"


def test_a_list_of_persons_takes_two_and_is_handed_out_encrypted(staff: Staff) -> None:
    case = staff.bureau.open(staff.bureau.leak(persons=20, caller="clerk-shi"))
    staff.bureau.office.perform_all()
    one, at = staff.oncall, f"/cases/{case}/persons"
    told = staff.do(one, at, source="register", recipient=RECIPIENT, reason="依法告知")
    assert [each["standing"] for each in told["lists"]] == ["asked"]
    assert "another person" in staff.refused(one, f"{at}/agree", number=1, recipient=RECIPIENT)
    told = staff.do(staff.officer, f"{at}/agree", number=1, recipient=RECIPIENT)
    assert [each["agreed_by"] for each in told["lists"]] == [SUN]
    (staff.bureau.office.folder / part_name(case, 1, 1)).write_bytes(b"age-encryption.org/v1 ...")
    staff.bureau.office.cases.persons_listed(case, PARTIAL)
    (listed,) = one.get(at).json()["lists"]
    assert (listed["standing"], listed["affected"], listed["found"]) == ("partial", 20, 13)
    assert listed["parts"] == [f"{case}-P1-1.age"]
    assert one.get(f"{at}/1/1").content.startswith(b"age-encryption.org/v1")
    assert one.get(f"{at}/1/2").status_code == 404
    assert staff.do(one, f"{at}/stop", number=1, reason="系统已下线")["lists"][0]["standing"] == "stopped"


def test_forms_and_drafts_are_handed_out_in_each_format(staff: Staff) -> None:
    case = staff.bureau.open(staff.bureau.leak(persons=20, caller="clerk-qin"))
    staff.bureau.office.perform_all()
    one, at = staff.oncall, f"/cases/{case}"
    form = one.get(f"{at}/forms/first").json()
    assert form == {**one.get(f"{at}/forms/first.json").json(), "made_at": form["made_at"]}
    assert "首报" in form["title"]
    assert one.get(f"{at}/forms/first.txt").text.startswith(form["title"])
    lacking = one.get(f"{at}/forms/sms.txt")
    assert (lacking.status_code, lacking.json()["code"]) == (422, "not-permitted")
    assert {one.get(f"{at}/forms/{name}").status_code for name in ("none", "none.txt", "first.exe")} == {404}
    draft = one.get(f"{at}/notice/render?template=stolen-credential").json()
    assert (draft["template"], draft["case"], draft["audience"]) == ("stolen-credential", case, "public")
    assert {fact["name"] for fact in draft["facts"]} >= {"persons", "systems"}
    assert draft["title"]["zh"] in one.get(f"{at}/notice/render?template=stolen-credential&format=txt").text
    assert one.get(f"{at}/notice/render?audience=hotline").json()["body"]["en"] is None
    begins = {"pdf": b"%PDF", "docx": b"PK", "html": b"<!"}
    for kind, start in begins.items():
        answer = one.get(f"{at}/notice/render?format={kind}")
        assert (answer.status_code, answer.content[: len(start)].lower()) == (200, start.lower())
    for wrong in ("template=../../etc", "audience=all", "format=exe"):
        answer = one.get(f"{at}/notice/render?{wrong}")
        assert (answer.status_code, answer.json()["field"]) == (422, wrong.partition("=")[0])
        assert "etc" not in answer.text
    assert "stolen-credential" in one.get("/templates").json()["templates"]


def test_a_drill_is_begun_and_counted_apart(staff: Staff) -> None:
    one = staff.oncall
    assert "level" in one.post("/drills", title="夜间演练").json()["field"]
    before = one.get("/summary?year=2026").json()
    case = staff.do(one, "/drills", title="夜间演练", level="low", book="bulk-retrieval")["id"]
    again = staff.do(one, "/drills", title="夜间演练", level="low")["id"]
    assert case != again
    told = one.get("/drills").json()
    assert {case, again} <= {each["id"] for each in told["drills"]}
    after = one.get("/summary?year=2026").json()
    assert after["drills"]["cases"] == before["drills"]["cases"] + 2
    assert after["real"] == before["real"]
    assert one.get("/summary?year=2020").json()["real"]["cases"] == 0
    assert one.get("/summary?year=soon").json()["field"] == "year"
    assert one.get("/summary/json?year=2026").json()["year"] == 2026
    assert one.get("/summary/csv").headers["content-type"].startswith("text/csv")


def test_what_is_to_be_published_at_a_time_is_called_off(staff: Staff) -> None:
    case = staff.bureau.open(staff.bureau.leak(persons=20, caller="clerk-xu"))
    staff.bureau.office.perform_all()
    at, one, due = f"/cases/{case}/notice", staff.press, (TEN + timedelta(days=1)).isoformat()
    digest = staff.do(one, f"{at}/redraft")["digest"]
    told = staff.do(one, f"{at}/submit", digest=digest, check=list(CHECK_LIST), due=due)
    assert told["due"] == due
    staff.do(staff.press2, f"{at}/approve", digest=digest)
    assert staff.press2.get(at).json()["versions"] == []
    staff.do(one, f"{at}/call-off", digest=digest)
    assert one.get(at).json()["due"] is None


def test_playbooks_are_checked_and_tried_without_doing_anything(staff: Staff) -> None:
    text = text_of(raw_book(start={"then": "one"}, one={**manual(), "then": "end"}, end={}))
    told = staff.do(staff.oncall, "/playbooks/check", files={"mine.json": text, "broken.json": "{"})
    assert [each["file"] for each in told["playbooks"]] == ["mine.json"]
    assert {each["file"] for each in told["findings"]} == {"broken.json"}
    way = staff.do(staff.oncall, "/playbooks/dry-run", files={"mine.json": text}, main="mine.json")
    assert way["ended"] == "succeeded"
    assert way["steps"]
    assert staff.refused(staff.oncall, "/playbooks/dry-run", files={"mine.json": "{"}, main="mine.json")


def test_a_playbook_of_others_is_proposed_agreed_to_and_withdrawn(staff: Staff) -> None:
    book = raw_book(start={"then": "one"}, one={**manual(), "then": "end"}, end={})
    file = {"name": "theirs.json", "base64": base64.b64encode(text_of(book).encode()).decode()}
    told = staff.do(staff.officer, "/playbooks/propose", file=file, name="theirs", reason="邻区用过")
    at = f"/playbooks/proposals/{told['number']}"
    assert staff.do(staff.oncall, f"{at}/agree", digest=told["digest"])["standing"] == "agreed"
    assert staff.do(staff.oncall, f"{at}/withdraw", reason="规程改了")["standing"] == "withdrawn"


def test_a_manual_step_is_taken_and_given_back(staff: Staff) -> None:
    case = staff.do(staff.oncall, "/cases", title="来信", level="low", book="outside-report")["id"]
    staff.bureau.office.perform_all()
    asked = next(each for each in staff.oncall.case(case)["question_list"] if each["question"] == "step")
    for act, more, who in (("take-step", {}, CHEN), ("give-back-step", {"reason": "换班"}, None)):
        staff.do(staff.oncall, f"/cases/{case}/{act}", key=asked["key"], **more)
        now = {each["key"]: each["taken_by"] for each in staff.oncall.case(case)["question_list"]}
        assert now[asked["key"]] == who


def test_a_caller_of_the_hotline_is_looked_up(staff: Staff) -> None:
    staff.bureau.exchange.tell()
    caller = program(staff.bureau, "hotline")
    told = staff.do(caller, "/hotline", identifier="11010519491231002X", checked="knows", basis="T-2026-118")
    assert told["answer"] in ("not_found", "cannot_say")


def test_every_act_was_carried_out_once(staff: Staff) -> None:
    """So the fields that the document names are those that the forms read."""
    ours = {path.removeprefix(API) for method, path in ACCESS if method == "POST" and path.startswith(f"{API}/")}
    assert staff.done == ours - {f"/cases/{{case}}{path}" for path in CALLS}, "test_other_engines makes the others"
