"""The hotline in the API, for the telephone desk's own program: what its page shows and answers, by the same rules."""

from typing import Any

from console.api.field import Field
from console.api.route import ApiRoute, At
from console.api.schemas import AFFECTED, SCRIPT_LIST
from console.desk import Desk
from console.hotline_desk import Checked
from console.hotline_pages import HotlinePages
from console.pages import Pages
from incident.hotline import Script
from policies.affected import AffectedTable
from policies.affected_answer import (
    STANDINGS,
    VERDICTS,
    WHAT_TO_DO,
    Told,
    Verdict,
    Words,
    address_of,
    cannot_know_by_phone,
    title_of,
)

_ASKED = (
    Field(name="identifier", en="what the caller is known by; it is kept nowhere", needed=True),
    Field(name="checked", en="how it was made sure who they are", needed=True, choices=tuple(Checked)),
    Field(name="basis", en="the number of the call, without personal data", needed=True),
)


class ApiHotline:
    """Asking, and what to say."""

    def __init__(self, pages: Pages) -> None:
        self._shown = HotlinePages(pages)

    @property
    def routes(self) -> tuple[ApiRoute, ...]:
        """What it answers."""
        return (
            ApiRoute(
                method="GET",
                path="/hotline",
                name="hotlineScripts",
                summary="What to say of each incident that is public",
                run=self._scripts,
                answers=SCRIPT_LIST,
            ),
            ApiRoute(
                method="POST",
                path="/hotline",
                name="askForCaller",
                summary="Whether incidents affect a caller: recorded first, and the answer kept nowhere",
                run=self._ask,
                fields=_ASKED,
                answers=AFFECTED,
                once=False,
            ),
        )

    def _scripts(self, desk: Desk, at: At) -> Any:
        return {"scripts": [_script(each) for each in self._shown.scripts()]}

    def _ask(self, desk: Desk, at: At) -> Any:
        reply = self._shown.answered(desk)
        return {
            "event": reply.event,
            "answer": reply.verdict.value,
            "detail": _both(VERDICTS[reply.verdict]),
            "incidents": [_incident(reply.table, each) for each in reply.told],
            "what_to_do": [_both(each) for each in WHAT_TO_DO] if reply.verdict is Verdict.FOUND else [],
            "cannot_know": [_both(each) for each in cannot_know_by_phone(reply.kind)],
        }


def _script(script: Script) -> dict[str, Any]:
    return {
        "notice": script.notice,
        "version": script.version,
        "published_at": script.published_at.isoformat(),
        "title": script.title,
        "body": script.body,
        "is_spoken": script.is_spoken,
    }


def _incident(table: AffectedTable, told: Told) -> dict[str, Any]:
    return {
        "title": _both(title_of(told.incident)),
        "answer": told.standing.value,
        "detail": _both(STANDINGS[told.standing]),
        "has_unattributed": told.incident.has_unattributed,
        "has_other_numbers": told.incident.has_other_numbers,
        "notice": told.incident.notice or None,
        "address": address_of(table, told.incident) or None,
    }


def _both(words: Words) -> dict[str, str]:
    return {"zh": words[0], "en": words[1]}
