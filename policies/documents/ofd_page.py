"""The texts of a page of OFD that are looked at together, and stars over what is hidden of them."""

from collections.abc import Callable, Container, Iterator, Sequence

from policies.documents.groups import Group
from policies.documents.headings import Headings
from policies.documents.ofd_places import Placed, cells_of, in_columns, lines_of, said_in
from policies.documents.ofd_wrapped import wrapped_in
from policies.documents.stars import STAR, as_long
from policies.documents.units import Frame, Run, Unit, joined

_MOST_GAP = 4.0
"""So many times its height below another, a line does not belong to its table."""


class Page:
    """The texts of one part, line by line. *behind*: labels that stand on the page and in another part."""

    units = frozenset({"Content", "Layer", "Appearance"})
    marks = frozenset({"TextObject", "CGTransform"})
    breaks: frozenset[str] = frozenset()
    terse: frozenset[str] = frozenset()
    wholes: Container[int] = ()

    def __init__(self, is_label: Callable[[str], bool], behind: Sequence["Placed"] = ()) -> None:
        self._is_label = is_label
        self._behind = behind

    def attribute_key(self, frame: Frame, name: str) -> str:
        """See `Grouping.attribute_key`."""
        return ""

    def inside(self, text: str) -> None:
        """See `Grouping.inside`."""

    def groups(self, unit: Unit, following: Unit | None) -> Iterator[Group]:
        """See `Grouping.groups`."""
        covered = _Covered()
        for run in unit.runs:
            if run.element.name not in ("TextCode", "Glyphs") and run.text.strip():
                named = run.element.attributes.get("Name", "")
                yield covered.group([run], named if self._is_label(named) else "")
        own = [Placed.of(run) for run in unit.runs if run.element.name == "TextCode"]
        placed = [*self._behind, *own] if own else []
        rows = in_columns([list(cells_of(line)) for line in lines_of(placed)])
        texts = [
            {column: said for column, cell in row.items() if (said := said_in(cell).strip(" :："))} for row in rows
        ]
        headings, last = Headings(self._is_label), 0.0
        for number, row in enumerate(rows):
            first = next(iter(row.values()))[0]
            if first.y - last > _MOST_GAP * first.height:
                headings = Headings(self._is_label)
            last = first.y
            keys = headings.keys(texts[number], next(filter(None, texts[number + 1 :]), None))
            before = ""
            for column, cell in row.items():
                key = keys.get(column, "")
                # A line is no row of a form: its labels tell of what is right behind them.
                yield covered.group([each.run for each in cell], before if key in texts[number].values() else key)
                said = texts[number].get(column, "")
                before = said if self._is_label(said) else ""
            yield covered.group([run for cell in row.values() for run in (*(each.run for each in cell), _GAP)])
        for runs in wrapped_in(rows):
            yield covered.group(runs)
        covered.write(unit)


_GAP = Run(Frame("", 0, {}), (), "  ", -1, -1)
"""Between two texts of a line that stand apart."""


class _Covered:
    """Which characters are hidden: a run may lie in several groups."""

    def __init__(self) -> None:
        self._places: dict[int, set[int]] = {}
        self._runs: dict[int, Run] = {}

    def group(self, runs: list[Run], key: str | None = "") -> Group:
        """The group of *runs*; what is to be hidden of it is noted."""
        whole = joined(runs)

        def writes(new: str) -> None:
            kept, at = as_long(whole, new), 0
            for run in runs:
                hidden = {place for place in range(len(run.text)) if kept[at + place] != run.text[place]}
                if hidden and run.begins >= 0:
                    self._runs[run.begins] = run
                    self._places.setdefault(run.begins, set()).update(hidden)
                at += len(run.text)

        return Group(whole, writes, key)

    def write(self, unit: Unit) -> None:
        """Write stars over what is hidden, and forget which glyphs stand for it."""
        for begins, places in self._places.items():
            run = self._runs[begins]
            unit.replaces(run, "".join(STAR if place in places else char for place, char in enumerate(run.text)))
            around = next((frame for frame in reversed(run.marks) if frame.name == "TextObject"), None)
            for path in unit.marked:
                if path[-1].name == "CGTransform" and around in path:
                    unit.removes(path[-1])
