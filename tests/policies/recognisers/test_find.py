"""What is reported: the value and nothing around it, and nothing that is in doubt."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.recognisers.find import _found, find, reported
from policies.recognisers.scan import _look_alikes, scan
from policies.recognisers.table import Hit
from tests.bench.embedded import beside, embedded, listed
from tests.bench.recognition import judged, spans_found
from tests.bench.surroundings import look_alikes, surrounded

EXACT = {
    "mobile": [
        "[13800138000]",
        "联系方式：[+86 13800138000]，",
        "Tel[+8613800138000]",
        "([86-13800138000])",
        "致电[138-0013-8000]。",
        "[138 0013 8000]；",
        "手机[一三八零零一三八零零零]",
        "本机号码[15003368124]，登机号13800138000，主机号 13800138000",
        "缴费方式：[13894086591]，缴费单 13894086591",
        "手机[138OO138OOO]",
        "手机[13八0零1三8OO0]，[1３八〇O13八000]",
        "[1\ufe0f\u20e33\ufe0f\u20e38\ufe0f\u20e30\ufe0f\u20e30\ufe0f\u20e31\ufe0f\u20e33\ufe0f\u20e38\ufe0f\u20e30\ufe0f\u20e30\ufe0f\u20e30\ufe0f\u20e3]，",
        "[139OOO12233]转王女士，[13９ooo12233]",
        "l39OOO12233，139|OOO12233",
        "手機：[１３８００１３８０００]",
        "[138\u200b00138000]",
        "18861662920".join("[]"),
        "[13800138000]/[13900139000]",
        "1. [13800138000] 2. [13900139000]",
        "https://host.example.cn/a?phone=[13800138000]&b=1",
        "a@b\n[13800138000]\nabc\n[13900139000]\n单号\n[13700137000]",
        "电话[+852 9123 4567]，[+853 66123456]，[00852 61234567]",
        "[+886 912 345 678]，手机[+886-912345678]",
        "tel +1 567 732 9484，phone +1-383-555-0123",
        "+85291234567890，86852912345678",
        "单价13800138000元，版本+852.9123.4567.1",
        "订单号13800138000",
        "流水号：13800138000",
        "预算总额13800138000元",
        "0.13800138000",
        "IMG_13800138000.jpg",
        "http://www.example.cn/2026/13800138000.shtml",
        "频率 13800138000 Hz，面积13800138000㎡，13800138000号文件",
        "a3f13800138000bc",
        "版本 5.16.2680.16239",
        "1440013800138",
        "编号(2026)第13800138000号",
    ],
    "resident_id": [
        "身份證號碼[11010519491231002x]。",
        "[110105 19491231 002X]",
        "公民身份号码[一一零一零五一九四九一二三一零零二X]",
        "[810000199408230021]",
        "110105194912310021",  # the wrong check digit
        "999999194912310027",
        "202611199001010016",
        "驾驶证号：[11010519491231002X]",
        "证号：[110105491231002]，本人证号[110105491231002]",
        "准考证号110105491231002，许可证号：110105491231002",
        "准考证号 110105194912310021，学籍号110105194912310021",
        "学籍号[11010519491231002X]",  # proven, whatever it is called
    ],
    "landline": [
        "([0571-88271234])",
        "座机[(0571)88271234]",
        "[0086-10-62345678]，传真[0086-571-88271234]，编号0086-10-12345678",
        "[010-88271234转801]",
        "[0571 8827 1234]",
        "拨打[021-12345678]，([0571) 8827 1234 转 801]".replace("([", "[("),
        "电话[+86-571-88271234]",
        "电话[(86)10-88271234]，[+86(571)88271234]",
        "[+852-2123-4567]，[+853 2812 3456]，[+886-2-2345-6789]",
        "拨打12345、95588、110、400-810-8888",
        "编号057188271234",
    ],
    "email": [
        "邮箱wang.xm@example.cn收".replace("wang", "[wang").replace("cn", "cn]"),
        "[a@b.cn]。",
        "[zhangwei@163。com]，联系[a@b.cn]。Email另附",
        "发到[zhang_san＠example．cn]",
        "git clone git@host.example.com:team/a.git",
        "logo@2x.png",
        "https://user:key@host.example.com/a",
        "联系[zhangsan@例子.公司]，邮箱：[张三@例子.中国]，[lisi@政务。中国]",
        "[张三@example.cn]，@张三.同学，李四@例子公司",
        "@app.route('/a')",
    ],
    "bank_card": [
        "卡[6222 0212 3456 7890 128]",
        "[6222021234567890128]",
        "账号：[6222 0212 3456 7890 129]",
        "订单号6222021234567890128",
        "会员编号4539578763621486",
    ],
    "uscc": ["[91350100M000100Y43]", "91350100M000100Y44"],
    "passport": [
        "[E12345678]",
        "持[EA1234567]入境",
        "[G12345678]",
        "证号 [E12345678]",
        "国食健字G13800689",
        "型号E12345678，图纸 E59402848",
        "AE12345678",
    ],
    "plate": [
        "[京A·12345]",
        "[京·A12345]，车牌號：[粵B12345]，[滬AD12345]",
        "行驶证号 [京A12345]，牌照号：_[京A12345]_",
        "[鲁B12345挂]，[鲁B1234挂]，[鲁B12345]挂号",
        "[沪AD12345]",
        "[粤B12345D]",
        "[粤Z1234港]",
        "[浙A1234警]",
        "[使123456]",
        "川A一季度",
        "京ABCDEF",
        "新E1234567",
    ],
    "vin": ["[LSVAU2A34N2183294]", "LSVAU2A34N2183295", "20261126121314567"],
    "person": [
        "联系人[王小明]电话未留",
        "当时[张三]来电，会计[李四]来访",
        "[王中华]先生和[张有才]女士的来电",
        "与班长核对这一小时的来电登记",
        "公安机关来电，公安局同志，相关部门同志，有关单位来电，工程部老师",
    ],
}
TABLES = [(category, case) for category, cases in EXACT.items() for case in cases]


@pytest.mark.parametrize(("category", "case"), TABLES, ids=[f"{c}: {t}" for c, t in TABLES])
def test_reports_exactly_what_it_should(category: str, case: str) -> None:
    text = case.replace("[", "").replace("]", "")
    found = find(text)
    assert [text[hit.start : hit.end] for hit in found] == [part.split("]")[0] for part in case.split("[")[1:]]
    assert {hit.category for hit in found} <= {category}


OTHERS = [
    "国发〔2020〕12号",
    "ISBN 978-7-5086-1234-5",
    "2026-11-26 12:13:14",
    "550e8400-e29b-41d4-a716-446655440000",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "快递单号 SF1234567890123",
    "乘坐138路",
    "G60高速K1234+567",
    "（2026）浙01民初1234号",
    "npm install vue@3.4.21",
    "型号B-1234，座位B-3012",
    "发票号码：26332000000012345678",
    "运单号YT8812345678901，取件码 3-2-1024",
    "耗时1700000000123毫秒，ts 1764201600123",
    "330106199013321235",  # the check digit is right, the thirteenth month is not
    "110105194902310026 仓库",
    "卡BIN 622202",
    "（113.264385，23.129110）",
    "行驶证号牌样式 GA 36-2018",
    "执法证号 13630939217",
    "归档号：18088635675，档案号13800138000",
    "考场号 15861849085",
    "礼品卡号 5089051020585143，加油卡号：6222021234567890128",
    "ZOOM 174 8613 4010",
    "直播间人气 13987654321，WiFi密码 13800138000",
    '{"id": 18765605829, "size":13805741451}',
]


@pytest.mark.parametrize("text", OTHERS)
def test_leaves_alone_what_is_nobodys(text: str) -> None:
    assert find(text) == []


alphabet = st.sampled_from(list("0123456789Xx １３-._/@ab手机号身份证电话订单王明，\u200b\ud83d\U0001f600京A"))


@given(st.text(alphabet, max_size=60))
def test_all_that_is_reported_is_hidden_and_no_two_overlap(text: str) -> None:
    found = find(text)
    assert all(0 <= hit.start < hit.end <= len(text) and 0.5 <= hit.score <= 1 for hit in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    hidden = {place for hit in scan(text) for place in range(hit.start, hit.end)}
    assert hidden.issuperset(place for hit in found for place in range(hit.start, hit.end))


def test_what_is_in_doubt_is_hidden_and_not_reported() -> None:
    for text in ("编号110105194912310021", "订单号13800138000", "a3f13800138000bc"):
        assert find(text) == []
        assert len(scan(text)) == 1


@pytest.mark.parametrize(
    ("text", "tagged", "left"),
    [
        ("李雷G40571160", [(0, 3)], [(0, 2, "person"), (2, 11, "passport")]),
        ("宁X-Q48C8号", [(0, 2)], [(0, 8, "plate")]),
        ("E83244302李雷", [(8, 11)], [(0, 9, "passport"), (9, 11, "person")]),
        ("李雷13800138000", [(0, 2)], [(0, 2, "person"), (2, 13, "mobile")]),
    ],
)
def test_a_name_that_a_tagger_found_ends_where_a_number_begins(
    text: str, tagged: list[tuple[int, int]], left: list[tuple[int, int, str]]
) -> None:
    found = _found(text, [Hit(*span, "person_name", 0.9, "model") for span in tagged])
    assert [(hit.start, hit.end, hit.category) for hit in found] == left


def test_identifiers_are_found_in_whatever_surrounds_them_and_their_look_alikes_are_not() -> None:
    chance = random.Random(32)
    for sample in surrounded(chance, 12):
        found = {(hit.start, hit.end, hit.category) for hit in find(sample.text) if hit.category != "person"}
        assert found == set(sample.spans), sample.text
    assert [text for text in look_alikes(chance, 4) if find(text)] == []


def test_identifiers_are_found_in_chats_tables_and_scanned_pages_and_numbers_of_things_are_not() -> None:
    chance = random.Random(83)
    made = [*embedded(chance, 8), *listed(chance, 8)]
    scores = judged(made, spans_found)
    assert min(f1 for _, _, f1 in scores.values()) > 0.95, scores
    assert [sample.text for sample in beside(chance, 8) if spans_found(sample.text)] == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("①13800138000", "13800138000"),
        ("⒈13800138000", "13800138000"),
        ("②0571-88236617", "0571-88236617"),
        ("①③⑧00138000", "①③⑧00138000"),
        ("手机①③⑧⓪⓪①③⑧⓪⓪⓪", "①③⑧⓪⓪①③⑧⓪⓪⓪"),
    ],
)
def test_a_digit_in_a_circle_numbers_an_item_or_is_one_of_a_number(text: str, value: str) -> None:
    for hits in (find(text), scan(text)):
        assert [text[hit.start : hit.end] for hit in hits] == [value]


def test_policies_and_reports_call_persons_differently() -> None:
    assert reported("person_name") == "person"
    assert reported("mobile") == "mobile"


def test_letters_for_digits_are_read_where_they_stand_and_no_text_is_copied_for_each() -> None:
    cells = "a1O2l3b,手机138OO138OOO\n"
    text = cells * 3_000
    found = find(text)
    assert [hit.start % len(cells) for hit in found] == [10] * 3_000


def test_what_a_text_of_letters_for_digits_costs_grows_with_its_length() -> None:
    """By what is read: each candidate is looked at with what stands before it, and not with the whole text."""
    read = 0

    class Counted(str):
        def __getitem__(self, key: object) -> str:
            nonlocal read
            piece = str.__getitem__(self, key)  # type: ignore[index]
            read += len(piece)
            return piece

    text = Counted("1O2l3O4l5O6l7\n" * 500)
    assert list(_look_alikes(text)) == []
    assert read < 20 * len(text)
