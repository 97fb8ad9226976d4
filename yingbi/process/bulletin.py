"""`python -m yingbi.process.bulletin SETTINGS`: the public site. Loads no key and opens no database."""

import sys

from bulletin.site import create_app
from yingbi.home import Home
from yingbi.said import speak
from yingbi.serve import serve
from yingbi.settings import Settings, settings_of
from yingbi.site import site_of


def main(settings: Settings) -> None:
    """Serve until asked to stop."""
    home = Home(settings.home)
    serve(
        create_app(home.notices, site_of(settings)),
        settings.ports.bulletin,
        home.tls,
        behind_proxy=bool(settings.addresses.bulletin),
    )


if __name__ == "__main__":
    speak()
    main(settings_of(sys.argv[1]))
