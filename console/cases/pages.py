"""The cases: the list, one case with everything that is known of it, and the opening of one by hand."""

from functools import partial
from secrets import token_urlsafe

from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.access import READS_CASES
from console.cases.active_sessions import MOST_SHOWN, Active, active
from console.cases.gate import RESTRICTED, may_open, visible_to
from console.cases.handling_view import manual_steps
from console.cases.step_roles import handles, may_answer, persons_for
from console.cases.view import (
    MOST_QUICK,
    about,
    case_of_alert,
    clocks_of,
    failed_by_hand,
    held_by,
    measure_options,
    moves_of,
    other_cases,
    quick_of,
    steps_left,
    steps_of,
    targets_of,
    under_way,
)
from console.cases.words import BY_HAND, MOVES, OCCURRENCES
from console.cookies import handle_of
from console.desk import Admitted, Desk
from console.forms import LONGEST_LINE, Mistyped, Typed
from console.notices.view import STANDINGS, standing_of
from console.pages import Pages, sheet
from console.roles import Role
from console.rules.words import LEVELS as LEVEL_WORDS
from console.unseen import readable_by
from console.words import options, word
from incident.acts import MOST_CONTAINMENT
from incident.alert_facts import facts_of
from incident.by_hand import late_steps
from incident.command import AskPerson, Containment
from incident.command_words import CONTAINMENT_NAMES
from incident.commanding import LOOK_BACK_HOURS
from incident.duty.duties import GRADE_NAMES
from incident.duty.forms import FORM_NAMES, lacks
from incident.duty.stating import ITEMS, stated
from incident.evidence import CUSTODY_NAMES
from incident.evidence_acts import MOST_MEGABYTES, may_read
from incident.graph import leading
from incident.ids import Bilingual, CaseId, NotPermitted
from incident.incident import Case
from incident.level import LEVELS
from incident.marking import CASE_ROLE_NAMES, TLP_NAMES
from incident.merging import links_to
from incident.reported import REPORTER_NAMES, Report, Reporter
from incident.review import is_reviewed, measured, review_asked_by
from incident.sheets.sheet import SheetFormat
from incident.state import ENDED
from incident.taken import BY_A_PERSON, LINK_NAMES
from siem.detect.alert import AlertId

ON_ONE_PAGE = 20
MOST_ENTRIES = 60
"""Of the timeline, unless all of it is asked for."""
MOST_ALERTS = 10
OPEN = "open"


