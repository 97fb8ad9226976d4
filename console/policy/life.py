"""The life of policies: what the console, the command line and the composition root talk to.

Whoever acts is named by the human they are; what they may do by role is the console's business. Every act raises
NotPermitted where a rule forbids it, and is on the disk when it returns. All of it may be called from any thread.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from console.policy import acts as policy_acts
from console.policy.journal import JOURNAL, Adopted, BrokenPolicyJournal, Drafted, Entry, Fact, Governed
from console.policy.state import PolicyHistory, history_of
from console.policy.store import AlteredFiles, PolicyStore
from console.sealed_journal import Row
from incident.ids import ENGINE, Actor, NotPermitted, PersonId, person
from policies.findings import Finding
from policies.keys.key_files import Signer, Verifier
from policies.load import Loaded, load_policy
from policies.snapshot import Snapshot, UnfitFiles, laid_out

type Clock = Callable[[], datetime]
type Anchor = Callable[[], tuple[int, str] | None]
"""An entry with its chain that is known from elsewhere to have been written, or None."""

_KEPT = 16
"""Judgements of files that are kept for the next page."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What the check makes of files."""

    loaded: Loaded
    findings: tuple[Finding, ...]


class PolicyLife:
    """Drafts and versions of the policies of one installation."""

    def __init__(
        self,
        engine: Engine,
        signer: Signer,
        clock: Clock,
        *,
        check_text: Callable[[str], None],
        anchor: Anchor = lambda: None,
    ) -> None:
        """*check_text* raises NotPermitted for a text that must not stand in a record for ever."""
        self._store = PolicyStore(engine)
        self._signer = signer
        self._verifier = Verifier(signer.public_bytes)
        self._clock = clock
        self._check_text = check_text
        self._anchor = anchor
        self._known: tuple[Entry, ...] = ()
        self._judged: dict[tuple[str, str], Future[Judged]] = {}
        self._lock = threading.RLock()
        self._judging = threading.Lock()
        """Held while looking what is judged, never while judging: nobody waits for files that are not theirs."""

    # -- reading

    def history(self) -> PolicyHistory:
        """All that has happened. Raises BrokenPolicyJournal where the journal is not as it was written."""
        with self._lock:
            anchor = self._anchor()  # first: what is known from elsewhere was written before it was
            return self._of(self._store.rows(), anchor)

    def last(self) -> int:
        """The number of the last entry of the journal, to see whether there is anything new."""
        return self._store.last()

    def snapshot(self, content: str) -> Snapshot:
        """The files with the digest *content*. Raises AlteredFiles."""
        return self._store.snapshot(content)

    def judged(self, content: str) -> Judged:
        """What the check makes now of the files with the digest *content*. Raises AlteredFiles and OSError."""
        now = self._clock()
        key = (content, f"{now:%Y-%m-%d}")
        making = Future[Judged]()
        with self._judging:
            kept = self._judged.setdefault(key, making)
            while len(self._judged) > _KEPT:
                del self._judged[next(iter(self._judged))]
        if kept is not making:
            return kept.result()
        try:
            making.set_result(judge(self.snapshot(content), now))
        except BaseException as error:
            with self._judging:
                self._judged.pop(key, None)
            making.set_exception(error)
            raise
        return making.result()

    # -- what the installation does

    def govern(self, *, two_people: bool, found: Callable[[], Snapshot]) -> bool:
        """Note whether two people are asked for. What is *found* is taken over where there is no version yet.

        Returns whether it was.
        """
        history = self.history()
        facts: list[Fact] = []
        if history.two_people != two_people and (two_people or history.two_people is not None):
            facts.append(Governed(two_people=two_people))
        snapshot = found() if two_people and history.current is None else None
        if snapshot is not None:
            facts.append(Adopted(version=1, content=snapshot.digest, reason="first"))
        if facts:
            self._write(lambda _: facts, ENGINE, snapshot)
        return snapshot is not None

    def adopt(self, snapshot: Snapshot, reason: str) -> None:
        """Put *snapshot* in force by nobody's decision, as where the demo has moved."""
        self._write(
            lambda history: [Adopted(version=len(history.versions) + 1, content=snapshot.digest, reason=reason)],
            ENGINE,
            snapshot,
        )

    # -- what people do

    def draft(self, by: PersonId, snapshot: Snapshot, title: str, reason: str) -> int:
        """A new draft, and its number."""
        self._check_texts(title, reason)
        made: list[Fact] = []

        def decide(history: PolicyHistory) -> list[Fact]:
            made[:] = [policy_acts.draft(history, snapshot.digest, title.strip(), reason.strip())]
            return made

        self._write(decide, person(by), snapshot)
        (fact,) = made
        assert isinstance(fact, Drafted)
        return fact.draft

    def edit(self, by: PersonId, draft: int, was: str, snapshot: Snapshot) -> None:
        """Put *snapshot* in the place of the files of the draft, of which *was* was seen."""
        self._write(lambda known: list(policy_acts.edit(known, draft, was, snapshot.digest)), person(by), snapshot)

    def rebase(self, by: PersonId, draft: int, was: str, *, keep: bool) -> None:
        """Bring the draft onto the version in force. Where both have changed a file, the draft's stands if *keep*."""
        with self._told():
            history = self.history()
            found, current = history.drafts.get(draft), history.current
            if found is None or current is None:
                raise NotPermitted("没有这份草稿", "there is no such draft")
            files, both = policy_acts.merged(
                self.snapshot(history.version(found.base).content).files,
                self.snapshot(found.content).files,
                self.snapshot(current.content).files,
            )
            if both and not keep:
                names = "、".join(both[:5])
                raise NotPermitted(
                    f"草稿和现行版本都改了 {names}：请对照后修改草稿，或勾选“以草稿为准”",
                    f"both the draft and the version in force have changed {', '.join(both[:5])}: bring them together"
                    " in the draft, or say that the draft stands",
                )
            merged = Snapshot(files)
        self._write(lambda known: [policy_acts.rebase(known, draft, was, merged.digest)], person(by), merged)

    def submit(self, by: PersonId, draft: int, content: str) -> None:
        """Answer for the exact files, as the first of two people."""
        self._write(lambda known: [policy_acts.submit(known, draft, content, self._look(content))], person(by))

    def approve(self, by: PersonId, draft: int, content: str) -> None:
        """Approve the exact files, as the second."""
        self._write(lambda known: [policy_acts.approve(known, draft, content, by, self._look(content))], person(by))

    def publish(self, by: PersonId, draft: int, content: str) -> None:
        """Put the approved files in force."""
        self._write(lambda known: [policy_acts.publish(known, draft, content, self._look(content))], person(by))

    def roll_back(self, by: PersonId, to: int, seen: int, reason: str) -> None:
        """Put version *to* in force again; *seen* was in force when they decided."""
        self._check_texts(reason)

        def decide(history: PolicyHistory) -> list[Fact]:
            look = self._look(history.version(to).content) if to in history.ways_back else tuple
            return [policy_acts.roll_back(history, to, seen, reason.strip(), look)]

        self._write(decide, person(by))

    def withdraw(self, by: PersonId, draft: int, reason: str) -> None:
        """Give the draft up."""
        self._check_texts(reason)
        self._write(lambda known: [policy_acts.withdraw(known, draft, reason.strip())], person(by))

    # -- how

    def _of(self, rows: list[Row], anchor: tuple[int, str] | None) -> PolicyHistory:
        with self._lock:
            self._known = JOURNAL.verified(rows, self._verifier, self._known)
            if anchor is not None:
                number, chain = anchor
                if number > len(self._known) or (number > 0 and self._known[number - 1].chain != chain):
                    raise BrokenPolicyJournal(min(number, len(self._known) + 1))
            return history_of(self._known)

    def _write(
        self,
        decide: Callable[[PolicyHistory], list[Fact]],
        by: Actor,
        snapshot: Snapshot | None = None,
    ) -> None:
        def rows(before: list[Row]) -> list[Row]:
            after, made = before[-1] if before else None, []
            for fact in decide(self._of(before, self._anchor())):
                after = JOURNAL.row_of(fact, after, self._clock(), by, self._signer)
                made.append(after)
            return made

        with self._told():
            self._store.add(rows, snapshot)
            self.history()  # what was written now is known from now on

    def _look(self, content: str) -> policy_acts.Look:
        return lambda: self.judged(content).findings

    def _check_texts(self, *texts: str) -> None:
        for text in texts:
            self._check_text(text)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell in a sentence why nothing was done, where it is no rule that forbids it."""
        try:
            yield
        except BrokenPolicyJournal as broken:
            raise NotPermitted(f"{broken.zh}，请审计员先核查", f"{broken}: an auditor has to look first") from None
        except AlteredFiles as altered:
            raise NotPermitted("保存的策略文件被改动过，请审计员先核查", f"{altered}: an auditor has to look") from None
        except (OSError, OperationalError):
            raise NotPermitted(
                "无法写入，请检查磁盘空间；没有任何改动", "it cannot be written: see that there is room on the disk"
            ) from None


def judge(snapshot: Snapshot, now: datetime) -> Judged:
    """What the check makes of *snapshot* at the time *now*. Raises OSError where there is no room to look at it."""
    with laid_out(snapshot) as folder:
        loaded = load_policy(Path(folder), now)
    return Judged(loaded, tuple(loaded.findings.sorted()))


def fit(snapshot: Callable[[], Snapshot]) -> Snapshot:
    """What *snapshot* makes. Raises NotPermitted where no policy is made of it."""
    try:
        return snapshot()
    except UnfitFiles as unfit:
        raise NotPermitted(unfit.zh, str(unfit)) from None
