"""Names of persons in Chinese text, found by the words around them.

A surname alone proves nothing (高 is also "high"), so a name counts only after a word that announces one (联系人, 姓名)
or before what only a person has (先生, 来电, 的身份证). Names that no word gives away are found elsewhere: the value of
a name field is masked wherever it stands in the same message.
"""

import re
from collections.abc import Iterator

from policies.recognisers.table import Hit

# The commonest single-character surnames; a name with a rarer one is found only where its field is declared.
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆"
    "傅阎邢范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文洪施牛樊葛邢安齐"
    "殷萧翁庞颜伍倪庄聂章鲁岳翟申欧耿关焦左柳甘祝包宁尚符舒阮柯纪梅童凌毕单裴霍涂成苗谷曲盛冉蓝路游辛靳管柴蒙鲍华喻祁房滕屈饶"
    "詹艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师仇栾丘刁沙寇桑甄"
)
COMPOUND_SURNAMES = (
    "欧阳 上官 司马 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 夏侯 轩辕 宇文 端木 南宫 独孤 "
    "呼延 东郭 西门 百里 闻人 澹台 赫连 太史 申屠 钟离 鲜于 长孙 拓跋 司空 司寇 纳兰 宗政 闾丘 巫马 段干 淳于 濮阳 "
    "完颜 公冶 太叔 仲孙 万俟 颛孙 公羊 谷梁 漆雕 乐正 壤驷 公良 亓官"
).split()

ANNOUNCING = (
    "姓名 联系人 申请人 经办人 代办人 委托人 受托人 法定代表人 负责人 户主 监护人 当事人 投诉人 "
    "举报人 反映人 办事人 被保险人 权利人 义务人 收件人 寄件人 持卡人 开户人 缴费人 承租人 房主 "
    "父亲 母亲 丈夫 妻子 配偶 儿子 女儿 哥哥 弟弟 姐姐 妹妹 爷爷 奶奶 外公 外婆 邻居 同事 网格员 "
    "同住人 本人叫 我叫 名叫 委托 打入 转给 通知"
).split()
FOLLOWING = (
    "先生 女士 小姐 同志 老师 医生 大夫 师傅 阿姨 大爷 大妈 来电 致电 来访 系父 系母 系配偶 系夫妻 系亲属 "
    "系儿子 系女儿 系哥哥 系妹妹 系邻居 系同事 系社区 的身份证 的证件 的证号 的旧证号 的账户 的账号 的银行卡 "
    "的手机 的电话 的住址"
).split()

# What may follow a name of one given character; without them 王明电话 would read as 王明电.
_NO_GIVEN_NAME = (
    "电话 手机 号码 身份 证件 住址 地址 银行 卡号 账号 联系 性别 出生 年龄 先生 女士 同志 "
    "处理 处置 申请 办理 代办 反映 咨询 提交 领取 投诉 来电 来访 表示 要求 同意 陪同 已经 已于 之前 本人 系 "
    "于 在 的 和 与 及 或 等 来 到 去 说 称 是 为 因 将 需 要 请 已 曾 男 女 也 不 未 无"
).split()

_HAN = "\u4e00-\u9fff\u3400-\u4dbf\U00020000-\U0003ffff"
_DOTS = "·•・"
_DOT = re.compile(f"[{_DOTS}\uff65]")
_SURNAME = f"(?:{'|'.join(COMPOUND_SURNAMES)}|[{SURNAMES}])"
_STOP = f"(?!{'|'.join(_NO_GIVEN_NAME)})"
_GIVEN = f"[{_HAN}](?:{_STOP}[{_HAN}])?"
_THINGS = (
    "关系 方式 车牌 车辆 车主 车型 车架 单位 单号 单据 房产 房屋 房号 项目 时间 时段 常住 全部 全体 路线 申请 成立 "
    "成员 管理 谢谢 应当 应该 向本 向我 向该 向有 向社 向区 向市 向县"
).split()
"""What begins like a name behind a word that announces one, and is nobody's."""
_TITLES = "|".join(
    (
        "先生 女士 小姐 同志 老师 医生 大夫 师傅 阿姨 大爷 大妈 大叔 大哥 大姐 太太 同学 护士 律师 教授 警官 法官 会计 "
        "经理 主任 书记 科长 处长 局长 所长 院长 校长 店长 厂长 站长 村长 组长 队长 班长 会长 镇长 乡长"
    ).split()
)
"""What is said behind a surname alone, and is no given name."""
_ORGANISATIONS = "|".join(
    (
        "公司 集团 超市 商场 商行 商店 面馆 饭店 酒店 宾馆 餐馆 饭馆 茶馆 餐厅 酒楼 药店 药房 书店 网店 分店 门店 "
        "小吃店 烧烤店 便利店 专卖店 经营部 销售部 服务部 门市部 项目部 银行 支行 分行 [\u4e00-\u9fff]厂 委员会 "
        "管委会 居委会 村委会 协会 商会 基金会 合作社 旅行社 出版社 报社 电器 科技 地产 置业 物业 家政 网吧 KTV "
        "会所 中心 医院 诊所 卫生院 学校 学院 幼儿园 事务所 派出所 研究所 工作室 政府 法院 检察院 "
        "公安局 教育局 民政局 分局 办事处 俱乐部"
    ).split()
)
"""What organisations are called at their end."""
_OF_SOMEBODY = (
    "[在于到去的是被把对向和与及等说称给让请将已曾又还就都要会没无欠骗打告买系因从由诉求租]|(?<!时)代"
    "|投诉|举报|反映|工作|任职|担任|经营(?!部)|老板|员工|职工|入职|离职|离开|属于|户籍|身份|电话|手机|单位|地址|住址|联系"
    "|工伤|申请|委托|授权|就职|供职|承包|挂靠|合伙|开办|开设|创办"
)
"""What is told of a person of whom an organisation is told as well, so that all of it is none: 李伟投诉华联超市."""
_IS_ORGANISATION = (
    "(?:(?<=[人方者告称][:：])|(?<=[人方者告称][:：][ 　]))"
    f"(?:(?!{_OF_SOMEBODY})[\u4e00-\u9fff]){{2,14}}?(?:{_ORGANISATIONS})"
    f"(?![{_HAN}A-Za-z0-9:：])"
)
"""What stands behind the label of a party, up to the end of its clause, and is no person."""
IS_ORGANISATION = re.compile(_IS_ORGANISATION)
_NAME = f"(?!{'|'.join(_THINGS)}|{_IS_ORGANISATION}){_SURNAME}(?:(?={_TITLES})|{_GIVEN})"
_DOTTED = f"[{_HAN}]{{1,8}}(?:[{_DOTS}][{_HAN}]{{1,8}}){{1,3}}"
_LINK = r"(?:名称|姓名)?[ 　]?(?:为|是|叫)?[\"'”’\]】]?[ 　]?[:：,，=|\-]?[ 　]{0,2}[(（\"'“‘\[【《「『]?[ 　]{0,2}"
"""What may stand between the word and the name: a sign of punctuation, quotation marks or brackets around either."""


