"""What a page shows of a playbook: each of its commands, and who carries it out here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from markupsafe import Markup

from incident.action import OWN_AGENT, Act, read_call
from incident.command_words import CONTAINMENT_NAMES
from incident.ids import Bilingual
from incident.picture import picture
from incident.playbook import Playbook
from incident.reading import Finding
from policies.sentences import SENTENCES


class Doer(StrEnum):
    """Who carries a command out."""

    GATEWAY = "gateway"
    PERSON = "person"
    """Written for one."""
    PERSON_INSTEAD = "person_instead"
    """Written for a machine that we do not drive: it becomes a manual step."""


ACT_NAMES: Mapping[Act, Bilingual] = {
    Act.TIGHTEN: Bilingual(zh="控制", en="contain"),
    Act.ASK_CONTAINMENT: Bilingual(zh="询问是否控制", en="ask whether to contain"),
    Act.OFFER_CONTAINMENT: Bilingual(zh="提供控制措施供选择", en="offer measures"),
    Act.ASSESS_SCOPE: Bilingual(zh="核定影响范围", en="count who is affected"),
    Act.START_DUTIES: Bilingual(zh="定级和起算时限", en="grade it and start the clocks"),
    Act.DRAFT_NOTICE: Bilingual(zh="起草通告", en="draft the notice"),
    Act.ASK_APPROVAL: Bilingual(zh="等待通告批准", en="wait for the notice to be approved"),
    Act.PUBLISH_NOTICE: Bilingual(zh="发布已批准的通告", en="publish the approved notice"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One command."""

    step: str
    doer: Doer
    kind: str
    """As the playbook has it: `manual`, `http-api`, `bash`."""
    agent: str
    text: str
    """What a person reads; of what the gateway does, what that is."""
    due: timedelta | None


def said(finding: Finding) -> Bilingual:
    """What is wrong, in the words of the manual of findings."""
    return Bilingual(zh=f"第 {finding.line} 行：{SENTENCES[f'playbook-{finding.code}']}", en=finding.message)


def deeds_of(book: Playbook) -> tuple[Deed, ...]:
    """The commands of *book*, in the order of its file."""
    found = []
    for step in book.steps.values():
        agent = book.agents.get(step.agent)
        for command in step.commands:
            ours = step.agent == OWN_AGENT
            by_hand = Doer.PERSON if command.type == "manual" else Doer.PERSON_INSTEAD
            text = command.text
            if ours:
                call = read_call(command)
                name = CONTAINMENT_NAMES[call.kind] if call.kind else ACT_NAMES[call.route.act]
                text = f"{name.zh} / {name.en}"
            found.append(
                Deed(
                    step=step.name,
                    doer=Doer.GATEWAY if ours else by_hand,
                    kind=command.type,
                    agent=agent.name if agent else "",
                    text=text,
                    due=None if ours else step.due,
                )
            )
    return tuple(found)


def drawn(book: Playbook) -> Markup | None:
    """*book* as a picture within a page; None where it has too many steps for one. `picture` escapes every text."""
    try:
        return Markup(picture(book))  # noqa: S704
    except ValueError:
        return None
