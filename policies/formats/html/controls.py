"""Form controls: what they show, and which true value their form must carry back.

DESIGN decision 4: saving a form whose masked control nobody touched must change nothing. So the form carries the true
value, sealed, and the gateway puts it back in place of the mask on the way in.
"""

import html
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from policies.formats.free_text import KnownValues, mask_free_text, personal_spans
from policies.formats.html.attributes import hidden_tag, is_plain_word, only
from policies.formats.html.fields import Field, Made
from policies.formats.html.parts import kept_value, masked_tag
from policies.formats.html.tokens import StartTag, Text, Token
from policies.formats.masker import VALUE_BLOCKED, Action, Kind, Tally, Withheld
from policies.transforms.make import REDACTED

CONTROLS = frozenset({"input", "textarea", "select", "button"})

ABSENT = "\0"
"""In the place of a true value: a box that was not ticked, of which a browser sends nothing."""
CHOICE = re.compile(r"\*{3}[0-9]{1,4}")
"""What stands in the place of a value that is chosen, not written: one of a kind within its form."""

_CHOICES = frozenset({"checkbox", "radio"})
_PRESSED = frozenset({"submit", "button", "image", "reset"})
_FREE_TYPES = frozenset({"", "text", "search", "hidden", "password", "tel"})
_WRITTEN = frozenset({"", "text", "search", "tel", "email", "url", "number"})
"""Types of what is written by hand, and seen."""
_RESTRICTIONS = frozenset({"pattern", "min", "max", "step", "minlength", "maxlength"})
_VALUE = frozenset({"value"})


@dataclass(slots=True)
class Control:
    """What a control becomes."""

    tag: StartTag
    action: Action
    value: str = ""
    """The field's value, as it was."""
    changes: dict[str, str] = field(default_factory=dict)
    """What becomes of the values of its attributes, by their names."""
    before: str = ""
    """What stands before it."""
    content: str = ""
    """What stands between its tags, or behind it where it has but one."""
    inner: Field | None = None
    """In the place of `content`: what is shown as it stands there."""
    carried: list[tuple[str, str]] = field(default_factory=list)
    """What its form must carry, sealed: what is shown, and what is true."""
    sends: list[str] = field(default_factory=list)
    """What a browser sends for it where nobody touches it."""
    repeats: bool = False
    """Whether it says what the caller has just said in it, and nothing else."""
    keeps_name: bool = False
    """Whether the name was declared. Another one stays as far as it is plain."""

    def source(self, known: KnownValues, tally: Tally, links: Sequence[re.Pattern[str]]) -> str:
        """How it is written in the page, up to its end tag. *links*: see `hidden_tag`.

        Raises Withheld for a masked one that cannot keep its name: without it, saving the form could empty the field.
        """
        content = self.content if self.inner is None else self.inner.masked(known, tally, links)
        if not is_hidden(self.action):
            clear = _VALUE if self.action.kind is Kind.SHOW or self.repeats else frozenset[str]()
            return masked_tag(self._changed(), known, tally, clear=clear) + content
        values = dict(self.changes)
        if name := self.tag.value_of("name"):
            plain = is_plain_word(name) and mask_free_text(name, known, tally) == name
            if not (self.keeps_name or plain):
                raise Withheld("masked_choice")
            values["name"] = name
        tag = hidden_tag(self.tag, known, tally, links, values)
        kept = [attribute for attribute in tag.attributes if not self.value or attribute.name not in _RESTRICTIONS]
        return self.before + only(tag, kept).source + content

    def _changed(self) -> StartTag:
        if not self.changes:
            return self.tag
        kept = [attribute for attribute in self.tag.attributes if attribute.name not in _RESTRICTIONS]
        changes = {attribute: self.changes[attribute.name] for attribute in kept if attribute.name in self.changes}
        return only(self.tag, kept, changes)


def is_hidden(action: Action) -> bool:
    """Whether nothing is shown of a value but a mask."""
    return action.kind in (Kind.MASK, Kind.DROP, Kind.BLOCK)


def is_label(tag: StartTag) -> bool:
    """Whether the value of *tag* is what a reader finds written on a button."""
    return tag.name == "input" and _type_of(tag) in _PRESSED


def group_of(tag: StartTag) -> str:
    """The name of the group that the radio button of *tag* is part of, of which one at most is ticked; "" for none."""
    return (tag.value_of("name") or "") if tag.name == "input" and _type_of(tag) == "radio" else ""


def is_written(tag: StartTag) -> bool:
    """Whether the input of *tag* sends what stands in it, be it touched or not."""
    return _type_of(tag) not in _CHOICES | _PRESSED


