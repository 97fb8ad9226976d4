"""The second table: what is personal data behind the word that names it, and looks like nothing by itself.

A row's words are followed by what links a label and its value, and by the value. To add one is to add a row and its
cases in `tests/policies/recognisers/test_labelled.py`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from policies.recognisers.levels import Gravity, level_of
from policies.recognisers.names import COMPOUND_SURNAMES, SURNAMES
from policies.recognisers.table import PROVINCES_OF_PLATES, Hit

_LINK = (
    r"[ ]?(?:号码|编号|编码|代码|账号|帐号|卡号|号|(?i:number|num|no\.?|id)|#)?[ ]?(?:\([^()\n]{1,10}\))?"
    r"[\u4e00-\u9fff]{0,4}?"
    r"[ ]?(?:[\"'”’\]】]?[ ]?"
    r"(?:[:\ufe55\ufe30\u2236|,~→]|=>?|--?>|--?(?=[ A-Za-z0-9(\"“]))?)[ ]{0,2}[(\"'“‘\[【「]?[ ]?"
)
"""What may stand between a label and its value."""
_ENDS = r"(?![0-9A-Za-z])"
_YEAR = "(?:18|19|20)[0-9]{2}"
_NUMERALS = "一二三四五六七八九〇零○"
_DAY_OF_YEAR = (
    rf"(?:{_YEAR}[ ]?年[ ]?[01]?[0-9][ ]?月(?:[ ]?[0-3]?[0-9][ ]?[日号])?"
    rf"|{_YEAR}(?P<sep>[\-./])[01]?[0-9](?:(?P=sep)[0-3]?[0-9])?|{_YEAR}[01][0-9][0-3][0-9]"
    rf"|[一二][{_NUMERALS}]{{3}}年[{_NUMERALS}十]{{1,2}}月[{_NUMERALS}十]{{1,3}}[日号])"
)
_DATE = rf"{_DAY_OF_YEAR}(?![0-9])"
_DAY = "[01]?[0-9][ ]?月[ ]?[0-3]?[0-9][ ]?[日号]"
_NO_NAME = (
    "(?!(?i:full|first|last|given|family|middle|sur|user|nick|your|the|name|names|passport|passports|id|card|no|nos|"
    "number|phone|mobile|tel|telephone|sex|gender|date|birth|address|email|mail|nationality|type|information|info|"
    "form|forms|contact|and|or|of|mr|ms|mrs|miss|dr)(?![A-Za-z]))"
)
"""Words of headings in English, and forms of address."""
_LATIN_NAME = (
    rf"{_NO_NAME}[A-Z][A-Za-z'\-]{{1,19}}(?:[ ]?[,/][ ]?|[ ·]){_NO_NAME}[A-Z][A-Za-z'\-]{{0,19}}"
    rf"(?:[ ]{_NO_NAME}[A-Z][A-Za-z'\-]{{1,19}}){{0,2}}(?![A-Za-z0-9@_])"
)
_OF_HONG_KONG = r"[A-Z]{1,2}[0-9]{6}\([0-9A]\)|[157][0-9]{6}\([0-9]\)"
_OF_TAIWAN = rf"[A-Z][1289][0-9]{{8}}{_ENDS}"
ETHNICITIES = (
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 "
    "柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 "
    "塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺"
).split()
_DEGREES = r"(?:1[0-7][0-9]|[1-9]?[0-9])\.[0-9]{4,12}"
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """One row."""

    category: str
    words: tuple[str, ...]
    """Any of which stands before the value, in lower case and simplified characters; those of `links` behind it."""
    value: str
    """The value, as a pattern."""
    score: float
    past: str = ""
    """What stands between a label's link and the value, as a pattern: other values of the same label."""
    glued: bool = False
    """Whether the value may stand right behind a word of letters, without anything between."""
    behind: bool = False
    """Whether the words stand behind the value, and end what is said."""
    only_reported: bool = False
    """Whether the data path leaves it alone unless its field is declared."""
    source: str

    @property
    def level(self) -> Gravity:
        """How grave what it finds is."""
        return level_of(self.category)

    def pattern(self) -> re.Pattern[str]:
        """Finds the row's values: group `value`."""
        if self.behind:
            return re.compile(
                rf"(?<![0-9])(?P<value>{self.value})[ ]?出?生(?=\Z|[^\u4e00-\u9fff]|[于的在]|人(?![口数]))"
            )
        words = sorted(self.words, key=len, reverse=True)
        first = "".join(dict.fromkeys(char for word in words for char in (word[0], word[0].upper())))
        ends = rf"(?:(?![A-Za-z])|(?={self.value}))" if self.glued else "(?![A-Za-z])"
        one_of = "|".join(
            f"(?<![A-Za-z0-9]){re.escape(word)}{ends}" if word.isascii() else re.escape(word) for word in words
        )
        return re.compile(rf"(?=[{first}])(?i:{one_of}){_LINK}{self.past}(?P<value>{self.value})")


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.replace("_", " ") for word in text.split())


