"""What runs in an installation, in the order in which it is started."""

import socket
import sys
from collections.abc import Callable
from functools import partial

from deploy.demo import serve_identity
from deploy.demo.hall import command as hall
from deploy.demo.register import database as register
from proxy.counters import read_counters
from proxy.port import bound
from yingbi.children import STOP_S, Job
from yingbi.first_start import provider_file
from yingbi.home import Home
from yingbi.settings import Settings, write_settings
from yingbi.told import hear

HALL_HOST = "hall.localhost"


def demo_jobs(settings: Settings) -> list[Job]:
    """The demo systems, where they belong to the installation."""
    if not settings.demo:
        return []
    home, ports = Home(settings.home), settings.ports
    database = register.files_in(home.demo / "register").database
    return [
        Job(
            name="register",
            command=register.command(database, ports.register),
            is_ready=_answers(ports.register),
            keeps_output=False,
        ),
        Job(
            name="hall",
            command=hall.command(home.demo / "hall", ports.hall, f"{HALL_HOST}:{ports.gateway}"),
            is_ready=_answers(ports.hall),
            keeps_output=False,
        ),
        Job(
            name="identity",
            command=serve_identity.command(provider_file(home), ports.identity, home.tls),
            is_ready=_answers(ports.identity),
        ),
    ]


def sealer_job(settings: Settings) -> Job:
    """The process that seals the log: it has to be there before anything is written, and after it."""
    told = Home(settings.home).told("sealer")
    return Job(name="sealer", command=_command("sealer", settings), is_ready=lambda pid: hear(told).get("pid") == pid)


def quota_job(settings: Settings) -> Job:
    """The process that counts whom each caller is shown; without it, who has a limit is shown nothing."""
    told = Home(settings.home).told("quota")
    return Job(name="quota", command=_command("quota", settings), is_ready=lambda pid: hear(told).get("pid") == pid)


def worker_jobs(settings: Settings) -> list[Job]:
    """The workers of the gateway."""
    return [
        Job(
            name=f"worker-{number}",
            command=_command("worker", settings, str(number)),
            is_ready=_serves(Home(settings.home), number),
            number=number,
            leftover=Home(settings.home).counters(number),
            listens=partial(bound, settings.host, settings.ports.gateway),
            goes_within_s=settings.capacity.handover_s + settings.capacity.drain_s + STOP_S,
        )
        for number in range(settings.workers)
    ]


def other_jobs(settings: Settings) -> list[Job]:
    """Everything else of ours."""
    siem, issuers = Home(settings.home).told("siem"), Home(settings.home).told("issuers")
    baselines = Home(settings.home).told("baselines")
    traces, notifier = Home(settings.home).told("traces"), Home(settings.home).told("notifier")
    jobs = [
        Job(
            name="issuers", command=_command("issuers", settings), is_ready=lambda pid: hear(issuers).get("pid") == pid
        ),
        Job(name="siem", command=_command("siem", settings), is_ready=lambda pid: hear(siem).get("pid") == pid),
        Job(
            name="baselines",
            command=_command("baselines", settings),
            is_ready=lambda pid: hear(baselines).get("pid") == pid,
        ),
        Job(
            name="notifier",
            command=_command("notifier", settings),
            is_ready=lambda pid: hear(notifier).get("pid") == pid,
        ),
        Job(name="control", command=_command("control", settings), is_ready=_answers(settings.ports.console)),
        Job(name="bulletin", command=_command("bulletin", settings), is_ready=_answers(settings.ports.bulletin)),
    ]
    if settings.traces.endpoint:
        tracing = _command("traces", settings)
        jobs.append(Job(name="traces", command=tracing, is_ready=lambda pid: hear(traces).get("pid") == pid))
    if settings.subscribers.on:
        told = Home(settings.home).told("subscribers")
        telling = _command("subscribers", settings)
        jobs.append(Job(name="subscribers", command=telling, is_ready=lambda pid: hear(told).get("pid") == pid))
    return jobs


def ports_of(settings: Settings) -> dict[str, int]:
    """Every port that is listened on, by what listens; the search node sees to its own."""
    ports = settings.ports
    found = {
        "gateway": ports.gateway,
        "console": ports.console,
        "bulletin": ports.bulletin,
        "metrics": ports.metrics,
    }
    return (
        {**found, "demo register": ports.register, "demo hall": ports.hall, "demo identity": ports.identity}
        if settings.demo
        else found
    )


def is_free(host: str, port: int) -> bool:
    """Whether nobody listens on *port* of *host*."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def _command(process: str, settings: Settings, *more: str) -> list[str]:
    return [sys.executable, "-m", f"yingbi.process.{process}", write_settings(settings), *more]


def _answers(port: int) -> Callable[[int], bool]:
    def answers(pid: int) -> bool:
        with socket.socket() as probe:
            probe.settimeout(0.5)
            return probe.connect_ex(("127.0.0.1", port)) == 0

    return answers


def _serves(home: Home, number: int) -> Callable[[int], bool]:
    return lambda pid: read_counters(home.counters(number))["serving"] == 1
