"""One system, ready to serve: its program with everything that is built from it once."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from urllib.parse import urlencode, urlsplit

import msgspec

from policies.addresses import Addresses
from policies.applies import Applying, Asking, anywhere
from policies.ask import Opened, Question, Routes
from policies.choose import Permitted, countable
from policies.digest import Digester
from policies.formats.html.forms import Held
from policies.keys.data_keys import BadToken, DataKeys
from policies.operations import SAFE_METHODS
from policies.paths import quoted
from policies.permits import Permit
from policies.permitting import Permitting
from policies.policy_kinds import State
from policies.program import OperationRule, Program
from policies.sent.restoring import Restoring
from policies.sent.subjects import KeptSubjects, Subjects
from policies.sent.values import SentValues
from policies.sent.write_back import WriteRules
from policies.transforms.encrypt import Cipher
from policies.transforms.handle import Handles, Holder
from policies.view import View, Views
from proxy.cookies import Cookies
from proxy.identity.caller import Caller
from proxy.identity.issuer_keys import IssuerKeys
from proxy.identity.ways import Identity
from proxy.message import Malformed, Request, read_target

FORM_LASTS_S = 8 * 3600
"""How long a form may stand open before what it carries is worth nothing."""


LEAST_CARRIED = 512
"""Bytes: what a form carries is filled up to this or to a power of two, or its length would tell of the values."""


class System:
    """A compiled system.

    *secret* is the installation's key for field digests, which no rotation may change; *keys* are the system's own, for
    whatever has to be opened again: what forms, links and cookies carry. *issuer_keys* are those that were fetched from
    issuers of tokens.
    """

    def __init__(
        self,
        program: Program,
        digest: str,
        digester: Digester,
        secret: bytes,
        keys: DataKeys,
        issuer_keys: IssuerKeys | None = None,
    ) -> None:
        self.program = program
        self.digest = digest
        self.keys = keys
        self.digester = digester
        self.routes = Routes(program)
        self.views = Views(program, secret, keys)
        self._applying = Applying(program)
        self.permitting = Permitting(program)
        self._anywhere = Applying(msgspec.structs.replace(program, grants=anywhere(program.grants)))
        self.writes = WriteRules(program, keys)
        self.restoring = Restoring(program)
        self._subjects = Subjects(program)
        self.sent = SentValues(program, keys)
        self.issuer_keys = issuer_keys
        self.identity = Identity(program, digester, secret, issuer_keys)
        split = urlsplit(program.upstream)
        self.upstream = (split.scheme, split.hostname or "", split.port or (443 if split.scheme == "https" else 80))
        """Scheme, host and port of the system behind."""
        self._questions: dict[str, Question] = {}
        self.cookies = Cookies(keys, program.system)
        self._cipher = Cipher(keys, "form")
        self._handles = Handles(keys, program.system)

    @property
    def name(self) -> str:
        """As declared."""
        return self.program.system

    @property
    def is_learning(self) -> bool:
        """Whether nothing is declared yet and all text is masked hard."""
        return self.program.state is State.LEARNING

    def question(self, operation: OperationRule) -> Question:
        """The rules for the parameters of *operation*."""
        question = self._questions.get(operation.id)
        if question is None:
            question = self._questions[operation.id] = Question(operation, self.program.spelling)
        return question

    def view_of(
        self, caller: Caller, now: datetime, *, operation: OperationRule, address: str, strictest: bool
    ) -> View:
        """The view of *caller*, who asks from *address* at *now*; the *strictest* where an overlay says so."""
        asking = asking_of(caller, now, address=address, operation=operation.id)
        applying = countable(self._applying.to(asking), own=caller.own, acting=caller.on_behalf_of)
        if operation.method in SAFE_METHODS:
            return self.views.of(applying, harder=strictest)
        # What is written here is read elsewhere, and once the caller has asked to be shown more.
        at_all = countable(self._anywhere.to(asking), own=caller.own, acting=caller.on_behalf_of)
        here = {grant.id for grant in applying}
        elsewhere = tuple(grant for grant in at_all if grant.id not in here) + self.permitting.askable(asking)
        return self.views.of(applying, harder=strictest, elsewhere=elsewhere)

    def kept_subjects(self, caller: Caller, now: datetime) -> KeptSubjects:
        """The subjects of records that *caller* may not change, for what he sees goes by them."""
        return self._subjects.kept(asking_of(caller, now, address=""), is_citizen=bool(caller.own))

    def permitted(
        self, permits: Sequence[Permit], caller: Caller, now: datetime, *, operation: OperationRule, address: str
    ) -> Permitted:
        """What *permits*, the caller's own, show in the answer."""
        return self.permitting.permitted(permits, asking_of(caller, now, address=address, operation=operation.id))

    def seal_form(self, target: str, held: Held, caller: Caller, now: datetime) -> str:
        """How a form that is shown to *caller* at *now*, and sent to *target*, carries what it holds."""
        until = int(now.timestamp()) + FORM_LASTS_S
        parts = {name: part for name, part in asdict(held).items() if part}
        body = json.dumps({"until": until, **parts}, ensure_ascii=False).encode("utf-8", "surrogatepass")
        filled = body.ljust(max(LEAST_CARRIED, 1 << (len(body) - 1).bit_length()))
        return self._cipher.encrypt(filled, self.name, caller.id, target)

    def holder(self, caller: Caller, now: datetime) -> Holder:
        """What *caller* is given in place of identifiers at *now*, and what opens for him then."""
        return self._handles.of(caller.id, now.timestamp())

    def addresses(self, view: View, asked: Opened, holder: Holder | None) -> Addresses:
        """The addresses of the answer that *holder*, who has *view*, gets to what is *asked*; None: without handles."""
        return Addresses(view.links, asked.path, holder, asked.keys, says=any(asked.values_said))

    def opened(self, request: Request, operation: OperationRule, holder: Holder) -> tuple[Request, Opened]:
        """*request* for *operation* with what handles in its target stand for, and what is asked by it then.

        Raises BadToken where a handle does not open for *holder* where it stands, or what it stands for is no part of
        such a target.
        """
        asked = self.question(operation).opened(request.path, request.query, holder)
        if (asked.path, asked.query) == (request.path, request.query):
            return request, asked
        target = f"{quoted(asked.path)}?{urlencode(asked.query, errors='surrogatepass')}"
        try:
            is_same = read_target(target)[0] == asked.path
        except Malformed:
            is_same = False
        # What a handle stands for may be anything that was a key: it must not lead to another operation.
        if not is_same or (asked.names_record and self.routes.find(request.method, asked.path) is not operation):
            raise BadToken
        return msgspec.structs.replace(request, path=asked.path, query=asked.query, opened=target), asked

    def open_form(self, token: str, target: str, caller: Caller, now: datetime) -> Held:
        """What *token* carries; nothing where it is stale, altered, or was made for somebody else or another target."""
        try:
            body = json.loads(self._cipher.decrypt(token, self.name, caller.id, target))
        except BadToken:
            return Held()
        if now.timestamp() >= body.pop("until"):
            return Held()
        parts = body.pop("carried", {})  # of a form that says whose it is, perhaps nothing
        carried = {name: [(shown, true) for shown, true in values] for name, values in parts.items()}
        return Held(carried, **body)


def asking_of(caller: Caller, now: datetime, *, address: str, operation: str = "") -> Asking:
    """What grants go by, where *caller* asks from *address* at *now*."""
    return Asking(
        caller=caller.id,
        posts=caller.posts,
        purposes=caller.purposes,
        attributes=caller.attributes,
        address=address,
        operation=operation,
        now=now.timestamp(),
    )
