from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from policies.formats.html.forms import Held
from proxy.identity.caller import NOBODY, Caller
from proxy.system import FORM_LASTS_S, System
from tests.policies.compiled import DATA_KEYS, SECRET, program
from tests.policies.formats.masking import DIGESTER

SYSTEM = System(program(), "digest", DIGESTER, SECRET, DATA_KEYS)
LI, WANG = Caller(id="li"), Caller(id="wang")
NOW = datetime(2026, 11, 23, tzinfo=UTC)
HELD = Held(
    {"mobile": [("138****8000", "13800138000"), ("139****9000", "13900139000")], "note": [("***", "张\ud800")]},
    {"id": ["7"]},
    {"id_no": ["***"]},
    {"step": ["", "2"]},
)
TOKEN = SYSTEM.seal_form("/people/7", HELD, LI, NOW)


def test_a_form_carries_its_values_back() -> None:
    assert SYSTEM.open_form(TOKEN, "/people/7", LI, NOW + timedelta(seconds=FORM_LASTS_S - 1)) == HELD


@pytest.mark.parametrize(
    ("token", "target", "caller", "later"),
    [
        (TOKEN, "/people/8", LI, 0),
        (TOKEN, "", LI, 0),
        (TOKEN, "/people/7", WANG, 0),
        (TOKEN, "/people/7", NOBODY, 0),
        (TOKEN, "/people/7", LI, FORM_LASTS_S),
        (TOKEN[:-1] + ("A" if TOKEN[-1] != "A" else "B"), "/people/7", LI, 0),
        (TOKEN[:-4], "/people/7", LI, 0),
        ("", "/people/7", LI, 0),
    ],
    ids=["another record", "nowhere", "another caller", "nobody", "too late", "altered", "cut", "empty"],
)
def test_what_a_form_carries_opens_nowhere_else(token: str, target: str, caller: Caller, later: int) -> None:
    assert SYSTEM.open_form(token, target, caller, NOW + timedelta(seconds=later)) == Held()


def test_what_a_form_carries_opens_in_its_system_only() -> None:
    other = System(msgspec.structs.replace(program(), system="other"), "digest", DIGESTER, SECRET, DATA_KEYS)
    assert other.open_form(TOKEN, "/people/7", LI, NOW) == Held()


def test_how_long_it_is_does_not_tell_how_long_the_values_are() -> None:
    def length_of(value: str) -> int:
        return len(SYSTEM.seal_form("/people/7", Held({"address": [("***", value)]}), LI, NOW))

    assert len({length_of("路" * number) for number in range(150)}) == 1
    assert {length_of("路" * number) for number in (200, 320)} == {length_of("路" * 250)}
    long = Held({"address": [("***", "路" * 400)]})
    assert SYSTEM.open_form(SYSTEM.seal_form("/", long, LI, NOW), "/", LI, NOW) == long
