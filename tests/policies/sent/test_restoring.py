"""What a form carries is put back only where it tells no more than where it was; the rest over real sockets."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.compiling.system import compile_system
from policies.formats.html.forms import Held
from policies.formats.sent_form import Part
from policies.load import load_policy
from policies.program_shapes import HtmlShapes
from policies.sent.restoring import Restoring
from tests.policies.compiled import GOOD as GOOD_FOLDER
from tests.policies.compiled import program
from tests.policies.granted import good_policy, program_of, reveals_of

GOOD = program()
POST = next(operation for operation in GOOD.operations if operation.id == "POST /people")
assert POST.body.html is not None
SHAPES: HtmlShapes = msgspec.structs.replace(POST.body.html, key=("id",))
CARRIED = {"mobile": [("138****8000", "13800138000")]}
SENT = [Part("mobile", "138****8000")]


@pytest.mark.parametrize(
    ("grant", "is_alike"),
    [
        ("sees: {person_name: show}", True),
        ("sees: {mobile: show}", True),  # whoever it is shown to may read it in any record
        ("sees: {mobile: {keep: {first: 3, last: 4}}}, who: {owner: self}", True),
        ("sees: {mobile: show}, who: {owner: self}, purpose: ~", False),
        ("sees: {mobile: redact}, who: {owner: acting, posts: [clerk]}", False),
        ("sees: {mobile: show}, rows: {person.city: {is: [x]}}", False),
        ("sees: {mobile: show}, operations: ['GET /people/{id}']", False),
        ("sees: {mobile: show}, operations: ['GET /people/{id}'], direction: request", True),
        ("sees: {mobile: show}, records: [home], who: {owner: self}", True),
        ("sees: {mobile: scan}", False),
    ],
)
def test_of_whose_record_nobody_can_tell_what_is_hidden_alike_is_put_back(grant: str, is_alike: bool) -> None:
    restoring = Restoring(program_of(one=grant))
    for held, sent, named in (
        (Held(CARRIED), SENT, False),
        (Held(CARRIED, {"id": [""]}), [*SENT, Part("id")], False),
        (Held(CARRIED, {}, {"id_no": ["***"]}), [*SENT, Part("id_no", "11010519491231002X")], True),
        (Held(CARRIED, {}, {}), [*SENT, Part("id_no", "11010519491231002X")], True),
    ):
        assert restoring.carried(held, sent, SHAPES, names_record=named) == (CARRIED if is_alike else {})
    for held, sent, named in (
        (Held(CARRIED), SENT, True),
        (Held(CARRIED, {"id": ["7"]}), [*SENT, Part("id", " 7\r\n")], False),
        (Held(CARRIED, {"id": ["7"]}, {"id_no": ["***"]}), [*SENT, Part("id_no", "***"), Part("id", "7")], True),
    ):
        assert restoring.carried(held, sent, SHAPES, names_record=named) == CARRIED


@pytest.mark.parametrize(
    ("reveal", "is_alike"), [("categories: [mobile]", False), ("categories: [mobile], break_glass: true", True)]
)
def test_what_can_be_asked_for_of_one_person_is_put_back_in_a_record_of_that_person(
    reveal: str, is_alike: bool
) -> None:
    policy = good_policy(reveals=reveals_of(one=reveal))
    restoring = Restoring(compile_system(policy, policy.systems["people"], load_policy(GOOD_FOLDER).jwks))
    number, other = Part("id_no", "***"), Part("id_no", "11010519491231002X")
    of_whom = Held(CARRIED, {}, {"id_no": ["***"]})
    nobodys = Held(CARRIED, {}, {"id_no": [""]})
    for held, sent, expected in (
        (of_whom, [*SENT, number], CARRIED),
        (of_whom, [*SENT, other], CARRIED if is_alike else {}),
        (nobodys, [*SENT, Part("id_no")], CARRIED if is_alike else {}),
    ):
        assert restoring.carried(held, sent, SHAPES, names_record=False) == expected


def test_text_that_nobody_declared_and_everybody_reads_is_not_hidden_alike() -> None:
    held, sent = Held({"note2": [("找***", "找张三")]}), [Part("note2", "找***")]
    restoring = Restoring(GOOD)
    assert restoring.carried(held, sent, SHAPES, names_record=False) == held.carried
    scanned = msgspec.structs.replace(SHAPES, scanned=True)
    assert restoring.carried(held, sent, scanned, names_record=False) == {}


names = st.sampled_from(["id", "pk", "step"])
values = st.lists(st.tuples(names, st.sampled_from(["", "1", "2"])), max_size=4)


@given(values, values)
def test_a_form_that_says_something_else_has_nothing_put_back(
    shown: list[tuple[str, str]], came: list[tuple[str, str]]
) -> None:
    held = Held(CARRIED)
    for name, value in shown:
        (held.key if name == "id" else held.unseen).setdefault(name, []).append(value)
    sent = [*SENT, *(Part(name, value) for name, value in came)]
    agrees = all(
        [value for said, value in shown if said == name] == [value for said, value in came if said == name]
        for name in {"id", *(name for name, _ in shown)}
    )
    found = Restoring(GOOD).carried(held, sent, SHAPES, names_record=True)
    assert found == (CARRIED if agrees else {})
