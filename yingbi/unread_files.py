"""Why a file could not be looked through, and what to do about it, in words for whoever has it on a desk."""

import errno
from dataclasses import dataclass
from pathlib import Path

from policies.documents.desk import CODING, RICH_TEXT, SOUND_AND_FILMS, UNKNOWN
from policies.documents.document import (
    ACTIVE,
    DOCTYPE,
    DOUBLED,
    EMPTY,
    ENCRYPTED,
    LEGACY,
    MALFORMED,
    NOT_AS_SAID,
    REVISIONS,
    SIGNED,
    TOO_LARGE,
    UNDECLARED_INSIDE,
)
from policies.formats.masker import Withheld
from proxy.reasons import REASONS, reason_for_body

UNREADABLE = "unreadable"
"""For a file that the machine does not let be read."""
UNWRITTEN = "unwritten"
"""For a file of which the copy could not be written."""
UNFORESEEN = "unforeseen"
"""For a file over which a program of ours failed."""
_OF_FILES = {
    UNKNOWN: ("不认识的文件类型，没有检查，请由人查看", "of no kind that is known: have a person look at it"),
    CODING: (
        "看不出用的是哪种字符集（不是 UTF-8，也可能不是 GBK），没有检查，请另存为 UTF-8 再查",
        "nobody can tell its charset, which is not UTF-8 and may not be GBK: save it as UTF-8, and look again",
    ),
    NOT_AS_SAID: (
        "内容与扩展名不符，没有检查，请按真正的格式改名后再查",
        "it holds something else than its name says: rename it by what it is, and look again",
    ),
    EMPTY: ("文件是空的，没有内容可以检查", "it is empty: there is nothing to look through"),
    LEGACY: (
        "旧版 Office、WPS 或 Outlook 格式，没有检查，请另存为新格式（.docx、.xlsx、.pptx）后再查",
        "of an older Office, of WPS or Outlook: save it in a newer format (.docx, .xlsx, .pptx), and look again",
    ),
    ENCRYPTED: ("加了密码，没有检查，请去掉密码后再查", "it has a password: take that away, and look again"),
    ACTIVE: (
        "有宏、嵌入对象或引用其他文件的链接，没有检查，请去掉后另存再查",
        "it holds macros, embedded objects or links to other files: save it without them, and look again",
    ),
    REVISIONS: (
        "有修订记录，其中可能有已删除的内容，请接受或拒绝全部修订后再查",
        "it holds tracked changes, and in them what was deleted: accept or reject all of them, and look again",
    ),
    UNDECLARED_INSIDE: (
        "其中有不能检查的图片、附件或文件，请取出后分别检查",
        "in it are pictures, attachments or files of a kind that is not looked into: take them out, and look at each",
    ),
    MALFORMED: (
        "已损坏、不完整或不符合其格式，没有检查，请用原来的软件打开后另存再查",
        "it is damaged, not whole, or not of its format: open it where it was made, save it anew, and look again",
    ),
    DOUBLED: (
        "其中有两个同名的文件（不分大小写），各种软件打开的可能不是同一个，没有检查，请解开、改名后重新打包再查",
        "two files in it have one name, and programs may open either: rename one, pack it anew, and look again",
    ),
    DOCTYPE: (
        "有文档类型声明（DOCTYPE），它引用的 DTD 和实体一律不取，没有检查；确认没有实体后删去声明再查",
        "it declares a document type, whose definition and entities are never fetched: if it uses no entity, take the"
        " declaration away, and look again",
    ),
    RICH_TEXT: (
        "内容是 RTF 格式，不能检查，请用 Word 或 WPS 打开，另存为 .docx 后再查",
        "it is RTF, which is not read: open it with a word processor, save it as .docx, and look again",
    ),
    TOO_LARGE: (
        "太大，或解开后太大，没有检查，请拆成几个文件再查",
        "it is too large, or unpacks to what is: look at it in pieces",
    ),
    SIGNED: (
        "带电子签名，遮盖后签名即失效；要去掉签名的副本，用 `yingbi mask --signed unsigned-copy`，再检查副本",
        "it is signed: have a copy without signatures made by `yingbi mask --signed unsigned-copy`, and scan that",
    ),
}
"""Why a file is not looked through, where no answer of a system is withheld for the same."""
_OTHER_KINDS: dict[tuple[str, ...], tuple[str, str]] = {
    (".msg",): (
        "Outlook 邮件（.msg），没有检查，请在 Outlook 中另存为 .eml，或把附件取出后再查",
        "a mail of Outlook (.msg): save it as .eml, or take out what is attached, and look again",
    ),
    (".gif", ".bmp", ".tif", ".tiff", ".webp", ".heic", ".psd", ".jp2"): (
        "图片不是 PNG 或 JPEG，没有检查，请另存为 PNG 后再查",
        "a picture that is no PNG or JPEG: save it as PNG, and look again",
    ),
    (".rar", ".7z", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".iso", ".jar"): (
        "压缩包不是 ZIP，没有检查，请解开后再查",
        "a package that is no ZIP: unpack it, and look at what it held",
    ),
    (
        ".odt",
        ".ods",
        ".odp",
        ".odg",
        ".fodt",
        ".fods",
        ".epub",
        ".mht",
        ".mhtml",
        ".pages",
        ".numbers",
        ".key",
        ".wpt",
        ".ett",
        ".dot",
    ): (
        "文档格式不能检查，请另存为 .docx、.xlsx、.pptx 或 PDF 后再查",
        "a document of a format that is not read: save it as .docx, .xlsx, .pptx or PDF, and look again",
    ),
    SOUND_AND_FILMS: (
        "音频、视频不检查，请由人听看",
        "sound and films are not looked into: have a person hear or see it",
    ),
}
"""Kinds of files by their endings, of which none is looked through, and what to do with each."""
_WHY_UNWRITTEN = {
    errno.ENOENT: "所在的文件夹不存在",
    errno.EACCES: "没有写入的权限",
    errno.EPERM: "没有写入的权限",
    errno.EROFS: "该位置只读",
    errno.ENOSPC: "磁盘已满",
    errno.ENAMETOOLONG: "文件名太长",
    errno.EEXIST: "同名文件已存在",
}
_NOT_SHOWN = "，因此不予显示"
"""What is said of answers, and not of files on a desk."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that could not be looked through."""

    file: str
    reason: str
    zh: str
    en: str


