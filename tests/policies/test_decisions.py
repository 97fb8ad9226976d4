"""The compiled program does what a slow and obvious interpreter does; what that cannot settle is refused."""

import copy
import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from policies.applies import Applying, Asking
from policies.checks.together import check
from policies.choose import countable
from policies.compiling.kept import Kept
from policies.compiling.system import compile_system
from policies.digest import is_exact
from policies.findings import Findings
from policies.formats.masker import Tally, Withheld
from policies.formats.prose import Prose
from policies.load import load_policy
from policies.policy import Policy
from policies.program import Program
from policies.transforms.spec import DatePart, Digest, Drop, Keep, Part, Redact, Replace, Show, Spec
from policies.view import Views
from tests.effort import examples
from tests.policies.formats.masking import DIGESTER
from tests.policies.granted import grants_of
from tests.policies.reference import BEIJING, Exchange, Reference, World
from tests.policies.reference_bodies import SECRET, Body, Refused

CATALOGUE = """categories:
  name: {title: {zh: 姓名, en: Name}, level: general, mask: {keep: {first: 1}}}
  phone: {title: {zh: 电话, en: Phone}, level: general, mask: redact}
  born: {title: {zh: 生日, en: Born}, level: general, mask: {date: {to: year}}}
  card: {title: {zh: 卡号, en: Card}, level: general, mask: redact}
"""
CALLERS = f"""callers:
  - id: batch
    kind: system
    posts: [a]
    purposes: [p]
    attributes: {{ward: "3"}}
    keys: [{{id: K, sha256: "{1:064}", until: 2030-01-01}}]
"""
SYSTEM = """system: {name}
title: {{zh: 系统, en: System}}
hosts: [{name}.localhost]
upstream: http://127.0.0.1:9
state: enforcing
identity:
  api_keys: true
  jwt: [{{issuer: "https://id.example", audience: x, keys: idp.json, attribute_claims: [ward]}}]
records:
  person:
    subject: card
    fields:
      id: public
      card: card
      ward: public
      note: scan
      name: name
      alias: name
      mobile: phone
      born: {{category: born, mask: redact}}
      home: {{record: home}}
      kin: {{record: kin}}
  home:
    fields: {{street: public, phone: phone, owner: name}}
  kin:
    subject: card
    fields: {{card: card, name: name, mobile: phone, note: scan}}
operations:
  - on: GET /people
    allow: [anyone]
    prose: false
    answers:
      json: {{/total: public, /note: scan, /first: {{record: person}}, "/items/*": {{record: person}}}}
  - on: GET /all
    allow: [anyone]
    prose: false
    answers:
      json: {{/total: public, /note: scan, /first: {{record: person}}, "/items/*": {{record: person}}}}
"""
FIELDS = [
    "person.name",
    "person.alias",
    "person.mobile",
    "person.born",
    "person.card",
    "home.phone",
    "home.owner",
    "kin.name",
    "kin.mobile",
]
MONDAY = datetime(2026, 11, 23, tzinfo=BEIJING)
TO_COME = "GET /an-operation-to-come"
WORLD = World(
    ids=("li", "zhu"),
    posts=("a", "b"),
    purposes=("p", "q"),
    attributes=((), (("ward", "3"),), (("ward", "4"),)),
    operations=("GET /people", "GET /all", TO_COME),
    addresses=("10.1.0.1", "10.2.0.1", "11.0.0.1", "192.0.2.1"),
    moments=tuple(MONDAY + timedelta(hours=hours) for hours in (5, 9, 23, 24 + 5, 24 + 9, 24 + 20)),
)

SPECS: st.SearchStrategy[Spec] = st.sampled_from(
    [Show(), Redact(), Keep(last=2), Keep(first=1), Digest(), DatePart(Part.MONTH), Drop(), Replace("已隐藏")]
)
WRITTEN = st.sampled_from(
    ["show", "redact", "{keep: {last: 2}}", "digest", "drop", "'null'", "scan", "block", "{date: {to: month}}"]
)
SEES = st.dictionaries(st.sampled_from(["name", "phone", "born", "card"]), WRITTEN, min_size=1, max_size=2)


def some(*names: str, least: int = 1) -> st.SearchStrategy[str]:
    """A list of some of *names*, as it is written."""
    lists = st.lists(st.sampled_from(names), min_size=least, max_size=2, unique=True)
    return lists.map(lambda chosen: json.dumps(sorted(chosen)))


