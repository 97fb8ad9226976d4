"""Identifiers as chats, JSON, tables, logs and scanned pages hold them, and numbers of things, from a seed.

The third generator, unlike the two others: values by rules of their own, several in one text, each in another setting.
"""

import json
import random
import uuid
from collections.abc import Callable, Iterator

from policies.recognisers.checksums import resident_id_check_digit
from tests.bench import invented
from tests.bench.invented import digits, luhn
from tests.bench.sentences import Sample

type Chance = random.Random

_SEGMENTS = (
    "130 131 132 133 134 135 136 137 138 139 145 146 147 148 149 150 151 152 153 155 156 157 158 159 162 165 "
    "166 167 170 171 172 173 174 175 176 177 178 180 181 182 183 184 185 186 187 188 189 190 191 192 193 195 196 "
    "197 198 199"
).split()
"""Virtual carriers (162, 165, 167, 170, 171) among them."""
_AREAS = (
    "010 021 022 023 024 025 027 028 029 0311 0351 0451 0512 0536 0574 0595 0663 0716 0755 0797 0817 0898 0917 0991"
).split()
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_OF_PLATE = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def _mobile(chance: Chance) -> str:
    number = chance.choice(_SEGMENTS) + digits(chance, 8)
    head, middle, tail = number[:3], number[3:7], number[7:]
    return chance.choice(
        (
            number, number, number, f"+86{number}", f"+86-{number}", f"+86 {head} {middle} {tail}", f"0086{number}",
            f"0086-{number}", f"{head}-{middle}-{tail}", f"{head} {middle} {tail}", f"{head}.{middle}.{tail}",
            f"(+86){number}", f"86 {number}",
        )
    )  # fmt: skip


def _landline(chance: Chance) -> str:
    area = chance.choice(_AREAS)
    number = chance.choice("2345678") + digits(chance, 7 if len(area) == 3 else chance.choice((6, 7)))
    first = chance.choice((f"{area}-", f"{area} ", f"({area})", f"（{area}）", area, f"+86-{area[1:]}-"))
    return f"{first}{number}" + chance.choice(("", "", "", f"-{digits(chance, 3)}", f"转{digits(chance, 4)}"))


def _id(chance: Chance) -> str:
    value = _foreigner(chance) if chance.random() < 0.1 else invented.resident_id(chance)
    if chance.random() < 0.2:  # who comes from Hong Kong, Macau or Taiwan
        first = f"{chance.choice(('810000', '820000', '830000'))}{value[6:17]}"
        value = first + resident_id_check_digit(first)
    return value.lower() if chance.random() < 0.3 else value


def _foreigner(chance: Chance) -> str:
    born = f"{invented.born(chance):%Y%m%d}"
    nation = chance.choice("840 826 392 410 276 250 036 124 643 356 380 724".split())
    first = f"9{chance.choice(('11', '31', '44'))}{nation}{born}{digits(chance, 3)}"
    return first + resident_id_check_digit(first)


def _passport(chance: Chance) -> str:
    return chance.choice(
        (
            lambda: "E" + digits(chance, 8),
            lambda: "E" + chance.choice("ABCDEFGHJKLMNP") + digits(chance, 7),
            lambda: "G" + digits(chance, 8),
            lambda: chance.choice(("D", "S", "P")) + digits(chance, chance.choice((7, 8))),
            lambda: chance.choice(("DE", "SE", "PE", "KJ", "MA")) + digits(chance, 7),
        )
    )()


def _permit(chance: Chance) -> str:
    return chance.choice(
        (
            lambda: chance.choice("HM") + digits(chance, 8),
            lambda: chance.choice("HM") + digits(chance, 10),
            lambda: chance.choice(("C", "W", "L", "T")) + digits(chance, 8),
            lambda: chance.choice(("CA", "CB", "LA")) + digits(chance, 7),
            lambda: chance.choice("0123456789") + digits(chance, 7),
        )
    )()


