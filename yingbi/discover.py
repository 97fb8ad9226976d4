"""Drafts the policy of a system: from what the workers noted while it was learnt, or from a recording of a browser."""

from collections.abc import Iterator
from pathlib import Path

from deploy.private_file import write_private
from policies.findings import PolicyError
from policies.keys.data_keys import derive_key
from policies.keys.key_files import read_secret
from policies.learning.discover import Draft, discover
from policies.learning.draft_text import text_of
from policies.learning.inventory import Notes, merged, read_notes, write_notes
from policies.load import load_policy
from policies.policy_kinds import State
from yingbi.har import notes_of_har
from yingbi.home import Home


class NothingSeen(Exception):
    """There is nothing to draft from. The message says what is missing."""


def systems_seen(home: Home) -> dict[str, Notes]:
    """What the workers of the installation noted, by system. Raises OSError and ValueError."""
    key = _key_of(home)
    found: dict[str, list[Notes]] = {}
    for path in sorted(home.inventory.glob("worker-*")):
        if path.suffix != ".new":
            for system, notes in read_notes(path.read_bytes(), key).items():
                found.setdefault(system, []).append(notes)
    return {system: merged(iter(notes)) for system, notes in found.items()}


def renew_inventory(home: Home) -> None:
    """Write every inventory anew, while no worker runs: an older release may have kept words that are not kept now.

    What cannot be read, or was not finished, goes: nobody will ever read it. Raises OSError.
    """
    key = _key_of(home)
    for path in list(home.inventory.glob("worker-*")):
        try:
            if path.suffix == ".new":
                raise ValueError("a worker was killed while it wrote this")
            write_private(path, write_notes(read_notes(path.read_bytes(), key), key))
        except ValueError:
            path.unlink()


def _key_of(home: Home) -> bytes:
    return derive_key(read_secret(home.private_key("fields")), "inventory")


def draft_of(home: Home, folder: Path, name: str | None, recording: Path | None) -> tuple[Draft, str]:
    """The draft of the system *name*, declared in *folder*, and its text; None: of the only one that is learnt.

    Raises NothingSeen, PolicyError, ValueError and OSError.
    """
    loaded = load_policy(folder)
    if loaded.findings.errors:
        raise PolicyError(loaded.findings.sorted())
    learnt = [each for each, system in loaded.policy.systems.items() if system.state is State.LEARNING]
    if name is None and len(learnt) != 1:
        raise NothingSeen(f"请写明哪个系统 / name the system; learning: {', '.join(learnt) or '无 / none'}")
    system = loaded.policy.systems.get(name or learnt[0])
    if system is None:
        raise NothingSeen(f"没有系统 / there is no system `{name}`")
    notes = notes_of_har(recording.read_bytes(), system.hosts) if recording else systems_seen(home).get(system.name)
    if notes is None or not notes.operations:
        raise NothingSeen(f"还没有见过 `{system.name}` 的请求 / nothing was asked of it yet while it was learnt")
    draft = discover(notes, loaded.policy.categories, loaded.policy.packs)
    return draft, text_of(draft, system, frozenset(loaded.policy.categories))


def summary_of(draft: Draft) -> Iterator[str]:
    """What the draft holds, in words."""
    fields = [judged for record in draft.records.values() for judged in record.judged.values()]
    declared = sum(bool(judged.category) for judged in fields)
    yield f"请求 / requests: {draft.seen:,}"
    yield f"记录 / records: {len(draft.records)}，其他操作 / operations: {len(draft.operations)}"
    if draft.pack:
        yield f"应用包 / pack: {draft.pack}"
    yield f"字段 / fields: 已声明 / declared {declared}，待您确认 / left to you {len(fields) - declared}"
