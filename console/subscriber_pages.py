"""Who is told of public notices: how many by mail, which offices by webhook, and what each of those has taken."""

import logging

from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.desk import Admitted, Desk
from console.pages import Pages

MOST_SHOWN = 5
LONGEST_NAME, LONGEST_URL = 64, 1000

log = logging.getLogger("console")


class SubscriberPages:
    """The page and its forms."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._subscribers = pages.office.subscribers

    def index(self, desk: Admitted) -> Response:
        """How all of it stands."""
        return self._page(desk)

    def begin(self, desk: Admitted) -> Response:
        """Register a webhook. Its secret stands on this answer and nowhere else, so nothing is sent elsewhere."""
        made: list[str] = []

        def act() -> Response:
            if self._subscribers is None:
                raise HTTPException(404)
            name = desk.form.needed("name", most=LONGEST_NAME)
            made.append(self._subscribers.begin(name, desk.form.needed("url", most=LONGEST_URL), desk.person))
            log.info("webhook_asked account=%s", desk.signed_in.account.name)
            return self._page(desk, made[0])

        return self._pages.hand_out(desk, "hook", act, again=self._page)

    def end(self, desk: Admitted, hook: str) -> Response:
        """Let it no longer be told."""
        subscribers = self._subscribers
        if subscribers is None:
            raise HTTPException(404)
        return self._pages.carry_out(
            desk,
            f"end-{hook}",
            lambda: subscribers.end(hook, desk.person),
            done="webhook-ended",
            back="/subscribers",
            again=self._page,
        )

    def _page(self, desk: Desk, made: str = "") -> Response:
        subscribers = self._subscribers
        return self._pages.page(
            desk,
            "subscribers.html.j2",
            made=made,
            on=subscribers is not None,
            by_mail=subscribers is not None and subscribers.by_mail,
            facts=subscribers.facts() if subscribers else {},
            writes=desk.may("POST", "/subscribers"),
            most=MOST_SHOWN,
        )
