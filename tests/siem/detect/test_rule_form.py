import pytest

from siem.detect.rule_file import Section, read_sections
from siem.detect.rule_form import is_correlation, problems_of_form

HEAD = "title: a\n"
PLAIN = HEAD + "logsource: {product: yingbi, service: access}\ndetection: {a: {user.id: b}, condition: a}\n"
CORRELATION = HEAD + "correlation: {type: t, rules: r, group-by: [g], timespan: 1h, condition: {gte: 1}}\n"
OURS = "yingbi: {what_to_do: {zh: 看, en: Look}}\n"


def section(text: str) -> Section:
    (found,) = read_sections(text, "a.yml")
    return found


@pytest.mark.parametrize("text", [PLAIN, PLAIN + OURS, CORRELATION, CORRELATION + OURS])
def test_the_two_forms_of_a_rule(text: str) -> None:
    assert problems_of_form(section(text)) == []
    assert is_correlation(section(text)) is text.startswith(CORRELATION)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD, ["`logsource` is missing", "`detection` is missing"]),
        ("correlation: {}\n", ["`title` is missing"]),
        (HEAD + "correlation: []\n", ["`correlation` is a mapping"]),
        (PLAIN.replace(", service: access", ", service: [access]"), ["`service` is a text"]),
        (CORRELATION.replace("rules: r", "rules: 3"), ["`rules` is a text or a list of texts"]),
        (CORRELATION.replace("timespan: 1h, ", ""), ["`timespan` is missing"]),
        (PLAIN + "tags: [a, 1]\n", ["`tags` is a list of texts"]),
        (PLAIN + "date: 3\n", ["`date` is a date"]),
        (PLAIN + "filter: {}\naction: global\n", ["`filter` is no key here", "`action` is no key here"]),
        (PLAIN + "yingbi: {automatic: 1, what_to_do: {}}\n", ["`automatic` is `true` or `false`"]),
        (PLAIN + "yingbi: {what_to_do: {zh: 看, en: 3}}\n", ["`en` is a text"]),
        (PLAIN + "yingbi: {}\n", ["`what_to_do` is missing"]),
    ],
)
def test_what_is_not_of_that_form(text: str, said: list[str]) -> None:
    assert [problem.message for problem in problems_of_form(section(text))] == said
