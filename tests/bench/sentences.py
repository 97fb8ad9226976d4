"""Sentences with invented identifiers in them, and sentences with what only looks like one, from a seed.

Each is a template of our own in which the identifier is written as people write it: in groups, in full-width digits, in
Chinese numerals, with characters that hide, in traditional characters around it.
"""

import base64
import hashlib
import random
import uuid
from collections.abc import Callable, Iterator

import msgspec

from policies.recognisers.checksums import resident_id_check_digit
from tests.bench.invented import KINDS, digits, luhn, mobile, resident_id, resident_id_15

_LABELS = {
    "resident_id": "身份证号 身份证 公民身份号码 身份证号码 证件号码 ID 身份證號碼 居民身份证 IDCard",
    "mobile": "手机 手机号 联系电话 电话 手机号码 联系方式 Tel 手機 mobile 聯絡電話",
    "landline": "电话 座机 办公电话 固定电话 传真 联系电话 電話",
    "email": "邮箱 电子邮箱 E-mail 邮件地址 email 電郵",
    "bank_card": "银行卡号 卡号 银行卡 收款卡号 开户卡号 銀行卡號",
    "uscc": "统一社会信用代码 信用代码 社会信用代码",
    "passport": "护照号 护照号码 护照 Passport_No. 護照號碼",
    "permit": "港澳通行证 港澳居民来往内地通行证号 回乡证号码 通行证号",
    "plate": "车牌号 车牌 号牌号码 车牌号码 車牌",
    "vin": "车架号 VIN 车辆识别代号 车辆识别代码",
    "social_no": "社保号 社保卡号 医保号 社会保障卡号 医保卡号 社保编号",
    "medical_no": "病历号 住院号 门诊号 就诊卡号 病案号",
    "bank_account": "银行账号 收款账号 开户账号 对公账户",
    "birth_date": "出生日期 生日 出生年月日 出生",
    "coordinates": "坐标 经纬度 定位 GPS",
    "qq": "QQ QQ号 qq号码",
    "wechat": "微信 微信号 WeChat",
}
_NEEDS_LABEL = frozenset("permit social_no medical_no bank_account birth_date coordinates qq wechat".split())
_LABELLED = (
    "{label}：{value}",
    "{label}:{value}",
    "{label}{value}",
    "{label}为{value}",
    "{label} {value}",
    "{label}是{value}，请核对",
    "申请人{label}：{value}。",
    "您好，我的{label}是{value}，麻烦登记一下",
    "（{label}：{value}）",
    "经查，当事人{label}为{value}，情况属实。",
    "一、基本情况\n{label}：{value}\n二、申请事项",
    '{{"{label}":"{value}","状态":"正常"}}',
    "{label}={value}",
    "请补充{label}（{value}）后再提交",
    "2026-11-26 10:02:11 INFO 提交成功 {label}={value} 耗时32ms",
    "张三,男,{label}{value},已婚",
    "原{label}{value}已注销",
)
_BARE = (
    "{value}",
    "请联系{value}处理",
    "群众来信：{value}，反映小区停水问题",
    "已登记 {value} 等三人",
    "名单：1. {value} 2. 待补",
    "备注：{value}。",
    "转给{value}就行",
    "工作人员核对{value}后办结",
    "（{value}）",
    "“{value}”未通过核验",
    "见附件\t{value}\t已核",
    "{value};待回访",
)
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_IN_WORDS = str.maketrans("0123456789", "零一二三四五六七八九")


class Sample(msgspec.Struct, frozen=True):
    """A sentence, and what is in it."""

    text: str
    spans: tuple[tuple[int, int, str], ...]
    """Start, end and category; none in a sentence that holds nothing personal."""
    kind: str
    """What the sentence was made to hold."""


def samples(chance: random.Random, each: int) -> Iterator[Sample]:
    """*each* sentences for each kind of identifier."""
    for kind, make in KINDS.items():
        for _ in range(each):
            labelled = kind in _NEEDS_LABEL or chance.random() < 0.65
            value = _written(chance, kind, make(chance), labelled=labelled)
            template = chance.choice(_LABELLED if labelled else _BARE)
            label = chance.choice(_LABELS[kind].split()).replace("_", " ")
            if label[-1].isascii():  # nobody writes letters to letters
                template = template.replace("{label}{value}", "{label} {value}")
            head, tail = template.format(label=label, value="\0").split("\0")
            yield Sample(head + value + tail, ((len(head), len(head) + len(value), kind),), kind)


