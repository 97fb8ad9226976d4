"""A policy's life in a whole installation: by commands and by pages, under a full disk and after a kill."""

import json
import os
import resource
import shutil
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from policies.snapshot import read_folder
from tests.gateway import wait_until
from tests.installation import Installation, installation
from yingbi.first_accounts import first_password
from yingbi.home import Home
from yingbi.policy_desk import signed_in
from yingbi.settings import read_settings

pytestmark = pytest.mark.system
ONE = "/register/residents.json?_shape=objects&_size=1"
SHOWN = "      person_name: show\n"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("home"), two_people=True, forked=True) as made:
        yield made


@pytest.fixture
def folder(running: Installation, tmp_path: Path) -> Path:
    """A copy of what is in force, in which the clerks' grant does not show names."""
    place = tmp_path / "policies"
    assert running.run("policy", "export", "in-force", str(place)).returncode == 0
    grants = place / "grants.yaml"
    text = grants.read_text("utf-8")
    grants.write_text(
        text.replace(SHOWN, "", 1) if SHOWN in text else text.replace("sees:\n", f"sees:\n{SHOWN}", 1), "utf-8"
    )
    return place


def done(running: Installation, who: str, *arguments: str) -> str:
    ended = running.policy(who, *arguments)
    assert ended.returncode == 0, ended.stderr + ended.stdout
    return ended.stdout


def released(running: Installation, who: str, *arguments: str) -> None:
    """Publish or roll back: the command ends once all workers serve by it."""
    assert "所有网关进程都已依据它" in done(running, who, *arguments)


def history(running: Installation) -> dict[str, object]:
    told: dict[str, object] = json.loads(running.run("policy", "history", "--json").stdout)
    return told


def drafted(running: Installation, folder: Path, who: str = "officer") -> str:
    done(running, who, "import", str(folder), "--title", "收窄授权", "--reason", "业务科室来函")
    drafts = history(running)["drafts"]
    assert isinstance(drafts, list)
    return str(drafts[-1]["draft"])


def digest_of(running: Installation, number: str) -> str:
    """That of the draft, as who approves it is told."""
    read = running.run("policy", "approve", number)
    assert read.returncode == 4, read.stderr
    return read.stdout.split()[-1]


def approved(running: Installation, number: str) -> None:
    done(running, "officer2", "approve", number, "--digest", digest_of(running, number))


def names(running: Installation) -> bool:
    """Whether a clerk sees names."""
    with running.client(credential=running.credential("clerk")) as clerk:
        return "*" not in clerk.get(ONE).json()["rows"][0]["name"]


def in_force(running: Installation) -> tuple[int, set[int]]:
    """The version that the supervisor has compiled, and the generations that workers serve by."""
    status = running.status()
    return status["policy"]["version"], {each["programs"] for each in status["processes"] if "programs" in each}


def test_what_was_there_is_taken_over_and_said_to_be_approved_by_nobody(running: Installation) -> None:
    assert "approved by nobody" in running.said
    said = running.run("policy", "history").stdout
    assert "没有人批准 / approved by nobody" in said
    assert in_force(running)[0] == 1


def test_a_change_takes_two_people_and_is_explained_and_taken_back(running: Installation, folder: Path) -> None:
    before, shown = in_force(running), names(running)
    number = drafted(running, folder)
    rehearsed = running.run("policy", "rehearse", f"d{number}")
    assert rehearsed.returncode == (0 if shown else 1), rehearsed.stderr  # to take a grant's name away shows no more
    assert "residents.name (person_name): show [授权 / grant window-clerks" in rehearsed.stdout
    assert "clerk-li，" in rehearsed.stdout
    read = running.run("policy", "approve", number)
    assert read.returncode == 4, "nothing is approved before it was read"
    assert "grants.yaml" in read.stdout
    assert "person_name" in read.stdout
    digest = read.stdout.split()[-1]
    ended = running.policy("officer", "approve", number, "--digest", digest)
    assert ended.returncode == 3
    assert "起草、修改或提交的人不能批准" in ended.stderr
    ended = running.policy("officer", "publish", number)
    assert "还没有另一人批准" in ended.stderr
    done(running, "officer2", "approve", number, "--digest", digest)
    assert (in_force(running), names(running)) == (before, shown)
    released(running, "officer", "publish", number)
    assert names(running) is not shown
    version = in_force(running)[0]
    assert version > before[0]
    with running.client(credential=running.credential("clerk")) as clerk:
        event = clerk.get(ONE).headers["yingbi-event"]
    said = running.run("explain", event).stdout
    assert f"第 {version} 版 / version {version}" in said
    assert "P-006 批准 / approved" in said
    released(running, "officer2", "rollback", "--reason", "来函有误")
    assert names(running) is shown
    assert in_force(running)[0] == version + 1


