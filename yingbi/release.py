"""Hands what two people agreed on to the supervisor: writes the version in force as a signed release.

The journal decides, the release follows: whoever is killed between the two finds at the next step that it is missing.
"""

import logging
from collections.abc import Callable, Mapping

from sqlalchemy import Engine

from console.policy.journal import BrokenPolicyJournal
from console.policy.life import PolicyLife
from console.policy.state import PolicyHistory
from console.policy.store import AlteredFiles
from policies.keys.key_files import Signer, Verifier
from policies.release import NotReleased, Release, read_release, write_release
from policies.snapshot import Snapshot, UnfitFiles, read_folder
from yingbi.clock import now
from yingbi.first_start import CannotPrepare, Moved
from yingbi.home import Home
from yingbi.settings import Settings

log = logging.getLogger("yingbi.release")


class Released:
    """The release as it lies there, read again where it has changed."""

    def __init__(self, home: Home) -> None:
        self._path = home.release
        self._verifier = Verifier(home.public_key("release").read_bytes())
        self._stamp: tuple[int, int] | None = None
        self._found: Release | None = None

    def now(self) -> Release | None:
        """The release; None where there is none that is good."""
        try:
            about = self._path.stat()
            stamp = about.st_mtime_ns, about.st_ino
            if stamp != self._stamp:
                self._found = read_release(self._path, self._verifier)[0]
                self._stamp = stamp
        except (NotReleased, OSError):
            self._stamp, self._found = None, None
        return self._found

    def anchor(self) -> tuple[int, str] | None:
        """The entry of the journal that the release goes back to: it must still be there."""
        found = self.now()
        return (found.entry, found.chain) if found else None


class Releaser:
    """Keeps release and journal the same. Only one process has it."""

    def __init__(self, home: Home, life: PolicyLife, released: Released) -> None:
        self._home = home
        self._life = life
        self._released = released
        self._signer = Signer(home.private_key("release"))
        self._done = -1
        self._trouble = ""

    def step(self) -> None:
        """Release the version in force, where another one is released or none."""
        try:
            last = self._life.last()
            if last == self._done and self._released.now() is not None:
                return
            self._release(self._life.history())
            self._done, trouble = last, ""
        except (BrokenPolicyJournal, AlteredFiles) as altered:
            trouble = str(altered)
        except OSError as error:
            trouble = f"cannot write: {error.strerror or error}"
        if trouble and trouble != self._trouble:
            log.error("not_released problem=%s", trouble)
        self._trouble = trouble

    def _release(self, history: PolicyHistory) -> None:
        version, released = history.current, self._released.now()
        if version is None or (released and (released.version, released.entry) == (version.number, version.entry)):
            return
        release = Release(
            version=version.number,
            digest=version.content,
            drafted_by=version.drafted_by,
            approved_by=version.approved_by or "",
            entry=version.entry,
            chain=version.chain,
            files=dict(self._life.snapshot(version.content).files),
        )
        write_release(self._home.release, release, self._signer)
        log.info("released version=%d digest=%s", release.version, release.digest)


def life_of(home: Home, engine: Engine, check_text: Callable[[str], None], released: Released) -> PolicyLife:
    """The life of the policies of an installation."""
    signer = Signer(home.private_key("release"))
    return PolicyLife(engine, signer, now, check_text=check_text, anchor=released.anchor)


def govern(settings: Settings, engine: Engine, moved: Mapping[str, Moved], say: Callable[[str], None]) -> None:
    """See before everything starts that what is to be in force is released. Raises CannotPrepare.

    *moved* are lines of the demo's files that name the ports of now.
    """
    home = Home(settings.home)
    released = Released(home)
    life = life_of(home, engine, lambda _: None, released)
    try:
        taken_over = life.govern(two_people=settings.two_people, found=lambda: read_folder(home.policies))
        if settings.two_people:
            _move(life, moved)
            Releaser(home, life, released).step()
    except BrokenPolicyJournal as broken:  # what was released stays in force, and the console says so
        say(f"{broken.zh} / {broken}")
        return
    except UnfitFiles as unfit:
        raise CannotPrepare(f"`{home.policies}`：{unfit.zh} / {unfit}") from None
    if taken_over:
        say("策略目录已接管为第 1 版，尚未经任何人批准；此后的修改须由另一人批准")
        say("  the folder of policies is taken over as version 1, approved by nobody; changes take another person now")
    elif not settings.two_people:
        say("注意：two_people = false，保存策略文件即生效，没有人审批")
        say("  beware: `two_people = false`: whoever saves a policy file puts it in force, and nobody approves it")


def _move(life: PolicyLife, moved: Mapping[str, Moved]) -> None:
    current = life.history().current
    if current is None or not moved:
        return
    snapshot = life.snapshot(current.content)
    files = dict(snapshot.files)
    for name, lines in moved.items():
        for old, new in lines:
            if name in files:
                files[name] = files[name].replace(old, new)
    if files != snapshot.files:
        life.adopt(Snapshot(files), "moved")
