"""Who may open a restricted case: the persons it names, those with a role in it, and an auditor, whose reading is kept.

INVARIANT: every endpoint whose address holds the number of a case passes here before it is called, and every list of
cases passes `visible_to`.
"""

from collections.abc import Iterable

from starlette.exceptions import HTTPException
from starlette.requests import Request

from console.desk import Desk
from console.roles import Role
from incident.cases import Cases
from incident.handling_book import HandlingBook
from incident.ids import CaseId
from incident.incident import Case

RESTRICTED = "restricted"
"""Why a page is refused to who is not named."""
_READING = frozenset({"GET", "HEAD"})


def may_open(case: Case, desk: Desk) -> bool:
    """Whether *desk* may read *case*, as far as its restriction goes."""
    if not case.handling.restricted:
        return True
    return desk.session is not None and (case.handling.opens_to(desk.person) or Role.AUDITOR in desk.roles)


def visible_to(desk: Desk, cases: Iterable[Case]) -> tuple[Case, ...]:
    """Those of *cases* that *desk* may know of."""
    return tuple(case for case in cases if may_open(case, desk))


class CaseGate:
    """Stands behind the admission, before every endpoint."""

    def __init__(self, cases: Cases) -> None:
        self._cases = cases
        self._book = HandlingBook(cases)

    def __call__(self, request: Request) -> None:
        """Return where the address names no restricted case, or one that is open to who asks; 403 otherwise."""
        number = request.path_params.get("case")
        if number is None:
            return
        try:
            case = self._cases.get(CaseId(number))
        except KeyError:
            return  # the endpoint says so
        if not case.handling.restricted:
            return
        desk = getattr(request.state, "desk", None)
        if not isinstance(desk, Desk) or not may_open(case, desk):
            raise HTTPException(403, RESTRICTED)
        if case.handling.opens_to(desk.person):
            return
        if request.method not in _READING:
            raise HTTPException(403, RESTRICTED)
        self._book.read(case.id, desk.person, request.url.path)
