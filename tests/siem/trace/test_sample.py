from random import Random

import pytest

from deploy.demo.register.numbers import spelled_mobile, spelled_resident_id
from policies.recognisers.checksums import is_resident_id
from siem.record.mark import new_mark
from siem.trace.opened import BadSample
from siem.trace.sample import read_sample

ANNA, BENNO, MOBILE = "11010519491231002X", "330105198803140019", "13800138000"


def test_a_column_is_read_by_name_or_number() -> None:
    data = f"姓名,身份证号,手机\r\n甲,{ANNA},{MOBILE}\r\n乙,{BENNO},\r\n丙,{ANNA},x\r\n".encode("gb18030")
    for column in ("身份证号", "2"):
        sample = read_sample(data, column)
        assert sample.identifiers == (ANNA, BENNO)
        assert sample.read == 3
    assert read_sample(data, "手机").identifiers == (MOBILE,)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030"])
def test_tables_are_read_as_they_come(delimiter: str, encoding: str) -> None:
    lines = [delimiter.join(("姓名", "号码", "id_no")), delimiter.join(("甲", "1", f'"{ANNA}"'))]
    assert read_sample("\n".join(lines).encode(encoding), "ID_NO").identifiers == (ANNA,)


def test_every_spelling_of_a_number_is_that_number() -> None:
    random = Random(5)
    cells = [spelled_resident_id(random, ANNA) for _ in range(40)] + [f"'{ANNA}", f"\t{ANNA}", f'="{ANNA}"']
    cells += ["110105491231002", "１１０１０５１９４９１２３１００２ｘ"]
    mobiles = [spelled_mobile(random, MOBILE) for _ in range(40)] + ["0086 138 0013 8000"]
    table = "id\n" + "".join(f'"{cell.replace(chr(34), chr(34) * 2)}"\n' for cell in (*cells, *mobiles))
    sample = read_sample(table.encode(), "id")
    assert sample.identifiers == (ANNA, MOBILE)
    assert sample.counts() == {"resident_id": 1, "mobile": 1}


def test_a_text_is_looked_through() -> None:
    text = f"名单：甲，身份证{ANNA.lower()}，电话 +86 138-0013-8000；乙 {BENNO}。另见文号 〔2026〕12 号。"
    assert read_sample(text.encode()).identifiers == (ANNA, MOBILE, BENNO)


def test_what_stands_among_words_in_a_cell_is_found() -> None:
    table = f'id\n"甲（{ANNA}），电话 {MOBILE}"\n身份证{BENNO}\nR-1023\n"{"x1" * 40}"\n'
    sample = read_sample(table.encode(), "id")
    assert sample.identifiers == (ANNA, MOBILE, BENNO, "R1023")
    assert sample.not_any == 1


def test_a_quote_that_is_never_closed_hides_nobody() -> None:
    assert read_sample(f'id\n"{ANNA}\n{BENNO}\n'.encode(), "id").identifiers == (ANNA, BENNO)


def test_what_cannot_be_used_is_counted() -> None:
    sample = read_sample(f"id\n{ANNA}\n110105********002X\n1.10105E+17\n张三\n-\n".encode(), "id")
    assert (sample.read, sample.masked, sample.rounded, sample.not_any) == (1, 1, 1, 2)


def test_what_a_spreadsheet_has_cut_short_is_no_identifier() -> None:
    cells = [f"3301991960{month:02d}{day:02d}1000" for month in range(1, 5) for day in range(1, 11)]
    assert any(map(is_resident_id, cells)), "one in eleven has the right check digit all the same"
    sample = read_sample("\n".join(["id", ANNA, *cells, "3.30105196811044E+17", "3.3E17"]).encode(), "id")
    assert (sample.identifiers, sample.read, sample.rounded) == ((ANNA,), 1, len(cells) + 2)


def test_a_wrong_check_digit_is_told_and_looked_for() -> None:
    sample = read_sample(f"id\n{ANNA}\n{BENNO}\n".encode(), "id")
    assert (sample.identifiers, sample.misspelled, sample.rounded) == ((ANNA, BENNO), 1, 0)


def test_what_is_rounded_in_a_text_is_counted() -> None:
    sample = read_sample(f"{ANNA} 3.30105E+17;1.38E+10 v1.2E+1 2.0E+05".encode())
    assert (sample.identifiers, sample.rounded) == ((ANNA,), 2)


@pytest.mark.parametrize("column", [None, "id"])
def test_where_nothing_is_found_in_a_text_the_column_is_asked_for(column: str | None) -> None:
    with pytest.raises(BadSample) as wrong:
        read_sample(b"id\n3.30105E+17\n3.30203E+17\n", column)
    assert ("--column" in str(wrong.value)) is (column is None)
    assert "电子表格丢了末几位 2" in str(wrong.value)
    if column is None:
        with pytest.raises(BadSample, match="--column"):
            read_sample(b"number\n330105681104483\n330203700128276\n")


WRONG = {
    "no such column": (f"{ANNA},{BENNO}\n".encode(), "id_no"),
    "no such number": (f"{ANNA}\n".encode(), "2"),
    "empty": (b"", "id"),
    "no text": (b"\xff\x00\xff" + ANNA.encode(), "id"),
    "nobody in it": ("只有文字 110105********002X".encode(), None),
    "a lone carriage return": (f"id,x\n{ANNA}\r{BENNO},1\n".encode(), "nothing"),
    "a masked column": (b"id\n110105********002X\n", "id"),
}


@pytest.mark.parametrize("case", WRONG)
def test_an_error_says_what_to_do_and_nothing_of_the_sample(case: str) -> None:
    with pytest.raises(BadSample) as wrong:
        read_sample(*WRONG[case])
    said = str(wrong.value)
    assert " / " in said
    assert not any(value in said for value in (ANNA, BENNO, "110105"))
    assert ANNA not in repr(wrong.value)


def test_a_sample_shows_nobody() -> None:
    assert ANNA not in repr(read_sample(f"id\n{ANNA}\n".encode(), "id"))


def test_serials_are_read_wherever_they_stand() -> None:
    one, other = new_mark(), new_mark()
    wrong = f"{one[:-1]}{'0' if one[-1] != '0' else '2'}"
    table = f"id_no,mark\n{ANNA},{one}\n{BENNO},{wrong}\n".encode("gb18030")
    sample = read_sample(table, "id_no", f"residents-{other}.csv")
    assert sample.identifiers == (ANNA, BENNO)
    assert (sample.marks.read, sample.marks.unreadable) == ((other, one), 1)


@pytest.mark.parametrize(("data", "column"), [(b"nobody", None), (b"a,b\n1,2\n", "c"), (b"%PDF-1.7", None), (b"", "a")])
def test_a_sample_that_names_nobody_is_one_if_it_bears_a_serial(data: bytes, column: str | None) -> None:
    mark = new_mark()
    sample = read_sample(data, column, f"{mark}.pdf")
    assert (sample.identifiers, sample.marks.read) == ((), (mark,))
    with pytest.raises(BadSample):
        read_sample(data, column, "none.pdf")
