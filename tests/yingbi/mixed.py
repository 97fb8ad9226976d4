"""Folders as offices have them: files of every kind, by the programs that make them; some of which nobody can read."""

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pikepdf

from tests.policies.documents.drawn import changed, encoded, lines, picture, report
from tests.policies.documents.made import ID_NO, MOBILE, NAME, OFFICE, fixed, packed, rewritten

_LONG = 600
"""Rows of a long table."""


def _long_table() -> bytes:
    book, written = openpyxl.Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet("名册")
    sheet.append(("序号", "姓名", "手机号"))
    for number in range(_LONG):
        sheet.append((number, NAME, MOBILE))
    book.save(written)
    return written.getvalue()


def _locked() -> bytes:
    how = pikepdf.Encryption(user="a", owner="b")
    return changed(report(lines(NAME)), lambda _: None, encryption=how)


READABLE: dict[str, Callable[[], bytes]] = {
    "名单.xlsx": OFFICE["xlsx"],
    "报告.docx": OFFICE["docx"],
    "演示.pptx": OFFICE["pptx"],
    "版式.ofd": fixed,
    "打印.pdf": lambda: report(*[lines(f"第 {page} 页 身份证号 {ID_NO}") for page in range(1, 6)]),
    "导出.csv": lambda: f"姓名,手机号\r\n{NAME},{MOBILE}\r\n".encode("gb18030"),
    "接口.json": lambda: f'{{"data": [{{"name": "{NAME}", "mobile": "{MOBILE}"}}]}}'.encode(),
    "网页.html": lambda: f"<!doctype html><p>联系电话 {MOBILE}</p>".encode(),
    "说明.txt": lambda: "窗口周一至周五办理\n".encode(),
    "名册.xlsx": _long_table,
    "打包.zip": lambda: packed({"a.csv": f"手机号\n{MOBILE}\n".encode()}),
}
UNREADABLE: dict[str, Callable[[], bytes]] = {
    "改名.png": OFFICE["docx"],
    "断开.xlsx": lambda: OFFICE["xlsx"]()[:-200],
    "有密码.pdf": _locked,
    "旧.xls": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "有密码.docx": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
    "未知.bin": lambda: bytes(99),
    "宏.xlsm": lambda: rewritten(OFFICE["xlsx"](), xl__vbaProject_dot_bin=b"x"),
    "网页另存的.xls": lambda: f"<table><tr><td>{NAME}</td></tr></table>".encode(),
    "坏包.zip": lambda: packed({"a.csv": f"手机号\n{MOBILE}\n".encode()})[:-30],
}
PICTURES: dict[str, Callable[[], bytes]] = {
    "扫描.png": lambda: encoded(picture([f"手机号 {MOBILE}"]), "png"),
    "照片.jpg": lambda: encoded(picture([f"身份证号 {ID_NO}"]), "jpeg"),
}


def mixed_folder(path: Path, files: int, *, pictures: bool) -> Path:
    """A folder *path* of so many files of all kinds, with scans where *pictures*, in folders of up to fifty."""
    kinds = READABLE | UNREADABLE | (PICTURES if pictures else {})
    made = {name: make() for name, make in kinds.items()}
    for number in range(files):
        name = list(made)[number % len(made)]
        folder = path / f"第{number // 50 + 1}批"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number + 1:03}-{name}").write_bytes(made[name])
    return path
