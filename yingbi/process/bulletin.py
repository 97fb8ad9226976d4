"""`python -m yingbi.process.bulletin SETTINGS`: the public site. Loads no key and opens no database."""

import sys

from bulletin.site import create_app
from bulletin.wording import Site
from yingbi.home import Home
from yingbi.said import speak
from yingbi.serve import serve
from yingbi.settings import Settings, settings_of


def main(settings: Settings) -> None:
    """Serve until asked to stop."""
    home = Home(settings.home)
    site = Site(
        unit=settings.contact.unit_zh,
        phone=settings.contact.phone,
        base_url=settings.bulletin_url,
    )
    serve(
        create_app(home.notices, site),
        settings.ports.bulletin,
        home.tls,
        behind_proxy=bool(settings.addresses.bulletin),
    )


if __name__ == "__main__":
    speak()
    main(settings_of(sys.argv[1]))
