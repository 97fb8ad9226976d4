"""Attempts to have what a form carries of somebody else's record put into one's own, over real sockets."""

import html
import json
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode

import pytest

from tests.policies.owned import CITIZENS, declare_owned
from tests.proxy.credentials import Provider
from tests.rig import ID_NO, MOBILE, NAME, Rig, reads, rigged, shows_nothing
from tests.scripted import answering

MINE = "440524188001010014"
FORM = 'record: person, controls: "{field}", key_controls: {"which-{any}": person}'
OPERATIONS = f"""  - on: GET /edit/{{key}}
    key_of: person
    answers: {{html: {{{FORM}, own_controls: [csrf]}}}}
  - on: POST /edit/{{key}}
    key_of: person
    body: {{form: {{{FORM}}}}}
  - on: POST /save
    body: {{form: {{{FORM}}}}}
errors:
"""
RECORD = """<input type="hidden" name="id" value="1"><input name="id_no" value="{id_no}">
<input name="mobile" value="{mobile}"><textarea name="remark">转告{name}</textarea>
<input type="hidden" name="csrf" value="t"><input type="hidden" name="step" value="2">"""


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Rig, str]]:
    """A system with a form that is sent to one address for all records, and what a citizen shows."""
    provider = Provider()
    policies = declare_owned(tmp_path_factory.mktemp("policies"), provider)
    system, catalogue = policies / "systems" / "people.yaml", policies / "catalogue.yaml"
    text = system.read_text("utf-8").replace("    subject: id_no\n", "    subject: id_no\n    key: [id]\n", 1)
    text = text.replace(
        "      city: public\n", "      city: public\n      remark: {category: remark, on_write: restore}\n", 1
    )
    system.write_text(text.replace("errors:\n", OPERATIONS), "utf-8")
    remark = "  remark:\n    title: {zh: 备注, en: Remark}\n    level: general\n    mask: scan\n"
    catalogue.write_text(catalogue.read_text("utf-8") + remark, "utf-8")
    with rigged(tmp_path_factory.mktemp("gateway"), policies=policies) as made:
        token = provider.token(iss=CITIZENS, sub=MINE, posts=[], scope="openid")
        yield made, f"Authorization: Bearer {token}\r\n"


def form_of(rig: Rig, headers: str, page: str, target: str = "/edit/1") -> dict[str, str]:
    """What a browser would send of the form on *page*, as it is shown."""
    answer = rig.ask(answering(page.encode(), "text/html; charset=utf-8"), target=target, headers=headers)
    status, _, body = reads(answer)
    assert (status, shows_nothing(answer)) == (200, True)
    shown = body.decode()
    found = dict(re.findall(r'<input[^>]*name="([\w-]+)"[^>]*value="([^"]*)"', shown))
    found |= dict(re.findall(r'<textarea name="(\w+)">([^<]*)<', shown))
    return {name: html.unescape(value) for name, value in found.items()}


def save(rig: Rig, headers: str, target: str, form: dict[str, str]) -> tuple[int, dict[str, str]]:
    """The status, and what the system behind was sent."""
    headers += "Content-Type: application/x-www-form-urlencoded\r\n"
    answer = rig.ask(answering(b""), target=target, method="POST", headers=headers, body=urlencode(form).encode())
    sent = parse_qs(rig.behind.asked[-1].body.decode(), keep_blank_values=True) if rig.behind.asked else {}
    if not sent:
        assert json.loads(reads(answer)[2])["reason"] == "mask_returned"
    return reads(answer)[0], {name: values[-1] for name, values in sent.items()}


def page(action: str, more: str = "") -> str:
    record = RECORD.format(id_no=ID_NO, mobile=MOBILE, name=NAME)
    return f'<input name="name" value="{NAME}"><form method="post" action="{action}">{record}{more}</form>'


CHANGED: dict[str, dict[str, str]] = {
    "another key": {"id": "2"},
    "another key in another spelling": {"id": "02"},
    "no key": {"id": ""},
    "one's own number": {"id_no": MINE},
    "another step": {"step": "3"},
    "a record that was chosen": {"which-1": "2"},
}


@pytest.mark.parametrize("target", ["/save", "/edit/1"])
@pytest.mark.parametrize("case", CHANGED)
def test_what_it_carries_is_not_put_into_another_record(rig: tuple[Rig, str], case: str, target: str) -> None:
    shown = page(target).replace(f'<input name="id_no" value="{ID_NO}">', '<input name="id_no" value="">')
    form = form_of(*rig, shown)
    for field in ("mobile", "remark"):
        kept = {name: value for name, value in form.items() if name in ("id", "id_no", "step", "yingbi-sealed", field)}
        status, sent = save(*rig, target, kept)
        assert (status, sent[field]) == (200, {"mobile": MOBILE, "remark": f"转告{NAME}"}[field])
        assert save(*rig, target, kept | CHANGED[case]) == (409, {})


@pytest.mark.parametrize("name", ["id", "step", "id_no"])
def test_what_names_the_record_has_to_come_back(rig: tuple[Rig, str], name: str) -> None:
    shown = page("/save").replace(f'<input name="id_no" value="{ID_NO}">', '<input name="id_no" value="">')
    form = form_of(*rig, shown)
    del form[name]
    assert save(*rig, "/save", form) == (409, {})


def test_a_form_that_names_no_record_carries_nothing_that_somebody_may_read_elsewhere(rig: tuple[Rig, str]) -> None:
    form = form_of(*rig, f'<form method="post" action="/save"><input name="mobile" value="{MOBILE}"></form>')
    assert save(*rig, "/save", form) == (409, {})


def test_two_forms_do_not_lend_each_other_what_they_carry(rig: tuple[Rig, str]) -> None:
    first = form_of(*rig, page("/save"))
    second = form_of(*rig, page("/save").replace(MOBILE, "13900139000").replace('value="1"', 'value="2"'))
    kept = {"id": second["id"], "mobile": first["mobile"], "step": "2", "yingbi-sealed": first["yingbi-sealed"]}
    assert save(*rig, "/save", kept) == (409, {})
