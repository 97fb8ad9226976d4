"""What is decided about a request: it is sent on, or answered here."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from policies.addresses import Addresses
from policies.choose import NOTHING_PERMITTED, Permitted
from policies.operations import SAFE_METHODS
from policies.permits import Permit
from policies.program import OperationRule
from policies.sent.files import FilesSent
from policies.view import View
from proxy.message import Request


class Forward(msgspec.Struct, frozen=True, kw_only=True):
    """The request is sent on."""

    operation: OperationRule
    view: View
    request: Request
    """With true values in the place of handles and tokens, encrypted where the system stores them so."""
    addresses: Addresses
    """How those in the answer are written."""
    body: bytes
    files: FilesSent | None = None
    """What looks into the files in the body before it is sent on, where that is declared."""
    said: tuple[str, ...] = ()
    """What the caller said, in the target and in a form: an answer may repeat it."""
    parameters: frozenset[tuple[str, str]] = frozenset()
    """Name and value of what he said in parameters, also where it came back sealed; no keys that handles stood for."""
    asked: Mapping[str, str] = msgspec.field(default_factory=dict)
    """What he said once in a parameter, by its name."""
    sent: Mapping[str, str] = msgspec.field(default_factory=dict)
    """What he said once in a control of a form, by its name, and nothing was put in its place."""
    last_event: str = ""
    """The id of the last event that the caller has, where the system may be told."""
    permits: tuple[Permit, ...] = ()
    """The caller's permits, where `view` is what they show besides."""
    permitted: Permitted = NOTHING_PERMITTED
    """What they show."""

    @property
    def acts(self) -> bool:
        """Whether the system behind may have changed something once it has the request."""
        return self.operation.method not in SAFE_METHODS


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse:
    """The request is answered here."""

    reason: str
    """One of `reasons.REASONS`."""
    operation: OperationRule | None = None
    zh: str = ""
    """What the policy says about it, where it says something."""
    en: str = ""
    field: str = ""
    """The declared field that it is about, where it is about one."""
