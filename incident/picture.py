"""Draws a playbook as SVG: steps from the top down, branches side by side, a way taken in bold and numbered."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from incident.ids import StepId
from incident.playbook import Playbook, Step, StepKind
from incident.reading import visible

COLUMN, ROW, WIDTH, HEIGHT = 240, 96, 204, 52
MARGIN = 24
MOST_STEPS = 500
_LETTERS = 13
"""Of Chinese in a box; two of other letters take the room of one."""
_SHAPES: Mapping[StepKind, str] = {
    StepKind.START: "开始 start",
    StepKind.END: "结束 end",
    StepKind.ACTION: "动作 action",
    StepKind.IF: "条件 if",
    StepKind.WHILE: "循环 while",
    StepKind.SWITCH: "选择 switch",
    StepKind.PARALLEL: "并行 parallel",
    StepKind.PLAYBOOK: "预案 playbook",
}


@dataclass(slots=True)
class _Places:
    """Where steps stand, by column and row."""

    book: Playbook
    at: dict[StepId, tuple[int, int]] = field(default_factory=dict)

    def put(self, first: StepId, column: int, row: int) -> tuple[int, int]:
        """Place *first* and all that comes after it. Returns the columns taken from *column* on, and the lowest row."""
        widest, here = 1, [first]
        while here:
            step = self.book.steps[here.pop(0)]
            if step.id in self.at:
                break
            self.at[step.id] = (column, row)
            taken, lowest = 1, row
            for branch in dict.fromkeys(step.branches):
                if branch not in self.at:
                    wide, low = self.put(branch, column + taken, row + 1)
                    taken, lowest = taken + wide, max(lowest, low)
            row, widest = lowest + 1, max(widest, taken)
            here = [each for each in dict.fromkeys(step.follows) if each not in self.at][:1]
            for other in list(dict.fromkeys(step.follows))[1:]:
                if other not in self.at and other not in here:
                    wide, low = self.put(other, column + widest, row)
                    widest = widest + wide
        return widest, row - 1

    def settle(self) -> None:
        """Move steps down until each stands below all that lead to it, and none upon another."""
        for _ in range(len(self.at)):
            before = dict(self.at)
            for step in map(self.book.steps.__getitem__, before):
                for target in (*step.follows, *step.branches):
                    column, row = self.at[target]
                    self.at[target] = column, max(row, self.at[step.id][1] + 1)
            held: set[tuple[int, int]] = set()
            for step_id, (column, row) in sorted(self.at.items(), key=lambda item: (item[1], item[0])):
                while (column, row) in held:
                    row += 1
                held.add((column, row))
                self.at[step_id] = column, row
            if self.at == before:
                return


def picture(book: Playbook, taken: Sequence[tuple[StepId | None, StepId]] = ()) -> str:
    """*book* as an SVG document. *taken* is a way: its steps in their order, each behind the one that led to it.

    Raises ValueError where the playbook has more than 500 steps.
    """
    if len(book.steps) > MOST_STEPS:
        raise ValueError(f"步骤多于 {MOST_STEPS}，画不下 / more steps than a picture can show")
    places = _Places(book)
    places.put(book.start, 0, 0)
    if book.exception and book.exception not in places.at:
        places.put(book.exception, 0, 1 + max(row for _, row in places.at.values()))
    places.settle()
    numbers: dict[StepId, list[int]] = {}
    for number, (_, reached) in enumerate(taken, 1):
        numbers.setdefault(reached, []).append(number)
    width = COLUMN * (1 + max(column for column, _ in places.at.values())) + 2 * MARGIN - (COLUMN - WIDTH)
    height = ROW * (1 + max(row for _, row in places.at.values())) + 2 * MARGIN - (ROW - HEIGHT)
    shown = [book.steps[name] for name in places.at]
    lines = [line for step in shown for line in _lines(step, places.at, frozenset(taken))]
    boxes = [box for step in shown for box in _box(step, places.at[step.id], numbers.get(step.id, []))]
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
            " role=\"img\" font-family=\"system-ui, 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif\">",
            f"<title>{escape(visible(book.name))}</title>",
            '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="10" markerHeight="10"'
            ' markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 10 5 0 10z" fill="#1b1f24"/></marker></defs>',
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            *lines,
            *boxes,
            "</svg>\n",
        )
    )


def _lines(
    step: Step, at: Mapping[StepId, tuple[int, int]], taken: frozenset[tuple[StepId | None, StepId]]
) -> Iterator[str]:
    for target, said in _ways(step):
        (x1, y1), (x2, y2) = _corner(*at[step.id]), _corner(*at[target])
        x1, x2, y1 = x1 + WIDTH // 2, x2 + WIDTH // 2, y1 + HEIGHT
        bold = (step.id, target) in taken
        stroke = 'stroke="#1b1f24" stroke-width="2.5"' if bold else 'stroke="#59616b" stroke-dasharray="5 4"'
        middle = (y1 + y2) // 2
        yield (
            f'<path d="M{x1} {y1}C{x1} {middle} {x2} {middle} {x2} {y2}" fill="none" {stroke} marker-end="url(#tip)"/>'
        )
        if said:
            yield (
                f'<text x="{(x1 + x2) // 2 + 4}" y="{middle + 4}" font-size="12" fill="#3d444d">'
                f"{escape(_short(visible(said), 8))}</text>"
            )


def _ways(step: Step) -> Iterator[tuple[StepId, str]]:
    named = (
        (step.on_completion, ""),
        (step.on_success, ""),
        (step.on_failure, "失败 failed"),
        (step.on_true, "是 yes"),
        (step.on_false, "否 no"),
    )
    yield from ((target, said) for target, said in named if target)
    yield from ((target, "") for target in step.next_steps)
    yield from ((target, value) for value, target in step.cases.items())


def _box(step: Step, at: tuple[int, int], numbers: Sequence[int]) -> Iterator[str]:
    x, y = _corner(*at)
    fill, stroke = ("#e8eef7", '"#1b1f24" stroke-width="2.5"') if numbers else ("#ffffff", '"#59616b"')
    yield f"<g><title>{escape(visible(step.name))}</title>"
    rounded = HEIGHT // 2 if step.kind in (StepKind.START, StepKind.END) else 6
    yield f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="{rounded}" fill="{fill}" stroke={stroke}/>'
    passed = f"　{'、'.join(map(str, numbers[:6]))}{'…' * (len(numbers) > 6)}" if numbers else ""
    middle = x + WIDTH // 2
    centred = f'<text x="{middle}" text-anchor="middle"'
    yield f'{centred} y="{y + 19}" font-size="12" fill="#3d444d">{_SHAPES[step.kind]}{passed}</text>'
    shown = escape(_short(visible(step.name), _LETTERS))
    yield f'{centred} y="{y + 39}" font-size="14" fill="#1b1f24">{shown}</text></g>'


def _corner(column: int, row: int) -> tuple[int, int]:
    return MARGIN + column * COLUMN, MARGIN + row * ROW


def _short(text: str, most: int) -> str:
    """As much of *text* as fits where *most* Chinese letters do."""
    room = float(most)
    for place, letter in enumerate(text):
        room -= 0.5 if ord(letter) < 0x2E80 else 1
        if room < 0:
            return text[:place] + "…"
    return text
