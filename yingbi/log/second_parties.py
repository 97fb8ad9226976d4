"""Who is told of the seals, as is set under `log`: folders, files, an index of another cluster, a mailbox."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from siem.notify.secret import Secret, WrongAddress, address_of
from siem.record.anchor import Anchor, SecondParty, anchors_in, index_place, second_party
from siem.record.anchoring import Anchoring
from yingbi.clock import now
from yingbi.settings import Settings

if TYPE_CHECKING:
    from siem.index.anchor_index import AnchorIndex

MAILBOX = "log.anchor_mail_file"
LOGIN = "log.anchor_login_file"


def anchorings(settings: Settings) -> list[Anchoring]:
    """One for each second party that is set. Each begins at once to wait for what it is offered."""
    log = settings.log
    told = [Anchoring(place, partial(_party, settings, place)) for place in log.anchors]
    if log.anchor_mail_file:
        told.append(Anchoring(MAILBOX, partial(_mailbox, settings), log.anchor_mail_min * 60))
    return told


def anchors_at(place: str, ca: Path | None, login: Path | None) -> list[Anchor]:
    """The anchors kept at *place*, a folder, a file or an index, which is asked with the *login* of one who may read.

    Raises OSError; an index is asked with both *ca* and *login*.
    """
    if not is_index(place):
        return anchors_in(Path(place))
    if ca is None or login is None:
        raise OSError(f"`{place}`：--anchors-login、--anchors-ca")
    return _index(place, ca, login.parent, login.name).read()


def unasked(places: Sequence[str], login: Path | None) -> list[str]:
    """Those of *places* that cannot be read here: our own user at an index may add anchors and read none."""
    return [place for place in places if is_index(place) and login is None]


def is_index(place: str) -> bool:
    """Whether *place* is the address of an index, and not a path."""
    return index_place(place) is not None


def _party(settings: Settings, place: str) -> SecondParty:
    if not is_index(place):
        return second_party(Path(place))
    return _index(place, settings.home / settings.log.anchor_ca, settings.home, settings.log.anchor_login_file)


def _index(place: str, ca: Path, folder: Path, login: str) -> "AnchorIndex":
    """The index at *place*, as whom the file *login* of *folder* says: `name:password`. Raises OSError."""
    from siem.index.anchor_index import AnchorIndex
    from siem.index.elastic_link import Login

    where = index_place(place)
    name, _, password = _secret(LOGIN, folder, login).partition(":")
    if where is None or not password:
        raise OSError(f"`{LOGIN}`：写作 用户:密码 / holds name:password")
    return AnchorIndex(where, ca, Login(name, password))


def _mailbox(settings: Settings) -> SecondParty:
    from siem.notify.anchor_mail import AnchorMailbox
    from siem.notify.sender import Sender, trust

    trust(str(settings.home / settings.notify.ca) if settings.notify.ca else "")
    try:
        address = Secret(_secret(MAILBOX, settings.home, settings.log.anchor_mail_file))
        return AnchorMailbox(Sender(MAILBOX, address, clock=now))
    except WrongAddress as wrong:
        raise OSError(str(wrong)) from None


def _secret(whose: str, folder: Path, file: str) -> str:
    try:
        return address_of(whose, folder, file, "", {}).reveal()
    except WrongAddress as wrong:
        raise OSError(str(wrong)) from None
