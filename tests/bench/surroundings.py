"""Identifiers as forms, messages, tables and logs have them, and what only looks like one: other forms, labels and
surroundings than those of `sentences.py`, written down without a look at these.
"""

import random
from collections.abc import Callable, Iterator

from policies.recognisers.checksums import is_luhn
from tests.bench import invented
from tests.bench.invented import digits
from tests.bench.sentences import Sample

type Chance = random.Random

_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_NUMERALS = tuple(str.maketrans("0123456789", these) for these in ("〇一二三四五六七八九", "零幺二三四五六七八九"))
_LEADS = "||经查，|据了解，|申请人李雷，|当事人|请核对：|1. |（|【|请联系|备注:|\n|我的|孩子的|  ".split("|")
_TAILS = "||。|，请核实|；谢谢|）|】|\n|，已登记。|（本人）|、|已录入系统|等信息|  |/".split("|")
_LABELS = {
    "resident_id": "|||身份证号|身份证号码：|身份证:|公民身份号码|證件號碼：|ID:|idCard=|证件号码为|id_no: ",
    "mobile": "|||手机|手机号：|手機號碼：|联系电话:|tel:|phone=|联系方式 |手机号为|微信同号|Tel. |致电",
    "landline": "||电话|固话：|办公电话:|電話：|传真：|tel:|联系电话 |Fax: ",
    "email": "||邮箱：|e-mail: |email=|郵箱：|请发至|mailto:|联系",
    "bank_card": "||银行卡号|卡号：|收款账号:|開戶賬號：|建行卡 |card no. |卡号为",
    "uscc": "||统一社会信用代码：|税号：|纳税人识别号|統一社會信用代碼：",
    "passport": "||护照号码：|護照號碼：|passport no. |持护照",
    "permit": "往来港澳通行证：|通行證號碼：|回乡证|港澳居民来往内地通行证",
    "plate": "||车牌号：|車牌號：|号牌号码|驾驶|一辆",
    "vin": "|车架号：|VIN:|車架號：|vin=|车辆识别代号（VIN）：",
    "qq": "QQ号|QQ：|qq:|扣扣|联系QQ ",
    "social_no": "社保号|社保卡号：|社会保障号码：|社會保障號碼：|医保编号 ",
    "medical_no": "病历号：|住院号:|就诊卡号 |病歷號：",
    "birth_date": "出生日期：|出生年月:|生日：|出生於|生于|csrq=",
}
_FORMS: dict[str, tuple[str, ...]] = {
    "resident_id": ("{0}", "{0}", "{0:6.8.4}", "{0:6-8-4}", "{0:3 3 4 4 4}"),
    "mobile": (
        "{0}",
        "{0:3 4 4}",
        "{0:3-4-4}",
        "{0:3.4.4}",
        "+86{0}",
        "+86 {0:3 4 4}",
        "0086{0}",
        "(+86){0}",
        "（+86）{0}",
    ),
    "bank_card": ("{0}", "{0:4 4 4 4 4}", "{0:4-4-4-4-4}"),
}
"""How the digits are grouped: so many, and what stands between."""


