"""The key that published notices are signed with: the control process holds it, the public gets its other half."""

import json
import logging
from collections.abc import Iterable

from bulletin.proofs import JWKS, PEM
from deploy.private_file import write_private
from incident.incident import Case
from incident.journal import BrokenJournal, verify
from incident.notice import PublishedNotice, publish, read_notice_file, statement_of
from policies.keys.detached import DetachedSigner
from yingbi.home import Home

NAME = "notices"
KIND = "yingbi-notice"
"""The `typ` of its signatures."""


log = logging.getLogger("yingbi.notices")


class NoticeSigner:
    """Signs notices. Raises OSError or ValueError where the installation in *home* has no key for that."""

    def __init__(self, home: Home) -> None:
        self._signer = DetachedSigner(home.private_key(NAME), KIND)

    def signatures_of(self, notice: PublishedNotice) -> tuple[str, ...]:
        """The signature of each version of *notice*, in their order."""
        return tuple(self._signer.signed(statement_of(notice.id, version)) for version in notice.versions)


def publish_key(home: Home) -> None:
    """Put the public half where the public site finds it. Raises OSError, ValueError."""
    signer = DetachedSigner(home.private_key(NAME), KIND)
    jwks = json.dumps({"keys": [signer.public]}, indent=1).encode()
    for name, data in ((JWKS, jwks), (PEM, signer.pem)):
        path = home.notices / name
        if not path.exists() or path.read_bytes() != data:
            write_private(path, data)
            path.chmod(0o644)


def sign_published(home: Home, cases: Iterable[Case], signer: NoticeSigner) -> None:
    """Sign what was published before there was this key. Only what a journal says itself is signed, never a file."""
    for case in cases:
        path = home.notices / f"{case.notice_id}.json"
        if not case.notice.versions or not path.exists():
            continue
        told = PublishedNotice(id=case.notice_id, versions=case.notice.versions)
        signatures = signer.signatures_of(told)
        try:
            file = read_notice_file(path)
            verify(case.entries)
            if file.notice == told and file.signatures != signatures:
                publish(home.notices, told, signatures)
        except (OSError, ValueError, BrokenJournal) as error:
            log.warning("notice_unsigned notice=%s reason=%s", case.notice_id, error)
