"""The page of who answers the hotline (12345): what the public was told, what to say of it, and whether a caller is
affected, by the number that they tell.

INVARIANT 3: the number is made a digest and forgotten: no page gives it back, no address holds it.
"""

from starlette.responses import Response

from console.desk import Admitted, Desk
from console.forms import Mistyped
from console.hotline_desk import CHECKED_WORDS, Checked, Question, Reply
from console.identifier import identifier_in
from console.pages import Pages
from console.search.look_up import CannotLookUp
from incident.hotline import Script, script_of
from incident.ids import CaseId, NotPermitted
from policies import affected_answer as words

LONGEST_BASIS = 60

type _Told = tuple[CaseId, int, bool, bool]
"""A case, its versions, whether the last is withdrawn, and whether the case is restricted."""


class HotlinePages:
    """The form, and what it answers."""

    def __init__(self, pages: Pages) -> None:
        self._pages, self._office = pages, pages.office
        self._scripts: dict[_Told, Script | None] = {}

    def index(self, desk: Admitted) -> Response:
        """The form, and what to say of each incident that the public was told of."""
        return self._page(desk)

    def look_up(self, desk: Admitted) -> Response:
        """What a caller may be told. It stands on this answer alone."""
        try:
            reply = self.answered(desk)
        except NotPermitted as why:
            return self._page(desk.handed_back("look-up", why))
        return self._page(desk, reply)

    def answered(self, desk: Desk) -> Reply:
        """What a caller may be told, recorded. Raises NotPermitted."""
        basis = desk.form.needed("basis", most=LONGEST_BASIS)
        self._office.cases.check_text(basis)
        checked = desk.form.choice("checked", Checked)
        found = identifier_in(desk.form)
        if found.is_misspelled:  # nobody would be found by it, and who has mistyped would be told that they are not
            raise Mistyped(
                "identifier",
                "这个身份证号的校验码不对，请与来电人再核对一遍",
                "the check digit of that resident ID is wrong: read it over with the caller",
            )
        try:
            return self._office.hotline.answer(
                Question(by=desk.person, basis=basis, checked=checked, kind=found.kind, identifier=found.text)
            )
        except CannotLookUp as why:
            raise NotPermitted(why.zh, str(why)) from None

    def scripts(self) -> tuple[Script, ...]:
        """What to say of each incident that the public was told of, the newest first."""
        cases, rules = self._office.cases.all(), self._office.cases.rules
        made: dict[_Told, Script | None] = {}
        for case in cases:
            # What was published does not change with the case: it is filled in once for each version.
            versions = case.notice.versions
            withdrawn = bool(versions and versions[-1].withdrawn)
            told = (case.id, len(versions), withdrawn, case.handling.restricted)
            made[told] = self._scripts[told] if told in self._scripts else script_of(case, rules.press, rules.scan)
        self._scripts = made
        return tuple(filter(None, made.values()))

    def _page(self, desk: Desk, reply: Reply | None = None) -> Response:
        scripts = self.scripts()
        found = {each.incident.notice for each in reply.told if each.is_found} if reply else set()
        return self._pages.page(
            desk,
            "hotline.html.j2",
            reply=reply,
            words=words,
            # What the caller is affected by is what they will ask about.
            scripts=sorted(scripts, key=lambda script: script.notice not in found),
            found=found,
            checked_options=[("", "请选择 / choose")]
            + [(key, f"{each.zh} / {each.en}") for key, each in CHECKED_WORDS.items()],
            site=self._office.bulletin_url,
            hotline=self._office.cases.rules.press.contact.hotline,
            phone=self._office.cases.rules.press.contact.phone,
        )
