"""What may be sent to a system: masks that were shown must not come back as values (DESIGN decision 4).

Some masks look like a value that may be meant: `null` for a number, an empty control or an absent key for a field that
is dropped. What they are depends on what the caller gets of the field: `actions` of the caller's view.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence

from policies.checks.near import Near, NearNames, folded_name, named_within
from policies.decisions import decided_harder
from policies.formats.html.controls import ABSENT, CHOICE
from policies.formats.html.forms import SEALED_NAME, Carried
from policies.formats.masker import Action, Kind
from policies.formats.sent_form import SIGNATURES, File, Part
from policies.keys.data_keys import DataKeys
from policies.policy_kinds import Direction, OnWrite
from policies.program import Program
from policies.program_shapes import UNDECLARED, FileRule, HtmlShapes, ValueShape
from policies.transforms.make import could_have_made
from policies.transforms.ours import OurTokens
from policies.transforms.positions import STAR
from policies.transforms.spec import Spec, looks_true

_STARS = dict.fromkeys(map(ord, "＊﹡∗⁎✱"), STAR)
"""What is taken for a star by whoever reads it."""


class MaskReturned(Exception):
    """A request holds a mask where a true value belongs, and nothing says how to undo it."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field
        """As declared; never what the caller called it."""


class FileRefused(Exception):
    """A form sends a file that nobody has declared, or another than was declared."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field
        """As declared; empty where none is."""


class NotAsDeclared(Exception):
    """A request holds a name that is nearly a declared one, or more than a single value in the place of one."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field
        """As declared; empty where the name is near more than one."""


class WriteRules:
    """For each field of a program, how its masks are told from values. *keys* are those of tokens and handles."""

    def __init__(self, program: Program, keys: DataKeys | None = None) -> None:
        self.tokens = OurTokens(keys)
        self.fields = program.fields
        self.near = NearNames()
        self.near_labels = Near(program.labels.json or ())
        self._stored = [index for index, field in enumerate(self.fields) if field.at_rest is not None]
        self._shown: list[tuple[Callable[[str], bool], ...]] = []
        shown = [grant for grant in program.grants if grant.direction is Direction.ANSWER]
        for index, field in enumerate(program.fields):
            specs: dict[Spec, None] = {field.mask: None, decided_harder(program, index).spec: None}
            specs |= {grant.sees[field.category]: None for grant in shown if field.category in grant.sees}
            made = (could_have_made(spec) for spec in specs if not looks_true(spec))
            self._shown.append((_is_choice, *made))

    def is_mask(self, action: Action, value: str) -> bool:
        """Whether *value* is what a caller could have been shown in place of a value of the field.

        *action* is what becomes of the field for the caller that sent it: some masks look like true values, and only
        who is shown them can mean them. A token or a handle that stands where it is not opened is one as well.
        """
        makes = action.makes
        is_made = makes is not None and any(map(makes, spellings(value)))
        return is_made or self._could_be_shown(action.field, value)

    def form(
        self,
        parts: Sequence[Part],
        shapes: HtmlShapes,
        opened: Callable[[str], Carried],
        actions: Sequence[Action],
        *,
        sends: Sequence[Action] = (),
    ) -> list[Part]:
        """What may be sent on in place of the *parts* of a form. *opened* tells what it carried.

        *sends* are what becomes of fields on their way, where any are changed. Raises MaskReturned, FileRefused or
        NotAsDeclared.
        """
        changed = self.changed(sends)
        for part in parts:
            if part.name != SEALED_NAME:
                if self.tokens.stand_in(part.name):
                    raise MaskReturned(self.fields[UNDECLARED].name)
                self._check_name(part.name, shapes, changed)
        carried: Carried = {}
        for part in parts:
            if part.name == SEALED_NAME:
                for control, values in opened(part.value).items():
                    carried[control] = carried.get(control, []) + values
        kept: list[Part] = []
        for part in parts:
            if part.file is not None:
                self._check_file(part, shapes)
                kept.append(part)
            elif part.name != SEALED_NAME:
                settled = self._settled(part.name, part.value, shapes, carried, actions)
                if settled is not None:
                    kept.append(Part(part.name, settled))
        return kept

    def holds_mask(self, value: str) -> bool:
        """Whether *value*, of no declared field, holds a mask."""
        return self._could_be_shown(UNDECLARED, value)

    def hold_mask(self, query: Iterable[tuple[str, str]]) -> bool:
        """Whether a name or a value in *query* does."""
        for name, value in query:
            if self._could_be_shown(UNDECLARED, name) or self._could_be_shown(UNDECLARED, value):
                return True
        return False

    def _could_be_shown(self, index: int, value: str) -> bool:
        if self.tokens.stand_in(value):
            return True
        for text in spellings(value):
            for could_be in self._shown[index]:
                if could_be(text):
                    return True
        return False

    def path_holds_mask(self, path: str) -> bool:
        """Whether a segment of *path* has stars, and is what somebody could have been shown of any field."""
        if path.isascii() and STAR not in path:  # as `spellings` would find of each
            return False
        starred = [segment for segment in path.split("/") if any(STAR in text for text in spellings(segment))]
        return any(self._could_be_shown(index, segment) for segment in starred for index in range(len(self.fields)))

    def word_is_mask(self, word: str) -> bool:
        """Whether *word*, of a text that no field declares, has stars and is what somebody could have been shown of any
        field, or a token stands in it.
        """
        return self.tokens.stand_in(word) or self.path_holds_mask(word.replace("/", ""))

    def changed(self, sends: Sequence[Action]) -> dict[str, str]:
        """The fields whose values do not go to the system as they are, by their folded names."""
        indexes = [*self._stored, *(index for index, action in enumerate(sends) if action.kind is not Kind.SHOW)]
        names = (self.fields[index].name for index in indexes)
        return {folded_name(re.split("[./]", name)[-1]): name for name in names}

    def _check_name(self, name: str, shapes: HtmlShapes, changed: Mapping[str, str]) -> None:
        """Raise NotAsDeclared for a control that nobody has declared and a system may take for a declared one."""
        if field_of_control(name, shapes) or any(fits(place.name, name) for place in shapes.key_controls):
            return
        if name in self.near.in_form(shapes):
            raise NotAsDeclared("")
        if changed and (field := named_within(name, changed)) is not None:
            raise NotAsDeclared(field)

    def _check_file(self, part: Part, shapes: HtmlShapes) -> None:
        """Raises FileRefused where the file of *part* may not be sent on, and MaskReturned where its name is a mask.

        What is in it is looked into later, where that is declared (`sent_files`); else it must be of a kind that no
        masked list can be exported as.
        """
        file = part.file
        assert file is not None
        if not file.name and not file.content:
            return  # none was chosen
        field = self.fields[control_field(part.name, shapes)]
        if field.file is None:
            raise FileRefused("")
        if not is_declared(file, field.file):
            raise FileRefused(field.name)
        if self.holds_mask(file.name):
            raise MaskReturned(field.name)

    def _settled(
        self, name: str, value: str, shapes: HtmlShapes, carried: Carried, actions: Sequence[Action]
    ) -> str | None:
        index = control_field(name, shapes)
        is_empty = not value.strip()
        if not (actions[index].kind is Kind.DROP if is_empty else self.is_mask(actions[index], value)):
            return value
        field = self.fields[index]
        true_values = {true for shown, true in carried.get(name, ()) if plain(shown) == plain(value)}
        if is_empty and true_values == {""}:
            return value  # there was nothing to drop
        # What was chosen among choices that stand for values is no mask that comes back, whatever becomes of those.
        if (field.on_write is OnWrite.RESTORE or CHOICE.fullmatch(value)) and len(true_values) == 1:
            true_value = true_values.pop()  # of two values with one mask nobody can tell which is meant
            return None if true_value == ABSENT else true_value
        if field.on_write is OnWrite.DROP:
            return None
        raise MaskReturned(field.name)


