"""Packages of files: each masked by its own format, bounded, and named by nobody's name."""

import io
import zipfile

import pytest

from policies.documents.desk import categories_in, texts_in
from policies.documents.document import Bounds
from policies.formats.masker import Withheld
from tests.policies.documents.made import MOBILE, NAME, OFFICE, canaries_in, fixed, masked, packed, parts, text
from tests.policies.recognisers.weights_here import the_tagger

LIST = f"序号,姓名,手机号\r\n1,{NAME},{MOBILE}\r\n".encode()
ALL = ("zip", "xlsx", "docx", "pptx", "ofd", "csv", "text")


def test_each_file_is_masked_by_its_own_format() -> None:
    files = {f"表/{kind}.{kind}": make() for kind, make in OFFICE.items()}
    files |= {"a.ofd": fixed(), "b.csv": LIST, "c.txt": f"电话{MOBILE}".encode(), "d/e.zip": packed({"x.csv": LIST})}
    after = parts(masked(packed(files), *ALL))
    assert list(after) == list(files)
    assert after["b.csv"].decode() == "序号,姓名,手机号\r\n1,***,***\r\n"
    assert after["c.txt"].decode() == "电话***"
    assert parts(after["d/e.zip"])["x.csv"] == after["b.csv"]
    for name, content in after.items():
        assert not name.endswith(("x", "ofd")) or canaries_in(content) == set()


def test_names_of_files_do_not_tell() -> None:
    names = [f"{NAME}.csv", f"材料-{NAME}(1).csv", f"{MOBILE}.csv", "名单.csv", f"{NAME}/a.csv", "李四.csv"]
    after = parts(masked(packed(dict.fromkeys(names, LIST)), *ALL))
    assert list(after) == ["___.csv", "材料-___(1).csv", "___-2.csv", "名单.csv", "___/a.csv", "___-3.csv"]


def test_names_of_files_that_are_words_stay_unless_somebody_may_be_called_so() -> None:
    the_tagger()
    names = ["方案.csv", "江苏/金额.csv", "花名册-清单.csv", "章程.csv", "高兴.csv", "材料_梅花.csv"]
    after = parts(masked(packed(dict.fromkeys(names, LIST)), *ALL))
    assert list(after) == ["方案.csv", "江苏/金额.csv", "花名册-清单.csv", "章程.csv", "___.csv", "材料____.csv"]


def test_what_a_label_hides_in_a_name_leaves_its_ending() -> None:
    """Without it neither a person nor a second look at the copy can tell what it is."""
    names = [f"投诉人 {NAME}.csv", f"联系电话：{MOBILE}.csv", f"材料/{MOBILE}.csv"]
    after = parts(masked(packed(dict.fromkeys(names, LIST)), *ALL))
    assert list(after) == ["投诉人 ___.csv", "联系电话：___.csv", "材料/___.csv"]
    assert list(parts(masked(packed(dict.fromkeys(after, LIST)), *ALL))) == list(after)
    again = texts_in("a.zip", packed(dict.fromkeys(after, b"1,2")))
    assert [text.place for text in again if categories_in(text)] == []


@pytest.mark.parametrize("codec", ["gbk", "utf-8"])
def test_names_are_read_in_the_charset_of_who_packed_them(codec: str) -> None:
    """Windows packs names in GBK, and old programs in UTF-8, and neither says so."""
    data = as_others_pack({f"{NAME}.csv": LIST, "表/说明.txt": f"电话{MOBILE}".encode("gbk")}, codec)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert NAME not in str(archive.namelist())
    after = parts(masked(data, *ALL))
    assert list(after) == ["___.csv", "表/说明.txt"]
    assert after["表/说明.txt"].decode("gbk") == "电话***"


def test_a_name_in_no_charset_withholds_all_of_it() -> None:
    data = as_others_pack({"甲.csv": LIST}, "gbk").replace("甲".encode("gbk"), b"\xff\xff")
    with pytest.raises(Withheld, match="document_malformed"):
        masked(data, *ALL)


def as_others_pack(held: dict[str, bytes], codec: str) -> bytes:
    """A package whose names are in *codec*, and which does not say so."""
    names = {name.encode(codec): f"{number:0{len(name.encode(codec))}}" for number, name in enumerate(held, 1)}
    data = packed({names[name.encode(codec)]: part for name, part in held.items()})
    for name, placeholder in names.items():
        data = data.replace(placeholder.encode(), name)
    return data


def nested(depth: int) -> bytes:
    data = LIST
    for number in range(depth):
        data = packed({"x.zip" if number else "x.csv": data})
    return data


WITHHELD = {
    "a picture": (packed({"a.csv": LIST, "b.bmp": b"BM"}), ALL, "document_within_undeclared"),
    "a format that is not declared": (packed({"a.docx": text()}), ("zip", "xlsx"), "document_within_undeclared"),
    "a table, where none is declared": (packed({"a.csv": LIST}), ("zip",), "document_within_undeclared"),
    "a file that is not what its name says": (packed({"a.xlsx": text()}), ALL, "not_as_said"),
    "packages in packages": (nested(4), ALL, "document_nested"),
    "a bomb": (packed({"a.csv": b"0," * 20_000_000}), ALL, "too_large_to_mask"),
    "a way out": (packed({"../a.csv": LIST}), ALL, "document_malformed"),
    "an absolute path": (packed({"/a.csv": LIST}), ALL, "document_malformed"),
    "two names alike": (packed({"a.csv": LIST, "A.csv": LIST}), ALL, "document_doubled"),
    "nothing": (packed({}), ALL, "document_malformed"),
}  # fmt: skip


@pytest.mark.parametrize("name", WITHHELD)
def test_what_cannot_be_masked_withholds_all_of_it(name: str) -> None:
    data, formats, reason = WITHHELD[name]
    with pytest.raises(Withheld, match=f"^{reason}$"):
        masked(data, *formats)


def test_a_file_with_a_password_withholds_all_of_it() -> None:
    data = bytearray(packed({"a.csv": LIST}))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        offset = archive.infolist()[0].header_offset
    data[offset + 6] |= 1
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1
    with pytest.raises(Withheld, match="document_encrypted"):
        masked(bytes(data), *ALL)


def test_three_packages_in_each_other_are_as_deep_as_it_goes() -> None:
    assert NAME.encode() not in parts(parts(masked(nested(2), *ALL))["x.zip"])["x.csv"]
    for data, bounds in ((nested(2), Bounds(depth=1)), (nested(3), Bounds())):
        with pytest.raises(Withheld, match=r"^document_nested$"):
            masked(data, *ALL, bounds=bounds)
