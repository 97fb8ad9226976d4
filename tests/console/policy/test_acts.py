"""Invariant 8 under anything that persons may do in any order, against the plainest reading of the rule."""

from datetime import UTC, datetime

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from console.policy import acts as policy_acts
from console.policy.journal import Adopted, Approved, Drafted, Edited, Entry, Fact, Governed, Published, Submitted
from console.policy.state import Origin, PolicyHistory, history_of
from incident.ids import ENGINE, Actor, NotPermitted, PersonId, person
from policies.findings import Finding, Position

AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
ERROR = Finding(Position("grants.yaml", 1, 1), "missing-key", "needs `until`")

people = st.sampled_from([PersonId("p-sun"), PersonId("p-qian"), PersonId("p-wang")])
contents = st.sampled_from(["a" * 64, "b" * 64, "d" * 64])
numbers = st.integers(0, 4)


def findings_of(content: str) -> tuple[Finding, ...]:
    """Of one of the contents the check has an error to tell."""
    return (ERROR,) if content.startswith("d") else ()


class Lives(RuleBasedStateMachine):
    """Whoever does whatever: what was refused has left nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[Entry] = []
        self._add(Governed(two_people=True), ENGINE)
        self._add(Adopted(version=1, content="a" * 64, reason="first"), ENGINE)

    @property
    def history(self) -> PolicyHistory:
        return history_of(self.entries)

    def _add(self, fact: Fact, by: Actor) -> None:
        self.entries.append(Entry(number=len(self.entries) + 1, at=AT, by=by, fact=fact, chain=""))

    @rule(by=people, content=contents)
    def draft(self, by: PersonId, content: str) -> None:
        if len(self.history.waiting) < 4:
            self._add(policy_acts.draft(self.history, content, "t", "r"), person(by))

    @rule(by=people, number=numbers, was=contents, content=contents)
    def edit(self, by: PersonId, number: int, was: str, content: str) -> None:
        try:
            facts = policy_acts.edit(self.history, number, was, content)
        except NotPermitted:
            return
        for fact in facts:
            self._add(fact, person(by))

    @rule(by=people, number=numbers, was=contents, content=contents)
    def rebase(self, by: PersonId, number: int, was: str, content: str) -> None:
        try:
            self._add(policy_acts.rebase(self.history, number, was, content), person(by))
        except NotPermitted:
            return

    @rule(by=people, number=numbers, content=contents)
    def submit(self, by: PersonId, number: int, content: str) -> None:
        try:
            self._add(policy_acts.submit(self.history, number, content, lambda: findings_of(content)), person(by))
        except NotPermitted:
            return

    @rule(by=people, number=numbers, content=contents)
    def approve(self, by: PersonId, number: int, content: str) -> None:
        try:
            self._add(policy_acts.approve(self.history, number, content, by, lambda: findings_of(content)), person(by))
        except NotPermitted:
            return

    @rule(by=people, number=numbers, content=contents)
    def publish(self, by: PersonId, number: int, content: str) -> None:
        try:
            self._add(policy_acts.publish(self.history, number, content, lambda: findings_of(content)), person(by))
        except NotPermitted:
            return

    @rule(by=people, to=numbers, seen=numbers)
    def roll_back(self, by: PersonId, to: int, seen: int) -> None:
        try:
            self._add(policy_acts.roll_back(self.history, to, seen, "r", tuple), person(by))
        except NotPermitted:
            return

    @rule(by=people, number=numbers)
    def withdraw(self, by: PersonId, number: int) -> None:
        try:
            self._add(policy_acts.withdraw(self.history, number, "r"), person(by))
        except NotPermitted:
            return

    @rule(first=people, second=people)
    def agree(self, first: PersonId, second: PersonId) -> None:
        """The straight road, so that many get as far as that."""
        for draft in self.history.waiting:
            self.submit(first, draft.number, draft.content)
            self.approve(second, draft.number, draft.content)

    @rule(content=st.one_of(st.none(), contents))
    def publish_all(self, content: str | None) -> None:
        for draft in self.history.waiting:
            self.publish(PersonId("p-sun"), draft.number, content or draft.content)

    @invariant()
    def what_is_published_was_approved_by_somebody_else_as_it_is(self) -> None:
        for place, entry in enumerate(self.entries):
            if isinstance(entry.fact, Published):
                self._check(entry.fact, self.entries[:place])

    def _check(self, published: Published, before: list[Entry]) -> None:
        own = [each for each in before if getattr(each.fact, "draft", 0) == published.draft]
        last = own[-1]
        assert isinstance(last.fact, Approved), "nothing of the draft has changed since"
        assert last.fact.content == published.content
        hands = {each.by.id for each in own if isinstance(each.fact, Drafted | Edited | Submitted)}
        assert last.by.id not in hands
        assert not findings_of(published.content)
        base = next(each.fact.base for each in reversed(own) if isinstance(each.fact, Drafted | Edited))
        current = history_of(before).current
        assert current is not None
        assert current.number == base, "nothing came into force in between"

    @invariant()
    def what_was_rolled_back_from_is_no_way_back(self) -> None:
        """Every version on the way back was in force before, and came there by two people or at the beginning."""
        history = self.history
        left = {version.number - 1 for version in history.versions if version.origin is Origin.ROLLED_BACK}
        assert not left & set(history.ways_back)
        assert [version.number for version in history.versions] == list(range(1, len(history.versions) + 1))


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
