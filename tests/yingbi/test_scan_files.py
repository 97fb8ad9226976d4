"""Files and folders looked through: what is said of them, and what is never said."""

import json
import os
import re
from itertools import count
from pathlib import Path

import pytest

from tests.policies.documents.made import CANARIES, MOBILE, NAME, OFFICE, fixed, packed
from tests.yingbi.mixed import READABLE, UNREADABLE, mixed_folder
from yingbi.cli import main
from yingbi.commands.scan_paths import fitted
from yingbi.scan_files import EVERY_S, Found, Report, files_in, lines_of, scan_files, table


def folder_of(path: Path) -> Path:
    """A folder of files, of which two cannot be read and one holds nothing."""
    (path / "附件").mkdir(parents=True)
    for kind, make in OFFICE.items():
        (path / f"名单.{kind}").write_bytes(make())
    (path / "附件" / "版式.ofd").write_bytes(fixed())
    (path / "附件" / "打包.zip").write_bytes(packed({"a.csv": f"手机号\n{MOBILE}\n".encode(), "b.json": b"{}"}))
    (path / "表.csv").write_bytes(f"姓名,备注\n{NAME},\n".encode("gb18030"))
    (path / "空.txt").write_text("没有什么\n", "utf-8")
    (path / "旧.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99))
    (path / "未知.bin").write_bytes(bytes(99))
    (path / "指向").symlink_to("/etc/passwd")
    return path


def test_a_folder_is_looked_through_and_no_value_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = folder_of(tmp_path / "拟公开")
    assert main(["scan", str(folder)]) == 2
    said = capsys.readouterr()
    assert not [canary for canary in CANARIES if canary in said.out + said.err]
    assert re.search(r"旧版 Office、WPS 或 Outlook 格式.* \(1\)\n    .*旧\.xls\n", said.out)
    assert "10 个文件，6 个含个人信息" in said.out
    assert said.err == "", "progress is for terminals"


def test_the_same_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = folder_of(tmp_path / "拟公开")
    assert main(["scan", "--json", str(folder / "表.csv"), str(folder / "附件")]) == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["files"], said["unread"]) == (3, [])
    found = {(Path(one["file"]).name, one["place"], one["category"], one["count"]) for one in said["found"]}
    assert {("表.csv", "column 1", "person_name", 1), ("打包.zip", "1/column 1", "mobile", 1)} <= found
    assert {name for name, *_ in found} == {"表.csv", "打包.zip", "版式.ofd"}


