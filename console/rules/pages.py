"""The detection rules: what is in force, what is proposed, what it would have raised; and what officers do about it."""

import difflib
from collections.abc import Iterable, Sequence
from datetime import timedelta

from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.desk import Admitted, Desk
from console.forms import Mistyped
from console.pages import Pages, sheet
from console.rules.book import MOST_BYTES, BadRules, InForce
from console.rules.journal import Proposal, Standing
from console.rules.trials import MOST_DAYS
from console.rules.words import LEVELS
from console.separation import are_alike
from console.words import languages, options
from incident.ids import Bilingual, NotPermitted
from siem.detect.adapt import SEQUENCES, adapted
from siem.detect.definition import EVERY_EVENT, Level, Rule, RuleId
from siem.detect.precision import NOTHING_CLOSED, Precision
from siem.detect.rule_file import Problem, RuleError

ON_ONE_PAGE = 20
TRIED_DAYS = 7
SPANS = tuple((f"{each}", zh) for each, zh in ((60, "分钟"), (3_600, "小时"), (86_400, "天")))
"""Units of a window, in seconds."""
MOST_COUNTED = 10_000_000
LONGEST_DAYS = 31


class RulePages:
    """The list, one file, one proposal, and their forms."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._office = pages.office
        self._book = pages.office.rules
        self._trials = pages.office.trials

    def index(self, desk: Admitted) -> Response:
        """What is in force and what is proposed."""
        return self._index(desk)

    def show(self, desk: Admitted, file: str) -> Response:
        """One file that is in force."""
        return self._show(desk, self._find(file))

    def proposal(self, desk: Admitted, number: str) -> Response:
        """One proposal, and what it would have raised in the last days."""
        return self._proposal(desk, self._find_proposal(number))

    # -- forms

    def propose(self, desk: Admitted) -> Response:
        """Propose the text of a whole file."""
        form = desk.form
        try:
            file = form.needed("name", most=70)
            number = self._book.propose(desk.person, file, form.needed("yaml", most=MOST_BYTES), form.needed("reason"))
        except NotPermitted as why:
            return self._index(desk.handed_back("propose", why), _problems(why))
        return self._pages.go(f"/rules/proposals/{number}", "rule-proposed")

    def adapt(self, desk: Admitted, file: str) -> Response:
        """Propose other numbers for one of the rules of a file."""
        found = self._find(file)
        try:
            rule = next((rule for rule in found.rules if rule.id == desk.form.get("rule")), None)
            if rule is None:
                raise NotPermitted("没有这条规则", "there is no such rule")
            text = _adapted(desk, found, rule)
            number = self._book.propose(desk.person, file, text, desk.form.needed("reason"))
        except NotPermitted as why:
            return self._show(desk.handed_back(f"adapt-{desk.form.get('rule')}", why), found)
        return self._pages.go(f"/rules/proposals/{number}", "rule-proposed")

    def end(self, desk: Admitted, file: str) -> Response:
        """Propose that a file of the installation's own is in force no longer."""
        found = self._find(file)
        try:
            number = self._book.propose(desk.person, file, "", desk.form.needed("reason"))
        except NotPermitted as why:
            return self._show(desk.handed_back("end", why), found)
        return self._pages.go(f"/rules/proposals/{number}", "rule-proposed")

    def put_live(self, desk: Admitted, number: str) -> Response:
        """Have a proposal in force."""
        found = self._find_proposal(number)
        return self._pages.carry_out(
            desk,
            "live",
            lambda: self._book.put_live(desk.person, found.fact.number),
            done="rule-live",
            back=f"/rules/proposals/{found.fact.number}",
            again=lambda handed_back: self._proposal(handed_back, found),
        )

    def withdraw(self, desk: Admitted, number: str) -> Response:
        """Let nothing come of a proposal."""
        found = self._find_proposal(number)
        return self._pages.carry_out(
            desk,
            "withdraw",
            lambda: self._book.withdraw(desk.person, found.fact.number, desk.form.text("reason")),
            done="rule-withdrawn",
            back=f"/rules/proposals/{found.fact.number}",
            again=lambda handed_back: self._proposal(handed_back, found),
        )

    # -- how

    def _find(self, file: str) -> InForce:
        found = self._book.file(file)
        if found is None:
            raise HTTPException(404)
        return found

    def _find_proposal(self, number: str) -> Proposal:
        found = self._book.get(int(number)) if number.isascii() and number.isdigit() and len(number) < 8 else None
        if found is None:
            raise HTTPException(404)
        return found

    def _index(self, desk: Desk, problems: Sequence[Problem] = ()) -> Response:
        proposals = self._book.proposals()[::-1]
        shown = sheet([each for each in proposals if each.standing is not Standing.WAITING], desk.page, ON_ONE_PAGE)
        if shown is None:
            raise HTTPException(404)
        order = list(Level)
        rules = [(rule, file) for file in self._book.in_force() for rule in file.rules]
        rules.sort(key=lambda each: (-order.index(each[0].level), each[0].name))
        return self._pages.page(
            desk,
            "rules.html.j2",
            rules=rules,
            precision=self._precision(rule for rule, _ in rules),
            below=self._office.review_below,
            waiting=[each for each in proposals if each.standing is Standing.WAITING],
            shown=shown,
            problems=problems,
            altered=self._book.broken,
        )

    def _show(self, desk: Desk, found: InForce) -> Response:
        return self._pages.page(
            desk,
            "rule.html.j2",
            file=found,
            precision=self._precision(found.rules),
            below=self._office.review_below,
            spans=SPANS,
            windows={rule.id: window_of(rule) for rule in found.rules},
            sequences=SEQUENCES,
            descriptions={rule.id: described(rule) for rule in found.rules},
            every=EVERY_EVENT,
            levels=options(LEVELS),
            proposals=[each for each in self._book.proposals() if each.fact.file == found.name][::-1],
        )

    def _precision(self, rules: Iterable[Rule]) -> dict[RuleId, Precision]:
        """How often each of *rules* was right."""
        known = self._office.alert_book.precision(self._office.now())
        return {rule.id: known.get(rule.id, NOTHING_CLOSED) for rule in rules}

    def _proposal(self, desk: Desk, found: Proposal) -> Response:
        days = _days(desk)
        rules: Sequence[Rule] = ()
        wrong: Sequence[Problem] = ()
        try:
            rules = self._book.rules_of(found)
        except RuleError as error:
            wrong = error.problems
        waits = found.standing is Standing.WAITING
        takes_two = waits and not wrong and self._book.takes_two(found)
        return self._pages.page(
            desk,
            "rule_proposal.html.j2",
            proposal=found,
            rules=rules,
            wrong=wrong,
            waits=waits,
            takes_two=takes_two,
            takes_another=takes_two and are_alike(desk.person, found.by),
            lines=_difference(found),
            days=days,
            most_days=MOST_DAYS,
            trial=self._trials.of(found.fact.number, rules, days) if rules and days else None,
        )


