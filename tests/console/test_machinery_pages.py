from dataclasses import replace
from datetime import timedelta

import pytest

from console.installation import (
    AnchorState,
    KeyState,
    RecordState,
    SealState,
    ShadowState,
    SystemKeys,
    VerificationState,
)
from incident.ids import Bilingual
from policies.overlay import OverlayEntry, Tightening
from tests.console.browser import text_of
from tests.console.bureau import BROKEN, INSTALLATION, POLICY, Bureau
from tests.incident.office import LIMIT, TEN, zh
from tests.siem.events import document
from yingbi.told import tell


def test_policies_in_force(archive: Bureau) -> None:
    page = archive.browser("auditor").get("/policies")
    for word in (
        "第 7 代",
        "2026-11-21 18:00:00",
        "人口登记系统",
        "register.yingbi.example",
        "23",
        "5b0c6a1f5b0c6a1f",
        "按策略执行",
        "登记中的系统：全部文字遮盖",
    ):
        assert word in page.text(), word
    assert not page.all("form")[1:], "nothing can be changed here"


def test_findings_have_their_place(bureau: Bureau) -> None:
    bureau.installation = replace(INSTALLATION, policy=replace(POLICY, findings=BROKEN))
    page = bureau.browser("officer").get("/policies")
    rows = [[" ".join(cell.itertext()).split() for cell in row] for row in page.all("tr")]
    assert [["systems/register.yaml"], ["12"], ["5"], ["错误", "error"], ["unknown-category"]] in [
        row[:5] for row in rows
    ]
    assert ["没有这个种类", "there", "is", "no", "category", "`mobil`"] in [row[5] for row in rows if len(row) == 6]
    assert "有 2 处错误" in page.text()


def test_of_very_many_findings_some_are_listed_and_that_is_said(bureau: Bureau) -> None:
    many = tuple(replace(BROKEN[2], message=f"fault {number}") for number in range(205))
    bureau.installation = replace(INSTALLATION, policy=replace(POLICY, findings=many))
    page = bureau.browser("officer").get("/policies")
    assert "共 205 处，只列出前 200 处" in page.text()
    assert page.text().count("fault ") == 200


def test_the_system_page(bureau: Bureau) -> None:
    case = bureau.to_the_draft()
    page = bureau.browser("oncall").get("/system")
    for word in (
        "worker-1",
        "4101",
        "182,341",
        "服务中",
        "没有积压",
        "校验链完整",
        "停用账号",
        "clerk-wang",
        str(case),
    ):
        assert word in page.text(), word
    assert f"/cases/{case}" in [each.get("href") for each in page.all("a")]
    page = bureau.browser("operator").get("/system")
    assert f"/cases/{case}" not in [each.get("href") for each in page.all("a")]
    bureau.office.watch.move(hours=25)
    assert "没有生效的控制措施" in bureau.another("oncall").get("/system").text()


def test_what_is_preserved_is_listed_until_two_people_take_it_back(bureau: Bureau) -> None:
    bureau.office.overlay["preserved"] = OverlayEntry(
        id="preserved",
        kind=Tightening.PRESERVE_EVIDENCE,
        since=TEN - timedelta(days=1),
        until=TEN + timedelta(days=1),
        reason="保全日志",
        by="rule",
    )
    assert "全部两人解除以前" in bureau.browser("oncall").get("/system").text()
    bureau.office.watch.move(hours=25)
    assert "两人解除以前" in bureau.another("oncall").get("/system").text()


SEALS = SealState(
    number=1_204,
    at=TEN - timedelta(seconds=40),
    fingerprint="7b7d-14c2",
    anchors=(
        AnchorState(place="/mnt/audit/yingbi", seal=1_203, at=TEN - timedelta(seconds=100), trouble=""),
        AnchorState(place="/mnt/away", seal=0, at=None, trouble="No such file or directory"),
    ),
    verified=VerificationState(
        at=TEN - timedelta(hours=2),
        by="audit",
        records=182_000,
        unsealed=3,
        unanchored=12,
        is_root_known=True,
        findings=(),
    ),
)


def test_how_far_the_log_is_sealed_and_who_vouches_for_it(bureau: Bureau) -> None:
    bureau.installation = replace(INSTALLATION, seals=SEALS)
    told = [document(n, at=TEN - timedelta(seconds=20 * n), subjects=()) for n in range(1, 9)]
    bureau.office.events.append(told, LIMIT)
    for name in ("auditor", "operator"):
        page = bureau.browser(name).get("/system")
        for word in (
            "第 1,204 条，2026-11-23 17:59:20；其后记录约 2 条",
            "到 2026-11-23 17:58:20；其后没有第三方作证的约 5 条",
            "/mnt/audit/yingbi：第 1,203 条",
            "送不到：No such file or directory",
            "没有发现改动；当时没有封存的 3 条，没有第三方作证的 12 条",
        ):
            assert word in page.text(), word
        assert "没有人证实" not in page.text()


def test_a_log_that_nobody_vouches_for_is_said_to_be(bureau: Bureau) -> None:
    page = bureau.browser("auditor").get("/system")
    for word in ("还没有封存", "能写本机的人可以重写一切", "没有人运行过 yingbi log verify"):
        assert word in page.text(), word
    wrong = Bilingual(zh="记录被改动", en="the record was altered")
    assert SEALS.verified is not None
    verified = replace(SEALS.verified, findings=(wrong,), is_root_known=False)
    bureau.installation = replace(INSTALLATION, seals=replace(SEALS, verified=verified, trouble="No space left"))
    bureau.office.events.close()
    page = bureau.another("auditor").get("/system")
    for word in ("发现 1 处", "记录被改动 the record was altered", "首个密钥没有人证实", "No space left", "约 未知 条"):
        assert word in page.text(), word


