"""What stands around a candidate in normalised text: a word that announces it, one that says that it is something else,
or more of what it is only a part of.
"""

import re
from collections.abc import Sequence
from enum import Enum

CONTEXT_CHARS = 24
"""How far before a candidate a context word may end."""
OTHERS = (
    "订单 单号 单据 票据 提单 编号 编码 流水 序列号 序号 批次 批号 型号 版本 案号 文号 票号 工单 "
    "受理号 业务号 交易号 快递 运单 物流 条码 条形码 货号 商品 产品 合同 发票 时间戳 端口 凭证 "
    "校验码 验证码 指纹 哈希 密钥 令牌 代码 设备号 机号 追踪号 请求号 会话 项目 标段 学号 工号 "
    "会员号 户号 表号 缴费号 缴费单 缴费通知 主键 索引 报告号 备案 许可证 证书 执照 金额 总额 预算 面积 人口 "
    "准考证号 学生证号 毕业证号 学位证号 资格证号 职称证号 结婚证号 离婚证号 出生证号 "
    "工作证号 会员证号 借书证号 记者证号 执业证号 合格证号 上岗证号 产权证号 权证号 房产证号 "
    "土地证号 使用证号 登记证号 许可证号 考生号 报名号 学籍 批件 取件码 取票码 提货码 "
    "兑换码 券码 激活码 邀请码 防伪码 追溯码 ip地址 登录ip 客户端ip "
    "立案号 案件号 电表号 水表号 燃气号 登机 舱单 "
    "零件 件号 图号 专利 课程 考号 座位 房号 车次 航班 会议号 商户号 终端号 参考号 基站 号段 "
    "礼品卡 加油卡 购物卡 会员卡 公交卡 校园卡 门禁卡 储值卡 充值卡 饭卡 zoom 腾讯会议 "
    "证号 档案号 归档 案卷 全宗 目录号 考场 图纸 物料 规格 料号 牌号 备件 部件 元件 器件 芯片 耗材 "
    '"id" "size" "total" "count" "length" '
    "人气 热度 粉丝 销量 密码 "
    "浏览量 阅读量 播放量 点击 总数 数量 余额 系数 物联网 "
    "isbn ean sku spu order serial trace request version model batch hash token timestamp uuid imei iccid"
).split()
"""What numbers are called that belong to nobody."""
_CALLED_OTHERWISE = re.compile(rf"(?:{'|'.join(map(re.escape, OTHERS))})[^,，。；、;\n0-9]{{0,8}}\Z")
_FILE = (
    "jpe?g|png|gif|svg|webp|ico|bmp|tiff?|pdf|ofd|wps|docx?|xlsx?|pptx?|zip|rar|7z|gz|tar|mp[34]|avi|mov|wav|amr|"
    "txt|csv|log|[sx]?html?|jspx?|aspx?|php|js|ts|css|json|xml|ya?ml|sql|py|md|eml|apk|exe|bak"
)
GOES_ON = re.compile(
    rf"[0-9A-Za-z_]|[.\-][0-9]|\.(?:{_FILE})(?![A-Za-z])"
    r"|[ ]?(?:[万亿]|美?元|人民币|人?次|件|吨|公里|公顷|亩|米|字节|像素|平[方米]|立方|股|型|号文|册"
    r"|[KMG]?B(?![a-z])|毫?秒|[kKMG]?Hz|[mµμn]s(?![a-z])|[kMG]Wh?(?![a-z])|[kcm]?m[²³23]?(?![A-Za-z0-9]))"
)
COMES_FROM = re.compile(r"(?:[0-9A-Za-z_]|[0-9A-Za-z][.\-]|[¥$€£#第]|[准健]字)\Z")
COMES_BEHIND = re.compile(r"[0-9A-Za-z_.\-¥$€£#第字]")
"""How all ends that `COMES_FROM` finds."""
NUMBER_IN_LIST = re.compile(r"(?:^|(?<=[\s,;。、(]))[1-9][0-9]?[.\-]\Z")
GROUPS = frozenset(((11,), (3, 4, 4), (4, 3, 4), (3, 3, 5), (3, 8)))
"""In which a mobile number is written."""
COUNTRY = re.compile(r"^\(?(?:\+|00)?86\)?[ \-]*(?=1[3-9])")
TIDY = frozenset(" -.·_")
_NOT_DIGITS = re.compile("[^0-9]+")
REMOTE = re.compile(r":[A-Za-z0-9~/._]")
OF_FILES = re.compile(rf"\.(?:{_FILE})\Z")
OF_ADDRESS = re.compile(r"://[^\s/]*\Z")


_LINK = 2
"""Characters between the two parts of the name of a field: `Passport No.`"""


class Said(Enum):
    """What the words before a candidate say."""

    NOTHING = 0
    ANNOUNCED = 1
    DENIED = 2
    """That it is something else."""
    DISPUTED = 3
    """One announces it, and one behind that denies it."""


def said_before(text: str, start: int, words: Sequence[str]) -> Said:
    """What stands before *start*, where *words* announce what begins there."""
    before = text[max(0, start - CONTEXT_CHARS) : start].lower()
    last = max((before.rfind(word) for word in words), default=-1)
    other = _CALLED_OTHERWISE.search(before)
    if other is not None and other.start() < last < other.start() + _length_of(before, other.start()):
        return Said.DENIED
    if other is None or other.start() < last or _overlap(before, other, last, words):
        return Said.ANNOUNCED if last >= 0 else Said.NOTHING
    return Said.DISPUTED if last >= 0 else Said.DENIED


def _length_of(before: str, start: int) -> int:
    """How long the word is that stands at *start* and denies: that of 准考证号 goes on behind where 证号 begins."""
    return max(len(word) for word in OTHERS if before.startswith(word, start))


def _overlap(before: str, other: re.Match[str], last: int, words: Sequence[str]) -> bool:
    """Whether the word that stands *last* is the longer one that the *other* is a part of: 身份证编号."""
    return last >= 0 and any(
        before.startswith(word, last) and last + len(word) + _LINK >= other.start() for word in words
    )


def is_part_of_more(text: str, start: int, end: int) -> bool:
    """Whether what stands from *start* to *end* is a part of a longer number or word, an amount, or a file's name."""
    if GOES_ON.match(text, end) is not None:
        return True
    if COMES_BEHIND.match(text, start - 1 if start else len(text)) is None:
        return False
    before = max(0, start - 4)
    return COMES_FROM.search(text, before, start) is not None and NUMBER_IN_LIST.search(text, before, start) is None


def is_untidy(text: str, start: int, end: int) -> bool:
    """Whether that is so of a mobile number, or whether its digits stand in groups in which nobody writes one."""
    written = COUNTRY.sub("", text[start:end])
    between = set(_NOT_DIGITS.findall(written))
    groups = tuple(map(len, _NOT_DIGITS.split(written)))
    return groups not in GROUPS or len(between) > 1 or not between <= TIDY or is_part_of_more(text, start, end)


def is_for_machines(text: str, start: int, end: int) -> bool:
    """Whether what looks like an e-mail address is where a program logs in, or the name of a file."""
    return (
        REMOTE.match(text, end) is not None
        or OF_FILES.search(text, max(start, text.find("@", start, end)), end) is not None
        or OF_ADDRESS.search(text, max(0, start - 80), start) is not None
    )
