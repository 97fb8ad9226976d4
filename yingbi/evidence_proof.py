"""Whether an export of evidence is what was signed: the manifest by its signature, each file by the manifest.

It is signed with the key of notices, under a label of its own: its public half is the one that an office makes known.
"""

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from incident.evidence import digests
from incident.evidence_book import MANIFEST, SIGNATURE
from incident.ids import Bilingual, in_both
from policies.keys.detached import AnotherKey, DetachedSigner, PublicKeys, check_detached
from policies.keys.key_files import BadSignature
from yingbi.home import Home
from yingbi.notices.key import NAME

KIND = "yingbi-evidence"
"""The `typ` of its signatures."""
LARGEST_MANIFEST, LARGEST_SIGNATURE = 16_000_000, 4_000
_SUMS = {"SHA256SUMS": 0, "SM3SUMS": 1}
"""For tools that read no JSON: which of the digests each lists. Nothing signs them, so they repeat the manifest."""
_LOCAL, _CENTRAL, _END = 30, 46, 22
"""Octets of the records of an archive, without names. Source: PKWARE APPNOTE 6.3, 4.3.7, 4.3.12, 4.3.16."""


class NoExport(Exception):
    """It is no export of evidence. The message says why, Chinese and English."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found of one export."""

    case: str
    drill: bool
    pieces: int
    """How many it holds."""
    kid: str
    """Of the key that signed, or empty where none of those that are trusted did."""
    wrong: tuple[Bilingual, ...]
    """What is not as it was signed; nothing where all is."""


def evidence_signer(home: Home) -> DetachedSigner:
    """Who signs exports in *home*. Raises OSError or ValueError where it has no key for that."""
    return DetachedSigner(home.private_key(NAME), KIND)


def check_export(path: Path, keys: PublicKeys) -> Checked:
    """What is not as it was signed in the export at *path*. Raises NoExport, OSError."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _check(archive, keys, path.stat().st_size)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError):  # damaged, of a kind unknown, encrypted
        raise NoExport(f"{path}：不是完好的 ZIP / is no archive, or a damaged one") from None


def _check(archive: zipfile.ZipFile, keys: PublicKeys, size_of_archive: int) -> Checked:
    names = archive.namelist()
    if MANIFEST not in names:
        raise NoExport(f"没有 {MANIFEST}，不是证据的导出 / no `{MANIFEST}`: this is no export of evidence")
    data = _read(archive, MANIFEST, LARGEST_MANIFEST)
    wrong, kid = [], ""
    try:
        signature = _read(archive, SIGNATURE, LARGEST_SIGNATURE).decode("ascii") if SIGNATURE in names else ""
        kid = check_detached(signature, data, keys, KIND)
    except AnotherKey:
        wrong.append(in_both("清单由另一把密钥签名", "another key signed the manifest"))
    except (BadSignature, UnicodeDecodeError):
        wrong.append(
            in_both("清单被改动过", "the manifest is not what was signed")
            if SIGNATURE in names
            else in_both("清单没有签名", "the manifest is not signed")
        )
    manifest, held = _manifest(data)
    if len(names) != len(set(names)):
        wrong.append(in_both("有同名的文件", "there are files of one name"))
    if not _is_nothing_else(archive, size_of_archive):
        wrong.append(
            in_both(
                "压缩包里有不属于任何文件的数据，或者被重新打包过",
                "the archive holds more than its files, or was packed anew",
            )
        )
    wrong.extend(_wrong_sums(archive, held))
    unknown = sorted(set(names) - held.keys() - _SUMS.keys() - {MANIFEST, SIGNATURE})
    wrong.extend(in_both(f"{name!a} 不在清单上", f"{name!a} is not in the manifest") for name in unknown)
    for name, (number, size, *expected) in held.items():
        if name not in names:
            wrong.append(in_both(f"第 {number} 件缺少文件", f"the file of piece {number} is missing"))
        elif archive.getinfo(name).file_size != size or [*digests(_read(archive, name, size))] != expected:
            wrong.append(in_both(f"第 {number} 件与清单不符", f"piece {number} is not what the manifest says"))
    return Checked(str(manifest["case"]), manifest["drill"] is True, len(held), kid, tuple(wrong))


def _is_nothing_else(archive: zipfile.ZipFile, size: int) -> bool:
    """Whether *archive*, which is of *size* octets, is its files one behind the other, as they are, and a list of them.

    What stood before, between or behind them, or in a comment, would be in nobody's digest.
    """
    place = listed = 0
    for info in sorted(archive.infolist(), key=lambda each: each.header_offset):
        name = len(info.orig_filename.encode())
        if info.header_offset != place or info.compress_type != zipfile.ZIP_STORED:
            return False
        place += _LOCAL + name + info.file_size
        listed += _CENTRAL + name
    return size == place + listed + _END


def _wrong_sums(archive: zipfile.ZipFile, held: dict[str, tuple[int, int, str, str]]) -> Iterator[Bilingual]:
    for name, which in _SUMS.items():
        expected = "".join(f"{digests_of[which]}  {path}\n" for path, (_, _, *digests_of) in held.items()).encode()
        if name not in archive.namelist():
            yield in_both(f"缺少 {name}", f"`{name}` is missing")
        elif archive.getinfo(name).file_size != len(expected) or _read(archive, name, len(expected)) != expected:
            yield in_both(f"{name} 与清单不符", f"`{name}` is not what the manifest says")


def _manifest(data: bytes) -> tuple[dict[str, Any], dict[str, tuple[int, int, str, str]]]:
    try:
        manifest = json.loads(data)
        held = {
            str(each["file"]): (int(each["number"]), int(each["size"]), str(each["sha256"]), str(each["sm3"]))
            for each in manifest["evidence"]
            if each["file"] is not None
        }
        return {"case": manifest["case"], "drill": manifest["drill"]}, held
    except (ValueError, KeyError, TypeError, RecursionError):
        raise NoExport(f"{MANIFEST} 读不懂 / cannot be read as what an export says of itself") from None


def _read(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    with archive.open(name) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise NoExport(f"{name!a} 太大 / is larger than an export has it")
    return data
