"""Texts declared as prose, in each format: names and addresses that no word gives away, and what nobody can read."""

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from policies.formats.csv_body import CsvMasker
from policies.formats.found import by_category
from policies.formats.free_text import KnownValues
from policies.formats.html.body import HtmlMasker
from policies.formats.html.shape import HtmlShape, Selector
from policies.formats.json.body import JsonMasker
from policies.formats.json.nodes import Object, Value
from policies.formats.masker import Action, Kind, Masker, Tally, Withheld
from policies.formats.prose import EVERY, LONG, TOO_MUCH, UNREAD, Prose
from policies.formats.prose import MOST_IN_STREAM as MOST
from policies.formats.running_text import RunningText
from policies.formats.text_body import TextMasker
from policies.policy_kinds import Beyond
from policies.prose_rule import ProseRule
from policies.recognisers import weights
from policies.recognisers.prose import find_in_prose
from policies.recognisers.sentences import end_of_part
from policies.recognisers.table import Hit
from tests.policies.formats.masking import UNDECLARED, tally, whole
from tests.policies.recognisers.weights_here import the_tagger

SAID = "昨天下午消防员房超宁将霍华强救出火场，高龙住在杭州市西湖区文三路128号。"
HIDDEN = "昨天下午消防员***将***救出火场，***住在***。"
PROSE = Action(field=1, kind=Kind.SCAN, prose=EVERY)
USUAL = Action(field=1, kind=Kind.SCAN, prose=LONG)
RULES = Action(field=1, kind=Kind.SCAN)


def whole_once(masker: Masker, body: bytes) -> bytes:
    return b"".join([*masker.feed(body), *masker.close()])


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
    assert {category: counted.number for category, counted in by_category(masker.tally.found).items()} == {
        "person_name": 3,
        "address": 1,
    }


def bounded(most: int, beyond: Beyond = Beyond.MASK) -> Tally:
    counted = tally()
    counted.prose = Prose(ProseRule(most, beyond))
    return counted


def test_of_a_body_with_more_prose_than_may_be_read_sentences_are_hidden_from_there_on() -> None:
    the_tagger()
    notes = [SAID, "此处无", "路灯不亮。坏了三天。啊", "no Chinese"]
    masker = JsonMasker(LIST, UNDECLARED, bounded(len(SAID) + 3))
    out = [each["note"] for each in json.loads(whole(lambda: masker, json_of(*notes)))]
    assert out == [HIDDEN, notes[1], "******啊", "no Chinese"]
    assert masker.tally.found[UNREAD] == 2


@pytest.mark.parametrize("later", [False, True], ids=["read at once", "read once all is known"])
@pytest.mark.parametrize(
    ("more", "shown"),
    [(0, "***" * 3 + "啊"), (len(SAID), HIDDEN + "***" * 2 + "啊"), (2 * len(SAID) - 1, HIDDEN + "***" * 2 + "啊")],
    ids=["not even one sentence", "one sentence", "half of the next"],
)
def test_of_a_text_that_is_longer_than_may_be_read_the_beginning_is(more: int, shown: str, *, later: bool) -> None:
    the_tagger()
    text = SAID + SAID + "路灯不亮。啊"
    prose = Prose(ProseRule(more), later=later)

    def masked() -> str:
        counted = tally()
        counted.prose = prose
        return whole_once(TextMasker(PROSE, counted, "utf-8"), text.encode()).decode()

    if later:
        masked()
        prose.read()
        prose.settle()
    assert masked() == shown


@pytest.mark.parametrize(
    ("text", "most", "end"),
    [
        ("一句。两句。三", 6, 6),
        ("一句。两句。三", 5, 3),
        ("一句。两句。三", 2, 0),
        ("没有句末，只有停顿", 8, 0),
        ("长" * 150 + "，" + "句" * 150, 200, 151),
        ("长" * 300, 200, 0),
        ("what? a pause", 5, 5),
        ("一行\n两行", 4, 3),
        ("", 0, 0),
    ],
)
def test_a_part_of_a_text_ends_where_a_sentence_does_or_a_pause(text: str, most: int, end: int) -> None:
    assert end_of_part(text, most) == end


