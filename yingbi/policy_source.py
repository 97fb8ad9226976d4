"""Where the policy in force comes from: from what two people released, or from the folder as it stands."""

import hashlib
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from policies.compiling.kept import Kept
from policies.keys.key_files import Verifier
from policies.load import Loaded, load_policy
from policies.release import NotReleased, Release, read_release
from policies.snapshot import UnfitFiles, write_folder
from yingbi.home import Home
from yingbi.settings import Settings

type Stamp = bytes


class UnreadableFolder(Exception):
    """The folder of policies cannot be read."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A policy, and who agreed on it; nobody, where it is the folder's."""

    loaded: Loaded
    release: Release | None = None


class Source(Protocol):
    """What the supervisor watches."""

    def stamp(self) -> Stamp:
        """Changes whenever there may be another policy. Reads names and times only."""

    def take(self, now: datetime) -> Taken:
        """The policy as it is, checked at the time *now*.

        Raises NotReleased and UnreadableFolder, and OSError where it has to be tried again, as on a full disk.
        """


class FolderSource:
    """The folder of policies: whoever saves a file puts it in force."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept = Kept()

    def stamp(self) -> Stamp:
        """See `Source`."""
        return stamp_of(self._folder)

    def take(self, now: datetime) -> Taken:
        """See `Source`."""
        try:
            return Taken(load_policy(self._folder, now, self._kept))
        except OSError:
            raise UnreadableFolder from None


class ReleaseSource:
    """What was released, and nothing else."""

    def __init__(self, home: Home, by: str) -> None:
        """*by* is the process that looks: it lays the files out in a folder of its own."""
        self._path = home.release
        self._verifier = Verifier(home.public_key("release").read_bytes())
        self._folder = home.run / f"policy-{by}"
        self._kept = Kept()

    def stamp(self) -> Stamp:
        """See `Source`."""
        try:
            about = self._path.stat()
        except OSError:
            return b"none"
        return repr((about.st_mtime_ns, about.st_size, about.st_ino)).encode()

    def take(self, now: datetime) -> Taken:
        """See `Source`."""
        try:
            release, snapshot = read_release(self._path, self._verifier)
        except FileNotFoundError:
            raise NotReleased("there is none") from None
        try:
            write_folder(snapshot, self._folder)
        except UnfitFiles as unfit:
            raise NotReleased(f"`{self._folder}` cannot be used: {unfit}") from None
        return Taken(load_policy(self._folder, now, self._kept), release)


def source_of(settings: Settings, by: str) -> Source:
    """The source that is set, for the process *by*."""
    home = Home(settings.home)
    return ReleaseSource(home, by) if settings.two_people else FolderSource(home.policies)


def stamp_of(folder: Path) -> Stamp:
    """Changes whenever a file under *folder* does. Reads names and times only."""
    found = []
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place) / name
            try:
                about = path.stat()
            except OSError:
                continue
            found.append((str(path), about.st_mtime_ns, about.st_size, about.st_ino))
    return hashlib.sha256(repr(sorted(found)).encode()).digest()