def _plate(chance: Chance) -> str:
    place = chance.choice(_PROVINCES) + chance.choice(_OF_PLATE)
    some = digits(chance, 2) + chance.choice(_OF_PLATE) + digits(chance, 2)
    return chance.choice(
        (
            place + some,
            f"{place}·{some}",
            f"{place} {some}",
            place + chance.choice("DF") + digits(chance, 5),
            place + digits(chance, 5) + chance.choice("DF"),
            place + digits(chance, 4) + chance.choice("警学挂领"),
            f"粤Z{digits(chance, 4)}{chance.choice('港澳')}",
            f"使{digits(chance, 6)}",
        )
    )


def _ip(chance: Chance) -> str:
    if chance.random() < 0.7:
        return ".".join(str(chance.randrange(1, 255)) for _ in range(4))
    groups = [f"{chance.randrange(1, 65536):x}" for _ in range(8)]
    return ":".join(groups) if chance.random() < 0.5 else f"2001:db8::{groups[0]}"


def _mac(chance: Chance) -> str:
    return chance.choice(":-").join(f"{chance.randrange(256):02{chance.choice('xX')}}" for _ in range(6))


def _coordinates(chance: Chance) -> str:
    places = chance.choice((5, 6))
    east, north = chance.uniform(75, 134), chance.uniform(18, 53)
    return f"{east:.{places}f}{chance.choice((',', ', ', '，'))}{north:.{places}f}"


_KINDS: dict[str, tuple[tuple[str, ...], Callable[[Chance], str]]] = {
    "mobile": (("手机", "联系电话", "手机号码", "phone", "mobile", ""), _mobile),
    "landline": (("电话", "办公电话", "座机", "传真", "tel", ""), _landline),
    "resident_id": (("身份证号", "公民身份号码", "证件号码", "居住证号", "idCard", ""), _id),
    "bank_card": (("银行卡号", "卡号", "工资卡", "bankCard", ""), invented.bank_card),
    "bank_account": (
        ("开户账号", "银行账号", "收款账号", "对公账户"),
        lambda c: c.choice("123457") + digits(c, c.choice((11, 14, 16, 18))),
    ),
    "uscc": (("统一社会信用代码", "信用代码", "纳税人识别号", ""), invented.uscc),
    "passport": (("护照号", "护照号码", "护照", "passport"), _passport),
    "permit": (("港澳通行证号", "往来台湾通行证", "通行证号码", "台胞证号", "回乡证"), _permit),
    "plate": (("车牌", "车牌号", "号牌号码", "车号", ""), _plate),
    "vin": (("车架号", "车辆识别代号", "VIN", "vin"), invented.vin),
    "social_no": (("社保号", "社会保障卡号", "医保编号", "社保卡"), invented.social_no),
    "medical_no": (("病历号", "住院号", "门诊号", "就诊卡号"), invented.medical_no),
    "ip": (("登录IP", "客户端IP", "IP地址"), _ip),
    "mac": (("MAC地址", "mac", "物理地址"), _mac),
    "wechat": (("微信号", "微信", "wechat"), invented.wechat),
    "qq": (("QQ", "QQ号", "qq"), invented.qq),
    "birth_date": (("出生日期", "生日", "出生年月日"), invented.birth_date),
    "coordinates": (("经纬度", "坐标", "定位"), _coordinates),
    "email": (("邮箱", "电子邮件", "email", ""), invented.email),
}
type _Item = tuple[str, str, str]
"""A label, a value and its kind."""


def embedded(chance: Chance, each: int) -> Iterator[Sample]:
    """So many texts for each kind, each with one to three identifiers, in a setting of its own."""
    for kind in _KINDS:
        for _ in range(each):
            others = chance.sample([other for other in _KINDS if other != kind], chance.choice((0, 0, 1, 2)))
            items = [_item(chance, name) for name in (kind, *others)]
            chance.shuffle(items)
            yield _placed(kind, items, chance.choice(_SETTINGS), chance)


def _item(chance: Chance, kind: str) -> _Item:
    labels, make = _KINDS[kind]
    return chance.choice(labels), make(chance), kind


