"""`python -m yingbi.process.worker SETTINGS NUMBER SOCKET`: one worker of the gateway, on a socket that it is given."""

import sys
from pathlib import Path

from proxy.worker import run
from proxy.worker_settings import WorkerSettings
from yingbi.clock import now
from yingbi.home import Home
from yingbi.said import speak
from yingbi.settings import Settings, settings_of


def worker_settings(settings: Settings, number: int, listening: int | None = None) -> WorkerSettings:
    """What the worker *number* (from 0) needs to know; *listening* is the descriptor of its socket."""
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
        measured=home.measured(number),
        log=home.log,
        flush_s=settings.log.flush_ms / 1000,
        program_key=home.public_key("program"),
        overlay_key=home.public_key("overlay"),
        permit_key=home.public_key("permits"),
        issuer_key=home.public_key("issuers"),
        secret=home.private_key("fields"),
        nonces=home.nonces,
        ended_sessions=home.ended_sessions,
        quota=home.quota_socket,
        requests=home.requests,
        spool=home.spool,
        keys=home.keys,
        issuer=settings.identity_issuer,
        certificates=home.host_certificates,
        refuses_other_hosts=settings.refuse_other_hosts,
        hsts_s=settings.hsts_days * 86_400,
        authorities=home.authorities,
        clients=home.client_certificates,
        asked=home.asked,
        disagreements=home.disagreements / f"worker-{number}",
        inventory=home.inventory / f"worker-{number}",
        listening=listening,
        probes=settings.probes,
        exchanges=settings.capacity.exchanges,
        connections=settings.capacity.connections,
        source_share=settings.capacity.source_share,
        late_s=settings.capacity.late_ms / 1000,
        request_s=settings.capacity.request_s,
        reader_s=settings.capacity.reader_s,
        leave_s=settings.capacity.leave_s,
        drain_s=settings.capacity.drain_s,
        handover_s=settings.capacity.handover_s,
        quota_s=settings.capacity.quota_ms / 1000,
    )


if __name__ == "__main__":
    speak()
    run(worker_settings(settings_of(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])), now)
