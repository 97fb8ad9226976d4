"""Records of TLS that come in pieces."""

from hypothesis import given
from hypothesis import strategies as st

from proxy.tls.records import Records


def record(content: bytes) -> bytes:
    return b"\x17\x03\x03" + len(content).to_bytes(2) + content


@given(st.lists(st.binary(max_size=400), max_size=5), st.data())
def test_it_is_known_whether_a_record_has_come_whole(contents: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(map(record, contents))
    ends = {len(b"".join(map(record, contents[:count]))) for count in range(len(contents) + 1)}
    cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)))))
    records = Records()
    assert not records.is_amid
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        records.feed(stream[start:end])
        assert records.is_amid is (end not in ends)