def _placed(kind: str, items: list[_Item], setting: "_Setting", chance: Chance) -> Sample:
    """The text that *setting* makes: it writes `\\0` and a number where a value goes."""
    text, *rest = setting(items, chance).split("\0")
    spans: list[tuple[int, int, str]] = []
    for piece in rest:
        _, value, name = items[int(piece[0])]
        spans.append((len(text), len(text) + len(value), name))
        text += value + piece[1:]
    return Sample(text, tuple(spans), kind)


type _Setting = Callable[[list[_Item], Chance], str]


def _in_json(items: list[_Item], chance: Chance) -> str:
    made = {f"{name}{'' if chance.random() < 0.8 else ' '}": f"#{number}" for number, name in enumerate(_told(items))}
    text = json.dumps(made, ensure_ascii=False, separators=chance.choice(((",", ":"), (", ", ": "))))
    for number in range(len(items)):
        text = text.replace(f"#{number}", f"\0{number}")
    return text


def _told(items: list[_Item]) -> list[str]:
    default = {
        "mobile": "手机",
        "landline": "电话",
        "resident_id": "身份证号",
        "bank_card": "银行卡号",
        "uscc": "信用代码",
        "plate": "车牌",
        "email": "邮箱",
    }
    names = [label or default[kind] for label, _, kind in items]
    return [name if names.index(name) == number else f"{name}{number}" for number, name in enumerate(names)]


def _in_chat(items: list[_Item], chance: Chance) -> str:
    said = [f"{name}{chance.choice(('是', '：', ':', ' '))}\0{number}" for number, name in enumerate(_told(items))]
    return (
        chance.choice(("亲，", "在吗 ", "麻烦帮我查下，", "好的[OK]", "老师好～"))
        + chance.choice(("，", " ", "；", "\n")).join(said)
        + chance.choice(("，谢谢啦", "~", "！！", "哈", "，收到请回"))
    )


def _in_table(items: list[_Item], chance: Chance) -> str:
    between = chance.choice(("\t", " | ", "|"))
    cells = [f"{name}{between}\0{number}" for number, name in enumerate(_told(items))]
    return f"序号{between}{chance.randrange(1, 99)}{between}" + between.join(cells)


def _in_log(items: list[_Item], chance: Chance) -> str:
    said = " ".join(f"{name}=\0{number}" for number, name in enumerate(_told(items)))
    when = f"2026-11-{chance.randrange(10, 28)} 09:1{chance.randrange(10)}:33.{digits(chance, 3)}"
    return f"{when} [main] INFO submit {said} cost={chance.randrange(9, 400)}ms"


def _on_form(items: list[_Item], chance: Chance) -> str:
    between = chance.choice(("：", ":", "： ", "  ", "（", "【"))
    end = {"（": "）", "【": "】"}.get(between, "")
    return chance.choice(("\n", "；", "　", "，")).join(
        f"{name}{between}\0{number}{end}" for number, name in enumerate(_told(items))
    )


def _in_prose(items: list[_Item], chance: Chance) -> str:
    said = chance.choice(("、", "，")).join(
        f"{name}{chance.choice(('', '为', '是'))}\0{number}" if not name[-1].isascii() else f"{name} \0{number}"
        for number, name in enumerate(_told(items))
    )
    return (
        chance.choice(("经核对，申请人", "当事人", "反映人", "本人"))
        + said
        + chance.choice(("。", "，情况属实。", "，请予登记。"))
    )


def _scanned(items: list[_Item], chance: Chance) -> str:
    """As a page that was scanned is read: labels apart, signs of one width for those of another."""
    said = []
    for number, name in enumerate(_told(items)):
        apart = name if any(map(str.isascii, name)) else " ".join(name)
        said.append(f"{apart} {chance.choice((':', '：', ' ', '﹕', '︰'))} \0{number}")
    return chance.choice(("\n", "   ", " \n ")).join(said)


