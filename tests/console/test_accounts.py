"""Accounts: who may be what, how sessions begin and end, and what somebody learns who tries names and passwords."""

import re
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event

from console.accounts import METADATA, Accounts, Role
from console.devices import MOST_MARKS
from console.roles import SEPARATED
from console.sessions import IDLE, LIFETIME
from incident.database import open_database
from incident.ids import NotPermitted, PersonId
from tests.console.people import CHEAP, PASSWORD, PEOPLE, hire
from tests.effort import examples
from tests.incident.office import TEN, Watch

OTHER = "another sentence to sign in with"
SUN = PersonId("p-sun")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path / 'state.db'}")
    METADATA.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def accounts(engine: Engine, watch: Watch) -> Accounts:
    return Accounts(engine, watch, CHEAP)


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(NotPermitted) as refused:
        act()
    assert re.search("[一-鿿]", refused.value.zh)
    return str(refused.value)


def fail(accounts: Accounts, times: int, name: str = "press", source: str = "10.0.0.9") -> list[str]:
    return [refusal(lambda: accounts.sign_in(name, "wrong", source=source)) for _ in range(times)]


# -- accounts


def test_an_account_is_as_it_was_made(accounts: Accounts, watch: Watch) -> None:
    assert not accounts.any()
    accounts.create("sun", SUN, frozenset({Role.OFFICER, Role.PRESS}), PASSWORD, must_change=True)
    assert accounts.any()
    (account,) = accounts.all()
    assert (account.name, account.person) == ("sun", SUN)
    assert set(account.roles) == {Role.OFFICER, Role.PRESS}
    assert account.must_change
    assert account.created_at == TEN
    assert account.disabled_at is None
    assert account.signed_in_at is None
    watch.move(minutes=1)
    accounts.sign_in("sun", PASSWORD)
    assert accounts.all()[0].signed_in_at == TEN + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": "Sun"}, "small letters"),
        ({"name": ""}, "small letters"),
        ({"name": "a" * 65}, "small letters"),
        ({"name": "sun/../x"}, "small letters"),
        ({"person": PersonId(" ")}, "whose account"),
        ({"person": PersonId("p-sun ")}, "whose account"),
        ({"person": PersonId("x" * 201)}, "whose account"),
        ({"person": PersonId("P-\u200b001")}, "cannot be seen"),
        ({"person": PersonId("P-001\ufe0f")}, "cannot be seen"),
        ({"person": PersonId("P-0\u202e01")}, "cannot be seen"),
        ({"person": PersonId("P-\u3164001")}, "cannot be seen"),
        *(
            ({"person": PersonId(person)}, "look alike")
            for person in (
                "Р-001",
                "р-00\u0456",
                "Ρ-001",
                "P-00\u0131",
                "P-٠٠١",
                "P一001",
                "王芳A",
                "ワン",
                "P-001\u2223",
            )
        ),
        ({"roles": frozenset()}, "at least one role"),
        ({"password": "short"}, "characters"),
        ({"name": "press"}, "is taken"),
    ],
)
def test_accounts_that_cannot_be(accounts: Accounts, changes: dict[str, object], says: str) -> None:
    hire(accounts, "press")
    made = {"name": "sun", "person": SUN, "roles": frozenset({Role.OFFICER}), "password": PASSWORD, **changes}
    assert says in refusal(lambda: accounts.create(**made))  # type: ignore[arg-type]
    assert [account.name for account in accounts.all()] == ["press"]


ALIKE = ["P-OO1", "P001", "p-oo1", "P-00l", "P-00I", "Po0i", "P--001", "Ṕ-001", "P-00|"]


