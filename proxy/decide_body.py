"""What of a body that a caller sends may be sent on, and in which form."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from policies.formats.html.forms import Carried, Held
from policies.formats.masker import Tally, Withheld
from policies.formats.sent_form import Coding, File, Part, coding_of
from policies.keys.data_keys import BadToken
from policies.program import OperationRule
from policies.program_shapes import UNDECLARED, FileRule, HtmlShapes, Shapes
from policies.sent.directed import Sending, SentBlocked
from policies.sent.files import FilesSent
from policies.sent.json import JsonWalk
from policies.sent.opening import Opening, OpeningStep, RawKey
from policies.sent.settling import Settling
from policies.sent.subjects import CHANGES, SubjectChanged
from policies.sent.write_back import FileRefused, MaskReturned, NotAsDeclared, control_field, is_declared
from policies.sent.xml import SettlingXml, XmlWalk
from policies.view import View
from proxy.identity.caller import Caller
from proxy.message import Request, media_type_in, target_of
from proxy.system import System
from proxy.verdict import Forward, Refuse

PARTS = "multipart/form-data"
FORMS = ("application/x-www-form-urlencoded", PARTS)


JSON = "application/json"


XML = ("application/xml", "text/xml", "application/soap+xml")


def with_body(
    forward: Forward, request: Request, body: bytes, system: System, caller: Caller, now: datetime
) -> Forward | Refuse:
    """*forward* with what of *body* may be sent on, or why nothing of it may. *request* asks as the caller did."""
    operation = forward.operation
    if "if-match" in request.headers or "if-unmodified-since" in request.headers:
        return Refuse(reason="precondition_refused", operation=operation)
    holder, came = system.holder(caller, now), body
    opening = Opening(system.program, forward.view, holder, system.writes, request.path)
    try:
        body, said, keys = _opened(request, body, operation.body, opening)
        settled = _settled(forward, request, came, body, system, caller, now)
    except BadToken:
        return Refuse(reason="unknown_handle", operation=operation)
    except RawKey:
        return Refuse(reason="question_about_hidden_field", operation=operation)
    except MaskReturned as returned:
        return Refuse(reason="mask_returned", operation=operation, field=returned.field)
    except SubjectChanged as changed:
        return Refuse(reason="subject_kept", operation=operation, field=changed.field)
    except SentBlocked as blocked:
        return Refuse(reason="value_not_sent", operation=operation, field=blocked.field)
    except NotAsDeclared as misplaced:
        return Refuse(reason="not_as_declared", operation=operation, field=misplaced.field)
    except FileRefused as refused:
        return Refuse(reason="file_refused", operation=operation, field=refused.field)
    except Withheld:
        return Refuse(reason="body_unreadable", operation=operation)
    if settled is None:
        return Refuse(reason="body_not_declared", operation=operation)
    forward.addresses.sent_with(keys)
    sent = unchanged(_texts(request, came), _texts(request, settled))
    files = _files_in(request, settled, operation.body, system)
    return replace(forward, body=settled, files=files, said=(*forward.said, *said), sent=sent)


def _files_in(request: Request, body: bytes, shapes: Shapes, system: System) -> FilesSent | None:
    """What looks into the files of *body*; None where it has none, or none that are to be looked into."""
    coding, form, whole = coding_of(request.content_type), shapes.html, shapes.file
    fields, tally = system.program.fields, Tally(system.digester)
    if request.media_type == PARTS and form is not None and coding is not None and body:

        def rule_of(name: str) -> tuple[int, FileRule] | None:
            index = control_field(name, form)
            rule = fields[index].file
            return None if rule is None or rule.personal is None else (index, rule)

        sent = (part for part in coding.read(body) if part.file is not None and part.file.content)
        if any(rule_of(part.name) for part in sent):
            return FilesSent(rule_of, coding, "", system.writes.word_is_mask, tally)
    elif whole is not None and whole.personal is not None and request.media_type in whole.types and body:
        return FilesSent(lambda _: (UNDECLARED, whole), None, request.media_type, system.writes.word_is_mask, tally)
    return None


def _opened(request: Request, body: bytes, shapes: Shapes, opening: Opening) -> tuple[bytes, list[str], list[str]]:
    """*body* with what its handles stand for, every value in it that the caller has said himself, and what he has not.

    What cannot be read is left as it is: nothing of it is sent on.
    """
    if request.media_type == JSON and shapes.json is not None:
        return opening.json_body(body, shapes.json), [], []
    if request.media_type in XML and shapes.xml is not None and body:
        return XmlWalk([OpeningStep(opening)]).sent(body, shapes.xml), [], []
    coding = coding_of(request.content_type)
    if coding is None or not body:
        return body, [], []
    parts = coding.read(body)
    opened, said, keys = opening.controls(parts, shapes.html or HtmlShapes())
    return (body if opened == parts else coding.write(opened)), said, keys


def _texts(request: Request, body: bytes) -> list[tuple[str, str]]:
    """What stands in the controls of *body*, where that is a form."""
    coding = coding_of(request.content_type)
    parts: list[Part] = coding.read(body) if coding is not None and body else []
    return [(part.name, part.value) for part in parts if part.file is None]


def unchanged(came: Iterable[tuple[str, str]], goes: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Of what *came*, by name, what comes once and is sent on as it was said.

    What a handle or a mask stands for is nobody's words: to say it again would tell it.
    """
    then = _said_once(goes)
    return {name: value for name, value in _said_once(came).items() if then.get(name) == value}


