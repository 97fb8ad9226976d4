"""Tries a policy on one body: what a caller would get of it, and why. No network, no running installation, no globals.

The policy is compiled once; then any body can be tried for any caller.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from policies.addresses import Addresses
from policies.applies import grants_for, read_address
from policies.ask import Routes
from policies.choose import Choice, countable
from policies.decisions import Decision
from policies.digest import Digester, is_exact
from policies.formats.found import Counted, by_category
from policies.formats.html.forms import Held
from policies.formats.masker import Masker, Tally, Withheld
from policies.keys.data_keys import DataKey, DataKeys
from policies.more import More, more_of
from policies.operations import SAFE_METHODS
from policies.parse.section import nearest
from policies.policy_kinds import Gravity, Harmed, State
from policies.program import OperationRule, Program
from policies.transforms.handle import Handles
from policies.view import View

KINDS = ("json", "jsonp", "html", "csv", "text", "ndjson", "xml", "events")
_KEY = bytes(32)
_KEYS = DataKeys("00000000", {"00000000": DataKey("00000000", _KEY)})
"""Digests, handles and tokens of a trial fit no installation: they have a key that everybody knows."""


class NotTried(Exception):
    """There is nothing to try. The message says what is missing, and what there is."""


class Caller(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who would ask, as a JSON object: nobody in particular where nothing is said."""

    id: str = ""
    posts: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    """Those that the credential would vouch for."""
    attributes: dict[str, str] = {}
    address: str = ""
    """The network address that they would ask from; one that lies in no network unless given."""
    identifier: str = ""
    """Their own identifier, where they are a citizen."""
    acting_for: str = ""
    """The identifier of whom they act for, where the credential would name that and the basis."""


@dataclass(frozen=True, slots=True)
class Used:
    """What became of the values of one field."""

    decision: Decision
    count: int
    more: tuple[More, ...]
    harm: Mapping[Harmed, Gravity]
    """Who is harmed how gravely by a leak, where the catalogue says so."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What the caller would get."""

    body: bytes
    """As far as it was safe, where the rest is withheld."""
    used: tuple[Used, ...]
    """Of each field of which there were values, personal ones only."""
    found: dict[str, Counted]
    """How many values recognisers found in free text, by category."""
    subjects: int
    withheld: str = ""
    """The code of why the answer would be withheld or cut; empty where it would not be."""
    grants: tuple[str, ...] = ()
    """The grants that apply to the caller."""
    unopened: Mapping[str, int] = field(default_factory=dict)
    """By field, how many values were stored encrypted: a trial has no key, and wants them as they were before."""


class Trial:
    """Tries *programs*, by system; see `compile_folder`."""

    def __init__(self, programs: Mapping[str, Program]) -> None:
        self._programs = programs

    def try_on(self, body: bytes, *, system: str, operation: str, caller: Caller, kind: str, now: datetime) -> Tried:
        """What *caller* would get at *now* of *body*, an answer of *kind* to *operation* of *system*.

        *operation* is a method and a path, as declared or as asked for: `GET /x/{id}`, `GET /x/5`. Raises NotTried.
        """
        program = self._programs.get(system)
        if program is None:
            raise NotTried(f"没有系统 / there is no system `{system}`{nearest(system, self._programs)}")
        if caller.address and read_address(caller.address) is None:
            raise NotTried(f"不是网络地址 / no network address: `{caller.address}`")
        rule = None if program.state is State.LEARNING else _operation(program, operation)
        digester = Digester("trial", _KEY)
        own, acting = (digester(name) if is_exact(name) else "" for name in (caller.identifier, caller.acting_for))
        name = caller.id or (digester(caller.identifier) if caller.identifier else "")
        applying = grants_for(
            program,
            caller=name,
            posts=frozenset(caller.posts),
            purposes=frozenset(caller.purposes),
            attributes=caller.attributes,
            address=caller.address,
            operation=rule.id if rule is not None else "",
            now=now.timestamp(),
        )
        grants = countable(applying, own=own, acting=acting)
        view, tally = View(program, grants, _KEY, _KEYS, is_tried=True), Tally(digester, takes_time=True)
        is_safe = rule is None or rule.method in SAFE_METHODS  # what else answers is taken for nobody's in particular
        whose = view.choice(own=own if is_safe else "", acting=acting if is_safe else "", attributes=caller.attributes)
        handles = Handles(_KEYS, program.system)
        asked = operation.partition(" ")[2]
        addresses = Addresses(view.links, asked, handles.of(name, now.timestamp()))
        out: list[bytes] = []
        withheld = ""
        try:
            masker = _masker(rule, view, kind, tally, whose, addresses)
            out += masker.feed(body)
            out += masker.close()
        except Withheld as reason:
            withheld = reason.reason
        taken = tally.take()
        applied = {grant.id for grant in grants}
        used = []
        for index, count in sorted(taken.fields.items()):
            decision = view.decisions[index]
            more = more_of(program, decision.name, decision.category, decision.form, applied, now)
            used.append(Used(decision, count, more, program.harms.get(decision.category, {})))
        return Tried(
            body=b"".join(out),
            used=tuple(used),
            found=by_category(taken.found),
            subjects=len(taken.subjects),
            withheld=withheld,
            grants=tuple(grant.id for grant in grants),
            unopened={view.decisions[index].name: len(hashes) for index, hashes in sorted(taken.unopened.items())},
        )


def _masker(
    operation: OperationRule | None, view: View, kind: str, tally: Tally, whose: Choice, addresses: Addresses
) -> Masker:
    """A masker for an answer of *kind* to *operation*; to any, of a system that is being learnt, where that is None."""
    if operation is None:
        masker = view.maskers.learning(kind, tally, "utf-8", _sealed)
        if masker is None:
            raise NotTried(f"登记中的系统不显示 `{kind}` / of a system that is being learnt no such answer is shown")
        return masker
    if operation.static:
        raise NotTried(f"`{operation.id}` 是静态文件，原样通过 / is a file, the same for everybody: it passes as it is")
    masker = view.maskers.of(operation.answers, kind, tally, "utf-8", _sealed, None, whose, addresses)
    if masker is None:
        raise NotTried(
            f"`{operation.id}` 没有声明 `{kind}` 答复，网关会拦截"
            f" / has no answer of kind `{kind}`: it would be withheld"
        )
    return masker


def _sealed(action: str, held: Held) -> str:
    """What a form carries opens for one caller of one installation: here there is none."""
    return ""


def read_caller(text: bytes) -> Caller:
    """The caller in the JSON object *text*. Raises NotTried."""
    try:
        return msgspec.json.decode(text, type=Caller)
    except msgspec.DecodeError as error:
        raise NotTried(
            "调用者文件有误 / the caller is a JSON object with "
            f"`id`, `posts`, `purposes`, `attributes`, `address`, `identifier` and `acting_for`: {error}"
        ) from None


def _operation(program: Program, named: str) -> OperationRule:
    declared = {operation.id: operation for operation in program.operations}
    if named in declared:
        return declared[named]
    method, _, path = named.partition(" ")
    found = Routes(program).find(method.upper(), path)
    if found is None:
        raise NotTried(f"`{program.system}` 没有操作 / has no operation `{named}`{nearest(named, declared)}")
    return found
