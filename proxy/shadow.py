"""A draft beside the live program: of every exchange it is asked what it would do, and only differences are counted.

INVARIANT: nothing that is shown depends on it. It is signed as a draft, so that no worker can take it for a program;
it is asked once the live program has decided; and whatever it raises is counted and goes no further.
"""

import logging
import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from pathlib import Path

import msgspec

from policies.choose import EVERYBODYS, Choice
from policies.formats.masker import Tally
from policies.keys.data_keys import derive_key
from policies.keys.key_files import Verifier
from policies.overlay import Overlay
from policies.permits import Permit
from policies.program import Program
from policies.rehearsal.changes import Change, Kind, Ready, Side, field_changes
from policies.rehearsal.disagreements import Disagreements, read_disagreements, write_disagreements
from policies.rehearsal.standpoint import Standpoint, choice_of
from policies.transforms.spec import Form
from policies.view import View
from proxy.decide import decide
from proxy.guard import contained
from proxy.identity.caller import BadCredential, Caller
from proxy.identity.ways import Credential
from proxy.ledger import Ledger
from proxy.message import Request
from proxy.published import SHADOW, NotPublished, read_programs
from proxy.system import System
from proxy.verdict import Forward, Refuse

EVERY_S = 1.0
"""So often what is new is written down."""
MOST_COMPARED = 4_096
"""Comparisons that are remembered."""
MOST_STANDPOINTS = 1_000
FIRST_OF_ERRORS = 400

