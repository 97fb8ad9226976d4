"""Form controls that edit declared fields: what they show, and which true value their form must carry back.

DESIGN decision 4: saving a form whose masked control nobody touched must change nothing. So the form carries the true
value, sealed, and the gateway puts it back in place of the mask on the way in.
"""

import html
from dataclasses import dataclass

from policies.formats.free_text import KnownValues, mask_free_text
from policies.formats.html_fields import Field
from policies.formats.html_parts import only
from policies.formats.html_tokens import StartTag, Text, Token
from policies.formats.masker import Action, Kind, Tally, Withheld

_CHOICES = frozenset({"checkbox", "radio"})
_WITHOUT_VALUE = frozenset({"submit", "button", "image", "reset", "file"})
_FREE_TYPES = frozenset({"", "text", "search", "hidden", "password", "tel"})
_RESTRICTIONS = frozenset({"pattern", "min", "max", "step", "minlength", "maxlength"})


@dataclass(frozen=True, slots=True)
class Control:
    """What a masked control looks like."""

    tag: StartTag
    content: str = ""
    value: str = ""
    """The field's value, as it was."""
    shown: str = ""
    """What stands in the value's place."""
    true_value: str | None = None
    """What its form must carry, sealed; None where nothing was hidden or nothing is to be restored."""


def masked_input(tag: StartTag, action: Action, known: KnownValues, tally: Tally) -> Control:
    """The `input` that edits a field.

    Raises Withheld for a masked choice: a ticked box cannot be shown as something else without changing it.
    """
    kind = (tag.value_of("type") or "").strip().lower()
    value = tag.value_of("value")
    if not value:
        is_dropped = action.kind is Kind.DROP and kind not in _WITHOUT_VALUE | _CHOICES
        return Control(tag, true_value="" if is_dropped else None)
    if kind in _WITHOUT_VALUE:
        return Control(tag)
    if kind in _CHOICES:
        if tag.value_of("checked") is not None and action.kind is not Kind.SHOW:
            raise Withheld("masked_choice")
        return Control(tag)
    tally.count(action)
    masked = masked_value(value, action, known, tally)
    if masked == value:
        return Control(tag, value=value)
    changes = {}
    kept = [attribute for attribute in tag.attributes if attribute.name not in _RESTRICTIONS]
    for attribute in kept:
        if attribute.name == "value":
            changes[attribute] = masked
        elif attribute.name == "type" and kind not in _FREE_TYPES:
            changes[attribute] = "text"  # a date or number control would drop the mask
    true_value = value if action.restore else None
    return Control(only(tag, kept, changes), value=value, shown=masked, true_value=true_value)


def masked_textarea(control: Field, known: KnownValues, tally: Tally) -> Control:
    """The `textarea` that edits a field, and its text."""
    value = "".join(token.text for token in control.content if isinstance(token, Text))
    if not value.strip():
        return Control(control.tag, value, true_value="" if control.action.kind is Kind.DROP else None)
    tally.count(control.action)
    masked = masked_value(value, control.action, known, tally)
    true_value = value.removeprefix("\n") if control.action.restore and masked != value else None
    return Control(control.tag, html.escape(masked, quote=False), value, masked, true_value)


def masked_select(control: Field, known: KnownValues, tally: Tally) -> Control:
    """The `select` that edits a field, and its options.

    What was chosen is replaced by a choice that shows its mask, and every other choice's label is masked as well.
    """
    if control.action.kind is Kind.SHOW:
        tally.count(control.action)
        return Control(control.tag, "".join(token.source for token in control.content))
    options = _options(control.content)
    chosen = [option for option in options if option.tag.value_of("selected") is not None]
    if control.tag.value_of("multiple") is not None or len(chosen) > 1:
        raise Withheld("masked_choice")
    out, shown, true_value = [], "", None
    for option in chosen or options[:1]:
        tally.count(control.action)
        true_value = option.value
        shown = masked_value(option.label or option.value, control.action, known, tally)
        mask = html.escape(shown)
        out.append(f'<option value="{mask}" selected>{mask}</option>')
    for option in options:
        label = masked_value(option.label, control.action, known, tally)
        same = option.value == option.label
        value = label if same else mask_free_text(option.value, known, tally)
        out.append(f'<option value="{html.escape(value)}">{html.escape(label, quote=False)}</option>')
    return Control(control.tag, "".join(out), shown=shown, true_value=true_value if control.action.restore else None)


def masked_value(value: str, action: Action, known: KnownValues, tally: Tally) -> str:
    """What *value* becomes in a control."""
    match action.kind:
        case Kind.SHOW:
            return value
        case Kind.SCAN:
            return mask_free_text(value, known, tally)
        case Kind.DROP:
            return ""
        case Kind.MASK:
            return action.apply(value)


@dataclass(frozen=True, slots=True)
class _Option:
    tag: StartTag
    label: str

    @property
    def value(self) -> str:
        written = self.tag.value_of("value")
        return self.label if written is None else written


def _options(content: list[Token]) -> list[_Option]:
    options: list[_Option] = []
    for token in content:
        if isinstance(token, StartTag) and token.name == "option":
            options.append(_Option(token, ""))
        elif isinstance(token, Text) and options:
            last = options.pop()
            options.append(_Option(last.tag, (last.label + token.text).strip()))
    return options
