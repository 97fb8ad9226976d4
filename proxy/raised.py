"""What is recorded of a request besides, while a measure raises the log: what tells askers and questions apart.

INVARIANT: nothing that a caller sent is told in clear. Names are those of the policy, all else is a digest or a number.
"""

import hashlib
from collections.abc import Iterable

from policies.digest import Digester
from policies.overlay import OverlayEntry, Tightening
from policies.program import OperationRule
from proxy.message import Headers, Request
from proxy.system import System
from siem.record.event import Raised

MOST_ABOUT = 100
UNDECLARED = "?"
"""How a parameter is told of that the policy does not name."""
_SAYS_OF_ITSELF = ("user-agent", "accept-language", "accept-encoding", "sec-ch-ua", "sec-ch-ua-platform")
"""Headers in which a program says the same in each of its requests."""


def raised_by(
    entries: Iterable[OverlayEntry],
    request: Request,
    operation: OperationRule | None,
    body: bytes,
    system: System,
    digester: Digester,
    *,
    version: bytes,
) -> Raised | None:
    """What is told of *request* to *operation* besides, where any of *entries*, which are about it, raises its log.

    *version* is that of HTTP as the request says it. What stood in the place of a value is opened in *request*, where
    it was sent on.
    """
    by = tuple([entry.id for entry in entries if entry.kind is Tightening.RAISE_LOGGING])
    if not by:
        return None
    asked, about = _asked(request, operation, system)
    return Raised(
        by=by,
        asked=tuple(sorted(asked)),
        about=tuple(dict.fromkeys(digester.each(about)))[:MOST_ABOUT],
        question=digester(_print_of(request, body)),
        client=_client(request.headers, digester),
        version=version.decode("ascii", "replace").removeprefix("HTTP/").removesuffix(".0")[:8],
        bytes_in=len(body),
    )


def _asked(request: Request, operation: OperationRule | None, system: System) -> tuple[set[str], list[str]]:
    """The parameters that *request* names, and what it says in those that say something of a record."""
    if operation is None:
        return {UNDECLARED} if request.query else set(), []
    question = system.question(operation)
    asked, about = set(), []
    match = question.path.fullmatch(request.path)
    if match is not None and (key := match.groupdict().get("key")):
        about.append(key)
    for name, value in request.query:
        declared = question.declared(name)
        asked.add(declared[0] if declared is not None else UNDECLARED)
        if declared is not None and declared[1] and value:
            about.append(value)
    return asked, about


def _print_of(request: Request, body: bytes) -> str:
    """What is the same where the same is asked, in hex: nothing of it is found in what digests are made of else."""
    parts = [request.method, request.path, *(f"{name}={value}" for name, value in sorted(request.query))]
    hashed = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape"))
    hashed.update(b"\0" + hashlib.sha256(body).digest())
    return f"question {hashed.hexdigest()}"


def _client(headers: Headers, digester: Digester) -> str:
    said = [f"{name}: {value}" for name in _SAYS_OF_ITSELF for value in headers.get(name, ())]
    hashed = hashlib.sha256("\0".join(said).encode("utf-8", "surrogateescape"))
    return digester(f"client {hashed.hexdigest()}") if said else ""
