"""The escrow of an installation's keys: a backup and three shares in four places, restored, and proved in a test.

Field encryption into a system behind starts only once a backup that holds its key has been proved: whoever loses the
keys afterwards would have lost the data.
"""

import hmac
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath

from deploy.private_file import write_private
from policies.keys.data_keys import DataKeys
from policies.keys.escrow import (
    SHARES,
    THRESHOLD,
    Backup,
    BadBackup,
    BadShare,
    Share,
    open_backup,
    read_share,
    seal_backup,
)
from policies.keys.keyring import BadKeyring, open_keyring, read_keyring
from policies.keys.root_key import SoftRootKey
from yingbi.home import Home
from yingbi.keys.handling import KeyStore
from yingbi.keys.journal import Act, Entry

_RINGS = "keys/rings/"
_ROOT = "keys/root-"


class NotEscrowed(Exception):
    """What was asked for cannot be done. The message says why."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A backup that was opened in a test, and what it held."""

    at: datetime
    backup: str
    keys: frozenset[str]
    """Every data key that can be restored from it, as `<system>/<id>`."""


def proof_in(entries: Iterable[Entry]) -> Proof | None:
    """The proof that counts: the last one."""
    proofs = [Proof(entry.at, entry.backup, frozenset(entry.keys)) for entry in entries if entry.act is Act.PROVED]
    return proofs[-1] if proofs else None


def unproved(store: KeyStore) -> list[str]:
    """The systems whose current key no proved backup holds: nothing is encrypted into them. Raises KeysNotUsable."""
    proof = proof_in(store.entries())
    rings = [store.ring(system) for system in store.systems()]
    held = proof.keys if proof else frozenset()
    return [each.system for each in rings if each.ring is None or f"{each.system}/{each.ring.current.id}" not in held]


def make_escrow(home: Home, store: KeyStore, to: Path, places: Sequence[Path]) -> tuple[Path, list[Share]]:
    """Write each share into one of *places*, if any, and a backup of every key into the folder *to*.

    Returns the file of the backup, and the shares that open it.

    Raises NotEscrowed where a keyring cannot be used, KeysNotUsable, OSError.
    """
    wrong = [each.system for each in map(store.ring, store.systems()) if each.ring is None]
    if wrong:
        raise NotEscrowed(f"密钥环不能用，请先修复 / keyrings that cannot be used, mend them first: {', '.join(wrong)}")
    backup, data, shares = seal_backup(_files_of(home), store.now())
    for share, place in zip(shares, places, strict=False):
        write_private(
            place / f"yingbi-share-{share.number}-{backup.id}.txt", share_text(share, backup.made_at).encode()
        )
    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = to / f"yingbi-keys-{backup.made_at:%Y%m%d}-{backup.id}.backup"
    write_private(path, data)
    store.note(Act.ESCROWED, backup=backup.id)
    return path, shares


def check_places(home: Home, to: Path, places: Sequence[Path]) -> None:
    """Raises NotEscrowed unless backup and shares come into places of their own: who has two of them has all."""
    folders = [place.resolve() for place in (to, *places)]
    inside = home.root.resolve()
    if any(folder == inside or folder.is_relative_to(inside) for folder in folders):
        raise NotEscrowed(f"备份和份额不能放在数据目录 `{home.root}` 里 / neither belongs into the data directory")
    if any(one == other or one.is_relative_to(other) for one in folders for other in folders if one is not other):
        raise NotEscrowed(
            "备份和每一份份额要放在不同的地方，互不包含 / the backup and each share go into places of their own"
        )


def share_text(share: Share, made_at: datetime) -> str:
    """What is handed to whoever keeps *share*: instructions, and its four lines."""
    lines = "\n".join(f"    {line}" for line in share.spelled())
    return f"""影壁密钥托管份额 第 {share.number} 份，共 {SHARES} 份
Yingbi key escrow: share {share.number} of {SHARES}

备份 / backup: {share.backup}    日期 / made: {made_at:%Y-%m-%d}

{lines}

怎样保管
- 一人一份。三份交给三个人，放在三处；不要与备份文件放在一起，也不要拍照、复印、发消息或邮件。
- 任意 {THRESHOLD} 份加上备份文件，可以恢复全部密钥；单独一份不能推出任何内容，丢失一份不影响恢复。
- 丢失或被他人看到时，立即告知系统管理员：用 `yingbi keys escrow` 重新托管，并销毁旧备份。
- 保管人离岗时当面移交，登记交接人和日期。

怎样使用
    yingbi keys restore --from 备份文件 --share 份额文件 --share 份额文件 --to 空目录
  份额文件写作 - 时从键盘输入上面四行，大小写和空格不限。每行最后两个字用于核对，输错会指出是哪一行。

Keep it apart from the backup and from the other shares. Any {THRESHOLD} shares and the backup restore every key;
one tells nothing. Tell the operator at once where it is lost or was seen.
"""


