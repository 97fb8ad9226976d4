"""Hands out the invented people that a measure of a case wants to be put into a system.

The list lies nowhere: it is made, its people become canaries, its digest is written down as evidence with who took it,
and then it leaves. Who asks again gets others. Once the measure has ended, or was taken back, nobody is made any more;
those who were stay canaries, as they may stand in the system.
"""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.cases.pages import CasePages
from console.desk import Admitted, Desk
from console.pages import Pages
from incident import evidence_acts
from incident.command import Containment, Tighten
from incident.evidence import digests
from incident.ids import CaseId, CommandKey, NotPermitted
from incident.incident import Case
from incident.marking import Tlp

MOST = 200
"""People at once: more would be noticed, and no more are needed."""
CSV = "text/csv"


class CanaryActs:
    """The one form."""

    def __init__(self, pages: Pages, shown: CasePages) -> None:
        self._pages = pages
        self._shown = shown

    def plant(self, desk: Admitted, case: str) -> Response:
        """So many invented residents as a file, for who puts them into the system."""
        found = self._shown.find(case)
        key = CommandKey(desk.form.get("key"))
        return self._pages.hand_out(
            desk,
            f"canaries-{key}",
            lambda: self._made(desk, found, key),
            again=lambda handed_back: self._shown.page(handed_back, self._shown.find(case)),
        )

    def _made(self, desk: Desk, case: Case, key: CommandKey) -> Response:
        office = self._pages.office
        if office.plant is None:
            raise HTTPException(404)
        count = desk.form.number("count", least=1, most=MOST)
        measure = _ordered(case, key, self._pages)
        data = office.plant(count)
        name = f"{case.id}-{measure.system}.csv"
        sha256, sm3 = digests(data)
        origin = f"诱饵 {count} 人，待录入 {measure.system} / {count} canaries for {measure.system}（{key}）"
        office.cases.record(
            CaseId(case.id),
            desk.person,
            lambda now: evidence_acts.note(now, name, len(data), sha256, sm3, origin, Tlp.RED, office.now()),
        )
        return Response(data, media_type=CSV, headers={"content-disposition": f'attachment; filename="{name}"'})


def _ordered(case: Case, key: CommandKey, pages: Pages) -> Tighten:
    """The measure *key* by which they are ordered. Raises NotPermitted where it is not in force."""
    for command in case.held(pages.office.now()):
        if command.key == key and command.kind is Containment.PLANT_CANARIES:
            return command
    raise NotPermitted("布设诱饵的措施不在生效", "no measure that plants canaries is in force under that key")