@pytest.mark.parametrize("typed", ["p-001", "Ｐ-001", "P－００１", "P\u2010001", "P - 001", "P\u2212001", *ALIKE])
def test_who_is_typed_another_way_is_the_same_person(accounts: Accounts, typed: str) -> None:
    accounts.create("sun", PersonId("P-001"), frozenset({Role.OFFICER}), PASSWORD)
    assert "no one person" in refusal(
        lambda: accounts.create("sun2", PersonId(typed), frozenset({Role.AUDITOR}), PASSWORD)
    )
    accounts.create("sun3", PersonId(typed), frozenset({Role.PRESS}), PASSWORD)
    accounts.create("li", PersonId("P-002"), frozenset({Role.AUDITOR}), PASSWORD)
    assert {account.name: account.person for account in accounts.all()} == {
        "sun": "P-001",
        "sun3": "P-001",
        "li": "P-002",
    }


@pytest.mark.parametrize(
    "person", ["王芳", "王芳-2", "阿不都·热合曼", "José Núñez", "P-001", "10023", "wang.fang@example.cn"]
)
def test_ordinary_names_are_names_of_persons(accounts: Accounts, person: str) -> None:
    accounts.create("sun", PersonId(person), frozenset({Role.OFFICER}), PASSWORD)
    (account,) = accounts.all()
    assert account.person == person


@pytest.mark.parametrize("one", sorted(SEPARATED))
@pytest.mark.parametrize("other", sorted(SEPARATED))
def test_nobody_is_two_of_the_three_under_whatever_accounts(accounts: Accounts, one: Role, other: Role) -> None:
    accounts.create("first", SUN, frozenset({one, Role.PRESS}), PASSWORD, must_change=False)
    if one == other:
        accounts.create("second", SUN, frozenset({other}), PASSWORD, must_change=False)
        return
    assert "no one person" in refusal(
        lambda: accounts.create("second", SUN, frozenset({other}), PASSWORD, must_change=False)
    )
    assert "no one person" in refusal(
        lambda: accounts.create("third", PersonId("p-new"), frozenset({one, other}), PASSWORD, must_change=False)
    )
    accounts.create("second", PersonId("p-other"), frozenset({other}), PASSWORD, must_change=False)
    accounts.disable("first")
    accounts.create("third", SUN, frozenset({other}), PASSWORD, must_change=False)


def test_who_leaves_one_of_two_accounts_is_still_what_the_other_says(accounts: Accounts) -> None:
    accounts.create("first", SUN, frozenset({Role.OFFICER}), PASSWORD, must_change=False)
    accounts.create("second", SUN, frozenset({Role.OFFICER}), PASSWORD, must_change=False)
    accounts.disable("first")
    refusal(lambda: accounts.create("third", SUN, frozenset({Role.AUDITOR}), PASSWORD, must_change=False))


@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["p-1", "p-2", "p-3"]),
            st.frozensets(st.sampled_from(tuple(Role)), min_size=1),
            st.booleans(),
        ),
        max_size=8,
    )
)
def test_whatever_is_tried_the_three_stay_apart(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, frozenset[Role], bool]]
) -> None:
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('state') / 'state.db'}")
    METADATA.create_all(engine)
    accounts = Accounts(engine, Watch(), CHEAP)
    for number, (person, roles, leaves) in enumerate(steps):
        try:
            accounts.create(f"a{number}", PersonId(person), roles, PASSWORD, must_change=False)
        except NotPermitted:
            continue
        if leaves:
            accounts.disable(f"a{number}")
    held: dict[str, set[Role]] = {}
    for account in accounts.all():
        if account.disabled_at is None:
            held.setdefault(account.person, set()).update(account.roles & SEPARATED)
    assert all(len(roles) <= 1 for roles in held.values())
    engine.dispose()


# -- signing in


def test_signing_in_and_out(accounts: Accounts) -> None:
    hire(accounts, "press")
    session = accounts.sign_in(" Press ", PASSWORD)
    found = accounts.session(session.token)
    assert found is not None
    assert found.account.name == "press"
    assert found.ends_at == TEN + LIFETIME
    assert session.token not in repr(session)
    accounts.sign_out(session.token)
    assert accounts.session(session.token) is None
    accounts.sign_out(session.token)


