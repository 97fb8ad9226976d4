"""What the tests of maskers share: actions, a record, and the property every masker has."""

from collections.abc import Callable

from hypothesis import strategies as st

from policies.digest import Digester
from policies.formats.json.nodes import Object, Value
from policies.formats.masker import Action, Kind, Masker, Tally
from policies.transforms.columns import together
from policies.transforms.keyed import FieldKeys
from policies.transforms.make import hidden_number, number_transform_of, transform_of
from policies.transforms.spec import AgeBand, Keep, Redact, Spec

DIGESTER = Digester("1", b"k" * 32)


def action(
    field: int,
    spec: Spec | None = None,
    kind: Kind = Kind.MASK,
    *,
    personal: bool = True,
    followed: bool = True,
    restore: bool = False,
    stays: bool = False,
) -> Action:
    apply = transform_of(spec, FieldKeys(b"", "", "")) if spec is not None else str
    return Action(
        field=field,
        kind=kind,
        apply=apply,
        together=together(spec, apply) if spec is not None else None,
        number=number_transform_of(spec) if spec is not None else hidden_number,
        stays=stays,
        personal=personal,
        followed=followed,
        restore=restore,
    )


UNDECLARED = action(0, Redact())
PUBLIC = action(1, kind=Kind.SHOW, personal=False)
NAME = action(2, Keep(first=1, fill=2))
ID_NO = action(3, Keep(last=4))
MOBILE = action(4, Keep(first=3, last=4), restore=True)
ADDRESS = action(5, kind=Kind.SHOW)
REMARK = action(6, kind=Kind.SCAN)
SECRET = action(7, kind=Kind.DROP)
NOTHING = action(8, kind=Kind.DROP, stays=True)
AGE = action(9, AgeBand(every=10))

RECORD = Object(
    {
        "id": Value(PUBLIC),
        "name": Value(NAME),
        "id_no": Value(ID_NO),
        "mobile": Value(MOBILE),
        "address": Value(ADDRESS),
        "remark": Value(REMARK),
        "secret": Value(SECRET),
    },
    Value(UNDECLARED),
    subject="id_no",
)


def tally() -> Tally:
    return Tally(DIGESTER)


def whole(make: Callable[[], Masker], body: bytes) -> bytes:
    masker = make()
    return b"".join([*masker.feed(body), *masker.close()])


def in_pieces(make: Callable[[], Masker], body: bytes, cuts: list[int]) -> bytes:
    masker = make()
    places = sorted({min(cut, len(body)) for cut in cuts} | {0, len(body)})
    out = []
    for start, end in zip(places, [*places[1:], len(body)], strict=True):
        pieces = masker.feed(body[start:end])
        assert all(pieces), "an empty piece would end a chunked body"
        out += pieces
    return b"".join([*out, *masker.close()])


cuts = st.lists(st.integers(0, 400), max_size=12)
