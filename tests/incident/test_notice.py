import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident.ids import NoticeId
from incident.notice import (
    Block,
    Contact,
    Content,
    PublishedNotice,
    Stage,
    Version,
    Withdrawal,
    WithdrawalReason,
    blocks,
    digest_of,
    notice_files,
    publish,
    read_notice,
)
from tests.incident.office import TEN, zh

ROOT = Path(__file__).parent.parent.parent
CONTENT = Content(
    title_zh="关于人口登记系统的通告",
    body_zh="## 发生了什么\n\n有情况。\n",
    title_en="Notice",
    body_en="Something happened.\n",
    stage=Stage.CONTAINED,
    grade=zh("一般", "ordinary"),
    contact=Contact(unit=zh("青石区数据局", "Data Bureau"), phone="0570-8765000"),
)


def version(number: int, content: Content | None = CONTENT, withdrawn: Withdrawal | None = None) -> Version:
    digest = digest_of(content) if content else "gone"
    return Version(number=number, at=TEN, digest=digest, content=content, withdrawn=withdrawn)


def notice(*versions: Version) -> PublishedNotice:
    return PublishedNotice(id=NoticeId("N-20261123-001"), versions=versions or (version(1),))


GONE = Withdrawal(at=TEN, reason=WithdrawalReason.PERSONAL_DATA)


def test_what_is_published_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "published"
    assert notice_files(folder) == ()
    publish(folder, notice())
    (path,) = notice_files(folder)
    assert read_notice(path) == notice()
    assert path.stat().st_mode & 0o777 == 0o644, "another user's process reads it"


def test_publishing_again_changes_nothing(tmp_path: Path) -> None:
    publish(tmp_path, notice())
    before = (tmp_path / "N-20261123-001.json").read_bytes()
    publish(tmp_path, notice())
    assert (tmp_path / "N-20261123-001.json").read_bytes() == before
    assert os.listdir(tmp_path) == ["N-20261123-001.json"]


def test_a_correction_and_a_withdrawal_keep_the_history(tmp_path: Path) -> None:
    corrected = version(2, replace(CONTENT, change=zh("补充人数")))
    publish(tmp_path, notice())
    publish(tmp_path, notice(version(1), corrected))
    first = replace(version(1), content=None, withdrawn=GONE)
    second = replace(corrected, content=None, withdrawn=GONE)
    publish(tmp_path, notice(first, second))
    found = read_notice(tmp_path / "N-20261123-001.json")
    assert [(each.number, each.digest) for each in found.versions] == [(1, first.digest), (2, second.digest)]
    assert "情况" not in (tmp_path / "N-20261123-001.json").read_text("utf-8"), "what was withdrawn is gone"


@pytest.mark.parametrize(
    ("after", "says"),
    [
        (notice(version(1, replace(CONTENT, title_zh="另一个"))), "would vanish"),
        (notice(version(2)), "would vanish"),
        (PublishedNotice(id=NoticeId("N-20261123-001"), versions=()), "would vanish"),
    ],
    ids=["another text", "another number", "nothing"],
)
def test_history_is_not_rewritten(tmp_path: Path, after: PublishedNotice, says: str) -> None:
    publish(tmp_path, notice())
    with pytest.raises(ValueError, match=says):
        publish(tmp_path, after)
    assert read_notice(tmp_path / "N-20261123-001.json") == notice()


def test_what_was_withdrawn_does_not_come_back(tmp_path: Path) -> None:
    publish(tmp_path, notice(replace(version(1), content=None, withdrawn=GONE)))
    with pytest.raises(ValueError, match="would come back"):
        publish(tmp_path, notice())


