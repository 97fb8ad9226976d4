import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError

from console.passwords import LONGEST, SHORTEST, Passwords, check_new, hash_of_nothing
from incident.ids import NotPermitted
from tests.console.people import CHEAP, PASSWORD


@pytest.fixture(scope="module")
def passwords() -> Passwords:
    return Passwords(CHEAP)


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("", "characters"),
        ("elevenchars", "characters"),
        ("x" * (LONGEST + 1), "characters"),
        ("ababababababab", "different"),
        ("123451234512345", "different"),
        ("my-Chen-account", "name of the account"),
    ],
    ids=["none", "short", "long", "two letters", "five digits", "holds the name"],
)
def test_weak_passwords_are_refused_with_the_reason(password: str, says: str) -> None:
    with pytest.raises(NotPermitted, match=says) as refusal:
        check_new(password, "chen")
    assert refusal.value.zh


@pytest.mark.parametrize(
    "password", ["青石区的影壁前有棵老槐树", "correct horse battery", "Tr0ub4dor&3xyz", "a b c d e f g"]
)
def test_sentences_will_do(password: str) -> None:
    assert len(password) >= SHORTEST
    check_new(password, "chen")


def test_only_the_right_one_fits(passwords: Passwords) -> None:
    stored = passwords.hash(PASSWORD)
    assert PASSWORD not in stored
    assert passwords.fits(stored, PASSWORD)
    assert not passwords.fits(stored, PASSWORD + " ")
    assert not passwords.fits(stored, "")
    assert not passwords.fits(None, PASSWORD)
    assert not passwords.fits("not a hash", PASSWORD)
    assert not passwords.fits(stored, "\ud800")
    assert not passwords.fits(stored, PASSWORD + "x" * 10_000)


def test_the_same_password_from_another_keyboard_fits(passwords: Passwords) -> None:
    assert passwords.fits(passwords.hash("Ｐassword ｏf １２３"), "Password of 123")


def test_hashes_are_argon2id_and_told_when_outdated(passwords: Passwords) -> None:
    stored = passwords.hash(PASSWORD)
    assert stored.startswith("$argon2id$")
    assert not passwords.outdated(stored)
    assert Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)).outdated(stored)


@pytest.mark.parametrize("hasher", [CHEAP, PasswordHasher()], ids=["as in tests", "as in use"])
def test_where_there_is_nothing_to_verify_against_as_much_is_computed(hasher: PasswordHasher) -> None:
    nothing = hash_of_nothing(hasher)
    assert extract_parameters(nothing) == extract_parameters(hasher.hash(PASSWORD))
    with pytest.raises(VerifyMismatchError):  # it was computed: not turned away as no hash at all
        hasher.verify(nothing, PASSWORD)
    assert nothing != hash_of_nothing(hasher)