def _touching(items: list[_Item], chance: Chance) -> str:
    """One to the other, as people type without a blank: what is Chinese between keeps them apart."""
    names = [name if not name[0].isascii() else f"，{name}:" for name in _told(items)]
    return chance.choice(("", "办事人", "客户")) + "".join(f"{name}\0{number}" for number, name in enumerate(names))


def _between_signs(items: list[_Item], chance: Chance) -> str:
    """Signs of several sorts around."""
    said = []
    for number, name in enumerate(_told(items)):
        mark, link = chance.choice("①②③④·•-*"), chance.choice(("→", "——", "=>", "~", "：“", "「"))
        said.append(f"{mark}{name}{link}\0{number}{chance.choice(('”', '」', '；', '，', ' '))}")
    return "".join(said)


_SETTINGS: tuple[_Setting, ...] = (
    *(_in_json, _in_chat, _in_table, _in_log, _on_form, _in_prose),
    *(_scanned, _touching, _between_signs),
)
_LISTED = ("mobile", "landline", "resident_id", "bank_card", "plate", "email")
"""Kinds of which people write several under one label."""


def listed(chance: Chance, each: int) -> Iterator[Sample]:
    """So many texts for each kind of which several stand under one label."""
    for kind in _LISTED:
        for _ in range(each):
            between = chance.choice(("、", "，", ",", "/", "；", ";", " / ", "、 ", "\n", " "))
            text, spans = chance.choice([label for label in _KINDS[kind][0] if label]) + chance.choice("：: "), []
            for number in range(chance.randrange(2, 6)):
                value = _KINDS[kind][1](chance)
                text += between if number else ""
                spans.append((len(text), len(text) + len(value), kind))
                text += value
            yield Sample(text + chance.choice(("", "。", "等")), tuple(spans), kind)


def _day(chance: Chance, first: int, between: str) -> str:
    when = (str(first + chance.randrange(16)), f"{chance.randrange(1, 13):02d}", f"{chance.randrange(1, 29):02d}")
    return between.join(when)


