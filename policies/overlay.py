"""The overlay: tightenings that are in force at once, on top of every compiled program.

INVARIANT 6: an overlay can only tighten. There is no entry that could show more, so one person or a rule may publish
one. It is small, signed and not compiled; workers check its generation on each request and each window of a stream.
"""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from policies.keys import Signer, Verifier

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


NEEDS_TARGET = frozenset({Tightening.BLOCK_CALLER, Tightening.BLOCK_CREDENTIAL, Tightening.STOP_OPERATION})
NEEDS_SYSTEM = frozenset({Tightening.STOP_OPERATION, Tightening.STOP_SYSTEM, Tightening.MASK_HARDER})


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlayEntry:
    """One tightening."""

    id: str
    """Given by who asks for it, so that asking twice is asking once."""
    kind: Tightening
    system: str = ""
    """Which system it is about; empty means all, where the kind allows it."""
    target: str = ""
    until: datetime
    """Aware. From then on the entry counts for nothing."""
    reason: str
    by: str
    """The person or rule that asked for it."""
    case: str = ""

    def __post_init__(self) -> None:
        if self.kind in NEEDS_TARGET and not self.target:
            raise ValueError(f"`{self.kind}` needs a target")
        if self.kind in NEEDS_SYSTEM and not self.system:
            raise ValueError(f"`{self.kind}` needs a system")
        if self.until.tzinfo is None:
            raise ValueError("`until` needs a time zone")

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """All tightenings. `generation` grows with every publication."""

    generation: int = 0
    entries: tuple[OverlayEntry, ...] = ()

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
        "entries": [{**asdict(entry), "until": entry.until.isoformat()} for entry in overlay.entries],
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
    entries = (
        OverlayEntry(**{**item, "kind": Tightening(item["kind"]), "until": datetime.fromisoformat(item["until"])})
        for item in table["entries"]
    )
    return Overlay(generation=table["generation"], entries=tuple(entries))