WHO = st.one_of(
    st.fixed_dictionaries(
        {"posts": some("a", "b")},
        optional={"callers": some("li", "batch"), "all_posts": some("a", "b"), "not_posts": some("a", "b")},
    ),
    st.fixed_dictionaries({"callers": some("li", "zhu", "batch")}, optional={"all_posts": some("a", "b")}),
    st.fixed_dictionaries({"all_posts": some("a", "b")}, optional={"not_posts": some("a", "b")}),
    st.fixed_dictionaries(
        {"attributes": some("3", "4").map("{{ward: {}}}".format)}, optional={"not_posts": some("a", "b")}
    ),
    st.fixed_dictionaries({"signed_in": st.just("true")}, optional={"not_posts": some("a", "b")}),
    st.fixed_dictionaries({"anyone": st.just("true")}, optional={"not_posts": some("a", "b")}),
    st.fixed_dictionaries({"owner": st.sampled_from(["self", "acting"])}, optional={"posts": some("a", "b")}),
)
CONDITIONS = st.fixed_dictionaries(
    {"who": WHO.map(lambda who: _mapping(who))},
    optional={
        "operations": some("GET /people", "GET /all"),
        "records": some("person", "home", "kin"),
        "fields": some(*FIELDS),
        "direction": st.sampled_from(["answer", "request"]),
        "networks": some("10.1.0.0/16", "10.0.0.0/8", "11.0.0.0/8"),
        "hours": st.sampled_from(
            ["{days: [mon]}", "{from: '08:00', to: '18:00'}", "{days: [mon, tue], from: '22:00', to: '06:00'}"]
        ),
        "not_purpose": some("p", "q"),
        "rows": st.sampled_from(
            [
                "{person.ward: {is: ['3']}}",
                "{person.ward: {is_attribute: ward}}",
                "{person.ward: {is: ['3', '4']}, kin.name: {is: [张三丰]}}",
                "{home.owner: {is: [𠮷野家, ab]}}",
            ]
        ),
        "at_most": st.sampled_from(["1", "2"]),
        "until": st.sampled_from(["'2027-06-30'", "'2028-06-30'"]),
    },
)
NARROWING = st.sampled_from(
    [
        {"operations": '["GET /all"]'},
        {"networks": '["10.1.0.0/16"]'},
        {"hours": "{days: [mon]}"},
        {"fields": '["person.name", "home.phone"]'},
        {"not_purpose": '["q"]'},
    ]
)
USUAL = st.fixed_dictionaries({"systems": some("one", "two"), "purpose": some("p", "q")})
GRANT = st.tuples(CONDITIONS, USUAL, SEES).map(lambda drawn: (drawn[0] | drawn[1], drawn[2]))
TEXT = st.sampled_from(["", "x", "ab", "张三丰", "13800138000", "1949-12-31", "1949-12", "𠮷野家", "已隐藏", "***"])
VALUE = TEXT | st.integers(0, 9) | st.none() | st.booleans() | st.lists(TEXT, max_size=2)
ROWS = st.sampled_from(["3", "3", "4", 3, None])
CARD = st.sampled_from(["A1", "A1", "B2", "B2", "a1", "11010519491231002x", 7, 0, "", None, True])
PROSE = st.lists(TEXT | st.just("联系人李四"), max_size=3).map("，".join)
NOTE = PROSE | PROSE | st.lists(PROSE, max_size=2) | st.none() | st.integers(0, 9)
HOME = st.dictionaries(st.sampled_from(["street", "phone", "owner", "new"]), TEXT | st.none() | st.integers(0, 9))
KIN = st.fixed_dictionaries({}, optional={"card": CARD, "name": VALUE, "mobile": VALUE, "note": NOTE})
PERSON = st.fixed_dictionaries(
    {"ward": ROWS},
    optional={
        "id": st.integers(0, 9),
        "card": CARD,
        "note": NOTE,
        "home": HOME | st.none() | st.lists(HOME, max_size=2),
        "kin": KIN | st.none() | st.lists(KIN, max_size=2),
        "new": VALUE | st.dictionaries(st.just("x"), TEXT),
        **{name.partition(".")[2]: VALUE for name in FIELDS[:4]},
    },
)
FULL = {
    "id": 1,
    "card": "A1",
    "ward": "3",
    "name": "张三丰",
    "alias": "阿三",
    "mobile": "13800138000",
    "born": "1949-12-31",
    "note": "张三丰与李四同住，13900139000",
    "home": {"street": "幸福路", "phone": "010-12345678", "owner": "李四"},
    "kin": {"card": "B2", "name": "张三丰", "mobile": "13900139000", "note": "阿三"},
}
PEOPLE = st.fixed_dictionaries(
    {"items": st.lists(PERSON, max_size=3).map(lambda people: [copy.deepcopy(FULL), *people])},
    optional={"total": TEXT | st.integers(0, 9), "more": VALUE, "note": NOTE, "first": PERSON | st.none()},
)
WHOSE = st.sampled_from([("", ""), ("A1", ""), ("", "A1"), ("B2", "A1"), ("A1", "A1"), ("a1", "11010519491231002X")])


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    folder = tmp_path_factory.mktemp("policies")
    (folder / "systems").mkdir()
    for name, text in {"catalogue": CATALOGUE, "callers": CALLERS, "grants": "grants: []\n"}.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    for name in ("one", "two"):
        (folder / "systems" / f"{name}.yaml").write_text(SYSTEM.format(name=name), "utf-8")
    return load_policy(folder).policy