def test_a_folder_as_offices_have_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`make proof` takes two hundred files, with scans."""
    files = int(os.environ.get("YINGBI_TEST_MIXED_FILES", "0"))
    folder = mixed_folder(tmp_path / "拟公开", files or len(READABLE | UNREADABLE), pictures=bool(files))
    assert main(["scan", str(folder)]) == 2
    said = capsys.readouterr().out
    assert not [canary for canary in CANARIES if canary in said]
    names = [path.name for path in files_in([folder])]
    _, _, unread = said.partition("未能检查 / not looked through:\n")
    unread, _, ending = unread.partition("合计 / in all")
    assert {name for name in names if name[4:] in UNREADABLE} == {name for name in names if name in unread}
    assert ending.splitlines()[1].split()[0] in ("姓名", "手机")
    assert f"{len(names)} 个文件" in ending


def test_of_a_long_file_it_is_said_where_we_are(tmp_path: Path) -> None:
    told: list[str] = []
    (tmp_path / "a.xlsx").write_bytes(READABLE["名册.xlsx"]())
    (tmp_path / "b.pdf").write_bytes(READABLE["打印.pdf"]())
    scan_files([tmp_path], told.append, count(step=EVERY_S).__next__)
    assert any("a.xlsx: 工作表 sheet1" in line for line in told)
    assert any("b.pdf: 第 4 页 / page 4" in line for line in told)


@pytest.mark.parametrize(("name", "code"), [("空.txt", 0), ("表.csv", 1), ("旧.xls", 2), ("没有", 2)])
def test_the_exit_code_tells(name: str, code: int, tmp_path: Path) -> None:
    assert main(["scan", str(folder_of(tmp_path / "x") / name)]) == code


def test_a_kind_in_many_places_of_a_file_is_told_once(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(f"电话{MOBILE}\n" * 20, "utf-8")
    told: list[str] = []
    (found,) = scan_files([path], told.append, lambda: 0.0).found
    assert (found.place, found.count) == ("line 1 … line 20 (20)", 20)
    assert told == [f"1/1 {path}"]


def test_files_come_in_order_and_links_are_not_followed(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "x")
    names = [path.name for path in files_in([folder])]
    assert names == sorted(names[:8]) + sorted(names[8:])
    unread = {Path(one.file).name: one.reason for one in scan_files([folder], lambda what: None).unread}
    assert unread == {"旧.xls": "document_legacy", "未知.bin": "document_unknown", "指向": "unreadable"}


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (unread,) = scan_files([tmp_path], lambda what: None).unread
    assert unread.reason == "unreadable"


def test_what_cannot_be_looked_into_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder behind a link, and one that may not be read: what is in them is not nothing."""
    scandir = os.scandir

    def guarded(path: str) -> object:
        if Path(path).name == "closed":
            raise PermissionError(13, "no", str(path))
        return scandir(path)

    (tmp_path / "x" / "closed").mkdir(parents=True)
    (tmp_path / "x" / "link").symlink_to(tmp_path)
    monkeypatch.setattr(os, "scandir", guarded)
    unread = {Path(one.file).name: one.zh for one in scan_files([tmp_path / "x"], lambda what: None).unread}
    assert unread == {"link": "是链接，不跟随，请检查它所指的文件或文件夹", "closed": "无法打开，或不是普通文件"}


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.bin", bytes(9), "请由人查看"),
        ("a.xls", f"<td>{NAME}</td>".encode(), "请按真正的格式改名"),
        ("a.json", bytes(9), "请按真正的格式改名"),
        ("a.txt", b"caf\xe9 13957182046", "字符集"),
        ("a.txt", "联系人王小明 13957182046".encode("utf-32"), "字符集"),
        ("a.txt", "联系人".encode("utf-32-be"), "字符集"),
        ("a.txt", bytes(range(256)), "请按真正的格式改名"),
        ("a.docx", b"PK\x03\x04" + bytes(9), "已损坏"),
        ("a.csv", '姓名,备注\r\n"甲\r\n乙","好"\r\n丙,"未完\r\n丁,好\r\n'.encode(), "第 4 行的引号没有闭合"),
        *((f"a.{ending}", b"", "文件是空的") for ending in ("xlsx", "json", "xml", "html")),
        ("a.gif", b"GIF89a" + bytes(9), "请另存为 PNG"),
        ("a.7z", b"7z\xbc\xaf" + bytes(9), "请解开后再查"),
        ("a.rtf", b"{\\rtf1 x}", "另存为 .docx"),
        ("a.doc", b"{\\rtf1 x}", "内容是 RTF"),
        ("a.docx", b"%PDF-1.7\n", "请按真正的格式改名"),
        ("a.pdf", packed({"a.txt": b"x"}), "请按真正的格式改名"),
        ("a.csv", packed({"a.txt": b"x"}), "请按真正的格式改名"),
        ("a.xls", packed({"a.txt": b"x"}), "请按真正的格式改名"),
        ("a.zip", packed({"a.txt": b"x", "A.txt": b"y"}), "两个同名的文件"),
        ("a.zip", packed({"a.xml": b"<!DOCTYPE a><a/>"}), "DTD"),
        ("a.xml", b"<!DOCTYPE a><a/>", "DTD"),
        ("a.mp4", bytes(9), "请由人听看"),
        ("a.mp3", f"ID3 TIT2 {NAME} 13957182046".encode(), "请由人听看"),
        ("a.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "另存为 .eml"),
        ("a.odt", packed({"mimetype": b"application/vnd.oasis.opendocument.text"}), "请另存为 .docx"),
        ("a.wps", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "WPS"),
    ],
)
def test_why_a_file_was_not_looked_through_tells_what_to_do(tmp_path: Path, name: str, data: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(data)
    (unread,) = scan_files([tmp_path], lambda what: None).unread
    assert says in unread.zh


def test_a_row_of_the_table_holds_all_places_of_a_kind_in_a_file() -> None:
    sheet = "xl/worksheets/sheet1.xml"
    found = [Found("a", f"{sheet} B{row}", "mobile", 1) for row in range(2, 5)]
    found += [Found("a", "docProps/core.xml", "mobile", 2), Found("a", "第 1 页 / page 1", "email", 1)]
    found += [Found("b", f"{sheet} C{row}", "mobile", 1) for row in range(2, 8)]
    lines = list(lines_of(Report(2, tuple(found), ()), str))[1:4]
    assert [re.split("  +", line) for line in lines] == [
        ["a", "工作表 sheet1 B2, B3, B4; 文档属性 docProps/core", "mobile", "5"],
        ["", "第 1 页 / page 1", "email", "1"],
        ["b", "工作表 sheet1 C2 … C7 (6)", "mobile", "6"],
    ]  # fmt: skip


def test_columns_are_as_wide_as_a_terminal_shows_them() -> None:
    assert list(table(("甲", "b"), [("abc", "1"), ("一二", "2")])) == ["甲    b", "abc   1", "一二  2"]


def test_a_long_name_moves_no_other_cell() -> None:
    long = "关于公开招聘工作人员的公示（第二次修订稿）.docx"
    assert list(table(("甲", "b"), [("abc", "1"), (long, "2")])) == ["甲   b", "abc  1", long, "     2"]


def test_progress_takes_one_line_of_a_terminal() -> None:
    """Its count stays, and of a path the end."""
    assert fitted("3/20 拟公开/名单.csv", 40) == "3/20 拟公开/名单.csv"
    assert fitted("3/20 拟公开/很长的文件夹/名单.csv", 20) == "3/20 …件夹/名单.csv"
    assert fitted("1/1 a\x1b[2J\n.txt", 40) == "1/1 a?[2J?.txt"
