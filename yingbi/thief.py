"""The thief of `yingbi demo leak`: reads the register page by page with a stolen key, until it is stopped."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx

from yingbi.home import Home
from yingbi.settings import Settings

PAGE = 100
EVERY_S = 0.2
LIMIT_S = 60.0


@dataclass(slots=True)
class Booty:
    """What the thief has seen."""

    persons: set[int] = field(default_factory=set)
    answers: int = 0
    crossed_at: float = 0.0
    """POSIX time of the answer that showed the last person that was too many; 0 where none did."""
    stopped_at: float = 0.0
    """POSIX time of the first refusal."""


class Gateway:
    """The gateway as a program on this machine calls it: by its name, at its address, with the right certificate."""

    def __init__(self, settings: Settings, system: str) -> None:
        trusted = ssl.create_default_context(cafile=str(Home(settings.home).authority))
        self._host = f"{system}.localhost:{settings.ports.gateway}"
        self._client = httpx.Client(
            base_url=f"https://127.0.0.1:{settings.ports.gateway}", verify=trusted, trust_env=False, timeout=30
        )

    def get(self, path: str, credential: str) -> httpx.Response:
        """The answer to *path* for who shows *credential*. Raises httpx.TransportError."""
        headers = {"Host": self._host, "Authorization": f"Bearer {credential}"}
        return self._client.get(path, headers=headers, extensions={"sni_hostname": self._host.split(":")[0]})

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()


def is_blocked(answer: httpx.Response) -> bool:
    """Whether *answer* says that the caller is blocked."""
    return answer.status_code == httpx.codes.FORBIDDEN and answer.json().get("reason") == "caller_blocked"


def pages(gateway: Gateway, key: str, too_many: int, seen: Callable[[Booty], None]) -> Booty:
    """What the thief gets until it is stopped, or for `LIMIT_S`. *seen* is told after each answer."""
    booty = Booty()
    deadline = time.monotonic() + LIMIT_S
    pause = threading.Event()
    for path in _paths():
        answer = gateway.get(path, key)
        if is_blocked(answer):
            booty.stopped_at = time.time()
            return booty
        answer.raise_for_status()
        booty.answers += 1
        booty.persons |= {row["id"] for row in answer.json()["rows"]}
        if not booty.crossed_at and len(booty.persons) >= too_many:
            booty.crossed_at = time.time()
        seen(booty)
        if time.monotonic() > deadline:
            return booty
        pause.wait(EVERY_S)
    return booty


def _paths() -> Iterator[str]:
    """Page after page, from the beginning again after the last."""
    while True:
        for start in range(0, 10_000, PAGE):
            yield f"/register/residents.json?_shape=objects&_size={PAGE}" + (f"&_next={start}" if start else "")
