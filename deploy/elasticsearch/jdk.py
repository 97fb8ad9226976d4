"""A Java that can run the node."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from deploy.elasticsearch.account import Account
from deploy.elasticsearch.connection import NodeUnavailable

OLDEST = 21
NEEDED_MODULE = "jdk.incubator.vector"

_FOLDERS = (
    "/usr/lib/jvm/*",
    "/usr/java/*",
    "/opt/java/*",
    "/opt/*jdk*",
    "/Library/Java/JavaVirtualMachines/*/Contents/Home",
    "~/.sdkman/candidates/java/*",
    "~/.jdks/*",
)
_LIMIT_SECONDS = 30


def find_jdk(account: Account, environment: Mapping[str, str] = os.environ, folders: Sequence[str] = _FOLDERS) -> Path:
    """The home of a JDK that *account* can run, that is new enough and has the module which the node needs.

    What *environment* names comes first, then the PATH, then *folders*. Raises NodeUnavailable.
    """
    seen: set[Path] = set()
    for home in _candidates(environment, folders):
        if home not in seen and _fits(home, account):
            return home
        seen.add(home)
    raise NodeUnavailable(
        f"elasticsearch needs a JDK of version {OLDEST} or newer with the module {NEEDED_MODULE}, and none was found:"
        " install one (on Debian 13: apt-get install openjdk-25-jdk-headless) or name it in JAVA_HOME"
    )


def _candidates(environment: Mapping[str, str], folders: Sequence[str]) -> Iterator[Path]:
    for name in ("ES_JAVA_HOME", "JAVA_HOME"):
        if environment.get(name):
            yield Path(environment[name])
    if java := shutil.which("java", path=environment.get("PATH", "")):
        yield Path(java).resolve().parent.parent
    for pattern in folders:
        folder = Path(pattern.replace("~", environment.get("HOME", "/nonexistent"), 1))
        anchor = Path(folder.anchor)
        yield from sorted(anchor.glob(str(folder.relative_to(anchor))), reverse=True)


def _fits(home: Path, account: Account) -> bool:
    command = [str(home / "bin" / "java"), "--list-modules"]
    try:
        ran = subprocess.run(
            command, cwd="/", capture_output=True, text=True, check=False, timeout=_LIMIT_SECONDS, **account.identity
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    modules = dict(line.split("@", 1) for line in ran.stdout.splitlines() if "@" in line)
    version = re.match(r"\d+", modules.get("java.base", ""))
    return version is not None and int(version[0]) >= OLDEST and NEEDED_MODULE in modules
