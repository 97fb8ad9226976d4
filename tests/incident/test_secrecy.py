from collections.abc import Callable
from typing import Any

import pytest

from incident.graph import SHIPPED, load_playbooks
from incident.playbook import read_playbook
from incident.secrecy import secrets_in
from tests.incident.books import identify, manual, raw_book, step_id, text_of

type Raw = dict[str, Any]
DO = str(step_id("do"))
LOGIN, OAUTH = identify("http-basic", "a"), identify("oauth2", "a")
VALUE = "Kq7-pine-harbour"


def with_command(**more: Any) -> Callable[[Raw], None]:
    def change(raw: Raw) -> None:
        raw["workflow"][DO]["commands"] = [{"type": "http-api", "command": "GET / HTTP/1.1", **more}]

    return change


def with_variable(name: str) -> Callable[[Raw], None]:
    return lambda raw: raw["playbook_variables"].update({name: {"type": "string", "value": VALUE}})


def with_login(kind: str, **more: Any) -> Callable[[Raw], None]:
    return lambda raw: raw.update(authentication_info_definitions={identify(kind, "a"): {"type": kind, **more}})


HELD = [
    ("password", with_login("http-basic", user_id="u", password=VALUE), LOGIN),
    ("token", with_login("oauth2", oauth_header="Authorization: Bearer", token=VALUE), OAUTH),
    ("variable", with_variable("__db_password__"), "__db_password__"),
    ("variable in camel case", with_variable("__x-api-key__"), "__x-api-key__"),
    ("header", with_command(headers={"Authorization": [f"Bearer {VALUE}"]}), DO),
    ("own header", with_command(headers={"X-Api-Key": [VALUE]}), DO),
    ("content", with_command(content=f'{{"password": "{VALUE}"}}'), DO),
    ("query", with_command(command=f"GET /?api_key={VALUE} HTTP/1.1"), DO),
    ("address", with_command(command=f"GET https://u:{VALUE}@x.example/ HTTP/1.1"), DO),
    ("Chinese", with_command(content=f"口令：x 密码={VALUE}"), DO),
    ("key", with_command(content="-----BEGIN RSA PRIVATE KEY-----"), DO),
    ("shell", with_command(type="ssh", command=f"sshpass -p {VALUE} ssh x"), DO),
    ("behind a variable", with_command(content=f'{{"token": "__t__:value", "secret": "{VALUE}"}}'), DO),
]
FREE = [
    ("nothing", with_command()),
    ("kept by a key store", with_login("http-basic", user_id="u", password="ref", kms=True)),
    ("variable", with_login("http-basic", user_id="u", password="__p__:value")),
    ("variable to be given", lambda raw: raw["playbook_variables"].update({"__token__": {"type": "string"}})),
    ("header by a variable", with_command(headers={"Authorization": ["Bearer __t__:value"]})),
    ("content by a variable", with_command(content='{"password": "__p__:value"}')),
    ("variable by a telling name", with_command(content='{"credential": "__credential__:value", "hours": 24}')),
    ("talk of a variable", with_command(type="manual", command="请吊销凭证 __credential__:value，然后在此登记。")),
    ("talk of passwords", with_command(type="manual", command="请其修改密码，重置 token 后再登录。")),
]


def held_in(change: Callable[[Raw], None]) -> list[tuple[str, str]]:
    raw = raw_book(start={"then": "do"}, do=manual(ok="end"), end={})
    change(raw)
    book, findings = read_playbook(text_of(raw), "x.json")
    assert book is not None, findings
    return list(secrets_in(book))


@pytest.mark.parametrize(("change", "at"), [row[1:] for row in HELD], ids=[row[0] for row in HELD])
def test_a_secret_in_clear_is_found_and_not_repeated(change: Callable[[Raw], None], at: str) -> None:
    found = held_in(change)
    assert [place for place, _ in found] == [at]
    assert VALUE not in found[0][1]


@pytest.mark.parametrize("change", [row[1] for row in FREE], ids=[row[0] for row in FREE])
def test_what_holds_none_is_left_alone(change: Callable[[Raw], None]) -> None:
    assert held_in(change) == []


def test_none_of_ours_holds_one() -> None:
    for book in load_playbooks(SHIPPED).values():
        assert list(secrets_in(book)) == []
