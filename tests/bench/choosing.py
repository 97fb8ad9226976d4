"""How long it takes to choose the plan of an exchange, with many grants on the system."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

from policies.applies import Applying, Asking, applies
from policies.program import OperationRule, Program
from proxy.identity.caller import Caller
from proxy.system import System
from siem.record.event import CallerKind
from tests.bench.figure import Bench, Figure, figure
from tests.policies.compiled import DATA_KEYS, SECRET
from tests.policies.formats.masking import DIGESTER
from tests.policies.granted import program_of

GRANTS = 200
RUNS = 5
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
type Asked = Sequence[tuple[Caller, OperationRule]]
CONDITIONS = (
    "",
    ", operations: ['GET /people']",
    ", networks: [10.0.0.0/8]",
    ", hours: {from: '08:30', to: '17:30'}",
    ", fields: [person.mobile]",
)


def figures(bench: Bench) -> list[Figure]:
    """The plan of an exchange among 200 grants: as a worker chooses it, of callers not seen before, and asking each."""
    bench.progress(f"a program with {GRANTS} grants")
    program = _program()
    asked = [(_caller(number), program.operations[number % len(program.operations)]) for number in range(GRANTS)]
    kept, new, walked = [], [], []
    for number in range(RUNS):
        bench.progress(f"plans, run {number + 1} of {RUNS}")
        system = System(program, "digest", DIGESTER, SECRET, DATA_KEYS)
        _choose(system, asked)  # each view is made once
        kept.append(_each_us(partial(_choose, system, asked)))
        new.append(_each_us(partial(_apply, Applying(program), asked)))
        walked.append(_each_us(partial(_walk, program, asked)))
    ratios = [slow / fast for slow, fast in zip(walked, kept, strict=True)]
    return [
        figure(f"plan choice, {GRANTS} grants", kept, "µs", "20 µs, as promised"),
        figure("plan choice, callers not seen before", new, "µs", "which grants apply; each view is made once"),
        figure("plan choice, times as fast as asking each grant", ratios, "×", "the same conditions, nothing kept"),
    ]


def _program() -> Program:
    """Two grants for each of a hundred posts, on one condition or another."""
    return program_of(
        **{
            f"g{number}": f"who: {{posts: [post-{number // 2}]}}, sees: {{mobile: show}}{CONDITIONS[number % 5]}"
            for number in range(GRANTS)
        }
    )


def _caller(number: int) -> Caller:
    posts = frozenset({f"post-{number // 2}", "staff", f"post-{number * 7 % 100}"})
    purposes = frozenset({"case-handling", "openid"})
    return Caller(id=f"c{number}", kind=CallerKind.STAFF, posts=posts, purposes=purposes, credential="key:x")


def _choose(system: System, asked: Asked) -> None:
    for caller, operation in asked:
        system.view_of(caller, NOW, operation=operation, address="10.1.2.3", strictest=False)


def _apply(applying: Applying, asked: Asked) -> None:
    for caller, operation in asked:
        applying.to(_asking(caller, operation))


def _walk(program: Program, asked: Asked) -> None:
    for caller, operation in asked:
        asking = _asking(caller, operation)
        tuple(grant for grant in program.grants if applies(grant, asking))


def _asking(caller: Caller, operation: OperationRule) -> Asking:
    return Asking(
        caller=caller.id,
        posts=caller.posts,
        purposes=caller.purposes,
        address="10.1.2.3",
        operation=operation.id,
        now=NOW.timestamp(),
    )


def _each_us(choose: Callable[[], None]) -> float:
    """Microseconds for each of the plans that *choose* chooses."""
    begun = time.perf_counter()
    choose()
    return (time.perf_counter() - begun) / GRANTS * 1e6
