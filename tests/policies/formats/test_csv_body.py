import csv
import io

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from policies.formats.csv_body import LONGEST_RECORD, CsvMasker
from policies.formats.masker import Withheld
from tests.policies.formats.masking import DIGESTER, RECORD, UNDECLARED, cuts, in_pieces, tally, whole


def masked(body: str, charset: str = "utf-8") -> str:
    data = body.encode(charset)
    return whole(lambda: CsvMasker(RECORD, UNDECLARED, tally(), charset), data).decode(charset)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("id,name\r\n1,张三丰\r\n", "id,name\r\n1,张**\r\n"),
        ("id,name\n1,张三丰", "id,name\n1,张**"),
        ('id,name\n"1","张三,丰"\n', 'id,name\n"1",张**\n'),
        ('id,address\n1,"幸福路""1""号\n二楼"\n', 'id,address\n1,"幸福路""1""号\n二楼"\n'),
        ("id;name\n1;张三\n", "id;name\n1;张**\n"),
        ("id\tmobile\n1\t13800138000\n", "id\tmobile\n1\t138****8000\n"),
        ("\ufeffid,name\n1,张三\n", "\ufeffid,name\n1,张**\n"),
        ("id,new\n1,张三\n", "id,new\n1,***\n"),
        ("id,name\n\n2,\n", "id,name\n\n2,\n"),
        ("id,name,\n1,张三,李四\n", "id,name,\n1,张**,***\n"),
        # A column nobody declared may be called by somebody's name.
        ("id,name,欧阳修远\n1,张三,x\n", "id,name,***1\n1,张**,***\n"),
        ('\ufeff"id";"欧阳;修远";name;李四\n1;x;张三;\n', '\ufeff"id";***1;name;***2\n1;***;张**;\n'),
        ("id,***7,a b\n1,x,y\n", "id,***1,a b\n1,***,***\n"),
        ("id,secret\n1,x\n", 'id,secret\n1,""\n'),
        ("id,remark,name\n1,张三丰电话13800138000,张三丰\n", "id,remark,name\n1,***电话***,张**\n"),
        ("id,remark,secret\n1,去欧阳若曦家,欧阳若曦\n", 'id,remark,secret\n1,去***家,""\n'),
        ('id,name\n1,","\n', "id,name\n1,***\n"),
        ("", ""),
    ],
)
def test_what_becomes_of_records(body: str, expected: str) -> None:
    assert masked(body) == expected


def test_a_mask_that_keeps_a_delimiter_is_quoted() -> None:
    assert masked('id,mobile\n1,",3800138000"\n') == 'id,mobile\n1,",38****8000"\n'


def test_gbk() -> None:
    assert masked("id,name\r\n1,张三丰\r\n", "gbk") == "id,name\r\n1,张**\r\n"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("1,张三\n2,李四\n", "no_known_header"),  # data, for all we know
        ("id,13800138000\n", "no_known_header"),
        ("id,id,name\n1,2,张三\n", "table_not_as_declared"),
        ('id,"x",name,x\n1,2,张三,3\n', "table_not_as_declared"),
        # Nobody knows which columns the cells are of.
        ("id,name,mobile\n1,张三,13800138000\n制表人 欧阳修远,\n", "table_not_as_declared"),
        ("id,name,mobile\n欧阳修远\n", "table_not_as_declared"),
        ("id,name,mobile\n1;欧阳修远;13800138000\n", "table_not_as_declared"),
        ("id,name\n1,张三,李四\n", "table_not_as_declared"),
        ("id,name\n \n", "table_not_as_declared"),
        ("id,name\n1,张三\ninterrupted: 欧阳修远", "table_not_as_declared"),  # an error in the middle of a stream
        ('id,name\n1,张"三\n', "not_csv"),
        ('id,name\n1,"张三"x\n', "not_csv"),
        ('id,name\n1,"张三\n', "not_csv"),
        ("id,name\n1\r2,张三\n", "not_csv"),  # a line end to some readers
        ("id,name\n1\0,张三\n", "not_csv"),
        ('id,name\n"' + "x" * (LONGEST_RECORD + 1), "too_large_to_mask"),
    ],
    ids=lambda value: value[:24],
)
def test_what_is_not_clear_is_withheld(body: str, reason: str) -> None:
    with pytest.raises(Withheld, match=reason):
        masked(body)


def test_counts_values_and_subjects() -> None:
    masker = CsvMasker(RECORD, UNDECLARED, tally(), "utf-8")
    whole(lambda: masker, b"name,id_no\nx,11010519491231002X\ny,11010519491231002x\nz,\n")
    assert list(masker.tally.subjects) == [DIGESTER("11010519491231002X")]
    assert dict(masker.tally.fields) == {2: 3, 3: 2}


cells = st.text(st.sampled_from('张三13800138000,;"\n\r x'), max_size=13)
headers = st.lists(
    st.sampled_from(["id", "name", "id_no", "mobile", "address", "remark", "secret", "新列"]),
    min_size=2,
    max_size=6,
    unique=True,
).filter(lambda names: names != ["新列"])


def written(records: list[list[str]], end: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator=end).writerows(records)
    return text.getvalue().encode()


def records_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


tables = headers.flatmap(
    lambda names: st.tuples(
        st.just(names), st.lists(st.lists(cells, min_size=len(names), max_size=len(names)), max_size=6)
    )
)


@given(tables, st.sampled_from(["\n", "\r\n"]), cuts)
def test_any_split_masks_alike_and_the_shape_stays(
    table: tuple[list[str], list[list[str]]], end: str, cuts: list[int]
) -> None:
    header, rows = table
    data = written([header, *rows], end)

    def make() -> CsvMasker:
        return CsvMasker(RECORD, UNDECLARED, tally(), "utf-8")

    out = in_pieces(make, data, cuts)
    assert out == whole(make, data)
    assert whole(make, out) == out, "a mask of a mask is the same mask"
    read = records_of(out)
    assert read[0] == ["***1" if name == "新列" else name for name in header]
    for row, shown in zip([header, *rows], read, strict=True):
        for name, cell, result in zip(header, row, shown, strict=True):
            if name in ("id", "address"):
                assert result == cell


@given(headers, st.lists(cells, max_size=9), cuts)
def test_a_record_that_does_not_fit_the_header_is_withheld(header: list[str], row: list[str], cuts: list[int]) -> None:
    assume(row and len(row) != len(header))
    with pytest.raises(Withheld, match="table_not_as_declared"):
        in_pieces(lambda: CsvMasker(RECORD, UNDECLARED, tally(), "utf-8"), written([header, row], "\n"), cuts)
