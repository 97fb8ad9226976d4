"""A gateway for tests: keys, published programs and real worker processes, without the rest of the installation."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from deploy.certificate import CertificateFiles, make_ca, make_certificate
from policies.compiling.system import compile_system
from policies.keys.epochs import epochs_path, write_epochs
from policies.keys.key_files import Signer, make_secret
from policies.keys.keyring import new_keyring, write_keyring
from policies.keys.root_key import file_root_key, root_path
from policies.load import load_policy
from policies.overlay import Overlay, OverlayEntry
from proxy.board import Board
from proxy.counters import Counters
from proxy.identity.caller import hash_key
from proxy.identity.header_keys import make_identity_key
from proxy.keys_in_force import ring_path
from proxy.published import publish_overlay, publish_programs
from siem.record.log import StartId, read_segment, seed_of, segment_path
from siem.record.segment import segments_in
from tests.forked import Running, start_forked
from tests.patience import PATIENCE_S
from tests.ports import free_port

ROOT = Path(__file__).parent.parent
GOOD = Path(__file__).parent / "policies" / "good"
KEYS = {"0" * 63 + "1": "ybk_batch-of-nightly-statistics", "0" * 63 + "2": "ybk_terminal-at-window-seven"}
"""The API keys of the good policy's callers, by what stands there in place of their hashes."""
BATCH_KEY, CLERK_KEY = KEYS.values()


