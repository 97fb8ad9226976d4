"""The files of a policy as one thing with one digest: what is drafted, approved and published is such a snapshot.

Names and texts, nothing of dates or owners. Line ends are those of Unix, so that a folder, an upload and a form that
hold the same lines have the same digest.
"""

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from policies.parse.yaml_tree import LARGEST_FILE

MOST_FILES = 2_000
LARGEST = 16 * 1024 * 1024
"""Bytes of all files together."""
_DEEPEST = 3
_LONGEST_NAME = 200
_KINDS = frozenset({".yaml", ".yml", ".json", ".txt", ".csv"})
"""What a policy is made of; anything else in its folder, as a README, is no part of it."""
_NOT_OURS = frozenset({"schema"})
"""A folder that comes with the product, for editors."""


class UnfitFiles(Exception):
    """Files that no policy is made of. `str()` is the English sentence, `zh` the Chinese one."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh


@dataclass(frozen=True)
class Snapshot:
    """The files of one policy, by name. `snapshot_of` and `read_folder` refuse what no policy is made of."""

    files: Mapping[str, str]

    @cached_property
    def digests(self) -> dict[str, str]:
        """SHA-256 of each file, in hex."""
        return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in self.files.items()}

    @cached_property
    def manifest(self) -> str:
        """Every name with its digest, in the one spelling that the digest of the whole is over."""
        return json.dumps(self.digests, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @cached_property
    def digest(self) -> str:
        """SHA-256 over names and texts, in hex: what a person approves."""
        return hashlib.sha256(self.manifest.encode()).hexdigest()


def snapshot_of(files: Mapping[str, str]) -> Snapshot:
    """*files* as a snapshot. Raises UnfitFiles."""
    if len(files) > MOST_FILES:
        raise UnfitFiles(f"文件超过 {MOST_FILES} 个", f"there are more than {MOST_FILES} files")
    made: dict[str, str] = {}
    left = LARGEST
    for name, text in sorted(files.items()):
        _check_name(name)
        made[name] = text.replace("\r\n", "\n").replace("\r", "\n")
        try:
            size = len(made[name].encode())
        except UnicodeEncodeError:
            raise UnfitFiles(f"`{name}` 不是 UTF-8 文本", f"`{name}` is no UTF-8 text") from None
        left -= size
        if size > LARGEST_FILE:
            raise UnfitFiles(f"`{name}` 超过 {LARGEST_FILE} 字节", f"`{name}` has more than {LARGEST_FILE} bytes")
        if left < 0:
            raise UnfitFiles(f"文件合计超过 {LARGEST} 字节", f"the files have more than {LARGEST} bytes together")
    return Snapshot(made)


def read_folder(folder: Path) -> Snapshot:
    """The policy that lies in *folder*. Raises UnfitFiles, and OSError where it cannot be read.

    Links are refused: what they lead to could be another thing for whoever approves than for whoever wrote it.
    """
    files: dict[str, str] = {}
    left = LARGEST
    for path, name in _files_in(folder):
        if len(files) >= MOST_FILES:
            raise UnfitFiles(f"文件超过 {MOST_FILES} 个", f"there are more than {MOST_FILES} files")
        data = _read(path, name)
        left -= len(data)
        if left < 0:
            raise UnfitFiles(f"文件合计超过 {LARGEST} 字节", f"the files have more than {LARGEST} bytes together")
        try:
            files[name] = data.decode()
        except UnicodeDecodeError:
            raise UnfitFiles(f"`{name}` 不是 UTF-8 文本", f"`{name}` is no UTF-8 text") from None
    return snapshot_of(files)


@contextlib.contextmanager
def laid_out(snapshot: Snapshot, beside: Path | None = None) -> Iterator[Path]:
    """A folder of our own that holds *snapshot* as long as it is looked at. Raises OSError, as on a full disk."""
    with tempfile.TemporaryDirectory(prefix=".policy-", dir=beside) as place:
        write_folder(snapshot, Path(place))
        yield Path(place)


def write_folder(snapshot: Snapshot, folder: Path) -> None:
    """Write *snapshot* into *folder*, which is made; files of a policy that are none of it go away. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path, name in list(_files_in(folder)):
        if name not in snapshot.files:
            path.unlink()
    for name, text in snapshot.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_symlink() and path.is_file() and path.read_bytes() == text.encode():
            continue
        unfinished = path.with_name(f".{path.name}.new")
        unfinished.write_bytes(text.encode())
        unfinished.replace(path)


def _check_name(name: str) -> None:
    parts = PurePosixPath(name).parts
    fine = (
        name.isprintable()
        and "\\" not in name
        and 0 < len(name) <= _LONGEST_NAME
        and len(parts) <= _DEEPEST
        and "/".join(parts) == name
        and not any(part.startswith(".") or part == "/" for part in parts)
        and parts[0] not in _NOT_OURS
        and PurePosixPath(name).suffix in _KINDS
    )
    if not fine:
        raise UnfitFiles(
            f"`{name[:60]!r}` 不能作策略文件名，应类似 `systems/bookings.yaml`",
            f"`{name[:60]!r}` names no file of a policy: such names are `systems/bookings.yaml`",
        )


def _files_in(folder: Path) -> Iterator[tuple[Path, str]]:
    """What of *folder* belongs to a policy, hidden files and the schemas left out, with its name."""

    def complain(error: OSError) -> None:
        raise error

    for place, folders, names in os.walk(folder, onerror=complain):
        inside = Path(place).relative_to(folder)
        top = inside == Path()
        folders[:] = sorted(each for each in folders if not each.startswith(".") and not (top and each in _NOT_OURS))
        for each in (*folders, *names):
            path = Path(place) / each
            if path.is_symlink() and (each in folders or path.suffix in _KINDS) and not each.startswith("."):
                name = (inside / each).as_posix()
                raise UnfitFiles(
                    f"`{name}` 是符号链接，请换成文件本身", f"`{name}` is a link: put the file itself in its place"
                )
        for each in sorted(names):
            if not each.startswith(".") and PurePosixPath(each).suffix in _KINDS:
                yield Path(place) / each, (inside / each).as_posix()


def _read(path: Path, name: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise UnfitFiles(f"`{name}` 超过 {LARGEST_FILE} 字节", f"`{name}` has more than {LARGEST_FILE} bytes")
    return data
