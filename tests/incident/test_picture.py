"""Pictures of playbooks: every step once, none upon another, and the way that was taken."""

import re
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident.dry_run import dry_run
from incident.graph import load_playbooks
from incident.picture import COLUMN, MOST_STEPS, ROW, picture
from tests.incident.books import book, manual
from tests.incident.test_dry_run import CHOICE

SVG = "{http://www.w3.org/2000/svg}"


def boxes(drawn: str) -> list[tuple[int, int]]:
    groups = ElementTree.fromstring(drawn).iter(f"{SVG}g")
    return [(int(box.attrib["x"]), int(box.attrib["y"])) for group in groups for box in group.iter(f"{SVG}rect")]


@pytest.mark.parametrize("name", sorted(load_playbooks()))
def test_every_step_of_ours_has_a_place_of_its_own(name: str) -> None:
    drawn_book = load_playbooks()[name]
    places = boxes(picture(drawn_book))
    assert len(places) == len(set(places)) == len(drawn_book.steps)


@given(st.lists(st.integers(0, 5), max_size=6))
def test_ways_lead_downwards_whatever_the_shape(ends: list[int]) -> None:
    """Actions whose failures lead to any later one, so that lines cross."""
    steps: dict[str, Any] = {}
    for number, end in enumerate(ends):
        later = min(number + 1 + end, len(ends))
        steps[f"do_{number}"] = manual(ok=f"do-{number + 1}", failed=f"do-{later}")
    steps[f"do_{len(ends)}"] = manual(ok="end")
    drawn = picture(book(start={"then": "do-0"}, **steps, end={}))
    assert len(set(boxes(drawn))) == len(steps) + 2
    for line in re.findall(r'<path d="M\d+ (\d+)C[^"]* (\d+)" fill', drawn):
        assert int(line[0]) < int(line[1])


def test_the_way_is_numbered_and_bold() -> None:
    drawn_book = book(**CHOICE)
    way = dry_run(drawn_book, variables={"__level__": "high"})
    drawn = picture(drawn_book, [(step.led_by, step.step) for step in way.steps])
    assert "动作 action　3<" in drawn
    assert "结束 end　4、6<" in drawn
    assert drawn.count('stroke-width="2.5" marker-end') == len(way.steps) - 1
    assert drawn.count("stroke-dasharray") == 4, "no, what two leads to, the failure of one, and what three leads to"


def test_names_are_text_and_nothing_else() -> None:
    drawn = picture(book(start={"then": "do"}, do=manual(ok="end", name="<script>x</script>"), end={}))
    assert "<script" not in drawn
    assert (COLUMN, ROW) == (240, 96)


def test_what_is_too_large_is_not_drawn() -> None:
    steps: dict[str, Any] = {f"do_{number}": manual(ok=f"do-{number + 1}") for number in range(MOST_STEPS)}
    steps[f"do_{MOST_STEPS}"] = manual(ok="end")
    with pytest.raises(ValueError, match="more steps"):
        picture(book(start={"then": "do-0"}, **steps, end={}))
