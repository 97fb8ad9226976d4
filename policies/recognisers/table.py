"""The table of recognisers: one row for each form that personal data takes in text.

A row's pattern finds candidates in normalised text; its check decides about a candidate stripped of separators. A
candidate whose check fails counts only where a context word stands before it, or where its form gives it away, because
typing errors are personal data too. To add a recogniser is to add a row and its cases in
`tests/policies/recognisers/test_table.py`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from policies.recognisers.around import is_for_machines, is_part_of_more, is_untidy
from policies.recognisers.checksums import (
    is_disability_certificate,
    is_foreigners_card_15,
    is_luhn,
    is_placed_resident_id,
    is_placed_uscc,
    is_resident_id,
    is_resident_id_15,
    is_uscc,
    is_vin,
    resembles_resident_id,
)
from policies.recognisers.levels import Gravity, level_of

SURE_ENOUGH = 0.5
"""What scores less is hidden and not reported: see `find.py`."""
DOUBTFUL = 0.4
REPORTED = {"person_name": "person"}
"""What reports call a category where policies call it something else."""


class Hit(msgspec.Struct, frozen=True, gc=False):
    """Personal data found in a text. Made a great many times, hence no dataclass."""

    start: int
    """In code points of the text that was scanned."""
    end: int
    """Exclusive."""
    category: str
    score: float
    """How sure, 0 to 1."""
    why: str
    """What decided: `checksum`, `context`, `pattern`; a comma between two."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recogniser:
    """One row of the table."""

    category: str
    pattern: re.Pattern[str]
    shortest: int
    """How long a candidate is at least."""
    check: Callable[[str], bool] | None
    """Of the candidate without separators, in upper case; None where the pattern says it all."""
    context: tuple[str, ...] = ()
    needs_context: bool = False
    """Whether even a candidate whose check holds counts only after a context word."""
    context_only: bool = False
    """Whether a candidate whose check fails counts after a context word."""
    form: Callable[[str], bool] | None = None
    """Of a candidate whose check fails: whether it is hidden all the same, though nobody could tell."""
    proof: Callable[[str], bool] | None = None
    """Of a candidate whose check holds: whether it needs no trust in what stands around it."""
    deniable: bool = True
    """Whether words before it can say that it is something else."""
    doubt: Callable[[str, int, int], bool] | None = None
    """Of the text and where the candidate stands in it: whether it looks like something else."""
    score: float
    """Of a candidate whose check holds, without context."""
    source: str

    @property
    def level(self) -> Gravity:
        """How grave what it finds is."""
        return level_of(self.category)


SEPARATORS = r" \-._/·•・"
AROUND_GROUPS = r" \-._·•・,():|~、。…"
"""What may stand around the groups that people write a mobile number in. With slashes it would be that of a file."""
MOST_SEPARATORS = 2
"""Between two digits."""
_SEP = r"[ \-.]?"
_GAP = rf"[{SEPARATORS}]{{0,{MOST_SEPARATORS}}}"
"""Where a check says whether the digits belong together."""
_GROUPED = rf"[{SEPARATORS}]{{1,{MOST_SEPARATORS}}}"
_AROUND = rf"[{AROUND_GROUPS}]{{0,3}}"
_NOT_AFTER_DIGIT = r"(?<![0-9])"
_NOT_BEFORE_DIGIT = r"(?![0-9])"

_NOT_IN_WORD = r"(?:(?<![0-9A-Za-z])|(?<=[Tt][Ee][Ll])|(?<=[Ff][Aa][Xx])|(?<=[Pp][Hh][Oo][Nn][Ee]))"
"""Not behind a letter or a digit, but for a label that is written to the number."""

_DIALLED_FIRST = r"(?:0{0,2}86|0|179[0-9]{2}|12593|10193|11808)"
"""Before a mobile number, without anything between: a trunk prefix, the country's code, an operator's code of calls."""

_ONE = r"(?:(?<!\+)1[ \-.]?|1)"
"""The first digit: +1 and something between is the code of North America, whose areas begin with 3 to 9 as well."""

