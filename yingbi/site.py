"""What the public site says of itself, as it is set."""

from bulletin.wording import Site
from yingbi.settings import Settings


def site_of(settings: Settings) -> Site:
    """The site of the installation."""
    return Site(
        unit=settings.contact.unit_zh,
        phone=settings.contact.phone,
        base_url=settings.bulletin_url,
        subscribes=settings.subscribers.by_mail,
    )