def surrounded(chance: Chance, each: int) -> Iterator[Sample]:
    """So many texts of each kind with one identifier, as many with two, and a table for each ten of them."""
    for kind in _LABELS:
        for _ in range(each):
            value = _written(chance, kind)
            text = chance.choice(_LEADS) + chance.choice(_LABELS[kind].split("|"))
            yield Sample(text + value + chance.choice(_TAILS), ((len(text), len(text) + len(value), kind),), kind)
    for _ in range(each):
        yield _joined(
            chance, chance.sample(("resident_id", "mobile", "landline", "plate", "bank_card"), 2), "\t，、；|/ "
        )
    for _ in range(each // 10):
        yield _table(chance)


def look_alikes(chance: Chance, each: int) -> Iterator[str]:
    """So many texts for each kind of number that is nobody's."""
    for make in _NOBODYS:
        for _ in range(each):
            yield chance.choice(("", "请注意，", "备注：")) + make(chance) + chance.choice(("", "。", "，谢谢"))


def _written(chance: Chance, kind: str) -> str:
    value = invented.KINDS[kind](chance)
    value = _grouped(value, chance.choice(_FORMS.get(kind, ("{0}",))))
    if kind == "mobile" and value.isdigit() and chance.random() < 0.2:
        return value.translate(chance.choice(_NUMERALS))
    if kind not in ("qq", "birth_date") and chance.random() < 0.15:
        return value.translate(_WIDE)
    return value


def _grouped(value: str, form: str) -> str:
    """*value* in the groups that *form* tells of."""
    before, _, rest = form.partition("{0")
    groups, _, after = rest.partition("}")
    if not groups:
        return before + value + after
    separator = next(char for char in groups[1:] if not char.isdigit())
    parts, at = [], 0
    for size in map(int, groups[1:].split(separator)):
        parts.append(value[at : at + size])
        at += size
    return before + separator.replace(".", "." if before or len(value) == 11 else " ").join(filter(None, parts)) + after


def _joined(chance: Chance, kinds: list[str], between: str) -> Sample:
    text = chance.choice(("", "张三 ", "李雷，"))
    spans: list[tuple[int, int, str]] = []
    for kind in kinds:
        value = invented.KINDS[kind](chance)
        text += chance.choice(between) if spans else ""
        spans.append((len(text), len(text) + len(value), kind))
        text += value
    return Sample(text, tuple(spans), "several")


def _table(chance: Chance) -> Sample:
    columns = {
        "手机号": "mobile",
        "身份证号": "resident_id",
        "银行卡号": "bank_card",
        "车牌号": "plate",
        "邮箱": "email",
    }
    heads, between = chance.sample(list(columns), 3), chance.choice((",", "\t", "|", " | "))
    text = between.join(heads)
    spans: list[tuple[int, int, str]] = []
    for _ in range(3):
        for number, head in enumerate(heads):
            value = invented.KINDS[columns[head]](chance)
            text += between if number else "\n"
            spans.append((len(text), len(text) + len(value), columns[head]))
            text += value
    return Sample(text, tuple(spans), "several")


def _no_card(chance: Chance) -> str:
    return next(number for number in iter(lambda: "6222" + digits(chance, 15), "") if not is_luhn(number))


def _behind(before: str, number: int, after: str = "") -> Callable[[Chance], str]:
    return lambda chance: before + digits(chance, number) + after


_NOBODYS: tuple[Callable[[Chance], str], ...] = (
    *(_behind(label, 16) for label in ("订单号", "受理编号2026", "流水号20261127", "交易号", "缴费单号", "ICCID 8986")),
    *(_behind(label, 15) for label in ("快递单号：", "准考证号", "准考证号：", "设备IMEI ", "运单号SF")),
    *(_behind(label, 11) for label in ("发票号码", "时间戳17", "第", "http://example.cn/a/", "IMEI：8612")),
    *(_behind(label, 12) for label in ("学号", "序列号SN", "电表编号", "凭证号 ", "事项编码", "合同编号HT")),
    *(_behind(label, 8) for label in ("工号", "批准文号国药准字H", "注册资本", "区块高度", "发票号码：")),
    *(_behind(label, 4) for label in ("航班CA", "乘坐MU", "手机尾号", "G", "（2026）浙0106民初", "GB/T ")),
    *(_behind(label, 3, "号") for label in ("杭政发〔2026〕", "浙财发〔2025〕", "京政令第")),
    _behind("金额", 11, "元"),
    _behind("共计", 11, ".00元"),
    _behind("400-810-", 4),
    _behind("客服电话400", 7),
    _behind("股票代码", 6),
    _behind("会议号62", 9),
    _behind("版本v1.13.", 5),
    _behind("东经120.", 6),
    _behind("ISBN 9787", 9),
    _behind("粤B级考试", 3),
    _behind("沪A股指数", 5, "点"),
    _behind("K", 4),
    lambda chance: "tracking " + _no_card(chance),
    lambda chance: "随机数" + _no_card(chance),
    lambda chance: f"sha256:{chance.getrandbits(256):064x}",
    lambda chance: f"md5 {chance.getrandbits(128):032x}",
    lambda chance: f"雪花id {chance.randrange(10**18, 9 * 10**18)}",
    lambda chance: chance.choice(
        ("用户user@localhost登录", "提及@zhangsan", "a@b", "git@host:team/repo.git", "图片logo@2x.png")
    ),
    lambda chance: chance.choice(
        ("身份证号共18位", "手机号为11位数字", "iPhone 15 Pro Max 256GB", "请拨打12345或95588", "MAC地址段")
    ),
)
