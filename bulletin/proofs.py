"""Notices for machines: each version as it was signed, its signature, and the public key. No private key is here.

The form is laid out so that what was signed of each version stands alone on a line, octet by octet: a tool that knows
nothing of JSON can check it. Whoever reads it as JSON makes the same octets by RFC 8785.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import zip_longest

from incident.notice import PublishedNotice, statement_of

JWKS, PEM = "jwks.json", "notices.pem"
"""The files of the public key, in the folder of the published notices."""
KEY_FILES = {JWKS: "application/jwk-set+json", PEM: "application/x-pem-file"}
"""What they are served as."""
WELL_KNOWN = ".well-known"
"""Where they are served. Source: RFC 8615."""


@dataclass(frozen=True, slots=True)
class Proofs:
    """What vouches for notices."""

    signatures: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By the number of the notice, one for each version."""
    keys: Mapping[str, bytes] = field(default_factory=dict)
    """Its `KEY_FILES`, as far as they are there."""

    def signed(self, notice: PublishedNotice) -> bytes:
        """*notice* for machines. A version without a signature has null in its place."""
        signatures = self.signatures.get(notice.id, ())
        versions = [
            b'{"signature":%s,"statement":\n%s\n}' % (json.dumps(signature).encode(), statement_of(notice.id, version))
            for version, signature in zip_longest(notice.versions, signatures)
        ]
        return b'{"id":%s,"versions":[\n%s\n]}\n' % (json.dumps(notice.id).encode(), b",\n".join(versions))


def machine_file(notice: str) -> str:
    """The file of a notice for machines, and its address."""
    return f"notices/{notice}.json"