@pytest.mark.parametrize("token", ["", "x", "\0", "\ud800", "x" * 5000])
def test_what_is_no_token_is_no_session(accounts: Accounts, token: str) -> None:
    hire(accounts, "press")
    accounts.sign_in("press", PASSWORD)
    assert accounts.session(token) is None


def test_tokens_are_long_all_different_and_not_in_the_database(accounts: Accounts, tmp_path: Path) -> None:
    hire(accounts, "press")
    tokens = {accounts.sign_in("press", PASSWORD).token for _ in range(5)}
    assert len(tokens) == 5
    assert all(len(token) >= 43 for token in tokens)
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert PASSWORD.encode() not in stored
    assert not any(token.encode() in stored for token in tokens)


def test_what_a_stranger_learns_is_the_same_for_every_name(accounts: Accounts) -> None:
    hire(accounts, "press", "oncall")
    accounts.disable("oncall")
    said = {name: fail(accounts, 7, name) for name in ("press", "oncall", "nobody", "", "名字\ud800")}
    assert len({tuple(each) for each in said.values()}) == 1
    assert said["press"][0] == "the account or the password is wrong"
    assert "too many attempts" in said["press"][5]


def test_a_disabled_account_does_not_open_with_its_password(accounts: Accounts) -> None:
    hire(accounts, "press")
    accounts.disable("press")
    assert "is wrong" in refusal(lambda: accounts.sign_in("press", PASSWORD))


def test_who_fails_too_often_waits_even_with_the_right_password(accounts: Accounts, watch: Watch) -> None:
    hire(accounts, "press")
    fail(accounts, 5)
    assert "try again in 1 minute" in refusal(lambda: accounts.sign_in("press", PASSWORD, source="10.0.0.9"))
    watch.move(seconds=31)
    accounts.sign_in("press", PASSWORD, source="10.0.0.9")
    fail(accounts, 4)
    accounts.sign_in("press", PASSWORD, source="10.0.0.9")


def test_who_waits_is_not_made_to_wait_longer_by_asking(accounts: Accounts, watch: Watch) -> None:
    hire(accounts, "press")
    fail(accounts, 5)
    watch.move(seconds=20)
    assert "too many" in fail(accounts, 1)[0]
    watch.move(seconds=11)
    accounts.sign_in("press", PASSWORD, source="10.0.0.9")


def test_a_stranger_elsewhere_does_not_keep_the_staff_out_for_long(accounts: Accounts, watch: Watch) -> None:
    hire(accounts, "press")
    fail(accounts, 5, source="10.6.6.6")
    accounts.sign_in("press", PASSWORD, source="10.0.0.9")
    for number in range(4):
        fail(accounts, 5, source=f"10.6.6.{number}")
    assert "too many" in refusal(lambda: accounts.sign_in("press", PASSWORD, source="10.0.0.9"))
    watch.move(seconds=61)
    accounts.sign_in("press", PASSWORD, source="10.0.0.9")


def test_strangers_keep_nobody_out_of_a_browser_that_has_signed_in_before(accounts: Accounts) -> None:
    hire(accounts, "press")
    mark = accounts.device("press")
    for number in range(8):
        fail(accounts, 5, source="10.0.0.9" if number == 0 else f"10.6.6.{number}")
    assert "too many" in refusal(lambda: accounts.sign_in("press", PASSWORD, source="10.0.0.9"))
    accounts.sign_in("press", PASSWORD, source="10.0.0.9", device=mark)


def test_who_guesses_in_such_a_browser_waits_as_anywhere(accounts: Accounts) -> None:
    hire(accounts, "press")
    mark = accounts.device("press")
    for _ in range(5):
        refusal(lambda: accounts.sign_in("press", "wrong", device=mark))
    assert "too many" in refusal(lambda: accounts.sign_in("press", PASSWORD, device=mark))