def choice(number: int) -> str:
    """What stands for the choice with a *number* of its own in its form."""
    return f"{REDACTED}{number}"


def masked_input(
    tag: StartTag,
    action: Action,
    known: KnownValues,
    tally: Tally,
    number: int,
    *,
    asks: bool = False,
    own: str | None = None,
) -> Control:
    """The `input` that holds a value. *number* is one that no choice of its form has so far.

    *asks*: its form only asks, and what nobody sees of it and the caller has said himself is sent again, sealed.
    *own*: what he has just said in it. That stands there wherever something is hidden, be it what he has said or not.

    A box is no longer one where its value is hidden: whether it is ticked is not to be seen.
    """
    kind, value = _type_of(tag), tag.value_of("value")
    ticked = tag.value_of("checked") is not None
    if kind in _CHOICES and is_hidden(action):
        if action.kind is Kind.BLOCK:
            raise Withheld(VALUE_BLOCKED)  # ticked or not: both say something
        tally.count(action)
        shown, true = choice(number), ("on" if value is None else value) if ticked else ABSENT
        changes = {"type": "hidden", "value": shown}
        kept = [attribute for attribute in tag.attributes if attribute.name not in {*changes, "checked", "required"}]
        carried = [(shown, true)] if action.restore else []
        tag = only(tag, kept, more=changes)
        return Control(tag, action, changes=changes, content=REDACTED, carried=carried, sends=[shown])
    is_sent = is_written(tag) or (kind in _CHOICES and ticked)
    if not value:
        is_dropped = action.kind is Kind.DROP and kind not in _CHOICES | _PRESSED | {"file"}
        changes = {} if value is None else {"value": ""}
        carried, sends = [("", "")] if is_dropped else [], [""] if is_sent else []
        return Control(tag, action, changes=changes, carried=carried, sends=sends)
    if kind not in _CHOICES or ticked:
        tally.count(action)
    masked = masked_value(value, action, known, tally)
    sends = [masked] if is_sent else []
    if masked == value:
        return Control(tag, action, value, {"value": value} if is_hidden(action) else {}, sends=sends)
    if own is not None and action.kind is Kind.SCAN and kind in _WRITTEN:
        return Control(tag, action, value, {"value": own}, repeats=True, sends=[own])
    if asks and kind == "hidden" and known.said is not None:
        name = tag.value_of("name") or ""
        sealed = kept_value(name, value, known) if action.kind is Kind.SCAN else known.said.kept(name, value)
        if sealed is not None:
            return Control(tag, action, value, {"value": sealed}, sends=[sealed])
    changes = {"value": masked}
    if kind not in _FREE_TYPES | _CHOICES | _PRESSED:
        changes["type"] = "text"  # a date or number control would drop the mask
    return Control(tag, action, value, changes, carried=[(masked, value)] if action.restore else [], sends=sends)


def repeated_input(tag: StartTag, own: str, known: KnownValues, tally: Tally) -> str:
    """The source of an `input` of the application's own, in which the caller has just said *own*."""
    value = tag.value_of("value") or ""
    if _type_of(tag) not in _WRITTEN or not personal_spans(value, known):
        return masked_tag(tag, known, tally)
    changes = {attribute: own for attribute in tag.attributes if attribute.name == "value"}
    return masked_tag(only(tag, tag.attributes, changes), known, tally, clear=_VALUE)


def masked_textarea(control: Field, known: KnownValues, tally: Tally, own: str | None = None) -> Control:
    """The `textarea` that holds a value, and its text. *own*: see `masked_input`."""
    value = "".join(token.text for token in control.content if isinstance(token, Text))
    if not value.strip():
        carried = [("", "")] if control.action.kind is Kind.DROP else []
        return Control(control.tag, control.action, value, content=value, carried=carried, sends=[value])
    tally.count(control.action)
    masked = masked_value(value, control.action, known, tally)
    if own is not None and control.action.kind is Kind.SCAN and masked != value:
        # A browser leaves out the first line end.
        content = "\n" + html.escape(own, quote=False)
        return Control(control.tag, control.action, value, content=content, repeats=True, sends=[own])
    carried = [(masked, value.removeprefix("\n"))] if control.action.restore and masked != value else []
    content = html.escape(masked, quote=False)
    return Control(control.tag, control.action, value, content=content, carried=carried, sends=[masked])


