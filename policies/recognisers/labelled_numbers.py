"""Rows of the second table that find numbers and codes of documents, lines, accounts, files, vehicles, firms, chats."""

from policies.recognisers.labelled_row import Labelled, labels_of
from policies.recognisers.persons.names import COMPOUND_SURNAMES, SURNAMES
from policies.recognisers.table import PROVINCES_OF_PLATES

_ENDS = r"(?![0-9A-Za-z])"
_NUMBER_ENDS = rf"{_ENDS}(?![ ]?(?:[万亿]|元(?![旦月])|人次|[份册例件]|个(?![人体])|次(?![日月年])))"
"""Behind a number that counts nothing."""
_OFFICES_OF = "局|中心|所|站|科|股|处|大厅|窗口|经办|部门?|服务|咨询|热线"
"""What makes of a word for what somebody has one for who deals with it."""
_OF_HONG_KONG = r"[A-Z]{1,2}[0-9]{6}\([0-9A]\)|[157][0-9]{6}\([0-9]\)"
_OF_TAIWAN = rf"[A-Z][1289][0-9]{{8}}{_ENDS}"
_LINES = labels_of("电话 座机 固话 传真 联系方式 拨打 致电 tel telephone fax phone")
_MOBILE = "1[3-9][0-9]{9}"
_MOBILES = labels_of("手机 电话 联系方式 tel phone mobile")
_LOCAL_LINE = (
    r"(?!20[0-3][0-9]-[01][0-9])[2-8][0-9]{2,3}[ \-]?[0-9]{4}"
    r"(?:(?:-|[ ]?转[ ]?)[0-9]{1,6})?(?![0-9A-Za-z\-年月日])"
)
_ANY_LINE = r"[0-9][0-9\-]{5,17}[0-9]"
_OF_PLATE = "A-HJ-NP-Za-hj-np-z"

