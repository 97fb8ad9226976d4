"""Transforms for properties: every kind of them, with parameters as an officer may write them."""

from hypothesis import strategies as st

from policies.transforms.positions import least_hidden
from policies.transforms.spec import Cover, CoverAfter, CoverBefore, CoverRange, Keep, KeepRange

_few = st.integers(0, 6)
_places = st.tuples(st.integers(1, 8), st.integers(0, 6)).map(lambda pair: (pair[0], pair[0] + pair[1]))
_marks = st.text(st.sampled_from("@-·年"), min_size=1, max_size=2)

KEEPS = st.builds(Keep, first=_few, last=_few, fill=st.none()) | st.builds(
    lambda first, last, more: Keep(first=first, last=last, fill=least_hidden(first, last) + more),
    _few,
    _few,
    st.integers(0, 3),
)
COVERS = st.builds(Cover, first=_few, last=_few).filter(lambda spec: spec.first + spec.last > 0)
RANGES = st.builds(lambda places: KeepRange(*places), _places) | st.builds(lambda places: CoverRange(*places), _places)
MARKS = st.builds(CoverBefore, _marks) | st.builds(CoverAfter, _marks)
POSITIONS = KEEPS | COVERS | RANGES | MARKS
VALUES = st.text(
    st.sampled_from("a1张\U00020bb7·-@年０８ ") | st.characters(exclude_characters="*"), min_size=1, max_size=24
)
"""Values without stars."""
