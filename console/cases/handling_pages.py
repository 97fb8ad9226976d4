"""Pages over all cases: what is still to be done, the year in figures, and the drills."""

import csv
import io
import json
from datetime import datetime
from functools import partial
from secrets import token_urlsafe
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.cases.gate import visible_to
from console.cases.handling_view import open_tasks, to_do
from console.desk import Admitted, Desk
from console.forms import LONGEST_LINE, Mistyped
from console.pages import Pages
from console.rules.words import LEVELS as LEVEL_WORDS
from console.search.event_export import harmless
from console.words import options, word
from incident.annual import Annual, Figures, annual, years_of
from incident.codec import encode
from incident.drill_standing import standings
from incident.duty.duties import GRADE_NAMES
from incident.goals import MILESTONE_NAMES
from incident.handling_book import HandlingBook
from incident.ids import Bilingual, CaseId, NotPermitted
from incident.level import LEVELS
from incident.marking import CaseRole, Tlp

_BOM = "\ufeff"
"""Without it the desk's spreadsheet reads UTF-8 as something else."""
_NO_GRADE = Bilingual(zh="没有定级", en="not graded")


class HandlingPages:
    """Actions, the annual summary, drills."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._office = pages.office
        self._cases = pages.office.cases

    def actions(self, desk: Admitted) -> Response:
        """What is still to be done, over all cases: actions that outlive them, then tasks."""
        now, cases = self._office.now(), visible_to(desk, self._cases.all())
        return self._pages.page(
            desk,
            "actions.html.j2",
            actions=open_tasks(cases, now, lasting=True),
            tasks=to_do(cases, now),
            finishes=desk.may("POST", "/cases/{case}/task-done"),
        )

    def summary(self, desk: Admitted) -> Response:
        """The year that is asked for, or the present one, in figures."""
        cases = visible_to(desk, self._cases.all())
        figures = self.figures(desk)
        return self._pages.page(
            desk,
            "summary.html.j2",
            year=figures.year,
            years=years_of(cases, self._pages.moments.zone, self._office.now()),
            figures=figures,
            hidden=len(self._cases.all()) - len(cases),
            grade_words=_grade_words,
            level_name=partial(word, LEVEL_WORDS),
        )

    def figures(self, desk: Desk) -> Annual:
        """Those of the year that is asked for, over the cases that *desk* may know of."""
        now, cases = self._office.now(), visible_to(desk, self._cases.all())
        return annual(cases, self._year(desk, now), self._pages.moments.zone, self._cases.rules.goals, now)

    def export(self, desk: Admitted, kind: str) -> Response:
        """The same as a file for others: without the cases that are marked RED, and it says how many those are."""
        if kind not in ("csv", "json"):
            raise HTTPException(404)
        seen = visible_to(desk, self._cases.all())
        cases = [case for case in seen if case.handling.tlp is not Tlp.RED]
        now, zone = self._office.now(), self._pages.moments.zone
        year = self._year(desk, now)
        figures = annual(cases, year, zone, self._cases.rules.goals, now)
        left_out = sum(1 for case in self._cases.all() if case not in cases)
        body = _json(figures, left_out) if kind == "json" else self._csv(figures, left_out)
        media = "application/json" if kind == "json" else "text/csv; charset=utf-8"
        name = f"incidents-{year}.{kind}"
        return Response(body, media_type=media, headers={"content-disposition": f'attachment; filename="{name}"'})

    def drills(self, desk: Admitted) -> Response:
        """The drills that are planned, and those that were held."""
        return self._drills(desk)

    def begin_drill(self, desk: Admitted) -> Response:
        """Begin a drill, planned or not."""
        try:
            case = self.begun(desk, desk.form.text("once", most=LONGEST_LINE))
        except NotPermitted as why:
            return self._drills(desk.handed_back("drill", why))
        return self._pages.go(f"/cases/{case}", "drill-begun")

    def begun(self, desk: Desk, once: str) -> CaseId:
        """The number of the drill that was begun; the same where it is asked again with the same *once*."""
        form = desk.form
        plan = next((each for each in self._office.drills if each.name == form.get("plan")), None)
        if plan:
            title, level, book, name = plan.title, plan.level, plan.playbook, plan.name
        else:
            if (level := form.get("level")) not in LEVELS:
                raise Mistyped("level", "请选择一项", "one of the choices has to be taken")
            title, book, name = form.needed("title", most=LONGEST_LINE), form.get("book"), ""
        case = self._cases.open_drill(title, level, desk.person, book=book, once=once, plan=name)
        HandlingBook(self._cases).give_role(case, desk.person, CaseRole.LEAD, [plan.lead if plan else desk.person])
        return case

    def _drills(self, desk: Desk) -> Response:
        cases = visible_to(desk, self._cases.all())
        zone = self._pages.moments.zone
        return self._pages.page(
            desk,
            "drills.html.j2",
            plans=standings(self._office.drills, self._cases.all(), zone, self._office.now()),
            held=[case for case in cases if case.drill],
            once=desk.slip.typed.get("once") if desk.slip else token_urlsafe(16),
            level_options=options(LEVEL_WORDS, LEVELS),
            book_options=[("", "不用预案，人工处置 / by hand"), *((each, each) for each in self._cases.rules.books)],
            begins=desk.may("POST", "/drills"),
        )

    def _year(self, desk: Desk, now: datetime) -> int:
        asked = desk.asked("year")
        if not asked:
            return now.astimezone(self._pages.moments.zone).year
        if not (asked.isascii() and asked.isdigit() and len(asked) == 4):
            raise HTTPException(404)
        return int(asked)

    def _csv(self, found: Annual, left_out: int) -> bytes:
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow(["范围", "项目", "内容", "数值"])
        for scope, figures in (("真实事件", found.real), ("演练", found.drills)):
            for item, what, number in self._rows(figures):
                writer.writerow([scope, item, harmless(what), number])
        writer.writerow(["说明", "未列入的案件（TLP:RED 或限制查看）", "", left_out])
        return (_BOM + out.getvalue()).encode()

    def _rows(self, figures: Figures) -> list[tuple[str, str, int]]:
        labels = self._cases.rules.press.labels
        rows = [
            ("案件", "", figures.cases),
            ("进行中", "", figures.going_on),
            ("误报", "", figures.false_alarms),
            ("明文涉及人次", "", figures.persons),
            ("发布过通告", "", figures.published),
            ("已复盘", "", figures.reviewed),
        ]
        rows += [("紧急程度", word(LEVEL_WORDS, name).zh, number) for name, number in figures.levels.items()]
        rows += [("级别", _grade_words(name).zh, number) for name, number in figures.grades.items()]
        rows += [("系统", word(labels.systems, name).zh, number) for name, number in figures.systems.items()]
        rows += [("信息种类", word(labels.categories, name).zh, number) for name, number in figures.categories.items()]
        for milestone, times in figures.times.items():
            name = MILESTONE_NAMES[milestone].zh
            rows.append((f"{name}用时中位数（秒）", "", int(times.median.total_seconds())))
            rows.append((f"{name}用时最长（秒）", "", int(times.worst.total_seconds())))
            rows.append((f"{name}未达目标", "", times.missed))
        for duty in figures.duties.values():
            rows.append(("按时履行", duty.name_zh, duty.in_time))
            rows.append(("超时", duty.name_zh, duty.late))
        return rows


def _grade_words(name: str) -> Bilingual:
    return next((words for grade, words in GRADE_NAMES.items() if grade.value == name), _NO_GRADE)


def _json(found: Annual, left_out: int) -> bytes:
    told: dict[str, Any] = encode(Annual, found)
    return json.dumps({**told, "left_out": left_out}, ensure_ascii=False, indent=1).encode()
