"""Of the grants that apply the most specific counts: which goes before which, and what that makes of a field."""

import pytest

from policies.decisions import decided, decided_harder, decided_sent, least_of, shows_no_more
from policies.findings import Position
from policies.formats.masker import Kind
from policies.policy import Caller
from policies.policy_kinds import Kind as CallerKind
from policies.precedence import Precedence
from policies.transforms.spec import (
    Block,
    DatePart,
    Digest,
    Drop,
    Encrypt,
    EncryptWith,
    Keep,
    Null,
    Part,
    Redact,
    Replace,
    Scan,
    Show,
    Spec,
    Token,
)
from policies.view import Views
from tests.policies.compiled import SECRET
from tests.policies.granted import grants_of, program_of, rules_of

HERE = Position("callers.yaml", 1, 1)
CALLERS = {
    "batch": Caller(
        id="batch",
        kind=CallerKind.SYSTEM,
        posts=("machine",),
        purposes=("statistics",),
        attributes={"ward": "3"},
        keys=(),
        at=HERE,
    )
}

# What is particular about two grants: whether the first goes before, the second does, or neither; `apart`: never both.
PAIRS: list[tuple[str, str, str]] = [
    ("", "", "neither"),
    ("who: {posts: [clerk]}", "who: {posts: [clerk, auditor]}", "first"),
    ("who: {posts: [clerk]}", "who: {posts: [auditor]}", "neither"),
    ("who: {posts: [clerk], not_posts: [auditor]}", "who: {posts: [auditor]}", "apart"),
    ("who: {posts: [clerk], not_posts: [auditor]}", "who: {posts: [clerk]}", "first"),
    ("who: {posts: [clerk], not_posts: [a, b]}", "who: {posts: [clerk], not_posts: [a]}", "first"),
    ("who: {posts: [clerk], not_posts: [a]}", "who: {posts: [clerk], not_posts: [b]}", "neither"),
    ("who: {all_posts: [clerk, auditor]}", "who: {posts: [clerk]}", "first"),
    ("who: {all_posts: [clerk, auditor]}", "who: {all_posts: [clerk]}", "first"),
    ("who: {all_posts: [clerk]}", "who: {posts: [clerk]}", "neither"),  # the same
    ("who: {posts: [a], all_posts: [b]}", "who: {all_posts: [a, b]}", "neither"),  # the same
    ("who: {posts: [clerk]}", "who: {signed_in: true}", "first"),
    ("who: {signed_in: true}", "who: {anyone: true}, purpose: ~", "first"),
    ("who: {anyone: true, not_posts: [guest]}, purpose: ~", "who: {anyone: true}, purpose: ~", "first"),
    ("who: {callers: [li]}", "who: {posts: [clerk]}", "neither"),  # whose posts only a token tells
    ("who: {callers: [li], all_posts: [clerk]}", "who: {posts: [clerk]}", "first"),
    ("who: {callers: [li]}", "who: {callers: [wu]}", "apart"),
    ("who: {callers: [li]}", "who: {signed_in: true}", "first"),
    ("who: {callers: [batch]}, purpose: statistics", "who: {posts: [machine]}, purpose: statistics", "first"),
    ("who: {callers: [batch]}, purpose: statistics", "who: {posts: [clerk]}, purpose: statistics", "apart"),
    ("who: {callers: [batch]}, purpose: statistics", "who: {posts: [machine], not_posts: [machine]}", "apart"),
    ("who: {callers: [batch]}, purpose: statistics", "who: {attributes: {ward: ['3']}}, purpose: statistics", "first"),
    ("who: {callers: [batch]}, purpose: statistics", "who: {attributes: {ward: ['4']}}, purpose: statistics", "apart"),
    ("who: {callers: [batch]}, purpose: statistics", "who: {posts: [machine]}, purpose: audit", "apart"),
    ("who: {attributes: {ward: ['3']}}", "who: {attributes: {ward: ['3', '4']}}", "first"),
    ("who: {attributes: {ward: ['3']}}", "who: {attributes: {ward: ['4']}}", "apart"),
    ("who: {attributes: {ward: ['3'], town: [x]}}", "who: {attributes: {ward: ['3']}}", "first"),
    ("who: {attributes: {ward: ['3']}}", "who: {attributes: {town: [x]}}", "neither"),
    ("systems: [people]", "systems: [people, others]", "first"),
    ("systems: [people]", "systems: [others]", "apart"),
    ("operations: ['GET /people']", "", "first"),
    ("operations: ['GET /people']", "operations: ['GET /people', 'GET /people/{id}']", "first"),
    ("operations: ['GET /people']", "operations: ['GET /people/{id}']", "apart"),
    ("records: [person]", "", "first"),
    ("fields: [person.name]", "records: [person]", "first"),
    ("fields: [person.name]", "fields: [person.name, home.phone]", "first"),
    ("fields: [person.name]", "fields: [home.phone]", "apart"),
    ("records: [home]", "fields: [person.name]", "apart"),
    ("records: [home], fields: [person.name]", "records: [home, person]", "first"),
    ("records: [home], fields: [home.phone]", "records: [home]", "neither"),  # the same
    ("networks: [10.1.0.0/16]", "networks: [10.0.0.0/8]", "first"),
    ("networks: [10.0.0.0/8]", "networks: [10.0.0.0/9, 10.128.0.0/9]", "neither"),  # the same
    ("networks: [10.0.0.0/8]", "networks: [11.0.0.0/8]", "apart"),
    ("networks: [10.0.0.0/8]", "networks: ['2001:db8::/32']", "apart"),
    ("networks: [10.1.0.0/16, 11.0.0.0/8]", "networks: [10.0.0.0/8]", "neither"),
    ("hours: {from: '09:00', to: '12:00'}", "hours: {from: '08:00', to: '18:00'}", "first"),
    ("hours: {from: '08:00', to: '12:00'}", "hours: {from: '12:00', to: '18:00'}", "apart"),
    ("hours: {from: '08:00', to: '12:01'}", "hours: {from: '12:00', to: '18:00'}", "neither"),
    ("hours: {days: [sun], from: '22:00', to: '06:00'}", "hours: {days: [mon, sun]}", "first"),
    ("hours: {from: '00:00', to: '24:00'}", "", "first"),
    ("purpose: p", "purpose: [p, q]", "first"),
    ("purpose: p", "purpose: q", "neither"),  # a credential may vouch for both
    ("purpose: p, not_purpose: q", "purpose: q", "apart"),
    ("purpose: p, not_purpose: q", "purpose: [p, q]", "first"),
    ("purpose: [p, q], not_purpose: q", "purpose: p", "first"),
    ("who: {anyone: true}", "who: {anyone: true}, purpose: ~", "first"),
    ("who: {anyone: true}", "who: {signed_in: true}", "neither"),  # the same: nobody in particular has a purpose
    ("who: {anyone: true}, operations: ['GET /people']", "who: {signed_in: true}", "first"),
    ("direction: request", "", "apart"),
    ("until: '2026-12-31'", "", "neither"),  # an end is no condition
    ("until: '2026-12-31', operations: ['GET /people']", "", "first"),
    ("operations: ['GET /people'], networks: [10.0.0.0/8]", "operations: ['GET /people']", "first"),
    ("operations: ['GET /people']", "networks: [10.0.0.0/8]", "neither"),
    ("hours: {days: []}", "", "apart"),
    ("networks: []", "", "apart"),
]