_NOBODYS: dict[str, Callable[[Chance], str]] = {
    "order": lambda c: f"订单编号{c.choice(('：', ':', ' ', ''))}{c.choice(('DD', 'JD', ''))}{digits(c, 16)}",
    "timestamp": lambda c: (
        f"更新时间 {c.randrange(1_600_000_000, 1_900_000_000)}，毫秒{c.randrange(1_600_000_000_000, 1_900_000_000_000)}"
    ),
    "express": lambda c: (
        f"{c.choice(('顺丰', '中通', '圆通', '韵达'))}单号{c.choice(('SF', 'YT', '7', '4'))}{digits(c, 13)}"
    ),
    "isbn": lambda c: f"ISBN：978-7-{digits(c, 3)}-{digits(c, 5)}-{digits(c, 1)}",
    "barcode": lambda c: f"条形码 69{digits(c, 11)}",
    "document": lambda c: (
        f"{c.choice(('苏政发', '国办发', '沪府规'))}〔20{c.randrange(10, 27)}〕{c.randrange(1, 200)}号"
    ),
    "case": lambda c: (
        f"（202{c.randrange(7)}）{c.choice('京沪粤川')}{digits(c, 4)}{c.choice(('民初', '执'))}{c.randrange(1, 9999)}号"
    ),
    "contract": lambda c: (
        f"合同号{c.choice('HGSX')}{c.choice('TXJ')}-20{c.randrange(20, 27)}{digits(c, 2)}-{digits(c, 5)}"
    ),
    "amount": lambda c: f"中标金额{c.randrange(10**6, 10**10)}.{digits(c, 2)}元",
    "grouped amount": lambda c: f"￥{c.randrange(1, 999)},{digits(c, 3)},{digits(c, 3)}.{digits(c, 2)}",
    "version": lambda c: f"升级到v{c.randrange(1, 20)}.{c.randrange(50)}.{c.randrange(100)}.{c.randrange(3000)}",
    "hash": lambda c: f"commit {c.getrandbits(160):040x}",
    "uuid": lambda c: f"traceId={uuid.UUID(int=c.getrandbits(128))}",
    "short code": lambda c: f"请拨{c.choice(('12345', '12315', '95519', '10086', '96110', '12333'))}咨询",
    "free line": lambda c: f"客服热线：{c.choice(('400', '800'))}-{digits(c, 3)}-{digits(c, 4)}",
    "phone model": lambda c: (
        f"型号{c.choice(('iPhone 15', 'Mate 60', 'SM-S9280', 'V2309A', 'M2102K1C'))}，内存{c.choice((128, 256, 512))}GB"
    ),
    "standard": lambda c: f"执行GB/T {c.randrange(1000, 45999)}.{c.randrange(1, 9)}-20{c.randrange(10, 26)}",
    "postcode": lambda c: f"邮编：{c.randrange(100000, 859999)}",
    "percentage": lambda c: f"同比增长{c.randrange(100)}.{digits(c, 4)}%",
    "scientific": lambda c: f"浓度{c.randrange(1, 9)}.{digits(c, 8)}e-{c.randrange(10, 20)}",
    "dates": lambda c: f"有效期{_day(c, 2010, '.')}-{_day(c, 2026, '.')}",
    "pages": lambda c: f"第{c.randrange(1, 400)}-{c.randrange(400, 900)}页",
    "meter": lambda c: f"电表户号{digits(c, 10)}，读数{digits(c, 5)}.{digits(c, 2)}",
    "batch": lambda c: f"批号20{c.randrange(20, 27)}{digits(c, 6)}",
    "drug": lambda c: f"国药准字{c.choice('HZSJ')}20{digits(c, 6)}",
    "tender": lambda c: f"招标编号：ZB{digits(c, 4)}-{digits(c, 12)}",
    "train": lambda c: (
        f"乘坐{c.choice('GDKZT')}{c.randrange(1, 9999)}次{c.randrange(1, 17):02d}车{c.randrange(1, 20)}A"
    ),
    "mileage": lambda c: f"里程{c.randrange(10**4, 10**6)}公里，排量{c.randrange(1, 4)}.{digits(c, 1)}T",
    "land": lambda c: f"不动产单元号{digits(c, 6)}{digits(c, 6)}GB{digits(c, 5)}F{digits(c, 8)}",
    "serial": lambda c: f"SN:{c.choice('ABCDXZ')}{digits(c, 2)}{c.choice('KLMN')}{digits(c, 8)}",
    "school": lambda c: f"学籍号 G{digits(c, 6)}，考生号{digits(c, 14)}",
    "meeting": lambda c: f"腾讯会议 {digits(c, 3)}-{digits(c, 3)}-{digits(c, 3)}",
    "ratio": lambda c: f"比例尺1:{c.randrange(500, 100000)}，坐标系CGCS2000",
    "invoice": lambda c: f"发票代码{digits(c, 12)} 发票号码{digits(c, 8)}",
    "imei": lambda c: f"IMEI {luhn(c, '86', 15)}",
    "cpu": lambda c: (
        f"处理器i{c.choice((5, 7, 9))}-{c.randrange(10000, 14999)}K 主频{c.randrange(2, 5)}.{digits(c, 2)}GHz"
    ),
    "coupon": lambda c: f"兑换码 {digits(c, 4)} {digits(c, 4)} {digits(c, 4)}",
    "parcel pick-up": lambda c: f"取件码{c.randrange(1, 20)}-{c.randrange(1, 9)}-{digits(c, 4)}",
    "verification": lambda c: f"验证码{digits(c, 6)}，5分钟内有效",
}


def beside(chance: Chance, each: int) -> Iterator[Sample]:
    """So many texts for each kind of number that is nobody's."""
    for kind, make in _NOBODYS.items():
        for _ in range(each):
            lead, tail = chance.choice(("", "请注意：", "据查，", "\t")), chance.choice(("", "。", "；已归档", " ok"))
            yield Sample(lead + make(chance) + tail, (), kind)
