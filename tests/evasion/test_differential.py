"""Random exchanges over both versions of HTTP at once: nothing of the planted person is on the caller's side, however
the answer was made up, packed, cut or mislabelled; and what one version shows, the other shows too.

An exchange is made up from bodies of every format, or is the recorded answer of a real system; then things happen to it.
`make proof` tries a hundred thousand. Workers that leak on purpose show that a leak would be found.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st

from policies.kernel.library import KERNEL
from tests.effort import examples
from tests.evasion.answers import BODIES, DECLARED, PLACES, alike, spelled
from tests.evasion.differing import Told, differing
from tests.evasion.message import Message, read
from tests.evasion.mutations import cut, mutated
from tests.evasion.recorded import RECORDED, Recording, replaying
from tests.evasion.recorded import read as read_recorded
from tests.rig import Rig, rigged

MADE, REPLAYED, STREAMED = 400, 350, 250
"""Examples in an ordinary run; each is an exchange in either version, two thousand together."""
DATA = [name for name in sorted(RECORDED) if name.endswith(("-json", "-csv"))]
"""Those that are no pages: what a page holds is known by where it stands, and there alone."""

ASKING = st.sampled_from([(), (("accept", "text/html"),), (("accept-encoding", "gzip"),), (("range", "bytes=3-90"),)])
METHODS = st.sampled_from(["GET", "GET", "GET", "GET", "HEAD"])


type Headers = tuple[tuple[str, str], ...]
type Ask = Callable[[str, str, str, Headers, Message], object]


@st.composite
def made_up(draw: st.DrawFn) -> tuple[str, Message]:
    """What is asked for, and an answer of any format, said to be of that or of another."""
    said = draw(st.sampled_from(sorted(BODIES)))
    body = draw(BODIES[draw(st.just(said) | st.sampled_from(sorted(BODIES)))])
    message = Message(draw(st.sampled_from([200, 200, 200, 404])), (("Content-Type", said),), body.encode())
    return draw(st.sampled_from(PLACES)), draw(mutated(st.just(message)))


@st.composite
def declared(draw: st.DrawFn) -> tuple[str, Message]:
    """What is asked for, and an answer that fits, in pieces."""
    place, said = draw(st.sampled_from(sorted(DECLARED)))
    message = Message(200, (("Content-Type", said),), draw(DECLARED[place, said]).encode())
    return place, draw(cut(st.just(message)))


@st.composite
def written_alike(draw: st.DrawFn) -> tuple[str, Message]:
    """What is asked for, and a list of records that may be masked where they stand, in pieces."""
    body = draw(alike().map(spelled))
    return "/people", draw(cut(st.just(Message(200, (("Content-Type", "application/json"),), body.encode()))))


@st.composite
def replayed(draw: st.DrawFn) -> tuple[Recording, Message]:
    """A recorded answer where it belongs, or data in the place of another."""
    name = draw(st.sampled_from(sorted(RECORDED)))
    message = st.just(read(read_recorded(draw(st.just(name) | st.just(name) | st.sampled_from(DATA)))))
    return RECORDED[name], draw(mutated(message) | mutated(message) | cut(message))


def property_of_made_up(ask: Ask, how: settings) -> Callable[[], None]:
    """That what is made up can be asked for; *how* it is tried."""

    @how
    @given(made=made_up() | made_up() | declared() | written_alike(), method=METHODS, headers=ASKING)
    def holds(made: tuple[str, Message], method: str, headers: Headers) -> None:
        target, message = made
        ask("people.localhost", target, method, headers, message)

    return holds


@pytest.mark.property
def test_no_answer_that_is_made_up_tells_of_the_person(tmp_path: Path) -> None:
    with rigged(tmp_path, tls=True, workers=0) as rig, differing(rig, "in place") as callers:
        property_of_made_up(callers.ask, settings(max_examples=examples(MADE)))()


@pytest.mark.property
def test_no_answer_that_is_streamed_tells_of_the_person(tmp_path: Path) -> None:
    with rigged(tmp_path, tls=True, workers=0) as rig, differing(rig, "streaming") as callers:
        property_of_made_up(callers.ask, settings(max_examples=examples(STREAMED)))()


@pytest.mark.property
def test_no_answer_that_was_recorded_tells_of_the_person(tmp_path: Path) -> None:
    with replaying(tmp_path) as rig, differing(rig) as callers:

        @settings(max_examples=examples(REPLAYED))
        @given(recorded=replayed(), method=METHODS, headers=ASKING)
        def holds(recorded: tuple[Recording, Message], method: str, headers: Headers) -> None:
            recording, message = recorded
            callers.ask(f"{recording.system}.localhost", recording.target, method, headers, message)

        holds()


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_a_recorded_answer_is_shown_where_it_belongs(name: str, replaying_rig: Rig) -> None:
    """So that what is mutated is not what would have been withheld anyhow."""
    recording, message = RECORDED[name], read(read_recorded(name))
    with differing(replaying_rig) as callers:
        first, _ = callers.ask(f"{recording.system}.localhost", recording.target, "GET", (), message)
    assert first.status == message.status, first.body.decode()


@pytest.fixture(scope="module")
def replaying_rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with replaying(tmp_path_factory.mktemp("replaying")) as rig:
        yield rig


@pytest.mark.parametrize(
    "how",
    [
        *("leaks what it cannot read", "leaks the second piece", "leaks a name", "leaks headers"),
        *(["leaks a name in place"] if KERNEL is not None else []),
    ],
)
def test_a_worker_that_leaks_is_found(tmp_path: Path, how: str) -> None:
    """Within no more exchanges than are tried of the real one; the same in every run."""
    found: list[Told] = []
    most = MADE + STREAMED
    until_found = settings(max_examples=most, phases=[Phase.generate], report_multiple_bugs=False, database=None)
    with rigged(tmp_path, tls=True, workers=0) as rig, differing(rig, how) as callers:

        def ask(*asked: Any) -> None:
            if found:
                raise found[0]
            try:
                callers.ask(*asked)
            except Told as told:
                found.append(told)
                raise
            except AssertionError:
                pass  # it is wrong in other ways too: what it answers is not whole, or not the same in both versions

        with pytest.raises(Told):
            seed(how)(property_of_made_up(ask, until_found))()