def is_declared(file: File, rule: FileRule) -> bool:
    """Whether *file* is of a kind and a size that *rule* declares, as far as it says itself."""
    begins = SIGNATURES.get(file.media_type)
    is_of_type = file.media_type in rule.types and (begins is None or begins.match(file.content) is not None)
    return is_of_type and len(file.content) <= rule.most_bytes


def _is_choice(text: str) -> bool:
    return CHOICE.fullmatch(text) is not None


def spellings(value: str) -> tuple[str, ...]:
    """*value* in each way in which a mask may be told by it: a keyboard of Chinese writes stars of full width."""
    if value.isascii():
        return (value,)
    starred = value.translate(_STARS)
    return tuple(dict.fromkeys((value, starred, unicodedata.normalize("NFKC", starred))))


def plain(text: str) -> str:
    """*text* as a browser sends it back, whatever it made of line ends and the space around."""
    return text.replace("\r\n", "\n").strip()


def fits(pattern: str, name: str) -> bool:
    """Whether *name* is one that *pattern* is for."""
    return re.fullmatch(pattern, name) is not None


def field_of_control(name: str, shapes: HtmlShapes) -> str:
    """The field of the record that the control *name* holds; empty where it holds none."""
    match = re.fullmatch(shapes.control, name) if shapes.control else None
    return match["field"] if match and match["field"] in shapes.record.children else ""


def control_field(name: str, shapes: HtmlShapes) -> int:
    """The index of the field that the control *name* holds."""
    child = shapes.record.children.get(field_of_control(name, shapes))
    return child.field if isinstance(child, ValueShape) else UNDECLARED
