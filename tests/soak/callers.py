"""Callers of every sort, who remember what became of what they asked, and look for true values in every byte."""

import contextlib
import json
import re
import socket
import sqlite3
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.patience import PATIENCE_S
from tests.rig import ended, reads

HOST = "register.localhost"
SMALL, PAGE, EXPORT = (
    "/register/residents.json?_shape=array&_size=5",
    "/register/residents?_size=20",
    "/register/residents.csv?_stream=on&_size=max",
)
_NUMBER = re.compile(rb"(?<![0-9])[0-9]{11,19}[0-9Xx]?")
_GOING_AWAY = "ConnectionTerminated error_code:0, last_stream_id:2147483647"
FOLLOWS_S = 6.0
"""So long after a worker was killed a broken connection is put down to it."""


def true_values(database: Path) -> frozenset[bytes]:
    """Every number of the register that nobody may see whole."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        rows = connection.execute("select id_no, mobile, bank_card from residents").fetchall()
    return frozenset(str(value).upper().encode() for row in rows for value in row if value)


def numbers_in(data: bytes) -> list[bytes]:
    """The numbers in *data* that are long enough to be one of those."""
    return _NUMBER.findall(data)


@dataclass
class Heard:
    """What all callers together have received."""

    truth: frozenset[bytes]
    answers: Counter[str] = field(default_factory=Counter)
    """By status, and by reason where one is given."""
    broken: Counter[str] = field(default_factory=Counter)
    """Connections that ended in a way that nothing explains, by who was asking and how."""
    explained: int = 0
    """Connections that a killed worker took with it."""
    gone_away: int = 0
    """Requests that the client gave up because it was told, just then, that the connection goes away. They would have
    been answered (RFC 9113, 6.8); httpcore does not wait for that.
    """
    events: set[str] = field(default_factory=set)
    """The ids of the answers that arrived whole."""
    leaked: list[bytes] = field(default_factory=list)
    killed_s: float = -1e9
    """Monotonic: when a worker was last killed."""
    over: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def look(self, data: bytes) -> None:
        """Search *data* for true values."""
        found = [number for number in numbers_in(data) if number.upper() in self.truth]
        with self._lock:
            self.leaked += found

    def answer(self, status: int, body: bytes, event: str) -> None:
        """An answer has arrived whole."""
        self.look(body)
        reason = ""
        if status >= 400:
            with contextlib.suppress(ValueError):
                reason = f" {json.loads(body).get('reason', '')}"
        with self._lock:
            self.answers[f"{status}{reason}"] += 1
            self.events.add(event)

    def broke(self, who: str, error: Exception) -> None:
        """A connection has ended before the answer had."""
        with self._lock:
            if time.monotonic() < self.killed_s + FOLLOWS_S:
                self.explained += 1
            elif _GOING_AWAY in str(error):
                self.gone_away += 1
            else:
                self.broken[f"{who} {type(error).__name__}: {error}"] += 1


@dataclass(frozen=True)
class Where:
    """How the gateway is reached."""

    port: int
    ca: Path
    heard: Heard

    @contextlib.contextmanager
    def connection(self) -> Iterator[ssl.SSLSocket]:
        """A connection of its own, for HTTP/1.1."""
        context = ssl.create_default_context(cafile=self.ca)
        with (
            socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S) as plain,
            context.wrap_socket(plain, server_hostname=HOST) as connection,
        ):
            yield connection

    def client(self, *, http2: bool) -> httpx.Client:
        """A client that keeps its connections."""
        context = ssl.create_default_context(cafile=self.ca)
        return httpx.Client(http2=http2, verify=context, trust_env=False, timeout=PATIENCE_S)

    def get(self, client: httpx.Client, target: str, **headers: str) -> None:
        """Ask for *target*, and note what comes."""
        url = f"https://127.0.0.1:{self.port}{target}"
        answer = client.get(url, headers={"Host": f"{HOST}:{self.port}", **headers}, extensions={"sni_hostname": HOST})
        self.heard.answer(answer.status_code, answer.content, answer.headers.get("yingbi-event", ""))


def _until_over(where: Where, who: str, once: Callable[[], None], pause_s: float) -> None:
    while not where.heard.over.wait(pause_s):
        try:
            once()
        except (OSError, httpx.HTTPError) as error:
            where.heard.broke(who, error)


def churns(where: Where) -> None:
    """A new connection for each request, to be had with or without keeping it."""

    def once() -> None:
        with where.client(http2=False) as client:
            where.get(client, SMALL)

    _until_over(where, "churns", once, 0.05)


def keeps(where: Where, *, http2: bool, credential: str = "") -> None:
    """Connections that are kept for twenty requests; pages and data in turn."""
    headers = {"Authorization": f"Bearer {credential}"} if credential else {}

    def once() -> None:
        with where.client(http2=http2) as client:
            for number in range(20):
                if where.heard.over.wait(0.05):
                    return
                where.get(client, PAGE if number % 10 == 9 else SMALL, **headers)

    _until_over(where, "keeps h2" if http2 else "keeps h1", once, 0.0)


def reads_slowly(where: Where) -> None:
    """Asks for a large export and takes a little of it at a time; goes away before the end every other time."""
    turn = iter(range(10**9))

    def once() -> None:
        with where.connection() as connection:
            connection.sendall(f"GET {EXPORT} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
            received = bytearray()
            give_up_s = time.monotonic() + 5
            leaves = next(turn) % 2 == 0
            while piece := connection.recv(16_384):
                received += piece
                if leaves and time.monotonic() > give_up_s:
                    where.heard.look(bytes(received))
                    return
                if where.heard.over.wait(0.02):
                    where.heard.look(bytes(received))
                    return
            if not ended(bytes(received)):
                where.heard.look(bytes(received))
                raise ConnectionError
            status, headers, body = reads(bytes(received))
            where.heard.answer(status, body, headers.get("yingbi-event", ""))

    _until_over(where, "reads slowly", once, 0.2)


def leaves_off(where: Where) -> None:
    """Begins to send a form and goes away in the middle."""

    def once() -> None:
        with where.connection() as connection:
            head = f"POST /register/residents HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 500000\r\n\r\n"
            connection.sendall(head.encode() + b"x=" + b"1" * 20_000)

    _until_over(where, "leaves off", once, 0.2)
