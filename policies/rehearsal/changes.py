"""What differs between two programs for one caller of one operation.

A field is compared by the place where its values stand, not by its name: a record that is called differently is no
difference.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import msgspec

from policies.ask import questions_of
from policies.choose import GENERAL, Choice
from policies.decisions import Decision, shows_no_more
from policies.program import FieldInfo, OperationRule
from policies.program_shapes import Shapes
from policies.rehearsal.places import HIDDEN, Held, places_in
from policies.rehearsal.standpoint import ACTING, OWN, Asker, Standpoint, choice_of
from policies.transforms.spec import Block, Form, name_of
from policies.view import View

_WHOSE = {"": "", OWN: "（本人的 / own）", ACTING: "（被代办人的 / of whom one acts for）"}
"""In whose records, besides everybody's, grants can say something else."""
_VARIABLE = re.compile(r"\{(\w+)(\*?)\}")


class Kind(StrEnum):
    """What would change, the most dangerous first."""

    SHOWN = "newly-shown"
    """More of a field would be shown, or something of which nobody can say whether it is more."""
    ANSWERED = "newly-answered"
    """An operation that is refused would be answered."""
    ASKED = "newly-askable"
    """A question that is refused would be answered."""
    OTHERWISE = "declared-otherwise"
    """Something is declared otherwise, of which nobody can say whether more would be shown."""
    WITHHELD = "newly-withheld"
    """An operation, or answers in one format, would be refused."""
    UNASKED = "no-longer-askable"
    MASKED = "newly-masked"
    """Less of a field would be shown."""
    NO_MORE = "declared-no-more"
    """Something is declared otherwise, and surely no more would be shown."""


