"""What a caller has said and a page repeats tells nothing of what the page hides: guesses are not confirmed."""

import html
from collections.abc import Callable, Sequence
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from policies.formats.finder import Span
from policies.formats.html.body import HtmlMasker
from policies.formats.said import OwnWords, Said, folded
from tests.effort import examples
from tests.policies.formats.html.test_body import SHAPE, seal
from tests.policies.formats.masking import tally, whole

VOCABULARY = frozenset({"where", "name", "people", "page", "max"})
PAGE = """<!DOCTYPE html><title>3 rows where city = "{text}"</title><!-- {text} -->
<h1>{text}</h1><p title="{text}">You asked for <b>{text}</b>, of all people.</p>
<form action="/people?q={url}"><input name="q" value="{text}"><textarea name="more">{text}</textarea></form>
<a href="?q={url}&amp;page=2">{text}</a><script>var asked = "{text}";</script>
<table><tr><td class="col-id">云州</td><td class="col-name">{name}</td><td class="col-name">{latin}</td>
<td class="col-name">{worker}</td><td class="col-mobile">{mobile}</td></tr></table>
<p>{name}来过，电话{mobile}。{worker} 2 times, {latin}。生于{born}。{own}</p><td class="col-name">{born}</td>"""
TWINS = (
    {"name": "陈杰涛", "latin": "Li Ming", "worker": "Zhang", "mobile": "13800138000", "born": "1968-11-04"},
    {"name": "陈杰伟", "latin": "Lu Jing", "worker": "Zhong", "mobile": "13811118000", "born": "1968-12-05"},
)
"""Two people who look alike behind their masks."""

PIECES = (
    "陈杰涛 陈杰伟 陈 杰涛 涛 涛来过 陈杰涛来过 阿依古丽·吐尔逊 13800138000 1380013 38000。 1968-11-04 11-04 云州 "
    "where max x Zhang zhang ZHONG Li Ming Lu Jing 2 times &q= %E9%99%88%E6%9D%B0%E6%B6%9B & <b>"
).split(" ")
said = st.lists(st.sampled_from([*PIECES, " ", ",", "。", "-", "A" * 70]), min_size=1, max_size=6).map("".join)


def shown(person: dict[str, str], texts: Sequence[str], echoed: str, own: str = "") -> str:
    page = PAGE.format(text=html.escape(echoed), url=quote(echoed), own=own, **person)
    return whole(lambda: HtmlMasker(SHAPE, tally(), "utf-8", seal, Said(texts, VOCABULARY)), page.encode()).decode()


@settings(max_examples=examples(300))
@given(st.lists(said, min_size=1, max_size=3))
@example(["陈杰涛"])
@example(["陈杰涛,陈杰伟"])
@example(["A" * 70 + "陈杰涛" + "A" * 70])
@example(["x陈杰涛x"])
@example(["陈杰涛来过"])
@example(["涛来过"])
@example(["Zhang 2 times"])
@example(["Li Ming"])
@example(["where Li Ming, max"])
@example(["where-1968-11-04"])
@example(["陈杰涛, Li"])
@example(["&timeswhere陈杰涛"])
def test_a_guess_is_treated_alike_whether_it_is_right_or_wrong(texts: list[str]) -> None:
    for echoed in texts:
        one, other = (shown(person, texts, echoed) for person in TWINS)
        assert one == other


SHAPES: dict[str, Callable[[dict[str, str]], str]] = {
    "name": lambda person: person["name"],
    "latin": lambda person: person["latin"],
    "worker": lambda person: person["worker"],
    "number": lambda person: person["mobile"],
    "day": lambda person: person["born"],
    "in lower case": lambda person: person["worker"].lower(),
    "in upper case": lambda person: person["latin"].upper(),
    "percent-encoded": lambda person: quote(person["name"]),
    "among others": lambda person: f"云州 {person['name']} max",
    "in a list": lambda person: f"1,{person['name']},云州",
    "in a sentence": lambda person: f"说{person['name']}来过",
}