def test_an_edit_of_the_folder_is_told_and_not_in_force(running: Installation) -> None:
    grants = running.home / "policies" / "grants.yaml"
    text = grants.read_text("utf-8")
    before, shown = in_force(running), names(running)
    grants.write_text(text.replace(SHOWN, "", 1), "utf-8")
    try:
        compared = running.run("policy", "diff")
        assert compared.returncode == 1
        assert "-      person_name: show" in compared.stdout
        assert (in_force(running), names(running)) == (before, shown)
        wait_until(lambda: "目录与现行版本不同" in running.run("status").stdout, 10)
    finally:
        grants.write_text(text, "utf-8")


@pytest.mark.parametrize("who", ["auditor", "oncall", "press", "operator"])
def test_who_is_no_officer_does_nothing(running: Installation, folder: Path, who: str) -> None:
    before = history(running)
    number = drafted(running, folder)
    for arguments in (
        ("import", str(folder), "--title", "t", "--reason", "r"),
        ("approve", number, "--digest", digest_of(running, number)),
        ("publish", number),
        ("rollback", "1", "--reason", "r"),
        ("withdraw", number, "--reason", "r"),
    ):
        ended = running.policy(who, *arguments)
        assert ended.returncode == 3, arguments
        assert "您的角色无权" in ended.stderr
    done(running, "officer", "withdraw", number, "--reason", "试完了")
    assert history(running)["versions"] == before["versions"]


def test_a_wrong_password_does_nothing(running: Installation, folder: Path) -> None:
    number = drafted(running, folder)
    digest = digest_of(running, number)
    ended = running.policy("officer2", "approve", number, "--digest", digest, password="wrong")
    assert ended.returncode == 3
    assert "账号或密码不正确" in ended.stderr
    assert "wrong" not in ended.stderr.replace("is wrong", "")
    ended = running.run("policy", "approve", number, "--digest", digest)
    assert ended.returncode == 2
    done(running, "officer", "withdraw", number, "--reason", "试完了")


def test_what_was_changed_since_it_was_reviewed_is_not_approved(running: Installation, folder: Path) -> None:
    number = drafted(running, folder)
    seen = digest_of(running, number)
    (folder / "notes.txt").write_text("one line more")
    done(running, "officer", "import", str(folder), "--title", "t", "--reason", "r", "--draft", number)
    for digest in (seen, digest_of(running, number)[:16]):
        ended = running.policy("officer2", "approve", number, "--digest", digest)
        assert ended.returncode == 1
        assert "与所给的不符" in ended.stderr
    done(running, "officer", "withdraw", number, "--reason", "试完了")


def test_a_draft_with_an_error_is_kept_and_not_submitted(running: Installation, folder: Path) -> None:
    (folder / "grants.yaml").write_text("grants: 3\n")
    ended = running.policy("officer", "import", str(folder), "--title", "t", "--reason", "r")
    assert ended.returncode == 1
    assert "grants.yaml:1:" in ended.stdout
    drafts = history(running)["drafts"]
    assert isinstance(drafts, list)
    assert drafts[-1]["standing"] == "draft"
    ended = running.policy("officer", "submit", str(drafts[-1]["draft"]))
    assert ended.returncode == 1
    assert "有错误，没有提交" in ended.stderr
    done(running, "officer", "withdraw", str(drafts[-1]["draft"]), "--reason", "试完了")


