"""What is nobody's stays: files of offices in which nearly nothing is anybody's, and values that say so themselves."""

import pytest

from policies.documents.desk import found_in, masked_file, texts_in
from policies.documents.nobodys import is_nobodys_value, is_office
from tests.bench.desk_texts import compared
from tests.bench.ordinary_texts import Ordinary, ordinary_texts
from tests.policies.recognisers.weights_here import the_tagger

MOST_IN_VAIN = 0.01
"""Of the characters of a set that are nobody's."""
LEFT = {"新闻-有人名.txt": 3, "专家门诊.csv": 2}
"""Characters of somebody's that nothing around them tells of."""


@pytest.mark.parametrize("name", ["ordinary_texts", "later_ordinary_texts", "third_ordinary_texts"])
def test_little_is_hidden_in_vain(name: str) -> None:
    """Of all files together, and no more of somebody's is left than was known when they were written."""
    the_tagger()
    texts = list(ordinary_texts(name))
    told = {each.text.name: _became(each) for each in texts}
    nobodys = sum(sum(map(str.isalnum, each.text.truth)) - len(each.text.personal) for each in texts)
    assert {name: left for name, (left, _) in told.items() if left} == (LEFT if name == "ordinary_texts" else {})
    assert sum(vain for _, vain in told.values()) <= MOST_IN_VAIN * nobodys


def _became(each: Ordinary) -> tuple[int, int]:
    left, hidden = compared(each.text, masked_file(each.text.name, each.text.data)[0])
    return left, sum(at not in each.offices for at in hidden)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("原告", "青禾县安泰物业服务有限公司"),
        ("户名", "青禾县财政局非税收入汇缴专户"),
        ("投保人", "青禾县第一中学"),
        ("name", "pageNo"),
        ("联系人", "人事科"),
        ("联系人", "防火办"),
        ("联系人", "区医保局参保科"),
        ("经办人", "安平县人民医院病案管理室"),
        ("办理人", "窗口人员"),
        ("联系电话", "格式错误"),
        ("联系电话", "应为数字"),
        ("姓名", "未填写"),
        ("联系电话", "12345"),
        ("电话", "400-810-6666"),
        ("lxdh", "0539-12345"),
        ("姓名", "字符型"),
        ("身份证号", "CHAR(18) NOT NULL"),
        ("姓名", "${name}"),
        ("姓名", "请填写真实姓名"),
        ("联系人", "×××"),
        ("性别", "○男 ○女"),
        ("学历", "本科及以上"),
        ("地址", "192.168.10.25"),
        ("出生", "812"),
        ("护照", "本"),
        ("普通护照", "120"),
        ("身份证", "1"),
        ("出生", "死亡"),
        ("普通护照", "发改价格〔2019〕914号"),
        ("xm", "老旧小区改造"),
        ("name", "政务服务网关"),
        ("name", "HALL_NAME"),
        ("负责人", "（盖章） 年 月 日"),
        ("监交人", "日期： 年 月 日"),
        ("姓名", "保留姓，其余以星号代替"),
        ("手机号", "保留前三后四"),
        ("手机号", "应为11位"),
        ("联系人", "可不填，默认取申请人"),
        ("联系人", "指单位指定的统计联络员"),
        ("身份证号", "（18位）"),
        ("联系人", "县民政局社会救助股"),
        ("name", "系统管理员"),
    ],
)
def test_what_a_value_says_denies_its_label(key: str, text: str) -> None:
    """Then it is read as running text, in which nothing is found."""
    assert is_nobodys_value(key, text)
    copy, _ = masked_file("a.csv", f"编号,{key}\n1,{text}\n".encode())
    assert text in copy.decode()


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("原告", "大牛"),
        ("姓名", "花蕾"),
        ("name", "三毛"),
        ("name", "买买提艾力"),
        ("name", "张杨子涵"),
        ("name", "其木格"),
        ("办理人", "高人员"),
        ("name", "zhangwei"),
        ("xm", "高兴"),
        ("联系人", "李登科"),
        ("姓名", "艾中心李科"),
        ("电话", "12"),
        ("证件号码", "x9"),
        ("社保号", "120"),
        ("手机号", "应为13800138000"),
        ("联系人", "安社股"),
        ("姓名", "管理"),
        ("联系人", "可心"),
        ("出生", "九零年"),
        ("性别", "男"),
        ("性别", "☑男 □女"),
        ("出生", "1985"),
        ("户名", "李一中"),
        ("姓名", "应为民"),
        ("姓名", "未填七丙"),
    ],
)
def test_what_may_be_somebodys_is_none(key: str, text: str) -> None:
    """A label counts for whatever else stands behind it."""
    assert not is_nobodys_value(key, text)