log = logging.getLogger("yingbi.rehearsing.shadow")


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the live program was asked, and by whom."""

    request: Request
    body: bytes
    credential: Credential | None
    overlay: Overlay
    now: datetime
    overlay_now: datetime
    permits: tuple[Permit, ...] = ()


class Shadow:
    """The draft of one worker: in the folder *published*, where there is one; it counts in the file *path*.

    *clock* tells seconds, and when to write.
    """

    def __init__(
        self,
        published: Path | None,
        verifier: Verifier | None,
        secret: bytes,
        path: Path | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._published = published
        self._verifier = verifier
        self._secret = secret
        self._path = path
        self._key = derive_key(secret, "shadow")
        self._stamp: tuple[int, int] | None = None
        self._programs: dict[str, tuple[Program, str]] = {}
        self._systems: dict[str, System] = {}
        self._compared: dict[tuple[object, ...], tuple[View, View, list[Change]]] = {}
        self._standpoints: dict[str, Standpoint] = {}
        self._clock = clock
        self._saved_s = clock()
        self._is_changed = False
        self.found = Disagreements(0)

    def tick(self) -> None:
        """Take what was published since, and write down what is new, now and then."""
        with contained(self._failed):
            self._look()
            if self._is_changed and self._clock() - self._saved_s >= EVERY_S:
                self.save()

    def judge(self, ledger: Ledger, system: System, asked: Asked, live: Forward | Refuse) -> None:
        """Ask the draft what it would do with what *live* was decided about; later, with what is shown to *ledger*."""
        if not self.found.generation:
            return
        with contained(self._failed):
            self._judge(ledger, system, asked, live)

    def save(self) -> None:
        """Write down what was counted."""
        if self._path is None or not self._is_changed:
            return
        self._saved_s = self._clock()
        unfinished = self._path.with_suffix(".new")
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(write_disagreements(self.found, self._key))
        unfinished.replace(self._path)
        self._is_changed = False

    def _look(self) -> None:
        if self._published is None or self._verifier is None:
            return
        try:
            about = (self._published / SHADOW.folder / "current.json").stat()
        except FileNotFoundError:
            return
        stamp = (about.st_mtime_ns, about.st_ino)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            programs, generation = read_programs(self._published, self._verifier, {}, 0, SHADOW)
        except NotPublished:
            log.warning("shadow_refused")
            return
        self._programs = programs
        self._systems.clear()
        self._compared.clear()
        self._standpoints.clear()
        self.found = self._kept(generation) if programs else Disagreements(0)

    def _kept(self, generation: int) -> Disagreements:
        """What was counted of this draft before the worker was started anew."""
        try:
            kept = read_disagreements(self._path.read_bytes(), self._key) if self._path is not None else None
        except (OSError, ValueError):
            kept = None
        return kept if kept is not None and kept.generation == generation else Disagreements(generation)

    def _judge(self, ledger: Ledger, system: System, asked: Asked, live: Forward | Refuse) -> None:
        self.found.exchanges += 1
        self._is_changed = True
        draft = self._draft_of(system)
        would = self._decided(draft, asked) if draft is not None else Refuse(reason="unknown_host")
        name = live.operation.id if live.operation is not None else ledger.operation
        if isinstance(would, Refuse):
            if isinstance(live, Forward):
                refused = Side(would.reason, Form.NONE, would.operation.rule if would.operation is not None else "")
                self.found.add(
                    system.name, Change(Kind.WITHHELD, name, "", "", Side("answer", Form.CLEAR), refused), 1, 0
                )
            return
        if isinstance(live, Refuse):
            answered = Side("answer", Form.CLEAR, would.operation.rule)
            change = Change(Kind.ANSWERED, would.operation.id, "", "", Side(live.reason, Form.NONE), answered)
            self.found.add(system.name, change, 1, 0)
            return
        assert draft is not None
        ledger.watched = _Watch(self, ledger, system, draft, asked.now, live, would)

    def _draft_of(self, live: System) -> System | None:
        """The draft of the system *live*, with the keys of *live*: what those have sealed it has to open as well."""
        drafted = self._programs.get(live.name)
        if drafted is None:
            return None
        draft = self._systems.get(live.name)
        if draft is None or draft.keys is not live.keys:
            draft = self._systems[live.name] = System(
                *drafted, live.digester, self._secret, live.keys, live.issuer_keys
            )
            self._compared.clear()
        return draft

    def _decided(self, draft: System, asked: Asked) -> Forward | Refuse:
        try:
            caller = draft.identity.caller(asked.credential, asked.now.timestamp())
        except BadCredential:
            return Refuse(reason="bad_credential")
        return decide(
            asked.request,
            asked.body,
            draft,
            caller,
            asked.overlay,
            asked.now,
            overlay_now=asked.overlay_now,
            permits=asked.permits,
        )

    def watched(self, watch: "_Watch", tally: Tally) -> None:
        """Count what the draft would do otherwise with the values in *tally*, which have just been written down."""
        with contained(self._failed):
            counted: Counter[str] = Counter()
            for index, number in tally.fields.items():
                counted[watch.live.view.decisions[index].name] += number
            for change in self._changes(watch):
                if not change.counted_as or change.counted_as in counted:
                    is_first = change not in watch.counted
                    watch.counted.add(change)
                    self.found.add(watch.system.name, change, int(is_first), counted[change.counted_as])

    def _changes(self, watch: "_Watch") -> list[Change]:
        live, would = watch.live, watch.would
        is_error, read_as = watch.ledger.status >= FIRST_OF_ERRORS, watch.ledger.format
        choices = [_choice_of(forward.view, watch.ledger.caller) for forward in (live, would)]
        views = (id(live.view), live.operation.id, id(would.view), would.operation.id)
        key = (*views, read_as, is_error, *map(_told_by, choices))
        known = self._compared.get(key)
        if known is None:
            if len(self._compared) >= MOST_COMPARED:
                self._compared.clear()
            old = self._ready(watch.system, watch.now, live, choices[0], is_error=is_error)
            new = self._ready(watch.draft, watch.now, would, choices[1], is_error=is_error)
            found = list(dict.fromkeys(field_changes(old, new, would.operation.id, read_as)))
            # The views are held, so that no other can have the id of one of them.
            known = self._compared[key] = (live.view, would.view, found)
        return known[2]

    def _ready(self, system: System, now: datetime, forward: Forward, choice: Choice, *, is_error: bool) -> Ready:
        side = self._standpoints.get(system.digest)
        if side is None:
            if len(self._standpoints) >= MOST_STANDPOINTS:
                self._standpoints.clear()
            side = self._standpoints[system.digest] = Standpoint(system.program, now)
        operation = forward.operation
        return Ready(side, operation, forward.view, side.shapes_of(operation, is_error=is_error), choice)

    def _failed(self, kind: str) -> None:
        self.found.failures += 1
        self._is_changed = True
        log.warning("shadow_failed kind=%s", kind)


def _choice_of(view: View, caller: Caller) -> Choice:
    return choice_of(
        view, is_citizen=bool(caller.own), is_acting=bool(caller.on_behalf_of), attributes=caller.attributes
    )


def _told_by(choice: Choice) -> tuple[object, ...]:
    """What tells *choice* from others."""
    if choice is EVERYBODYS:
        return ()
    return tuple(sorted(choice.tables.items())), tuple(sorted(choice.rows.items(), key=itemgetter(0))), choice.at_most


@dataclass(slots=True)
class _Watch:
    """Sees what is shown in one exchange, window by window."""

    shadow: Shadow
    ledger: Ledger
    system: System
    draft: System
    now: datetime
    live: Forward
    would: Forward
    counted: set[Change] = field(default_factory=set)

    def __call__(self, tally: Tally) -> None:
        """Note *tally*. Never raises."""
        self.shadow.watched(self, tally)
