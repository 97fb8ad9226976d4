"""Registers webhooks of offices for the process that tells them: this one can write to it, and read no address."""

import secrets
from collections.abc import Mapping
from typing import Any

from bulletin.subscribing import NotTaken
from console.forms import Mistyped
from incident.ids import NotPermitted, PersonId
from siem.notify.hook_address import check_url, new_secret
from siem.notify.secret import WrongAddress
from yingbi.home import Home
from yingbi.subscribers.box import HookBegun, HookEnded, leave
from yingbi.told import hear


class WebhookDesk:
    """See `console.subscriber_desk`."""

    def __init__(self, home: Home, *, by_mail: bool) -> None:
        self.by_mail = by_mail
        self._home = home

    def facts(self) -> Mapping[str, Any]:
        """See `SubscriberDesk`."""
        return hear(self._home.told("subscribers"))

    def begin(self, name: str, url: str, by: PersonId) -> str:
        """See `SubscriberDesk`."""
        try:
            check_url(url)
        except WrongAddress as wrong:
            zh, _, en = str(wrong).partition(" / ")
            raise Mistyped("url", zh, en) from None
        secret = new_secret()
        self._leave(HookBegun(id=secrets.token_hex(16), name=name, url=url, secret=secret, by=by))
        return secret

    def end(self, hook: str, by: PersonId) -> None:
        """See `SubscriberDesk`."""
        self._leave(HookEnded(id=hook, by=by))

    def _leave(self, asked: HookBegun | HookEnded) -> None:
        try:
            leave(self._home, self._home.webhooks_asked, asked)
        except NotTaken:
            raise NotPermitted("暂时无法登记，请稍后再试", "it cannot be recorded now: try again") from None
