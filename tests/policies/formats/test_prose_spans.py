"""Texts declared as prose, in each format: names and addresses that no word gives away, and what nobody can read."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from policies.formats.csv_body import CsvMasker
from policies.formats.free_text import KnownValues
from policies.formats.html_body import HtmlMasker
from policies.formats.html_shape import HtmlShape, Selector
from policies.formats.json_body import JsonMasker
from policies.formats.json_nodes import Object, Value
from policies.formats.masker import MOST_PROSE, Action, Kind, Masker
from policies.formats.prose_spans import UNREAD
from policies.formats.running_text import RunningText
from policies.formats.text_body import TextMasker
from policies.recognisers import weights
from tests.policies.formats.masking import UNDECLARED, tally, whole
from tests.policies.recognisers.weights_here import the_tagger

SAID = "昨天下午消防员房超宁将霍华强救出火场，高龙住在杭州市西湖区文三路128号。"
HIDDEN = "昨天下午消防员***将***救出火场，***住在***。"
PROSE = Action(field=1, kind=Kind.SCAN, prose=True)
RULES = Action(field=1, kind=Kind.SCAN)
RECORD = Object({"note": Value(PROSE), "id": Value(Action(field=2, kind=Kind.SHOW, personal=False))}, Value(UNDECLARED))
LIST = RECORD


def json_of(*said: str) -> bytes:
    return json.dumps([{"id": number, "note": text} for number, text in enumerate(said)], ensure_ascii=False).encode()


BODIES: dict[str, tuple[Callable[[], Masker], bytes]] = {
    "a list": (lambda: JsonMasker(LIST, UNDECLARED, tally()), json_of(SAID)),
    "a long list": (lambda: JsonMasker(LIST, UNDECLARED, tally()), json_of(*[SAID] * 20)),
    "a table": (lambda: CsvMasker(RECORD, UNDECLARED, tally(), "utf-8"), f"id,note\n1,{SAID}\n".encode()),
    "plain text": (lambda: TextMasker(PROSE, tally(), "utf-8"), SAID.encode()),
}


@pytest.mark.parametrize(("make", "body"), BODIES.values(), ids=BODIES)
def test_names_that_no_word_gives_away_are_hidden(make: Callable[[], Masker], body: bytes) -> None:
    the_tagger()
    out = whole(make, body).decode()
    assert HIDDEN in out
    assert not any(name in out for name in ("房超宁", "霍华强", "高龙", "文三路"))


def test_what_is_scanned_alone_is_as_it_was() -> None:
    out = whole(lambda: TextMasker(RULES, tally(), "utf-8"), SAID.encode()).decode()
    assert out == SAID


def test_what_is_found_is_counted() -> None:
    the_tagger()
    masker = TextMasker(PROSE, tally(), "utf-8")
    whole(lambda: masker, SAID.encode())
    assert dict(masker.tally.found) == {"person_name": 3, "address": 1}


def test_a_body_with_more_prose_than_can_be_read_is_hidden_from_there_on() -> None:
    the_tagger()
    notes = [SAID, "无" * (MOST_PROSE - len(SAID) - 1), "路灯不亮", "no Chinese"]
    masker = JsonMasker(LIST, UNDECLARED, tally())
    out = [each["note"] for each in json.loads(whole(lambda: masker, json_of(*notes)))]
    assert out == [HIDDEN, notes[1], "***", "no Chinese"]
    assert masker.tally.found[UNREAD] == 1


def test_without_weights_prose_is_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "STAMP", tmp_path / "stamp")
    assert whole(lambda: TextMasker(PROSE, tally(), "utf-8"), f"{SAID}\nOK\n".encode()).decode() == "***\nOK\n"


@pytest.mark.parametrize("size", [1, 3, 7, 100])
def test_prose_that_comes_in_pieces_is_read_sentence_by_sentence(size: int) -> None:
    the_tagger()
    text = RunningText(PROSE, tally(), KnownValues())
    said = SAID + "好的。" + SAID
    out = [text.add(said[start : start + size]) for start in range(0, len(said), size)]
    assert "".join([*out, text.finish()]) == HIDDEN + "好的。" + HIDDEN


def test_a_page() -> None:
    the_tagger()
    shape = HtmlShape(
        record=Object({"note": Value(PROSE)}, Value(UNDECLARED)),
        selectors=(Selector(element="p", css_class=re.compile(r"col-(?P<field>.+)")),),
        undeclared=RULES,
    )
    page = f'<p class="col-note">{SAID}</p>'.encode()
    out = whole(lambda: HtmlMasker(shape, tally(), "utf-8", lambda action, held: ""), page).decode()
    assert out == f'<p class="col-note">{HIDDEN}</p>'
