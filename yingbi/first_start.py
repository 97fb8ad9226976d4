"""Makes what an installation needs before its first process starts. What is there already is kept, always."""

import shutil
import subprocess
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

import deploy.demo
import policies
from deploy.certificate import CertificateFiles, make_ca, make_certificate
from deploy.demo import people
from deploy.demo.hall.command import prepare_command
from deploy.demo.identity_provider import IdentityProvider
from deploy.demo.register.database import files_in, make_register
from deploy.private_file import write_private
from policies.keys.epochs import FIRST, digest_key_path, digester_in, epochs_path, write_epochs
from policies.keys.key_files import Signer, make_secret
from proxy.identity.caller import hash_key
from proxy.identity.header_keys import make_identity_key
from yingbi.clock import Clock, now
from yingbi.home import Home
from yingbi.keys.handling import KeysNotUsable, KeyStore
from yingbi.notices.key import publish_key
from yingbi.settings import Ports

SIGNING = ("program", "overlay", "release", "permits", "alerts", "issuers", "notices")
SECRETS = (*SIGNING, f"digest-{FIRST}", "fields", "evidence")
SEED = 20261123
RESIDENTS = 10_000
_POLICIES = Path(deploy.demo.__path__[0]) / "policies"
_SOURCES = Path(deploy.demo.__path__[0]) / "person-sources"
_SETTINGS = Path(deploy.demo.__path__[0]) / "yingbi.toml"
_SCHEMAS = Path(policies.__path__[0]) / "schema"

SHIPPED_PROVIDER = "https://localhost:8455/"
"""Where the files of the demo say that its identity provider is."""

type Say = Callable[[str], None]
type Moved = list[tuple[str, str]]
"""Lines of a file as they were and as they are now."""


class CannotPrepare(Exception):
    """Something that is needed cannot be made. The message says what, and what to do."""


def make_settings(home: Home) -> None:
    """The file of settings to begin with, with every key explained. One that is there stays. Raises CannotPrepare."""
    try:
        home.root.mkdir(parents=True, exist_ok=True)
        if not home.settings.exists():
            shutil.copyfile(_SETTINGS, home.settings)
    except OSError as error:
        raise CannotPrepare(
            f"无法建立 `{home.root}` / cannot make it: {error.strerror}; name another place with YINGBI_HOME"
        ) from None


def make_folders(home: Home) -> None:
    """The data directory and what lies in it. Others may pass through it, for the account of the search node."""
    home.root.mkdir(parents=True, exist_ok=True)
    home.root.chmod(0o711)
    for folder in (
        home.policies,
        home.keys,
        home.tls,
        home.published,
        home.log,
        home.seals.parent,
        home.index,
        home.run,
        home.said,
    ):
        folder.mkdir(exist_ok=True, mode=0o700)
    home.notices.mkdir(exist_ok=True, mode=0o755)
    for database in (home.state, home.alerts):
        database.touch(mode=0o600)
    if home.silences.exists():  # earlier versions left it for everybody to read
        home.silences.chmod(0o600)


def make_keys(home: Home, now: Clock) -> None:
    """Every key of the installation but those of systems, which come with their programs. Raises CannotPrepare."""
    try:
        KeyStore(home, now).make_root()
    except KeysNotUsable as problem:
        raise CannotPrepare(str(problem)) from None
    for name in SECRETS:
        make_secret(home.private_key(name))
    make_identity_key(home.keys)
    if not epochs_path(home.keys).exists() and not digest_key_path(home.keys, "2").exists():
        write_private(epochs_path(home.keys), write_epochs([]))
    for name in SIGNING:
        write_private(home.public_key(name), Signer(home.private_key(name)).public_bytes)
    publish_key(home)


def make_tls(home: Home, hosts: Iterable[str], now: datetime) -> CertificateFiles:
    """The certificate for all *hosts* and this machine; a new one where they are others than before.

    Raises CannotPrepare.
    """
    try:
        authority = make_ca(home.tls, now=now)
        names = sorted({"localhost", *hosts})
        return make_certificate(home.tls, authority, names=names, ips=["127.0.0.1", "::1"], now=now)
    except ValueError as error:
        raise CannotPrepare(str(error)) from None


def make_policies(home: Home, *, demo: bool) -> None:
    """The policies to begin with: those of the demo, or a catalogue and no system. Files that are there stay.

    Only the schemas, by which editors explain the files and check them, are always those of this version.
    """
    _copy_files(_SCHEMAS, home.policies / "schema")
    if (home.policies / "catalogue.yaml").exists():
        return
    shutil.copyfile(_POLICIES / "catalogue.yaml", home.policies / "catalogue.yaml")
    (home.policies / "systems").mkdir(exist_ok=True)
    if demo:
        shutil.copyfile(_POLICIES / "grants.yaml", home.policies / "grants.yaml")
        _copy_files(_POLICIES / "systems", home.policies / "systems")
    else:
        (home.policies / "grants.yaml").write_text("grants: []\n", "utf-8")
        (home.policies / "callers.yaml").write_text("callers: []\n", "utf-8")