def masked_select(control: Field, known: KnownValues, tally: Tally, number: int) -> Control:
    """The `select` that holds a value, and its options. *number*: see `masked_input`.

    What was chosen is replaced by a choice that shows its mask. Of the others those are offered whose mask is no other
    one's: nobody can tell which of two to choose. The form carries what each stands for. Where nothing is put back in
    place of the mask itself, what was chosen is offered among the others: there is no other way to choose it again.
    """
    action, options = control.action, _options(control.content)
    if action.kind is Kind.BLOCK:
        if any(option.value.strip() for option in options):
            raise Withheld(VALUE_BLOCKED)
        return Control(control.tag, action)
    chosen = [option for option in options if option.tag.value_of("selected") is not None]
    current = next(iter(chosen or options), None)
    value = "" if current is None else current.label or current.value
    if not is_hidden(action):
        if value:
            tally.count(action)
        sends = [option.value for option in chosen or options[:1]]
        return _scanned_select(control, value, known, tally, sends)
    if control.tag.value_of("multiple") is not None:
        return _hidden_choices(control, options, tally, number)
    if len(chosen) > 1:
        raise Withheld("masked_choice")
    if current is None:
        return Control(control.tag, action)
    tally.count(action)
    shown = masked_value(value, action, known, tally)
    carried = [(shown, current.value)] if action.restore else []
    out = [_option(shown, shown, " selected")]
    labels = [masked_value(option.label or option.value, action, known, tally) for option in options]
    seen = Counter(labels)
    for option, label in zip(options, labels, strict=True):
        if not option.value:
            out.append(_option("", label))
        elif option is current and action.restore:
            continue
        elif seen[label] == 1 and label.strip("*"):
            carried.append((choice(number), option.value))
            out.append(_option(choice(number), label))
            number += 1
    return Control(control.tag, action, value, content="".join(out), carried=carried, sends=[shown])


def _hidden_choices(control: Field, options: list["_Option"], tally: Tally, number: int) -> Control:
    """One of which any number may be chosen: which ones are is not to be seen, and not to be changed."""
    action, name = control.action, control.tag.value_of("name")
    out, carried, sends = [], [], []
    for place, option in enumerate(options, number):
        chosen = option.tag.value_of("selected") is not None
        carried.append((choice(place), option.value if chosen else ABSENT))
        if name and control.tag.value_of("disabled") is None:
            out.append(f'<input type="hidden" name="{html.escape(name)}" value="{choice(place)}">')
            sends.append(choice(place))
    if options:
        tally.count(action)
    kept = [attribute for attribute in control.tag.attributes if attribute.name not in ("disabled", "required")]
    return Control(
        only(control.tag, kept, more={"disabled": ""}),
        action,
        before="".join(out),
        content=f"<option>{REDACTED}</option>",
        carried=carried if action.restore else [],
        sends=sends,
    )


def _scanned_select(control: Field, value: str, known: KnownValues, tally: Tally, chosen: list[str]) -> Control:
    """One that is shown, or shown but for what is found in it: that is hidden in values as in labels."""
    if control.action.kind is Kind.SHOW:
        return Control(control.tag, control.action, value, inner=control, sends=chosen)
    sends = [mask_free_text(option, known, tally) for option in chosen]
    out, carried = [], []
    for option in _options(control.content):
        label = mask_free_text(option.label, known, tally)
        hidden = mask_free_text(option.value, known, tally)
        if hidden != option.value and control.action.restore:
            carried.append((hidden, option.value))
        out.append(_option(hidden, label, " selected" if option.tag.value_of("selected") is not None else ""))
    if not carried and not any(REDACTED in option for option in out):
        return Control(control.tag, control.action, value, inner=control, sends=sends)
    return Control(control.tag, control.action, value, content="".join(out), carried=carried, sends=sends)


def masked_value(value: str, action: Action, known: KnownValues, tally: Tally) -> str:
    """What *value* becomes in a control."""
    match action.kind:
        case Kind.SHOW:
            return value
        case Kind.SCAN:
            return mask_free_text(value, known, tally, typed=True, prose=action.prose)
        case Kind.DROP:
            return ""
        case Kind.MASK:
            return action.apply(value)
        case Kind.BLOCK:
            raise Withheld(VALUE_BLOCKED)


def _type_of(tag: StartTag) -> str:
    return (tag.value_of("type") or "").strip().lower()


def _option(value: str, label: str, more: str = "") -> str:
    return f'<option value="{html.escape(value)}"{more}>{html.escape(label, quote=False)}</option>'


@dataclass(frozen=True, slots=True)
class _Option:
    tag: StartTag
    label: str

    @property
    def value(self) -> str:
        written = self.tag.value_of("value")
        return self.label if written is None else written


def _options(content: list[Token | Made]) -> list[_Option]:
    options: list[_Option] = []
    for token in content:
        if isinstance(token, StartTag) and token.name == "option":
            options.append(_Option(token, ""))
        elif isinstance(token, Text) and options:
            last = options.pop()
            options.append(_Option(last.tag, (last.label + token.text).strip()))
    return options
