"""Who may do what: one table of every endpoint. What is not in it is refused to everybody.

Pages ask it too, so that nobody is offered what they may not do.
That publishing takes two *people* is no business of this table; `incident.publishing` and `console.policy.acts` compare
them.
"""

from collections.abc import Collection, Mapping

from console.roles import Role

type Who = frozenset[Role] | None

PUBLIC: Who = None
"""Without signing in."""
EVERYBODY: Who = frozenset(Role)

_HANDLES = frozenset({Role.ONCALL, Role.OFFICER})
_WRITES = frozenset({Role.PRESS})
_APPROVES = frozenset({Role.PRESS, Role.OFFICER})
_READS_CASES = frozenset({Role.ONCALL, Role.OFFICER, Role.PRESS, Role.AUDITOR})
_REVIEWS = frozenset({Role.OFFICER, Role.AUDITOR})
_READS_LOG = frozenset({Role.ONCALL, Role.OFFICER, Role.AUDITOR})
_ANSWERS_CALLERS = frozenset({Role.HOTLINE})
_LOOKS_UP_PEOPLE = frozenset({Role.ONCALL, Role.AUDITOR})
_READS_POLICIES = frozenset({Role.OFFICER, Role.AUDITOR})
_WRITES_POLICIES = frozenset({Role.OFFICER})
_READS_SYSTEM = frozenset({Role.ONCALL, Role.OFFICER, Role.AUDITOR, Role.OPERATOR})
_READS_ACCOUNTS = frozenset({Role.AUDITOR, Role.OPERATOR})