_ID_WORDS = (
    "身份证",
    "证件号",
    "公民身份",
    "身份号",
    "证号",
    "idcard",
    "id card",
    "id no",
    "id number",
    "身分证",
    "居住证",
    "驾驶证",
    "驾照",
    "社会保障号",
    "sfz",
    "gmsfhm",
)
_CARD_WORDS = (
    "银行卡",
    "信用卡",
    "借记卡",
    "储蓄卡",
    "卡号",
    "账号",
    "账户",
    "帐号",
    "帐户",
    "开户",
    "card",
    "account",
)
_CARDS_ALONE = tuple(word for word in _CARD_WORDS if "卡" in word or word == "card")
"""Where a number of an issuer that few cards here are of is meant: behind 账号 it is an account."""
_PHONE_WORDS = tuple("手机 本机号 电话 联系 致电 拨打 来电 短信 微信 mobile phone tel sjh lxdh".split())
_LINE_WORDS = ("电话", "座机", "固话", "传真", "联系", "致电", "拨打", "tel", "phone", "fax")
_PASSPORT_WORDS = ("护照", "证件", "证号", "passport")
_PLATE_WORDS = ("车牌", "号牌", "牌照", "行驶证", "车辆", "车号", "plate")
_VIN_WORDS = ("车架", "大架号", "车辆识别", "vin")
_AREA = (
    "3(?:1[0-9]|35|[457][0-9]|9[1-8])|4(?:1[0-9]|2[179]|[357][0-9]|6[4-9]|8[23])|5(?:[13579][0-9]|2[37]|4[36]|6[1-6]|80)"
    "|6(?:3[1-5]|6[0-38]|9[12])|7(?:01|[135679][0-9]|2[248]|4[3-6])|8(?:[12357][0-9]|8[36-8]|9[1-8])"
    "|9(?:0[1-9]|[1379][0-9]|4[13]|5[1-5])"
)
_SUBSCRIBER = r"(?:[ \-]{1,2}[1-9]|(?<=\))[1-9]|[2-8])"
"""How a number begins behind its area code: written to it, as the plan has it; apart from it, as people invent it."""
PROVINCES_OF_PLATES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_HAN = "\u4e00-\u9fff"
_LOCAL = r"[A-Za-z0-9_](?:[A-Za-z0-9._%+\-]{0,62}[A-Za-z0-9_+\-])?"
"""What stands before the @ of an address of mail."""
_LABELS_OF_MAIL = ("邮箱", "邮件", "电邮", "邮址", "信箱")
_BEHIND_LABEL_OF_MAIL = (
    rf"(?:(?<![A-Za-z0-9._%+\-{_HAN}@])(?![{_HAN}]{{0,6}}(?:{'|'.join(_LABELS_OF_MAIL)})[^@])"
    rf"|(?:{'|'.join(f'(?<={label}{more})' for label in _LABELS_OF_MAIL for more in ('', '地址', '是', '为'))})"
    r"(?!地址|[是为]))"
)
"""Where a name in Chinese begins that stands before an @: not with the label that is written to it."""
_DOMAIN_IN_CHINESE = (
    rf"(?:[A-Za-z0-9{_HAN}][A-Za-z0-9{_HAN}\-]{{0,40}}[.。]){{1,3}}(?:中国|公司|网络|政务|公益|在线|中文网|网址|网站|网店|商城|商店|集团|移动|信息|企业"
    r"|机构|组织机构|我爱你|香港|台湾|澳门|广东|佛山|手机|健康|世界)"
)
"""Source: the root zone database of IANA."""
_OF_PLATE = "A-HJ-NP-Za-hj-np-z"
"""Letters of plates: neither I nor O."""
_ANY_OF_PLATE = f"[{_OF_PLATE}0-9]"
_TWO_DIGITS_OF_FIVE = "|".join(
    f"[{_OF_PLATE}]{{{before}}}[0-9][{_OF_PLATE}]{{{between}}}[0-9]{_ANY_OF_PLATE}{{{3 - before - between}}}"
    for before in range(4)
    for between in range(4 - before)
)
"""Of the five places of a plate, by where the first two stand: a look ahead is read by itself (see `nodes.rs`)."""


def has_unionpay_prefix(number: str) -> bool:
    """Whether *number*, digits alone, is that of a card of UnionPay. Source: ISO/IEC 7812-1."""
    return number.startswith("62") and is_luhn(number)


