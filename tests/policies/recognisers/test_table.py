"""One table for each recogniser: what it finds, what it leaves alone. `[` and `]` stand around what is to be found."""

import operator
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from re import _parser  # type: ignore[attr-defined]

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from policies.recognisers.normalise import INVISIBLE, normalise
from policies.recognisers.persons.names import find_names_before_words, find_names_behind_words
from policies.recognisers.scan import may_hold_personal_data, resolve, scan
from policies.recognisers.table import ORDER, TABLE, Hit, Recogniser

CASES = {
    "resident_id": [
        "[11010519491231002X]",
        "证件[11010519491231002x]。",
        "身份证号：[110105194912310021]",  # a typing error after a telling word
        "[１１０１０５１９４９１２３１００２Ｘ]",
        "[110105 19491231 002X]",
        "[110105-19491231-002X]",
        "[110105\u200b19491231\u200b002X]",
        "ID[11010519491231002X]",
        "居住证[810000199408230021]",
        "身份证[110105491231002]",
        "编号[110105194912310021]",  # typed wrongly, but of a province and with a birth date
        "[933440199408230022]",
        "934999199408230025",  # no country has that number, and China is none of a foreigner
        "934156199408230025",
        "[110105  19491231  002X]",
        "[110105/19491231/002X]与[110105_19491231_002X]",
        "[１１０１０５／１９４９１２３１／００２Ｘ]",
        "1 [11010519491231002X] 张三",  # a list of people
        "1-[11010519491231002X]，2/[11010519491231002X]，3. [11010519491231002X]",
        "1 [110105 19491231 002X]",
        "身份证[1 11010519491231002X]",  # either may be meant
        "编号160105194912310021",  # wrong check digit, no province
        "编号110105194902310021",  # nor a birth date
        "流水号110105491231002",
        "2026112309000012345",
        "11010519491231002X8",
    ],
    "medical_no": [
        "[11010519491231002X43]",
        "持[11010519491231002x21b12]，领补贴",
        "流水号[11010519491231002X11]",  # nothing else has so much of it right
        "11010519491231002X80",  # no such kind
        "11010519491231002X15",  # nor degree
        "11010519491231002143",  # the check digit
        "99010519491231002X43",
        "20261123090000123411",
        "11010519491231002X432",
    ],
    "permit": [
        "[USA110080010101]",
        "永久居留身份证[DEU310080010101]。",
        "CHN110080010101",
        "XQX110080010101",
        "USA990080010101",
        "AUSA110080010101",
    ],
    "mobile": [
        "[13800138000]",
        "手机[138 0013 8000]和[139-0013-8000]",
        "[+86 13800138000]",
        "[008613800138000]",
        "[１３８００１３８０００]",
        "tel[13800138000]转",
        "[138\u200d0013\u200d8000]",
        "[138  0013  8000]，[138—0013—8000]，[138 -00138000]",
        "电话[013800138000]，tel[8613800138000]，user[008613800138000]，[08613800138000]",
        "[+08613800138000]，[1795113800138000]，/u/[013800138000]",
        "/139/2024/1234",
        "7713800138000",
        "1792113800",
        "12800138000",
        "138001380001",
        "0.1380013800",
        "热线400-810-8888、12345",
    ],
    "bank_card": [
        "[6222021234567890128]",
        "卡[6222 0212 3456 7890 128]",
        "银行卡号[6222021234567890129]",  # a typing error after a telling word
        "信用卡账户[4539578763621486]",
        "[4539 5787 6362 1486]，[4539-5787-6362-1486]",
        "[3782 822463 10005]",
        "卡[6222_0212_3456_7890_128]，[6222/0212/3456/7890/128]",
        "卡[6222  0212  3456  7890  128]，[6222·0212·3456·7890·128]",
        "交易[6222021234567894] 1 笔",
        "[6222021234567894]/12/3",
        "4539 5787 6362 1487",
        "4539 5787 6362 1486 4539",
        "订单4539578763621486",
        "6222021234567890129",
    ],
    "uscc": [
        "[91350100M000100Y43]",
        "统一社会信用代码：[91350100M000100Y44]",
        "91350100M000100Y44",
        "91350100M000100Y4",
    ],
    "email": [
        "[zhang.san@example.cn]",
        "邮箱[zhang_san@mail.example.com]收",
        "联系：[a@b.cn]，",
        "邮箱[张三@例子.公司]，我的邮箱是[李四@邮件.中国]，电子邮箱地址[王五@例子.公司]，[请转赵六@例子.网络]，邮件@众人",
        "张三＠某处",
        "user@localhost",
    ],
    "person_name": [
        "联系人[王小明]电话未留",
        "联系人：[王明]电话未留",
        "户主[欧阳修文]",
        '联系人："[张三丰]"，“姓名”：“[张三丰]”',
        "联系人：【[张三丰]】，申请人：《[张三丰]》",
        "姓名='[张三丰]'，姓名=[张三丰]，姓名|[张三丰]",
        "联系人-[张三丰]，联系人：「[张三丰]」",
        "姓名为[阿不都·热合曼]，",
        "昨天[王小明]先生来访",
        "监护人[王来喜]已签字",
        "[王]女士来电，[裴]女士来电，[欧阳]先生来电，联系人[仇]经理，联系人：[王]主任",
        "[王小明]女士来电，联系人：[王小明]经理",
        "姓名：[司空建国]，姓名：[纳兰建国]，姓名：[宗政建国]，姓名：[闾丘建国]，姓名：[巫马建国]，姓名：[段干建国]",
        "被投诉人：阳光物业公司",
        "被申请人： 黄山旅游集团，申请人：高新区管委会",
        "被举报人：华联超市；委托人：时代地产。",
        "当事人：张记面馆\n当事人：金色年华KTV\n被投诉人：万家乐电器",
        "申请人：[李伟]投诉华联超市，申请人：[李伟]在华联超市",
        "申请人：[王小明]学校：二中",
        "姓名不详",
        "高度、方向、时间",
        "王先生",
    ],
}
TABLES = [(category, case) for category, cases in CASES.items() for case in cases]


