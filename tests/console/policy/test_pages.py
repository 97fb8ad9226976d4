"""The life of a policy through the console: what two officers do, and what nobody can."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import text

from console.forms import MOST_BYTES, MOST_BYTES_OF_FILES
from console.installation import ProgramVersion
from console.office import Office
from console.policy.state import Standing
from console.roles import Role
from incident.database import for_writing
from incident.ids import NotPermitted, PersonId
from policies.snapshot import Snapshot, UnfitFiles
from tests.console.browser import Browser, Page, fields_of
from tests.console.bureau import INSTALLATION, POLICY, SUN, Bureau
from tests.console.late_routes import create_app
from tests.console.people import PASSWORD
from tests.console.policies import BROKEN, FIRST, MORE, QIAN, WORDED, with_text
from tests.incident.office import zh

NEW = {"title": "窗口增看手机号", "reason": "业务科室来函"}


def signed_in(office: Office, who: str = "officer") -> Browser:
    """The browser of *who*, at the console of *office*."""
    browser = Browser(create_app(office))
    browser.sign_in(who)
    return browser


def begun(bureau: Bureau, who: str = "officer") -> Page:
    """A draft of what is in force."""
    browser = bureau.browser(who)
    return browser.submit(browser.get("/policies"), "draft", **NEW)


def edited(bureau: Bureau, snapshot: Snapshot = MORE, who: str = "officer") -> Page:
    """A draft whose grants are those of *snapshot*, typed into the form."""
    page = begun(bureau, who)
    browser = bureau.browser(who)
    file = browser.get(f"{page.path}/file?name=grants.yaml")
    browser.submit(file, "file", "save", yaml=snapshot.files["grants.yaml"].replace("\n", "\r\n"))
    return browser.get(page.path)


def submitted(bureau: Bureau, snapshot: Snapshot = MORE) -> Page:
    page = edited(bureau, snapshot)
    return bureau.browser("officer").submit(page, "submit")


def test_the_road_of_a_policy_through_the_console(bureau: Bureau) -> None:
    officer, second = bureau.browser("officer"), bureau.browser("officer2")
    page = begun(bureau)
    assert page.path == "/policies/drafts/1"
    assert "没有差别" in page.text()
    page = edited(bureau)
    assert page.path == "/policies/drafts/2"
    told = ("授权 clerks", "sees.mobile", "（无）", "show", "grants.yaml:2", "+ mobile: show", "预演", "没有预演过")
    for word in told:
        assert word in page.text(), word
    page = officer.submit(page, "submit")
    assert "请另一位安全管理员批准" in page.said
    assert not page.has("approve"), "not by the same person"
    page = second.submit(second.get(page.path), "approve")
    assert "已批准" in page.said
    assert bureau.lives.current.number == 1, "approved is not published"
    page = officer.submit(officer.get(page.path), "publish")
    assert "已发布" in page.said
    current = bureau.lives.current
    assert (current.number, current.drafted_by, current.approved_by) == (2, (SUN,), QIAN)
    assert bureau.lives.life.snapshot(current.content).files == MORE.files
    page = bureau.browser("auditor").get("/policies/versions/2")
    for word in ("p-sun 起草，p-qian 批准，p-sun 发布", "业务科室来函", current.content, "sees.mobile", "现行"):
        assert word in page.text(), word
    page = second.submit(second.get("/policies"), "roll-back", to="1", reason="授权过宽")
    assert "已退回" in page.said
    assert (bureau.lives.current.number, bureau.lives.current.content) == (3, FIRST.digest)
    assert "p-qian 退回到第 1 版" in page.text()


def test_a_file_is_checked_where_it_is_typed(bureau: Bureau) -> None:
    officer = bureau.browser("officer")
    page = begun(bureau)
    file = officer.get(f"{page.path}/file?name=grants.yaml")
    file = officer.submit(file, "file", "save", yaml=BROKEN.files["grants.yaml"])
    assert file.path.endswith("/file?name=grants.yaml")
    assert "草稿已保存" in file.said
    rows = [[" ".join("".join(cell.itertext()).split()) for cell in row] for row in file.all("tr")]
    assert any(row[:2] == ["grants.yaml", "9"] for row in rows), rows
    page = officer.get(page.path)
    assert "检查有 1 处错误" in page.text()
    page = officer.submit(page, "submit")
    assert page.status == 422
    assert "检查有 1 处错误，须先改正：grants.yaml:9" in page.said


def test_what_is_saved_as_it_was_shown_is_the_same(bureau: Bureau) -> None:
    officer = bureau.browser("officer")
    page = begun(bureau)
    for name in FIRST.files:
        officer.submit(officer.get(f"{page.path}/file?name={name}"), "file", "save")
    assert bureau.lives.latest().content == FIRST.digest


def test_a_file_is_added_and_taken_away(bureau: Bureau) -> None:
    officer = bureau.browser("officer")
    page = begun(bureau)
    file = officer.submit(
        officer.get(f"{page.path}/file?name="), "file", "save", name="notes/预约.txt", yaml="说明\r\n第二行"
    )
    assert file.status == 200
    files = bureau.lives.life.snapshot(bureau.lives.latest().content).files
    assert files["notes/预约.txt"] == "说明\n第二行\n"
    officer.submit(file, "file", "remove")
    assert bureau.lives.latest().content == FIRST.digest


@pytest.mark.parametrize("name", ["../grants.yaml", "/etc/x.yaml", "a.sh", "schema/x.json", "x" * 300 + ".yaml"])
def test_a_file_of_another_name_is_refused_and_what_was_typed_is_given_back(bureau: Bureau, name: str) -> None:
    officer = bureau.browser("officer")
    page = begun(bureau)
    file = officer.submit(officer.get(f"{page.path}/file?name="), "file", "save", name=name, yaml="a: 1")
    assert file.status == 422
    assert fields_of(file.by_id("file"))["yaml"] == "a: 1"
    assert bureau.lives.latest().content == FIRST.digest


def test_who_saves_over_what_somebody_else_has_changed_is_told_and_loses_nothing(bureau: Bureau) -> None:
    officer, second = bureau.browser("officer"), bureau.browser("officer2")
    page = begun(bureau)
    address = f"{page.path}/file?name=grants.yaml"
    mine, theirs = officer.get(address), second.get(address)
    second.submit(theirs, "file", "save", yaml=MORE.files["grants.yaml"])
    file = officer.submit(mine, "file", "save", yaml="grants: []\n")
    assert "您查看以后草稿被修改过" in file.said
    assert fields_of(file.by_id("file"))["yaml"] == "grants: []\r\n"
    assert bureau.lives.life.snapshot(bureau.lives.latest().content).files == MORE.files


# -- invariant 8


def test_a_second_account_of_the_same_person_does_not_approve(bureau: Bureau) -> None:
    page = submitted(bureau)
    bureau.accounts.create("sun-2", PersonId("Ｐ-SUN"), frozenset({Role.OFFICER}), PASSWORD, must_change=False)
    again = Browser(bureau.app)
    again.sign_in("sun-2")
    shown = again.get(page.path)
    assert "须由另一人批准" in shown.text()
    assert not shown.has("approve")
    content = bureau.lives.latest().content
    token = fields_of(again.get("/password").by_id("password"))["token"]
    answer = again.post(f"{page.path}/approve", {"token": token, "content": content})
    assert answer.status == 422
    assert "起草、修改或提交的人不能批准" in answer.said
    assert bureau.lives.latest().standing is Standing.SUBMITTED


def test_an_officer_is_no_auditor_and_an_auditor_approves_nothing(bureau: Bureau) -> None:
    page = submitted(bureau)
    for roles in ({Role.OFFICER, Role.AUDITOR}, {Role.AUDITOR}):
        with pytest.raises(NotPermitted, match="no one person may be"):
            bureau.accounts.create("sun-3", PersonId("p-sun"), frozenset(roles), PASSWORD)
    auditor = bureau.browser("auditor")
    shown = auditor.get(page.path)
    assert [form.get("action") for form in shown.all("form")] == ["/sign-out"]
    token = fields_of(auditor.get("/password").by_id("password"))["token"]
    for act in ("approve", "publish", "withdraw", "submit", "rebase", "files", "file"):
        answer = auditor.post(f"{page.path}/{act}", {"token": token, "content": bureau.lives.latest().content})
        assert answer.status == 403, act


def test_an_account_that_is_disabled_between_page_and_form_does_nothing(bureau: Bureau) -> None:
    page = submitted(bureau)
    second = bureau.browser("officer2")
    shown = second.get(page.path)
    bureau.accounts.disable("officer2")
    assert second.submit(shown, "approve").status == 401
    assert bureau.lives.latest().standing is Standing.SUBMITTED


def test_a_form_that_was_filled_in_before_the_files_changed_approves_nothing(bureau: Bureau) -> None:
    page = submitted(bureau)
    second = bureau.browser("officer2")
    shown = second.get(page.path)
    draft = bureau.lives.latest()
    bureau.lives.life.edit(SUN, draft.number, draft.content, WORDED)
    bureau.lives.life.submit(SUN, draft.number, WORDED.digest)
    answer = second.submit(shown, "approve")
    assert "您查看以后草稿被修改过" in answer.said
    assert bureau.lives.latest().approved_by is None


def test_a_form_that_is_sent_twice_publishes_once(bureau: Bureau) -> None:
    page = submitted(bureau)
    second = bureau.browser("officer2")
    second.submit(second.get(page.path), "approve")
    shown = second.get(page.path)
    assert second.submit(shown, "publish").status == 200
    assert "已经发布或撤回" in second.submit(shown, "publish").said
    assert len(bureau.lives.history.versions) == 2


def test_a_draft_that_was_overtaken_says_so_and_is_brought_on(bureau: Bureau) -> None:
    officer, second = bureau.browser("officer"), bureau.browser("officer2")
    page = submitted(bureau)
    bureau.lives.published(WORDED, by=QIAN, second=SUN)
    shown = second.get(page.path)
    assert "第 2 版 已经生效" in shown.text().replace("第 2 版已经", "第 2 版 已经")
    assert not shown.has("approve")
    officer.submit(officer.get(page.path), "rebase")
    draft = bureau.lives.history.drafts[1]
    assert (draft.base, draft.standing) == (2, Standing.DRAFT)
    files = bureau.lives.life.snapshot(draft.content).files
    assert files["systems/people.yaml"] == WORDED.files["systems/people.yaml"]
    assert "sees.mobile" in officer.get(page.path).text()


def test_a_roll_back_that_was_decided_on_another_version_does_nothing(bureau: Bureau) -> None:
    officer = bureau.browser("officer")
    bureau.lives.published(WORDED)
    shown = officer.get("/policies")
    bureau.lives.published(MORE)
    answer = officer.submit(shown, "roll-back", reason="名称有误")
    assert "现行版本已是第 3 版" in answer.said
    assert bureau.lives.current.number == 3


# -- what is shown


def test_a_folder_that_differs_becomes_a_draft(bureau: Bureau) -> None:
    officer = bureau.browser("officer")
    assert not officer.get("/policies").has("folder-differs")
    bureau.folder = WORDED
    page = officer.get("/policies")
    assert page.has("folder-differs")
    page = officer.submit(page, "draft", **{**NEW, "from": "folder"})
    assert "人口库" in page.text()
    assert bureau.lives.latest().content == WORDED.digest


def test_a_folder_that_makes_no_policy_is_said_to(bureau: Bureau) -> None:
    def unfit() -> Snapshot:
        raise UnfitFiles("`grants.yaml` 是符号链接，请换成文件本身", "`grants.yaml` is a link")

    def gone() -> Snapshot:
        raise FileNotFoundError("policies")

    bureau.employ("officer")
    for folder, word in ((unfit, "是符号链接"), (gone, "策略目录读不出来")):
        assert word in signed_in(replace(bureau.desk, folder=folder)).get("/policies").text()


def test_where_one_person_is_enough_every_officer_reads_so(bureau: Bureau) -> None:
    bureau.installation = replace(INSTALLATION, policy=replace(POLICY, two_people=False))
    page = bureau.browser("officer").get("/policies")
    assert "没有人审批策略" in page.text()
    assert not page.has("draft")
    assert "没有人审批策略" in bureau.browser("operator").get("/").text()


def test_the_journal_says_when_two_people_were_no_longer_asked_for(bureau: Bureau) -> None:
    bureau.lives.life.govern(two_people=False, found=lambda: FIRST)
    bureau.lives.life.govern(two_people=True, found=lambda: FIRST)
    text = bureau.browser("auditor").get("/policies").text()
    assert text.index("启用两人审批") < text.index("停用两人审批：保存文件即生效") < text.index("接管为第 1 版")


def test_a_rehearsal_has_its_place(bureau: Bureau) -> None:
    page = submitted(bureau)
    office = replace(bureau.desk, rehearsal_of=lambda draft: [zh(f"草稿 {draft.number}：多显示 1 个字段")])
    assert "草稿 1：多显示 1 个字段" in signed_in(office).get(page.path).text()


def test_the_program_of_an_event_is_told_by_version(bureau: Bureau) -> None:
    event = bureau.withhold()
    bureau.employ("officer")
    version = ProgramVersion(number=2, drafted_by=("p-sun",), approved_by="p-qian")
    office = replace(bureau.desk, version_of=lambda program, at: version)
    assert "第 2 版（p-sun 起草，p-qian 批准）" in signed_in(office).get(f"/events/{event}").text()


def test_a_journal_that_was_altered_is_said_to_be_and_nothing_is_done_on_it(bureau: Bureau) -> None:
    page = submitted(bureau)
    with for_writing(bureau.office.engine).begin() as connection:
        connection.execute(text("UPDATE policy_journal SET by_id = 'p-wu' WHERE by_id = 'p-sun'"))
    second = bureau.browser("officer2")
    index = second.get("/policies")
    assert index.has("altered")
    assert "策略记录第 3 条与写入时不符" in index.text()
    assert second.get(page.path).status == 503
    token = fields_of(second.get("/password").by_id("password"))["token"]
    answer = second.post(f"{page.path}/approve", {"token": token, "content": MORE.digest})
    assert answer.status == 503


@pytest.mark.parametrize("path", ["drafts/9", "drafts/0", "drafts/x", "drafts/-1", "versions/2", "versions/01x"])
def test_what_is_not_there_is_404(bureau: Bureau, path: str) -> None:
    assert bureau.browser("officer").get(f"/policies/{path}").status == 404


def test_a_file_of_a_version_is_shown_as_text(bureau: Bureau) -> None:
    bureau.lives.published(with_text("受理业务", "<b>受理</b>"))
    page = bureau.browser("auditor").get("/policies/versions/2/file?name=grants.yaml")
    assert "<b>受理</b>" in page.text()
    assert not page.all("b")
    assert bureau.browser("auditor").get("/policies/versions/2/file?name=../x").status == 404


# -- files that are sent


def sent(bureau: Bureau, files: str, page: Page | None = None) -> Page:
    officer = bureau.browser("officer")
    token = fields_of(officer.get("/password").by_id("password"))["token"]
    fields: dict[str, str | list[str]] = {"token": token, "from": "files", "files": files}
    if page is None:
        return officer.post("/policies/drafts", {**fields, **NEW})
    return officer.post(f"{page.path}/files", {**fields, "content": bureau.lives.latest().content})


def test_files_are_sent_as_they_are(bureau: Bureau) -> None:
    odd = Snapshot({**FIRST.files, "notes.txt": "a\tb\u3000c\x0b\n  d \n\n"})
    page = sent(bureau, json.dumps(dict(odd.files)))
    assert page.path == "/policies/drafts/1"
    assert bureau.lives.latest().content == odd.digest
    sent(bureau, json.dumps(dict(WORDED.files), ensure_ascii=False), page)
    assert bureau.lives.latest().content == WORDED.digest


@pytest.mark.parametrize(
    "files",
    [
        "",
        "[]",
        "{",
        '{"a.yaml": 1}',
        '{"../a.yaml": ""}',
        json.dumps({f"s{number}.yaml": "" for number in range(10_000)}),
        json.dumps({"a.yaml": "x" * 3_000_000}),
        '{"a.yaml": "\\ud800"}',
        "[" * 100_000,
    ],
    ids=["nothing", "list", "torn", "number", "outside", "many", "huge", "surrogate", "deep"],
)
def test_files_that_make_no_policy_are_refused_in_a_sentence(bureau: Bureau, files: str) -> None:
    page = sent(bureau, files)
    assert page.status == 422
    assert page.said
    assert not bureau.lives.history.drafts


def test_only_an_officer_s_form_may_be_long(bureau: Bureau) -> None:
    large = "x" * (MOST_BYTES + 1)
    for who in ("auditor", "oncall"):
        browser = bureau.browser(who)
        assert browser.post("/policies/drafts", {"files": large}).status == 413
    assert Browser(bureau.app).post("/policies/drafts", {"files": large}).status == 413
    officer = bureau.browser("officer")
    assert officer.post("/cases", {"note": large}).status == 413
    assert officer.post("/policies/drafts", {"files": "x" * MOST_BYTES_OF_FILES}).status == 413