NUMBERS = (
    Labelled(
        category="passport",
        words=labels_of("护照 passport"),
        value=rf"(?:[A-Za-z]{{1,2}}[0-9]{{6,9}}|[A-Z][ ][0-9]{{7,8}}|[0-9]{{8,9}}"
        rf"|(?=(?:[A-Z]{{0,4}}[0-9]){{4}})[A-Z][0-9A-Z]{{8}}){_ENDS}",
        score=0.8,
        glued=True,
        source="ICAO Doc 9303: up to nine places; the forms of the commonest issuers",
    ),
    Labelled(
        category="permit",
        words=labels_of(
            "通行证 回乡证 台胞证 大通证 港澳证 证件 证号 身份证 香港居民 澳门居民 港澳居民 台湾居民 身分证 permit hkid"
        ),
        value=rf"(?:[HMCWTLhmcwtl][0-9A-Za-z][0-9]{{7}}(?:[0-9]{{2}})?{_ENDS}|{_OF_HONG_KONG}|{_OF_TAIWAN})",
        score=0.75,
        glued=True,
        source="National Immigration Administration: H, M and eight digits, two more in the older form; C, W, T, L",
    ),
    Labelled(
        category="permit",
        words=labels_of("通行证 回乡证 台胞证 大通证 港澳证 permit"),
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
        category="mobile",
        words=_MOBILES,
        value=rf"{_MOBILE}(?={_MOBILE}{_ENDS})",
        score=0.75,
        source="two numbers run together, as cells are that lost what parted them: the first",
    ),
    Labelled(
        category="mobile",
        words=_MOBILES,
        past=_MOBILE,
        value=rf"{_MOBILE}{_ENDS}",
        score=0.75,
        source="the same: the second",
    ),
    Labelled(
        category="permit",
        words=labels_of("军官证 士兵证 警官证 文职干部证 军人证 士官证"),
        value=rf"(?:[\u4e00-\u9fff]{{1,3}}字第?[0-9]{{5,10}}号?|(?!20[0-3][0-9][01][0-9])[0-9]{{6,10}}){_ENDS}",
        score=0.75,
        source="officers' and soldiers' cards: characters of the issuer, 字第, six to ten digits, 号",
    ),
    Labelled(
        category="mobile",
        words=labels_of("香港手机 香港电话 澳门手机 澳门电话 台湾手机 台湾电话 行动电话"),
        value=r"(?:(?:852[ \-]?)?[4-79][0-9]{3}[ \-]?[0-9]{4}|(?:853[ \-]?)?6[0-9]{3}[ \-]?[0-9]{4}"
        rf"|(?:886[ \-]?)?0?9[0-9]{{2}}[ \-]?[0-9]{{3}}[ \-]?[0-9]{{3}}){_ENDS}",
        score=0.75,
        source="the numbering plans of Hong Kong (OFCA), Macau (CTT) and Taiwan (NCC)",
    ),
    Labelled(
        category="mobile",
        words=labels_of("快递 运单 订单 物流 包裹"),
        past=rf"(?:{'|'.join(COMPOUND_SURNAMES)}|(?!单号|金额|时[间长]|明细|查[询看])[{SURNAMES}])"
        r"[\u4e00-\u9fff]{1,2}(?<![号码额询价量数单编为是元])(?:先生|女士)?[ ]?[,:(]?[ ]?",
        value=rf"1[3-9][0-9](?:[ \-]?[0-9]{{4}}){{2}}{_ENDS}",
        score=0.75,
        source="waybills and orders: whom the parcel is for stands between, and the number is that person's",
    ),
    Labelled(
        category="bank_card",
        words=labels_of("银行卡 银行卡号 信用卡 储蓄卡 借记卡 卡号"),
        of_others=tuple(
            "会员 购物 加油 礼品 储值 充值 公交 校园 门禁 饭卡 显卡 网卡 声卡 产品 物料 社保 医保 就诊".split()
        ),
        value=rf"[3-9][0-9]{{3}}(?:[ \-][0-9]{{4}}){{3}}(?:[ \-]?[0-9]{{1,3}})?{_NUMBER_ENDS}",
        score=0.6,
        source="ISO/IEC 7812-1, in the groups of four in which cards are printed; typing errors are personal data too",
    ),
    Labelled(
        category="bank_card",
        words=labels_of("银行卡 信用卡 储蓄卡 借记卡"),
        denied="[\u4e00-\u9fff]{0,2}(?:流水|单|编号|受理|申请|业务|凭证|参考|中心)",
        value=rf"[3-9][0-9]{{15,18}}{_NUMBER_ENDS}",
        score=0.6,
        source="the same without groups, where the label is that of no other card",
    ),
    Labelled(
        category="bank_account",
        words=labels_of(
            "银行账号 银行帐号 银行账户 收款账号 收款账户 开户账号 付款账号 对公账户 结算账户 账号 帐号 账户 account"
        ),
        denied="数|余额|总额|可用|资金",
        value=rf"[0-9](?:[ \-]?[0-9]){{8,29}}{_NUMBER_ENDS}",
        score=0.55,
        source="accounts have no form of their own: PBOC Measures for RMB Settlement Accounts",
    ),
    Labelled(
        category="social_no",
        words=labels_of(
            "社保 社保卡 社保号 社会保障号 社会保障卡 社会保险号 社会保险 医保 医保卡 医保号 医疗保险 "
            "医疗保险号 养老保险 医疗证 个人编号 参保号 参保编号 sbkh ybkh"
        ),
        denied=f"{_OFFICES_OF}|基金|待遇|政策|年限|缴费(?![账编号卡])",
        value=rf"[A-Za-z]{{0,3}}[0-9]{{6,18}}[0-9Xx]?{_NUMBER_ENDS}",
        score=0.87,
        source="LD/T 32 and the numbers that provinces give out",
    ),
    Labelled(
        category="housing_fund",
        words=labels_of("公积金 住房公积金 公积金账号 公积金个人账号 gjjzh"),
        denied=f"{_OFFICES_OF}|管理|贷款|余额|业务",
        value=rf"[A-Za-z]{{0,2}}[0-9]{{7,20}}{_NUMBER_ENDS}",
        score=0.87,
        source="JGJ/T 320: numbers that centres of the fund give out",
    ),
    Labelled(
        category="medical_no",
        words=labels_of(
            "病历 病历号 病案号 病案 住院号 住院 门诊号 门诊 就诊号 就诊 就诊卡 就诊卡号 诊疗卡 电子健康卡 "
            "居民健康卡 健康卡 患者编号 患者号 病人编号 病人号 体检编号 体检号 mrn patient_id blh zyh mzh jzkh"
        ),
        denied=f"{_OFFICES_OF}|楼|病区|号?源|费|收入|结算|押金|人[次数]|量|率|本(?![号编])",
        value=rf"[A-Za-z]{{0,4}}-?[0-9]{{5,20}}{_NUMBER_ENDS}(?!年)",
        score=0.87,
        source="WS 445: numbers that hospitals give out; WS/T 543: cards of residents' health",
    ),
    Labelled(
        category="medical_no",
        words=labels_of("残疾人证 残疾证"),
        value=rf"[1-9][0-9]{{16}}[0-9Xx][ \-]?[1-7][ \-]?[1-4](?:[ \-]?[Bb][0-9]{{1,2}})?{_ENDS}",
        score=0.9,
        source="certificates of disability, second generation: the resident ID number, the kind, the degree, B and how "
        "often it was issued anew",
    ),
    Labelled(
        category="driving_licence",
        words=labels_of("驾驶证档案 驾照档案 档案编号"),
        value=rf"[0-9]{{12}}{_ENDS}",
        score=0.87,
        source="GA/T 16.4: the number of the file of a driver",
    ),
    Labelled(
        category="vin",
        words=labels_of("车架 车架号 大架号 车辆识别代号 车辆识别代码 车辆识别 vin"),
        value=rf"[A-HJ-NPR-Za-hj-npr-z0-9]{{17}}{_ENDS}",
        score=0.75,
        glued=True,
        source="GB 16735-2019; typing errors are personal data too",
    ),
    Labelled(
        category="plate",
        words=labels_of(
            "航空器登记号 航空器注册号 航空器登记标志 航空器国籍登记 飞机注册号 飞机登记号 无人机登记号 无人机注册号"
        ),
        value=rf"(?:B-?(?:[0-9][0-9A-Z]{{3}}|[A-Z]{{3}})|UAS[0-9]{{8}}){_ENDS}",
        score=0.75,
        source="CCAR-45: B, a hyphen and four places, three letters in Hong Kong and Macau; CCAR-92: drones",
    ),
    Labelled(
        category="plate",
        words=labels_of("车牌 车牌号 车牌号码 号牌 号牌号码 车号"),
        value=rf"[{PROVINCES_OF_PLATES}][ ]{{1,2}}[{_OF_PLATE}][ ·•・.\-]{{0,2}}[{_OF_PLATE}0-9]{{4}}"
        rf"(?:[警学港澳挂领试超]|[{_OF_PLATE}0-9]{{1,2}}(?![0-9A-Za-z]))",
        score=0.75,
        source="GA 36-2018, the province apart from the letter, as cells of forms are filled in",
    ),
    Labelled(
        category="uscc",
        words=labels_of("统一社会信用代码 社会信用代码 信用代码 纳税人识别号 税号"),
        value=rf"[0-9A-Za-z](?:[ \-]?[0-9A-Za-z]){{17}}{_ENDS}",
        score=0.75,
        source="GB 32100-2015, in groups as forms have it",
    ),
    Labelled(
        category="qq",
        words=labels_of("qq qq号 扣扣 企鹅号 qq/微信 qq、微信"),
        denied="群(?!主)|浏览器|音乐|空间|邮箱|版本|公众|小程序",
        value=rf"[1-9][0-9]{{4,10}}{_NUMBER_ENDS}",
        score=0.75,
        source="Tencent: 5 to 11 digits",
    ),
    Labelled(
        category="qq",
        words=labels_of("企鹅"),
        denied="号|数|[总约有近超]|群(?!主)|岛|种",
        value=rf"[1-9][0-9]{{5,10}}{_NUMBER_ENDS}(?![ ]?[余多]?[只头对])",
        score=0.7,
        source="the same, by what the emblem is, without 号; six digits at least, and no count of birds",
    ),
    Labelled(
        category="wechat",
        words=labels_of(
            "微信 微信号 wechat weixin wx vx wxh v信 威信 薇信 薇❤ 微❤ 威❤ v❤ ❤信 绿泡泡 ➕v 加v 加微 微信id"
        ),
        denied="公众|小程序|支付|视频|订阅|服务号|版本|群(?!主)",
        value=r"(?:(?<=_)[A-Za-z][A-Za-z0-9_\-]{4,18}[A-Za-z0-9](?=_{1,16}(?![A-Za-z0-9_@\-]))"
        r"|[A-Za-z][A-Za-z0-9_\-]{4,18}[A-Za-z0-9_](?![A-Za-z0-9_@]|-[A-Za-z0-9_]))",
        score=0.7,
        source="Tencent: a letter, then 5 to 19 letters, digits, underscores and hyphens",
    ),
)