@given(st.sampled_from(sorted(SHAPES)), st.sampled_from(["", "云州", "来过", "<b>x</b>", "Zh", "where", "1968"]))
def test_the_page_is_the_same_but_for_the_guess(shape: str, own: str) -> None:
    """One page, a right and a wrong guess of the same shape: without the guess itself, nothing differs."""
    guesses = [SHAPES[shape](person) for person in TWINS]
    one, other = (
        shown(TWINS[0], [guess], guess, own).replace(html.escape(guess), "").replace(quote(guess), "")
        for guess in guesses
    )
    assert one == other


@pytest.mark.parametrize(
    ("echoed", "expected"),
    [
        ("陈杰涛", "***"),
        ("陈杰伟", "***"),
        ("云州", "云州"),  # a public cell says so
        ("州", "州"),
        ("where", "where"),  # the application says so
        ("2026", "2026"),
        ("1,2,12345", "1,2,12345"),
        ("Ann", "***"),
        ("13800138000", "***"),
        ("云州 max", "云州 max"),
        ("云州 陈杰涛", "***"),
        ("页 陈杰伟", "***"),
    ],
)
def test_what_is_said_and_may_be_a_guess_is_hidden_wherever_it_stands(echoed: str, expected: str) -> None:
    page = shown(TWINS[0], [echoed], echoed)
    assert f"<h1>{expected}</h1>" in page
    assert f'<input name="q" value="{expected}">' in page
    assert '<td class="col-id">云州</td>' in page
    if expected == echoed:
        assert f'href="?q={quote(echoed)}&amp;page=2"' in page
        assert "<p>***来过，电话***。" in page


def test_what_is_said_is_hidden_only_in_a_page_that_hides_something() -> None:
    page = "<h1>0 rows where name = 陈杰涛</h1>"
    masked = whole(lambda: HtmlMasker(SHAPE, tally(), "utf-8", seal, Said(["陈杰涛"])), page.encode())
    assert masked.decode() == page


def test_a_control_that_repeats_what_was_said_makes_nothing_public() -> None:
    """A form that was not accepted comes back with the caller's own words in a field that everybody is shown."""

    def of(guess: str) -> str:
        page = f'<form><input name="id" value="{guess}"><input name="name" value="陈杰涛"></form><h1>{guess}</h1>'
        return whole(lambda: HtmlMasker(SHAPE, tally(), "utf-8", seal, Said([guess])), page.encode()).decode()

    one, other = of("陈杰涛"), of("陈杰伟")
    assert '<input name="id" value="陈杰涛">' in one
    assert "<h1>***</h1>" in one
    assert one.replace("陈杰涛", "") == other.replace("陈杰伟", "")


def test_words_of_the_application_are_no_echo_of_a_guess() -> None:
    page = '<a href="/people?page=2">people</a><td class="col-name">陈杰涛</td><i>peo</i>'
    masker = HtmlMasker(SHAPE, tally(), "utf-8", seal, Said(["peo"], VOCABULARY))
    masked = b"".join([*masker.feed(page.encode()), *masker.close()]).decode()
    assert masked == '<a href="/people?page=2">people</a><td class="col-name">陈**</td><i>***</i>'


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("street", ["street"]),
        ("12345", []),
        ("id 12345", ["id 12345"]),
        ("陈杰涛", ["陈杰涛"]),
        ("x=陈杰涛&y", ["陈杰涛"]),
        ("1968-11-04", ["1968-11-04"]),
        ("1968/11/04", ["1968/11/04"]),
        ("李 伟", ["李 伟"]),
        ("Wu Li", ["Wu Li"]),
        ("Li Ming", ["Li Ming"]),
        ("阿依古丽·吐尔逊", ["阿依古丽·吐尔逊"]),
        ("123456", ["123456"]),
        ("1,2,3", []),
        ("涛", []),
        ("people", []),
        ("name__where", []),
        ("page-2", []),
        ("page-2-name", []),
        ("page-1968-11-04", ["page-1968-11-04"]),
    ],
)
def test_which_words_could_be_somebodys(said: str, expected: list[str]) -> None:
    hidden = Said([said], VOCABULARY).guarded(f"「{said}」", [])
    assert [said[span.start - 1 : span.end - 1] for span in hidden] == expected


