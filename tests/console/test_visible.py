import pytest

from console.visible import exactly, visible
from console.words import languages
from tests.console.bureau import Bureau


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("clerk\u202egnaw", "clerk⟨U+202E⟩gnaw"),
        ("clerk\u2066wang\u2069", "clerk⟨U+2066⟩wang⟨U+2069⟩"),
        ("clerk\u200bwang", "clerk⟨U+200B⟩wang"),
        ("clerk\x07\x85", "clerk⟨U+0007⟩⟨U+0085⟩"),
        ("clerk\u00adwang", "clerk⟨U+00AD⟩wang"),
        ("第一行\n\t第二行，王芳", "第一行\n\t第二行，王芳"),
    ],
)
def test_what_is_not_seen_is_written(name: str, shown: str) -> None:
    assert visible(name) == shown
    assert visible(exactly(name)) == name


def test_a_name_that_looks_like_another_is_shown_as_it_is_and_blocked_as_it_is(bureau: Bureau) -> None:
    name = "clerk-\u202egnaw"
    case = bureau.open(bureau.leak(persons=120, caller=name, rule="bulk_reads"))
    browser = bureau.browser("oncall")
    for address in ("/", "/cases", "/alerts", f"/cases/{case}"):
        page = browser.get(address)
        assert "clerk-⟨U+202E⟩gnaw" in page.text(), address
        assert name not in page.text(), address
    assert "控制指令已下达" in browser.submit(browser.get(f"/cases/{case}"), "quick-1").said
    bureau.office.perform_all()
    assert [entry.target for entry in bureau.office.overlay.values()] == [name]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("请处理。 Do it.", [("请处理。", "Do it.", False)]),
        ("超过时限 / timed out", [("超过时限", "timed out", False)]),
        ("the overlay is not ours", [("the overlay is not ours", "", True)]),
        ("请停用 clerk-wang", [("请停用 clerk-wang", "", False)]),
        ("一。 One.\n二。", [("一。", "One.", False), ("二。", "", False)]),
    ],
)
def test_the_languages_of_a_question(text: str, parts: list[tuple[str, str, bool]]) -> None:
    assert [(words.zh, words.en, english) for words, english in languages(text)] == parts


def test_the_english_of_a_question_is_said_to_be_english(bureau: Bureau) -> None:
    case = bureau.with_question()
    page = bureau.browser("oncall").get(f"/cases/{case}")
    (english,) = [each for each in page.all("span") if "Every request of the account" in "".join(each.itertext())]
    assert english.get("lang") == "en"
