"""What the forms about evidence do. A piece that is opened is recorded as opened before it leaves."""

from collections.abc import Callable
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.cases.pages import CasePages
from console.desk import Admitted, Desk
from console.forms import LONGEST_LINE, Mistyped
from console.pages import Pages
from console.roles import Role
from incident.evidence import Custody
from incident.evidence_book import EvidenceBook
from incident.ids import CaseId
from incident.marking import Tlp

MOST_NUMBER = 9_999
MOST_SIZE = 10**9 - 1


class EvidenceActs:
    """One method per form."""

    def __init__(self, pages: Pages, shown: CasePages) -> None:
        self._pages = pages
        self._shown = shown

    def add(self, desk: Admitted, case: str) -> Response:
        """Keep a file, or note the digests of one that is kept elsewhere."""
        form = desk.form

        def act() -> None:
            origin, tlp = form.needed("origin", most=LONGEST_LINE), form.choice("tlp", Tlp)
            sent = form.files.get("file")
            if sent is not None and sent.name:
                self._book.add(CaseId(case), desk.person, sent.name[:LONGEST_LINE], sent.data, origin, tlp)
                return
            if not form.get("sha256"):
                raise Mistyped("file", "请选择文件，或者填写摘要", "a file, or its digests, are needed")
            self._book.note(
                CaseId(case),
                desk.person,
                form.needed("name", most=LONGEST_LINE),
                form.number("size", least=0, most=MOST_SIZE),
                form.text("sha256", most=LONGEST_LINE),
                form.text("sm3", most=LONGEST_LINE),
                origin,
                tlp,
            )

        return self._do(desk, case, "evidence", act, "evidence-added")

    def move(self, desk: Admitted, case: str) -> Response:
        """Write down that a piece changed hands."""
        form = desk.form

        def act() -> None:
            number, step = form.number("number", least=1, most=MOST_NUMBER), form.choice("step", Custody)
            self._book.move(
                CaseId(case), desk.person, number, step, form.text("party", most=LONGEST_LINE), form.text("note")
            )

        return self._do(desk, case, f"evidence-move-{form.get('number')}", act, "evidence-moved")

    def open(self, desk: Admitted, case: str) -> Response:
        """A piece as a file."""

        def made() -> Response:
            number = desk.form.number("number", least=1, most=MOST_NUMBER)
            piece, data = self._book.open(CaseId(case), desk.person, number, audits=_audits(desk))
            return _file(data, piece.name, "application/octet-stream")

        return self._hand_out(desk, case, f"evidence-open-{desk.form.get('number')}", made)

    def export(self, desk: Admitted, case: str) -> Response:
        """All of it as an archive for others."""

        def made() -> Response:
            data = self._book.export(CaseId(case), desk.person, audits=_audits(desk))
            return _file(data, f"evidence-{case}.zip", "application/zip")

        return self._hand_out(desk, case, "evidence-export", made)

    @property
    def _book(self) -> EvidenceBook:
        if self._pages.office.evidence is None:
            raise HTTPException(404)
        return self._pages.office.evidence

    def _hand_out(self, desk: Desk, case: str, form: str, made: Callable[[], Response]) -> Response:
        found = self._shown.find(case)
        return self._pages.hand_out(
            desk, form, made, again=lambda handed_back: self._shown.page(handed_back, self._shown.find(found.id))
        )

    def _do(self, desk: Desk, case: str, form: str, act: Callable[[], None], done: str) -> Response:
        self._shown.find(case)
        return self._pages.carry_out(
            desk,
            form,
            act,
            done=done,
            back=f"/cases/{case}#evidences",
            again=lambda handed_back: self._shown.page(handed_back, self._shown.find(case)),
        )


def _audits(desk: Desk) -> bool:
    return Role.AUDITOR in desk.roles


def _file(data: bytes, name: str, kind: str) -> Response:
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(data, media_type=kind, headers=headers)