def test_or_the_body_is_withheld() -> None:
    the_tagger()
    masker = JsonMasker(LIST, UNDECLARED, bounded(len(SAID), Beyond.WITHHOLD))
    with pytest.raises(Withheld, match=TOO_MUCH):
        whole(lambda: masker, json_of(SAID, "另有" + SAID))


def test_what_is_remembered_counts_like_what_is_read() -> None:
    """Or it could be told from an answer what others have been shown."""
    the_tagger()
    texts = [f"{number}号窗口的{SAID}" for number in range(3)]

    def shown() -> str:
        return whole(lambda: JsonMasker(LIST, UNDECLARED, bounded(2 * len(texts[0]))), json_of(*texts)).decode()

    first = shown()
    assert first == shown()
    assert first.count(HIDDEN) == 2


def test_texts_are_read_all_at_once_where_there_is_time(monkeypatch: pytest.MonkeyPatch) -> None:
    the_tagger()
    read: list[int] = []

    def find(texts: Sequence[str]) -> list[tuple[Hit, ...]]:
        read.append(len(texts))
        return find_in_prose(texts)

    monkeypatch.setattr("policies.formats.prose.find_in_prose", find)
    texts = [f"第{number}封：{SAID}" for number in range(30)]
    prose = Prose(later=True)

    def shown() -> str:
        counted = tally()
        counted.prose = prose
        return whole_once(JsonMasker(LIST, UNDECLARED, counted), json_of(*texts)).decode()

    first = shown()
    assert prose.is_wanted
    assert not any(name in first for name in ("房超宁", "霍华强", "高龙"))  # nobody has read it yet
    prose.read()
    assert shown().count(HIDDEN) == 30
    assert read == [30]


def test_a_stream_may_have_more_read_the_longer_it_lasts() -> None:
    the_tagger()
    prose = Prose()
    prose.stream()
    assert prose.left == MOST
    assert prose.spans("房" * MOST, LONG) == ()
    assert [span.categories for span in prose.spans(SAID, LONG)] == [(UNREAD,)]
    prose.lasts(0.1)
    found = {told for span in prose.spans(SAID, LONG) for told in span.categories}
    assert {told.partition(":")[0] for told in found} == {"person_name", "address"}
    prose.lasts(3600)
    assert prose.left == MOST


@pytest.mark.parametrize(("said", "is_read"), [("高龙住在这", False), ("高龙住在这里的二楼", True)])
def test_short_values_are_read_only_where_they_are_declared_as_prose(said: str, is_read: bool) -> None:
    the_tagger()
    usual = whole(lambda: TextMasker(USUAL, tally(), "utf-8"), said.encode()).decode()
    every = whole(lambda: TextMasker(PROSE, tally(), "utf-8"), said.encode()).decode()
    assert ("高龙" not in usual) is is_read
    assert "高龙" not in every


def test_a_line_break_makes_no_long_text_short() -> None:
    """Texts of many records are asked about at once, joined by line breaks."""
    the_tagger()
    record = Object({"note": Value(USUAL), "more": Value(USUAL)}, Value(UNDECLARED))
    records = [{"note": "高龙\n房超宁\n来过这", "more": "好"} for _ in range(20)]
    body = json.dumps(records, ensure_ascii=False, separators=(",", ":")).encode()
    out = whole(lambda: JsonMasker(record, UNDECLARED, tally()), body).decode()
    assert "房超宁" not in out


def test_without_weights_prose_is_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "STAMP", tmp_path / "stamp")
    said = f"今天{SAID}\nOK\n".encode()  # which nobody has read before
    assert whole(lambda: TextMasker(PROSE, tally(), "utf-8"), said).decode() == "***\nOK\n"


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
