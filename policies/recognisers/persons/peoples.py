"""Names of Tibetans, Mongols, the Yi and Turkic peoples as Chinese text spells them: without a surname and dots.

A name is made of words that recur (次仁, 卓玛; 乌云, 其其格; 吐尔逊, 古丽). One of two syllables alone is a word or a
place as often as a name; two in a row, or three syllables of a Turkic one, are hardly ever anything else. Source:
names in everyday use, as their bearers spell them.
"""

import re
from collections.abc import Iterator

from policies.recognisers.alternatives import one_of

_TIBETAN = (
    "阿旺 阿旦 昂旺 昂毛 白玛 班久 班觉 班玛 贝玛 边巴 边珍 才旦 才让 才仁 才旺 次仁 次旦 次旺 次央 次珍 措姆 措毛 "
    "措吉 达娃 达瓦 "
    "丹巴 丹增 丹珠 旦巴 旦增 旦真 德吉 德庆 邓珠 顿珠 顿旦 多吉 多杰 尕藏 嘎松 嘎玛 噶玛 格列 格勒 格来 格桑 贡布 "
    "贡嘎 "
    "贡觉 贡保 加措 嘉措 坚参 坚赞 尖措 降措 降央 江白 江村 江措 久美 晋美 金巴 康卓 克珠 拉巴 拉加 拉姆 拉毛 拉珍 "
    "朗杰 朗加 列西 洛桑 洛松 洛追 洛绒 罗布 罗追 罗桑 玛吉 米玛 明久 南杰 南卡 尼玛 尼珍 欧珠 平措 彭措 普布 普琼 "
    "普赤 "
    "普珍 其美 强巴 群培 群措 仁青 仁钦 仁增 热杰 桑杰 桑吉 桑珠 桑布 色珍 斯朗 四郎 索南 索朗 土登 土旦 图登 旺堆 "
    "旺加 旺杰 "
    "旺姆 旺青 旺扎 旺久 西绕 西热 喜饶 夏吾 央措 央吉 央金 央珍 央宗 益西 益希 永青 永措 云丹 玉珍 扎巴 扎西 泽仁 "
    "泽旺 泽翁 "
    "智美 珠扎 卓嘎 卓玛 宗吉 赤列 曲珍 曲扎 曲吉 曲措 曲宗 曲尼 仓决 仓姆 巴桑 巴珠 巴登 多布 吉宗 吉美 忠尕 周措 "
    "才让太 扎西太 多杰太 东智 东主 更登 更藏 公保 旦正 旦知 当知 当周 万玛 完么 完德 尕玛 周毛 卡毛 仁毛 项毛 华旦 "
    "华青 "
    "官却 夏尼 叶西 意西 拉果 昂欠 江永"
).split()
_MONGOLIAN = (
    "阿古拉 阿拉坦 阿拉塔 阿木尔 阿茹娜 敖登 敖日格勒 敖其尔 奥敦 巴根 巴特尔 巴图 巴雅尔 巴音 白音 宝力 宝力高 宝音 "
    "毕力格 毕力格图 "
    "布和 布仁 布日 查干 朝格图 朝鲁 朝克图 楚鲁 达来 达布 道尔吉 德力格尔 额尔敦 额尔德尼 嘎日迪 嘎拉 高娃 高勒 "
    "格日乐 格日勒 "
    "哈达 哈斯 海日 胡日查 呼格吉勒 呼和 呼斯楞 吉日嘎拉 吉日格勒 吉雅 满达 满都拉 满都呼 毛敖海 "
    "孟和 孟克 莫日根 木其尔 那木 那顺 那仁 娜仁 娜日苏 娜布其 其布 其木格 其其格 其格 青格勒 青格乐 萨仁 萨如拉 "
    "赛罕 赛音 "
    "斯日古楞 斯钦 斯琴 苏都 苏布德 苏和 苏德 苏日娜 苏雅拉 塔娜 塔林 特木尔 特格喜 特日格勒 通拉嘎 图雅 图娅 托娅 "
    "图门 陶格斯 "
    "乌恩 乌恩其 乌兰 乌力吉 乌力罕 乌日娜 乌日汗 乌日图 乌仁 乌尼尔 乌其尔 乌云 乌云娜 希日 锡林 新吉乐 伊德日 "
    "伊拉图 朱拉 照日格图 巴拉 扎布 朝乐门 诺敏 诺民 萨其拉 萨日娜 苏伦 格根 敖云 乌日根 吉木斯 阿丽玛 哈森 宝乐 "
    "铁木尔 "
    "帖木尔 达楞泰 色音 图布新 特古斯 云登 呼日乐 苏乙拉 敖特根 扎木苏 巴达玛 道尔基"
).split()
_LONG_MONGOLIAN = [word for word in _MONGOLIAN if len(word) > 2]
_YI_CLANS = (
    "阿尔 阿库 阿苦 阿侯 阿牛 阿约 阿说 阿鲁 阿的 俄木 俄底 安木 八且 比布 毕布 补余 的日 的惹 的莫 地莫 尔古 尔恩 "
    "海来 吉巴 "
    "吉布 吉狄 吉尔 吉格 吉火 吉吉 吉克 吉列 吉木 吉乃 吉伍 吉拉 吉子 吉牛 加巴 金古 井古 拉马 勒尔 勒格 里伙 莫色 "
    "木乃 尼苦 "
    "尼克 罗洪 马海 马黑 且沙 曲比 曲木 热柯 日火 沙马 沙玛 石一 石尔 石扎 苏呷 苏甲 它什 瓦其 瓦扎 勿雷 惹巴 杨古 "
    "耶布 衣火 "
    "依火 孜孜 约其 木苏 木尔"
).split()
_YI_GIVEN = "阿伍木子日尔拉以布史石依色古呷果嘎牛各作叶莫体铁惹曲哈卡尼乌里觉合沙毅歪鬼几达且甲洛杰博友衣支支且"
_TURKIC = (
    "买买提 麦麦提 艾买提 艾合买提 阿合买提 赛买提 木合买提 吐尔逊 图尔荪 吐尔地 图尔迪 吐尔洪 依明 伊敏 阿不都 阿卜杜 "
    "阿布都 阿不力孜 阿卜力孜 热合曼 热依木 克里木 克热木 卡德尔 卡迪尔 艾力 玉素甫 玉苏普 亚森 牙生 依布拉音 伊布拉音 "
    "依不拉音 依布拉依木 司马义 斯马义 斯迪克 托合提 托乎提 肉孜 如孜 库尔班 买合木提 木合塔尔 帕尔哈提 帕力哈提 "
    "迪力夏提 "
    "地里木拉提 迪力木拉提 艾尔肯 艾尼瓦尔 安尼瓦尔 阿里木 阿力木 努尔 阿依努尔 阿依古丽 古丽 热孜万 热孜完 再乃甫 "
    "帕提曼 "
    "玛依努尔 玛依拉 米热 祖丽 祖丽皮亚 阿迪力 阿地力 艾孜孜 依力哈木 伊力哈木 居马 吾买尔 吾麦尔 奥布力 吾布力 "
    "艾克拜尔 "
    "塔依尔 塔伊尔 沙塔尔 萨塔尔 哈力克 巴拉提 依沙克 伊萨克 达吾提 加马力 热西提 吾斯曼 阿西木 哈斯木 卡斯木 吾守尔 "
    "艾海提 "
    "艾山 尼亚孜 尼牙孜 木沙 阿尤甫 布威 阿曼 阿孜 巴哈尔 迪丽 热娜 热依汗 热比亚 茹仙 茹克亚 沙比热 塔吉 哈丽旦 帕提 "
    "阿衣 阿依 布茹玛 叶尔 叶尔兰 叶尔肯 巴合提 别克 努尔兰 哈那提 加尔恒 木拉提 赛里克 胡安什 海拉提 再努拉 买买 夏提 "
    "提列 塔拉 沙依 古丽娜 米吉提 克然木 西热甫 赛福丁"
).split()
_LONG_TURKIC = [word for word in _TURKIC if len(word) > 2]
_TURKIC_ENDS = "江|汗|罕|木|拜|阿吉|买提|别克|古丽|努尔|提"
"""What a name of one of these words may end with besides."""
_ENDS = "措吉姆加杰珍卓图娜嘎玛毛其草"
"""Syllables that a name of two words may end with besides."""
_PLACES = "州县市旗镇乡村盟路街湖山寺河峰庙站族苏木嘎查草原沙漠教区"
"""What stands behind words like these where they are a place's: 乌兰察布市, 扎西寺."""
_FIRST = "".join(sorted({word[0] for word in (*_TIBETAN, *_MONGOLIAN, *_TURKIC)}))


