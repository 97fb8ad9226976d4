"""Playbooks: those that lead cases, those of others that are proposed, and how two people agree on them."""

import hashlib
from collections.abc import Sequence

from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.desk import Admitted, Desk
from console.forms import LONGEST_LINE, Mistyped
from console.pages import Pages
from console.playbooks.book import BadPlaybook
from console.playbooks.journal import Proposal, Standing
from console.playbooks.view import Doer, deeds_of, drawn, said
from console.separation import are_alike
from incident.graph import Books
from incident.ids import Bilingual, NotPermitted
from incident.playbook import Playbook
from incident.reading import Finding


class PlaybookPages:
    """The list, one playbook, one proposal, and their forms."""

    def __init__(self, pages: Pages) -> None:
        self._pages, self._book = pages, pages.office.playbooks

    def index(self, desk: Admitted) -> Response:
        """What leads cases, what is proposed, and what lies there and leads none."""
        return self._index(desk)

    def show(self, desk: Admitted, name: str) -> Response:
        """One playbook that leads cases."""
        ours = self.usable()[0]
        found = self.book(name)
        return self._pages.page(
            desk,
            "playbook.html.j2",
            name=name,
            book=found,
            is_ours=name in ours,
            digest=found.digest,
            proposal=None,
            findings=(),
            deeds=deeds_of(found),
            drawing=drawn(found),
            doers=DOERS,
            said=said,
            takes_another=False,
        )

    def proposal(self, desk: Admitted, number: str) -> Response:
        """One proposal: all that the second person has to see before they agree."""
        return self._proposal(desk, self.find(number))

    # -- forms

    def propose(self, desk: Admitted) -> Response:
        """Propose a file that is sent along, or one that lies in the folder."""
        try:
            number = self.proposed(desk)
        except NotPermitted as why:
            return self._index(desk.handed_back("propose", why), why.findings if isinstance(why, BadPlaybook) else ())
        return self._pages.go(f"/playbooks/proposals/{number}", "playbook-proposed")

    def proposed(self, desk: Desk) -> int:
        """The number of the proposal that was made. Raises NotPermitted."""
        form = desk.form
        name, sent = form.needed("name", most=LONGEST_LINE), form.files.get("file")
        octets = sent.data if sent is not None and sent.name else self._book.shelf.lying().get(name)
        if octets is None:
            raise Mistyped("file", "请选择文件", "a file is needed")
        return self._book.propose(desk.person, name, octets, form.text("reason"))

    def agree(self, desk: Admitted, number: str) -> Response:
        """Agree as the second person."""
        found = self.find(number)
        return self._done(desk, found, "agree", "playbook-agreed")

    def withdraw(self, desk: Admitted, number: str) -> Response:
        """Let it lead no case any more."""
        return self._done(desk, self.find(number), "withdraw", "playbook-withdrawn")

    # -- how

    def find(self, number: str) -> Proposal:
        """The proposal of that number. Raises HTTPException where there is none."""
        found = self._book.get(int(number)) if number.isascii() and number.isdigit() and len(number) < 8 else None
        if found is None:
            raise HTTPException(404)
        return found

    def _done(self, desk: Desk, found: Proposal, form: str, done: str) -> Response:
        number = found.fact.number

        def act() -> None:
            if form == "agree":
                self._book.agree(desk.person, number, desk.form.get("digest"))
            else:
                self._book.withdraw(desk.person, number, desk.form.text("reason"))

        def again(handed_back: Desk) -> Response:
            return self._proposal(handed_back, self.find(str(number)))

        back = f"/playbooks/proposals/{number}"
        return self._pages.carry_out(desk, form, act, done=done, back=back, again=again)

    def book(self, name: str) -> Playbook:
        """The playbook of that name that leads cases. Raises HTTPException where there is none."""
        ours, others, _ = self.usable()
        found = {**others, **ours}.get(name)
        if found is None:
            raise HTTPException(404)
        return found

    def usable(self) -> tuple[Books, Books, tuple[Finding, ...]]:
        """Ours, those of others that lead cases, and what is wrong with the rest."""
        try:
            return self._book.shelf.usable(self._book.agreements())
        except (OSError, ValueError):
            # As where a file among the trusted keys is none: what leads cases is what comes with us.
            return self._pages.office.cases.rules.books, {}, ()

    def _index(self, desk: Desk, problems: Sequence[Finding] = ()) -> Response:
        ours, others, findings = self.usable()
        lying = self._book.shelf.lying()
        digests = {name: hashlib.sha256(octets).hexdigest() for name, octets in lying.items()}
        proposals = self._book.proposals()[::-1]
        return self._pages.page(
            desk,
            "playbooks.html.j2",
            ours=ours,
            others=others,
            left={
                name: [each for each in findings if each.file == f"{name}.json"] for name in lying if name not in others
            },
            digests=digests,
            agreements=self._book.agreements(),
            waiting=[each for each in proposals if each.standing is Standing.WAITING],
            settled=[each for each in proposals if each.standing is not Standing.WAITING],
            problems=problems,
            said=said,
            altered=self._book.broken,
        )

    def _proposal(self, desk: Desk, found: Proposal) -> Response:
        book, findings = self._book.read(found)
        return self._pages.page(
            desk,
            "playbook.html.j2",
            name=found.fact.name,
            book=book,
            is_ours=False,
            digest=found.fact.digest,
            proposal=found,
            findings=findings,
            deeds=deeds_of(book) if book and not findings else (),
            drawing=drawn(book) if book and not findings else None,
            doers=DOERS,
            said=said,
            takes_another=are_alike(desk.person, found.by),
        )


DOERS = {
    Doer.GATEWAY: Bilingual(zh="网关执行", en="by the gateway"),
    Doer.PERSON: Bilingual(zh="由人办理", en="by a person"),
    Doer.PERSON_INSTEAD: Bilingual(zh="改为由人办理", en="becomes manual"),
}
