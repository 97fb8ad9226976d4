"""Answers that callers have not taken yet: which are there, and how often that is asked."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mitmproxy.connection import Client

from proxy.underway import Underway
from tests.proxy.parts import Parts, admitted, flow_of


class Caller:
    """A connection whose caller has *taken* so many bytes."""

    def __init__(self) -> None:
        self.written = self.taken = self.asked = 0
        self.is_cut = False

    def has_untaken(self, reach: int) -> bool:
        self.asked += 1
        return self.taken < reach

    def abort(self) -> None:
        self.is_cut = True


moves = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(["answer", "take some", "take all", "look"])), max_size=40
)


@given(moves)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_answer_is_there_until_it_has_been_taken(parts: Parts, moves: list[tuple[int, str]]) -> None:
    flow = flow_of()
    exchange = admitted(parts, flow)
    callers = [Caller() for _ in range(3)]
    client: Client = flow.client_conn
    answers: list[tuple[Caller, int]] = []
    whose = callers[:1]
    underway = Underway(
        forbidden=lambda _: None, drop_upstream=lambda _: None, connection_of=lambda _: whose[0], reader_s=1e6
    )
    for number, move in moves:
        caller = whose[0] = callers[number]
        match move:
            case "answer":
                caller.written += 10
                answers.append((caller, caller.written))
                underway.released(client, exchange)
            case "take some":
                caller.taken = min(caller.written, caller.taken + 7)
            case "take all":
                caller.taken = caller.written
            case _:
                for each in callers:
                    each.asked = 0
                underway.tick()
                answers = [(each, reach) for each, reach in answers if each.taken < reach]
                assert all(each.asked <= 1 for each in callers if each.taken == each.written)
                assert underway.taken == len(list(underway.sources())) == len(answers)
    assert not any(each.is_cut for each in callers)
