"""Judges the files of a policy together: what one of them names must stand in another."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

from policies.checks.composite import check_composites
from policies.checks.grants import called, check_ends, check_grants
from policies.checks.limits import check_limits
from policies.checks.order import check_order
from policies.checks.paths import check_paths
from policies.checks.records import check_records
from policies.checks.reveals import check_reveals
from policies.checks.rows import check_besides, check_rows
from policies.checks.session import check_session
from policies.checks.subjects import check_subjects
from policies.compiling.kept import Kept
from policies.compiling.system import compile_with
from policies.findings import Finding, Findings, Position, Severity
from policies.keys.jwks import keys_in
from policies.parse.section import nearest
from policies.policy import ANYONE, PUBLIC, SCAN, SIGNED_IN, Grant, Limit, Policy, System
from policies.policy_kinds import Kind
from policies.program import Program

RESERVED = (PUBLIC, SCAN, "undeclared", "text")


def check(
    policy: Policy, jwks: dict[str, str], now: datetime | None, findings: Findings, kept: Kept
) -> dict[str, Program]:
    """Add to *findings* what keeps *policy* from meaning what it says. *jwks* holds the text of each key file.

    Without the time *now*, nothing is said of what has ended or soon will have. Returns the program of each system as
    far as it can be had; where there are errors none may be used.
    """
    for stage in (
        _categories,
        _grants,
        _callers,
        _keys,
        _hosts,
        _upstream_tls,
        _without_effect,
        check_grants,
        check_reveals,
    ):
        stage(policy, findings)
    for stage in (check_order, check_rows, check_limits):
        stage(policy, findings)
    if now is not None:
        check_ends(policy, now, findings)
    check_composites(policy, findings)
    programs = {}
    for name, system in policy.systems.items():
        alone = replace(policy, systems={name: system})  # of other systems nothing that is asked here depends
        programs[name] = kept.program(name, alone, jwks, findings, partial(_judged, system, alone, jwks))
    return programs


def _judged(system: System, policy: Policy, jwks: dict[str, str], findings: Findings) -> Program:
    _identity(system, jwks, findings)
    _front_proxies(system, findings)
    _allowed(system, policy, findings)
    check_records(policy, system, findings)
    check_paths(policy, system, findings)
    check_session(policy, system, findings)
    program = compile_with(policy, system, jwks, findings)
    check_besides(policy, program, findings)
    check_subjects(system, program, findings)
    _sockets(system, program, findings)
    return program


def _categories(policy: Policy, findings: Findings) -> None:
    for name, category in policy.categories.items():
        if name in RESERVED:
            message = f"`{name}` is a word of the language: call the category something else"
            findings.add(Finding(category.at, "reserved-name", message, about=f"`{name}`"))


def _grants(policy: Policy, findings: Findings) -> None:
    seen: dict[tuple[bool, str], Position] = {}
    known = {caller.id for caller in policy.callers}
    has_issuers = any(system.jwt or system.front_proxies or system.session for system in policy.systems.values())
    for grant in (*policy.grants, *policy.reveals, *policy.limits):
        is_limit = isinstance(grant, Limit)
        name = is_limit, grant.id
        if name in seen:
            findings.add(
                Finding(
                    grant.at,
                    "duplicate",
                    f"{called(grant)} stands also at {seen[name]}",
                    about=f"{'上限' if is_limit else '授权'} `{grant.id}`，另一处在 {seen[name]}",
                )
            )
        seen[name] = grant.at
        for category in grant.sees:
            if category not in policy.categories and category not in policy.unread:
                near = nearest(category, policy.categories)
                message = f"{called(grant)} is about `{category[:80]}`, and there is no such category{near}"
                findings.add(Finding(grant.at, "unknown-category", message, about=f"`{category[:80]}`"))
        for system in grant.systems:
            if system not in policy.systems and system not in policy.unread:
                near = nearest(system, policy.systems)
                message = f"{called(grant)} is about `{system}`, and there is no such system{near}"
                findings.add(Finding(grant.at, "unknown-system", message, about=f"`{system}`"))
        for caller in grant.callers:
            if caller not in known and not has_issuers:
                message = f"{called(grant)} is for `{caller}`, and there is no such caller"
                findings.add(Finding(grant.at, "unknown-caller", message, Severity.WARNING, f"`{caller}`"))


def _callers(policy: Policy, findings: Findings) -> None:
    callers: dict[str, Position] = {}
    keys: dict[str, Position] = {}
    hashes: dict[str, Position] = {}
    for caller in policy.callers:
        if caller.id in callers:
            findings.add(
                Finding(
                    caller.at,
                    "duplicate",
                    f"caller `{caller.id}` stands also at {callers[caller.id]}",
                    about=f"调用者 `{caller.id}`，另一处在 {callers[caller.id]}",
                )
            )
        callers[caller.id] = caller.at
        if caller.kind is Kind.CITIZEN:
            message = f"citizen `{caller.id}` signs in with a token: keys are for staff, systems and terminals"
            findings.add(Finding(caller.at, "citizen-with-key", message, about=f"`{caller.id}`"))
        for key in caller.keys:
            if key.id in keys:
                findings.add(
                    Finding(
                        key.at,
                        "duplicate",
                        f"key `{key.id}` stands also at {keys[key.id]}",
                        about=f"密钥 `{key.id}`，另一处在 {keys[key.id]}",
                    )
                )
            same = key.sha256 or (key.certificate and f"{key.authority} {key.certificate}")
            if same and same in hashes:
                findings.add(
                    Finding(
                        key.at,
                        "duplicate",
                        f"the same key stands also at {hashes[same]}",
                        about=f"同一把密钥，另一处在 {hashes[same]}",
                    )
                )
            keys[key.id], hashes[same] = key.at, key.at


def _keys(policy: Policy, findings: Findings) -> None:
    """A key that is signed with where all take only keys that are shown, or the other way about."""
    if not policy.systems or policy.unread:
        return
    for caller in policy.callers:
        for key in caller.keys:
            if not any(system.takes(key) for system in policy.systems.values()):
                wanted = "api_keys: true" if key.sha256 else "signed_requests: true"
                if key.certificate:
                    wanted = f"certificates: {{authority: {key.authority}}}"
                message = f"key `{key.id}` counts nowhere: no system says `identity: {{{wanted}}}`"
                about = f"密钥 `{key.id}`：没有系统写着 `identity: {{{wanted}}}`"
                findings.add(Finding(key.at, "key-not-taken", message, Severity.WARNING, about))


def _hosts(policy: Policy, findings: Findings) -> None:
    taken: dict[str, str] = {}
    for system in policy.systems.values():
        for host in system.hosts:
            if host in taken:
                message = f"host `{host}` belongs to `{taken[host]}` already"
                findings.add(Finding(system.at, "host-twice", message, about=f"`{host}`"))
            taken[host] = system.name


def _sockets(system: System, program: Program, findings: Findings) -> None:
    """A WebSocket begins with a request of HTTP/1.1: a system that is spoken to in HTTP/2 is never asked for one."""
    if program.upstream_tls.http2 and any(operation.websocket is not None for operation in program.operations):
        message = f"system `{system.name}` has a `websocket`, which is not spoken where `upstream_tls` says `http2`"
        findings.add(Finding(system.at, "websocket-over-http2", message, about=f"系统 `{system.name}`"))


def _upstream_tls(policy: Policy, findings: Findings) -> None:
    """One connection may carry requests for all systems at an address: it is made in one way for all of them."""
    first: dict[str, System] = {}
    for system in policy.systems.values():
        split = urlsplit(system.upstream)
        default = 443 if split.scheme == "https" else 80
        other = first.setdefault(f"{split.hostname}:{split.port or default}", system)
        if other.upstream_tls != system.upstream_tls:
            message = f"`{other.name}` has the same `upstream` and another `upstream_tls`: write the same in both"
            about = f"`{other.name}` 的 `upstream` 相同而 `upstream_tls` 不同，两处请写成一样"
            findings.add(Finding(system.at, "upstream-tls-differs", message, about=about))


def _without_effect(policy: Policy, findings: Findings) -> None:
    """What can be written and does nothing: whoever wrote it meant something."""
    for at, what, zh, name, empty in (
        *((grant.at, "grant", "授权", grant.id, "systems") for grant in policy.grants if not grant.systems),
        *((grant.at, "grant", "授权", grant.id, "sees") for grant in policy.grants if not _does_something(grant)),
        *((each.at, "reveal", "查看原文", each.id, "systems") for each in policy.reveals if not each.systems),
        *((each.at, "limit", "上限", each.id, "systems") for each in policy.limits if not each.systems),
        *((caller.at, "caller", "调用者", caller.id, "keys") for caller in policy.callers if not caller.keys),
        *((each.at, "system", "系统", each.name, "hosts") for each in policy.systems.values() if not each.hosts),
    ):
        message = f"{what} `{name}` is without effect: its `{empty}` are empty"
        findings.add(Finding(at, "without-effect", message, Severity.WARNING, f"{zh} `{name}` 的 `{empty}` 是空的"))


def _does_something(grant: Grant) -> bool:
    return bool(grant.sees or grant.rows or grant.at_most)


def _identity(system: System, jwks: dict[str, str], findings: Findings) -> None:
    seen: dict[str, Position] = {}
    for issuer in system.jwt:
        if issuer.issuer in seen:
            message = f"issuer `{issuer.issuer}` stands also at {seen[issuer.issuer]}: a token fits one of them"
            about = f"签发者 `{issuer.issuer}`，另一处在 {seen[issuer.issuer]}"
            findings.add(Finding(issuer.at, "duplicate", message, about=about))
        seen[issuer.issuer] = issuer.at
        if issuer.source is not None:
            continue
        text = jwks.get(issuer.keys)
        if text is None:
            message = f"there is no `{issuer.keys}` in the folder of policies"
            findings.add(Finding(issuer.at, "missing-keys", message, about=f"`{issuer.keys}`"))
            continue
        keys_in(text, issuer.keys, issuer.at, findings)


def _front_proxies(system: System, findings: Findings) -> None:
    seen: dict[str, Position] = {}
    for front in system.front_proxies:
        for name in (front.id, front.sha256):
            if name in seen:
                message = f"front proxy `{front.id}` stands also at {seen[name]}, by its id or its secret"
                about = f"前置代理 `{front.id}` 的编号或密钥，另一处在 {seen[name]}"
                findings.add(Finding(front.at, "duplicate", message, about=about))
            seen[name] = front.at


def _allowed(system: System, policy: Policy, findings: Findings) -> None:
    """An operation for a post that nobody declares is dead; a post may come from a token, so it is only a warning."""
    posts = {post for caller in policy.callers for post in caller.posts} | {
        post for grant in (*policy.grants, *policy.reveals) for post in (*grant.posts, *grant.all_posts)
    }
    for operation in system.operations:
        for name in operation.allow:
            if name not in (ANYONE, SIGNED_IN) and name not in posts:
                message = f"no caller and no grant names the post `{name}`{nearest(name, posts)}"
                findings.add(Finding(operation.at, "unknown-post", message, Severity.WARNING, f"`{name}`"))