@pytest.mark.parametrize(("category", "case"), TABLES, ids=[f"{c}: {t}" for c, t in TABLES])
def test_finds_what_it_should_and_nothing_else(category: str, case: str) -> None:
    text = case.replace("[", "").replace("]", "")
    found = "".join(
        char
        for start, end, char in _pieces(case)
        if any(hit.category == category and hit.start <= start and end <= hit.end for hit in scan(text))
    )
    assert found == "".join(part.split("]")[0] for part in case.split("[")[1:])
    assert {hit.category for hit in scan(text)} <= {category}


def _pieces(case: str) -> list[tuple[int, int, str]]:
    return [(place, place + 1, char) for place, char in enumerate(case.replace("[", "").replace("]", ""))]


def test_an_id_number_that_is_also_a_card_number_is_an_id_number() -> None:
    overlapping = [Hit(0, 18, "bank_card", 0.9, "checksum"), Hit(0, 18, "resident_id", 0.99, "checksum")]
    assert [hit.category for hit in resolve(overlapping)] == ["resident_id"]


def test_of_two_that_overlap_in_part_nothing_is_left_over() -> None:
    found = [Hit(0, 19, "bank_card", 0.9, "checksum"), Hit(4, 15, "mobile", 0.9, "pattern")]
    assert {place for hit in resolve(found) for place in range(hit.start, hit.end)} == set(range(19))


def plainly_resolved(found: list[Hit]) -> list[Hit]:
    """By definition: each in turn gets the places that nobody has yet, and each row of these is a hit."""
    taken: list[Hit] = []
    free = set(range(100))
    for hit in sorted(found, key=lambda hit: (ORDER.index(hit.category), hit.start - hit.end, hit.start)):
        own = sorted(free & set(range(hit.start, hit.end)))
        starts = [place for place in own if place - 1 not in own]
        ends = [place + 1 for place in own if place + 1 not in own]
        taken += [replace(hit, start=start, end=end) for start, end in zip(starts, ends, strict=True)]
        free -= set(own)
    return sorted(taken, key=lambda hit: hit.start)


hits = st.builds(
    lambda start, length, category: Hit(start, start + length, category, 0.9, "pattern"),
    st.integers(0, 60),
    st.integers(1, 20),
    st.sampled_from(ORDER),
)


