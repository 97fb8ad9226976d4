"""The detection rules of one installation, as officers keep them: what is in force, what is proposed, who put it live.

INVARIANT: what only adds to what is noticed, one person may put live. What stands in the place of a rule in force, ends
one, or contains by itself, takes another: else whoever means to take something first sees to it that nobody notices.

Every act raises NotPermitted where a rule forbids it, and is on the disk when it returns. All of it may be called from
any thread of the one process that writes.
"""

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from console.book import Book, CheckText, Clock, anything
from console.rules.journal import (
    JOURNAL,
    Fact,
    Proposal,
    Proposed,
    PutLive,
    RuleState,
    Standing,
    Withdrawn,
)
from console.separation import are_alike
from console.tables import RULE_JOURNAL
from incident.blank import is_blank
from incident.ids import NotPermitted, PersonId
from policies.durable import replace_file
from policies.keys.key_files import Signer
from siem.detect.definition import Rule
from siem.detect.rule import Lists
from siem.detect.rule_file import Problem, RuleError
from siem.detect.rule_set import EXAMPLES, parse_rules, read_rules, rule_files

MOST_WAITING = 50
MOST_BYTES = 100_000
"""Of a file."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}\.yml")


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """A file of rules that is in force."""

    name: str
    path: Path
    text: str
    rules: tuple[Rule, ...]
    is_own: bool
    """Whether it is the installation's own, and not one that comes with us."""