@dataclass
class Gateway:
    """A running gateway. Its folder is `home`, its policies lie in `home/policies`."""

    home: Path
    port: int
    tls: bool
    lease_s: float = 30.0
    more: dict[str, Any] = field(default_factory=dict)
    """Settings of every worker, in place of the usual ones."""
    launcher: list[str] = field(default_factory=list)
    """What workers are started by, which must end in running the rest of its command line in its own place."""
    runs: list[str] = field(default_factory=lambda: ["tests.run_worker"])
    """The module that a worker is, and what it is told before its settings."""
    workers: list[Running] = field(default_factory=list)
    quota: Running | None = None

    def __post_init__(self) -> None:
        keys = self.home / "keys"
        for name in ("program", "overlay", "permits", "issuers", "digest-1", "fields"):
            make_secret(keys / f"{name}.key")
        make_identity_key(keys)
        epochs_path(keys).write_bytes(write_epochs([]))
        self.signer = Signer(keys / "program.key")
        self.overlay_signer = Signer(keys / "overlay.key")
        self.permit_signer = Signer(keys / "permits.key")
        self.issuer_signer = Signer(keys / "issuers.key")
        (keys / "issuers.pub").write_bytes(self.issuer_signer.public_bytes)
        (keys / "permits.pub").write_bytes(self.permit_signer.public_bytes)
        (keys / "program.pub").write_bytes(self.signer.public_bytes)
        (keys / "overlay.pub").write_bytes(self.overlay_signer.public_bytes)
        self.board = Board(self.home / "board")
        self.overlay = Overlay()
        self._tls_files: CertificateFiles | None = None
        self._stopping = threading.Event()
        self.start_heart()

    def start_heart(self) -> None:
        """Let a supervisor be there."""
        self._stopping.clear()
        self.board.beat()
        self._heart = threading.Thread(target=self._beat, daemon=True)
        self._heart.start()

    def _beat(self) -> None:
        while not self._stopping.wait(0.2):
            self.board.beat()

    def stop_heart(self) -> None:
        """Let the supervisor seem dead."""
        self._stopping.set()
        self._heart.join()

    def publish(self) -> None:
        """Compile the policies as they are and make them current."""
        loaded = load_policy(self.home / "policies")
        programs = {name: compile_system(loaded.policy, s, loaded.jwks) for name, s in loaded.policy.systems.items()}
        if self.tls:
            self._certify(host for system in loaded.policy.systems.values() for host in system.hosts)
        generation = self.board.programs + 1
        make_rings(self.home / "keys", programs)
        publish_programs(self.home / "published", programs, generation, self.signer)
        self.board.programs = generation

    def _certify(self, hosts: Iterable[str]) -> None:
        """Have a certificate for the *hosts*: workers take a new one within a moment."""
        now, folder = datetime.now(UTC), self.home / "tls"
        self._tls_files = make_certificate(
            folder, make_ca(folder, now=now), names=sorted({"localhost", *hosts}), now=now
        )

    def tighten(self, *entries: OverlayEntry) -> None:
        """Publish an overlay with exactly these entries."""
        self.overlay = Overlay(generation=self.overlay.generation + 1, entries=entries)
        publish_overlay(self.home / "published", self.overlay, self.overlay_signer)
        self.board.overlay = self.overlay.generation

    def start_worker(self, listening: socket.socket | None = None) -> Running:
        """One worker more; on the socket *listening*, where one is given."""
        number = len(self.workers)
        kept = () if listening is None else (listening.fileno(),)
        settings = self.home / f"worker-{number}.json"
        settings.write_text(json.dumps(self._settings(number) | {"listening": next(iter(kept), None)} | self.more))
        log = self.home / f"worker-{number}.log"
        worker: Running
        if self.launcher:
            command = [*self.launcher, sys.executable, "-m", *self.runs, str(settings)]
            with log.open("wb") as said:
                worker = subprocess.Popen(command, cwd=ROOT, stderr=said, stdout=said, pass_fds=kept)
        else:
            worker = start_forked(*self.runs, str(settings), out=log, keep=kept)
        self.workers.append(worker)
        wait_until(lambda: self.counters(number)["serving"] == 1 or worker.poll() is not None, 20)
        assert worker.poll() is None, self.said(number)
        return worker

    def start_quota(self) -> Running:
        """The process that counts whom callers are shown, which answers when this returns."""
        self.quota = start_quota(self.home / "quota", self.quota_socket, self.home / "quota.json")
        return self.quota

    @property
    def quota_socket(self) -> Path:
        """Where it answers."""
        return self.home / "quota.socket"

    def _settings(self, number: int) -> dict[str, Any]:
        keys = self.home / "keys"
        files = self._tls_files
        return {
            "host": "127.0.0.1",
            "port": self.port,
            "certificate": str(files.certificate) if files else None,
            "key": str(files.key) if files else None,
            "upstream_ca": None,
            "published": str(self.home / "published"),
            "board": str(self.home / "board"),
            "counters": str(self.home / f"counters-{number}"),
            "measured": str(self.home / f"measured-{number}.json"),
            "log": str(self.home / "log"),
            "program_key": str(keys / "program.pub"),
            "overlay_key": str(keys / "overlay.pub"),
            "permit_key": str(keys / "permits.pub"),
            "issuer_key": str(keys / "issuers.pub"),
            "asked": str(self.home / "asked"),
            "secret": str(keys / "fields.key"),
            "nonces": str(self.home / "nonces"),
            "ended_sessions": str(self.home / "ended-sessions"),
            "quota": str(self.quota_socket),
            "quota_s": PATIENCE_S,
            "late_s": PATIENCE_S,
            "requests": str(self.home / "requests"),
            "spool": str(self.home / "spool"),
            "keys": str(keys),
            "disagreements": str(self.home / "disagreements" / f"worker-{number}"),
            "inventory": str(self.home / "inventory" / f"worker-{number}"),
            "lease_s": self.lease_s,
        }

    def counters(self, number: int = 0) -> dict[str, int]:
        """What worker *number* has counted."""
        return Counters(self.home / f"counters-{number}").read()

    def said(self, number: int = 0) -> str:
        """What worker *number* wrote to its own log."""
        return (self.home / f"worker-{number}.log").read_text("utf-8", "replace")

    def events(self) -> list[dict[str, Any]]:
        """Every event in the log, by worker start and position; its chain is checked."""
        return events_in(self.home / "log")

    def last_reason(self) -> str:
        """That of the last event; "" where it has none, or there is no event yet."""
        return next((str(event["event"].get("reason", "")) for event in reversed(self.events())), "")

    def stop(self) -> None:
        """End every worker."""
        self._stopping.set()
        processes = [*self.workers, *([self.quota] if self.quota is not None else [])]
        for worker in processes:
            if worker.poll() is None:
                worker.send_signal(signal.SIGCONT)
                worker.terminate()
        for worker in processes:
            try:
                worker.wait(10)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()


