"""Every failure on the data path becomes nothing shown."""

import pytest

from proxy.guard import latch_on_failure, withhold_on_failure


class Gate:
    def __init__(self) -> None:
        self.failed: list[tuple[object, str, str]] = []

    def fail(self, flow: object, hook: str, kind: str) -> None:
        self.failed.append((flow, hook, kind))

    @withhold_on_failure
    def response(self, flow: object) -> None:
        if isinstance(flow, BaseException):
            raise flow


@pytest.mark.parametrize(
    "failure",
    [
        ValueError("张三丰"),
        KeyError("x"),
        MemoryError(),
        RecursionError(),
        AssertionError(),
        StopIteration(),
        UnicodeError(),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_a_hook_that_raises_withholds_and_tells_the_kind_only(failure: Exception) -> None:
    gate = Gate()
    gate.response(failure)
    assert gate.failed == [(failure, "response", type(failure).__name__)]


def test_a_hook_that_does_not_raise_is_left_alone() -> None:
    gate = Gate()
    gate.response("flow")
    assert gate.failed == []


def test_who_ends_the_process_ends_it() -> None:
    with pytest.raises(KeyboardInterrupt):
        Gate().response(KeyboardInterrupt())


def test_a_stream_that_raises_once_returns_nothing_more() -> None:
    """The core drops the chunk for which a callable raises, and would deliver the next."""
    seen: list[bytes] = []
    failed: list[str] = []

    def release(data: bytes) -> list[bytes]:
        seen.append(data)
        if data == b"2":
            raise ValueError("张三丰")
        return [data]

    guarded = latch_on_failure(release, failed.append)
    assert [guarded(piece) for piece in (b"1", b"2", b"3", b"")] == [[b"1"], [], [], []]
    assert seen == [b"1", b"2"], "it is not even asked again"
    assert failed == ["ValueError"]