@given(st.lists(hits, max_size=25))
def test_overlaps_are_resolved_as_defined(found: list[Hit]) -> None:
    assert resolve(found) == plainly_resolved(found)


class Place(int):
    """A place that counts how often it is compared."""

    compared = 0

    def _count(self, compare: Callable[[int, int], bool], other: int) -> bool:
        Place.compared += 1
        return compare(int(self), int(other))

    def __lt__(self, other: int) -> bool:
        return self._count(operator.lt, other)

    def __le__(self, other: int) -> bool:
        return self._count(operator.le, other)


def test_many_hits_are_not_compared_each_with_each() -> None:
    many = [Hit(Place(place), Place(place + 11), "mobile", 0.9, "pattern") for place in range(0, 24_000, 12)]
    assert resolve(many) == many
    assert Place.compared < 30 * len(many)


def test_every_category_has_a_rank_and_every_row_a_source() -> None:
    assert {row.category for row in TABLE} < set(ORDER)
    assert all(row.source for row in TABLE)


NUMBERS = st.sampled_from(["13800138000", "11010519491231002X", "6222021234567894", "一三八零零一三八零零零"])


@given(first=NUMBERS, hidden=st.from_regex(f"[{INVISIBLE}]{{1,5}}", fullmatch=True), second=NUMBERS)
def test_numbers_are_found_where_only_what_hides_parts_them(first: str, hidden: str, second: str) -> None:
    """Each hides as a part of what they make together."""
    for text, numbers in ((f"{first}{hidden}{second}", [first, second]), (f"12{hidden}{first}{hidden}9", [first])):
        assert [text[hit.start : hit.end].rstrip("\ufe0f\u20e3") for hit in scan(text)] == numbers


alphabet = st.sampled_from(list("0123456789Xx １３-._/／·@ab手机身份证联系人王明，\u200b\U0001f600"))


@given(st.text(alphabet, max_size=60))
def test_hits_lie_in_the_text_and_never_overlap(text: str) -> None:
    hits = scan(text)
    assert all(0 <= hit.start < hit.end <= len(text) for hit in hits)
    assert all(one.end <= other.start for one, other in pairwise(hits))


@given(st.text(alphabet, max_size=60))
def test_the_gate_never_closes_on_a_hit(text: str) -> None:
    normal = normalise(text).text
    found = (
        any(row.pattern.search(normal) for row in TABLE)
        or any(find_names_before_words(normal))
        or any(find_names_behind_words(normal))
    )
    if found:
        assert may_hold_personal_data(text)


WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {ord("X"): 0x425, ord(" "): 0x3000}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.category}-{row.shortest}")
@given(st.data())
def test_the_gate_opens_for_each_candidate_of_a_row_however_it_is_spelled(row: Recogniser, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(row.pattern, fullmatch=True))
    spelled = "".join(chr(WIDE.get(ord(char), ord(char))) if data.draw(st.booleans()) else char for char in text)
    assert may_hold_personal_data(spelled)


def test_a_code_is_found_whatever_width_its_letters_have() -> None:
    code = "91330106MA2AXY1H0X"
    announced = f"统一社会信用代码{code}"
    wide = "".join(chr(WIDE[ord(char)]) if char != "X" else "\u0425" for char in code)
    assert [hit.category for hit in scan(announced)] == ["uscc"]
    assert [hit.category for hit in scan(f"统一社会信用代码{wide}")] == ["uscc"]


def test_dates_and_the_numbers_of_cases_do_not_open_the_gate() -> None:
    for text in ("2026-10-05T09:14:07+08:00", "YZ-2026-000123", "2026/10/05 09:14", "12号窗口", "第3栋1单元502室"):
        assert not may_hold_personal_data(text)


def test_threads_scan_at_the_same_time() -> None:
    text = "联系人王小明，手机13800138000" * 50
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(scan, [text] * 400))
    assert all(hits == found[0] for hits in found)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.category}-{row.shortest}")
def test_a_row_knows_how_long_a_candidate_is_at_least(row: Recogniser) -> None:
    """Where a text holds no run of that length, the row is not asked."""
    assert _parser.parse(row.pattern.pattern, row.pattern.flags).getwidth()[0] == row.shortest
