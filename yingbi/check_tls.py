"""What is wrong with the certificates of an installation, as findings of `yingbi check`, and when each of them ends."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509

from policies.findings import Finding, Position, Severity
from policies.policy import System
from proxy.tls.authorities import Authority, read_authority
from proxy.tls.server_certificates import read_certified
from yingbi.home import Home

LIST_BEFORE = timedelta(days=7)
"""So long before a revocation list ends it is told: lists are issued often, and seldom last for long."""


def check_tls(home: Home, systems: Iterable[System], now: datetime, days: int) -> list[Finding]:
    """All that is wrong with the certificates that callers see and those that *systems* name, or ends within *days*."""
    if not home.tls.exists():
        return []
    systems, before = list(systems), timedelta(days=days)
    required = {system.certificates.authority for system in systems if system.certificates is not None}
    trusted = {system.upstream_tls.authority for system in systems} - {""}
    shown = {system.upstream_tls.certificate for system in systems} - {""}
    found = list(_open_to_others(home))
    for name in sorted(required | trusted):
        found += _of_authority(home, name, now, before, needs_list=name in required)
    pairs = [home.client_certificates / f"{name}.pem" for name in sorted(shown)]
    for path in [*_own_certificates(home), *pairs]:
        found += _of_pair(home, path, now, before)
    return found


def ends_of(home: Home) -> dict[str, datetime]:
    """When each certificate that callers see ends, by its file in the folder `tls`; those that can be read."""
    found = {}
    for path in [home.tls / "server.pem", *_own_certificates(home)]:
        try:
            found[path.relative_to(home.tls).as_posix()] = x509.load_pem_x509_certificates(path.read_bytes())[
                0
            ].not_valid_after_utc
        except (OSError, ValueError):
            continue
    return found


def _own_certificates(home: Home) -> list[Path]:
    """Those for some hosts; that of our own authority renews itself."""
    return sorted(home.host_certificates.glob("*.pem"))


def _open_to_others(home: Home) -> Iterator[Finding]:
    for path in sorted(home.tls.rglob("*.key")):
        if path.stat().st_mode & 0o077:
            yield _finding(home, path, "keys-open-to-others", "others can use it: its mode must be 0600")


def _of_authority(home: Home, name: str, now: datetime, before: timedelta, *, needs_list: bool) -> Iterator[Finding]:
    folder = home.authorities / name
    try:
        authority = read_authority(folder)
    except (OSError, ValueError):
        message = f"the authority `{name}` that a policy names cannot be used: `ca.pem` or `crl.pem` is lost or no PEM"
        yield _finding(home, folder / "ca.pem", "no-authority", message)
        return
    yield from _ends(home, authority.path, min(_ends_of(authority)), now, before)
    ends = authority.lists_end
    if ends is not None:
        yield from _ends(home, folder / "crl.pem", ends, now, min(before, LIST_BEFORE))
    elif needs_list:
        message = f"the authority `{name}` has no revocation list: nobody is let in by its certificates"
        yield _finding(home, folder / "crl.pem", "no-authority", message)


def _ends_of(authority: Authority) -> list[datetime]:
    return [each.not_valid_after_utc for each in authority.certificates]


def _of_pair(home: Home, path: Path, now: datetime, before: timedelta) -> Iterator[Finding]:
    try:
        certified = read_certified(path, path.with_suffix(".key"))
    except (OSError, ValueError):
        message = "it cannot be used: it is no PEM, or the key beside it is lost, locked or that of another one"
        yield _finding(home, path, "certificate-unusable", message)
        return
    yield from _ends(home, path, min(each.not_valid_after_utc for each in certified.chain), now, before)
    staple = path.with_suffix(".ocsp")
    if staple.exists() and not certified.stapled(now):
        message = "it is not stapled: it has ended, or is no OCSP answer about the certificate beside it"
        yield _finding(home, staple, "certificate-ends", message, severity=Severity.WARNING)


def _ends(home: Home, path: Path, ends: datetime, now: datetime, before: timedelta) -> Iterator[Finding]:
    if now >= ends:
        yield _finding(home, path, "certificate-ended", f"it has ended, on {ends:%Y-%m-%d}")
    elif now >= ends - before:
        message = f"it ends on {ends:%Y-%m-%d}: put another in its place"
        yield _finding(home, path, "certificate-ends", message, severity=Severity.WARNING)


def _finding(home: Home, path: Path, code: str, message: str, *, severity: Severity = Severity.ERROR) -> Finding:
    name = path.relative_to(home.root).as_posix()
    return Finding(Position(name, 1, 1), code, message, severity, f"`{name}`")