def _copy_files(source: Path, target: Path) -> None:
    """Copy the files of one folder into another: `shutil.copytree` would say of a full disk only that much failed."""
    target.mkdir(exist_ok=True, mode=0o700)
    for file in sorted(source.iterdir()):
        shutil.copyfile(file, target / file.name)


def make_demo(home: Home, ports: Ports, say: Say) -> dict[str, Moved]:
    """The demo systems with their data, their people and canaries. Raises CannotPrepare.

    Returns what had to be changed in their policy files, where they were moved to other ports.
    """
    home.demo.mkdir(exist_ok=True, mode=0o700)
    provider = provider_of(home)
    provider.make_key()
    (home.policies / "demo-idp.json").write_text(provider.jwks(), "utf-8")
    keys = people.make_keys(home.demo / "keys.json")
    if not (home.policies / "callers.yaml").exists():
        hashes = {name: hash_key(key) for name, key in keys.items()}
        (home.policies / "callers.yaml").write_text(people.callers_file(hashes), "utf-8")
    _declare_source(home, keys.get(people.TELLER, ""))
    moved = _point_at(home, {"register": ports.register, "hall": ports.hall}, ports.identity)
    hall = prepare_command(home.demo / "hall", SEED)
    with subprocess.Popen(hall, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as preparing:  # beside the register
        _make_register(home, say)
        _, why = preparing.communicate()
    if preparing.returncode:
        write_private(home.said / "hall-prepare.log", why)
        raise CannotPrepare(
            f"演示大厅无法准备 / the demo hall cannot be prepared: `{home.said / 'hall-prepare.log'}` says why"
        )
    return moved


def _declare_source(home: Home, key: str) -> None:
    """Let the register of the demo say who a person is. An installation of before has no caller for that."""
    if key and not home.person_sources.exists():
        _copy_files(_SOURCES, home.person_sources)
        write_private(home.keys / "person-source-register.header", f"Bearer {key}\n".encode())


def _make_register(home: Home, say: Say) -> None:
    if not files_in(home.demo / "register").database.exists():
        say(f"正在生成 {RESIDENTS:,} 名虚构居民 / making {RESIDENTS:,} invented residents")
        make_register(home.demo / "register", residents=RESIDENTS, seed=SEED)
    if not home.canaries.exists():
        digest = digester_in(home.keys, now())
        identifiers = files_in(home.demo / "register").canaries.read_text("ascii").split()
        text = "".join(f"{digest(identifier)}  # register\n" for identifier in identifiers)
        write_private(home.canaries, text.encode())


def provider_of(home: Home) -> IdentityProvider:
    """The identity provider of the demo."""
    return IdentityProvider(provider_file(home))


def provider_file(home: Home) -> Path:
    """The first key of the identity provider of the demo."""
    return home.demo / "identity-provider.pem"


def _point_at(home: Home, ports: dict[str, int], identity: int) -> dict[str, Moved]:
    """Let the demo's system files name the ports of now, where they still name those that we wrote before.

    *identity* is the port of the demo's identity provider.
    """
    remembered = home.demo / "upstreams"
    before = dict(line.split() for line in remembered.read_text().splitlines()) if remembered.exists() else {}
    moved: dict[str, Moved] = {}
    provider, provider_before = f"https://localhost:{identity}/", before.get("identity", SHIPPED_PROVIDER)
    for name, port in ports.items():
        path = home.policies / "systems" / f"{name}.yaml"
        if path.exists() and provider != provider_before:
            text = path.read_text("utf-8")
            for key in ("discovery", "jwks_uri"):
                old, new = f"{key}: {provider_before}", f"{key}: {provider}"
                text = text.replace(old, new)
                moved.setdefault(f"systems/{name}.yaml", []).append((old, new))
            path.write_text(text, "utf-8")
        now, shipped = f"http://127.0.0.1:{port}", _upstream_in(_POLICIES / "systems" / f"{name}.yaml")
        if path.exists() and before.get(name, shipped) != now:
            old, new = f"upstream: {before.get(name, shipped)}\n", f"upstream: {now}\n"
            path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
            moved.setdefault(f"systems/{name}.yaml", []).append((old, new))
        before[name] = now
    before["identity"] = provider
    remembered.write_text("".join(f"{name} {url}\n" for name, url in before.items()))
    return moved


def _upstream_in(system: Path) -> str:
    return next(line.split()[1] for line in system.read_text("utf-8").splitlines() if line.startswith("upstream:"))