def read_share_file(path: Path) -> Share:
    """The share in the file *path*. Raises NotEscrowed, OSError."""
    try:
        return read_share(path.read_text("utf-8", "replace"))
    except BadShare as problem:
        raise NotEscrowed(f"`{path}`：{wrong_line(problem)}") from None


def wrong_line(problem: BadShare) -> str:
    """What is wrong with a share, a sentence."""
    if problem.line:
        return f"第 {problem.line} 行有误，请核对 / line {problem.line} is mistyped"
    return "不是份额，或缺少几行 / it is no share, or lines are missing"


def restored(path: Path, shares: Sequence[Share]) -> dict[str, bytes]:
    """The files in the backup *path*, by their path in the data directory. Raises NotEscrowed, OSError."""
    try:
        return open_backup(path.read_bytes(), shares)
    except BadBackup:
        raise NotEscrowed(
            f"`{path}` 打不开：备份被改动过，或这些不是它的两份份额 / the backup does not open: altered, or these"
            " are not two shares of it"
        ) from None


def restore(files: Mapping[str, bytes], to: Path) -> None:
    """Write *files* into the empty folder *to*. Raises NotEscrowed where it is not empty, OSError."""
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise NotEscrowed(f"`{to}` 不是空目录，不会覆盖任何密钥 / it is not empty, and no key is overwritten")
    for name, data in files.items():
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            raise NotEscrowed("备份中的文件名不对 / a name in the backup is none of ours")
        path = to / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(path, data)


def prove(home: Home, store: KeyStore, backup: Backup, files: Mapping[str, bytes]) -> Proof:
    """Compare what was restored with the keys in use, one by one, and write down that it holds all of them.

    Raises NotEscrowed with the names of those that it does not hold, KeysNotUsable, OSError.
    """
    live = {name: data for name, data in _files_of(home).items() if name.startswith("keys/")}
    missing = [
        name
        for name, data in live.items()
        if not name.startswith((_RINGS, _ROOT)) and not hmac.compare_digest(files.get(name, b""), data)
    ]
    held: list[str] = []
    for system in store.systems():
        again = _fingerprints(_restored_keys(system, files))
        for key_id, fingerprint in _fingerprints(store.data_keys(system, with_revoked=True)).items():
            name = f"{system}/{key_id}"
            (held if hmac.compare_digest(again.get(key_id, b""), fingerprint) else missing).append(name)
    if missing:
        raise NotEscrowed(
            f"备份缺少 {len(missing)} 个密钥，请重新托管 / the backup does not hold these keys, make another:"
            f" {', '.join(missing)}"
        )
    store.note(Act.PROVED, backup=backup.id, keys=held)
    proof = proof_in(store.entries())
    assert proof is not None
    return proof


def _files_of(home: Home) -> dict[str, bytes]:
    """Every file that has to be restored, by its path in the data directory."""
    paths = [
        Path(folder) / name
        for folder, _, names in os.walk(home.keys)
        for name in names
        if not name.startswith(".")  # what a run that was killed has left, and the lock
    ]
    if home.key_journal.exists():
        paths.append(home.key_journal)
    return {path.relative_to(home.root).as_posix(): path.read_bytes() for path in sorted(paths)}


def _restored_keys(system: str, files: Mapping[str, bytes]) -> DataKeys | None:
    names = [name for name in files if name.startswith(_ROOT)]
    held = {PurePosixPath(name).stem: files[name] for name in names}
    roots = {name: SoftRootKey(name, partial(held.__getitem__, name)) for name in held}
    try:
        ring = read_keyring(files[f"{_RINGS}{system}.json"], system, roots)
        return open_keyring(ring, roots, with_revoked=True)
    except (KeyError, BadKeyring):
        return None


def _fingerprints(keys: DataKeys | None) -> dict[str, bytes]:
    return {key.id: key.for_use("fingerprint") for key in keys or ()}
