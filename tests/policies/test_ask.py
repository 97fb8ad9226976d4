import msgspec
import pytest

from policies.addresses import Addresses
from policies.ask import Opened, Question, Routes
from policies.links import Links
from policies.operations import About
from policies.program import ANY_WORD, KEY_PATTERN, SEGMENT, ParameterRule
from policies.view import Views
from tests.policies.compiled import SECRET, program
from tests.policies.test_view import CLERK

PROGRAM = program()
ROUTES = Routes(PROGRAM)
NOBODY = Views(PROGRAM, SECRET).strictest


def asked(*query: tuple[str, str]) -> Opened:
    return Opened("/people", query)


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/people", "GET /people"),
        ("HEAD", "/people", "GET /people"),
        ("GET", "/people/7", "GET /people/{id}"),
        ("GET", "/people/7/8", None),
        ("GET", "/people/", None),
        ("GET", "/files/a/b.css", "GET /files/{name*}"),
        ("GET", "/files/", None),
        ("PUT", "/people/7", None),
        ("GET", "/people\n", None),
        ("GET", "", None),
    ],
)
def test_finds_the_operation(method: str, path: str, expected: str | None) -> None:
    found = ROUTES.find(method, path)
    assert (found.id if found else None) == expected


LIST_RULE = next(operation for operation in PROGRAM.operations if operation.id == "GET /people")
QUESTION = Question(LIST_RULE)
HIDDEN, UNKNOWN = "question_about_hidden_field", "parameter_not_declared"


@pytest.mark.parametrize(
    ("name", "value", "nobody", "clerk"),
    [
        ("page", "2", None, None),
        ("sort", "city", None, None),
        ("sort", "name", HIDDEN, None),
        ("sort", "id_no", HIDDEN, HIDDEN),
        ("sort", "nothing", UNKNOWN, UNKNOWN),
        ("sort", "", None, None),
        ("q", "云州", None, None),
        ("city", "云州", None, None),
        ("name", "张三", HIDDEN, None),
        ("name__startswith", "张", HIDDEN, None),
        ("id_no__gt", "1", HIDDEN, HIDDEN),
        ("mobile", "138****8000", HIDDEN, HIDDEN),
        ("nothing", "1", UNKNOWN, UNKNOWN),
        ("nothing__gt", "1", UNKNOWN, UNKNOWN),
        ("city__gt", "云", None, None),
        ("city__id_no__gt", "1", UNKNOWN, UNKNOWN),  # through a relation, to some systems
        ("city__id_no", "1", UNKNOWN, UNKNOWN),
        ("city___gt", "1", UNKNOWN, UNKNOWN),
        ("__gt", "1", UNKNOWN, UNKNOWN),
        ("__contains", "1", UNKNOWN, UNKNOWN),
        ("city__", "1", UNKNOWN, UNKNOWN),
        ("where", "1=1", "parameter_refused", "parameter_refused"),
        ("WHERE", "1=1", UNKNOWN, UNKNOWN),
        ("id_no%00", "1", UNKNOWN, UNKNOWN),
    ],
)
def test_what_may_be_asked(name: str, value: str, nobody: str | None, clerk: str | None) -> None:
    for view, expected in ((NOBODY, nobody), (CLERK, clerk)):
        refusal = QUESTION.refusal(asked(("page", "1"), (name, value)), view)
        assert (refusal.code if refusal else None) == expected


LIST = Question(next(operation for operation in PROGRAM.operations if operation.id == "GET /people.csv"))
LISTED, LEFT_OUT = "listing_refused", "subject_left_out"


@pytest.mark.parametrize(
    ("name", "value", "nobody", "clerk"),
    [
        ("facet", "city", None, None),
        ("facet", "", None, None),
        ("facet", "id", LISTED, LISTED),
        ("facet", "name", LISTED, LISTED),  # the clerk sees names, but the log would hold no such list
        ("facet", "id_no", LISTED, LISTED),
        ("facet", "nothing", UNKNOWN, UNKNOWN),
        ("without", "city", None, None),
        ("without", "name", None, None),
        ("without", "id_no", LEFT_OUT, LEFT_OUT),
        ("without", "nothing", UNKNOWN, UNKNOWN),
    ],
)
def test_what_may_be_listed_and_left_out(name: str, value: str, nobody: str | None, clerk: str | None) -> None:
    for view, expected in ((NOBODY, nobody), (CLERK, clerk)):
        refusal = LIST.refusal(asked((name, value)), view)
        assert (refusal.code if refusal else None) == expected


def test_a_search_that_nobody_has_declared_may_look_into_anything() -> None:
    undeclared = Question(
        msgspec.structs.replace(
            LIST_RULE, parameters=tuple(msgspec.structs.replace(rule, fields=()) for rule in LIST_RULE.parameters)
        )
    )
    for view in (NOBODY, CLERK):
        refusal = undeclared.refusal(asked(("q", "张三")), view)
        assert refusal is not None
        assert refusal.code == HIDDEN
        assert undeclared.refusal(asked(("q", "")), view) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [("x1", None), ("page2", None), ("id_no", HIDDEN), ("Id_No", UNKNOWN), ("WHERE", UNKNOWN)],
)
def test_a_parameter_for_any_word_is_none_for_words_that_say_something(name: str, expected: str | None) -> None:
    words = ParameterRule(ANY_WORD, About.NOTHING)
    for parameters in ((words, *LIST_RULE.parameters), (*LIST_RULE.parameters, words)):
        question = Question(msgspec.structs.replace(LIST_RULE, parameters=parameters))
        refusal = question.refusal(asked((name, "x")), NOBODY)
        assert (refusal.code if refusal is not None else None) == expected


def test_a_refusal_carries_the_reason_of_the_policy() -> None:
    refusal = QUESTION.refusal(asked(("where", "x")), NOBODY)
    assert refusal is not None
    assert (refusal.zh, refusal.en) == ("不支持", "no expressions")


KEYED = msgspec.structs.replace(
    PROGRAM,
    operations=tuple(
        msgspec.structs.replace(
            operation, asked=LIST_RULE.fields["id_no"], path=operation.path.replace(SEGMENT, KEY_PATTERN)
        )
        if "{id}" in operation.id
        else msgspec.structs.replace(
            operation,
            parameters=(ParameterRule("after", About.KEY, LIST_RULE.fields["id_no"]), *operation.parameters),
        )
        if operation.id == "GET /people"
        else operation
        for operation in PROGRAM.operations
    ),
)


@pytest.mark.parametrize(
    ("address", "tells"),
    [
        ("/people", False),
        ("/people?page=2", False),
        ("/people?page=2&after=7", True),
        ("/people?page=2&after=", False),
        ("/people/7", True),
        ("/people/~E9~99~88", True),
        ("/people/%E9%99%88#x", True),
        ("https://people.localhost/people/7", True),
        ("//people.localhost/people/7", True),
        ("/files/after.css?after=1", False),
        ("?after=7", True),
        ("?page=2", False),
        ("", False),
        ("#top", False),
        ("7/edit", True),
        ("../7", True),
        ("mailto:7@people.localhost", False),
        ("http://[7", True),
    ],
)
def test_which_addresses_hold_a_hidden_key(address: str, tells: bool) -> None:
    links = Links(KEYED, NOBODY)
    assert links.may_tell
    assert Addresses(links).of(address) == (None if tells else address)


def test_no_address_holds_a_key_that_everybody_sees() -> None:
    assert not Links(PROGRAM, NOBODY).may_tell
