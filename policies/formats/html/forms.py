"""The forms of a page: each carries, sealed, what its masked controls stand for."""

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from policies.choose import GENERAL
from policies.formats.free_text import KnownValues
from policies.formats.html.attributes import only
from policies.formats.html.controls import (
    Control,
    choice,
    group_of,
    is_hidden,
    is_written,
    masked_input,
    masked_select,
    masked_textarea,
)
from policies.formats.html.fields import Field, chosen
from policies.formats.html.parts import is_unseen
from policies.formats.html.shape import HtmlShape
from policies.formats.html.tokens import StartTag
from policies.formats.masker import VALUE_BLOCKED, Action, Kind, Tally, Withheld

MOST_CARRIED = 2_000
"""Values of one form: more could not be sent back."""

SEALED_NAME = "yingbi-sealed"
"""The hidden control in which a form carries the true values of its masked controls."""

_NUMBER = re.compile("[0-9]{6}")

type Carried = dict[str, list[tuple[str, str]]]
"""By the name of a form's controls: what each shows, and the true value."""
type Sends = dict[str, list[str]]
"""By the name of a form's controls: what a browser sends for them where nobody touches them, in their order."""


@dataclass(slots=True)
class Held:
    """What a form carries, and what it says of whose record it is: that of another record must not be put in its place.

    All of it is as it stands in the page: handles and masks where that holds some.
    """

    carried: Carried = field(default_factory=dict)
    key: Sends = field(default_factory=dict)
    """What says which record it is."""
    subject: Sends = field(default_factory=dict)
    """What says whom that is about, where it is no key."""
    unseen: Sends = field(default_factory=dict)
    """What nobody sees and nobody has declared: it may say as much."""


type Seal = Callable[[str, Held], str]
"""From where a form is sent, as its `action` says, and from what it holds, to how it carries that."""
type Note = Callable[[str, Action, bool, str], None]
"""Told of each value, of what becomes of it, whether it names the subject, and of which group of buttons it is one.

That is "" for a value of its own.
"""