@dataclass(frozen=True, slots=True)
class Side:
    """What one of the two programs says."""

    transform: str
    """How records call it; or the code of a refusal."""
    form: Form
    rule: str = ""
    grant: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One difference, before anybody is counted."""

    kind: Kind
    operation: str
    about: str
    category: str
    before: Side
    after: Side
    counted_as: str = ""
    """The name under which values of the field were counted; empty where they are not."""
    is_about_records: bool = False
    """Whether it is about which records are shown: answers that held others were refused, or had them left out."""

    @property
    def was_refused(self) -> bool:
        """Whether what it changes are refusals, and no answers."""
        return self.kind is Kind.ANSWERED or self.before == WITHHELD or self.before.transform == BLOCKED


UNTOLD = "（其他 / something else）"
"""In `Change.about`: something is declared otherwise, and nothing that is looked at tells what it does."""
WORDS = "（说明文字 / words）"
"""The same of titles, reasons, names and levels, which are only told to people."""
_LONGEST = 200
"""Characters of what is declared."""
_ANSWERED = Side("answer", Form.CLEAR)
WITHHELD = Side("withheld", Form.NONE)
BLOCKED = name_of(Block())
"""Answers in the format do not leave."""


def said(value: object) -> Side:
    """*value*, which is declared, as one side of a change, by the names of its parts; None is nothing."""
    text = _words(msgspec.to_builtins(value, order="deterministic"))
    return Side(text if len(text) <= _LONGEST else text[:_LONGEST] + "…", Form.NONE)


def _words(value: Any, name: str = "") -> str:
    """*value*, made of JSON types and called *name*, as a person reads it."""
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case float() if name == "until":
            return f"{datetime.fromtimestamp(value, UTC):%Y-%m-%d %H:%M} UTC"
        case list():
            return ", ".join(map(_part, value)) or "[]"
        case {"type": str(tag), **parts}:  # as transforms are told apart
            return f"{tag} ({_words(parts)})" if parts else tag
        case dict():
            return "; ".join(f"{key}: {_part(part, key)}" for key, part in value.items()) or "{}"
        case _:
            return str(value) or '""'


def _part(value: Any, name: str = "") -> str:
    """The same of a part, which must not run into what stands around it."""
    is_open = len(value) > 1 if isinstance(value, list) else isinstance(value, dict) and value and "type" not in value
    return f"({_words(value, name)})" if is_open else _words(value, name)


@dataclass(frozen=True, slots=True)
class Ready:
    """One of the two programs, ready to be asked about one operation for one caller whom it answers."""

    side: Standpoint
    operation: OperationRule | None
    view: View
    shapes: Shapes
    choice: Choice


def changes_of(
    before: Standpoint | None, after: Standpoint | None, operation: str, asker: Asker, *, read_as: str, is_error: bool
) -> Iterator[Change]:
    """What would change for *asker* in requests for *operation*.

    *read_as*: the format of the answers, empty for every one. *is_error*: see `Usage`.
    """
    method = operation.partition(" ")[0]
    (first,) = _same(operation, before, None)
    for second in _same(operation, after, before):
        name = second.id if second is not None else operation
        was = _reason(before, first, method, asker)
        would = _reason(after, second, method, asker)
        if would:
            if not was:
                yield Change(
                    Kind.WITHHELD, name, "", "", _ANSWERED, Side(would, Form.NONE, second.rule if second else "")
                )
            continue
        new = _ready(after, second, asker, is_error=is_error)
        old = _ready(before, first, asker, is_error=is_error) if not was else None
        assert new is not None
        if was:
            yield Change(Kind.ANSWERED, name, "", "", Side(was, Form.NONE, first.rule if first else ""), _ANSWERED)
        yield from _of_files(first if old else None, second, name)
        yield from field_changes(old, new, name, read_as)
        if old is not None and first is not None and second is not None:
            yield from _of_headers(old.view.headers_of(first), new.view.headers_of(second), name)
            yield from _of_questions(questions_of(first, old.view), questions_of(second, new.view), name)


def _reason(side: Standpoint | None, operation: OperationRule | None, method: str, asker: Asker) -> str:
    return side.refusal(operation, method, side.known(asker)) if side is not None else "unknown_host"


def _ready(side: Standpoint | None, operation: OperationRule | None, asker: Asker, *, is_error: bool) -> Ready | None:
    known = side.known(asker) if side is not None else None
    if side is None or known is None:
        return None
    view = side.view_of(known, operation)
    choice = choice_of(view, is_citizen=known.is_citizen, is_acting=known.is_acting, attributes=dict(known.attributes))
    return Ready(side, operation, view, side.shapes_of(operation, is_error=is_error), choice)


def field_changes(old: Ready | None, new: Ready, name: str, read_as: str) -> Iterator[Change]:
    """What would become otherwise of fields in answers of the operation *name*; *read_as*: see `changes_of`."""
    places = [*(places_in(old.shapes) if old is not None else ()), *places_in(new.shapes)]
    for place in dict.fromkeys(places):
        if read_as and place.format not in (read_as, _plain(read_as, old or new)):
            continue
        held = old.side.held(old.shapes, place) if old is not None else ()
        instead = new.side.held(new.shapes, place)
        if not instead:
            if held:
                yield Change(Kind.WITHHELD, name, "", place.format, _ANSWERED, Side("answer_not_declared", Form.NONE))
            continue
        if old is None or not held:
            decision, info = new.side.decided(new.view, instead)
            if decision.form is not Form.NONE:
                yield Change(Kind.SHOWN, name, decision.name, decision.category, WITHHELD, _side(decision, info))
            continue
        yield from _of_place(old, held, new, instead, name)
    if old is not None:
        yield from _of_rows(old.choice, new.choice, name)


def _of_place(old: Ready, held: Held, new: Ready, instead: Held, name: str) -> Iterator[Change]:
    """What would become otherwise of values in one place: in everybody's records, and in those of certain owners."""
    of_everybody = None
    for whose, words in _WHOSE.items():
        tables = old.choice.table_of(whose), new.choice.table_of(whose)
        if whose and tables == (GENERAL, GENERAL):
            continue
        decided, declared = old.side.decided(old.view, held, tables[0])
        decision, info = new.side.decided(new.view, instead, tables[1])
        was, would = _side(decided, declared), _side(decision, info)
        specs = decided.spec, decision.spec
        is_same = specs[0] == specs[1] and (was.transform, was.form) == (would.transform, would.form)
        if is_same or (was, would, specs) == of_everybody:
            continue
        if not whose:
            of_everybody = was, would, specs
        more = not shows_no_more(decision.spec, decided.spec) or (declared.followed and not info.followed)
        named = decision if held == HIDDEN else decided
        counted_as = decided.name if declared.personal and not isinstance(decided.spec, Block) else ""
        kind = Kind.WITHHELD if isinstance(decision.spec, Block) else Kind.SHOWN if more else Kind.MASKED
        yield Change(kind, name, named.name + words, named.category, was, would, counted_as)


