"""What is published for workers, as files: programs, a signed list of the current ones, the overlay, and what follows.

    programs/<digest>.json   one compiled system each; never changed once written
    programs/current.json    which digests are current
    shadow/…                 the same of a draft that runs beside them, signed as a draft
    overlay.json             the tightenings in force
    issuers.json             the keys that were fetched from issuers of tokens; signed with a key of its own
    permits.json             what some callers are shown in clear for a while; signed with a key of its own
    affected.json            the incidents that the public was told of; signed with the key of permits
    affected/<name>.digests  whom each of them affects, by digest; the table holds what they are checked by

INVARIANT: a worker takes only what is signed, and never an older publication in place of a newer one.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from policies.affected import AffectedTable, read_affected, write_affected
from policies.durable import replace_file
from policies.keys.issuer_keys import IssuerTable, read_issuers, write_issuers
from policies.keys.key_files import BadSignature, Signer, Verifier
from policies.overlay import Overlay, read_overlay, write_overlay
from policies.permits import PermitTable, read_permits, write_permits
from policies.program import DRAFT, LIVE, BadProgram, Program, read_program, write_program


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where a set of programs lies, and what it is signed as."""

    folder: str
    current: str
    program: str


IN_FORCE = Shelf("programs", "yingbi current programs 1", LIVE)
SHADOW = Shelf("shadow", "yingbi current drafts 1", DRAFT)
AFFECTED_TABLE = "affected.json"
_UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, BadSignature)


class NotPublished(Exception):
    """There is nothing to take, or not what was signed. What was taken before stays in force."""


def publish_programs(
    folder: Path, programs: Mapping[str, Program], generation: int, signer: Signer, shelf: Shelf = IN_FORCE
) -> None:
    """Make *programs*, by system, the current ones of *shelf*."""
    (folder / shelf.folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    digests = {}
    for system, program in programs.items():
        data = write_program(program, signer, shelf.program)
        digest = json.loads(data)["digest"]
        path = folder / shelf.folder / f"{digest}.json"
        if not path.exists() or path.read_bytes() != data:  # the disk may have damaged what was there
            replace_file(path, data)
        digests[system] = digest
    body = json.dumps({"generation": generation, "systems": digests}, sort_keys=True)
    current = json.dumps({"current": body, "signature": signer.sign(shelf.current, body.encode())})
    replace_file(folder / shelf.folder / "current.json", current.encode())


def read_programs(
    folder: Path, verifier: Verifier, known: Mapping[str, tuple[Program, str]], newer_than: int, shelf: Shelf = IN_FORCE
) -> tuple[dict[str, tuple[Program, str]], int]:
    """The current programs of *shelf* with their digests, by system, and their generation.

    Those whose digest is that of *known* are taken from there. Raises NotPublished for anything but a complete, signed
    publication of a generation above *newer_than*.
    """
    digests, generation = read_current(folder, verifier, shelf)
    if generation <= newer_than:
        raise NotPublished("the programs are older than those in force")
    programs: dict[str, tuple[Program, str]] = {}
    try:
        for system, digest in digests.items():
            if system in known and known[system][1] == digest:
                programs[system] = known[system]
                continue
            program, found = read_program(
                (folder / shelf.folder / f"{digest}.json").read_bytes(), verifier, shelf.program
            )
            if found != digest or program.system != system:
                raise NotPublished(f"the program of `{system}` is not the one that was published")
            programs[system] = (program, digest)
    except (*_UNREADABLE, BadProgram) as error:
        raise NotPublished("there are no programs that were published") from error
    return programs, generation


def read_current(folder: Path, verifier: Verifier, shelf: Shelf = IN_FORCE) -> tuple[dict[str, str], int]:
    """The digests of the current programs of *shelf*, by system, and their generation. Raises NotPublished."""
    try:
        outer = json.loads((folder / shelf.folder / "current.json").read_bytes())
        verifier.check(shelf.current, outer["current"].encode(), outer["signature"])
        current = json.loads(outer["current"])
        return dict(current["systems"]), int(current["generation"])
    except _UNREADABLE as error:
        raise NotPublished("there are no programs that were published") from error


def publish_overlay(folder: Path, overlay: Overlay, signer: Signer) -> None:
    """Make *overlay* the one in force."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    replace_file(folder / "overlay.json", write_overlay(overlay, signer))


def read_published_overlay(folder: Path, verifier: Verifier) -> Overlay:
    """The overlay in force; an empty one where none was ever published. Raises NotPublished for one not signed."""
    try:
        return read_overlay((folder / "overlay.json").read_bytes(), verifier)
    except FileNotFoundError:
        return Overlay()
    except _UNREADABLE as error:
        raise NotPublished("the overlay is not one that was published") from error


def publish_permits(folder: Path, table: PermitTable, signer: Signer) -> None:
    """Make *table* the one in force. *signer* has a key of its own: who may only tighten signs no permit."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    replace_file(folder / "permits.json", write_permits(table, signer))


def read_published_permits(folder: Path, verifier: Verifier) -> PermitTable:
    """The permits in force; none where none was ever published. Raises NotPublished for a table that cannot be."""
    try:
        return read_permits((folder / "permits.json").read_bytes(), verifier)
    except FileNotFoundError:
        return PermitTable()
    except _UNREADABLE as error:
        raise NotPublished("the permits are not those that were published") from error


def publish_issuers(folder: Path, table: IssuerTable, signer: Signer) -> None:
    """Make *table* the one in force. *signer* has a key of its own: who fetches from others signs nothing else."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    replace_file(folder / "issuers.json", write_issuers(table, signer))


def read_published_issuers(folder: Path, verifier: Verifier) -> IssuerTable:
    """The keys in force; none where none were ever published. Raises NotPublished for a table that cannot be."""
    try:
        return read_issuers((folder / "issuers.json").read_bytes(), verifier)
    except FileNotFoundError:
        return IssuerTable()
    except _UNREADABLE as error:
        raise NotPublished("the keys of issuers are not those that were published") from error


def digests_folder(folder: Path) -> Path:
    """Where the digests lie of whom incidents affect."""
    return folder / "affected"


def publish_affected(folder: Path, table: AffectedTable, signer: Signer) -> None:
    """Make *table* the one in force. The files that it names lie there before. Raises OSError, and ValueError where it
    is too large.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    replace_file(folder / AFFECTED_TABLE, write_affected(table, signer))


def read_published_affected(folder: Path, verifier: Verifier) -> AffectedTable:
    """The incidents that the public was told of. Raises NotPublished, also where nothing was ever published: that there
    are none is something to be told as well.
    """
    try:
        return read_affected((folder / AFFECTED_TABLE).read_bytes(), verifier)
    except _UNREADABLE as error:
        raise NotPublished("the incidents are not those that were published") from error