def test_a_draft_that_was_left_unsubmitted_is_submitted(running: Installation, folder: Path) -> None:
    def password() -> str:
        return first_password(Home(running.home), "officer") or ""

    with signed_in(read_settings(running.environment), "officer", password) as clerk:
        number = str(clerk.draft(read_folder(folder), "收窄授权", "业务科室来函"))
    assert f"d{number} " in running.run("policy", "history").stdout
    done(running, "officer", "submit", number)
    approved(running, number)
    done(running, "officer", "withdraw", number, "--reason", "试完了")


def test_a_folder_that_makes_no_policy_is_refused_before_anybody_signs_in(running: Installation, folder: Path) -> None:
    (folder / "callers.yaml").unlink()
    (folder / "callers.yaml").symlink_to("/etc/hostname")
    ended = running.policy("officer", "import", str(folder), "--title", "t", "--reason", "r")
    assert ended.returncode == 1
    assert "符号链接" in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_a_control_process_that_is_killed_between_approval_and_release_publishes_after(
    running: Installation, folder: Path
) -> None:
    """Without room for its files it can neither release nor forget; killed, its next one finds what is missing."""
    number = drafted(running, folder)
    approved(running, number)
    before = in_force(running)[0]
    release = running.home / "published" / "release.json"
    kept = release.read_bytes()
    control = running.process_named("control")["pid"]
    blocked = release.with_suffix(".new")
    blocked.mkdir()  # the release cannot be written
    with ThreadPoolExecutor(1) as elsewhere:
        try:
            publishing = elsewhere.submit(running.policy, "officer", "publish", number)
            wait_until(lambda: history(running)["in_force"] == before + 1, 30)
            assert in_force(running)[0] == before, "it is decided, and not in force yet"
            assert release.read_bytes() == kept
            os.kill(control, signal.SIGKILL)
        finally:
            blocked.rmdir()
        ended = publishing.result()
    assert ended.returncode == 0, ended.stderr
    assert in_force(running)[0] == before + 1
    wait_until(lambda: running.process_named("control")["pid"] not in (0, control), 30)
    released(running, "officer", "rollback", "--reason", "试完了")


def test_a_forged_release_is_not_in_force_and_mended(running: Installation) -> None:
    release = running.home / "published" / "release.json"
    before = in_force(running)
    release.write_bytes(release.read_bytes().replace(b'"version":', b'"version":9', 1))
    wait_until(lambda: json.loads(release.read_bytes())["release"]["version"] == before[0], 10)
    wait_until(lambda: running.run("status").returncode == 0, 10)
    assert in_force(running) == before


def test_without_room_nothing_is_drafted_and_it_is_said(running: Installation, folder: Path) -> None:
    """A limit on the size of the control process's files stands in for the disk."""
    control = running.process_named("control")["pid"]
    before = history(running)["drafts"]
    _, most = resource.prlimit(control, resource.RLIMIT_FSIZE)
    (folder / "notes.txt").write_text("x" * 1_500_000)
    resource.prlimit(control, resource.RLIMIT_FSIZE, (4096, most))
    try:
        ended = running.policy("officer", "import", str(folder), "--title", "t", "--reason", "r")
        assert ended.returncode == 3
        assert ended.stderr.count("\n") == 1
    finally:
        resource.prlimit(control, resource.RLIMIT_FSIZE, (most, most))
    assert history(running)["drafts"] == before
    number = drafted(running, folder)
    done(running, "officer", "withdraw", number, "--reason", "试完了")


def test_when_it_is_stopped_it_says_so_and_can_still_be_read(running: Installation, folder: Path) -> None:
    made = Installation(running.home, running.base, two_people=True)
    assert running.stop() == 0
    ended = made.policy("officer", "import", str(folder), "--title", "t", "--reason", "r")
    assert ended.returncode == 3
    assert "没有运行，请先 yingbi up" in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert made.run("policy", "history").returncode == 0
    shutil.rmtree(folder)
    assert made.run("policy", "export", "1", str(folder)).returncode == 0
    assert made.run("check", str(folder)).returncode in (0, 1)