def _of_rows(was: Choice, would: Choice, name: str) -> Iterator[Change]:
    """Which records are shown, and of how many persons one answer may be."""
    for field in sorted(was.rows.keys() | would.rows.keys()):
        before, after = was.rows.get(field), would.rows.get(field)
        was_shown, would_show = (Side(_only(rows), Form.CLEAR) for rows in (before, after))
        for kind, here, there in ((Kind.SHOWN, after, before), (Kind.WITHHELD, before, after)):
            if there is not None and (here is None or here - there):
                about = f"{field}（记录 / records）"
                yield Change(kind, name, about, "", was_shown, would_show, is_about_records=True)
    if was.at_most != would.at_most:
        is_less = would.at_most is not None and (was.at_most is None or would.at_most < was.at_most)
        most, most_now = (
            Side("any number" if number is None else f"at most {number}", Form.CLEAR)
            for number in (was.at_most, would.at_most)
        )
        kind = Kind.WITHHELD if is_less else Kind.SHOWN
        yield Change(kind, name, "（人数 / persons）", "", most, most_now, is_about_records=True)


def _only(rows: frozenset[str] | None) -> str:
    return "all" if rows is None else f"only {', '.join(sorted(rows)) or 'none'}"


def _plain(read_as: str, ready: Ready) -> str:
    """How else that is declared: JSONP is JSON in a call, and where CSV is declared and plain text is not, what calls
    itself plain text is read as CSV.
    """
    if read_as == "jsonp":
        return "json"
    return "csv" if read_as == "text" and ready.shapes.text is None else read_as


def _side(decision: Decision, info: FieldInfo) -> Side:
    left = "" if info.followed or decision.form is Form.CLEAR else " (elsewhere: leave)"
    return Side(decision.transform + left, decision.form, decision.rule, decision.grant)


def _of_files(first: OperationRule | None, second: OperationRule | None, name: str) -> Iterator[Change]:
    was, would = (set(each.static) if each is not None else set() for each in (first, second))
    as_it_is = Side("as it is", Form.CLEAR)
    for media_type in sorted(would - was):
        yield Change(Kind.SHOWN, name, media_type, "", WITHHELD, as_it_is)
    for media_type in sorted(was - would):
        yield Change(Kind.WITHHELD, name, media_type, "", as_it_is, WITHHELD)


def _of_headers(was: tuple[str, ...], would: tuple[str, ...], name: str) -> Iterator[Change]:
    dropped, scanned = Side("drop", Form.NONE), Side("scan", Form.MASKED)
    for header in sorted({*would} - {*was}):
        yield Change(Kind.SHOWN, name, f"header {header}", "", dropped, scanned)
    for header in sorted({*was} - {*would}):
        yield Change(Kind.MASKED, name, f"header {header}", "", scanned, dropped)


def _of_questions(was: frozenset[str], would: frozenset[str], name: str) -> Iterator[Change]:
    refused, asked = Side("refuse", Form.NONE), Side("ask", Form.CLEAR)
    for question in sorted(would - was):
        yield Change(Kind.ASKED, name, question, "", refused, asked)
    for question in sorted(was - would):
        yield Change(Kind.UNASKED, name, question, "", asked, refused)


def _same(operation: str, side: Standpoint | None, since: Standpoint | None) -> list[OperationRule | None]:
    """The operations of *side* that requests for *operation* would be: the one of its path, and, where *since* is the
    program that knew it, those which take a part of its paths and do not exist there.
    """
    if side is None:
        return [None]
    method, _, path = operation.partition(" ")
    found = side.operations.get(operation) or side.routes.find(method, _concrete(path))
    if since is None or operation not in since.operations:
        return [found]
    pattern = re.compile(since.operations[operation].path)
    more = [
        other
        for other in side.program.operations
        if other is not found
        and other.method == method
        and other.id not in since.operations
        and pattern.fullmatch(_concrete(other.id.partition(" ")[2]))
    ]
    return [found, *more]


def _concrete(template: str) -> str:
    """A path that *template* stands for, and that is nobody's word."""
    return _VARIABLE.sub(lambda variable: "~/~" if variable[2] else "~", template)
