"""What the public site and the console ask of the process that tells subscribers: a file each, encrypted to it alone.

Neither can read what it has left. Links in mails are signed by that process; whoever has its public half can tell a
link of ours from any other text, and sees in it no address.
"""

import base64
import binascii
import os
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import pyrage

from bulletin.subscribing import LONGEST_TOKEN, NotTaken
from deploy.private_file import write_private
from policies.keys.key_files import BadSignature, Signer, Verifier
from yingbi.clock import Clock
from yingbi.home import Home
from yingbi.keys.age_key import make_key

AGE, LINKS = "subscribers", "subscriber-links"
"""What is asked is encrypted to the one key; the other signs links."""
CONFIRM, LEAVE = "confirm", "leave"
MOST_WAITING = 10_000
LARGEST = 8192
_LABEL = "yingbi subscription link 1"
type _Text = Annotated[str, msgspec.Meta(max_length=1000)]
type SubscriberId = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]


class Wanted(msgspec.Struct, frozen=True, tag=True):
    """Somebody wants this address to be told."""

    address: _Text


class Pressed(msgspec.Struct, frozen=True, tag=True):
    """The button behind a link was pressed."""

    token: Annotated[str, msgspec.Meta(max_length=LONGEST_TOKEN)]


class HookBegun(msgspec.Struct, frozen=True, tag=True):
    """An office wants this address of its own to be told."""

    id: SubscriberId
    name: _Text
    url: _Text
    secret: _Text
    by: _Text


class HookEnded(msgspec.Struct, frozen=True, tag=True):
    """It no longer does."""

    id: SubscriberId
    by: _Text


class Link(msgspec.Struct, frozen=True, array_like=True):
    """What a link in a mail says."""

    what: str
    id: SubscriberId
    until: int
    """Seconds since 1970."""


class Links:
    """Makes links."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    def token(self, what: str, subscriber: SubscriberId, until: datetime) -> str:
        """The token for *what* that is good until then."""
        said = msgspec.json.encode(Link(what, subscriber, int(until.timestamp())))
        signature = base64.b64decode(self._signer.sign(_LABEL, said))
        return base64.urlsafe_b64encode(signature + said).decode().rstrip("=")


_SIGNATURE_BYTES = 64


def link_in(token: str, verifier: Verifier, now: datetime) -> Link | None:
    """What *token* says, where we have signed it and its time has not run out."""
    try:
        data = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        signature, said = data[:_SIGNATURE_BYTES], data[_SIGNATURE_BYTES:]
        verifier.check(_LABEL, said, base64.b64encode(signature).decode())
        link = msgspec.json.decode(said, type=Link)
    except (BadSignature, binascii.Error, ValueError):
        return None
    return link if now.timestamp() < link.until else None


def make_box_keys(home: Home) -> None:
    """The key that opens what is asked, where there is none, and its public half. Raises OSError, NotOpened."""
    secret = home.keys / f"{AGE}.age"
    public = make_key(secret) if not secret.exists() else str(identity_in(home).to_public())
    write_private(home.public_key(AGE), public.encode())
    write_private(home.public_key(LINKS), Signer(home.private_key(LINKS)).public_bytes)


def identity_in(home: Home) -> pyrage.x25519.Identity:
    """What opens the files."""
    lines = (home.keys / f"{AGE}.age").read_text("ascii").splitlines()
    return pyrage.x25519.Identity.from_str(next(line for line in lines if not line.startswith("#")))


def leave(home: Home, folder: Path, asked: Wanted | Pressed | HookBegun | HookEnded) -> None:
    """Leave *asked* in *folder*. Raises NotTaken."""
    try:
        recipient = pyrage.x25519.Recipient.from_str(home.public_key(AGE).read_text("ascii"))
        folder.mkdir(exist_ok=True, mode=0o700)
        with os.scandir(folder) as entries:
            if sum(1 for _ in entries) >= MOST_WAITING:
                raise NotTaken
        data = pyrage.encrypt(msgspec.json.encode(asked), [recipient])
        write_private(folder / f"{secrets.token_hex(16)}.age", data)
    except (OSError, ValueError, pyrage.RecipientError, pyrage.EncryptError):
        raise NotTaken from None


def taken[Asked](
    folder: Path, identity: pyrage.x25519.Identity, decoder: msgspec.json.Decoder[Asked]
) -> Iterator[tuple[Path, Asked]]:
    """What lies in *folder*, oldest first, each to be deleted by who takes it.

    What *decoder* does not take is deleted here. Raises OSError.
    """
    if not folder.is_dir():
        return
    paths = [path for path in folder.iterdir() if path.suffix == ".age"]
    for path in sorted(paths, key=lambda path: path.stat().st_mtime_ns):
        try:
            if path.stat().st_size > LARGEST:
                raise ValueError("too large")
            asked = decoder.decode(pyrage.decrypt(path.read_bytes(), [identity]))
        except (ValueError, pyrage.DecryptError):
            path.unlink()
            continue
        yield path, asked


class BoxCounter:
    """Takes what the public site is asked, for the process that tells subscribers. See `bulletin.subscribing`."""

    def __init__(self, home: Home, clock: Clock) -> None:
        self._home = home
        self._clock = clock
        self._verifier: Verifier | None = None

    def ask(self, address: str) -> None:
        """See `Counter`."""
        leave(self._home, self._home.subscriptions_asked, Wanted(address))

    def fits(self, token: str, what: str) -> bool:
        """See `Counter`."""
        if self._verifier is None:
            try:
                self._verifier = Verifier(self._home.public_key(LINKS).read_bytes())
            except (OSError, ValueError):
                raise NotTaken from None
        link = link_in(token, self._verifier, self._clock())
        return link is not None and link.what == what

    def confirm(self, token: str) -> None:
        """See `Counter`."""
        leave(self._home, self._home.subscriptions_asked, Pressed(token))

    def leave(self, token: str) -> None:
        """See `Counter`."""
        leave(self._home, self._home.subscriptions_asked, Pressed(token))
