"""Rows of the second table that find what is told of somebody: birth, place, device, sex, people, party, faith, health.

The last but one finds names in Latin letters: they look like any words, and only their label says what they are.
"""

from policies.recognisers.labelled_row import Labelled, labels_of

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
ETHNICITIES = (
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 "
    "柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 "
    "塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺"
).split()
_DEGREES = r"(?:1[0-7][0-9]|[1-9][0-9]?)\.[0-9]{4,12}"
"""None of 0: what is nearly nothing is more often a share than a place on the equator."""
_OF_NOBODY = tuple("服务器 主机 网关 路由器 交换机 打印机 摄像头 数据库 防火墙 负载均衡 节点 虚拟机 集群".split())
"""What has an address of its own, and is used by many."""
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"

FACTS = (
    Labelled(
        category="birth_date",
        words=labels_of(
            "出生日期 出生年月日 出生年月 出生时间 出生于 出生 生于 生日 dob birthday birth date_of_birth csrq csny"
        ),
        denied="期|(?:日期|年月日?|时间)?(?:[不须应]{0,2}[早晚]于|[须应])",
        value=_DATE,
        score=0.85,
        only_reported=True,
        source="GB/T 7408.1, and as people write dates",
    ),
    Labelled(
        category="birth_date",
        words=labels_of("生日 寿辰 诞辰"),
        value=rf"{_DAY}(?![0-9])",
        score=0.75,
        only_reported=True,
        source="GB/T 7408.1: the day without its year",
    ),
    Labelled(
        category="birth_date",
        words=labels_of("出生 日生 月生 号生 0生 1生 2生 3生 4生 5生 6生 7生 8生 9生"),
        value=rf"(?:{_DAY_OF_YEAR}|[4-9][0-9]年{_DAY})",
        score=0.8,
        behind=True,
        only_reported=True,
        source="the same, as sentences about people have it: 1990年3月5日出生, 1990.03.05生",
    ),
    Labelled(
        category="coordinates",
        words=labels_of("坐标 经纬度 定位 位置 gps 经度 北纬 南纬 东经 西经 latlng location coordinates lng lat"),
        denied="系|轴|原点|误差|转换|变换",
        value=rf"(?:[东西]经|[EWew])?[ ]?-?{_DEGREES}°?[EWNSewns]?[ ]?"
        rf"(?:[,;/ ]{{1,2}}|[,;]?[ ]?纬度[:=]?[ ]?|(?=[东西]经|[南北]纬))(?:[东西]经|[南北]纬|[EWNSewns])?[ ]?"
        rf"-?{_DEGREES}(?:°[NSEWnsew]?|[NSEWnsew])?(?![0-9A-Za-z])",
        score=0.7,
        only_reported=True,
        source="GB/T 45574-2025: precise location; four decimals are eleven metres",
    ),
    Labelled(
        category="ip",
        of_others=_OF_NOBODY,
        words=labels_of("ip ip地址 登录ip 客户端ip 源地址 来源地址 终端地址"),
        value=rf"(?:{_OCTET}(?:\.{_OCTET}){{2}}\.(?!0(?![0-9])){_OCTET}(?![0-9.]|/[0-9])"
        r"|(?=[0-9A-Fa-f:]{0,38}::|(?:[0-9A-Fa-f]{1,4}:){7})[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![0-9A-Fa-f:/]))",
        score=0.6,
        only_reported=True,
        source="RFC 791, RFC 4291; of a person only where it is that of his device",
    ),
    Labelled(
        category="mac",
        of_others=_OF_NOBODY,
        words=labels_of("mac mac地址 物理地址 网卡地址"),
        value=r"(?:[0-9A-Fa-f]{2}(?P<between>[:\-])(?:[0-9A-Fa-f]{2}(?P=between)){4}[0-9A-Fa-f]{2}"
        r"|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}|[0-9A-Fa-f]{12})(?![0-9A-Za-z:])",
        score=0.6,
        only_reported=True,
        source="IEEE 802",
    ),
    Labelled(
        category="sex",
        words=labels_of("性别 sex gender"),
        value="(?:男|女)性?|(?:fe)?male",
        score=0.7,
        only_reported=True,
        source="GB/T 2261.1",
    ),
    Labelled(
        category="ethnicity",
        words=labels_of("民族 族别 民族成分 族称 ethnicity"),
        value=f"(?:{'|'.join(ETHNICITIES)})族?",
        score=0.8,
        only_reported=True,
        source="GB/T 3304",
    ),
    Labelled(
        category="party",
        words=labels_of("政治面貌 政治面目 党派 政治身份"),
        value="(?:中国?共(?:产党)?(?:预备)?党员|预备党员|共青团员|群众|民革|民盟|民建|民进|农工党|致公党|九三学社|台盟|无党派)"
        "(?:党员|会员|盟员|社员|成员|人士)?",
        score=0.8,
        only_reported=True,
        source="GB/T 4762",
    ),
    Labelled(
        category="marriage",
        words=labels_of("婚姻状况 婚姻状态 婚姻情况 婚姻 婚否 婚况"),
        value="已婚|未婚|离异|离婚|丧偶|再婚|初婚|复婚",
        score=0.8,
        only_reported=True,
        source="GB/T 2261.2",
    ),
    Labelled(
        category="religion",
        words=labels_of("宗教信仰 信仰 信奉 信教 宗教"),
        value="(?:藏传|汉传)?佛教|道教|伊斯兰教|天主教|基督教|东正教",
        score=0.75,
        only_reported=True,
        source="GB/T 45574-2025: religious belief",
    ),
    Labelled(
        category="person_name",
        words=labels_of(
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
        words=labels_of("诊断 诊断为 诊断结果 病史 既往史 患有 确诊 确诊为 疾病 病名 病种 病情 残疾类别 过敏史"),
        value=r"[\u4e00-\u9fffA-Za-z0-9]{0,10}(?:病|症|炎|癌|瘤|高血压|感染|残疾|骨折|过敏|障碍|综合征|梗死|梗塞|出血|溃疡|[甲乙丙丁戊]肝)",
        score=0.7,
        only_reported=True,
        source="GB/T 45574-2025: health",
    ),
)