@pytest.mark.parametrize("forge", [str.upper, lambda mark: "x" + mark[1:], lambda mark: mark[:-1], lambda mark: ""])
def test_a_mark_that_is_not_ours_is_none(accounts: Accounts, forge: Callable[[str], str]) -> None:
    hire(accounts, "press")
    hire(accounts, "officer")
    others = accounts.device("officer")
    fail(accounts, 5)
    for mark in (forge(accounts.device("press")), others, "\ud800.\ud800"):
        assert "too many" in refusal(partial(accounts.sign_in, "press", PASSWORD, source="10.0.0.9", device=mark))


def test_a_new_password_ends_every_mark(accounts: Accounts, watch: Watch) -> None:
    hire(accounts, "press")
    mark = accounts.device("press")
    session = accounts.sign_in("press", PASSWORD)
    accounts.change_password(session.token, PASSWORD, OTHER)
    fail(accounts, 5)
    assert "too many" in refusal(lambda: accounts.sign_in("press", OTHER, source="10.0.0.9", device=mark))
    accounts.sign_in("press", OTHER, source="10.0.0.9", device=accounts.device("press"))


def test_failures_survive_a_restart(accounts: Accounts, engine: Engine, watch: Watch) -> None:
    hire(accounts, "press")
    fail(accounts, 5)
    again = Accounts(engine, watch, CHEAP)
    assert "too many" in refusal(lambda: again.sign_in("press", PASSWORD, source="10.0.0.9"))


