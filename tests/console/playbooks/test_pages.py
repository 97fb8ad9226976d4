"""The pages of playbooks, and the API beside them: one officer proposes, another person reads and agrees."""

import base64
from typing import Any

from console.playbooks.journal import Standing
from incident.action import OWN_AGENT
from tests.console.browser import Page
from tests.console.bureau import Bureau, of_others
from tests.console.programs import program


def upload(name: str = "theirs") -> dict[str, Any]:
    octets = base64.b64encode(of_others().encode()).decode()
    return {"file": {"name": "theirs.json", "base64": octets}, "name": name, "reason": "邻区用过"}


def proposed(bureau: Bureau) -> int:
    bureau.employ("officer")
    return bureau.propose_a_playbook()


def open_page(bureau: Bureau, name: str, number: int) -> Page:
    return bureau.browser(name).get(f"/playbooks/proposals/{number}")


def test_the_second_person_sees_all_of_it_and_agrees(bureau: Bureau) -> None:
    number = proposed(bureau)
    mine = open_page(bureau, "officer", number)
    assert "须由另一人看过并同意" in mine.text()
    assert "agree" not in {each.get("id") for each in mine.all("form")}
    page = open_page(bureau, "oncall", number)
    text = page.text()
    for said in ("网关执行", "停用账号", "改为由人办理", "iptables", "由人办理", "请告知窗口", "邻区用过"):
        assert said in text
    found = bureau.playbooks.get(number)
    assert found is not None
    assert found.fact.digest in text
    pictures = [each for each in page.root.iter() if str(each.tag).endswith("svg")]
    assert len(pictures) == 1, "a picture of its graph"
    browser = bureau.browser("oncall")
    done = browser.submit(page, "agree")
    assert "两人已同意" in done.text()
    assert "theirs" in browser.get("/playbooks").text("main")
    assert "可用" in browser.get("/playbooks").text("main")
    browser.submit(done, "withdraw", reason="规程改了")
    assert [each.standing for each in bureau.playbooks.proposals()] == [Standing.WITHDRAWN]


def test_a_page_that_was_open_while_another_agreed_says_so(bureau: Bureau) -> None:
    number = proposed(bureau)
    page = open_page(bureau, "oncall", number)
    open_page(bureau, "officer2", number)
    bureau.browser("officer2").submit(open_page(bureau, "officer2", number), "agree")
    late = bureau.browser("oncall").submit(page, "agree")
    assert late.status == 422
    assert len(bureau.playbooks.proposals()) == 1


def test_a_form_that_was_altered_agrees_to_nothing(bureau: Bureau) -> None:
    number = proposed(bureau)
    page = open_page(bureau, "oncall", number)
    refused = bureau.browser("oncall").submit(page, "agree", digest="0" * 64)
    assert refused.status == 422
    assert "您看到的不是这一份" in refused.text()
    assert bureau.playbooks.agreements().agreed == {}


def test_what_lies_in_the_folder_is_listed_with_its_findings_and_proposed_from_there(bureau: Bureau) -> None:
    folder = bureau.home.playbooks
    folder.mkdir(parents=True)
    (folder / "theirs.json").write_text(of_others(), "utf-8")
    (folder / "broken.json").write_text('{"type": "playbook"}', "utf-8")
    browser = bureau.browser("officer")
    page = browser.get("/playbooks")
    assert "需要两把受信任的密钥签名，或者两人在控制台同意" in page.text("main")
    assert "不是 CACAO 2.0 的预案" in page.text("main")
    browser.submit(page, "propose-theirs", reason="邻区用过")
    (found,) = bureau.playbooks.proposals()
    assert found.fact.text == of_others()
    refused = browser.submit(browser.get("/playbooks"), "propose-broken", reason="x")
    assert refused.status == 422
    assert "没有收下" in refused.text()


def test_programs_do_the_same_by_the_api_but_the_second_look_is_a_persons(bureau: Bureau) -> None:
    officer, oncall = program(bureau, "officer"), program(bureau, "oncall")
    made = officer.post("/playbooks/propose", **upload())
    assert made.status_code == 201, made.text
    number, digest = made.json()["number"], made.json()["digest"]
    kinds = [(each["type"], each["carried_out"]) for each in made.json()["playbook"]["commands"]]
    assert kinds == [("http-api", "gateway"), ("bash", "person_instead"), ("manual", "person")]
    agree = f"/playbooks/proposals/{number}/agree"
    assert oncall.post(agree, digest=digest).json()["code"] == "second-look"
    mine = program(bureau, "officer", attended=True)
    assert mine.post(agree, digest=digest).json()["code"] == "not-permitted", "who proposed it"
    there = program(bureau, "oncall", attended=True)
    assert there.post(agree, digest=digest).json()["standing"] == "agreed"
    assert officer.get("/playbooks/theirs").json()["sha256"] == digest
    listed = officer.get("/playbooks").json()
    assert {each["name"] for each in listed["playbooks"] if each["taken_in"]} == {"theirs"}
    gone = oncall.post(f"/playbooks/proposals/{number}/withdraw", reason="规程改了").json()
    assert (gone["standing"], gone["withdrawn_by"]) == ("withdrawn", "p-chen")
    assert officer.get("/playbooks/theirs").status_code == 404
    assert program(bureau, "press").post("/playbooks/propose", **upload()).json()["code"] == "role"


def test_ours_are_shown_with_what_each_of_their_commands_does(bureau: Bureau) -> None:
    page = bureau.browser("press").get("/playbooks/stolen-credential")
    assert "网关执行" in page.text()
    assert "1 小时 0 分内办完" in page.text()
    assert OWN_AGENT not in page.text()
    assert bureau.browser("press").get("/playbooks/none").status == 404