TABLE: tuple[Recogniser, ...] = (
    Recogniser(
        category="resident_id",
        pattern=re.compile(rf"{_NOT_AFTER_DIGIT}[1-9](?:(?:{_GAP}[0-9]){{16}}{_GAP}[0-9Xx]"
            rf"|[0-9]{{5}}{_AROUND}[0-9]{{8}}{_AROUND}[0-9]{{3}}[0-9Xx]){_NOT_BEFORE_DIGIT}"),
        shortest=18,
        check=is_resident_id,
        form=resembles_resident_id,
        proof=is_placed_resident_id,
        context=_ID_WORDS,
        context_only=True,
        score=0.99,
        source="GB 11643-1999; residence permits of Hong Kong, Macau and Taiwan (81, 82, 83) and the foreigners' "
        "card of 2023 (9) have the same form",
    ),
    Recogniser(
        category="resident_id",
        pattern=re.compile(rf"{_NOT_AFTER_DIGIT}[1-9][0-9]{{14}}{_NOT_BEFORE_DIGIT}"),
        shortest=15,
        check=is_resident_id_15,
        context=_ID_WORDS,
        needs_context=True,
        score=0.5,
        source="the 15-digit form of GB 11643-1989, found in archives",
    ),
    Recogniser(
        category="uscc",
        pattern=re.compile(r"(?<![0-9A-Za-z])[0-9A-HJ-NPQRTUWXYa-hj-npqrtuwxy]{2}[0-9]{6}"
                           r"[0-9A-HJ-NPQRTUWXYa-hj-npqrtuwxy]{10}(?![0-9A-Za-z])"),
        shortest=18,
        check=is_uscc,
        proof=is_placed_uscc,
        context=("统一社会信用代码", "信用代码", "税号", "纳税人识别号", "uscc", "credit code", "tyshxydm"),
        context_only=True,
        score=0.95,
        source="GB 32100-2015",
    ),
    Recogniser(
        category="bank_card",
        pattern=re.compile(rf"{_NOT_AFTER_DIGIT}62(?:{_GAP}[0-9]){{14,17}}{_NOT_BEFORE_DIGIT}"),
        shortest=16,
        check=has_unionpay_prefix,
        context=_CARD_WORDS,
        context_only=True,
        doubt=is_part_of_more,
        score=0.9,
        source="ISO/IEC 7812-1; UnionPay issuer prefix 62, 16 to 19 digits",
    ),
    Recogniser(
        category="bank_card",
        pattern=re.compile(rf"{_NOT_AFTER_DIGIT}(?:3[47](?:{_GAP}[0-9]){{13}}|35(?:{_GAP}[0-9]){{14}}|[4-9](?:{_GAP}[0-9]){{15,18}}){_NOT_BEFORE_DIGIT}"),
        shortest=15,
        check=is_luhn,
        context=_CARDS_ALONE,
        needs_context=True,
        doubt=is_part_of_more,
        score=0.6,
        source="ISO/IEC 7812-1, other issuers",
    ),
    Recogniser(
        category="bank_card",
        pattern=re.compile(
            rf"{_NOT_AFTER_DIGIT}(?<![0-9][{SEPARATORS}])(?:[3-9][0-9]{{3}}(?:{_GROUPED}[0-9]{{4}}){{3}}"
            rf"|3[47][0-9]{{2}}{_GROUPED}[0-9]{{6}}{_GROUPED}[0-9]{{5}})(?!{_SEP}[0-9])"
        ),
        shortest=17,
        check=is_luhn,
        context=_CARD_WORDS,
        doubt=is_part_of_more,
        score=0.7,
        source="the same, in the groups in which they are printed on cards: ISO/IEC 7812-1 and EMV practice",
    ),
    Recogniser(
        category="mobile",
        pattern=re.compile(
            rf"(?:(?<![0-9])\+0{{0,2}}86{_AROUND}|(?<![0-9A-Za-z])(?:\(\+?86\)[ ]?|0{{0,2}}86{_AROUND})?)1[3-9][0-9]"
            rf"{_AROUND}[0-9]{{4}}{_AROUND}[0-9]{{4}}{_NOT_BEFORE_DIGIT}"
            rf"|{_NOT_AFTER_DIGIT}{_DIALLED_FIRST}?{_ONE}[3-9](?:{_SEP}[0-9]){{9}}{_NOT_BEFORE_DIGIT}"
        ),
        shortest=11,
        check=None,
        context=_PHONE_WORDS,
        doubt=is_untidy,
        score=0.85,
        source="MIIT numbering plan of 2017 and its amendments: 11 digits, 13 to 19; what is dialled before",
    ),
    Recogniser(
        category="mobile",
        pattern=re.compile(
            r"(?<![0-9A-Za-z+])(?:\+|00)(?:852[ \-]?[4-79][0-9]{3}[ \-]?[0-9]{4}"
            r"|853[ \-]?6[0-9]{3}[ \-]?[0-9]{4}|886[ \-]?0?9[0-9]{2}[ \-]?[0-9]{3}[ \-]?[0-9]{3})(?![0-9])"
        ),
        shortest=12,
        check=None,
        context=_PHONE_WORDS,
        doubt=is_part_of_more,
        score=0.8,
        source="ITU-T E.164; the numbering plans of Hong Kong (OFCA), Macau (CTT) and Taiwan (NCC): mobile numbers",
    ),
    Recogniser(
        category="landline",
        pattern=re.compile(
            r"(?<![0-9A-Za-z+])(?:\+|00)(?:852[ \-]?[23][0-9]{3}[ \-]?[0-9]{4}"
            r"|853[ \-]?28[0-9]{2}[ \-]?[0-9]{4}|886[ \-]?0?[2-8][ \-]?[2-9][0-9]{2,3}[ \-]?[0-9]{4})(?![0-9])"
        ),
        shortest=12,
        check=None,
        context=_LINE_WORDS,
        doubt=is_part_of_more,
        score=0.75,
        source="the same: fixed lines",
    ),
    Recogniser(
        category="landline",
        pattern=re.compile(
            rf"{_NOT_IN_WORD}(?:\+?0{{0,2}}86[ \-]?)?"
            rf"(?:(?P<open>\()?0(?:10|2[0-57-9])(?(open)\)){_SUBSCRIBER}[0-9]{{3}}"
            rf"|(?P<open4>\()?0(?:{_AREA})(?(open4)\)){_SUBSCRIBER}[0-9]{{2,3}})[ \-]?[0-9]{{4}}"
            rf"(?:(?:-|[ ]?转[ ]?|[ ]?ext\.?[ ]?)[0-9]{{1,6}})?{_NOT_BEFORE_DIGIT}"
            rf"|(?<![0-9A-Za-z])(?:\+86|0086|\(\+?86\))[ \-]?(?:\(0?(?:10|2[0-57-9]|{_AREA})\)[ \-]?"
            rf"|0?(?:10|2[0-57-9]|{_AREA})[ \-])[2-8][0-9]{{2,3}}[ \-]?[0-9]{{4}}"
            rf"(?:(?:-|[ ]?转[ ]?|[ ]?ext\.?[ ]?)[0-9]{{1,6}})?{_NOT_BEFORE_DIGIT}"
        ),
        shortest=11,
        check=None,
        context=_LINE_WORDS,
        doubt=is_part_of_more,
        score=0.8,
        source="MIIT numbering plan of 2017: area codes, then 7 or 8 digits from 2 to 8; hotlines have neither",
    ),
    Recogniser(
        category="vin",
        pattern=re.compile(r"(?<![0-9A-Za-z])[A-HJ-NPR-Za-hj-npr-z0-9]{17}(?![0-9A-Za-z])"),
        shortest=17,
        check=is_vin,
        context=_VIN_WORDS,
        context_only=True,
        doubt=is_part_of_more,
        score=0.8,
        source="GB 16735-2019: 17 letters and digits, the ninth of which checks the others",
    ),
    Recogniser(
        category="passport",
        pattern=re.compile(r"(?<![0-9A-Za-z])(?:E[0-9]{8}|E[A-HJ-NP-Z][0-9]{7}|G[0-9]{8})(?![0-9A-Za-z])"),
        shortest=9,
        check=None,
        context=_PASSPORT_WORDS,
        doubt=is_part_of_more,
        score=0.7,
        source="GA/T 1000 series: ordinary passports since 1997 (G), 2012 (E) and 2017 (E and a letter)",
    ),
    Recogniser(
        category="plate",
        pattern=re.compile(
            rf"(?:[{PROVINCES_OF_PLATES}][·•・]?[{_OF_PLATE}][ ·•・.\-]?"
            rf"(?:[A-KYa-ky][{_OF_PLATE}0-9][0-9]{{4}}|[0-9]{{5}}[A-KYa-ky]"
            rf"|(?:{_TWO_DIGITS_OF_FIVE})(?:挂(?![号失在靠牌上着历名]))?|{_ANY_OF_PLATE}{{4}}[警学港澳挂领试超])"
            rf"|使[ ]?(?:[A-Z][0-9]{{5}}|[0-9]{{6}})|WJ[{PROVINCES_OF_PLATES}]?[ ·•・.\-]?[0-9]{{4}}[0-9A-Z])"
            r"(?![0-9A-Za-z])"
        ),
        shortest=7,
        check=None,
        context=_PLATE_WORDS,
        doubt=is_part_of_more,
        score=0.85,
        source="GA 36-2018: a province, the authority, five or (new energy) six places; 警 学 港 澳 挂 使 领",
    ),
    Recogniser(
        category="email",
        pattern=re.compile(rf"(?<![A-Za-z0-9._%+]){_LOCAL}@(?:{_DOMAIN_IN_CHINESE}|"
                           r"(?:[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,24}"
                           r"|[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?。(?:com|cn|net|org))(?![A-Za-z0-9])"),
        shortest=6,
        check=None,
        context=("邮箱", "邮件", "email", "mail"),
        deniable=False,
        doubt=is_for_machines,
        score=0.97,
        source="RFC 5322 addr-spec as people write it: no quoted local part, ASCII; RFC 5890 for domains",
    ),
    Recogniser(
        category="email",
        pattern=re.compile(rf"{_BEHIND_LABEL_OF_MAIL}(?:[A-Za-z0-9._{_HAN}\-]{{0,10}}[{_HAN}])@"
                           rf"(?:{_DOMAIN_IN_CHINESE}|(?:[A-Za-z0-9{_HAN}][A-Za-z0-9{_HAN}\-]{{0,40}}\.){{1,3}}"
                           r"[A-Za-z]{2,24}(?![A-Za-z0-9]))"),
        shortest=6,
        check=None,
        context=("邮箱", "邮件", "email", "mail"),
        deniable=False,
        doubt=is_for_machines,
        score=0.9,
        source="RFC 6531: local parts that are no ASCII",
    ),
    Recogniser(
        category="permit",
        pattern=re.compile(r"(?<![0-9A-Za-z])[A-Z]{3}[1-8][0-9]{11}(?![0-9A-Za-z])"),
        shortest=15,
        check=is_foreigners_card_15,
        context=("永久居留", "居留证", "证件", "护照", "permanent resid"),
        doubt=is_part_of_more,
        score=0.7,
        source="the permanent residence card of foreigners of 2004 and 2017: ISO 3166-1 alpha-3 and twelve digits",
    ),
    Recogniser(
        category="medical_no",
        pattern=re.compile(rf"{_NOT_AFTER_DIGIT}[1-9][0-9]{{16}}[0-9Xx][1-7][1-4](?:[Bb][0-9]{{1,2}})?(?![0-9A-Za-z])"),
        shortest=20,
        check=is_disability_certificate,
        proof=is_disability_certificate,
        context=("残疾", "证件", "证号"),
        score=0.95,
        source="certificates of disability, second generation: the resident ID number, the kind of seven and the "
        "degree of four, B and how often it was issued anew",
    ),
)  # fmt: skip

ORDER = tuple(
    dict.fromkeys(
        (
            *(row.category for row in TABLE),
            *"social_no housing_fund medical_no driving_licence qq wechat bank_account".split(),
            *"birth_date coordinates ip mac sex ethnicity party marriage religion health".split(),
            "address",
            "person_name",
        )
    )
)
"""Which category wins where two claim the same characters: an ID number can also pass as a card or as a code."""
