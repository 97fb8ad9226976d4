"""The keys of an installation: made once, rotated, revoked, wrapped anew. Works beside a gateway that runs.

Each step leaves files that can be served by, so that a process that is killed, or a disk that is full, between two of
them harms nothing, and the same command goes on where it ended. Workers find a change by looking at the files.
"""

import contextlib
import fcntl
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.private_file import write_private
from policies.durable import flush_folder
from policies.keys.data_keys import DataKeys
from policies.keys.epochs import BadEpochs, Epoch, digest_key_path, epochs_path, read_epochs, write_epochs
from policies.keys.key_files import make_secret
from policies.keys.keyring import (
    BadKeyring,
    Keyring,
    new_keyring,
    open_keyring,
    read_keyring,
    revoked,
    rotated,
    wrapped_anew,
    write_keyring,
)
from policies.keys.root_key import KeyUnavailable, RootKey, root_numbers, root_path, roots_in
from proxy.identity.header_keys import rotate_identity_key
from proxy.keys_in_force import ring_path
from yingbi.clock import Clock
from yingbi.home import Home
from yingbi.keys.journal import Act, BrokenJournal, Entry, append, read_journal

_WRONG = {
    "torn": "文件不完整或不是密钥环 / it is torn, or no keyring",
    "altered": "文件被改动过，或根密钥不是包裹它的那一把 / it was altered, or another root key wrapped it",
    "wrong_system": "它属于另一个系统 / it is another system's",
    "root_missing": "包裹它的根密钥不在 / the root key that wrapped it is not here",
    "root_unavailable": "根密钥读不出来，或别人也能读（应为 0600） / it cannot be read, or others can",
    "missing": "文件不在 / it is not there",
    "unreadable": "文件读不出来 / it cannot be read",
}


