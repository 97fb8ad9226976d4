"""What a document is, is said by its octets; and whatever is done to one, it is masked or withheld."""

import io
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.documents.document import Bounds
from policies.documents.ooxml import XLSX
from policies.documents.registry import FORMATS, NAMES, by_name, document_in, named_by, opened
from policies.formats.masker import Withheld
from tests.policies.documents.made import MOBILE, OFFICE, canaries_in, fixed, masked, packed

SMALL = {
    "ofd": fixed(),
    "zip": packed(
        {"名单.csv": f"姓名,手机号\n甲,{MOBILE}\n".encode(), "a/b.txt": f"电话{MOBILE}".encode(), "c.ofd": fixed()}
    ),
    "xlsx": OFFICE["xlsx"](),
}
FORMATS_OF_ALL = (*NAMES, "csv", "text")


def test_formats_have_the_names_that_policies_give_them() -> None:
    assert {document.name for document in FORMATS} <= set(NAMES)
    assert by_name()["xlsx"] is XLSX
    assert named_by(XLSX.media_types[0]) == "xlsx"
    assert named_by("application/vnd.ms-excel") == ""
    types = [media_type for document in FORMATS for media_type in document.media_types]
    assert len(types) == len(set(types))


@pytest.mark.parametrize("name", SMALL)
def test_a_document_is_what_its_octets_say(name: str) -> None:
    document = document_in(SMALL[name])
    assert document is not None
    assert document.name == name
    assert opened(SMALL[name], NAMES, Bounds(), name)[0] is document
    for other in set(SMALL) - {name}:
        with pytest.raises(Withheld, match="not_as_said"):
            opened(SMALL[name], NAMES, Bounds(), other)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=20)
@given(st.sampled_from(sorted(SMALL)), st.data())
def test_a_document_with_any_octets_changed_is_masked_or_withheld(name: str, drawn: st.DataObject) -> None:
    data = bytearray(SMALL[name])
    for _ in range(drawn.draw(st.integers(1, 5))):
        at = drawn.draw(st.integers(0, len(data) - 1))
        data[at : at + drawn.draw(st.integers(0, 4))] = drawn.draw(st.binary(max_size=4))
    try:
        out = masked(bytes(data), *FORMATS_OF_ALL)
    except Withheld:
        return
    assert canaries_in(out) == set()


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=20)
@given(st.data())
def test_a_page_with_anything_changed_is_masked_or_withheld(drawn: st.DataObject) -> None:
    with zipfile.ZipFile(io.BytesIO(SMALL["ofd"])) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    name = drawn.draw(st.sampled_from(sorted(held)))
    part = bytearray(held[name])
    at = drawn.draw(st.integers(0, len(part)))
    inserted = st.one_of(
        st.binary(max_size=6), st.sampled_from([b"<", b"/>", b"<!--", b"<x>", b"</x>", b'"', b"&#1;", b"\r"])
    )
    part[at : at + drawn.draw(st.integers(0, 6))] = drawn.draw(inserted)
    try:
        masked(packed({**held, name: bytes(part)}))
    except Withheld:
        return
