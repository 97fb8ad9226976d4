"""The playbooks of others, as people of the installation agree on them: proposed by one, agreed to by another.

INVARIANT 8: a text leads cases once a second person has agreed to its digest, and no other text by that. What somebody
edits afterwards, in the folder or in the database, leads none.

Every act raises NotPermitted where a rule forbids it, and is on the disk when it returns. All of it may be called from
any thread of the one process that writes.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Engine

from console.book import Book, CheckText, Clock, anything
from console.playbooks.journal import (
    JOURNAL,
    Agreed,
    Agreements,
    Fact,
    PlaybookState,
    Proposal,
    Proposed,
    Standing,
    Withdrawn,
)
from console.separation import are_alike
from console.tables import PLAYBOOK_JOURNAL
from incident.blank import is_blank
from incident.graph import Books
from incident.ids import NotPermitted, PersonId
from incident.playbook import Playbook
from incident.reading import Finding
from policies.keys.key_files import Signer

MOST_WAITING = 50
MOST_BYTES = 1_000_000
"""Of a playbook."""
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_READ_BY_PEOPLE = ("name", "description", "command", "content", "value", "condition")


class Shelf(Protocol):
    """Where playbooks of others lie."""

    def check(self, name: str, text: str) -> tuple[Playbook | None, tuple[Finding, ...]]:
        """The playbook in *text*, and all that is wrong with it as one called *name*, beside those that there are."""

    def keep(self, name: str, text: str) -> None:
        """Have *text* lie there as *name*. Raises OSError."""

    def lying(self) -> Mapping[str, bytes]:
        """What lies there, by name."""

    def usable(self, agreements: Agreements) -> tuple[Books, Books, tuple[Finding, ...]]:
        """Ours, those of others that lead cases, and what is wrong with the rest, where *agreements* count."""


class BadPlaybook(NotPermitted):
    """A text that cannot lead a case, with everything that is wrong with it."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        first = self.findings[0]
        super().__init__(f"第 {first.line} 行：{first.message}", f"line {first.line}: {first.message}")


class PlaybookBook(Book[Fact, PlaybookState]):
    """The journal of playbooks. Where it is broken no agreement in it counts."""

    def __init__(
        self,
        engine: Engine,
        signer: Signer,
        clock: Clock,
        shelf: Shelf,
        *,
        check_text: CheckText = anything,
    ) -> None:
        super().__init__(engine, PLAYBOOK_JOURNAL, JOURNAL, signer, PlaybookState, clock=clock, check_text=check_text)
        self.shelf = shelf
        self._put_back()

    # -- reading

    def proposals(self) -> tuple[Proposal, ...]:
        """All that was proposed, oldest first."""
        with self._lock:
            return tuple(self._state.proposals.values())

    def get(self, number: int) -> Proposal | None:
        """The proposal of that number, or None."""
        return self._state.proposals.get(number)

    def agreements(self) -> Agreements:
        """What two people agree to now."""
        with self._lock:
            return self._state.agreements

    def read(self, proposal: Proposal) -> tuple[Playbook | None, tuple[Finding, ...]]:
        """The playbook that it proposes, and what is wrong with it now."""
        return self.shelf.check(proposal.fact.name, proposal.fact.text)

    # -- what people do

    def propose(self, by: PersonId, name: str, octets: bytes, reason: str) -> int:
        """Propose that cases may be led by the playbook in *octets*, called *name*. Returns the proposal's number.

        Raises BadPlaybook with everything that is wrong with it.
        """
        self._check_text(reason)
        if not _NAME.fullmatch(name):
            raise NotPermitted("预案名只能用小写字母、数字和连字符", "a name has small letters, digits and hyphens")
        if is_blank(reason):
            raise NotPermitted("请写明理由", "say why")
        if not 0 < len(octets) <= MOST_BYTES:
            raise NotPermitted(f"一个预案最多 {MOST_BYTES:,} 字节", f"a playbook has 1 to {MOST_BYTES:,} octets")
        try:
            text = octets.decode()
        except UnicodeDecodeError:
            raise NotPermitted("文件不是 UTF-8 文本", "the file is not UTF-8") from None
        with self._lock:
            self.journal.needs_whole()
            known = self._state.proposals.values()
            if sum(each.standing is Standing.WAITING for each in known) >= MOST_WAITING:
                raise NotPermitted(
                    f"已有 {MOST_WAITING} 份提议等待同意，请先撤回不用的", "too many wait: withdraw some"
                )
            self._sound(name, text)
            for said in _said_in(json.loads(text)):
                self._check_text(said)
            fact = Proposed(number=len(known) + 1, name=name, text=text, reason=reason.strip())
            if self._state.agreements.agreed.get(name) == fact.digest:
                raise NotPermitted("与已同意的没有差别", "it is what two people agree to already")
            self.journal.act(fact, self._clock(), by)
            return fact.number

    def agree(self, by: PersonId, number: int, digest: str) -> None:
        """Agree, as the second person, to the text with *digest*: cases may be led by it from now on."""
        with self._lock:
            found = self._found(number, Standing.WAITING)
            if digest != found.fact.digest:
                raise NotPermitted(
                    "您看到的不是这一份，请重新打开", "this is not the text that was read: open it again"
                )
            if are_alike(by, found.by):
                raise NotPermitted("须由提议人以外的人同意", "another than who proposed it has to agree")
            self._sound(found.fact.name, found.fact.text)
            self.journal.act(Agreed(number=number, digest=digest), self._clock(), by)
            self._keep(found.fact)

    def withdraw(self, by: PersonId, number: int, reason: str) -> None:
        """Let it lead no case any more. Cases that run go on by it. One person may."""
        self._check_text(reason)
        with self._lock:
            found = self._found(number, Standing.WAITING, Standing.AGREED)
            if found.standing is Standing.AGREED and is_blank(reason):
                raise NotPermitted("请写明理由", "say why")
            self.journal.act(Withdrawn(number=number, reason=reason.strip()), self._clock(), by)

    # -- how

    def _sound(self, name: str, text: str) -> None:
        book, findings = self.shelf.check(name, text)
        if findings or book is None:
            raise BadPlaybook(findings)

    def _found(self, number: int, *standings: Standing) -> Proposal:
        self.journal.needs_whole()
        found = self.get(number)
        if found is None or found.standing not in standings:
            raise NotPermitted("这份提议已经处理过", "the proposal has been settled")
        return found

    def _keep(self, fact: Proposed) -> None:
        try:
            self.shelf.keep(fact.name, fact.text)
        except OSError:
            raise NotPermitted(
                "已经同意，但预案没有写入磁盘：腾出空间后重新启动", "agreed, and not on the disk: make room, start anew"
            ) from None

    def _put_back(self) -> None:
        """Write what is agreed and was not written, as where the process died in between. What was edited stays."""
        lying = self.shelf.lying() if self._state.proposals else {}
        before = {each.fact.digest for each in self.proposals() if each.standing is Standing.REPLACED}
        for each in self._state.proposals.values():
            there = lying.get(each.fact.name)
            if each.standing is Standing.AGREED and (there is None or hashlib.sha256(there).hexdigest() in before):
                self._keep(each.fact)


def _said_in(raw: Any) -> Iterator[str]:
    """What people read in the playbook *raw*: all but ids, times and signatures."""
    if isinstance(raw, dict):
        for key, value in raw.items():
            if key in _READ_BY_PEOPLE and isinstance(value, str):
                yield value
            elif key != "signatures":
                yield from _said_in(value)
    elif isinstance(raw, list):
        for each in raw:
            yield from _said_in(each)