_NAMES = re.compile(
    f"(?=[{_FIRST}])(?:{one_of(_TIBETAN)}{{2,3}}|{one_of(_TIBETAN)}[{_ENDS}]"
    f"|{one_of(_MONGOLIAN)}{{2,3}}图?|{one_of(_LONG_MONGOLIAN)}图)(?![{_PLACES}]|自治)"
)
_TURKIC_NAMES = re.compile(
    f"(?=[{''.join(sorted({word[0] for word in _TURKIC}))}])(?<![·•・])"
    f"(?:{one_of(_TURKIC)}{{2,3}}(?:{_TURKIC_ENDS})?|{one_of(_LONG_TURKIC)}(?:{_TURKIC_ENDS})?)"
    f"(?!(?:{_TURKIC_ENDS})?[{_PLACES}·•・]|自治)"
)
_ALONE = re.compile(f"(?=[{_FIRST}])(?<![·•・])(?:{one_of(_TIBETAN)}|{one_of(_MONGOLIAN)}|{one_of(_TURKIC)})(?![·•・])")


_YI = re.compile(
    f"(?=[{''.join(sorted({word[0] for word in _YI_CLANS}))}]){one_of(_YI_CLANS)}[{_YI_GIVEN}]{{2}}(?![{_PLACES}])"
)
"""A clan of the Yi and a given name of two syllables. Source: clans and names in use in Liangshan."""


def names_of_peoples(text: str) -> Iterator[tuple[int, int]]:
    """Where such names of several words begin and end in *text*."""
    for match in _NAMES.finditer(text):
        if len(match[0]) > 3 or not _ALONE.fullmatch(text, match.start(), match.end()):
            yield match.span()
    for match in _TURKIC_NAMES.finditer(text):
        yield match.span()
    for match in _YI.finditer(text):
        yield match.span()


def words_of_names(text: str) -> Iterator[tuple[int, int]]:
    """Where single words begin and end in *text* that such names are made of: a name where something says so."""
    for match in _ALONE.finditer(text):
        yield match.span()


def is_word_of_names(text: str) -> bool:
    """Whether all of *text* is one of the words that such names are made of: some are called by one alone."""
    return _ALONE.fullmatch(text) is not None