class KeysNotUsable(Exception):
    """What was asked for cannot be done with the keys as they are. The message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Ring:
    """How the keyring of a system stands."""

    system: str
    ring: Keyring | None
    wrong: str = ""
    """Why there is none that can be used, a sentence; empty where there is one."""


class KeyStore:
    """The keys of the installation in *home*."""

    def __init__(self, home: Home, now: Clock) -> None:
        self._home = home
        self.now = now

    def entries(self) -> list[Entry]:
        """What became of the keys so far. Raises KeysNotUsable."""
        try:
            return read_journal(self._home.key_journal)
        except BrokenJournal as problem:
            raise KeysNotUsable(
                f"密钥记录 {problem} 被改动过，请从备份恢复 / the journal of the keys was altered: restore it"
            ) from None

    def make_root(self) -> None:
        """The first root key, where there never was any. Raises KeysNotUsable where there was one and it is lost."""
        with self._alone():
            numbers = root_numbers(self._home.keys)
            if not numbers and self._had_root():
                raise KeysNotUsable(
                    f"`{self._home.keys}` 中的根密钥丢失，请从托管备份恢复（`yingbi keys restore`）；没有备份时，"
                    "用它包裹的密钥加密的值不能再打开 / the root key is lost: restore it from the escrowed backup;"
                    " without one, what was encrypted with the keys that it wrapped opens no more"
                )
            if not numbers:
                make_secret(root_path(self._home.keys, 1))
                flush_folder(self._home.keys)
            self._note_roots()

    def make_missing(self, systems: Iterable[str]) -> None:
        """A keyring for each of *systems* that never had one. One that had keeps what it has, be it nothing.

        Where the root key or the journal cannot be used none is made, and such a system is not served.
        """
        missing = [system for system in systems if not self._path(system).exists()]
        with contextlib.suppress(KeysNotUsable), self._alone():
            self._note_rings()
            had_one = set(self.systems())
            for system in missing:
                if system not in had_one:
                    with _asked(system):
                        root = self._newest_root()
                        ring = new_keyring(system, root, self.now())
                        self._write(ring, root)
                    self._note(Act.MADE, system=system, keys=[ring.current.id])

    def systems(self) -> list[str]:
        """Every system that has a keyring, or had one. Raises KeysNotUsable."""
        made = {entry.system for entry in self.entries() if entry.act is Act.MADE}
        return sorted(made | {path.stem for path in self._home.keyrings.glob("*.json")})

    def ring(self, system: str) -> Ring:
        """How the keyring of *system* stands."""
        try:
            data = self._path(system).read_bytes()
            return Ring(system, read_keyring(data, system, roots_in(self._home.keys)))
        except FileNotFoundError:
            return Ring(system, None, _WRONG["missing"])
        except OSError:
            return Ring(system, None, _WRONG["unreadable"])
        except BadKeyring as problem:
            return Ring(system, None, _WRONG[problem.code])

    def data_keys(self, system: str, *, with_revoked: bool = False) -> DataKeys:
        """The data keys of *system*. Raises KeysNotUsable."""
        with _asked(system):
            return open_keyring(self._usable(system), roots_in(self._home.keys), with_revoked=with_revoked)

    def rotate(self, systems: Iterable[str]) -> list[tuple[str, str]]:
        """A new current key for each of *systems*. Returns system and id of the new key. Raises KeysNotUsable."""
        made = []
        with self._alone():
            for ring in [self._usable(system) for system in systems]:
                with _asked(ring.system):
                    root = roots_in(self._home.keys)[ring.root]
                    after = rotated(ring, root, self.now())
                    self._write(after, root)
                self._note(Act.ROTATED, system=ring.system, keys=[after.current.id])
                made.append((ring.system, after.current.id))
        return made

    def revoke(self, system: str, key_id: str, reason: str) -> str:
        """Let the key open nothing any more. Returns the id of the key that is current now. Raises KeysNotUsable."""
        with self._alone():
            ring = self._usable(system)
            with _asked(system):
                root = roots_in(self._home.keys)[ring.root]
                try:
                    after = revoked(ring, key_id, reason, root, self.now())
                except KeyError:
                    raise KeysNotUsable(
                        f"`{system}` 没有密钥 `{key_id}`，`yingbi keys status` 列出全部 / it has no such key"
                    ) from None
                # Written down before: what is done is known, and a revocation that was only written down is done again.
                self._note(Act.REVOKED, system=system, keys=[key_id], reason=reason)
                self._write(after, root)
            return after.current.id

    def rotate_root(self) -> str:
        """Wrap every keyring with a new root key, and let the one before it go. Returns the id of the new one.

        Where two root keys are there already, an earlier run has not come to its end, and this one finishes it. Raises
        KeysNotUsable before anything is changed where a ring cannot be read: its root key must not be let go.
        """
        with self._alone():
            for system in self.systems():
                self._usable(system)
            numbers = root_numbers(self._home.keys)
            if len(numbers) < 2:
                numbers.append(numbers[-1] + 1 if numbers else 1)
                make_secret(root_path(self._home.keys, numbers[-1]))
                flush_folder(self._home.keys)
            self._note_roots()
            root = self._newest_root()
            for system in self.systems():
                ring = self._usable(system)
                if ring.root != root.id:
                    with _asked(system):
                        self._write(wrapped_anew(ring, roots_in(self._home.keys), root), root)
            for number in numbers[:-1]:
                root_path(self._home.keys, number).unlink()
                flush_folder(self._home.keys)
                self._note(Act.ROOT_RETIRED, keys=[f"root-{number}"])
            return root.id

    def rotate_identity(self) -> str:
        """Let systems behind be told by a new key who asks. Returns what it is called. Raises KeysNotUsable."""
        with self._alone():
            self.entries()
            name = rotate_identity_key(self._home.keys)
            flush_folder(self._home.keys)
            self._note(Act.IDENTITY_ROTATED, keys=[name])
            return name

    def begin_epoch(self, reason: str) -> str:
        """Let digests be made with a new key from now on. Returns the name of the epoch. Raises KeysNotUsable.

        For 31 days the digest under the key before is written beside the new one.
        """
        folder = self._home.keys
        with self._alone():
            try:
                epochs = read_epochs(folder)
            except BadEpochs as problem:
                raise KeysNotUsable(
                    f"`keys/{problem}` 读不懂，请从备份恢复 / cannot be read: restore it from a backup"
                ) from None
            name = str(len(epochs) + 1)
            make_secret(digest_key_path(folder, name))
            self._note(Act.DIGESTS_BEGUN, keys=[name], reason=reason)
            write_private(epochs_path(folder), write_epochs([*epochs, Epoch(name, self.now(), reason)]))
            flush_folder(folder)
            return name

    def note(self, act: Act, **about: object) -> None:
        """Write down that something was done that changes no key."""
        with self._alone():
            self._note(act, **about)

    def _path(self, system: str) -> Path:
        return ring_path(self._home.keys, system)

    def _usable(self, system: str) -> Keyring:
        found = self.ring(system)
        if found.ring is None:
            raise _unusable(system, found.wrong)
        return found.ring

    def _newest_root(self) -> RootKey:
        roots = list(roots_in(self._home.keys).values())
        if not roots:
            raise KeysNotUsable(_WRONG["root_missing"])
        return roots[-1]

    def _had_root(self) -> bool:
        return any(entry.act is Act.ROOT_MADE for entry in self.entries()) or any(self._home.keyrings.glob("*.json"))

    def _write(self, ring: Keyring, root: RootKey) -> None:
        path = self._path(ring.system)
        path.parent.mkdir(exist_ok=True, mode=0o700)
        write_private(path, write_keyring(ring, root))
        flush_folder(path.parent)

    def _note(self, act: Act, **about: object) -> None:
        append(self._home.key_journal, act, self.now(), **about)

    def _note_roots(self) -> None:
        """Write down the root keys that an earlier run has made and was killed before it wrote them down."""
        noted = {key for entry in self.entries() if entry.act is Act.ROOT_MADE for key in entry.keys}
        for root in roots_in(self._home.keys):
            if root not in noted:
                self._note(Act.ROOT_MADE, keys=[root])

    def _note_rings(self) -> None:
        noted = {entry.system for entry in self.entries() if entry.act is Act.MADE}
        for path in sorted(self._home.keyrings.glob("*.json")):
            if path.stem not in noted:
                self._note(Act.MADE, system=path.stem)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Be the only one who changes keys."""
        self._home.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self._home.keys / ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for left in self._home.keys.glob(".root-*"):  # by a run that was killed: it may be a key that was let go
                left.unlink()
            yield


@contextlib.contextmanager
def _asked(system: str) -> Iterator[None]:
    """Let what a ring or a root key says of itself be a sentence for people."""
    try:
        yield
    except BadKeyring as problem:
        raise _unusable(system, _WRONG[problem.code]) from None
    except KeyUnavailable:
        raise _unusable(system, _WRONG["root_unavailable"]) from None


def _unusable(system: str, wrong: str) -> KeysNotUsable:
    return KeysNotUsable(
        f"系统 `{system}` 的密钥环不能用：{wrong}；请从备份恢复 `keys/`（`yingbi keys restore`）/ "
        "the keyring of the system cannot be used: restore it from a backup"
    )
