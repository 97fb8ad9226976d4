"""What a terminal would obey is refused in a playbook, and shown as a number where it is shown all the same."""

import json
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest

from incident.dry_run import dry_run
from incident.graph import read_texts
from incident.letters import DEEPEST
from incident.picture import picture
from incident.playbook import Playbook, read_playbook
from incident.reading import visible
from tests.incident.books import manual, raw_book, step_id, text_of
from yingbi.lines.ways import way_lines

type Raw = dict[str, Any]
DO = str(step_id("do"))


def raw(name: str = "do") -> Raw:
    made = raw_book(start={"then": "do"}, do=manual(ok="end"), end={})
    made["workflow"][DO]["name"] = name
    return made


PLACES: dict[str, Callable[[Raw, str], object]] = {
    "its name": lambda r, t: r.update(name=t),
    "the name of a step": lambda r, t: r["workflow"][DO].update(name=t),
    "a command": lambda r, t: r["workflow"][DO]["commands"][0].update(command=t),
    "a list": lambda r, t: r.update(labels=["x", t]),
    "a key of an extension": lambda r, t: r.update(playbook_extensions={"x": {t: 1}}),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("letter", ["\x1b", "\x00", "\x0b", "\x7f", "\x9b", "\u202e", "\ud800"], ids=ascii)
def test_a_playbook_with_one_is_refused_with_its_line(place: str, letter: str) -> None:
    made = raw()
    PLACES[place](made, f"a{letter}b")
    _, found = read_texts({"x.json": json.dumps(made, indent=2)})
    assert {each.code for each in found} == {"control-character"}
    assert letter not in "".join(map(str, found))


def test_lines_and_tabs_are_letters_like_others() -> None:
    assert read_texts({"x.json": text_of(raw("a\tb\r\nc"))})[1] == ()


def unchecked(name: str) -> Playbook:
    book, found = read_playbook(json.dumps(raw(name)), "x.json")
    assert (book is not None, found) == (True, ())
    assert book is not None
    return book


@pytest.mark.parametrize("letter", ["\x1b", "\x00", "\u202e", "\ud800"], ids=ascii)
def test_what_shows_one_all_the_same_shows_its_number(letter: str) -> None:
    book = unchecked(f"a{letter}b")
    told = "\n".join(way_lines(dry_run(book, [book])))
    drawn = picture(book, [])
    assert letter not in told + drawn
    assert f"a{visible(letter)}b" in told
    ElementTree.fromstring(drawn)


def nested(depth: int) -> str:
    inner = '{"a":' * depth + "1" + "}" * depth
    return text_of(raw()).rstrip()[:-1] + f', "playbook_extensions": {inner}}}'


def test_no_depth_breaks_whoever_reads_on() -> None:
    assert read_playbook(nested(DEEPEST - 1), "x.json")[1] == ()
    for depth in (DEEPEST, 900):
        assert [each.code for each in read_playbook(nested(depth), "x.json")[1]] == ["too-deep"]


def test_a_mark_of_the_order_of_bytes_before_it_is_no_part_of_it() -> None:
    book, found = read_playbook(f"\ufeff{text_of(raw())}", "x.json")
    assert found == ()
    assert book is not None
    assert book.source == text_of(raw())