def test_the_department_in_brackets_behind_a_number_stays() -> None:
    copy = masked_file(
        "a.txt", "应聘电话：0539-7765000（人力资源部）\n经办人：花蕾（财政局）\n联系人：花蕾（大牛）\n".encode()
    )[0].decode()
    assert copy == "应聘电话：***（人力资源部）\n经办人：***（财政局）\n联系人：***\n"


def test_an_address_is_no_office() -> None:
    """Where an organisation is told down to the house, that is one."""
    assert is_office("农业银行文昌路分理处")
    assert not is_office("青禾县人民路88号民政局")
    assert not is_office("政务服务中心二楼")


def test_the_first_row_of_a_list_is_its_head() -> None:
    """Though one cell of it alone tells of somebody, and the others are no headings that are known."""
    table = "姓名,语文,道德与法治,总分\n李沐阳,92,90,375\n"
    assert masked_file("a.csv", table.encode())[0].decode() == "姓名,语文,道德与法治,总分\n***,92,90,375\n"


def test_a_table_with_a_column_for_each_person_is_none() -> None:
    """Its first row has names, or the next begins with a heading."""
    for table in ("姓名,大牛,三毛,小芳\n籍贯,山东,江苏,河北\n", "姓名,花蕾,石头,雨点\n成绩,90,80,70\n"):
        copy = masked_file("a.csv", table.encode())[0].decode()
        assert copy.split("\n")[0].count("***") == 3


def test_nothing_is_somebodys_where_a_table_is_made() -> None:
    """The columns of a database and what they are for."""
    made = (
        "CREATE TABLE t (\n  sqr   VARCHAR(64) COMMENT '申请人姓名',\n"
        "  jtzz  VARCHAR(255) COMMENT '家庭住址',\n  zt    CHAR(2)\n);\n"
    )
    assert masked_file("a.sql", made.encode())[0].decode() == made
    assert not [each for text in texts_in("a.sql", made.encode()) for each in found_in(text)]
    rows = f"{made}INSERT INTO t VALUES ('大牛', '村头', '1');\n"
    assert "大牛" not in masked_file("a.sql", rows.encode())[0].decode()


def test_a_list_of_labels_is_none() -> None:
    """What a register holds is no label of what stands beside it."""
    told = "资源,单位,信息项,周期\n人口信息,公安局,姓名、性别、民族、身份证号,实时\n"
    assert masked_file("a.csv", told.encode())[0].decode() == told


def test_a_value_ends_with_the_bracket_around_it() -> None:
    """What stands behind it is of the sentence."""
    said = "该公司（统一社会信用代码：91371321MA3M8KX29C）经股东会决议解散。"
    assert masked_file("a.txt", said.encode())[0].decode() == "该公司（统一社会信用代码：***）经股东会决议解散。"


def test_a_name_that_two_readings_find_is_counted_once() -> None:
    """What is said of a copy is how many values are hidden in it."""
    _, tally = masked_file("a.txt", "联系人王小明，电话13800138000".encode())
    assert sum(tally.found.values()) == 2


def test_a_telephone_is_told_as_what_it_is() -> None:
    """Though its heading says no more than that it is one."""
    numbers = "单位,电话\n财政局,0539-7712201\n司法局,13957182046\n".encode()
    found = [category for text in texts_in("a.csv", numbers) for category, _ in found_in(text)]
    assert found == ["landline", "mobile"]


def test_a_catalogue_of_fields_is_nobodys() -> None:
    """A row that says what a field is called and holds tells of nothing beside it."""
    for told in (
        "| 字段 | 中文名 | 空值率 |\n|---|---|---:|\n| xm | 姓名 | 0.02% |\n| lxdh | 联系电话 | 12.6% |\n",
        "| name | type | required |\n|---|---|---|\n| name | string | Y |\n| phone | string | N |\n",
    ):
        assert masked_file("a.md", told.encode())[0].decode() == told