@pytest.mark.parametrize(("one", "other", "expected"), PAIRS)
def test_which_of_two_goes_before(one: str, other: str, expected: str) -> None:
    a, b = grants_of(a=one, b=other)
    order = Precedence([a, b], CALLERS)
    for first, second, verdict in ((a, b, "first"), (b, a, "second")):
        assert bool(order.overlap(first, second)) is (expected != "apart")
        if expected != "apart":
            assert order.goes_before(first, second) is (verdict == expected)


@pytest.mark.parametrize(("one", "other", "expected"), PAIRS)
def test_a_grant_that_goes_before_applies_only_where_the_other_does(one: str, other: str, expected: str) -> None:
    a, b = grants_of(a=one, b=other)
    order = Precedence([a, b], CALLERS)
    assert order.covers(a, a)
    if expected == "first":
        assert order.covers(b, a)
        assert (list(order.before(a)), list(order.before(b))) == ([], [a])


def name_field(**particulars: str) -> tuple[str, str | None]:
    """What becomes of names where all these grants apply, and by which."""
    program = program_of(**particulars)
    index = next(index for index, field in enumerate(program.fields) if field.name == "person.name")
    decision = decided(program, index, program.grants)
    return decision.transform, decision.grant


SHOWN, HIDDEN, LAST = (
    "sees: {person_name: show}",
    "sees: {person_name: redact}",
    "sees: {person_name: {keep: {last: 1}}}",
)
HERE_ONLY = "operations: ['GET /people']"

