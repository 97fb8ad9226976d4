"""What the permits of a caller show in one exchange: what a reveal of the program in force says, and nothing beyond.

A permit names the reveal that it was opened by. Where that is not there any more, has ended, or does not apply to the
exchange, the permit shows nothing, whatever it says of itself.
"""

from collections.abc import Iterable

import msgspec

from policies.applies import Asking, anywhere, applies
from policies.choose import Permitted
from policies.permits import Kind, Permit
from policies.program import GrantRule, Program, RevealRule


class Permitting:
    """The reveals of *program*."""

    def __init__(self, program: Program) -> None:
        self._rules = {rule.grant.id: rule for rule in program.reveals}
        self._anywhere = anywhere(rule.grant for rule in program.reveals)

    def open_to(self, asking: Asking) -> tuple[RevealRule, ...]:
        """Every reveal that whoever is *asking* may ask for, whatever the operation, in the order of the program.

        Nobody in particular may ask for anything.
        """
        if not asking.caller:
            return ()
        return tuple(
            rule
            for rule in self._rules.values()
            if applies(msgspec.structs.replace(rule.grant, operations=None), asking)
        )

    def askable(self, asking: Asking) -> tuple[GrantRule, ...]:
        """What whoever is *asking* might be shown once he has asked for it, here or elsewhere, now or later."""
        return tuple(grant for grant in self._anywhere if applies(grant, asking))

    def permitted(self, permits: Iterable[Permit], asking: Asking) -> Permitted:
        """What *permits*, which are all of the caller's and count now, show where he is *asking*."""
        everywhere: list[GrantRule] = []
        subjects: dict[str, tuple[GrantRule, ...]] = {}
        for permit in sorted(permits, key=lambda permit: (permit.reveal, permit.id)):
            grant = self._shown_by(permit, asking)
            if grant is None:
                continue
            if permit.kind is Kind.BREAK_GLASS:
                everywhere.append(grant)
            else:
                subjects[permit.subject] = (*subjects.get(permit.subject, ()), grant)
        return Permitted(everywhere=tuple(everywhere), subjects=subjects)

    def _shown_by(self, permit: Permit, asking: Asking) -> GrantRule | None:
        rule = self._rules.get(permit.reveal)
        if rule is None or rule.kind is not permit.kind or not applies(rule.grant, asking):
            return None
        sees = {category: spec for category, spec in rule.grant.sees.items() if category in permit.categories}
        return msgspec.structs.replace(rule.grant, sees=sees) if sees else None
