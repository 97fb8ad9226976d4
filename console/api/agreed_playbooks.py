"""The playbooks of others in the API: proposed, agreed to, withdrawn, by what carries out the forms."""

from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from console.api.field import Field, Kind
from console.api.route import ApiRoute, At
from console.api.schemas import PLAYBOOK, PLAYBOOK_LIST, PLAYBOOK_PROPOSAL
from console.desk import Desk
from console.pages import Pages
from console.playbooks.journal import Proposal
from console.playbooks.pages import PlaybookPages
from console.playbooks.view import deeds_of
from incident.playbook import Playbook
from incident.reading import Finding

_REASON = Field(name="reason", en="why; it stays in the journal, so no personal data")
_PROPOSING = (
    Field(name="file", en="a CACAO playbook, kept octet by octet; that of the folder unless given", kind=Kind.FILE),
    Field(name="name", en="by which rules and cases name it", needed=True),
    Field(name="reason", en="why; it stays in the journal, so no personal data", needed=True),
)
_DIGEST = Field(name="digest", en="SHA-256 of the text that was read, in hex", needed=True)


class ApiAgreedPlaybooks:
    """Reading and the three acts."""

    def __init__(self, pages: Pages) -> None:
        self._shown, self._book = PlaybookPages(pages), pages.office.playbooks

    @property
    def routes(self) -> tuple[ApiRoute, ...]:
        """What it answers."""
        one = "/playbooks/proposals/{number}"
        return (
            ApiRoute(
                method="GET",
                path="/playbooks",
                name="listPlaybooks",
                summary="Those that lead cases, and what is proposed",
                run=self._list,
                answers=PLAYBOOK_LIST,
            ),
            ApiRoute(
                method="GET",
                path="/playbooks/{name}",
                name="showPlaybook",
                summary="One that leads cases: its commands, and who carries each out",
                run=self._show,
                answers=PLAYBOOK,
            ),
            ApiRoute(
                method="POST",
                path="/playbooks/propose",
                name="proposePlaybook",
                summary="Propose that cases may be led by a playbook of others",
                fields=_PROPOSING,
                run=lambda desk, at: self._proposal(self._shown.find(str(self._shown.proposed(desk)))),
                answers=PLAYBOOK_PROPOSAL,
                status=201,
            ),
            ApiRoute(
                method="GET",
                path=one,
                name="showPlaybookProposal",
                summary="One proposal: all that the second person has to see",
                run=lambda desk, at: self._proposal(self._shown.find(at["number"])),
                answers=PLAYBOOK_PROPOSAL,
            ),
            ApiRoute(
                method="POST",
                path=f"{one}/agree",
                name="agreePlaybook",
                summary="Agree, as the second person, to the very text",
                fields=(_DIGEST,),
                run=self._then(self._shown.agree),
                answers=PLAYBOOK_PROPOSAL,
            ),
            ApiRoute(
                method="POST",
                path=f"{one}/withdraw",
                name="withdrawPlaybook",
                summary="Let it lead no case any more",
                fields=(_REASON,),
                run=self._then(self._shown.withdraw),
                answers=PLAYBOOK_PROPOSAL,
            ),
        )

    def _list(self, desk: Desk, at: At) -> Any:
        ours, others, findings = self._shown.usable()
        return {
            "playbooks": [
                {"name": name, "id": book.id, "title": book.name, "taken_in": name in others, "sha256": book.digest}
                for name, book in sorted({**others, **ours}.items())
            ],
            "findings": list(map(_finding, findings)),
            "proposals": [_line(each) for each in self._book.proposals()],
            "verified": self._book.broken is None,
        }

    def _show(self, desk: Desk, at: At) -> Any:
        book = self._shown.book(at["name"])
        return {"name": at["name"], "sha256": book.digest, **_about(book)}

    def _proposal(self, found: Proposal) -> dict[str, Any]:
        book, findings = self._book.read(found)
        about = _about(book) if book and not findings else None
        return {**_line(found), "findings": list(map(_finding, findings)), "playbook": about}

    def _then(self, act: Callable[[Desk, str], Response]) -> Callable[[Desk, At], Any]:
        def run(desk: Desk, at: At) -> Any:
            act(desk, at["number"])
            return self._proposal(self._shown.find(at["number"]))

        return run


def _line(found: Proposal) -> dict[str, Any]:
    return {
        "number": found.fact.number,
        "name": found.fact.name,
        "digest": found.fact.digest,
        "reason": found.fact.reason,
        "standing": found.standing.value,
        "by": found.by,
        "at": found.at.isoformat(),
        "agreed_by": found.agreed_by,
        "agreed_at": found.agreed_at.isoformat() if found.agreed_at else None,
        "withdrawn_by": found.withdrawn_by,
        "withdrawn_at": found.withdrawn_at.isoformat() if found.withdrawn_at else None,
        "remark": found.remark,
    }


def _about(book: Playbook) -> dict[str, Any]:
    return {
        "id": book.id,
        "title": book.name,
        "modified": book.modified,
        "commands": [
            {
                "step": each.step,
                "carried_out": each.doer.value,
                "type": each.kind,
                "agent": each.agent,
                "text": each.text,
                "due_within_s": int(each.due.total_seconds()) if each.due else None,
            }
            for each in deeds_of(book)
        ],
    }


def _finding(found: Finding) -> dict[str, Any]:
    return {"file": found.file, "line": found.line, "code": found.code, "message": found.message}