def unread_for(path: Path, problem: Exception) -> Unread:
    """Why the file *path* could not be looked through; nothing that *problem* says of what is in it."""
    if isinstance(problem, OSError) and path.is_symlink():
        return Unread(
            str(path),
            UNREADABLE,
            "是链接，不跟随，请检查它所指的文件或文件夹",
            "it is a link, which is not followed: look at what it leads to",
        )
    if isinstance(problem, FileNotFoundError):
        return Unread(str(path), UNREADABLE, "没有这个文件或文件夹", "there is no such file or folder")
    if isinstance(problem, OSError):
        return Unread(str(path), UNREADABLE, "无法打开，或不是普通文件", "it cannot be opened, or is no plain file")
    if not isinstance(problem, Withheld):
        raised = type(problem).__name__
        return Unread(
            str(path),
            UNFORESEEN,
            f"程序出错（{raised}），没有检查，请由人查看并告知开发者",
            f"a fault of this program ({raised}): have a person look at it, and tell who makes this",
        )
    if problem.line is not None:
        return Unread(
            str(path),
            problem.reason,
            f"第 {problem.line} 行的引号没有闭合，没有检查，请补上或去掉这个引号再查",
            f"the quote on line {problem.line} is never closed: close it or take it away, and look again",
        )
    if problem.reason in (UNKNOWN, NOT_AS_SAID, MALFORMED, LEGACY) and (kind := _kind_of(path)) is not None:
        return Unread(str(path), problem.reason, *kind)
    if problem.reason in _OF_FILES:
        return Unread(str(path), problem.reason, *_OF_FILES[problem.reason])
    about = REASONS[reason_for_body(problem.reason)]
    return Unread(
        str(path),
        problem.reason,
        about.zh.replace("返回内容", "文件").removesuffix(_NOT_SHOWN),
        about.en.replace("answer", "file"),
    )


def unwritten_for(path: Path, out: Path, problem: OSError) -> Unread:
    """Why the copy *out* of the file *path* could not be written."""
    why = problem.strerror or type(problem).__name__
    zh = _WHY_UNWRITTEN.get(problem.errno or 0, why)
    return Unread(str(path), UNWRITTEN, f"副本 `{out}` 无法写出：{zh}", f"the copy cannot be written: {why}")


def _kind_of(path: Path) -> tuple[str, str] | None:
    """Why the file *path* is not looked through, where its ending tells of a kind that never is."""
    ending = path.suffix.lower()
    return next((said for endings, said in _OTHER_KINDS.items() if ending in endings), None)
