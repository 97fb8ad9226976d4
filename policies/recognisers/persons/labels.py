"""Which labels ask for a person, by what they are made of: 网格长, 包保责任人, 拟稿, 经手, and which only look so.

What ends like a word for a person (人, 员, 者, 长, 师) asks for one unless the character before makes another word of
it (增长, 动员). What is done to a paper or a thing and stands alone (审核, 签发) may be answered by whoever did it or
by what came of it (通过). No list of labels could be complete: new ones are made every day of these parts.
"""

import re
from enum import Enum
from functools import lru_cache

SHORTEST, LONGEST = 2, 12
"""Characters of a label."""


class Asks(Enum):
    """What a label asks for."""

    SOMEBODY = "somebody"
    """A person: 值班员, 经手. What could be a name is one, though it be a word."""
    SOMEBODY_OR_OUTCOME = "somebody or outcome"
    """A person or what came of it: 审核."""


_PERSON = "|".join(
    (
        "[持享占共]有人|(?<![个他别每无有多一二两三几众何感惊迷诱动骗机器])人",
        "(?<![动复裁定满全超减增限缺冗])员",
        "(?<![或再前后两二三])者",
        "(?<![出会誓班大])师",
        "(?<![生增成延身全特专时周波体擅边总助伸加最较冗声见])长",
        "[学考医究习业硕博新男女实见]生",
        "[法警检察军考教挥判]官",
        "[选助歌水旗鼓舵射骑车枪炮猎操推棋杀凶]手|[乘旅顾游访刺]客|[村居市牧渔农股网灾难]民|[木石铁瓦泥工巧]匠",
        "[作专画]家|[艺美]术家|[理药商文经数科史]学家|[企实]业家|书法家",
        "(?<![施加竣开完手分停复化军动赶招罢返监收窝用做人])工",
        "[护博硕院战道女]士|助产士",
        "[业车房船店货机失雇买事物财园场产户]主",
        "[住租农贫保困殊障帮脱]户",
        "[父母]亲|[亲家]属|配偶|爱人|亲友|朋友|室友|同伴|监护|老伴|丈夫|妻子|[儿养继]子|[长次独养继]女|女儿|伴侣",
        "经理|主任|总监|书记|主席|委员|代表|秘书|会计|出纳|教授|讲师|导师|教练|裁判|干部|领导|专家|助理|顾问|[董监理执]事",
        "律师|翻译|导演|编剧|司机|保安|门卫|大夫|警|保姆|月嫂|队长|校友|队友|搭档|老板|掌柜|管家|门将|队医|嘉宾|评委",
        "[男女]方|[甲乙丙丁戊]方|[承出]租方|[委受]托方|[借出贷]款方|[买卖]方|[转受出]让方|[发承]包方|[担保抵押]{2}方",
        "(?:^|人员|[入当参候][选会]|录[取用]|参加|与会|值班|获奖|捐[款赠]|学生|教师|委员|代表|干部|党员)名[单录]|^(?:成员|组员)",
        "直[属接]上[级司]|汇报对象",
        "[校队村厂军兽狱随]医|班导|[主副边助]裁|[库仓城]管",
    )
)
_ANSWERED_BY_WHO = "|".join(
    (
        "[主承经协]办|经手",
        "主[讲持刀笔编审创唱演播检管]|司[仪炉线机]|解说|主[持祭]|场记|跟班",
        "[带领]队|[带领替顶代]班|[交接]班",
        "[拟核撰供约组编审]稿|执笔|起草|撰[写文]|[责美特]编|编[剧导著译]|[作口笔]者",
        "摄[影像]|供图|图片|作[词曲]|[绘插描]图|制[表图单]|填[表报写单]|书写|抄[写录]|誊写",
        "麻醉|押运|监[考交护制盘誓]|命题|[出审阅]题|阅卷|[辅指教]导|带教|策划|统筹|监制|设计|讲[解述授课]|宣讲|授课|领[学读唱诵誓]",
        "列席|出席|缺席|请假|参[加会]|到场|在场|[应实]到|迟到|陪同|随行",
        "配音|朗[读诵]|演[唱奏播]|文字|校[译订]|译",
    )
)
_ANSWERED_BY_OUTCOME = "|".join(
    (
        "签[名字发收批署章到]|会签|代签",
        "[初复终二三会内外再预]审|审[核批定查阅签校]",
        "[复初校稽终]核|核[对准定实验查发]",
        "校对|[互自]校|检[查验测修疫]|[质安自互抽巡送复]检|化验|[抽采]样|验[收证货]|查验",
        "[巡排勘复核抽清走督协调]查|勘验|勘察|巡[视护逻]|看护|护理",
        "记录|登记|录入|受理|接待|[接走回约家]访|接[听线诊案警单]|[派送]单|办[理结]|处[置理]",
        "[督代交催转跟]办|跟进|对接|牵头|负责|联[系络]|送达|投递|派送|配送|批准|确认|见证|作证|担保|推荐|介绍",
        "[当值夜早晚中白]班|值[守日]|交接|移交|接收|制作|操作|维[修护]|安装|调试|施工|监理|保养|采[购访写编]|记账|对账|统计|盘点|清点",
        "发[放药货]|[配送取]药|领[用料取款]|借用|归还|保管|[收付领]款|收[件货银]|寄件|发件|开票|打印|装订|归档|驾驶",
        "盖章|[收发]文|[传审圈校]阅|[审校]读|[定终]稿|[摄录]制|汇报|提问|答复|致[辞词]|调度|[出入]库|拟办|批[示阅]",
        "教学|评[阅分议]|打分|测[量绘试]|采血|注射|穿刺|诊治|接生|缝合|填[报写]|编[制写审校]|录音|剪辑",
    )
)
_STARTS = "(?:本|该|第[一二三]|[一二三]级|[正副原现])?"
_OF_A_PERSON = re.compile(f"(?:{_PERSON})(?:签[名字章]|姓名|名单|[甲乙丙丁一二三])?$")
_WHO_DID = re.compile(f"[\u4e00-\u9fff]{{0,6}}?(?:{_ANSWERED_BY_WHO})(?:签[名字])?$")
_WHAT_WAS_DONE = re.compile(f"{_STARTS}[\u4e00-\u9fff]{{0,4}}?(?:{_ANSWERED_BY_OUTCOME})$")
_NEVER = frozenset({"用人", "招人", "申请", "请示"})
_IN_CLAUSES = re.compile("[的了把吗呢吧您你我他她它]|通知|关于|如下|以下|^(?:[请给让问由和与及或等对将据谁]|是否|任何)")
"""What stands in clauses that end like a label, and in no label."""


@lru_cache(maxsize=8192)
def asked_by(label: str) -> Asks | None:
    """What *label*, without blanks and signs, asks for where that is a person; None where it is something else."""
    if not SHORTEST <= len(label) <= LONGEST or label in _NEVER or _IN_CLAUSES.search(label):
        return None
    if _OF_A_PERSON.search(label):
        return Asks.SOMEBODY_OR_OUTCOME if label == "人员" else Asks.SOMEBODY
    if _WHO_DID.fullmatch(label):
        return Asks.SOMEBODY
    return Asks.SOMEBODY_OR_OUTCOME if _WHAT_WAS_DONE.fullmatch(label) else None


@lru_cache(maxsize=8192)
def is_somebody(word: str) -> bool:
    """Whether *word* says who somebody is, as a label asks for one: 求职者, and not what somebody did (主讲)."""
    is_short = SHORTEST <= len(word) <= LONGEST and word not in _NEVER
    return is_short and _OF_A_PERSON.search(word) is not None and _IN_CLAUSES.search(word) is None
