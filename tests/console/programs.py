"""A program that uses the API, with a token of somebody."""

import itertools
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from jsonschema.exceptions import best_match  # type: ignore[import-untyped]

from console.access import API
from console.roles import Role
from tests.console.browser import HOST, InProcess
from tests.console.bureau import Bureau

_KEYS = itertools.count(1)


@dataclass
class Program:
    """Whose token it has."""

    client: httpx.Client
    token: str

    def get(self, path: str) -> httpx.Response:
        return self.ask("GET", path)

    def post(self, path: str, once: str = "", /, **body: object) -> httpx.Response:
        return self.ask("POST", path, body, once)

    def ask(self, method: str, path: str, body: object = None, once: str = "") -> httpx.Response:
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        if method == "POST":
            headers["idempotency-key"] = once or f"key-{next(_KEYS)}"
        json = body if method == "POST" else None
        answer = self.client.request(method, API + path, json=json, headers=headers)
        if answer.is_success and "application/json" in answer.headers.get("content-type", ""):
            if not _VALIDATORS:
                _learn(self.client, headers)
            check_answer(method, API + path.partition("?")[0], answer)
        return answer

    def case(self, number: str) -> Any:
        return self.get(f"/cases/{number}").json()


_VALIDATORS: list[tuple[str, re.Pattern[str], Draft202012Validator]] = []


def _learn(client: httpx.Client, headers: dict[str, str]) -> None:
    """Of each route what it answers, by the document that programs are given."""
    document = client.get(f"{API}/openapi.json", headers=headers).json()
    for path, item in document["paths"].items():
        for method, told in item.items():
            (success,) = (status for status in told["responses"] if status != "default")
            content = told["responses"][success]["content"]
            assert content, f"{method} {path} says neither what it answers nor which file"
            if "application/json" not in content:
                continue
            schema = content["application/json"]["schema"]
            validator = Draft202012Validator({"components": document["components"], **schema})
            _VALIDATORS.append((method.upper(), re.compile(re.sub(r"{\w+}", "[^/]+", path)), validator))


def check_answer(method: str, path: str, answer: httpx.Response) -> None:
    """Whatever any test is answered is as the document says."""
    known = [each for verb, pattern, each in _VALIDATORS if verb == method and pattern.fullmatch(path)]
    assert known, f"{method} {path} answers JSON, which the document does not say"
    for validator in known:
        problem = best_match(validator.iter_errors(answer.json()))
        assert problem is None, f"{method} {path}: {problem.json_path if problem else ''} {problem}"


def program(bureau: Bureau, name: str, *, attended: bool = False, roles: frozenset[Role] | None = None) -> Program:
    """One with a token of *name*, made now."""
    bureau.employ(name)
    account = next(each for each in bureau.accounts.all() if each.name == name)
    token = bureau.desk.tokens.make(
        account, f"t{next(_KEYS)}", timedelta(hours=8), roles or account.roles, attended=attended
    )
    return Program(client_of(bureau), token)


def client_of(bureau: Bureau) -> httpx.Client:
    return httpx.Client(transport=InProcess(bureau.app), base_url=f"https://{HOST}")