@contextlib.contextmanager
def gateway(
    home: Path,
    upstreams: dict[str, int],
    *,
    policies: Path = GOOD,
    workers: int = 1,
    tls: bool = False,
    lease_s: float = 30.0,
    quota: bool = False,
    **more: Any,
) -> Iterator[Gateway]:
    """A gateway with *policies* whose systems lie behind at the ports *upstreams*. *more*: settings of its workers.

    *quota*: with a process that counts whom callers are shown.
    """
    declare(home / "policies", policies)
    for name, port in upstreams.items():
        point_at(home / "policies" / "systems" / f"{name}.yaml", port)
    made = Gateway(home=home, port=free_port(), tls=tls, lease_s=lease_s, more=more)
    try:
        made.publish()
        if quota:
            made.start_quota()
        for _ in range(workers):
            made.start_worker()
        yield made
    finally:
        made.stop()


def start_quota(folder: Path, path: Path, told: Path) -> Running:
    """The quota process of *folder*, which answers at the socket *path* when this returns and tells *told*."""
    told.unlink(missing_ok=True)
    log = path.with_suffix(".log")
    started = start_forked("tests.run_quota", str(folder), str(path), str(told), out=log)
    wait_until(lambda: told.exists() or started.poll() is not None, 20)
    assert started.poll() is None, log.read_text("utf-8", "replace")
    return started


def events_in(log: Path) -> list[dict[str, Any]]:
    """Every event in the folder *log*, by worker start and position; their chains are checked."""
    found = []
    for folder in sorted(log.glob("*/")):
        chain = seed_of(StartId(folder.name))
        for number in sorted(segments_in(folder)):  # those that were sealed are compressed
            for line in read_segment(segment_path(folder, number), chain=chain):
                chain = line.chain
                found.append(dict(line.document))
    return found


def hurry(running: Gateway, *, timeout_s: int) -> None:
    """Let the system behind be waited for no longer than *timeout_s*, from when this returns."""
    system = running.home / "policies" / "systems" / "people.yaml"
    system.write_text(system.read_text("utf-8") + f"timeout_s: {timeout_s}\n", "utf-8")
    programs = running.counters()["programs"]
    running.publish()
    wait_until(lambda: running.counters()["programs"] == programs + 1, 5)


def declare(folder: Path, policies: Path = GOOD) -> None:
    """Put *policies* into *folder*; where they are the good ones, with `KEYS` that work."""
    shutil.copytree(policies, folder, dirs_exist_ok=True)
    callers = folder / "callers.yaml"
    for placeholder, secret in KEYS.items():
        callers.write_text(callers.read_text("utf-8").replace(placeholder, hash_key(secret)), "utf-8")


def make_rings(folder: Path, systems: Iterable[str]) -> None:
    """A keyring for each of *systems* that has none, with the root key in the *folder* of keys."""
    make_secret(root_path(folder, 1))
    root = file_root_key(root_path(folder, 1))
    for system in systems:
        path = ring_path(folder, system)
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(write_keyring(new_keyring(system, root, datetime.now(UTC)), root))


def point_at(system: Path, port: int) -> None:
    """Let the system file name the upstream at *port* of this machine."""
    lines = system.read_text("utf-8").splitlines()
    system.write_text(
        "\n".join(f"upstream: http://127.0.0.1:{port}" if line.startswith("upstream:") else line for line in lines)
        + "\n",
        "utf-8",
    )


def waiting_per_core() -> float:
    """How many processes shared a core within the last minute, at least 1."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def wait_until(holds: Any, limit_s: float) -> None:
    """Return once *holds* does. Fails where it does not within *limit_s* of a machine that has a core for it: where
    several share one, as many times as long, and never before `PATIENCE_S`. How long it takes is for the bench to tell.

    What takes long to ask, as a command of ours, is asked a third of the time: else it would hold up what it waits for.
    """
    began = time.monotonic()
    while True:
        asked = time.monotonic()
        if holds():
            return
        now = time.monotonic()
        assert now < began + max(limit_s, PATIENCE_S) * waiting_per_core(), "waited too long"
        threading.Event().wait(max(0.02, min(2 * (now - asked), 1.0)))


def raw(port: int, data: bytes, *, limit_s: float = 120) -> bytes:
    """Everything that comes back for *data*, until the connection ends."""
    with socket.create_connection(("127.0.0.1", port), timeout=limit_s) as connection:
        connection.sendall(data)
        received = bytearray()
        with contextlib.suppress(ConnectionResetError):
            while piece := connection.recv(65536):
                received += piece
        return bytes(received)