def described(rule: Rule) -> Bilingual:
    """What *rule* is about, as one paragraph in each language: its lines end where those of its file do."""
    lines = languages(rule.description)
    zh = "".join(both.zh for both, english in lines if not english)
    return Bilingual(zh=zh, en=" ".join(both.zh if english else both.en for both, english in lines).strip())


def window_of(rule: Rule) -> tuple[int, str]:
    """The window of *rule*: how many of which of SPANS, the largest that it is a whole number of."""
    seconds = int(rule.threshold.within.total_seconds())
    return next((seconds // int(unit), unit) for unit, _ in reversed(SPANS) if seconds % int(unit) == 0)


def _adapted(desk: Desk, found: InForce, rule: Rule) -> str:
    form, counts = desk.form, rule.threshold != EVERY_EVENT
    at_least = within = None
    if counts:
        unit = form.get("unit")
        if unit not in dict(SPANS):
            raise Mistyped("unit", "请选择一项", "one of the choices has to be taken")
        within = timedelta(seconds=form.number("within", least=1, most=LONGEST_DAYS * 24 * 60) * int(unit))
        if within > timedelta(days=LONGEST_DAYS):
            raise Mistyped("within", f"最长 {LONGEST_DAYS} 天", f"{LONGEST_DAYS} days at most")
        within = within if within != rule.threshold.within else None
    if counts and rule.threshold.measure not in SEQUENCES:
        at_least = form.number("at_least", least=1, most=MOST_COUNTED)
    return adapted(found.text, rule, at_least=at_least, within=within, level=form.choice("level", Level))


def _days(desk: Desk) -> int:
    asked = desk.asked("days") or str(TRIED_DAYS)
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 and int(asked) <= MOST_DAYS else 0


def _difference(proposal: Proposal) -> list[str]:
    fact = proposal.fact
    lines = difflib.unified_diff(fact.instead_of.splitlines(), fact.text.splitlines(), lineterm="", n=3)
    return list(lines)[2:]


def _problems(why: NotPermitted) -> Sequence[Problem]:
    return why.problems if isinstance(why, BadRules) else ()