class Forms:
    """The forms of one page, one after the other."""

    def __init__(self, shape: HtmlShape, known: KnownValues, tally: Tally, seal: Seal, note: Note) -> None:
        self._shape = shape
        self._known = known
        self._tally = tally
        self._seal = seal
        self._note = note
        self._tag: StartTag | None = None
        self._held = Held()
        self._seen: set[str] = set()  # the names of those of its controls that can be changed by hand
        self._number = 0  # of values that it carries
        self._is_somebodys = False  # whether it says whom its record is about
        self._forms = 0  # that have begun

    @property
    def next_choice(self) -> str:
        """What will stand for the next value that is chosen, not written."""
        return choice(self._number + 1)

    @property
    def _asks(self) -> bool:
        """Whether the open form changes nothing: it is sent by GET."""
        return self._tag is not None and (self._tag.value_of("method") or "").strip().lower() != "post"

    def own_words(self, tag: StartTag) -> str | None:
        """What the caller has just said in the control of *tag*, if the open form leads to where he said it."""
        name = tag.value_of("name")
        if self._tag is None or not name or self._known.said is None:
            return None
        return self._known.said.own.for_control(name, self._tag.value_of("action") or "", asks=self._asks)

    def begin(self, tag: StartTag) -> None:
        """The form of *tag* begins."""
        self._tag, self._held, self._seen, self._number = tag, Held(), set(), 0
        self._is_somebodys = False
        self._forms += 1

    def end(self) -> str:
        """What the form carries, in a control of its own. One that only asks changes nothing, and carries nothing.

        Whose its record is it carries also where all of it is shown: what is sent is compared with that.
        """
        tag, held, asks, self._tag, self._held = self._tag, self._held, self._asks, None, Held()
        if not (held.carried or self._is_somebodys) or tag is None or asks:
            return ""
        held.unseen = {name: sent for name, sent in held.unseen.items() if name not in self._seen}
        sealed = html.escape(self._seal(tag.value_of("action") or "", held))
        return f'<input type="hidden" name="{SEALED_NAME}" value="{sealed}">'

    def note_key(self, tag: StartTag) -> None:
        """Note the control of *tag*, if it holds a key, as it stands in the page. A choice of records is none."""
        name, value = tag.value_of("name") or "", tag.value_of("value") or ""
        if tag.name == "input" and self._shape.holds_key(name) and is_written(tag):
            self._note_sent(self._held.key, tag, [value])

    def made(self, control: Field) -> Callable[[], str]:
        """How the form control will be written, once the personal values of its window are known."""
        match control.tag.name:
            case "select":
                if self._is_shown_of_some(control):
                    control.content = chosen(control.content)
                made = masked_select(control, self._known, self._tally, self._number + 1)
            case "textarea":
                made = masked_textarea(control, self._known, self._tally, self.own_words(control.tag))
            case _:
                made = masked_input(
                    control.tag,
                    control.action,
                    self._known,
                    self._tally,
                    self._number + 1,
                    asks=self._asks,
                    own=self.own_words(control.tag),
                )
        made.keeps_name = bool(control.control)
        if made.value or control.control:
            action = made.action if control.control or _tells(made) else replace(made.action, followed=False)
            self._note(made.value, action, control.is_subject, self._group_of(control.tag))
        self._carry(made)
        self._note_made(control, made)
        return lambda: made.source(self._known, self._tally, self._shape.links)

    def _is_shown_of_some(self, control: Field) -> bool:
        """Whether the field of *control* is hidden in everybody's records, though it is shown in this one."""
        if not control.control or is_hidden(control.action) or self._shape.in_table is None:
            return False
        return is_hidden(self._shape.in_table(GENERAL).action_of(control.control))

    def _group_of(self, tag: StartTag) -> str:
        """The radio buttons of one name in one form are a group: a browser sends one of them at most."""
        name = group_of(tag)
        return f"{self._forms if self._tag is not None else 0} {name}" if name else ""

    def pressed(self, tag: StartTag, action: Action) -> StartTag:
        """The button of *tag*, with something else in the place of what its form would send."""
        shown, true = self.next_choice, tag.value_of("value") or ""
        if true and action.kind is Kind.BLOCK:
            raise Withheld(VALUE_BLOCKED)
        self._carry(Control(tag, action, carried=[(shown, true)] if action.restore else []))
        return only(tag, tag.attributes, {item: shown for item in tag.attributes if item.name == "value"})

    def _note_made(self, control: Field, made: Control) -> None:
        if control.is_subject and any(sent.strip() for sent in made.sends):
            self._is_somebodys = True
        if control.control and control.control in self._shape.key:
            self._note_sent(self._held.key, control.tag, made.sends)
        elif control.is_subject:
            self._note_sent(self._held.subject, control.tag, made.sends)
        elif not control.control and is_unseen(control.tag):
            self._note_sent(self._held.unseen, control.tag, made.sends)
        else:
            self._seen.add(control.tag.value_of("name") or "")

    def _note_sent(self, sends: Sends, tag: StartTag, sent: Sequence[str]) -> None:
        name = tag.value_of("name")
        if self._tag is not None and name and tag.value_of("disabled") is None:
            sends.setdefault(name, []).extend(sent)

    def _carry(self, control: Control) -> None:
        name = control.tag.value_of("name")
        if control.carried and name:
            self._held.carried.setdefault(name, []).extend(control.carried)
            self._number += len(control.carried)
            if self._number > MOST_CARRIED:
                raise Withheld("too_large_to_mask")


def _tells(control: Control) -> bool:
    """Whether the value of a control that nobody declared is to be looked for elsewhere.

    Many are what the page itself works by, or one of a few kinds: such words stand everywhere.
    """
    if control.tag.name == "select":
        return False
    return not control.value.isascii() or _NUMBER.search(control.value) is not None
