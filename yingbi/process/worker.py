"""`python -m yingbi.process.worker SETTINGS NUMBER`: one worker of the gateway."""

import sys
from pathlib import Path

from proxy.worker import WorkerSettings, run
from yingbi.clock import now
from yingbi.home import Home
from yingbi.said import speak
from yingbi.settings import Settings, settings_of


def worker_settings(settings: Settings, number: int) -> WorkerSettings:
    """What the worker *number* (from 0) needs to know."""
    home = Home(settings.home)
    return WorkerSettings(
        host=settings.host,
        port=settings.ports.gateway,
        certificate=home.tls / "server.pem",
        key=home.tls / "server.key",
        upstream_ca=Path(settings.upstream_ca) if settings.upstream_ca else None,
        published=home.published,
        board=home.board,
        counters=home.counters(number),
        log=home.log,
        program_key=home.public_key("program"),
        overlay_key=home.public_key("overlay"),
        permit_key=home.public_key("permits"),
        issuer_key=home.public_key("issuers"),
        secret=home.private_key("fields"),
        nonces=home.nonces,
        quota=home.quota_socket,
        requests=home.requests,
        keys=home.keys,
        issuer=settings.identity_issuer,
        certificates=home.host_certificates,
        refuses_other_hosts=settings.refuse_other_hosts,
        authorities=home.authorities,
        clients=home.client_certificates,
        asked=home.asked,
        disagreements=home.disagreements / f"worker-{number}",
        inventory=home.inventory / f"worker-{number}",
    )


if __name__ == "__main__":
    speak()
    run(worker_settings(settings_of(sys.argv[1]), int(sys.argv[2])), now)
