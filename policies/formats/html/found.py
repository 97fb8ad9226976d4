"""What one way through a page finds: values are counted, looked for elsewhere, and told of as those of some record."""

from contextlib import AbstractContextManager, nullcontext

from policies.formats.free_text import KnownValues
from policies.formats.html.fields import Field, Made
from policies.formats.html.tokens import EndTag, Tag, Token
from policies.formats.html.whose import Seen
from policies.formats.masker import VALUE_BLOCKED, Action, Kind, Tally, Withheld
from policies.formats.said import Said


class Found:
    """Notes the values of a page. What is hidden is added to *known*; *seen* is told what stands where."""

    def __init__(self, tally: Tally, known: KnownValues, said: Said, seen: Seen | None) -> None:
        self._tally = tally
        self._known = known
        self._said = said
        self._seen = seen

    def stand(self, token: Token | Made) -> None:
        """What comes next stands in an element that begins with *token*, or no longer in one that ends with it."""
        tag = token.begins if isinstance(token, Made) else token
        if self._seen is not None and isinstance(tag, Tag):
            self._seen.take(tag)

    def stand_behind(self, token: Token | Made) -> None:
        """The same, where what was read whole ends with *token*."""
        if isinstance(token, EndTag):
            self.stand(token)

    def within_one(self) -> AbstractContextManager[None]:
        """For what is read once more of an element that is open."""
        return nullcontext() if self._seen is None else self._seen.within()

    def apart(self) -> AbstractContextManager[None]:
        """For what may stand anywhere in the page, or nowhere."""
        return nullcontext() if self._seen is None else self._seen.apart()

    def note_content(self, part: Field) -> None:
        """Note what *part* holds. A field has one value: where it holds several, nobody knows whose each of them is."""
        lines = part.lines
        if not lines:
            self._tally.has_nameless |= part.is_subject
            self._note_empty(part.action, part.is_subject, "")
            return
        self._tally.count(part.action)
        self._tally.has_unreadable |= part.is_subject and len(lines) > 1
        shown = len(lines)
        for text in [part.text] if part.action.kind is Kind.SCAN else dict.fromkeys((part.text, *lines)):
            self._note(text, part.action, part.is_subject, is_proof=part.is_in_one_piece, shown=shown)
            shown = 0  # the lines have been counted with the whole

    def note_control(self, value: str, action: Action, is_subject: bool, group: str) -> None:
        """Note the *value* of a form control; see `html_forms.Note`."""
        if not value:
            self._note_empty(action, is_subject, group)
            return
        # A form that was not accepted holds what the caller has said, and that makes nothing public.
        self._note(value, action, is_subject, group=group, echoes=self._said.holds(value))

    def _note_empty(self, action: Action, is_subject: bool, group: str) -> None:
        if self._seen is not None:
            self._seen.note("", action, is_subject=is_subject, group=group)

    def _note(
        self,
        value: str,
        action: Action,
        is_subject: bool,
        *,
        group: str = "",
        echoes: bool = False,
        is_proof: bool = True,
        shown: int = 1,
    ) -> None:
        if action.kind is Kind.BLOCK:
            raise Withheld(VALUE_BLOCKED)
        names = is_subject and self._tally.note_subject(value.strip())
        self._tally.has_nameless |= is_subject and not names
        if self._seen is not None:
            # What the caller has said himself, and the page repeats, proves nothing of whose it is.
            proves = is_proof and is_subject and not self._said.names(value)
            is_told = action.kind is Kind.SHOW and action.personal and not echoes
            self._seen.note(
                value.strip(),
                action,
                is_subject=proves,
                group=group,
                names=names and shown > 0,
                shown=shown if is_told else 0,
            )
        if action.kind is Kind.SHOW and not echoes:
            self._said.note_public(value)
        if action.kind is Kind.MASK and action.apply(value.strip()) != value.strip():
            self._known.hides = True
            if action.followed:
                self._known.add(value)