def _one_of(words: list[str]) -> str:
    """A pattern for any of *words* that looks at most characters once only."""
    return f"(?=[{''.join(dict.fromkeys(word[0] for word in words))}])(?:{'|'.join(words)})"


_BEHIND = re.compile(f"{_one_of(ANNOUNCING)}{_LINK}({_NAME})")
_BEHIND_WITH_DOTS = re.compile(f"{_one_of(ANNOUNCING)}{_LINK}({_DOTTED}|{_NAME})")
_RUN_OVER = (
    "小时 当时 同时 及时 随时 临时 届时 按时 准时 平时 何时 即时 地方 对方 双方 官方 各方 一方 甲方 乙方 "
    "丙方 警方 校方 院方 我方 公安 治安 保安 平安 西安 主任 责任 信任 担任 原任 现任 历任 前任 工程 流程 "
    "过程 课程 议程 日程 里程 统计 设计 会计 审计 估计 完成 组成 达成 形成 生成 造成 提高 正常 经常 日常 "
    "非常 证明 说明 声明 注明 表明 相关 有关 机关 海关 无关 关于 由于 对于 属于 位于 处于 基于 用于 承包 "
    "了解 调解 理解 钱包 学校 主张 紧张 城市 要求 需求 请求 办公 面临 光临 面向 方向 去向 意向 走向 部门 "
    "专门 开门 出门 澳门 厦门 街边 旁边 身边 周边 一边 回族 汉族 "
).split()
"""Words of two characters that end with a surname, which is none there: 这一小|时的来电."""
_NO_GIVEN = "(?![的了是着们局部处]|机关|单位)"
"""What no given name begins with, though it stands behind a surname."""
_THEN = "|".join(FOLLOWING)
_FOUND = (
    f"(?!{'|'.join(_THINGS)}){_SURNAME}(?<!{'|'.join(_RUN_OVER)})"
    f"(?:(?=(?:{_TITLES})(?:{_THEN}))|(?!{_TITLES}){_NO_GIVEN}{_GIVEN}(?={_THEN}))"
)
_BEFORE = re.compile(f"({_FOUND})")
_BEFORE_WITH_DOTS = re.compile(f"({_DOTTED}(?={_THEN})|{_FOUND})")
PATTERNS = (_BEHIND, _BEHIND_WITH_DOTS, _BEFORE, _BEFORE_WITH_DOTS)
SCORE = 0.7


def patterns_for(text: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What finds names in normalised *text*, in group 1: behind words that announce one, and before words that tell."""
    return (_BEHIND_WITH_DOTS, _BEFORE_WITH_DOTS) if has_dots(text) else (_BEHIND, _BEFORE)


def has_dots(text: str) -> bool:
    """Whether any dot stands in *text*, normalised or not, that may stand between two parts of a name."""
    return _DOT.search(text) is not None


def find_names_behind_words(text: str) -> Iterator[Hit]:
    """The names in normalised *text* that a word announces. Without any of `ANNOUNCING` there are none."""
    return _names(patterns_for(text)[0], text)


def find_names_before_words(text: str) -> Iterator[Hit]:
    """The names in normalised *text* that what follows gives away. Without any of `FOLLOWING` there are none."""
    return _names(patterns_for(text)[1], text)


def _names(pattern: re.Pattern[str], text: str) -> Iterator[Hit]:
    for match in pattern.finditer(text):
        yield Hit(match.start(1), match.end(1), "person_name", SCORE, "context")