def _written(chance: random.Random, kind: str, value: str, *, labelled: bool) -> str:
    """*value* as somebody might write it."""
    how = chance.random()
    if kind in ("wechat", "birth_date", "coordinates", "plate", "vin") or how < 0.6:
        return value
    if how < 0.7:
        return value.translate(_FULL_WIDTH)
    if how < 0.76 and kind in ("mobile", "resident_id", "bank_card"):
        place = chance.randrange(2, len(value) - 2)
        return value[:place] + chance.choice("\u200b\u200d\ufeff\u2060") + value[place:]
    match kind:
        case "mobile":
            parts = (value[:3], value[3:7], value[7:])
            forms = [" ".join(parts), "-".join(parts), f"+86 {value}", f"+86{value}", f"86-{value}"]
            if labelled:
                forms += [value.translate(_IN_WORDS), value.replace("0", "O"), ".".join(parts)]
            return chance.choice(forms)
        case "resident_id":
            parts = (value[:6], value[6:14], value[14:])
            return chance.choice((" ".join(parts), "-".join(parts), value.translate(_IN_WORDS) if labelled else value))
        case "bank_card":
            groups = [value[start : start + 4] for start in range(0, len(value), 4)]
            return chance.choice((" ".join(groups), "-".join(groups)))
        case _:
            return value


def _wrong_id(chance: random.Random) -> str:
    value = resident_id(chance)
    return chance.choice(
        (
            f"{chance.randrange(900000, 999999)}{value[6:17]}{chance.randrange(10)}",  # no such region
            f"{value[:10]}13{value[12:]}",  # no such month
            f"{value[:12]}35{value[14:]}",  # no such day
            f"{value[:6]}1{chance.randrange(700, 800)}{value[10:]}",  # nobody is as old
            value[:17] + next(last for last in "0123456789" if last != value[17]),  # a wrong check digit
        )
    )


def _no_such_day(chance: random.Random) -> str:
    """Eighteen digits of which the last is right, though nobody was born on such a day."""
    first = f"{chance.randrange(110101, 659000)}19{digits(chance, 2)}{chance.randrange(13, 20)}{digits(chance, 5)}"
    return f"编码{first}{resident_id_check_digit(first)}"


