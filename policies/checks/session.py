"""Judges whether a system can tell who has signed in as it is declared to."""

from policies.compiling.expand import operations_of
from policies.findings import Finding, Findings, Severity
from policies.parse.section import nearest
from policies.policy import ANYONE, Policy, System


def check_session(policy: Policy, system: System, findings: Findings) -> None:
    """Add to *findings* what keeps the session that *system* declares from telling anything, or from ending."""
    session = system.session
    if session is None:
        return
    operations = {
        f"{operation.method} {operation.path}": operation
        for operation in operations_of(system, policy.packs, Findings())
    }
    for key, named in (("login", (session.login,)), ("logout", session.logout)):
        for name in named:
            if name not in operations:
                message = f"`{key}` is `{name[:80]}`, which `{system.name}` does not declare{nearest(name, operations)}"
                findings.add(Finding(session.places[key], "unknown-operation", message, about=f"`{name[:80]}`"))
    login = operations.get(session.login)
    if login is None:
        return
    if session.login in session.logout:
        message = f"`{session.login}` cannot be both, signing in and signing out"
        findings.add(Finding(session.places["logout"], "duplicate", message, about=f"`{session.login}`"))
    if session.subject and not session.introspect and not login.answers.json:
        message = f"`{session.login}` declares no answer in JSON: there is nothing that `subject` could point to"
        findings.add(Finding(session.places["login"], "session-unknown", message, about=f"`{session.login}`"))
    if ANYONE not in login.allow:
        message = f"nobody has signed in who would sign in: `{session.login}` is not for anyone"
        findings.add(
            Finding(session.places["login"], "session-unreached", message, Severity.WARNING, f"`{session.login}`")
        )