_PAGES: Mapping[tuple[str, str], Who] = {
    ("GET", "/style.css"): PUBLIC,
    ("GET", "/sign-in"): PUBLIC,
    ("POST", "/sign-in"): PUBLIC,
    ("POST", "/sign-out"): EVERYBODY,
    ("GET", "/password"): EVERYBODY,
    ("POST", "/password"): EVERYBODY,
    ("GET", "/"): EVERYBODY,
    ("GET", "/alerts"): _READS_LOG,
    ("GET", "/alerts/rules"): _READS_LOG,
    ("GET", "/alerts/{alert}"): _READS_LOG,
    ("POST", "/alerts/{alert}/acknowledge"): _HANDLES,
    ("POST", "/alerts/{alert}/assign"): _HANDLES,
    ("POST", "/alerts/{alert}/snooze"): _HANDLES,
    ("POST", "/alerts/{alert}/close"): _HANDLES,
    ("POST", "/alerts/{alert}/reopen"): _HANDLES,
    ("POST", "/alerts/{alert}/silence"): _WRITES_POLICIES,
    ("POST", "/alerts/{alert}/end-silence"): _WRITES_POLICIES,
    ("GET", "/events"): _READS_LOG,
    ("POST", "/events/export"): _READS_LOG,
    ("GET", "/events/{event}"): _READS_LOG,
    ("GET", "/rules"): _READS_LOG,
    ("POST", "/rules/propose"): _WRITES_POLICIES,
    ("GET", "/rules/{file}"): _READS_LOG,
    ("POST", "/rules/{file}/adapt"): _WRITES_POLICIES,
    ("POST", "/rules/{file}/end"): _WRITES_POLICIES,
    ("GET", "/rules/proposals/{number}"): _READS_LOG,
    ("POST", "/rules/proposals/{number}/live"): _WRITES_POLICIES,
    ("POST", "/rules/proposals/{number}/withdraw"): _WRITES_POLICIES,
    ("GET", "/searches"): _READS_LOG,
    ("POST", "/searches"): _READS_LOG,
    ("GET", "/searches/{search}"): _READS_LOG,
    ("POST", "/searches/{search}/rename"): _READS_LOG,
    ("POST", "/searches/{search}/delete"): _READS_LOG,
    ("GET", "/people"): _LOOKS_UP_PEOPLE,
    ("POST", "/people"): _LOOKS_UP_PEOPLE,
    ("GET", "/callers"): _READS_LOG,
    ("GET", "/hotline"): _ANSWERS_CALLERS,
    ("POST", "/hotline"): _ANSWERS_CALLERS,
    ("GET", "/figures"): _READS_LOG,
    ("GET", "/permits"): _READS_LOG,
    ("GET", "/permits/{permit}"): _READS_LOG,
    ("POST", "/permits/{permit}/end"): _HANDLES,
    ("POST", "/permits/{permit}/review"): _REVIEWS,
    ("GET", "/cases"): _READS_CASES,
    ("POST", "/cases"): _HANDLES,
    ("GET", "/cases/{case}"): _READS_CASES,
    ("POST", "/cases/{case}/answer"): _HANDLES | _WRITES,
    ("POST", "/cases/{case}/take-step"): _HANDLES | _WRITES,
    ("POST", "/cases/{case}/give-back-step"): _HANDLES | _WRITES,
    ("POST", "/cases/{case}/retry"): _HANDLES,
    ("POST", "/cases/{case}/contain"): _HANDLES,
    ("POST", "/cases/{case}/canaries"): _HANDLES,
    ("POST", "/cases/{case}/lift"): _HANDLES,
    ("POST", "/cases/{case}/agree"): _HANDLES,
    ("POST", "/cases/{case}/reassess"): _HANDLES,
    ("POST", "/cases/{case}/grade"): _HANDLES,
    ("POST", "/cases/{case}/judge"): _HANDLES,
    ("POST", "/cases/{case}/clock"): _HANDLES,
    ("POST", "/cases/{case}/fulfil"): _HANDLES,
    ("POST", "/cases/{case}/happened"): _HANDLES,
    ("POST", "/cases/{case}/dispute"): _HANDLES,
    ("POST", "/cases/{case}/withdraw"): _HANDLES,
    ("POST", "/cases/{case}/move"): _HANDLES,
    ("POST", "/cases/{case}/note"): _HANDLES,
    ("POST", "/cases/{case}/role"): _HANDLES,
    ("POST", "/cases/{case}/task"): _HANDLES,
    ("POST", "/cases/{case}/task-done"): _HANDLES | _WRITES,
    ("POST", "/cases/{case}/mark"): _HANDLES,
    ("POST", "/cases/{case}/restrict"): _HANDLES,
    ("POST", "/cases/{case}/review"): _HANDLES,
    ("POST", "/cases/{case}/evidence"): _HANDLES,
    ("POST", "/cases/{case}/evidence-move"): _HANDLES,
    ("POST", "/cases/{case}/evidence-open"): _READS_CASES,
    ("POST", "/cases/{case}/evidence-export"): _HANDLES,
    ("GET", "/playbooks"): _READS_CASES,
    ("POST", "/playbooks/propose"): _WRITES_POLICIES,
    ("GET", "/playbooks/{name}"): _READS_CASES,
    ("GET", "/playbooks/proposals/{number}"): _READS_CASES,
    ("POST", "/playbooks/proposals/{number}/agree"): _HANDLES,
    ("POST", "/playbooks/proposals/{number}/withdraw"): _HANDLES,
    ("GET", "/actions"): _READS_CASES,
    ("GET", "/summary"): _READS_CASES,
    ("GET", "/summary/{kind}"): _READS_CASES,
    ("GET", "/drills"): _READS_CASES,
    ("POST", "/drills"): _HANDLES,
    ("GET", "/cases/{case}/forms/{form}"): _READS_CASES,
    ("POST", "/cases/{case}/state-item"): _HANDLES,
    ("GET", "/cases/{case}/persons"): _READS_LOG,
    ("POST", "/cases/{case}/persons"): _HANDLES,
    ("POST", "/cases/{case}/persons/agree"): _HANDLES,
    ("POST", "/cases/{case}/persons/stop"): _HANDLES,
    ("GET", "/cases/{case}/persons/{number}/{part}"): _HANDLES,
    ("POST", "/cases/{case}/merge"): _HANDLES,
    ("POST", "/cases/{case}/split"): _HANDLES,
    ("POST", "/cases/{case}/link"): _HANDLES,
    ("POST", "/cases/{case}/unlink"): _HANDLES,
    ("GET", "/cases/{case}/notice"): _READS_CASES,
    ("POST", "/cases/{case}/notice/settle"): _WRITES,
    ("POST", "/cases/{case}/notice/redraft"): _WRITES,
    ("POST", "/cases/{case}/notice/edit"): _WRITES,
    ("POST", "/cases/{case}/notice/submit"): _WRITES,
    ("POST", "/cases/{case}/notice/approve"): _APPROVES,
    ("POST", "/cases/{case}/notice/call-off"): _WRITES,
    ("POST", "/cases/{case}/notice/withdraw"): _WRITES,
    ("GET", "/policies"): _READS_POLICIES,
    ("POST", "/policies/drafts"): _WRITES_POLICIES,
    ("POST", "/policies/roll-back"): _WRITES_POLICIES,
    ("GET", "/policies/drafts/{draft}"): _READS_POLICIES,
    ("GET", "/policies/drafts/{draft}/file"): _READS_POLICIES,
    ("POST", "/policies/drafts/{draft}/file"): _WRITES_POLICIES,
    ("POST", "/policies/drafts/{draft}/files"): _WRITES_POLICIES,
    ("POST", "/policies/drafts/{draft}/submit"): _WRITES_POLICIES,
    ("POST", "/policies/drafts/{draft}/approve"): _WRITES_POLICIES,
    ("POST", "/policies/drafts/{draft}/publish"): _WRITES_POLICIES,
    ("POST", "/policies/drafts/{draft}/rebase"): _WRITES_POLICIES,
    ("POST", "/policies/drafts/{draft}/withdraw"): _WRITES_POLICIES,
    ("GET", "/policies/versions/{version}"): _READS_POLICIES,
    ("GET", "/policies/versions/{version}/file"): _READS_POLICIES,
    ("GET", "/subscribers"): _READS_CASES,
    ("POST", "/subscribers"): _APPROVES,
    ("POST", "/subscribers/{hook}/end"): _APPROVES,
    ("GET", "/system"): _READS_SYSTEM,
    ("GET", "/accounts"): _READS_ACCOUNTS,
    ("GET", "/tokens"): EVERYBODY,
    ("POST", "/tokens"): EVERYBODY,
    ("POST", "/tokens/{token}/revoke"): EVERYBODY,
}