# Grants that apply all of them; what becomes of a name that is declared as `keep 1..0`, and by which.
APPLYING: list[tuple[dict[str, str], str, str | None]] = [
    ({}, "keep 1..0", None),
    ({"all": SHOWN}, "show", "all"),
    ({"all": HIDDEN}, "redact", "all"),
    ({"all": SHOWN, "here": f"{HIDDEN}, {HERE_ONLY}"}, "redact", "here"),
    ({"here": f"{HIDDEN}, {HERE_ONLY}", "all": SHOWN}, "redact", "here"),
    ({"all": HIDDEN, "here": f"{SHOWN}, {HERE_ONLY}"}, "show", "here"),
    (
        {
            "all": SHOWN,
            "here": f"{HIDDEN}, {HERE_ONLY}",
            "day": f"{SHOWN}, {HERE_ONLY}, hours: {{days: [mon]}}",
        },
        "show",
        "day",
    ),
    ({"all": SHOWN, "fields": f"{HIDDEN}, fields: [person.name]"}, "redact", "fields"),
    ({"all": SHOWN, "others": f"{HIDDEN}, fields: [home.phone]"}, "show", "all"),
    ({"all": SHOWN, "here": f"sees: {{mobile: redact}}, {HERE_ONLY}"}, "show", "all"),
    ({"sent": f"{SHOWN}, direction: request"}, "keep 1..0", None),
    # Those that disagree, which `check` refuses: the one that shows least.
    ({"one": SHOWN, "other": HIDDEN}, "redact", "other"),
    ({"one": SHOWN, "other": LAST}, "keep 0..1", "other"),
    ({"one": SHOWN, "other": f"{SHOWN}, purpose: p"}, "show", "one"),
]


@pytest.mark.parametrize(("grants", "transform", "by"), APPLYING)
def test_the_most_specific_decides(grants: dict[str, str], transform: str, by: str | None) -> None:
    assert name_field(**grants) == (transform, by)


def test_grants_stand_in_a_program_behind_those_that_go_before_them() -> None:
    rules = rules_of(
        all=SHOWN, here=f"{SHOWN}, {HERE_ONLY}", day=f"{SHOWN}, {HERE_ONLY}, hours: {{days: [mon]}}", other=LAST
    )
    assert list(rules) == ["day", "here", "all", "other"]
    assert {name: set(rule.yields_to) for name, rule in rules.items()} == {
        "day": set(),
        "here": {"day"},
        "all": {"here", "day"},
        "other": {"here", "day"},
    }


