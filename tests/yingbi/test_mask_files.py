"""Copies of files without personal data: whole or not at all, and in the place of nothing."""

import os
from pathlib import Path

import pytest

from policies.documents.plain import JSON
from tests.policies.documents.made import MOBILE, NAME, canaries_in, fixed, signed
from tests.policies.recognisers.weights_here import the_tagger
from tests.yingbi.test_scan_files import folder_of
from yingbi.cli import main
from yingbi.mask_files import write_new


def test_a_folder_is_copied_without_what_is_found_in_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, out = folder_of(tmp_path / "原件"), tmp_path / "公开"
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and not path.is_symlink()}
    assert main(["mask", str(folder), "-o", str(out)]) == 2
    said = capsys.readouterr()
    assert "`" + str(folder / "旧.xls") + "` 没有写出" in said.err
    written = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
    assert written == {"名单.xlsx", "名单.docx", "名单.pptx", "附件/版式.ofd", "附件/打包.zip", "表.csv", "空.txt"}
    assert main(["scan", str(out)]) == 0
    for name in ("名单.xlsx", "名单.docx", "名单.pptx", "附件/版式.ofd"):
        assert canaries_in((out / name).read_bytes()) == set()
    assert (out / "表.csv").read_bytes() == "姓名,备注\n***,\n".encode("gb18030")
    assert before == {path: path.read_bytes() for path in before}, "the files are left as they are"


def test_it_is_said_which_names_of_copies_tell_of_somebody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, out = tmp_path / "原件", tmp_path / "公开"
    (folder / f"投诉人_{NAME}").mkdir(parents=True)
    for name in (f"投诉人_{NAME}/表.csv", f"手机{MOBILE}.txt", "方案.txt", "周报.txt"):
        (folder / name).write_text("没有什么\n", "utf-8")
    assert main(["mask", str(folder), "-o", str(out)]) == 0
    said = capsys.readouterr().out
    assert "2 个副本的文件名" in said
    _, _, listed = said.partition("publish them\n")
    assert listed.splitlines() == [f"  {out}/手机{MOBILE}.txt", f"  {out}/投诉人_{NAME}/表.csv"]
    assert main(["mask", str(folder / "周报.txt"), "-o", str(tmp_path / "周报.txt")]) == 0
    assert "文件名" not in capsys.readouterr().out


def test_a_name_of_a_file_commands_no_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    (folder / f"\x1b[31m\n\u3000{os.fsdecode(bytes([0xFF]))}.txt").write_text(f"电话{MOBILE}", "utf-8")
    (folder / "\x1b[2J.bin").write_bytes(bytes(9))
    assert main(["scan", str(folder)]) == 2
    assert main(["mask", str(folder), "-o", str(tmp_path / "b")]) == 2
    said = "".join(capsys.readouterr())
    assert "\x1b" not in said
    assert said.count("?[31m?\u3000?.txt") == 2
    assert said.count("?[2J.bin") == 2


def test_what_is_signed_is_written_where_it_is_said_and_without_signatures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "a.ofd", tmp_path / "b.ofd"
    path.write_bytes(signed(fixed()))
    assert main(["mask", str(path), "-o", str(out)]) == 2
    assert "mask --signed unsigned-copy" in capsys.readouterr().err
    assert main(["mask", str(path), "-o", str(out), "--signed", "unsigned-copy"]) == 0
    assert "去掉签名 1 个 / an unsigned copy, without 1" in capsys.readouterr().out
    assert canaries_in(out.read_bytes()) == set()


def test_nothing_is_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = tmp_path / "a.txt", tmp_path / "b.txt"
    path.write_text(NAME, "utf-8")
    out.write_text("mine", "utf-8")
    assert main(["mask", str(path), "-o", str(out)]) == 2
    assert "已存在，不覆盖" in capsys.readouterr().err
    assert out.read_text("utf-8") == "mine"
    with pytest.raises(FileExistsError):
        write_new(out, b"x")
    assert sorted(tmp_path.iterdir()) == [path, out]


