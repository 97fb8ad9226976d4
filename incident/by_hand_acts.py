"""What persons may do about steps that are theirs to carry out: take one on, give one to somebody, give it back.

Who may take a step by their role is the console's business.
"""

from incident.activation import Issued, Progress
from incident.acts import needs_open
from incident.blank import is_blank
from incident.command import AskPerson, Question
from incident.facts.by_hand import StepGivenBack, StepTaken
from incident.ids import CommandKey, NotPermitted, PersonId
from incident.incident import Case
from incident.journal import Fact


def take(case: Case, key: CommandKey, taker: PersonId) -> tuple[Fact, ...]:
    """Let *taker* be who does the step that is asked for under *key*. Raises NotPermitted."""
    issued = _waiting(case, key)
    if issued.taken_by == taker:
        return ()
    if issued.taken_by:
        raise NotPermitted(
            f"这一步已由 {issued.taken_by} 承办，请先退回", f"{issued.taken_by} has taken it: it is given back first"
        )
    return (StepTaken(key=key, person=taker),)


def give_back(case: Case, key: CommandKey, by: PersonId, reason: str) -> tuple[Fact, ...]:
    """Let the step wait for anybody of its role again. Who takes it from another says why. Raises NotPermitted."""
    issued = _waiting(case, key)
    if not issued.taken_by:
        raise NotPermitted("这一步还没有人承办", "nobody has taken this step")
    if issued.taken_by != by and is_blank(reason):
        raise NotPermitted("代他人退回须写明理由", "who gives it back for another has to say why")
    return (StepGivenBack(key=key, person=issued.taken_by, reason=reason),)


def _waiting(case: Case, key: CommandKey) -> Issued:
    needs_open(case)
    issued = case.commands.get(key)
    is_step = issued is not None and isinstance(issued.command, AskPerson) and issued.command.question is Question.STEP
    if issued is None or not is_step or issued.progress is not Progress.PENDING:
        raise NotPermitted("没有这个人工步骤，或者已经完成", "there is no such manual step, or it is done")
    return issued
