"""Carries notifications to their channels, with the address of each as it is now.

What carries messages is loaded where there is a channel: many installations tell the console alone.
"""

import logging
import threading
from collections.abc import Mapping

from siem.index.store import StoreUnavailable
from siem.notify.channel import Channel
from siem.notify.courier import IDLE, Courier
from siem.notify.outbox import Outbox
from siem.notify.secret import WrongAddress, address_of
from yingbi.clock import now
from yingbi.settings import Settings

RETRY_S = 30.0
"""After so long an address that could not be used is read again."""

log = logging.getLogger("yingbi.notifier")


class Carrying:
    """Carries what *outbox* holds; `kinds` and `wrong` tell how the channels stand."""

    def __init__(self, settings: Settings, outbox: Outbox, environment: Mapping[str, str]) -> None:
        self._settings = settings
        self._outbox = outbox
        self._environment = environment
        self.kinds: dict[str, str] = {}
        """By channel, what kind of service its address is of."""
        self.wrong: dict[str, str] = {}
        """By channel, why its address cannot be used."""

    def serve(self, channel: Channel, stop: threading.Event) -> None:
        """Carry to *channel* what is for it until *stop* is set. For a thread of its own: a channel may hang."""
        courier: Courier | None = None
        while not stop.is_set():
            if courier is None:
                courier = self._courier_for(channel)
            if courier is None:
                stop.wait(RETRY_S)
                continue
            try:
                outcome = courier.step()
            except StoreUnavailable as unavailable:
                log.warning("notifications_unavailable %s", unavailable)
                outcome = None
            if outcome is not None:
                log.info("sent channel=%s delivered=%s result=%s", channel.name, outcome.delivered, outcome.result)
            else:
                stop.wait(IDLE.total_seconds())

    def _courier_for(self, channel: Channel) -> Courier | None:
        from siem.notify.sender import Sender

        try:
            address = address_of(
                channel.name, self._settings.home, channel.url_file, channel.url_env, self._environment
            )
            sender = Sender(channel.name, address, clock=now)
        except WrongAddress as wrong:
            if self.wrong.get(channel.name) != str(wrong):
                log.error("address_refused channel=%s", channel.name)
            self.wrong[channel.name] = str(wrong)
            return None
        self.wrong.pop(channel.name, None)
        self.kinds[channel.name] = sender.kind
        return Courier(channel, sender, self._outbox, self._settings.console_url, now)
