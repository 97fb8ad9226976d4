"""The overlay: tightenings that are in force at once, on top of every compiled program.

INVARIANT 6: an overlay can only tighten. There is no entry that could show more, so one person or a rule may publish
one. It is small, signed and not compiled; workers check its generation on each request and each window of a stream.
"""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from policies.keys.key_files import Signer, Verifier

_LABEL = "yingbi overlay 1"


class Tightening(StrEnum):
    """What an entry does while it lasts."""

    BLOCK_CALLER = "block_caller"
    """Every request of the caller `target` is refused, its open streams are cut."""
    BLOCK_CREDENTIAL = "block_credential"
    """The same for one credential (`key:<id>`)."""
    STOP_OPERATION = "stop_operation"
    """The operation `target` of `system` is refused to everybody."""
    STOP_SYSTEM = "stop_system"
    """Every operation of `system` is refused to everybody."""
    MASK_HARDER = "mask_harder"
    """Every caller gets of `system` what is no wider than its declarations and any of its grants."""
    QUARANTINE_EXPORTS = "quarantine_exports"
    """No export of `system` is given to the caller or the credential `target`, or none of the operation `target`; none
    at all without a target. `system` may be left out where there is one.
    """
    REVOKE_SESSIONS = "revoke_sessions"
    """Sessions and tokens that were begun before `since` count no more: those of the caller `target`, or the one of
    the credential `target`. Who signs in anew is let in.
    """
    RAISE_LOGGING = "raise_logging"
    """More is recorded of each request of the caller or the credential `target`, or to the operation `target`; to
    `system`, without one. `system` may be left out where there is a target. Nobody gets less by it.
    """
    PLANT_CANARIES = "plant_canaries"
    """Invented people are to be put into `system`: while it lasts a list of them is handed out. Nobody gets less."""
    PRESERVE_EVIDENCE = "preserve_evidence"
    """What was logged from `since` to `until` is not deleted until the entry is taken back: it ends by no time."""


NEEDS_TARGET = frozenset(
    {Tightening.BLOCK_CALLER, Tightening.BLOCK_CREDENTIAL, Tightening.STOP_OPERATION, Tightening.REVOKE_SESSIONS}
)
NEEDS_SYSTEM = frozenset(
    {Tightening.STOP_OPERATION, Tightening.STOP_SYSTEM, Tightening.MASK_HARDER, Tightening.PLANT_CANARIES}
)
NEEDS_EITHER = frozenset({Tightening.QUARANTINE_EXPORTS, Tightening.RAISE_LOGGING})
"""Those that need a system, a target, or both."""
NEEDS_SINCE = frozenset({Tightening.PRESERVE_EVIDENCE, Tightening.REVOKE_SESSIONS})


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlayEntry:
    """One tightening."""

    id: str
    """Given by who asks for it, so that asking twice is asking once."""
    kind: Tightening
    system: str = ""
    """Which system it is about; empty means all, where the kind allows it."""
    target: str = ""
    since: datetime | None = None
    """Aware. From when on the kind looks at what there was, where it does."""
    until: datetime
    """Aware. From then on the entry counts for nothing, but for what is preserved."""
    reason: str
    by: str
    """The person or rule that asked for it."""
    case: str = ""

    def __post_init__(self) -> None:
        if self.kind in NEEDS_TARGET and not self.target:
            raise ValueError(f"`{self.kind}` needs a target")
        if self.kind in NEEDS_SYSTEM and not self.system:
            raise ValueError(f"`{self.kind}` needs a system")
        if self.kind in NEEDS_EITHER and not (self.system or self.target):
            raise ValueError(f"`{self.kind}` needs a system or a target")
        if self.kind in NEEDS_SINCE and self.since is None:
            raise ValueError(f"`{self.kind}` needs a time from when on")
        if self.until.tzinfo is None or (self.since is not None and self.since.tzinfo is None):
            raise ValueError("`since` and `until` need a time zone")

    def is_over(self, now: datetime) -> bool:
        """Whether it counts for nothing any more at *now*: what is preserved is, until two people take it back."""
        return self.kind is not Tightening.PRESERVE_EVIDENCE and self.until <= now

    def concerns(
        self, *, system: str, operation: str, caller: str, credential: str, earlier: Collection[str] = ()
    ) -> bool:
        """Whether this entry is about an exchange, whatever the time. *earlier*: what the caller was called before."""
        if self.system and self.system != system:
            return False
        match self.kind:
            case Tightening.BLOCK_CALLER:
                return self.target == caller or self.target in earlier
            case Tightening.BLOCK_CREDENTIAL:
                return self.target == credential
            case Tightening.STOP_OPERATION:
                return self.target == operation
            case Tightening.STOP_SYSTEM | Tightening.MASK_HARDER:
                return True
            case Tightening.QUARANTINE_EXPORTS | Tightening.RAISE_LOGGING:
                return not self.target or self.target in (operation, caller, credential, *earlier)
            case Tightening.REVOKE_SESSIONS:
                return self.target in (caller, credential, *earlier)
            case Tightening.PLANT_CANARIES | Tightening.PRESERVE_EVIDENCE:
                return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """All tightenings. `generation` grows with every publication."""

    generation: int = 0
    entries: tuple[OverlayEntry, ...] = ()

    @property
    def preserved(self) -> tuple[tuple[datetime, datetime], ...]:
        """From when to when nothing that was logged may be deleted."""
        kept = (entry for entry in self.entries if entry.kind is Tightening.PRESERVE_EVIDENCE)
        return tuple((entry.since, entry.until) for entry in kept if entry.since is not None)

    def in_force(
        self,
        *,
        system: str,
        operation: str,
        caller: str,
        credential: str,
        now: datetime,
        earlier: Collection[str] = (),
    ) -> tuple[OverlayEntry, ...]:
        """The entries about this exchange that have not ended at *now*."""
        if not self.entries:
            return ()
        return tuple(
            entry
            for entry in self.entries
            if now < entry.until
            and entry.concerns(
                system=system, operation=operation, caller=caller, credential=credential, earlier=earlier
            )
        )


def write_overlay(overlay: Overlay, signer: Signer) -> bytes:
    """The signed bytes of *overlay*."""
    table = {
        "generation": overlay.generation,
        "entries": [_written(entry) for entry in overlay.entries],
    }
    body = json.dumps(table, ensure_ascii=False, sort_keys=True)
    return json.dumps({"overlay": body, "signature": signer.sign(_LABEL, body.encode())}).encode()


def read_overlay(data: bytes, verifier: Verifier) -> Overlay:
    """The overlay in *data*. Raises BadSignature, or ValueError where it is not the bytes of one."""
    try:
        outer = json.loads(data)
        body, signature = outer["overlay"], outer["signature"]
    except (ValueError, KeyError, TypeError):
        raise ValueError("not the bytes of an overlay") from None
    verifier.check(_LABEL, body.encode(), signature)
    table = json.loads(body)
    return Overlay(generation=table["generation"], entries=tuple(map(_read, table["entries"])))


def _written(entry: OverlayEntry) -> dict[str, object]:
    since = entry.since.isoformat() if entry.since is not None else None
    return {**asdict(entry), "since": since, "until": entry.until.isoformat()}


def _read(item: dict[str, str]) -> OverlayEntry:
    since = item.get("since")  # entries of earlier versions have none
    times = {
        "since": datetime.fromisoformat(since) if since else None,
        "until": datetime.fromisoformat(item["until"]),
    }
    return OverlayEntry(**{**item, "kind": Tightening(item["kind"]), **times})  # type: ignore[arg-type]