class CasePages:
    """The pages of cases; `console.cases.acts` is what their forms do."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._office = pages.office
        self._cases = pages.office.cases

    def index(self, desk: Admitted) -> Response:
        """The cases, newest first: all, or those that have not ended."""
        everything = self._cases.all()
        cases = visible_to(desk, everything)
        going_on = tuple(case for case in cases if case.state not in ENDED)
        only_open = desk.asked("show") == OPEN
        shown = sheet(going_on if only_open else cases, desk.page, ON_ONE_PAGE)
        if shown is None:
            raise HTTPException(404)
        return self._pages.page(
            desk,
            "cases.html.j2",
            shown=shown,
            only_open=only_open,
            number_open=len(going_on),
            number=len(cases),
            hidden=len(everything) - len(cases),
            once=desk.slip.typed.get("once") if desk.slip else token_urlsafe(16),
            alert=desk.slip.typed.get("alert") if desk.slip else "",
            level_options=options(LEVEL_WORDS, LEVELS),
            reporter_options=[("", "没有人报告 / nobody did"), *options(REPORTER_NAMES)],
            book_options=self._book_options(),
            now_clocks={case.id: clocks_of(case, self._office.now()) for case in shown.items},
        )

    def _book_options(self) -> list[tuple[str, str]]:
        """The playbooks that a person may let lead a case, and none, as the choices of a form."""
        books = sorted((book.name, name) for name, book in leading(self._cases.rules.books).items())
        return [("", "不执行预案 / none"), *((name, title) for title, name in books)]

    def open_by_hand(self, desk: Admitted) -> Response:
        """A case that a person opens, as on a report from outside or from the page of an alert."""
        try:
            case = self.opened_by_hand(desk)
        except NotPermitted as why:
            return self.index(desk.handed_back("open", why))
        return self._pages.go(f"/cases/{case}", "opened")

    def opened_by_hand(self, desk: Desk) -> CaseId:
        """The number of the case that was opened. Raises NotPermitted; HTTPException where there is no such alert."""
        form = desk.form
        if (level := form.get("level")) not in LEVELS:
            raise Mistyped("level", "请选择一项", "one of the choices has to be taken")
        title = form.needed("title", most=LONGEST_LINE)
        once = form.text("once", most=LONGEST_LINE)
        alert = self._office.alerts.get(AlertId(form.get("alert"))) if form.get("alert") else None
        if form.get("alert") and alert is None:
            raise HTTPException(404)
        before = case_of_alert(self._cases.all(), alert.id) if alert else None
        if before and not may_open(before, desk):
            raise HTTPException(403, RESTRICTED)  # opening it again would tell of it, and write into it
        facts, report = facts_of(alert) if alert else None, self._reported(form)
        return self._cases.open_by_hand(
            title, level, desk.person, form.text("note"), once=once, alert=facts, report=report, book=form.get("book")
        )

    def _reported(self, form: Typed) -> Report | None:
        """Who told us of it, as a kind, and when; None where nobody outside did."""
        if not form.get("reported_by"):
            return None
        by = form.choice("reported_by", Reporter)
        return Report(by=by, received_at=form.instant("received_at", self._pages.moments.zone))

    def show(self, desk: Admitted, case: str) -> Response:
        """One case."""
        return self.page(desk, self.find(case))

    def find(self, case: str) -> Case:
        """The case of that number. Raises HTTPException where there is none."""
        try:
            return self._cases.get(CaseId(case))
        except KeyError:
            raise HTTPException(404) from None

    def altered(self, case: CaseId) -> Bilingual | None:
        """Where the journal of *case* is not as it was written, if that was found: it proves nothing any more."""
        return self._office.state().records.journals.get(case)

    def systems(self) -> tuple[str, ...]:
        """The systems that there are, by name: those in force, and what else has a public name."""
        in_force = (system.name for system in self._office.state().policy.systems)
        return tuple(dict.fromkeys([*in_force, *self._cases.rules.press.labels.systems]))

    def target(self, desk: Desk, case: Case, handle: str) -> tuple[Containment, str]:
        """What the *handle* of a page of this session stands for. Raises Mistyped where it is none, or no longer."""
        for kind, target in targets_of(case):
            if handle_of(desk.token, case.id, kind, target) == handle:
                return kind, target
        raise Mistyped("of", "案件已有变化，请看最新情况再提交", "the case has changed meanwhile: look again")

    def page(self, desk: Desk, case: Case) -> Response:
        """The page of *case*."""
        now, rules = self._office.now(), self._cases.rules
        known = visible_to(desk, self._cases.all())
        installation = self._office.state()
        whole = desk.asked("timeline") == "all"
        entries = case.entries if whole else case.entries[-MOST_ENTRIES:]
        clauses = {clause.id: clause for clause in rules.duties.clauses}
        labels = rules.press.labels.systems
        alias = readable_by(desk, self._cases.all())
        steps_by_hand = manual_steps(case, now)
        return self._pages.page(
            desk,
            "case.html.j2",
            case=case,
            altered=self.altered(case.id),
            most_alerts=MOST_ALERTS,
            acts=handles(desk) and not case.merged_into,
            ended=case.state in ENDED,
            clocks=clocks_of(case, now),
            steps_begun=steps_of(case),
            steps_left=steps_left(case, rules.books),
            quick=quick_of(case, installation.overlay, now),
            handle=partial(handle_of, desk.token, case.id),
            alias=alias,
            held=held_by(case, now),
            active=self._active(case),
            most_shown=MOST_SHOWN,
            under_way=under_way(case),
            failed=failed_by_hand(case),
            move_options=options(MOVES, moves_of(case)),
            measure_options={
                asked.key: measure_options(asked.measures, labels, alias) for asked in case.questions if asked.measures
            },
            containment_options=options(CONTAINMENT_NAMES),
            form_names=FORM_NAMES,
            form_kinds=tuple(SheetFormat),
            lacking={form: lacks(case, form) for form in FORM_NAMES},
            item_names=ITEMS,
            item_options=options(ITEMS),
            items_stated=stated(case),
            states=desk.may("POST", "/cases/{case}/state-item"),
            occurrence_options=options(OCCURRENCES, BY_HAND),
            grade_options=options(GRADE_NAMES),
            clauses=[clauses[each] for each in (case.graded.clauses if case.graded else ()) if each in clauses],
            system_options=[("", "不限 / any"), *((name, word(labels, name).zh) for name in self.systems())],
            most_hours=int(MOST_CONTAINMENT.total_seconds() // 3600),
            look_back=LOOK_BACK_HOURS,
            entries=tuple(reversed(entries)),
            entries_left=len(case.entries) - len(entries),
            notice_standing=STANDINGS[standing_of(case)],
            steps_by_hand=steps_by_hand,
            steps_of_key={step.asked.key: step for step in steps_by_hand},
            steps_late=late_steps(case, now),
            answerable={asked.key for asked in case.questions if may_answer(desk, asked)},
            takers={step.asked.key: self._takers(desk, step.asked) for step in steps_by_hand},
            handles=handles(desk),
            measured=measured(case, rules.goals),
            reviewed=is_reviewed(case),
            review_asked_by=review_asked_by(case, now),
            persons=self._persons(),
            case_role_options=options(CASE_ROLE_NAMES),
            tlp_options=options(TLP_NAMES),
            custody_options=options(CUSTODY_NAMES),
            opens_evidence=may_read(case, desk.person, audits=Role.AUDITOR in desk.roles),
            keeps_evidence=self._office.evidence is not None,
            evidence_megabytes=MOST_MEGABYTES,
            other_options=[("", "请选择 / choose"), *other_cases(case, known)],
            link_options=options(LINK_NAMES, BY_A_PERSON),
            links_here=links_to(case, known),
            link_names=LINK_NAMES,
        )

    def _active(self, case: Case) -> Active:
        """Who is at work now of those that measures of *case* are, or could be, about."""
        now, named = self._office.now(), about(case)
        held = case.held(now)
        systems = dict.fromkeys((*named.systems, *(each.system for each in held if each.system)))
        targets = dict.fromkeys((*(target for _, target in targets_of(case)), *(each.target for each in held)))
        return active(
            self._office.events, [*systems][:MOST_QUICK], [each for each in targets if each][:MOST_QUICK], now
        )

    def _takers(self, desk: Desk, asked: AskPerson) -> list[tuple[str, str]]:
        """Whom *desk* may give the step to that is *asked* for: everybody of its role, or who has it and asks."""
        found = persons_for(asked.assignee, self._office.accounts.all()) if may_answer(desk, asked) else {}
        return [(each, name) for each, name in found.items() if handles(desk) or each == desk.person]

    def _persons(self) -> dict[str, str]:
        """Who may be named in a case, with the accounts they hold."""
        names: dict[str, list[str]] = {}
        for account in self._office.accounts.all():
            if not account.disabled_at and not account.roles.isdisjoint(READS_CASES):
                names.setdefault(account.person, []).append(account.name)
        return {person: f"{person}（{'、'.join(held)}）" for person, held in sorted(names.items())}