@pytest.mark.parametrize(
    ("changes", "word"), [({"alive": False}, "已停止"), ({"serving": False}, "全部拦截"), ({}, "服务中")]
)
def test_how_workers_are(bureau: Bureau, changes: dict[str, bool], word: str) -> None:
    worker = replace(INSTALLATION.workers[0], **changes)  # type: ignore[arg-type]
    bureau.installation = replace(INSTALLATION, workers=(worker,))
    assert word in bureau.browser("operator").get("/system").text()


def test_a_broken_log_is_told_with_its_place(bureau: Bureau) -> None:
    shipping = replace(INSTALLATION.shipping, broken={"6YQ3K0M9ZT": "segment 3, line 118"}, trouble="timed out")
    bureau.installation = replace(INSTALLATION, shipping=shipping)
    page = bureau.browser("auditor").get("/system")
    for word in ("日志校验链断裂", "6YQ3K0M9ZT：segment 3, line 118", "timed out"):
        assert word in page.text(), word


def test_a_draft_in_the_shadow_is_told(bureau: Bureau) -> None:
    browser = bureau.browser("officer")
    assert "旁路运行的草案" not in browser.get("/system").text()
    shadow = ShadowState(generation=3, exchanges=4711, failures=0, disagreements=12)
    bureau.installation = replace(bureau.installation, shadow=shadow)
    for word in ("第 3 代，不影响任何答复", "4,711 次访问", "12 种"):
        assert word in browser.get("/system").text(), word


def test_accounts_are_listed_without_their_secrets(bureau: Bureau) -> None:
    for name in ("officer", "press", "operator"):
        bureau.employ(name)
    bureau.accounts.disable("press")
    bureau.office.watch.move(minutes=5)
    page = bureau.browser("auditor").get("/accounts")
    rows = {row[0]: row[1:] for row in ([text_of(cell) for cell in row] for row in page.all("tr"))}
    assert rows["officer"][:3] == ["p-sun", "安全管理员", "可用 enabled"]
    assert rows["officer"][3] == "从未"
    assert rows["press"][2] == "已停用 disabled"
    assert rows["auditor"][3] == "2026-11-23 18:05:00"
    assert "$argon2" not in page.response.text


def test_of_very_many_tightenings_some_are_listed_and_that_is_said(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.machinery_pages.MOST_LISTED", 1)
    for caller in ("clerk-wang", "clerk-li"):
        bureau.open(bureau.leak(persons=10, caller=caller))
    bureau.office.perform_all()
    page = bureau.browser("operator").get("/system")
    assert "共 2 项，只列出前 1 项" in page.text()
    assert "clerk-li" not in page.text()


def test_altered_records_are_told_with_their_place_and_when_they_were_checked(bureau: Bureau) -> None:
    page = bureau.browser("auditor").get("/system")
    assert "上次全部核验：2026-11-23 15:00:00；新增部分核验到：2026-11-23 17:59:40" in page.text()
    records = RecordState(
        all_at=TEN,
        checked_at=TEN,
        log={"6YQ3K0M9ZT": zh("文件 6YQ3K0M9ZT/1.log 第 0 字节以后与前文不符")},
        journals={"C-20261123-001": zh("第 3 条与前一条不相符")},
    )
    bureau.installation = replace(INSTALLATION, records=records)
    page = bureau.browser("auditor").get("/system")
    for word in ("6YQ3K0M9ZT/1.log 第 0 字节", "C-20261123-001：第 3 条与前一条不相符", "上次全部核验"):
        assert word in page.text(), word
    assert "完整" not in page.text()
    bureau.installation = replace(INSTALLATION, records=RecordState())
    page = bureau.browser("auditor").get("/system")
    assert "尚未核验完" in page.text()
    assert "完整" not in page.text()


def test_keys_are_shown_by_ids_and_times(bureau: Bureau) -> None:
    hall = SystemKeys(name="hall", current="0a1b2c3d", made_at=TEN, old=2, revoked=1, proved=True)
    torn = SystemKeys(name="register", wrong="文件不在 / it is not there")
    keys = KeyState(root="root-2", root_made_at=TEN, systems=(hall, torn))
    bureau.installation = replace(INSTALLATION, keys=keys)
    page = bureau.browser("operator").get("/system")
    for word in ("root-2", "0a1b2c3d", "已验证", "从未", "文件不在", "密钥环不能用，不提供服务：register"):
        assert word in page.text(), word


@pytest.mark.parametrize(
    ("keys", "word"), [(KeyState(), "根密钥丢失"), (KeyState(wrong="altered"), "密钥记录被改动过")]
)
def test_what_is_wrong_with_keys_is_told(bureau: Bureau, keys: KeyState, word: str) -> None:
    bureau.installation = replace(INSTALLATION, keys=keys)
    assert word in bureau.browser("operator").get("/system").text()


def test_the_system_page_counts_subscribers(bureau: Bureau) -> None:
    browser = bureau.browser("operator")
    assert "还没有报告" in browser.get("/system").text()
    home = bureau.home
    home.told("subscribers").parent.mkdir(parents=True, exist_ok=True)
    hooks = [{"attempts": 0}, {"attempts": 2}]
    counted = {"mails": 41, "unconfirmed": 3, "failing": 2, "unreadable": 0, "trouble": "SMTP 451", "hooks": hooks}
    tell(home.told("subscribers"), {**counted, "sent_at": TEN.isoformat()})
    text = browser.get("/system").text()
    for said in ("已确认 41 人，待确认 3 人，2 人正在重试", "2 个，1 个正在重试", "2026-11-23 18:00:00", "SMTP 451"):
        assert said in text
