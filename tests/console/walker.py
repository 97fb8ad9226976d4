"""Another engine: walks a playbook as CACAO 2.0 says, knows nothing of ours, and makes its `http-api` calls."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

type Book = Mapping[str, Any]

MOST_STEPS = 200
_USE = re.compile(r"(__[A-Za-z0-9_-]+__):value")
_TEST = re.compile(r"'(?P<is>[^']*)' (?P<op>!=|=|NOT IN|IN) (?P<to>'[^']*'|\([^)]*\))")


class Walked(Exception):
    """It goes no further. The message says where."""


@dataclass
class Walker:
    """One engine. *waits* is called where a call has to be made again later."""

    client: httpx.Client
    books: Mapping[str, Book]
    """By id."""
    answers: Mapping[str, str]
    """What people fill in who do manual steps."""
    waits: Callable[[], None]
    twice: bool = False
    """Whether each call is made again, as after an answer that was lost."""
    calls: list[tuple[str, int]] = field(default_factory=list)
    """The addresses that were called, and what each came to."""

    def walk(self, book: str, variables: Mapping[str, str]) -> None:
        """Walk the playbook of the id *book* to its end. Raises Walked where it comes to none."""
        raw = self.books[book]
        known = {name: each.get("value") or "" for name, each in raw["playbook_variables"].items()}
        known |= {name: value for name, value in variables.items() if name in known}
        self._branch(raw, raw["workflow_start"], known)

    def _branch(self, raw: Book, begin: str, known: dict[str, str]) -> None:
        here: str | None = begin
        for _ in range(MOST_STEPS):
            step = raw["workflow"][here]
            if step["type"] == "end":
                return
            succeeded = self._step(raw, step, known)
            after = step.get("on_success") if succeeded else step.get("on_failure")
            here = after or step.get("on_completion")
            if here is None:
                raise Walked(f"{raw['name']}: {step['name']}")
        raise Walked(f"{raw['name']}: it goes on without end")

    def _step(self, raw: Book, step: Book, known: dict[str, str]) -> bool:
        match step["type"]:
            case "action":
                return all(self._command(raw, step, command, known) for command in step["commands"])
            case "playbook-action":
                self.walk(step["playbook_id"], {name: known[name] for name in step.get("in_args", ())})
            case "parallel":
                for first in step["next_steps"]:
                    self._branch(raw, first, known)
            case "if-condition":
                if (first := step["on_true"] if _holds(step["condition"], known) else step.get("on_false")) is not None:
                    self._branch(raw, first, known)
            case "while-condition":
                while _holds(step["condition"], known):
                    self._branch(raw, step["on_true"], known)
            case "switch-condition":
                cases = step["cases"]
                first = cases.get(_filled(step["switch"], known)) or cases.get("default")
                if first is not None:
                    self._branch(raw, first, known)
            case _:  # a start does nothing
                pass
        return True

    def _command(self, raw: Book, step: Book, command: Book, known: dict[str, str]) -> bool:
        if command["type"] != "http-api":
            known |= {name: self.answers[name] for name in step.get("out_args", ())}
            return True
        method, target, _ = _filled(command["command"], known).split(" ")
        headers = {name: _filled(each[0], known) for name, each in command["headers"].items()}
        headers |= _authentication(raw, step, known)
        content = _filled(command.get("content", ""), known)
        json.loads(content)  # what a variable holds may break it
        answer = self._called(method, target, headers, content)
        if self.twice and answer.is_success:
            again = self.client.request(method, target, headers=headers, content=content)
            if (again.status_code, again.text) != (answer.status_code, answer.text):
                raise Walked(f"{target}: the second call came to {again.text}")
        self.calls.append((target, answer.status_code))
        return answer.is_success

    def _called(self, method: str, target: str, headers: Mapping[str, str], content: str) -> httpx.Response:
        for _ in range(20):
            answer = self.client.request(method, target, headers=headers, content=content)
            if answer.status_code != httpx.codes.CONFLICT or "retry-after" not in answer.headers:
                return answer
            self.waits()
        raise Walked(f"{target} is waited for without end")


def _authentication(raw: Book, step: Book, known: Mapping[str, str]) -> dict[str, str]:
    """The header that the agent of *step* is known by, as CACAO 2.0 says in its section 6.3."""
    told = raw["authentication_info_definitions"][raw["agent_definitions"][step["agent"]]["authentication_info"]]
    if told["type"] != "oauth2":
        raise Walked(f"an agent that this engine cannot be: {told['type']}")
    name, _, scheme = told["oauth_header"].partition(": ")
    return {name: f"{scheme} {_filled(told['token'], known)}"}


def _filled(text: str, known: Mapping[str, str]) -> str:
    return _USE.sub(lambda found: known[found[1]], text)


def _holds(condition: str, known: Mapping[str, str]) -> bool:
    """Whether *condition* holds: comparisons joined by OR and AND, without brackets, as the shipped playbooks have."""
    quoted = _USE.sub(lambda found: f"'{known[found[1]]}'", condition)
    return any(all(map(_test, part.split(" AND "))) for part in quoted.split(" OR "))


def _test(text: str) -> bool:
    found = _TEST.fullmatch(text.strip())
    if found is None:
        raise Walked(f"a condition that this engine cannot read: {text}")
    to = set(re.findall(r"'([^']*)'", found["to"]))
    return (found["is"] in to) is (found["op"] in ("=", "IN"))
