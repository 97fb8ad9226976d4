from hypothesis import given
from hypothesis import strategies as st

from siem.detect.aliases import Aliases, holds_digest
from tests.siem.events import digest


def test_a_citizen_is_numbered_and_nobody_else_is() -> None:
    alias = Aliases()
    assert alias(digest(1)) == "居民 1 / citizen 1"
    assert alias(digest(2)) == "居民 2 / citizen 2"
    assert alias(digest(1).upper()) == "居民 1 / citizen 1"
    assert alias(f"{digest(2)} 和 {digest(3)}") == "居民 2 / citizen 2 和 居民 3 / citizen 3"
    assert (alias("clerk-wang"), alias("10.20.3.7"), alias("key:7f3a"), alias(7)) == (
        "clerk-wang",
        "10.20.3.7",
        "key:7f3a",
        "7",
    )
    assert (alias("5e" * 16), alias("5e" * 32)) == ("居民 4 / citizen 4", "5e" * 32), (
        "without its epoch; a hash is none"
    )
    assert Aliases()(digest(2)) == "居民 1 / citizen 1", "on another page it is another number"


@given(st.lists(st.integers(0, 5) | st.text(), max_size=20))
def test_no_digest_is_left_and_different_ones_stay_different(parts: list[int | str]) -> None:
    alias = Aliases()
    said = alias(" ".join(digest(part) if isinstance(part, int) else part for part in parts))
    assert not holds_digest(said)
    numbers = {part: alias(digest(part)) for part in parts if isinstance(part, int)}
    assert len(set(numbers.values())) == len(numbers)