def test_a_copy_is_called_by_its_format(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.txt"
    path.write_text(NAME, "utf-8")
    assert main(["mask", str(path), "-o", str(tmp_path / "b.docx")]) == 2
    assert "请用扩展名 .txt" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [path]
    assert main(["mask", str(path), "-o", str(tmp_path / "b.md")]) == 0


def test_what_is_not_there_keeps_no_other_from_being_looked_through(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.txt"
    path.write_text(f"电话{MOBILE}", "utf-8")
    assert main(["scan", str(tmp_path / "b.txt"), str(path)]) == 2
    said = capsys.readouterr().out
    assert "没有这个文件或文件夹" in said
    assert "1 个含个人信息" in said, "the others are looked through"


def test_copies_do_not_lie_in_the_folder_they_are_of(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x", "utf-8")
    assert main(["mask", str(tmp_path), "-o", str(tmp_path / "out")]) == 2
    assert os.listdir(tmp_path) == ["a.txt"]


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x", "utf-8")
    assert main(["mask", str(path), "-o", str(tmp_path / "none" / "b.txt")]) == 2
    said = capsys.readouterr().err
    assert f"没有写出 / was not written: 副本 `{tmp_path / 'none' / 'b.txt'}` 无法写出：所在的文件夹不存在" in said
    assert main(["mask", str(tmp_path / "none.txt"), "-o", str(tmp_path / "b.txt")]) == 3
    assert os.listdir(tmp_path) == ["a.txt"]


def test_the_end_tells_how_many_there_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "原件"
    folder.mkdir()
    (folder / "a.txt").write_text(f"联系人{NAME}", "utf-8")
    (folder / "b.txt").write_text("x", "utf-8")
    (folder / "c.txt").symlink_to("a.txt")
    assert main(["mask", str(folder), "-o", str(tmp_path / "公开")]) == 2
    said = capsys.readouterr()
    assert said.out.splitlines()[-1].startswith("写出 2 个副本，共遮盖 1 处；1 个没有写出")
    assert "是链接，不跟随" in said.err
    empty = tmp_path / "空"
    empty.mkdir()
    assert main(["mask", str(empty), "-o", str(tmp_path / "空的")]) == 0
    assert "写出 0 个副本" in capsys.readouterr().out


def test_who_stops_it_has_whole_copies_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, out = tmp_path / "原件", tmp_path / "公开"
    folder.mkdir()
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text(f"联系人{NAME}", "utf-8")
    sync = os.fsync

    def stops(number: int) -> None:
        if out.exists() and list(out.glob("*.txt")):
            raise KeyboardInterrupt
        sync(number)

    monkeypatch.setattr(os, "fsync", stops)
    assert main(["mask", str(folder), "-o", str(out)]) == 3
    assert "已中止" in capsys.readouterr().err
    assert [path.read_text("utf-8") for path in out.iterdir()] == ["联系人***"]


def test_names_and_addresses_in_prose_are_found_and_hidden(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    the_tagger()
    path, out = tmp_path / "a.txt", tmp_path / "b.txt"
    path.write_text("昨天欧阳震华来过，他住在云州市江南区幸福路18号3栋502室。", "utf-8")
    assert main(["scan", str(path)]) == 1
    assert "地址 / address" in capsys.readouterr().out
    assert main(["mask", str(path), "-o", str(out)]) == 0
    assert out.read_text("utf-8") == "昨天***来过，他住在***。"


@pytest.mark.parametrize("command", ["scan", "mask"])
def test_a_file_over_which_the_program_fails_keeps_no_other_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    def fails(text: str, is_label: object) -> None:
        raise ValueError(NAME)

    folder, out = tmp_path / "原件", tmp_path / "公开"
    folder.mkdir()
    (folder / "a.json").write_text(f'"{NAME}"', "utf-8")
    (folder / "b.txt").write_text(f"联系人{NAME}", "utf-8")
    monkeypatch.setattr(JSON, "_pieces", fails)
    assert main([command, str(folder), *(["-o", str(out)] if command == "mask" else [])]) == 2
    said = capsys.readouterr()
    assert "程序出错（ValueError）" in said.out + said.err
    assert NAME not in said.out + said.err
    assert command == "scan" or [path.read_text("utf-8") for path in out.iterdir()] == ["联系人***"]
