"""`yingbi reload`: every worker of an installation is another one afterwards, and nobody has noticed."""

import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.gateway import wait_until
from tests.installation import Installation, installation
from tests.patience import PATIENCE_S


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("home"), forked=True) as made:
        yield made


def workers(running: Installation) -> dict[str, tuple[int, int]]:
    processes = running.status()["processes"]
    return {each["name"]: (each["pid"], each["restarts"]) for each in processes if "number" in each}


def test_workers_are_renewed_and_no_request_fails(running: Installation) -> None:
    over = threading.Event()
    answers: list[int] = []
    failures: list[str] = []

    def asks(*, keeps: bool) -> None:
        while not over.is_set():
            with running.client() as client:
                while not over.wait(0.01):
                    try:
                        extensions = {"sni_hostname": "register.localhost"}
                        answers.append(
                            client.get("/register/residents.json?_size=1", extensions=extensions).status_code
                        )
                    except httpx.HTTPError as error:
                        failures.append(type(error).__name__)
                    if not keeps:
                        break

    callers = [threading.Thread(target=asks, kwargs={"keeps": keeps}) for keeps in (True, True, False)]
    before = workers(running)
    for caller in callers:
        caller.start()
    try:
        wait_until(lambda: len(answers) > 10, 20)
        done = running.run("reload")
        assert done.returncode == 0, done.stderr
        seen = len(answers)
        wait_until(lambda: len(answers) > seen + 10, 20)
    finally:
        over.set()
        for caller in callers:
            caller.join(30)
    assert failures == []
    assert set(answers) == {200}
    after = workers(running)
    assert after.keys() == before.keys()
    assert not {pid for pid, _ in after.values()} & {pid for pid, _ in before.values()}
    assert [restarts for _, restarts in after.values()] == [0, 0], "to be renewed is not to fail"
    whole_host = running.status()["addresses"]["metrics"].removesuffix("/metrics")
    assert [httpx.get(f"{whole_host}/{name}", timeout=PATIENCE_S).status_code for name in ("health", "ready")] == [
        200,
        200,
    ]
    wait_until(lambda: all(each.get("serving", 1) for each in running.status()["processes"]), 10)


def test_settings_that_cannot_be_leave_the_workers_as_they_are(running: Installation) -> None:
    before = workers(running)
    settings = running.home / "yingbi.toml"
    good = settings.read_text("utf-8")
    settings.write_text(good.replace("exchanges = 256", "exchanges = 0"), "utf-8")
    try:
        done = running.run("reload")
    finally:
        settings.write_text(good, "utf-8")
    assert done.returncode == 2
    assert "capacity.exchanges" in done.stderr
    assert workers(running) == before


def test_it_says_so_where_nothing_runs(tmp_path: Path) -> None:
    done = Installation(tmp_path, 20_000).run("reload")
    assert done.returncode == 3
    assert "yingbi up" in done.stderr