_LINES = _words("电话 座机 固话 传真 联系方式 tel telephone fax phone")
_LOCAL_LINE = (
    r"(?!20[0-3][0-9]-[01][0-9])[2-8][0-9]{2,3}[ \-]?[0-9]{4}"
    r"(?:(?:-|[ ]?转[ ]?)[0-9]{1,6})?(?![0-9A-Za-z\-年月日])"
)
_ANY_LINE = r"[0-9][0-9\-]{5,17}[0-9]"
_OF_PLATE = "A-HJ-NP-Za-hj-np-z"

LABELLED = (
    Labelled(
        category="passport",
        words=_words("护照 passport"),
        value=rf"(?:[A-Za-z]{{1,2}}[0-9]{{6,9}}|[A-Z][ ][0-9]{{7,8}}|[0-9]{{8,9}}"
        rf"|(?=(?:[A-Z]{{0,4}}[0-9]){{4}})[A-Z][0-9A-Z]{{8}}){_ENDS}",
        score=0.8,
        glued=True,
        source="ICAO Doc 9303: up to nine places; the forms of the commonest issuers",
    ),
    Labelled(
        category="permit",
        words=_words(
            "通行证 回乡证 台胞证 港澳证 证件 证号 香港身份证 澳门身份证 台湾身份证 香港居民 澳门居民 港澳居民 "
            "台湾居民 身分证 permit hkid"
        ),
        value=rf"(?:[HMCWTLhmcwtl][0-9A-Za-z][0-9]{{7}}(?:[0-9]{{2}})?{_ENDS}|{_OF_HONG_KONG}|{_OF_TAIWAN})",
        score=0.75,
        glued=True,
        source="National Immigration Administration: H, M and eight digits, two more in the older form; C, W, T, L",
    ),
    Labelled(
        category="permit",
        words=_words("通行证 回乡证 台胞证 港澳证 permit"),
        value=rf"(?!20[0-3][0-9][01][0-9])[0-9]{{8}}(?:[0-9]{{2}})?(?:\([0-9A-Z]\))?{_ENDS}",
        score=0.75,
        source="Mainland travel permit of people from Taiwan: eight digits, two or a letter more",
    ),
    Labelled(
        category="landline",
        words=_LINES,
        value=_LOCAL_LINE,
        score=0.7,
        source="MIIT numbering plan of 2017: without the area code, 7 or 8 digits from 2 to 8",
    ),
    *(
        Labelled(
            category="landline",
            words=_LINES,
            past=f"(?:{_ANY_LINE}[ ]?[、/][ ]?){{{before}}}",
            value=_LOCAL_LINE,
            score=0.7,
            source="the same, behind other numbers under one label, as forms and notices list them",
        )
        for before in (1, 2, 3, 4)
    ),
    Labelled(
        category="permit",
        words=_words("军官证 士兵证 警官证 文职干部证 军人证 士官证"),
        value=rf"(?:[\u4e00-\u9fff]{{1,3}}字第?[0-9]{{5,10}}号?|(?!20[0-3][0-9][01][0-9])[0-9]{{6,10}}){_ENDS}",
        score=0.75,
        source="officers' and soldiers' cards: characters of the issuer, 字第, six to ten digits, 号",
    ),
    Labelled(
        category="mobile",
        words=_words("香港手机 香港电话 澳门手机 澳门电话 台湾手机 台湾电话 行动电话"),
        value=r"(?:(?:852[ \-]?)?[4-79][0-9]{3}[ \-]?[0-9]{4}|(?:853[ \-]?)?6[0-9]{3}[ \-]?[0-9]{4}"
        rf"|(?:886[ \-]?)?0?9[0-9]{{2}}[ \-]?[0-9]{{3}}[ \-]?[0-9]{{3}}){_ENDS}",
        score=0.75,
        source="the numbering plans of Hong Kong (OFCA), Macau (CTT) and Taiwan (NCC)",
    ),
    Labelled(
        category="mobile",
        words=_words("快递 运单 订单 物流 包裹"),
        past=rf"(?:{'|'.join(COMPOUND_SURNAMES)}|(?!单号|金额|时[间长]|明细|查[询看])[{SURNAMES}])"
        r"[\u4e00-\u9fff]{1,2}(?<![号码额询价量数单编为是元])(?:先生|女士)?[ ]?[,:(]?[ ]?",
        value=rf"1[3-9][0-9](?:[ \-]?[0-9]{{4}}){{2}}{_ENDS}",
        score=0.75,
        source="waybills and orders: whom the parcel is for stands between, and the number is that person's",
    ),
    Labelled(
        category="bank_account",
        words=_words(
            "银行账号 银行帐号 银行账户 收款账号 收款账户 开户账号 付款账号 对公账户 结算账户 账号 帐号 账户 account"
        ),
        value=rf"[0-9](?:[ \-]?[0-9]){{8,29}}{_ENDS}",
        score=0.55,
        source="accounts have no form of their own: PBOC Measures for RMB Settlement Accounts",
    ),
    Labelled(
        category="social_no",
        words=_words(
            "社保 社保卡 社保号 社会保障号 社会保障卡 社会保险号 社会保险 医保 医保卡 医保号 医疗保险 "
            "医疗保险号 养老保险 医疗证 个人编号 参保号 参保编号 sbkh ybkh"
        ),
        value=rf"[A-Za-z]{{0,3}}[0-9]{{6,18}}[0-9Xx]?{_ENDS}",
        score=0.87,
        source="LD/T 32 and the numbers that provinces give out",
    ),
    Labelled(
        category="housing_fund",
        words=_words("公积金 住房公积金 公积金账号 公积金个人账号 gjjzh"),
        value=rf"[A-Za-z]{{0,2}}[0-9]{{7,20}}{_ENDS}",
        score=0.87,
        source="JGJ/T 320: numbers that centres of the fund give out",
    ),
    Labelled(
        category="medical_no",
        words=_words(
            "病历 病历号 病案号 病案 住院号 住院 门诊号 门诊 就诊号 就诊 就诊卡 就诊卡号 诊疗卡 电子健康卡 "
            "居民健康卡 健康卡 mrn patient_id blh zyh mzh jzkh"
        ),
        value=rf"[A-Za-z]{{0,4}}-?[0-9]{{5,20}}{_ENDS}(?!年)",
        score=0.87,
        source="WS 445: numbers that hospitals give out; WS/T 543: cards of residents' health",
    ),
    Labelled(
        category="medical_no",
        words=_words("残疾人证 残疾证"),
        value=rf"[1-9][0-9]{{16}}[0-9Xx][ \-]?[1-7][ \-]?[1-4](?:[ \-]?[Bb][0-9]{{1,2}})?{_ENDS}",
        score=0.9,
        source="certificates of disability, second generation: the resident ID number, the kind, the degree, B and how "
        "often it was issued anew",
    ),
    Labelled(
        category="driving_licence",
        words=_words("驾驶证档案 驾照档案 档案编号"),
        value=rf"[0-9]{{12}}{_ENDS}",
        score=0.87,
        source="GA/T 16.4: the number of the file of a driver",
    ),
    Labelled(
        category="vin",
        words=_words("车架 车架号 车辆识别代号 车辆识别代码 车辆识别 vin"),
        value=rf"[A-HJ-NPR-Za-hj-npr-z0-9]{{17}}{_ENDS}",
        score=0.75,
        glued=True,
        source="GB 16735-2019; typing errors are personal data too",
    ),
    Labelled(
        category="plate",
        words=_words(
            "航空器登记号 航空器注册号 航空器登记标志 航空器国籍登记 飞机注册号 飞机登记号 无人机登记号 无人机注册号"
        ),
        value=rf"(?:B-?(?:[0-9][0-9A-Z]{{3}}|[A-Z]{{3}})|UAS[0-9]{{8}}){_ENDS}",
        score=0.75,
        source="CCAR-45: B, a hyphen and four places, three letters in Hong Kong and Macau; CCAR-92: drones",
    ),
    Labelled(
        category="plate",
        words=_words("车牌 车牌号 车牌号码 号牌 号牌号码 车号"),
        value=rf"[{PROVINCES_OF_PLATES}][ ]{{1,2}}[{_OF_PLATE}][ ·•・.\-]{{0,2}}[{_OF_PLATE}0-9]{{4}}"
        rf"(?:[警学港澳挂领试超]|[{_OF_PLATE}0-9]{{1,2}}(?![0-9A-Za-z]))",
        score=0.75,
        source="GA 36-2018, the province apart from the letter, as cells of forms are filled in",
    ),
    Labelled(
        category="uscc",
        words=_words("统一社会信用代码 社会信用代码 信用代码 纳税人识别号 税号"),
        value=rf"[0-9A-Za-z](?:[ \-]?[0-9A-Za-z]){{17}}{_ENDS}",
        score=0.75,
        source="GB 32100-2015, in groups as forms have it",
    ),
    Labelled(
        category="qq",
        words=_words("qq qq号 扣扣 企鹅号 qq/微信 qq、微信"),
        value=rf"[1-9][0-9]{{4,10}}{_ENDS}",
        score=0.75,
        source="Tencent: 5 to 11 digits",
    ),
    Labelled(
        category="wechat",
        words=_words("微信 微信号 wechat weixin wx vx wxh v信 威信 薇信 加v 加微 微信id"),
        value=r"[A-Za-z][A-Za-z0-9_\-]{5,19}(?![A-Za-z0-9_\-@])",
        score=0.7,
        source="Tencent: a letter, then 5 to 19 letters, digits, underscores and hyphens",
    ),
    Labelled(
        category="birth_date",
        words=_words(
            "出生日期 出生年月日 出生年月 出生时间 出生于 出生 生于 生日 dob birthday birth date_of_birth csrq csny"
        ),
        value=_DATE,
        score=0.85,
        only_reported=True,
        source="GB/T 7408.1, and as people write dates",
    ),
    Labelled(
        category="birth_date",
        words=_words("生日 寿辰 诞辰"),
        value=rf"{_DAY}(?![0-9])",
        score=0.75,
        only_reported=True,
        source="GB/T 7408.1: the day without its year",
    ),
    Labelled(
        category="birth_date",
        words=_words("出生 日生 月生 号生 0生 1生 2生 3生 4生 5生 6生 7生 8生 9生"),
        value=rf"(?:{_DAY_OF_YEAR}|[4-9][0-9]年{_DAY})",
        score=0.8,
        behind=True,
        only_reported=True,
        source="the same, as sentences about people have it: 1990年3月5日出生, 1990.03.05生",
    ),
    Labelled(
        category="coordinates",
        words=_words("坐标 经纬度 定位 位置 gps 经度 latlng location coordinates lng lat"),
        value=rf"-?{_DEGREES}°?[ ]?(?:[,;/ ]{{1,2}}|[,;]?[ ]?纬度[:=]?[ ]?)-?{_DEGREES}(?![0-9])",
        score=0.7,
        only_reported=True,
        source="GB/T 45574-2025: precise location; four decimals are eleven metres",
    ),
    Labelled(
        category="ip",
        words=_words("ip ip地址 登录ip 客户端ip 源地址 来源地址 终端地址"),
        value=rf"(?:{_OCTET}(?:\.{_OCTET}){{3}}(?![0-9.]|/[0-9])"
        r"|(?=[0-9A-Fa-f:]{0,38}::|(?:[0-9A-Fa-f]{1,4}:){7})[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![0-9A-Fa-f:/]))",
        score=0.6,
        only_reported=True,
        source="RFC 791, RFC 4291; of a person only where it is that of his device",
    ),
    Labelled(
        category="mac",
        words=_words("mac mac地址 物理地址 网卡地址"),
        value=r"(?:[0-9A-Fa-f]{2}(?P<between>[:\-])(?:[0-9A-Fa-f]{2}(?P=between)){4}[0-9A-Fa-f]{2}"
        r"|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}|[0-9A-Fa-f]{12})(?![0-9A-Za-z:])",
        score=0.6,
        only_reported=True,
        source="IEEE 802",
    ),
    Labelled(
        category="sex",
        words=_words("性别 sex gender"),
        value="(?:男|女)性?|(?:fe)?male",
        score=0.7,
        only_reported=True,
        source="GB/T 2261.1",
    ),
    Labelled(
        category="ethnicity",
        words=_words("民族 族别 民族成分 族称 ethnicity"),
        value=f"(?:{'|'.join(ETHNICITIES)})族?",
        score=0.8,
        only_reported=True,
        source="GB/T 3304",
    ),
    Labelled(
        category="party",
        words=_words("政治面貌 政治面目 党派 政治身份"),
        value="(?:中国?共(?:产党)?(?:预备)?党员|预备党员|共青团员|群众|民革|民盟|民建|民进|农工党|致公党|九三学社|台盟|无党派)"
        "(?:党员|会员|盟员|社员|成员|人士)?",
        score=0.8,
        only_reported=True,
        source="GB/T 4762",
    ),
    Labelled(
        category="marriage",
        words=_words("婚姻状况 婚姻状态 婚姻情况 婚姻 婚否 婚况"),
        value="已婚|未婚|离异|离婚|丧偶|再婚|初婚|复婚",
        score=0.8,
        only_reported=True,
        source="GB/T 2261.2",
    ),
    Labelled(
        category="religion",
        words=_words("宗教信仰 信仰 信奉 信教 宗教"),
        value="(?:藏传|汉传)?佛教|道教|伊斯兰教|天主教|基督教|东正教",
        score=0.75,
        only_reported=True,
        source="GB/T 45574-2025: religious belief",
    ),
    Labelled(
        category="person_name",
        words=_words(
            "姓名 英文名 英文姓名 拼音 联系人 申请人 持证人 旅客 乘客 乘机人 收件人 寄件人 收货人 持卡人 入住人 "
            "full_name passenger passenger_name guest_name patient_name customer_name contact_name applicant_name "
            "cardholder_name"
        ),
        value=_LATIN_NAME,
        score=0.75,
        source="ICAO Doc 9303 and GB/T 28039: names in Latin letters, the surname before or behind",
    ),
    Labelled(
        category="health",
        words=_words("诊断 诊断为 诊断结果 病史 既往史 患有 确诊 确诊为 疾病 病名 病种 病情 残疾类别 过敏史"),
        value=r"[\u4e00-\u9fffA-Za-z0-9]{0,10}(?:病|症|炎|癌|瘤|高血压|感染|残疾|骨折|过敏|障碍|综合征|梗死|梗塞|出血|溃疡|[甲乙丙丁戊]肝)",
        score=0.7,
        only_reported=True,
        source="GB/T 45574-2025: health",
    ),
)
"""What comes first wins where two rows claim the same characters."""
PATTERNS = tuple(row.pattern() for row in LABELLED)


def hits_behind_labels(text: str, rows: set[int]) -> Iterator[Hit]:
    """What those of `LABELLED` find in normalised *text* whose numbers are *rows*."""
    for number in sorted(rows):
        row = LABELLED[number]
        for match in PATTERNS[number].finditer(text):
            yield Hit(*match.span("value"), row.category, row.score, "context")
