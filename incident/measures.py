"""Which measures a person is offered where no playbook says what to do, as where nobody is known to be blocked."""

from incident.command import Containment, Measure
from incident.incident import Case
from incident.scope import CALLER_FIELD, SYSTEM_FIELD

MOST_OPERATIONS = 3
"""So many operations are offered, of those that showed something: with more the choice would take too long."""


def measures_for(case: Case, hours: int) -> tuple[Measure, ...]:
    """Block the accounts that alerts name, if any; else, of each system, the mildest first: mask harder, stop one
    operation, stop the system. Nothing where alerts and scope name neither.
    """
    callers = dict.fromkeys(alert.group.get(CALLER_FIELD, "") for alert in case.alerts.values())
    named = [alert.group.get(SYSTEM_FIELD, "") for alert in case.alerts.values()]
    systems = [name for name in dict.fromkeys(named) if name] or list(case.scope.systems if case.scope else ())
    operations = [name.partition(": ") for name in (case.scope.operations if case.scope else ())]
    wanted = [(Containment.BLOCK_CALLER, "", caller) for caller in callers if caller]
    wanted += [(Containment.MASK_HARDER, system, "") for system in systems]
    used = [(Containment.STOP_OPERATION, system, target) for system, _, target in operations if system in systems]
    wanted += used[:MOST_OPERATIONS]
    wanted += [(Containment.STOP_SYSTEM, system, "") for system in systems]
    reason = f"{case.title.partition(' / ')[0]}（{case.id}）"
    return tuple(
        Measure(kind=kind, system=system, target=target, hours=hours, reason=reason) for kind, system, target in wanted
    )
