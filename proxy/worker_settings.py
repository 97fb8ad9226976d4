"""What the supervisor tells a worker when it starts it."""

from dataclasses import dataclass
from pathlib import Path

from proxy.admission import Capacity
from proxy.identity.header_keys import ISSUER
from proxy.quota.client import DEADLINE_S
from siem.record.log import FLUSH_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings:
    """What a worker needs to know; all of it comes from the supervisor."""

    host: str
    port: int
    certificate: Path | None
    """PEM, with the chain. None: plain HTTP, for a front proxy on the same machine that ends TLS."""
    key: Path | None
    upstream_ca: Path | None
    """Of systems behind that name no authority. None: whom the machine trusts."""
    published: Path
    """Folder of programs and overlay."""
    board: Path
    counters: Path
    log: Path
    """Folder of the access log."""
    program_key: Path
    """32 bytes: the public half of the key that programs are signed with."""
    overlay_key: Path
    """The same for overlays. Keys of their own, because who may tighten must not be able to loosen."""
    permit_key: Path
    """The same for permits."""
    secret: Path
    nonces: Path
    """Folder of what was signed and has been taken; all workers of a host share it."""
    ended_sessions: Path
    """Folder of the sessions of systems behind that have ended early; all workers of a host share it."""
    keys: Path
    """Folder of the root key, of those of digests and, in `rings`, of the keyring of each system."""
    issuer_key: Path | None = None
    """The same for the keys that are fetched from issuers of tokens. None: none are."""
    issuer: str = ISSUER
    """As who it signs what systems behind are told of callers."""
    certificates: Path | None = None
    """Folder of certificates for some hosts; see `server_certificates.py`."""
    refuses_other_hosts: bool = False
    """Whether TLS is refused to who asks for a host that no certificate is for."""
    authorities: Path | None = None
    """Folder of those that systems name; see `authorities.py`."""
    clients: Path | None = None
    """Folder of the gateway's own certificates, by which systems behind know it."""
    hsts_s: int = 0
    """So long browsers shall reach the hosts of systems by TLS alone, once they have; 0: nothing is said of it."""
    quota: Path | None = None
    """Socket of the quota process. None: who is limited in what he is shown is shown nothing."""
    quota_s: float = DEADLINE_S
    """So long that process is waited for: all else that the worker does waits as well."""
    requests: Path | None = None
    """File of the table of requests, which all workers of a host share. None: who is limited in them is refused."""
    asked: Path | None = None
    """Folder in which what callers ask to be shown whole is left. None: nothing can be asked for."""
    inventory: Path | None = None
    """File of what is noted of systems that are being learnt; this worker alone writes it. None: it is not kept."""
    disagreements: Path | None = None
    """File of what a draft would have done otherwise; this worker alone writes it. None: it is not kept."""
    measured: Path | None = None
    """File of what is measured for each system; this worker alone writes it. None: it is not kept."""
    spool: Path | None = None
    """Folder for exports of which parts may be asked for. None: they are not kept."""
    lease_s: float = 30.0
    flush_s: float = FLUSH_SECONDS
    """So long after an event was written to the log it is on the disk; 0: before what it records is shown."""
    request_s: float = 60.0
    """The longest that a request may take to arrive whole."""
    idle_s: int = 600
    """The longest that a caller stays connected who asks for nothing, and takes nothing."""
    drain_s: float = 5.0
    """The longest that exchanges under way are waited for when the worker is to stop."""
    reader_s: float = 60.0
    """How long a caller may take for an answer, beyond a second for each 32 KiB of it."""
    exchanges: int = 256
    connections: int = 2048
    source_share: float = 0.5
    late_s: float = 0.5
    """These four: see `admission.Capacity`."""
    probes: tuple[str, ...] = ()
    """The networks from which may be asked whether it answers and is ready."""
    leave_s: float = 0.0
    """So long it goes on taking on callers once it is to stop and has said so to who asks whether it is ready."""
    handover_s: float = 10.0
    """The longest that connections without an exchange are waited for when another worker stands in its place."""
    plain_core: bool = True
    """Whether a core of our own carries the common case (docs/decisions/0027). Only tests and the bench say no."""
    listening: int | None = None
    """The descriptor of a bound socket to listen on, which outlasts the worker; None: it binds one of its own."""

    @property
    def capacity(self) -> Capacity:
        """What the worker takes on."""
        return Capacity(
            exchanges=self.exchanges,
            connections=self.connections,
            source_share=self.source_share,
            late_s=self.late_s,
        )
