"""What is wrong with the keys of an installation, as findings of `yingbi check`."""

import os
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from policies.findings import Finding, Position, Severity
from policies.keys.epochs import BadEpochs, epochs_path, read_epochs
from yingbi.home import Home
from yingbi.keys.escrow import unproved
from yingbi.keys.handling import KeysNotUsable, KeyStore
from yingbi.keys.status import facts_of

GRACE = timedelta(days=30)
"""So long a key may be in use before it has to be in a backup that was proved."""


def check_keys(home: Home, systems: Iterable[str], now: datetime, root_days: int) -> list[Finding]:
    """All that is wrong with the keys of *systems*; nothing where there were never any keys.

    A root key may be *root_days* old.
    """
    if not home.key_journal.exists() and not home.keyrings.exists():
        return []
    store = KeyStore(home, lambda: now)
    found = list(_open_to_others(home))
    try:
        return [
            *found,
            *_of_systems(home, store, set(systems), now),
            *_of_root(home, store, now, root_days),
            *_of_digests(home),
        ]
    except KeysNotUsable as problem:
        return [*found, _finding(home, home.key_journal, "key-journal-broken", str(problem).rpartition(" / ")[2])]


def _open_to_others(home: Home) -> Iterator[Finding]:
    for folder, _, names in os.walk(home.keys):
        for path in (Path(folder), *(Path(folder) / name for name in sorted(names))):
            # What a public half tells is for everybody; the lock holds nothing.
            if path.suffix != ".pub" and path.name != ".lock" and path.stat().st_mode & 0o077:
                mode = "0700" if path.is_dir() else "0600"
                yield _finding(home, path, "keys-open-to-others", f"others can use it: its mode must be {mode}")


def _of_systems(home: Home, store: KeyStore, systems: set[str], now: datetime) -> Iterator[Finding]:
    for system in sorted(systems.intersection(store.systems())):
        wrong = store.ring(system).wrong
        path = home.keyrings / f"{system}.json"
        if wrong:
            message = f"the keyring of `{system}` cannot be used, and the system is not served: {wrong.split(' / ')[1]}"
            yield _finding(home, path, "no-keyring", message, about=f"`{system}`")
    for system in sorted(systems.intersection(unproved(store))):
        ring = store.ring(system).ring
        if ring is not None and now - ring.current.made_at > GRACE:
            message = f"no escrowed backup was proved to hold key `{ring.current.id}` of `{system}`"
            path = home.keyrings / f"{system}.json"
            yield _finding(home, path, "escrow-unproved", message, about=f"`{system}`", severity=Severity.WARNING)


def _of_root(home: Home, store: KeyStore, now: datetime, root_days: int) -> Iterator[Finding]:
    root = facts_of(home, store)["root"]
    if root is None:
        yield _finding(home, home.keys, "no-root-key", "the root key is lost: restore it from the escrowed backup")
    elif root["made_at"] and now - datetime.fromisoformat(root["made_at"]) > timedelta(days=root_days):
        message = f"the root key is older than {root_days} days: `yingbi keys rotate --root`"
        path = home.keys / f"{root['id']}.key"
        yield _finding(home, path, "root-key-old", message, severity=Severity.WARNING)


def _of_digests(home: Home) -> Iterator[Finding]:
    try:
        current = read_epochs(home.keys)[-1].name
    except BadEpochs:
        path = epochs_path(home.keys)
        yield _finding(home, path, "no-epochs", "the list of epochs of the digest key is lost or torn: restore it")
        return
    canaries = home.canaries.read_text("utf-8", "replace").splitlines() if home.canaries.exists() else []
    epochs = {line.partition(":")[0].strip() for line in canaries if ":" in line.partition("#")[0]}
    if epochs and current not in epochs:
        message = f"no canary is listed under the key of epoch {current}: list them anew"
        yield _finding(home, home.canaries, "old-canaries", message, severity=Severity.WARNING)


def _finding(
    home: Home, path: Path, code: str, message: str, *, about: str = "", severity: Severity = Severity.ERROR
) -> Finding:
    return Finding(Position(path.relative_to(home.root).as_posix(), 1, 1), code, message, severity, about)
