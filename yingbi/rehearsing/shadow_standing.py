"""The draft that runs beside the live programs, as it stands. Who asks for no more loads nothing that compiles one."""

from dataclasses import dataclass

from policies.keys.data_keys import derive_key
from policies.keys.key_files import Verifier, read_secret
from policies.rehearsal.disagreements import Disagreements, read_disagreements, together
from proxy.published import SHADOW, NotPublished, read_current
from yingbi.home import Home


@dataclass(frozen=True, slots=True)
class ShadowState:
    """The draft that runs, and what it would have done otherwise so far."""

    systems: tuple[str, ...]
    """None where no draft runs."""
    found: Disagreements


def shadow_state(home: Home) -> ShadowState:
    """The draft that runs. Raises OSError where its counts cannot be read; counts that were altered are left out."""
    try:
        digests, generation = read_current(home.published, verifier_of(home), SHADOW)
    except NotPublished:
        return ShadowState((), Disagreements(0))
    key = derive_key(read_secret(home.private_key("fields")), "shadow")
    counted = []
    for path in sorted(home.disagreements.glob("worker-*")) if digests else ():
        if path.suffix != ".new":
            try:
                counted.append(read_disagreements(path.read_bytes(), key))
            except ValueError:
                continue
    return ShadowState(tuple(sorted(digests)), together(generation, counted))


def shadow_of(home: Home) -> dict[str, int]:
    """The draft that runs, in numbers; nothing where none does, or where nobody can say."""
    try:
        state = shadow_state(home)
    except OSError:
        return {}
    if not state.systems:
        return {}
    found = state.found
    return {
        "generation": found.generation,
        "exchanges": found.exchanges,
        "failures": found.failures,
        "disagreements": len(found.counts),
    }


def verifier_of(home: Home) -> Verifier:
    """Checks what was published. Raises OSError."""
    return Verifier(home.public_key("program").read_bytes())
