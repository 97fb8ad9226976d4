"""Texts as one reader may read them: citizens numbered, and restricted cases without their number.

Lines of a journal name other cases, in links and in what people write. Whoever may not open one does not learn its
number here, nor that of its notice.
"""

import re
from collections.abc import Iterable

from console.cases.gate import may_open
from console.desk import Desk
from incident.ids import CaseId
from incident.incident import Case
from siem.detect.aliases import Aliases

HIDDEN = "限制查看的案件 / a restricted case"


class Readable(Aliases):
    """The aliases of one page, which conceal the numbers of the cases *unseen* as well."""

    def __init__(self, unseen: Iterable[CaseId] = ()) -> None:
        super().__init__()
        self.unseen = frozenset(unseen)
        numbers = "|".join(re.escape(number.partition("-")[2]) for number in sorted(self.unseen))
        self._pattern = re.compile(rf"[CN]-(?:{numbers})(?!\d)") if numbers else None

    def __call__(self, value: str | int) -> str:
        """*value* as it is shown."""
        text = super().__call__(value)
        return self._pattern.sub(HIDDEN, text) if self._pattern else text


def readable_by(desk: Desk | None, cases: Iterable[Case]) -> Readable:
    """How *desk* reads, where *cases* are all that there are; nobody at a desk may open a restricted one."""
    return Readable(
        each.id for each in cases if each.handling.restricted and (desk is None or not may_open(each, desk))
    )
