"""Every hook of mitmproxy through which content could pass is masked or refused, and no other is left over."""

import importlib
import inspect
from collections.abc import Callable
from dataclasses import make_dataclass
from pathlib import Path
from typing import Any, cast

import mitmproxy
import pytest
from mitmproxy import hooks
from mitmproxy.http import HTTPFlow
from mitmproxy.test import tflow

from proxy.addon import CONTENT_HOOKS, CONTENTLESS_HOOKS, Hooks
from proxy.exchange import begin_exchange, exchange_of
from proxy.gate import Gate
from proxy.ledger import Ledger
from tests.proxy.parts import Parts, answer_of, flow_of


def every_hook_of_mitmproxy() -> set[str]:
    """The names of all hooks that any module of mitmproxy defines, loaded by default or not."""
    (root,) = map(Path, mitmproxy.__path__)
    for path in root.rglob("*.py"):
        if "Hook)" in path.read_text("utf-8"):
            importlib.import_module(".".join(("mitmproxy", *path.relative_to(root).with_suffix("").parts)))
    return set(hooks.all_hooks)


def test_every_hook_is_listed_and_none_that_is_gone() -> None:
    """A hook that a new version adds must be entered in the table before anything passes it."""
    assert set(CONTENT_HOOKS) | CONTENTLESS_HOOKS == every_hook_of_mitmproxy()
    assert not set(CONTENT_HOOKS) & CONTENTLESS_HOOKS


def test_a_hook_of_a_new_version_is_missed_in_the_list_whatever_it_is_called_with() -> None:
    """One that is called with something of its own, and not with a flow, carries content as well."""
    made: Any = make_dataclass("BodyArrivedHook", [("body", bytes), ("is_last", bool)], bases=(hooks.Hook,))
    try:
        assert every_hook_of_mitmproxy() - set(CONTENT_HOOKS) - CONTENTLESS_HOOKS == {"body_arrived"}
    finally:
        del hooks.all_hooks[made.name]


@pytest.mark.parametrize("name", CONTENT_HOOKS)
def test_what_is_listed_is_there(name: str) -> None:
    assert CONTENT_HOOKS[name] in ("masked", "refused")
    assert callable(getattr(Hooks, name))


def test_nothing_is_hooked_that_is_not_listed() -> None:
    methods = {name for name, _ in inspect.getmembers(Hooks, inspect.isfunction) if not name.startswith("_")}
    assert methods - {"fail", "gone"} == set(CONTENT_HOOKS)


class Tripping:
    """A gate that fails whatever is asked of it."""

    def __init__(self) -> None:
        self.failed: list[tuple[str, str]] = []
        self.withholding = self

    def __getattr__(self, name: str) -> Any:
        raise ZeroDivisionError

    def fail(self, flow: HTTPFlow, hook: str, kind: str) -> None:
        self.failed.append((hook, kind))


@pytest.mark.parametrize("name", [name for name, how in CONTENT_HOOKS.items() if how == "masked"])
def test_a_hook_that_masks_fails_into_nothing_shown(parts: Parts, name: str) -> None:
    flow = flow_of()
    flow.response = answer_of(b'{"name": "secret of the system behind"}')
    begin_exchange(flow, Ledger(parts.log, lambda: parts.now, "127.0.0.1"))
    gate = Tripping()
    getattr(Hooks(cast(Gate, gate)), name)(flow)
    assert gate.failed == [(name, "ZeroDivisionError")]


@pytest.mark.parametrize("name", [name for name in CONTENT_HOOKS if name.startswith(("http_connect", "websocket"))])
def test_tunnels_and_upgrades_are_cut(parts: Parts, name: str) -> None:
    flow = flow_of()
    getattr(Hooks(parts.gate), name)(flow)
    assert flow.error is not None
    assert parts.cut == [flow.client_conn]


KINDS: dict[str, Callable[[], Any]] = {"tcp": tflow.ttcpflow, "udp": tflow.tudpflow, "dns": tflow.tdnsflow}


@pytest.mark.parametrize("name", [name for name in CONTENT_HOOKS if name.startswith(("tcp", "udp", "dns"))])
def test_whatever_is_not_http_is_killed(parts: Parts, name: str) -> None:
    flow = KINDS[name[:3]]()
    flow.live = True
    getattr(Hooks(parts.gate), name)(flow)
    assert not flow.live


def test_nobody_gets_in_by_socks(parts: Parts) -> None:
    data = type("Socks5AuthData", (), {"valid": False})()
    Hooks(parts.gate).socks5_auth(data)
    assert not data.valid


def test_a_failure_puts_an_error_in_the_answers_place(parts: Parts) -> None:
    """The conversation of a request whose answer trips the gate: the caller sees an error and nothing else."""
    parts.serve()
    hooks = Hooks(parts.gate)
    flow = flow_of()
    hooks.requestheaders(flow)
    hooks.request(flow)
    assert flow.response is None, "it is sent on"
    flow.response = answer_of(b'{"total": 1}')
    hooks.responseheaders(flow)
    exchange = exchange_of(flow)
    assert exchange is not None
    exchange.treatment = None
    exchange.forward = None
    hooks.response(flow)
    assert shown(flow)[0] == 500
    assert parts.said == ["response AssertionError"]
    assert [event["event"]["reason"] for event in parts.events()] == ["internal_error"]


def shown(flow: HTTPFlow) -> tuple[int, bytes]:
    assert flow.response is not None
    return flow.response.status_code, flow.response.raw_content or b""