# Which of two shows no more than the other, for certain: the first, the second, both or neither.
LESS: list[tuple[Spec, Spec, str]] = [
    (Show(), Show(), "both"),
    (Redact(), Show(), "first"),
    (Keep(last=4), Show(), "first"),
    (Keep(last=4), Digest(), "neither"),  # which shows no character
    (Redact(), Digest(), "first"),
    (Block(), Redact(), "first"),
    (Block(), Drop(), "first"),
    (Token(), Show(), "first"),
    (Redact(), Keep(last=4), "first"),
    (Redact(), Replace("x"), "both"),
    (Drop(), Redact(), "first"),
    (Drop(), Null(), "first"),
    (Null(), Redact(), "first"),  # which leaves an empty text and an empty list as they are
    (Null(), Replace("x"), "first"),
    (Redact(), Encrypt(EncryptWith.AES), "first"),  # which can be opened again
    (Null(), Encrypt(EncryptWith.SM4), "first"),
    (Encrypt(EncryptWith.AES), Keep(last=4), "first"),
    (Digest(), Token(), "neither"),
    (Keep(last=3), Keep(last=4), "neither"),  # of four characters, the first shows three and the other none
    (Keep(first=3), Keep(last=4), "neither"),
    (Keep(first=3, last=3), Keep(first=3, last=4), "neither"),
    (Keep(first=3, last=4, fill=6), Keep(first=3, last=4), "first"),  # which tells how long the value is
    (Keep(first=3, last=4, fill=6), Keep(first=3, last=4, fill=8), "both"),
    (DatePart(Part.DECADE), DatePart(Part.YEAR), "first"),
    (Scan(), Keep(last=1), "neither"),
]


@pytest.mark.parametrize(("one", "other", "expected"), LESS)
def test_which_shows_no_more(one: Spec, other: Spec, expected: str) -> None:
    assert shows_no_more(one, other) is (expected in ("first", "both"))
    assert shows_no_more(other, one) is (expected in ("second", "both"))


def test_the_least_of_some_is_the_same_whatever_their_order() -> None:
    specs: list[Spec] = [Show(), Keep(last=4), Keep(first=3), Digest(), Scan()]
    assert least_of(specs) == least_of(specs[::-1])
    assert least_of([*specs, Redact()]) == Redact()
    assert least_of([*specs, Encrypt(EncryptWith.AES), Redact()]) == Redact()
    assert least_of([Encrypt(EncryptWith.AES), Replace("x")]) == Replace("x")
    assert least_of([Token(), Digest()]) == Digest()
    assert least_of([*specs, Redact(), Drop()]) == Drop()


@pytest.mark.parametrize(
    ("grants", "expected"),
    [
        ({}, "keep 1..0"),
        ({"all": SHOWN}, "keep 1..0"),
        ({"all": HIDDEN}, "redact"),  # what the declaration shows, some would not have seen
        ({"all": "sees: {person_name: {encrypt: aes}}"}, "redact"),  # a token can be opened again
        ({"all": "sees: {person_name: digest}"}, "redact"),  # what shows no character, and no mask shows as little
        ({"all": LAST}, "redact"),  # neither shows less than the other
        ({"all": f"{HIDDEN}, fields: [home.phone]"}, "keep 1..0"),
        ({"all": f"{HIDDEN}, direction: request"}, "keep 1..0"),
    ],
)
def test_what_is_masked_harder_is_no_wider_than_any_rule(grants: dict[str, str], expected: str) -> None:
    program = program_of(**grants)
    index = next(index for index, field in enumerate(program.fields) if field.name == "person.name")
    assert decided_harder(program, index).transform == expected
    view = Views(program, SECRET).of(program.grants, harder=True)
    assert view.decisions[index].transform == expected
    assert (view.grants, view.purpose) == ((), "")


def test_what_is_sent_is_decided_apart() -> None:
    program = program_of(
        shown=SHOWN,
        sent="direction: request, sees: {free_text: scan}",
        here=f"direction: request, sees: {{free_text: redact}}, {HERE_ONLY}",
    )
    names = {field.name: index for index, field in enumerate(program.fields)}
    view = Views(program, SECRET).of(program.grants)
    assert view.sent[names["person.note"]].transform == "redact"
    assert view.sent[names["person.name"]].transform == "show"
    assert view.decisions[names["person.note"]].grant is None
    assert view.actions[names["person.note"]].kind is Kind.MASK
    without = [grant for grant in program.grants if grant.id != "here"]
    assert decided_sent(program, names["person.note"], without).transform == "scan"
    assert Views(program, SECRET).of(without, harder=True).sent[names["person.note"]].transform == "scan"


def test_of_two_scans_the_one_that_reads_short_texts_too_shows_less() -> None:
    every, long = Scan(prose=True), Scan()
    assert least_of([long, every]) == least_of([every, long]) == every
    assert shows_no_more(every, long)
    assert not shows_no_more(long, every)