@pytest.mark.parametrize(
    ("text", "known", "expected"),
    [
        ("陈杰涛来过", "陈杰涛", "陈杰涛来过"),
        ("找 陈杰涛 3 次", "陈杰涛", "找 陈杰涛 3 次"),
        ("/people/陈杰涛/edit", "陈杰涛", "陈杰涛"),
        ('a = "陈杰涛"', "陈杰涛", "陈杰涛"),
        ("(!!!!)", "!!!!", "!!!!"),
    ],
)
def test_where_guesses_are_hidden_words_are_hidden_whole(text: str, known: str, expected: str) -> None:
    start = text.index(known)
    hidden = Said(["guess"]).guarded(text, [Span(start, start + len(known), ())])
    assert [text[span.start : span.end] for span in hidden] == [expected]


def sealing(person: dict[str, str], page: str, *texts: str) -> str:
    """What becomes of *page*, which hides the name of *person*, where what is said as `q` or `where` can be sealed."""
    own = OwnWords(pairs=frozenset((name, text) for name in ("q", "where") for text in texts))
    said = Said(texts, VOCABULARY, seal=lambda value: f"yb~{value.encode().hex()}", own=own)
    source = f'{page}<td class="col-name">{person["name"]}</td>'
    return whole(lambda: HtmlMasker(SHAPE, tally(), "utf-8", seal, said), source.encode()).decode()


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ('<a href="/people?q={}&amp;page=2">', '<a href="/people?q=yb~{hex}&amp;page=2">'),
        ('<a href="/people?f=where%3D{}%26x%3D1">', '<a href="/people?f=yb~{inner}">'),
        ('<form action="?f=where%3D{}%26x%3D1" method="post">', '<form action="?f=yb~{inner}" method="post">'),
        ('<input type="hidden" name="q" value="{}">', '<input type="hidden" name="q" value="yb~{hex}">'),
        ('<a href="/{}?page=2">', '<a href="/***?page=2">'),
        ('<a href="/people?q={}x张三丰&amp;page=2">', '<a href="/people?q=***&amp;page=2">'),
        ('<input type="text" name="q" value="{}">', '<input type="text" name="q" value="***">'),
    ],
)
def test_what_a_page_is_asked_on_by_is_sealed_whether_right_or_wrong(page: str, expected: str) -> None:
    person = TWINS[0]
    for guess in (person["name"], "王小二"):
        inner = f"where={guess}&x=1".encode().hex()
        wanted = expected.replace("{hex}", guess.encode().hex()).replace("{inner}", inner)
        assert sealing(person, page.replace("{}", guess), guess).startswith(wanted)


@pytest.mark.parametrize(
    "page",
    [
        '<a href="/people?name={}">',
        '<a href="/people?f=name%3D{}%26x%3D1">',
        '<form><input type="hidden" name="name" value="{}">',
        '<form><input type="hidden" name="person" value="{}">',
    ],
)
def test_what_the_application_says_by_another_name_is_hidden_whether_it_was_guessed_or_not(page: str) -> None:
    """A guess may be said anywhere, and thousands at a time: were the right one sealed, it would be known."""
    person = TWINS[0]
    page = page.replace("{}", person["name"])
    right, wrong = (sealing(person, page, guess) for guess in (person["name"], "王小二"))
    assert right == wrong
    assert "yb~" not in right


