"""The node's program: a pinned archive from Maven Central, got with the ordinary client and checked."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from deploy.elasticsearch.account import Account
from deploy.elasticsearch.connection import NodeUnavailable

VERSION = "9.5.0"
ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
SHA512 = (
    "c06bd4ef7691da91052cada7bb255b2d7c48a1422820a8db0e3e3a1ed0dde4e8"
    "d380cdbadeb7029cc56167b9ad3a6d89f6b8edbc48d4b8685d1ab24a7ab17dd5"
)

_NAME = f"elasticsearch-{VERSION}"

type Say = Callable[[str], None]
"""Takes a line that tells a person what is going on."""


def default_cache(account: Account, environment: Mapping[str, str] = os.environ) -> Path:
    """Where downloads are kept: a folder of the user's, or of the machine's for root, whose own is closed to others."""
    ours = environment.get("XDG_CACHE_HOME")
    if ours and (not account.name or account.can_enter(Path(ours))):
        return Path(ours) / "yingbi"
    if account.name:
        return Path("/var/cache/yingbi")
    return Path(environment.get("HOME", tempfile.gettempdir())) / ".cache" / "yingbi"


def install(cache: Path, say: Say = lambda line: None) -> Path:
    """The folder of the unpacked program in *cache*: there already, or got now.

    An archive that somebody has put into *cache* is taken if it is the right one. Of two that install at once, one
    waits for the other. Raises NodeUnavailable.
    """
    program = cache / _NAME
    if program.exists():
        return program
    try:
        if not cache.exists():
            cache.mkdir(parents=True, exist_ok=True)
            cache.chmod(0o755)  # whoever runs the node reads it, and there is nothing secret in it
        with (cache / f"{_NAME}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not program.exists():
                _install(cache, program, say)
    except OSError as error:
        raise NodeUnavailable(f"cannot install elasticsearch in `{cache}`: {error.strerror or error}") from error
    return program


def _install(cache: Path, program: Path, say: Say) -> None:
    with tempfile.TemporaryDirectory(prefix=f".{_NAME}-", dir=cache) as folder:
        unfinished = Path(folder)
        archive = cache / f"{_NAME}.zip"
        if not archive.exists():
            archive = _download(unfinished, say)
        if _sha512(archive) != SHA512:
            raise NodeUnavailable(f"`{archive.name}` is not the archive we know by its SHA-512: it is not unpacked")
        _unpack(archive, unfinished)
        unpacked = unfinished / _NAME
        unpacked.rename(program)


def _download(folder: Path, say: Say) -> Path:
    maven = shutil.which("mvn")
    if maven is None:
        raise NodeUnavailable(
            "elasticsearch is got with Maven, and there is no mvn on the PATH:"
            " install it (on Debian: apt-get install maven)"
        )
    say(f"downloading elasticsearch {VERSION} (124 MiB)")
    command = [maven, "--batch-mode", "--quiet", "dependency:copy", f"-Dartifact={ARTIFACT}", "-DoutputDirectory=."]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    archive = folder / f"{_NAME}.zip"
    if ran.returncode != 0 or not archive.exists():
        errors = [line for line in ran.stdout.splitlines() if line.startswith("[ERROR]")]
        first = errors[0].removeprefix("[ERROR]").strip()[:300] if errors else f"exit code {ran.returncode}"
        raise NodeUnavailable(f"Maven cannot get elasticsearch {VERSION}; is there a network? It says: {first}")
    return archive


def _sha512(archive: Path) -> str:
    with archive.open("rb") as file:
        return hashlib.file_digest(file, "sha512").hexdigest()


def _unpack(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as file:
        file.extractall(folder)
        for entry in file.infolist():  # the module forgets who may execute what
            mode = entry.external_attr >> 16 & 0o777
            if mode:
                (folder / entry.filename).chmod(mode)
