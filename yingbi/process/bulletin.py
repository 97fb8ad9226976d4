"""`python -m yingbi.process.bulletin SETTINGS`: the public site. Loads no key and opens no database.

Public halves it does load: what it takes from who wants to be told by mail, it can encrypt and not read.
"""

import sys

from bulletin.site import create_app
from yingbi.clock import now
from yingbi.home import Home
from yingbi.said import speak
from yingbi.serve import serve
from yingbi.settings import Settings, settings_of
from yingbi.site import site_of
from yingbi.subscribers.box import BoxCounter


def main(settings: Settings) -> None:
    """Serve until asked to stop."""
    home = Home(settings.home)
    counter = BoxCounter(home, now) if settings.subscribers.by_mail else None
    serve(
        create_app(home.notices, site_of(settings), counter),
        settings.ports.bulletin,
        home.tls,
        behind_proxy=bool(settings.addresses.bulletin),
    )


if __name__ == "__main__":
    speak()
    main(settings_of(sys.argv[1]))
