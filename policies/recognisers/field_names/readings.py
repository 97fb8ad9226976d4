"""How Chinese labels are spelled by whoever calls fields by them: `shoujihao`, `shoujih`, `sjhao` for 手机号.

A label is written down once, in Chinese. Its pinyin, its initials, and what mixes both follow from it.
Source of the readings: the Xinhua dictionary, of each character the one that it has in labels.
"""

import re

_ROWS = (
    "an安案 ao澳 ban办板班 bang绑 bao保包报胞 bei备被 ben本 bi笔比 bian编辩 biao标表 bie别 bing并病 bu步簿补部 "
    "cai材菜采 can参残餐 cang仓 cao操 ce册 ceng曾 cha察查 chan产 chang场常 che车 chen辰 cheng乘成承称程 chi持 "
    "chu储出初处 chuan传船 chuang创床 chuo绰 ci次 cun存村 da大打达 dai代贷 dan单担诞 dang党当档 dao到导道 deng登等 "
    "di低地抵第递 dian点电 ding定订 dong东动栋董 du度督读 duan断段短 dui对 e额 er儿 fa发法 fan反犯 fang房放方访 "
    "fei费 fen份分 fou否 fu付复夫妇抚服父负辅 gai改 gan干 gang岗港 gao告 ge个格 geng更 gong公共工 gou构购 "
    "gu固孤股雇顾 guan关官贯 gui规贵 guo国果裹过 hai害 hang行 hao号 he何合核 hou候 hu呼户护 hua划化话 huan患环还 "
    "hui会回汇 hun婚 huo活货 ji基寄急既机疾积籍级计记集 jia价家架驾 jian件健建检监荐见间 jiang奖 jiao交叫教缴 "
    "jie介借截接洁结节街 jin紧金 jing经警 jiu就救 ju举居据 juan捐 jun军 ka卡 kai开 kang康 kao考 ke客科课 kou口扣 "
    "ku库 kuai块快 kuan款 kuang况 kun困 lai来 lang郎 lao老 lei类 li例利历理 lian联链 liang辆 liao料疗 lie列 lin临 "
    "ling灵领 liu流留 lou楼 lu录路 luo落 lv律旅 ma码 mai买卖 mao貌 men门 mian面 miao苗 min敏民 ming名明 mu模母目 "
    "na纳 nan男 nao脑 nei内 ni昵 nian年 niang娘 nong农 nv女 ou偶 pai派牌 pan判 pei配 pi批 pian片 piao票 pin品拼聘 "
    "ping凭评 qi妻期气起骑 qian签迁 qin亲 qing情请 qiu求 qu区取 quan权 ran燃 re热 ren人任 ri日 rong容 ru乳入如 "
    "sai赛 san三 shang上商 shao绍 she社设 shen审申身 sheng生 shi事史士始实室师式施时是识试逝食驶 shou受手收 "
    "shu书属数术束 shui水税 shuo说 si司死 song送 su诉 suan算 suo所 tai台态 tang堂 te特 ti体提 tian填 tie贴 "
    "ting停庭 tong同童统通 tou投 tu图途 tuan团 tui推退 tuo托 wai外 wang亡往网 wei位委微纬 wen文 wu务屋物 xi息系细 "
    "xian嫌献现线限险 xiang乡箱详象项 xiao小效校 xin信新 xing型姓性 xiu修 xu序蓄 xuan选 xue学血 xun讯询 ya押 "
    "yan言验 yang仰养 yao药要 ye业 yi艺一义仪医已役意易疑疫益移议 yin姻银音 ying应映英营 yong用 you优幼有游邮 "
    "yu余域预 yuan元原员园愿源院 yue月约 yun孕运 zai在 zan暂 ze责 zeng赠 zhai债宅 zhan站 zhang丈帐账长障 zhao招照 "
    "zhe折者 zhen真诊 zheng政症证 zhi制址志执支止治置职质 zhong中种 zhu主住助注筑 zhuan专 zhuang状 zhun准 "
    "zi咨子字资 zong宗总 zu族租组 zui罪 zuo作坐座"
)
"""Characters behind their syllable."""
_READING = {character: syllable for syllable, row in re.findall(r"([a-z]+)([^a-z ]+)", _ROWS) for character in row}
_LEAST_INITIALS, _LEAST_MIXED = 4, 5
"""Characters of a label whose initials say what it is; letters of what mixes initials and syllables."""
_OF_TRAVEL = re.compile("(?<![银户支分总卡])行")
"""行 that is read as 型 is, and not as in 银行."""
_ALIKE = re.compile("(?<=[aei])ng|[zcs]h")
_FEWEST, _MOST_MIXED = 2, 5
"""Characters of a label that has more than one spelling, and of one that people write in both."""


def in_pinyin(label: str) -> str:
    """*label* spelled out; empty where it is not all of characters that are in the table."""
    return "".join(_syllables(label))


def initials_of(label: str) -> str:
    """The initials of *label*; empty where it is not all of characters that are in the table."""
    return "".join(syllable[0] for syllable in _syllables(label))


def spellings(label: str) -> set[str]:
    """How *label* is spelled in letters: in pinyin, by initials where these are many, and partly in each."""
    syllables = _syllables(label)
    if len(syllables) < _FEWEST:
        return set()
    initials = "".join(syllable[0] for syllable in syllables)
    spelled = {""}
    for syllable in syllables:
        ends = (syllable, syllable[0]) if len(syllables) <= _MOST_MIXED else (syllable,)
        spelled = {begun + end for begun in spelled for end in ends}
    spelled = {each for each in spelled if len(each) >= _LEAST_MIXED and each != initials}
    return spelled | ({initials} if len(initials) >= _LEAST_INITIALS else set())


def as_heard(spelled: str) -> str:
    """*spelled* without what sounds alike to many: xinmin for xingming."""
    return _ALIKE.sub(lambda sound: sound[0][0] if sound[0][1:] == "h" else "n", spelled)


def _syllables(label: str) -> list[str]:
    syllables = [_READING.get(character, "") for character in _OF_TRAVEL.sub("型", label)]
    return syllables if all(syllables) else []