def with_grants(base: Policy, data: st.DataObject) -> Policy:
    """*base* with masks and grants that are drawn; half of the grants are narrower than one before."""
    written: list[tuple[dict[str, str], dict[str, str]]] = []
    drawn = data.draw(st.lists(GRANT, min_size=3, max_size=6))
    for grant, sees in drawn:
        is_narrower = data.draw(st.booleans())
        if not written or not is_narrower:
            written.append((fitting(grant), sees))
            continue
        wider, seen = written[data.draw(st.integers(0, len(written) - 1))]
        narrowing = data.draw(NARROWING)
        written.append((fitting(narrowing | grant | wider), {category: data.draw(WRITTEN) for category in seen}))
    categories = {name: replace(one, mask=data.draw(SPECS)) for name, one in base.categories.items()}
    particulars = {
        f"g{number}": ", ".join(f"{key}: {value}" for key, value in (grant | {"sees": _mapping(sees)}).items())
        for number, (grant, sees) in enumerate(written)
    }
    return replace(base, grants=tuple(grants_of(**particulars)), categories=categories)


def fitting(grant: dict[str, str]) -> dict[str, str]:
    """*grant* without what says nothing beside the rest: limits are on everybody's records in answers."""
    is_limited = "owner:" not in grant["who"] and grant.get("direction") != "request"
    if "owner:" in grant["who"]:
        grant = grant | {"direction": "answer"}
    return {key: value for key, value in grant.items() if is_limited or key not in ("rows", "at_most")}


def _mapping(entries: dict[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in entries.items()) + "}"


def errors_of(policy: Policy) -> set[str]:
    findings = Findings()
    check(policy, {"idp.json": "{}"}, None, findings, Kept())
    return {finding.code for finding in findings.errors}


def produced(program: Program, exchange: Exchange, body: Any) -> Any:
    """What the product makes of *body*. Raises Withheld."""
    asker = exchange.asker
    asking = Asking(
        caller=asker.id,
        posts=asker.posts,
        purposes=asker.purposes,
        attributes=dict(asker.attributes),
        address=exchange.address,
        operation=exchange.operation,
        now=exchange.now.timestamp(),
    )
    own, acting = (DIGESTER(name) if is_exact(name) else "" for name in (asker.own, asker.acting))
    view = Views(program, SECRET).of(countable(Applying(program).to(asking), own=own, acting=acting))
    choice = view.choice(own=own, acting=acting, attributes=dict(asker.attributes))
    operation = next(one for one in program.operations if one.id == exchange.operation)
    tally = Tally(DIGESTER, prose=Prose(operation.prose))
    masker = view.maskers.of(operation.answers, "json", tally, "utf-8", lambda *form: "", None, choice)
    assert masker is not None
    return json.loads(b"".join([*masker.feed(json.dumps(body).encode()), *masker.close()]))


@given(st.data())
@settings(max_examples=examples(60), deadline=None, phases=[Phase.generate, Phase.shrink])
def test_what_disagrees_for_somebody_is_refused_and_nothing_else_is(base: Policy, data: st.DataObject) -> None:
    policy = with_grants(base, data)
    assert ("rules-disagree" in errors_of(policy)) is Reference(policy, WORLD).is_ambiguous()


@given(st.data())
@settings(max_examples=examples(60), deadline=None, phases=[Phase.generate, Phase.shrink])
def test_a_program_does_what_the_interpreter_does(base: Policy, data: st.DataObject) -> None:
    drawn = with_grants(base, data)
    policy = replace(drawn, grants=tuple(Reference(drawn, WORLD).agreeing()))
    programs = {name: compile_system(policy, system, {"idp.json": "{}"}) for name, system in policy.systems.items()}
    reference = Reference(policy, WORLD)
    body = data.draw(PEOPLE)
    own, acting = data.draw(WHOSE)
    for kind in reference.kinds():
        if kind.operation == TO_COME:
            continue
        exchange = replace(kind, asker=replace(kind.asker, own=own, acting=acting))
        try:
            expected = Body(reference, exchange).becomes(body)
        except Refused:
            with pytest.raises(Withheld):
                produced(programs[exchange.system], exchange, body)
        else:
            assert produced(programs[exchange.system], exchange, body) == expected