def _said_once(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The values of *pairs* by name, but for names that come more than once."""
    pairs = list(pairs)
    if len(pairs) < 2:
        return dict(pairs)
    names = Counter(name for name, _ in pairs)
    return {name: value for name, value in pairs if names[name] == 1}


def _settled(
    forward: Forward, request: Request, came: bytes, body: bytes, system: System, caller: Caller, now: datetime
) -> bytes | None:
    """The body that may be sent on; None where nothing of that kind is declared. It *came* as it was shown."""
    shapes, view = forward.operation.body, forward.view
    if not body:
        return b""
    if "content-encoding" in request.headers:
        return None
    media_type, charset = media_type_in(request.content_type)
    if charset not in ("", "utf-8"):
        raise Withheld("not_utf_8")  # the system behind could read other words in it
    if media_type in FORMS and shapes.html is not None:
        coding = coding_of(request.content_type)
        if coding is None:
            raise Withheld("not_a_form")
        return _settled_form(forward, request, came, body, shapes.html, coding, system, caller, now)
    if shapes.file is not None and media_type in shapes.file.types:
        if not is_declared(File("", media_type, body), shapes.file):
            raise FileRefused("")
        return body
    json = shapes.json if media_type == JSON else None
    xml = shapes.xml if media_type in XML else None
    if json is None and xml is None:
        return None
    names_record = _names_record(request, forward.operation, system)
    keeping = system.kept_subjects(caller, now).step(forward.operation.key, names_record=names_record)
    settling = Settling if xml is None else SettlingXml
    steps = [
        system.sent.opening(view.sent_back),
        settling(system.writes, view.actions, view.sends, replaces=request.method == "PUT"),
        keeping,
        *([_sending(system, view)] if view.masks_sent else []),
        system.sent.storing(),
    ]
    if xml is not None:
        settled = XmlWalk(steps).sent(body, xml)
    else:
        assert json is not None
        settled = JsonWalk(system.program.labels.json, steps).sent(body, json)
    keeping.check()
    return settled


def _names_record(request: Request, operation: OperationRule, system: System) -> bool:
    """Whether *request* is about a record that exists, as far as its head tells."""
    return operation.method in CHANGES or system.question(operation).names_record(request.query)


def _settled_form(
    forward: Forward,
    request: Request,
    came: bytes,
    body: bytes,
    shapes: HtmlShapes,
    coding: Coding,
    system: System,
    caller: Caller,
    now: datetime,
) -> bytes:
    """The form that may be sent on in the place of *body*."""
    view, target, sent = forward.view, target_of(request.path, request.query), coding.read(came)
    names_record = system.question(forward.operation).names_record(request.query)
    carried: Carried = {}
    forms: list[Held] = []

    def opened(token: str) -> Carried:
        held = system.open_form(token, target, caller, now)
        forms.append(held)
        found = system.restoring.carried(held, sent, shapes, names_record=names_record)
        for name, values in found.items():
            carried[name] = carried.get(name, []) + values
        return found

    parts = coding.read(body)
    own = system.sent.opened_form(parts, shapes, view.sent_back)
    settled = system.writes.form(own, shapes, opened, view.actions, sends=view.sends)
    if kept := system.kept_subjects(caller, now):
        named = _names_record(request, forward.operation, system)
        kept.check_form(sent, settled, shapes, forms, system.restoring, names_record=named)
    if view.masks_sent:
        settled = _sending(system, view).form(settled, shapes, own)
    stored = system.sent.stored_form(settled, shapes, carried)
    return body if stored == parts else coding.write(stored)


def _sending(system: System, view: View) -> Sending:
    program = system.program
    return Sending(view.sends, program.fields, Tally(system.digester))