def test_many_at_once_do_not_get_past_the_limit(accounts: Accounts) -> None:
    hire(accounts, "press")
    said: list[str] = []
    threads = [threading.Thread(target=lambda: said.extend(fail(accounts, 1))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum("is wrong" in each for each in said) == 5


def test_a_hash_with_old_parameters_is_renewed_at_sign_in(accounts: Accounts, engine: Engine, watch: Watch) -> None:
    hire(accounts, "press")
    dearer = Accounts(engine, watch, PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    dearer.sign_in("press", PASSWORD)
    with engine.connect() as connection:
        (stored,) = connection.exec_driver_sql("SELECT password FROM accounts").scalars()
    assert ",t=2," in stored
    dearer.sign_in("press", PASSWORD)


# -- sessions


@pytest.mark.parametrize(
    ("pauses", "ends_after"),
    [([29] * 30, 480 // 29), ([30], 0), ([29, 29, 31], 2), ([1] * 29 + [30], 29), ([479], 0)],
    ids=["eight hours at most", "half an hour", "a pause later on", "many looks", "hours"],
)
def test_a_session_ends_when_it_is_left_alone_or_old(
    accounts: Accounts, watch: Watch, pauses: list[int], ends_after: int
) -> None:
    hire(accounts, "press")
    token = accounts.sign_in("press", PASSWORD).token
    lived = 0
    for minutes in pauses:
        watch.move(minutes=minutes)
        if accounts.session(token) is None:
            break
        lived += 1
    assert lived == ends_after
    assert accounts.session(token) is None or lived == len(pauses)


def test_looking_at_pages_does_not_write_each_time(accounts: Accounts, engine: Engine, watch: Watch) -> None:
    hire(accounts, "press")
    token = accounts.sign_in("press", PASSWORD).token
    writes: list[str] = []
    event.listen(
        engine, "before_cursor_execute", lambda *told: writes.append(told[2]) if told[2].startswith("UPDATE") else None
    )
    for _ in range(60):
        watch.move(seconds=5)
        assert accounts.session(token)
    assert len(writes) == 5


def test_old_sessions_are_cleared_away(accounts: Accounts, engine: Engine, watch: Watch) -> None:
    hire(accounts, "press")
    for _ in range(3):
        accounts.sign_in("press", PASSWORD)
    watch.move(hours=9)
    accounts.sign_in("press", PASSWORD)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM sessions").scalar() == 1


@pytest.mark.parametrize("how", ["disable", "reset"])
def test_sessions_end_with_the_account_or_its_password(accounts: Accounts, how: str) -> None:
    hire(accounts, "press", "oncall")
    tokens = [accounts.sign_in("press", PASSWORD).token for _ in range(2)]
    other = accounts.sign_in("oncall", PASSWORD).token
    if how == "disable":
        accounts.disable("press")
    else:
        accounts.reset_password("press", OTHER)
        assert accounts.sign_in("press", OTHER).account.must_change
    assert [accounts.session(token) for token in tokens] == [None, None]
    assert accounts.session(other)


@pytest.mark.parametrize("name", ["disable", "reset_password"])
def test_there_is_nothing_to_be_done_to_nobody(accounts: Accounts, name: str) -> None:
    with pytest.raises(KeyError):
        accounts.disable("nobody") if name == "disable" else accounts.reset_password("nobody", OTHER)


# -- changing the password


def test_changing_the_password_begins_a_new_session_and_ends_the_others(accounts: Accounts) -> None:
    accounts.create("press", PersonId("p-li"), frozenset({Role.PRESS}), PASSWORD, must_change=True)
    mine, elsewhere = (accounts.sign_in("press", PASSWORD) for _ in range(2))
    assert mine.account.must_change
    renewed = accounts.change_password(mine.token, PASSWORD, OTHER)
    assert not renewed.account.must_change
    assert renewed.token not in (mine.token, elsewhere.token)
    assert [accounts.session(each.token) for each in (mine, elsewhere)] == [None, None]
    assert accounts.session(renewed.token)
    refusal(lambda: accounts.sign_in("press", PASSWORD))
    accounts.sign_in("press", OTHER)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("wrong", OTHER, "old password is wrong"),
        (PASSWORD, PASSWORD, "differ"),
        (PASSWORD, "short", "characters"),
    ],
)
def test_passwords_that_are_not_changed(accounts: Accounts, old: str, new: str, says: str) -> None:
    hire(accounts, "press")
    token = accounts.sign_in("press", PASSWORD).token
    assert says in refusal(lambda: accounts.change_password(token, old, new))
    assert accounts.session(token)
    accounts.sign_in("press", PASSWORD)


def test_who_has_a_session_cannot_guess_its_password_either(accounts: Accounts) -> None:
    hire(accounts, "press")
    token = accounts.sign_in("press", PASSWORD).token
    said = [refusal(lambda: accounts.change_password(token, "wrong", OTHER)) for _ in range(6)]
    assert "too many attempts" in said[-1]


def test_strangers_keep_nobody_from_changing_the_password(accounts: Accounts) -> None:
    hire(accounts, "press")
    token = accounts.sign_in("press", PASSWORD).token
    for number in range(25):
        fail(accounts, 1, source=f"10.0.1.{number}")
    accounts.change_password(token, PASSWORD, OTHER)


def test_a_browser_is_known_for_the_accounts_used_last_in_it(accounts: Accounts) -> None:
    names = list(PEOPLE)[: MOST_MARKS + 1]
    hire(accounts, *names)
    kept = ""
    for name in [*names, names[1]]:
        kept = accounts.device(name, kept)
    assert kept.count("~") == MOST_MARKS - 1
    for name in names:
        fail(accounts, 5, name=name)
    for name in names[1:]:
        accounts.sign_in(name, PASSWORD, source="10.0.0.9", device=kept)
    assert "too many" in refusal(lambda: accounts.sign_in(names[0], PASSWORD, source="10.0.0.9", device=kept))


def test_without_a_session_no_password_is_changed(accounts: Accounts, watch: Watch) -> None:
    hire(accounts, "press")
    token = accounts.sign_in("press", PASSWORD).token
    watch.move(minutes=int(IDLE.total_seconds() // 60))
    assert "sign in again" in refusal(lambda: accounts.change_password(token, PASSWORD, OTHER))
