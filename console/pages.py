"""Renders pages: the frame around each, the words, and what happens after a form."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from console import cookies
from console.access import ONE_PAGE, SEES_BROKEN_POLICY, SEES_EMERGENCIES
from console.cases.handling_view import marks_of, spelled
from console.cases.view import about, clocks_of
from console.desk import Desk
from console.form_words import DONE
from console.moments import Moments, left
from console.notices.view import STANDINGS
from console.office import Office
from console.permits.state import PermitRecord
from console.policy import view as policy_view
from console.roles import ROLE_NAMES
from console.unseen import readable_by
from console.visible import exactly, visible
from console.words import TABLES, languages, who, whose, word
from incident.duty.view import limit_words
from incident.ids import Bilingual, NotPermitted, PersonId
from incident.lines import split
from incident.notice import blocks
from incident.timeline import describe
from incident.wording import moment
from policies.findings import Finding
from policies.rehearsal.difference import shortened

TEMPLATES = Path(__file__).parent / "templates"
STYLE = (TEMPLATES / "style.css").read_bytes()
STYLE_ADDRESS = f"/style.css?{hashlib.sha256(STYLE).hexdigest()[:12]}"

NAVIGATION = (
    ("/", "总览", "Overview"),
    ("/alerts", "告警", "Alerts"),
    ("/cases", "案件", "Cases"),
    ("/events", "记录查询", "Events"),
    ("/figures", "统计", "Figures"),
    ("/rules", "规则", "Rules"),
    ("/permits", "查看原文", "Permits"),
    ("/policies", "策略", "Policies"),
    ("/hotline", "热线查询", "Hotline"),
    ("/system", "系统", "System"),
    ("/accounts", "账号", "Accounts"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet[Item]:
    """One page of a list."""

    items: Sequence[Item]
    number: int
    last: int
    total: int


def sheet[Item](items: Sequence[Item], number: int, size: int) -> Sheet[Item] | None:
    """Page *number* of *items*, from 1; None where there is none of that number."""
    last = max(1, -(-len(items) // size))
    if not 1 <= number <= last:
        return None
    return Sheet(items=items[(number - 1) * size : number * size], number=number, last=last, total=len(items))


def _navigation(desk: Desk | None) -> list[tuple[str, str, str]]:
    """Where *desk* may go; nowhere as long as its password has to be changed first."""
    if desk is None or desk.signed_in.account.must_change:
        return []
    found = [item for item in NAVIGATION if desk.may("GET", item[0])]
    # Whoever has one page is sent there from the first.
    return [item for item in found if item[0] != "/"] if desk.roles in ONE_PAGE else found


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "blocks": blocks,
        "about": about,
        "describe": describe,
        "exactly": exactly,
        "languages": languages,
        "limit": limit_words,
        "shortened": shortened,
        "two": split,
        "who": who,
        "whose": whose,
    }
    environment.globals |= {
        "clocks_of": clocks_of,
        "left": left,
        "marks_of": marks_of,
        "spelled": spelled,
        "notice_standings": STANDINGS,
        "policy_words": policy_view,
        "role_names": ROLE_NAMES,
        "style_address": STYLE_ADDRESS,
        "w": lambda table, key: word(TABLES[table], key),
    }
    return environment


_ENVIRONMENT = _environment()
"""Templates are compiled once in a process; what belongs to an office is handed in with each page."""


class Pages:
    """Fills templates. Every text in them is escaped; there is no way past that."""

    def __init__(self, office: Office) -> None:
        self.office = office
        press = office.cases.rules.press
        self.moments = Moments(press.zone, press.zone_name)
        self._words = {
            "moments": self.moments,
            "zone": press.zone_name,
            "told": partial(moment, press=press),
            "bulletin_url": office.bulletin_url,
            "called": self._called,
            "category_words": partial(word, press.labels.categories),
            "system_words": partial(word, press.labels.systems),
            "deliveries_of": office.deliveries_of,
            "reason_words": partial(word, office.reasons),
        }

    def page(self, desk: Desk, template: str, *, status: int = 200, **values: Any) -> Response:
        """The page that *template* makes. What the last form did is confirmed on it, once."""
        done = desk.request.cookies.get(cookies.DONE)
        confirmed = DONE.get(done) if done and desk.slip is None else None
        html = self._render(template, **{**self._frame(desk), "done": confirmed, **values})
        answer = HTMLResponse(html, 422 if desk.slip and status == 200 else status)
        if done:
            cookies.drop(answer, cookies.DONE)
        return answer

    def error(self, status: int, what: Bilingual, desk: Desk | None = None) -> Response:
        """A page that says what went wrong; in the frame of *desk*, where it is known whose it is."""
        html = self._render(
            "error.html.j2", **self._frame(desk), status=status, phrase=HTTPStatus(status).phrase, what=what
        )
        return HTMLResponse(html, status)

    def _frame(self, desk: Desk | None) -> dict[str, Any]:
        """What stands around every page."""
        shown = desk if desk and desk.session else None
        return {
            "desk": desk,
            "slip": desk.slip if desk else None,
            "token": desk.token if desk else "",
            "alias": readable_by(shown, self.office.cases.all()),
            "done": None,
            "broken": self._broken_policy(shown) if shown else (),
            "emergencies": self._emergencies(shown) if shown else (),
            "navigation": _navigation(shown),
        }

    def carry_out(
        self,
        desk: Desk,
        form: str,
        act: Callable[[], object],
        *,
        done: str,
        back: str,
        again: Callable[[Desk], Response],
    ) -> Response:
        """Do what *form* asks, and go *back* with a confirmation.

        Where a rule forbids it the page is shown *again*, with the reason and what was typed.
        """
        try:
            act()
        except NotPermitted as why:
            return again(desk.handed_back(form, why))
        return self.go(back, done)

    def hand_out(
        self, desk: Desk, form: str, made: Callable[[], Response], *, again: Callable[[Desk], Response]
    ) -> Response:
        """What *made* makes, as a file. Where a rule forbids it the page is shown *again*, with the reason."""
        try:
            return made()
        except NotPermitted as why:
            return again(desk.handed_back(form, why))

    def go(self, address: str, done: str = "") -> Response:
        """Send the browser to *address*, where the code *done* is confirmed."""
        answer = RedirectResponse(address, 303)
        if done:
            cookies.put(answer, cookies.DONE, done)
        return answer

    def _called(self, person: PersonId | None) -> str:
        """Who *person* is to a reader: the accounts and roles they hold, and their number; nothing for None."""
        held = [account for account in self.office.accounts.all() if account.person == person]
        names = "、".join(account.name for account in held)
        roles = sorted({role for account in held for role in account.roles})
        words = "，".join([*(ROLE_NAMES[role].zh for role in roles), str(person)])
        return f"{names}（{words}）" if held else person or ""

    def _emergencies(self, desk: Desk) -> tuple[PermitRecord, ...]:
        """Who sees all of a system now: every page tells everybody of the house."""
        if SEES_EMERGENCIES.isdisjoint(desk.roles):
            return ()
        return tuple(record for record in self.office.permits.live(self.office.now()) if record.breaks_glass)

    def _broken_policy(self, desk: Desk) -> tuple[Finding, ...]:
        if SEES_BROKEN_POLICY.isdisjoint(desk.roles):
            return ()
        return self.office.state().policy.errors

    def _render(self, template: str, **values: Any) -> str:
        return _ENVIRONMENT.get_template(template).render(now=self.office.now(), **self._words, **values)
