"""The policy that was released: its files with who drafted and approved them, signed, as one file.

The control process writes it once two people have agreed; the supervisor compiles nothing else. So neither an edit of
the folder of policies nor one of the state database comes into force.
"""

from pathlib import Path

import msgspec

from policies.durable import replace_file
from policies.keys.key_files import BadSignature, Signer, Verifier
from policies.snapshot import Snapshot, UnfitFiles, snapshot_of

_LABEL = "yingbi release 1"


class NotReleased(Exception):
    """What is here is no policy that was released. The message says why."""


class Release(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A version of the policy that is to be in force."""

    version: int
    digest: str
    """Of the snapshot: what was approved."""
    drafted_by: tuple[str, ...] = ()
    """Persons; nobody where the policy was taken over as it stood when two people were first asked for."""
    approved_by: str = ""
    entry: int = 0
    """The entry of the journal of policies that put it in force."""
    chain: str = ""
    """The chain at that entry."""
    files: dict[str, str]


class _File(msgspec.Struct, frozen=True):
    signature: str
    release: msgspec.Raw


def write_release(path: Path, release: Release, signer: Signer) -> None:
    """Put *release* in the place of the one before, in one step. Raises OSError, as on a full disk."""
    body = msgspec.json.encode(release, order="deterministic")
    file = msgspec.json.encode(_File(signer.sign(_LABEL, body), msgspec.Raw(body)))
    replace_file(path, file)


def read_release(path: Path, verifier: Verifier) -> tuple[Release, Snapshot]:
    """The release in *path* and its files, which are those that were approved. Raises NotReleased and OSError."""
    try:
        file = msgspec.json.decode(path.read_bytes(), type=_File, strict=True)
        body = bytes(file.release)
        verifier.check(_LABEL, body, file.signature)
        release = msgspec.json.decode(body, type=Release, strict=True)
        snapshot = snapshot_of(release.files)
    except (msgspec.DecodeError, UnicodeDecodeError, UnfitFiles):
        raise NotReleased("it cannot be read") from None
    except BadSignature:
        raise NotReleased("its signature does not fit") from None
    if snapshot.digest != release.digest:
        raise NotReleased("its files are not those that were approved")
    if release.drafted_by and release.approved_by in ("", *release.drafted_by):
        raise NotReleased("nobody but who drafted it has approved it")
    return release, snapshot