_HOTLINES = ("拨打12345热线", "客服95588", "400-810-8888", "800-820-8820", "报警请打110", "4008123123", "96123")
_NEGATIVES: dict[str, Callable[[random.Random], str]] = {
    "order number": lambda c: f"订单号{c.choice(('：', ':', ''))}{mobile(c)}",
    "serial": lambda c: f"流水号：1{c.choice('3456789')}{digits(c, 9)}，请留存",
    "trade number": lambda c: f"交易单号 2026{c.randrange(1, 13):02d}{c.randrange(1, 29):02d}{digits(c, 10)}",
    "bare trade number": lambda c: f"2026{c.randrange(1, 13):02d}{c.randrange(1, 29):02d}{digits(c, 10)}",
    "long number": lambda c: f"编码{digits(c, 7)}{mobile(c)}{digits(c, 4)}",
    "timestamp": lambda c: f"时间 20261126{c.randrange(24):02d}{digits(c, 7)}",
    "epoch": lambda c: f"ts={c.randrange(1_700_000_000_000, 1_800_000_000_000)}",
    "isbn": lambda c: f"ISBN 978-7-{digits(c, 4)}-{digits(c, 4)}-{digits(c, 1)}",
    "ean": lambda c: f"商品条码69{digits(c, 11)}",
    "version": lambda c: f"版本 {c.randrange(9)}.{c.randrange(20)}.{c.randrange(9999)}.{c.randrange(99999)}",
    "hotline": lambda c: c.choice(_HOTLINES),
    "amount": lambda c: (
        f"合计{c.choice(('', '￥', '¥'))}{c.randrange(10**7, 10**11)}{c.choice(('元', '.00元', '万元'))}"
    ),
    "amount of eleven digits": lambda c: f"预算总额{mobile(c)}元",
    "decimal": lambda c: f"系数0.{mobile(c)}",
    "sha256": lambda c: hashlib.sha256(c.randbytes(8)).hexdigest(),
    "md5": lambda c: f"md5:{hashlib.sha256(c.randbytes(8)).hexdigest()[:32]}",
    "uuid": lambda c: f"请求 {uuid.UUID(bytes=c.randbytes(16))}",
    "base64": lambda c: base64.b64encode(c.randbytes(c.randrange(20, 80))).decode(),
    "file": lambda c: f"附件 IMG_{mobile(c)}.jpg",
    "file with date": lambda c: f"扫描件20261126{digits(c, 6)}.pdf",
    "bus": lambda c: f"乘坐{c.randrange(1, 999)}路、K{c.randrange(1, 999)}路到市民中心站",
    "statute": lambda c: f"国发〔2020〕{c.randrange(1, 99)}号、浙政办发〔2026〕{c.randrange(1, 99)}号",
    "dates": lambda c: f"2026-{c.randrange(1, 13):02d}-{c.randrange(1, 29):02d} 至 2027-01-{c.randrange(1, 29):02d}",
    "iot": lambda c: f"物联网卡144{digits(c, 10)}",
    "model": lambda c: f"型号{c.choice('EGHM')}{digits(c, 8)}",
    "model bare": lambda c: f"设备型号：{c.choice(('E', 'G'))}{digits(c, 8)}",
    "wrong id": lambda c: f"测试数据{_wrong_id(c)}",
    "luhn": lambda c: f"会员编号{luhn(c, c.choice('1379'), 16)}",
    "luhn bare": lambda c: luhn(c, c.choice(("1", "2", "8")), c.choice((16, 19))),
    "mention": lambda c: f"@{c.choice(('张三', 'ops', 'all'))} 请看 @{c.choice('abc')}.b",
    "decorator": lambda c: f"@app.route('/v{c.randrange(9)}')",
    "remote": lambda c: f"git clone git@git.example.com:team/repo{c.randrange(99)}.git",
    "scp": lambda c: f"scp a.txt root@host.example.com:/var/www{c.randrange(9)}",
    "image": lambda c: f"logo@{c.randrange(2, 4)}x.png",
    "package": lambda c: f"npm install vue@3.{c.randrange(9)}.{c.randrange(30)}",
    "road": lambda c: f"G{c.randrange(1, 99)}高速K{c.randrange(1000, 9999)}+{digits(c, 3)}",
    "case number": lambda c: f"（2026）浙01民初{c.randrange(1, 9999)}号",
    "tracking": lambda c: f"快递单号 SF{digits(c, 13)}",
    "case id": lambda c: f"受理编号：3301{digits(c, 14)}",
    "stock": lambda c: f"沪A指数{c.randrange(2000, 4000)}.{digits(c, 2)}，京A股",
    "population": lambda c: f"全市常住人口{c.randrange(10**6, 10**7)}人，第七次普查",
    "words": lambda c: "请携带身份证、手机号、银行卡和护照到窗口办理",
    "area": lambda c: f"面积{c.randrange(100, 999)}.{digits(c, 4)}平方米，合同编号HT{digits(c, 10)}",
    "ip-like": lambda c: f"章节{c.randrange(1, 20)}.{c.randrange(1, 20)}.{c.randrange(1, 20)}.{c.randrange(1, 20)}",
    "invoice": lambda c: f"数电发票号码：26{c.randrange(11, 65)}2000000{digits(c, 9)}",
    "waybill": lambda c: f"运单号{c.choice(('YT', 'ZTO', 'JDVA', 'STO'))}{digits(c, 13)}，请查收",
    "order of twenty digits": lambda c: f"订单编号 2026{digits(c, 16)}",
    "examination": lambda c: f"准考证号{c.choice(('：', ':', ''))}{c.randrange(110101, 659000)}{digits(c, 9)}",
    "examination like an id": lambda c: f"准考证号：{_wrong_id(c)}",
    "licence": lambda c: f"{c.choice(('许可证号', '执业证号', '合格证号', '房产证号'))}{resident_id_15(c)}",
    "milliseconds": lambda c: f"ts {c.randrange(1_700_000_000_000, 1_800_000_000_000)} 已处理",
    "no such day": _no_such_day,
    "bin": lambda c: f"卡BIN {c.choice(('622202', '621700', '62284800'))}",
    "aircraft type": lambda c: f"座位 B-{c.randrange(1000, 9999)}，型号 B-{c.randrange(1000, 9999)}",
    "position": lambda c: f"（{c.randrange(73, 135)}.{digits(c, 6)}，{c.randrange(18, 53)}.{digits(c, 6)}）",
    "price": lambda c: f"成交价¥{mobile(c)}",
    "version of four parts": lambda c: f"固件 13.{c.randrange(9)}.{digits(c, 4)}.{digits(c, 4)}",
    "abroad": lambda c: f"tel +1 {c.randrange(201, 989)} {digits(c, 3)} {digits(c, 4)}",
    "port": lambda c: f"localhost:{c.randrange(1024, 65535)}/api/v1/items/{c.randrange(10**6)}",
}


def negatives(chance: random.Random, each: int) -> Iterator[Sample]:
    """*each* sentences of each kind of what is nobody's."""
    for kind, make in _NEGATIVES.items():
        for _ in range(each):
            yield Sample(
                chance.choice(("", "系统提示：", "说明，")) + make(chance) + chance.choice(("", "。", " 已归档")),
                (),
                kind,
            )