API = "/api/v1"
"""Under it a program asks with a token; what it gets is JSON."""
OFFERED = tuple(
    key
    for key in _PAGES
    if key[1].startswith(("/cases", "/alerts", "/actions", "/summary", "/drills", "/hotline", "/playbooks"))
    and key != ("GET", "/alerts/rules")
    and "silence" not in key[1]
)
"""The pages and forms that the API has as well: by the same roles, whatever those become."""

ENGINE_CALLS = frozenset(
    ("POST", f"{API}/cases/{{case}}/{path}")
    for path in (
        "ask-containment",
        "offer-containment",
        "contain",
        "reassess",
        "start-duties",
        "notice/redraft",
        "notice/ask-approval",
        "notice/publish",
    )
)
"""What the commands of the shipped playbooks call, which is all that an engine's token does."""

_BY_PEOPLE: Mapping[tuple[str, str], Who] = {
    **_PAGES,
    **{(method, API + path): _PAGES[method, path] for method, path in OFFERED},
    ("GET", f"{API}/openapi.json"): EVERYBODY,
    ("GET", f"{API}/whoami"): EVERYBODY,
    ("GET", f"{API}/cases/{{case}}/timeline"): _READS_CASES,
    ("GET", f"{API}/cases/{{case}}/duties"): _READS_CASES,
    ("GET", f"{API}/cases/{{case}}/notice/render"): _READS_CASES,
    ("GET", f"{API}/templates"): _READS_CASES,
    ("POST", f"{API}/cases/{{case}}/ask-containment"): _HANDLES,
    ("POST", f"{API}/cases/{{case}}/offer-containment"): _HANDLES,
    ("POST", f"{API}/cases/{{case}}/start-duties"): _HANDLES,
    ("POST", f"{API}/cases/{{case}}/notice/ask-approval"): _WRITES,
    ("POST", f"{API}/cases/{{case}}/notice/publish"): _WRITES,
    ("POST", f"{API}/playbooks/check"): _READS_CASES,
    ("POST", f"{API}/playbooks/dry-run"): _READS_CASES,
}
ACCESS: Mapping[tuple[str, str], Who] = {
    key: who | {Role.ENGINE} if who is not None and key in ENGINE_CALLS else who for key, who in _BY_PEOPLE.items()
}
"""By method and route, as the application declares it."""

SECOND_LOOK = frozenset(
    ("POST", API + path)
    for path in (
        "/cases/{case}/agree",
        "/cases/{case}/withdraw",
        "/cases/{case}/persons/agree",
        "/cases/{case}/notice/approve",
        "/playbooks/proposals/{number}/agree",
    )
)
"""By which the second of two people decides: no program does it for them (docs/decisions/0042-api.md)."""

CARRIES_FILES = frozenset({"/policies/drafts", "/policies/drafts/{draft}/file", "/policies/drafts/{draft}/files"})
"""Whose forms may be long: they hold the files of a policy."""

CARRIES_UPLOADS = frozenset({"/cases/{case}/evidence", "/playbooks/propose"})
"""Whose forms may bring a file along, by the API in base64."""

SEES_BROKEN_POLICY = frozenset({Role.OFFICER, Role.AUDITOR, Role.OPERATOR})
"""Whom every page tells that the policy files are broken."""
SEES_EMERGENCIES = frozenset(Role) - {Role.HOTLINE, Role.ENGINE}
"""Whom every page tells that somebody has broken the glass: who may be of another office does not learn it here."""
READS_CASES = _READS_CASES
"""Who may be named in a case."""
ONE_PAGE: Mapping[frozenset[Role], str] = {frozenset({Role.HOTLINE}): "/hotline", frozenset({Role.ENGINE}): "/tokens"}
"""Who has one page beside those of their account: the first page leads there."""
SEES_MACHINERY = _READS_SYSTEM
"""Whom the overview tells how policy, workers and index stand."""


def allowed(roles: Collection[Role], method: str, path: str) -> bool:
    """Whether somebody in *roles* may call the endpoint; nobody may call one that the table does not name."""
    who = ACCESS.get((method, path), frozenset())
    return who is None or not who.isdisjoint(roles)
