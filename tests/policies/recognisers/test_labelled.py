"""One table for each row behind labels: `[` and `]` stand around what is to be found in a report."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.recognisers.find import find
from policies.recognisers.gate import Opened, opened
from policies.recognisers.labelled import LABELLED
from policies.recognisers.labelled_row import Labelled
from policies.recognisers.normalise import normalise
from policies.recognisers.scan import scan
from policies.recognisers.table import REPORTED

CASES = {
    "mobile": [
        "手机[13812345678][13987654321]，联系方式：[13612345678][15087654321]，订单1381234567813987654321",
        "手机138123456781398765432，手机13812345678139876543210",
        "香港电话 [9123 4567]，澳门手机[6612-3456]，台湾手机：[0912-345-678]，行动电话[0912345678]",
        "香港电话卡",
        "快递：王芳 [15088887777]，订单收货人王芳 [15088887777]，运单 王芳 [150-8888-7777]",
        "物流王芳([15088887777])",
        "快递 15088887777，订单编号：15088887777，快递单号 15088887777，运单查询 15088887777",
    ],
    "person_name": [
        "姓名：[Zhang Wei]，英文名 [LI Lei]；联系人：[John Smith]",
        "旅客姓名 [ZHANG/SAN] MR，姓名（拼音）：[Zhang San]，护照姓名：[WANG XIAOMING]",
        "Passenger: [ZHANG/SAN]，full name: [Maria Garcia]",
        "姓名 Full Name，联系人电话 Tel Number，姓名 ID Card，旅客 Passport No",
        "姓名：zhangsan，姓名 A B，联系人：a@b",
    ],
    "passport": [
        "护照号码：[X1234567]",
        "護照：[K12345678]",
        "护照号码：[EA1234567]，公务护照号[SE1234567]，旧护照[G12345678]",
        "护照号为[141234567]",
        "passport[E12345678]",
        "护照 [E 12345678]，护照号码：[G 1234567]，护照 A 座 12345678",
        "护照passport[E12345678]",
        "passports 2026",
        "Passport No. [C01X00T47]",
        "护照号*：[K1291423]，护照号1：[D0640086]；外国护照号/No.：[AB6843330]",
        "问：护照号？答：[K1291423]。",
        "**护照号**：[K1291423]，护照号码：____[AB6843330]____",
        "护照号码\n[SE7529122]\n外国护照号：\r\n    [K2841386]",
        "护照办理时间2026年",
    ],
    "permit": [
        "台湾居民身份证字号[A123456789]，身份证字号：[B234567890]；香港永久性居民身份证[K123456(7)]，身份证复印件A4",
        "港澳居民来往内地通行证：[H1234567801]",
        "台胞证号[12345678]",
        "台胞证[12345678(B)]",
        "台湾居民来往大陆通行证号码：[1234567890(B)]",
        "往来台湾通行证[L12345678]",
        "香港身份证 [A123456(7)]",
        "往来港澳通行证[C12345678]",
        "证件号码：[M12345678]",
        "身分證字號：[A123456789]，香港居民身份证[A123456(7)]，澳门居民身份证 [1234567(8)]",
        "军官证号：[军字第1234567号]，警官证[0123456]",
        "大通证[L83480162]，大陆居民往来台湾通行证；[T46772553]",
        "军官证办理20261126",
        "通行证办理须知20261126号文",
        "型号H12345678",
    ],
    "landline": [
        "拨打[87654321]转人工，请致电 [6543 2109]；拨打12345，致电95588，致电4006123456",
        "电话：[88271234]",
        "傳真[8827-1234]转",
        "座机[7654321]，办公电话：[87654321-8012]",
        "电话：[88236617]、[88236618]、[88236619]、[88236620]、[88236621]",
        "tel：[+86-29-49778882-772]，电话[+86-10-51808182转5288]",
        "兑换码 0663 4557 6734",
        "电话：[88236617]、[88236618]，座机 [0571-88236617] / [88236618]、[7654321]",
        "电话：[88236617]、第20260101期，电话2026/88236618，电话：[88236617]、2026-01-01",
        "电话95588",
        "电话：4008108888",
        "电话2026-1126",
    ],
    "bank_card": [
        "卡号[4392 2600 2345 6783]，信用卡：[4392-2600-2345-6783]，银行卡号 [5218 9012 3456 7890]",
        "银行卡号：[4392260023456783]，信用卡[5218901234567890]，信用卡流水号4392260023456783，卡号4392260023456783",
        "会员卡号 4392 2600 2345 6783，显卡卡号：4392-2600-2345-6783，单号 4392 2600 2345 6783",
    ],
    "bank_account": [
        "银行账号—— [1202021109001234567]，收款账号→[1202021109001234567]，开户账号﹕[1202021109001234567]",
        "开户账号：[206467926383] ④开户名称",
        "账户[4539578763621486]",
        "收款账号：[1202021109001234567]",
        "账号 [3301 0401 6000 0123]",
        "账户余额12.00",
        "账号数量1234567890，账户余额 1234567890，账号 1234567890 个",
        "<td>银行账户</td>\n    <td>[545850332660]</td>",
        "账号管理",
    ],
    "social_no": [
        "社保号：[A12345678]",
        "社保卡~[3132332042]",
        "医保卡号[330100123456]",
        "醫保號 [12345678X]",
        "社保缴费2026年11月",
        "社保局 57612345，医保基金 0652748307 元，社保 123456万元，社保\n20260301",
    ],
    "housing_fund": [
        "公积金账号：[330100123456]",
        "公积金个人账号[00123456789]",
        "公积金12.5万元",
        "公积金中心 87654321",
    ],
    "medical_no": [
        "病历号：[ZY0012345]",
        "住院号[20261234]",
        "门诊时间2026年",
        "门诊2楼",
        "患者编号:[MZ2822518522]，体检编号 [9222194676]，病人号[0012345]",
        "门诊量 016104 人次，门诊号源已满 810160，病历本16190册，住院部 8123456，住院 12345 人次",
        "门诊病历本号：[0012345]",
        "电子健康卡：[33010620260101123456]",
        "残疾人证号[11010519491231002143B1]",
        "残疾证[11010519491231002X11]",
        "残疾人证办理2026",
    ],
    "plate": [
        "车牌：[浙 A 12345]，号牌号码 [沪 A·D12345]，车牌 [京 A 1234警]",
        "车牌 京 A座1234",
        "飞机注册号[B-1234]",
        "航空器登记号：[B-30AB]",
        "无人机登记号 [UAS12345678]",
        "飞机注册号查询",
        "型号B-1234",
    ],
    "driving_licence": ["驾驶证档案编号：[330101234567]", "档案编号[330101234567]", "档案编号12"],
    "vin": [
        "车架号：[LSVAU2A37N2183295]",
        "VIN [LSVAU2A37N2183295]",
        "VIN[LSVAU2A37N2183295]",
        "大架号 [LSVAU2A37N2183295]",
        "车架检查",
    ],
    "uscc": ["统一社会信用代码：[9133 0106 MA2A XY1H 0X]", "信用代码[91350100M000100Y44]", "信用代码管理办法"],
    "qq": [
        "企鹅[19283746]，企鹅：[2837465019]；企鹅100000只，企鹅数量1000000，企鹅12345",
        "QQ/微信：[123456789]",
        "QQ：[12345678]",
        "qq号[10001]",
        "ＱＱ：[１２３４５６]",
        "qq群里说",
        "QQ群 240271217，QQ群主[240271217]",
        "QQ\n[90559181]",
    ],
    "wechat": [
        "微信：_[hello_2021]_，微信号 **[hello_2021]**，微信：_[abc-wang88]_",
        "微信：[hello_2021_]，微信_____[wang_2021]____",
        "微信号：[wang_xm88]",
        "加微信 [wxid-2026a]",
        "加V：[zhangsan88]，薇信[lilei_123]",
        "微信公众号",
        "微信公众号：qinghefabu，微信小程序 qinghetong，微信群 fangwen123",
        "——微信ID：[zhaotssvg9qw4h]——",
        "薇❤：[abc123456]，V❤[zhang_2019]，绿泡泡：[lilei_123]",
        "微信支付1234",
    ],
    "birth_date": [
        "出生日期：[1988-03-14]",
        "出生[1988年3月14日]",
        "生于[一九八八年三月十四日]",
        "生日 [1988/3/14]",
        "DOB: [19880314]",
        'csrq=[1988-03-14]，"csrq":"[1988年3月14日]"',
        "男，[1988年3月14日]生，[1988.03.14]出生，（[1988年3月]生），[88年3月14日]生于某地",
        "生日：[3月14日]",
        "2026年3月14日生效，2026.03.14生产，2026年3月出生人口，生日蛋糕3个",
        "成立日期：1988-03-14",
        "出生日期早于 1960-01-01 的，出生日期须不晚于2008-01-01",
    ],
    "coordinates": [
        "坐标：[120.123456,30.123456]",
        "GPS [120.1234, 30.1234]",
        "坐标：[东经120.1234°，北纬30.1234°]，定位[E120.12345,N30.12345]",
        "坐标[39.90923N,116.39744E]，北纬[30.12345，东经120.12345]",
        "坐标转换误差 0.4328,0.2642，坐标 0.4328,0.2642",
        "坐标系2000",
        "比例1.2,3.4",
    ],
    "ip": [
        "登录IP：[192.0.2.17]",
        "IP地址为[198.51.100.4]",
        "版本 1.2.3.4",
        "IP 192.0.2.0/24",
        "登录IP [2001:db8::1]",
        "IP 10:20:30",
        "permit ip 10.1.1.0 0.0.0.255，IP [10.1.1.10]",
        "服务器IP：192.0.2.17，打印机 IP 192.0.2.18，网关IP 192.0.2.1，登录IP\n[192.0.2.17]",
    ],
    "mac": [
        "MAC地址：[001A2B3C4D5E]，mac [001a.2b3c.4d5e]",
        "MAC地址：[00:1A:2B:3C:4D:5E]",
        "mac [00-1a-2b-3c-4d-5e]",
        "MAC电脑",
        "交换机MAC：00:1A:2B:3C:4D:5E",
    ],
    "sex": ["性别：[男]", "性別 [女]", "男装"],
    "ethnicity": ["民族：[汉族]", "民族[维吾尔]", "民族成分：[回族]", "民族团结"],
    "party": ["政治面貌：[中共党员]", "政治面貌[群众]", "政治面目：[预备党员]", "群众来访"],
    "marriage": ["婚姻状况：[已婚]", "婚姻情况[离异]", "婚姻登记"],
    "religion": ["宗教信仰：[佛教]", "其家庭信奉[伊斯兰教]", "宗教事务局"],
    "health": [
        "诊断：[2型糖尿病]",
        "既往史：[高血压]",
        "患有[冠心病]",
        "病情：[2型糖尿病]",
        "既往病史：[乙肝]，既往史：肝功能正常",
        "诊断证明一份",
    ],
}
TABLES = [(category, case) for category, cases in CASES.items() for case in cases]


@pytest.mark.parametrize(("category", "case"), TABLES, ids=[f"{c}: {t}" for c, t in TABLES])
def test_finds_the_value_behind_its_label_and_nothing_around_it(category: str, case: str) -> None:
    text = case.replace("[", "").replace("]", "")
    found = find(text)
    assert [text[hit.start : hit.end] for hit in found] == [part.split("]")[0] for part in case.split("[")[1:]]
    assert {hit.category for hit in found} <= {REPORTED.get(category, category)}


def test_every_row_has_cases_and_a_source() -> None:
    assert {row.category for row in LABELLED} <= set(CASES)
    assert all(row.source for row in LABELLED)


LEVELS = {
    "sensitive": "bank_card bank_account housing_fund medical_no coordinates ethnicity party marriage religion health",
    "quasi": "birth_date sex",
}


@pytest.mark.parametrize("row", LABELLED, ids=lambda row: str(row.category))
def test_a_row_says_its_level(row: Labelled) -> None:
    """Source: GB/T 45574-2025."""
    wanted = next((level for level, categories in LEVELS.items() if row.category in categories.split()), "identifier")
    assert row.level == wanted


NOBODYS = (
    "零件号 E12345678",
    "事项编码075344219840",
    "基站13800138000号段说明",
    "快递 JD0012345678901",
    "EMS：EB123456785CN 已签收",
    "ISBN 9787302511625",
    "价格¥13800138000",
    "版本号 13.8.0013.8000",
    "时间戳 1700000000000",
    "会议ID：620 123 4567",
    "发票代码033002100311 发票号码12345678",
    "专利号ZL202010123456.7",
    "IMEI 860123456789012",
    "学号 202612345678",
    "银行行号 102331002345",
    "商户号 898330157120012",
    "订单330102680203123已发货",
)


@pytest.mark.parametrize("text", NOBODYS)
def test_numbers_of_things_are_nobodys(text: str) -> None:
    assert find(text) == []


def test_what_is_only_reported_is_not_hidden_where_nobody_declared_it() -> None:
    text = "出生日期：1988-03-14，民族：汉族，登录IP：192.0.2.17"
    assert {hit.category for hit in find(text)} == {"birth_date", "ethnicity", "ip"}
    assert scan(text) == ()


WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {ord(" "): 0x3000}


@pytest.mark.parametrize("row", LABELLED, ids=lambda row: f"{row.category}-{row.words[0]}")
@given(st.data())
def test_the_gate_opens_for_each_word_of_a_row_however_it_is_written(row: Labelled, data: st.DataObject) -> None:
    word = data.draw(st.sampled_from(row.words))
    word = "".join(chr(WIDE.get(ord(char), ord(char))) if data.draw(st.booleans()) else char for char in word)
    word = word.upper() if data.draw(st.booleans()) else word
    assert Opened.LABELS + LABELLED.index(row) in opened(f"有{word}在")
    assert normalise(word).text.lower() in row.words