class BadRules(NotPermitted):
    """A file that cannot be in force, with everything that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        super().__init__(f"第 {first.line} 行：{first.message}", f"line {first.line}: {first.message}")


class RuleBook(Book[Fact, RuleState]):
    """The rule files of an installation and the journal of what was done to them. Where it is broken they stay."""

    def __init__(
        self,
        engine: Engine,
        signer: Signer,
        clock: Clock,
        *,
        shipped: Path,
        own: Path,
        lists: Lists,
        check_text: CheckText = anything,
    ) -> None:
        """*lists*: names that rules may use in a `%list%`."""
        super().__init__(engine, RULE_JOURNAL, JOURNAL, signer, RuleState, clock=clock, check_text=check_text)
        self._shipped, self._own, self._lists = shipped, own, lists
        self._read: dict[Path, tuple[int, InForce]] = {}
        for number in self._state.live.values():  # the process may have died between the journal and the file
            self._write_file(self._state.proposals[number].fact)

    # -- reading

    def in_force(self) -> tuple[InForce, ...]:
        """The files that are in force, by name; those that cannot be read are left out, as detection does."""
        own = {path.name: path for path in (rule_files(self._own) if self._own.is_dir() else ())}
        files = {path.name: path for path in rule_files(self._shipped)} | own
        return tuple(found for name in sorted(files) if (found := self._file(files[name], is_own=name in own)))

    def file(self, name: str) -> InForce | None:
        """The file of that name that is in force, or None."""
        return next((each for each in self.in_force() if each.name == name), None)

    def proposals(self) -> tuple[Proposal, ...]:
        """All that was proposed, oldest first."""
        with self._lock:
            return tuple(self._state.proposals.values())

    def get(self, number: int) -> Proposal | None:
        """The proposal of that number, or None."""
        return self._state.proposals.get(number)

    def rules_of(self, proposal: Proposal) -> tuple[Rule, ...]:
        """The rules that it proposes. Raises RuleError where what has changed since does not go with them."""
        return tuple(parse_rules(proposal.fact.text, proposal.fact.file, self._lists)) if proposal.fact.text else ()

    def takes_two(self, proposal: Proposal) -> bool:
        """Whether another person has to put it live."""
        fact = proposal.fact
        replaces = not fact.text or self.file(fact.file) is not None
        return replaces or any(rule.automatic for rule in self.rules_of(proposal))

    # -- what people do

    def propose(self, by: PersonId, file: str, text: str, reason: str) -> int:
        """Propose that *file* holds *text* from now on, or where it is empty, that the file goes. Returns its number.

        Raises BadRules with everything that is wrong with the text.
        """
        self._check_text(reason)
        text = text.replace("\r\n", "\n").strip() + "\n" if text.strip() else ""
        with self._lock:
            self.journal.needs_whole()
            if not _NAME.fullmatch(file) or file.endswith(EXAMPLES):
                raise NotPermitted(
                    "文件名由小写字母、数字和下划线组成，以 .yml 结尾，如 night_export.yml",
                    "a file is named by lower-case letters, digits and underscores, and ends with .yml",
                )
            if is_blank(reason):
                raise NotPermitted("请写明理由", "say why")
            if sum(each.standing is Standing.WAITING for each in self._state.proposals.values()) >= MOST_WAITING:
                raise NotPermitted(
                    f"已有 {MOST_WAITING} 份提议等待生效，请先撤回不用的", f"{MOST_WAITING} wait: withdraw some"
                )
            before = self.file(file)
            if text:
                self._check(file, text)
            elif before is None or not before.is_own:
                raise NotPermitted("只能停用本单位自己的规则", "only a rule of the installation's own can go")
            if before is not None and before.text == text:
                raise NotPermitted("与生效的没有差别", "it is what is in force already")
            number = len(self._state.proposals) + 1
            instead_of = before.text if before else ""
            fact = Proposed(number=number, file=file, text=text, instead_of=instead_of, reason=reason.strip())
            self.journal.act(fact, self._clock(), by)
            return number

    def put_live(self, by: PersonId, number: int) -> None:
        """Have what was proposed in force from now on."""
        with self._lock:
            found = self._waiting(number)
            current = self.file(found.fact.file)
            if (current.text if current else "") != found.fact.instead_of:
                raise NotPermitted(
                    "提议以后这个文件又改过，请按现在的内容重新提议",
                    "the file has changed since: propose it anew, from what it is now",
                )
            if found.fact.text:
                self._check(found.fact.file, found.fact.text)
            if self.takes_two(found) and are_alike(by, found.by):
                raise NotPermitted(
                    "替换或停用生效中的规则、自动控制的规则，须由提议人以外的人生效",
                    "what replaces or ends a rule, or contains by itself, is put live by another than who proposed it",
                )
            self.journal.act(PutLive(number=number), self._clock(), by)
            self._write_file(found.fact)

    def withdraw(self, by: PersonId, number: int, reason: str) -> None:
        """Let nothing come of what was proposed."""
        self._check_text(reason)
        with self._lock:
            self._waiting(number)
            self.journal.act(Withdrawn(number=number, reason=reason.strip()), self._clock(), by)

    # -- how

    def _waiting(self, number: int) -> Proposal:
        self.journal.needs_whole()
        found = self.get(number)
        if found is None or found.standing is not Standing.WAITING:
            raise NotPermitted("这份提议已经处理过", "the proposal has been settled")
        return found

    def _check(self, file: str, text: str) -> None:
        """Raise BadRules where *text* cannot be in force under the name *file*, beside all that is."""
        if len(text.encode()) > MOST_BYTES:
            raise NotPermitted(f"一个文件最多 {MOST_BYTES:,} 字节", f"a file has at most {MOST_BYTES:,} octets")
        others = [each.path for each in self.in_force() if each.name != file]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / file
            path.write_text(text, "utf-8")
            try:
                parse_rules(text, file, self._lists)
                read_rules([*others, path], self._lists)
            except RuleError as error:
                raise BadRules(error.problems) from None

    def _file(self, path: Path, *, is_own: bool) -> InForce | None:
        try:
            stamp = path.stat().st_mtime_ns
            if path not in self._read or self._read[path][0] != stamp:
                text = path.read_text("utf-8")
                rules = tuple(parse_rules(text, path.name, self._lists))
                self._read[path] = (stamp, InForce(name=path.name, path=path, text=text, rules=rules, is_own=is_own))
        except (OSError, UnicodeDecodeError, RuleError):
            return None
        return self._read[path][1]

    def _write_file(self, fact: Proposed) -> None:
        path = self._own / fact.file
        if not fact.text:
            path.unlink(missing_ok=True)
        elif not path.exists() or path.read_bytes() != fact.text.encode():
            self._own.mkdir(exist_ok=True)
            replace_file(path, fact.text.encode())
