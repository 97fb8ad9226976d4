import pytest

from console.roles import Role
from incident.ids import PersonId
from tests.console.bureau import Bureau
from tests.console.people import PASSWORD, PEOPLE


def test_an_officer_silences_a_rule_for_a_caller(bureau: Bureau) -> None:
    alert = bureau.leak(persons=20, rule="bulk_reads")
    address = f"/alerts/{alert.id}"
    officer = bureau.browser("officer")
    page = officer.submit(officer.get(address), "silence", days="30", reason="年检核对，见台账")
    for word in ("已静音", "S-1：", "年检核对，见台账", "结束 S-1"):
        assert word in page.text(), word
    assert "S-1：" in bureau.browser("oncall").get(address).text()
    page = officer.submit(page, "end-S-1")
    assert "提前结束" in page.text()
    assert "结束 S-1" not in page.text()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"days": "91", "reason": "核对"}, "请填写 1 至 90 的整数"),
        ({"days": "30", "reason": " "}, "请填写此项"),
        ({"days": "30", "reason": "核对 11010519491231002X"}, "疑似有个人信息"),
    ],
)
def test_what_a_silence_lacks_is_told(bureau: Bureau, typed: dict[str, str], said: str) -> None:
    alert = bureau.leak(persons=20, rule="bulk_reads")
    officer = bureau.browser("officer")
    page = officer.submit(officer.get(f"/alerts/{alert.id}"), "silence", **typed)
    assert said in page.text()
    assert "S-1" not in page.text()


@pytest.mark.parametrize("caller", ["officer", "Ｏfficer", PEOPLE["officer"][0], "window-3"])
def test_nobody_silences_a_rule_about_themselves(bureau: Bureau, caller: str) -> None:
    officer = bureau.browser("officer")
    bureau.accounts.create("window-3", PersonId(PEOPLE["officer"][0]), frozenset({Role.OFFICER}), PASSWORD)
    alert = bureau.leak(persons=20, caller=caller, rule="bulk_reads")
    page = officer.submit(officer.get(f"/alerts/{alert.id}"), "silence", days="90", reason="年检核对，见台账")
    assert page.status == 422
    assert "告警涉及您本人的账号" in page.text()
    assert "S-1" not in officer.get(f"/alerts/{alert.id}").text()


@pytest.mark.parametrize(
    ("name", "rule"), [("oncall", "bulk_reads"), ("officer", "many_subjects"), ("officer", "canary")]
)
def test_nobody_is_offered_a_silence_that_may_not_be(bureau: Bureau, name: str, rule: str) -> None:
    alert = bureau.leak(persons=20, rule=rule)
    page = bureau.browser(name).get(f"/alerts/{alert.id}")
    assert not [each for each in page.all("form") if (each.get("action") or "").endswith("/silence")]