def test_every_part_of_the_content_is_in_the_digest() -> None:
    changed = [
        replace(CONTENT, title_zh="x"),
        replace(CONTENT, body_zh="x"),
        replace(CONTENT, title_en="x"),
        replace(CONTENT, body_en="x"),
        replace(CONTENT, stage=Stage.RESOLVED),
        replace(CONTENT, grade=None),
        replace(CONTENT, contact=replace(CONTENT.contact, phone="1")),
        replace(CONTENT, change=zh("x")),
    ]
    assert len({digest_of(each) for each in (CONTENT, *changed)}) == len(changed) + 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Expecting value"),
        ("{}", "`id` is missing"),
        ('{"id": "N-20261123-001", "versions": []}', "not the notice of that number"),
        ('{"id": "N-20261123-002", "versions": []}', "not the notice of that number"),
    ],
)
def test_a_file_that_is_no_notice_is_named(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "N-20261123-001.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=rf"N-20261123-001\.json: .*{says}"):
        read_notice(path)


def test_only_notices_are_looked_at_newest_first(tmp_path: Path) -> None:
    for name in ("N-20261123-001.json", "N-20261123-1000.json", "N-20261124-001.json", ".N-20261123-001.77", "x.json"):
        (tmp_path / name).write_text("{}")
    assert notice_files(tmp_path)[0].name == "N-20261124-001.json"
    assert len(notice_files(tmp_path)) == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("\n\n", []),
        ("一行", [Block("paragraph", ("一行",))]),
        ("一行\n两行", [Block("paragraph", ("一行", "两行"))]),
        ("一段\n\n两段", [Block("paragraph", ("一段",)), Block("paragraph", ("两段",))]),
        ("## 标题\n正文", [Block("heading", ("标题",)), Block("paragraph", ("正文",))]),
        ("正文\n## 标题", [Block("paragraph", ("正文",)), Block("heading", ("标题",))]),
        ("- 一\n- 二", [Block("list", ("一", "二"))]),
        (
            "说明：\n- 一\n后文",
            [Block("paragraph", ("说明：",)), Block("list", ("一",)), Block("paragraph", ("后文",))],
        ),
        ("- 一\n\n- 二", [Block("list", ("一",)), Block("list", ("二",))]),
        ("# 不是标题\n-不是列表", [Block("paragraph", ("# 不是标题", "-不是列表"))]),
    ],
)
def test_the_light_markup(text: str, expected: list[Block]) -> None:
    assert list(blocks(text)) == expected


@given(st.text("ab#- \n", max_size=40))
def test_no_word_is_lost(text: str) -> None:
    letters = "".join(character for character in text if character in "ab")
    shown = "".join(line for block in blocks(text) for line in block.lines)
    assert "".join(character for character in shown if character in "ab") == letters


def test_a_full_disk_leaves_the_old_notice_whole(tmp_path: Path) -> None:
    """A limit on the size of files makes the kernel refuse what a full disk would."""
    publish(tmp_path, notice())
    longer = json.dumps("y" * 5000)
    script = (
        "import resource, signal, sys\n"
        "from dataclasses import replace\n"
        "from pathlib import Path\n"
        "from tests.incident.test_notice import CONTENT, notice, version\n"
        "from tests.incident.office import zh\n"
        "from incident.notice import publish\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1500, resource.RLIM_INFINITY))\n"
        "try:\n"
        f"    publish(Path(sys.argv[1]), notice(version(1), version(2, replace(CONTENT, body_zh={longer}))))\n"
        "except OSError as error:\n"
        "    print(error.strerror)\n"
    )
    run = subprocess.run([sys.executable, "-c", script, tmp_path], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout == "File too large\n", run.stderr
    assert read_notice(tmp_path / "N-20261123-001.json") == notice()
    assert os.listdir(tmp_path) == ["N-20261123-001.json"]


def test_the_public_side_loads_no_database_and_no_key(tmp_path: Path) -> None:
    script = "import sys, incident.notice; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    forbidden = {
        "sqlalchemy",
        "sqlite3",
        "cryptography",
        "hyperscan",
        "policies.keys.key_files",
        "incident.store",
        "siem",
    }
    assert not set(loaded.stdout.split()) & forbidden