def test_what_nobody_has_said_is_not_sealed() -> None:
    assert "yb~" not in sealing(TWINS[0], '<a href="/people?q=陈杰涛"><input type="hidden" value="陈杰涛">', "云州")


FORMS = """<form action="{action}" method="post"><input name="remark" value="{shown}"><textarea name="remark">
{shown}</textarea></form><form><input type="search" name="q" value="{shown}"></form><h1>{shown}</h1>
<table><td class="col-name">陈杰涛</td><td class="col-mobile">13800138000</td></table>"""


def repeated(echoed: str, said: str, action: str = "/7") -> str:
    """What becomes of forms that hold *echoed*, where *said* was said in their controls."""
    own = OwnWords({"q": said}, {"remark": said}, lambda action, asks: asks or action == "/7")
    told = Said([said], VOCABULARY, own=own)
    page = FORMS.format(action=action, shown=html.escape(echoed))
    return whole(lambda: HtmlMasker(SHAPE, tally(), "utf-8", seal, told), page.encode()).decode()


OWN = ("找陈杰涛", "找陈杰伟", "电话13800138000", "电话13811118000", '13900139000 <b>"&', "王小二", "一\r\n二，Ann")


@pytest.mark.parametrize("said", OWN)
def test_what_was_said_is_said_again_in_its_own_control(said: str) -> None:
    page = repeated(said, said)
    inner = html.escape(said)
    assert f'<input name="remark" value="{inner}">' in page
    assert f'<input type="search" name="q" value="{inner}">' in page
    text = page.partition('<textarea name="remark">')[2].partition("</textarea>")[0]
    assert html.unescape(text) == f"\n{said}"
    assert said not in html.unescape(page.partition("<h1>")[2])


@given(st.sampled_from(OWN), st.sampled_from(["找陈杰涛", "电话13800138000", "陈杰涛，Ann", "13800138000"]))
def test_it_is_said_again_whatever_the_application_has_put_there(said: str, stored: str) -> None:
    """Of an application that shows what it keeps, not what was sent, nobody learns whether the two are the same."""
    one, other = (repeated(echoed, said).partition("<h1>")[0] for echoed in (said, stored))
    assert one == other


def test_where_nothing_is_hidden_the_application_has_its_way() -> None:
    page = repeated("云州的事项", "找陈杰涛")
    assert '<input name="remark" value="云州的事项">' in page
    assert '<input type="search" name="q" value="云州的事项">' in page


def test_it_is_not_said_again_in_a_form_that_leads_elsewhere_nor_in_another_control() -> None:
    assert '<input name="remark" value="***">' in repeated("找陈杰涛", "找陈杰涛", "/8")
    controls = '<input name="name" value="陈杰涛"><input type="hidden" name="remark" value="找陈杰涛">'
    page = f'<form method="post">{controls}</form>'
    own = OwnWords({}, {"name": "陈杰涛", "remark": "找陈杰涛", "x": "陈杰涛"}, lambda action, asks: True)
    masked = whole(lambda: HtmlMasker(SHAPE, tally(), "utf-8", seal, Said(["陈杰涛"], own=own)), page.encode()).decode()
    assert '<input name="name" value="陈**">' in masked
    assert 'type="hidden" name="remark" value="***"' in masked


def test_a_word_of_many_guesses_is_judged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    word = "-".join(f"{number:03}x" for number in range(500))
    judged: list[str] = []
    is_vocabulary = Said._is_vocabulary
    said = Said([word], VOCABULARY)
    assert said.guesses

    def noted(self: Said, text: str) -> bool:
        judged.append(text)
        return is_vocabulary(self, text)

    monkeypatch.setattr(Said, "_is_vocabulary", noted)
    assert said.guarded(f"{word} {word}", [])
    assert len(judged) == 2


@given(st.text())
def test_folding_moves_nothing(text: str) -> None:
    assert len(folded(text)) == len(text)
    assert folded("İSTANBUL Straße") == "İstanbul straße"
