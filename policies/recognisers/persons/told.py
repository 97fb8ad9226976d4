"""Names that the wording of a sentence gives away whatever a tagger makes of them: 据某某陈述, 与某某发生碰撞.

What stands at such a place is somebody, so that names count that are words of the language as well.
"""

import re
from collections.abc import Container, Iterator

from policies.recognisers.alternatives import one_of
from policies.recognisers.persons.behind_labels import BORNE
from policies.recognisers.persons.patterns import BEGINS, LATIN
from policies.recognisers.persons.rare_surnames import WORDY
from policies.recognisers.persons.stated import Found
from policies.recognisers.persons.words import (
    ALL_SURNAMES,
    AMBIGUOUS,
    COMPOUND,
    GIVEN,
    HONORIFICS,
    MODIFYING,
    NEVER_LAST,
    NOBODY,
    NOT_A_NAME,
    ROLES,
)

_HAN = "\u4e00-\u9fff"
_CHARACTERS = "".join(sorted(GIVEN - NEVER_LAST))
_ONE = f"(?:{'|'.join(COMPOUND)}|[{''.join(sorted(ALL_SURNAMES))}])"
_NAME = f"({_ONE}(?!{'|'.join(HONORIFICS)})[{_CHARACTERS}]{{1,2}})"
_SIDE = "[（(][左右中前后上下][一二三四五六七八九]?[）)]"
_NUMBER = "[0-9一二两三四五六七八九十]+"
_BLANK = "[ 　]+"
_TELLING = (
    # who says something
    f"(?:^|(?<=[，,。；;：: 　]))据{_NAME}(?=陈述|反映|供述|交代|回忆|介绍|透露|讲述|举报|称|说)",
    # on whose behalf something is done
    f"(?<![年时古现近当历朝后前世交])代{_NAME}(?=办理|领取|申请|签收|缴纳|签字|提交|为办理)",
    # with whom
    f"[与和同跟]{_NAME}(?=驾驶|系夫妻|系同|系邻|系母|系父|系亲|发生|签订|结婚|离婚|恋爱|同居|相识|合伙|协商)",
    f"(?:登记在|转至|转到|存入|划入|过户到|过户给|过户至|挂在){_NAME}(?=名下|账户)",
    # of whom people talk
    f"祝(?:贺|福)?{_NAME}(?=生日|新婚|早日康复|夺冠)",
    f"(?:看完|看到|看过|听了|听完|追|谁有|期待|想念|怀念){_NAME}(?=的|退役|夺冠|领证|结婚|生日)",
    f"(?:^|(?<=[，,。！!？?#＃ 　:：])){_NAME}(?=又?上热搜|的(?:演唱会|新[剧歌]|新专辑|新电影|粉丝|签名)"
    "|[哥姐][，,。！!？?])",
    # who is given an office, or is relieved of one
    f"(?:聘任|聘请|聘|任命|推选|推举|推荐|提名|选举|指定){_NAME}(?=(?:同志)?为)",
    f"免去{_NAME}(?=(?:同志)?的[{_HAN}]{{0,20}}职务)",
    # in a picture
    f"(?:^|(?<=[为与和及、，,。：:人员者师长手民工生士农])){_NAME}(?={_SIDE})",
    # who is put in whose place
    f"由{_NAME}(?=(?:调整|变更|更换|改|接替|替换)为|接任|继任|担任|兼任)",
)
_PLAINLY_TELLING = (
    # who paid, who is attested, whose child it is, to whom something is granted
    f"(?:收到|收取|退还|归还|借到|借给|今借){_NAME}(?=交来|缴来|缴纳|交纳|交付|归还|支付|转来|现金|人民币|房租|租金|押金|货款|欠款|学费)",
    f"兹(?:证明|有){_NAME}(?=同志|系|是|自|于|为|在|[，,][男女])",
    f"(?:经(?:核实|查|查明|了解|调查|审查|审理查明)|查明)[，,:：]{_NAME}(?=[与和]|系|于|自|在)",
    f"(?:育有?|生育|婚生|收养|养育)(?:一|[长次幼])?[子女]{_NAME}(?=[，,。；;、]|$)",
    f"(?:准予|批准|同意){_NAME}(?=[（(，,][男女]|享受|入职|转正|辞职|退休|离职|调离|休假|同志)",
    f"(?:兹|特|现)委托{_NAME}(?=代|前往|全权|为|办理|作为|[，,])",
    # who does what at a meeting
    f"(?:^|(?<=[，,；;：:由])){_NAME}(?=(?:记录|列席|主持|缺席)[，,。；;])",
    # who speaks or writes at a meeting
    f"(?:^|(?<=[，,；;：:由])){_NAME}(?=作(?:会议|专题|重点|书面|表态|交流)?(?:记录|发言|汇报|说明|总结|讲话|点评|辅导))",
    # first of so many
    f"(?:^|(?<=[，,。；;：: 取对将由给与和据经向])){_NAME}(?=等共?{_NUMBER}(?:人|名|位|户)(?![口次均民]))",
    # a comrade
    f"(?:^|(?<=[，,。；;：: 　]))([和{''.join(sorted(ALL_SURNAMES))}][{_CHARACTERS}]{{1,2}})(?=同志(?!们|会))",
)
"""Where words of every day count as well that begin like a name."""
_TELLING_OF_NO_WORD = (
    # with whom somebody talks: 已与于思军核实
    f"(?:(?<=[已经曾再又将须需])|^|(?<=[，,。；;：: 　]))[与和同跟向]({_ONE}[{_CHARACTERS}]{{2}})"
    "(?=核实|核对|核查|沟通|联系|确认|通话|面谈|对接|协商|签约|了解情况|询问)",
    # whom somebody is to turn to, or is put in another's place
    f"(?=[找问联通转告提麻交发报寄请喊调变更])(?:找|问|联系|通知|转告|告诉|提醒|麻烦|交给|转给|转交|发给|报给|寄给|请示|喊|调整为|变更为|更换为)(?:一下)?{_NAME}"
    "(?=$|[，,。！!；;]|一下|即可|就行)",
)
"""Where only what is no word counts, and holds none."""
_TELLING_IN_A_TABLE = (
    # in a table that has become a line
    f"(?:^|(?<=[ 　\t])){_NAME}{_BLANK}[{_HAN}、]{{2,12}}{_BLANK}[男女]{_BLANK}[0-9]{{2}}",
    f"(?<=[ 　\t])({_ONE}[{_HAN}]{{1,2}})[ 　\t|]+[男女][ 　\t|]+(?=[0-9]{{2}}|[{_HAN}]{{1,3}}族"
    "|[汉满回藏苗壮侗彝][ 　\t|]|[未已]婚|本科|大专)",
    f"(?:丈夫|妻子|父亲|母亲|公公|婆婆|岳父|岳母|[长次三独][子女]|儿子|女儿|配偶|哥哥|弟弟|姐姐|妹妹)[ 　\t]{_NAME}"
    "(?=[ 　\t](?:群众|党员|团员|中共|务农|学生|个体|无业|退休|在[校职读]|已故))",
)
_ANY = tuple(map(re.compile, _TELLING))
_ANY_WITH_BLANKS = _ANY + tuple(map(re.compile, _TELLING_IN_A_TABLE))
_PLAINLY = tuple(map(re.compile, _PLAINLY_TELLING))
_NO_WORD = tuple(map(re.compile, _TELLING_OF_NO_WORD))
_HAS_BLANK = re.compile("[ 　\t]")
_ANY_SURNAME = f"(?:{'|'.join(COMPOUND)}|[{WORDY}{''.join(sorted(ALL_SURNAMES))}])"
"""Those that are words more often among them."""
_BEHIND_COLON = re.compile(f"(?<=[:：])([{''.join(sorted(ALL_SURNAMES))}][{_CHARACTERS}]{{2}})(?=[，,。；;]|$)")
_BESIDE_A_NUMBER = re.compile(
    f"(?:^|(?<=[#/*;；，,\\-]|[ 　\t]))({_ANY_SURNAME}[{_CHARACTERS}]{{1,2}})[ 　\t]{{1,4}}"
    "(?=1[3-9][0-9]{9}(?![0-9])|[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z]))"
)
"""Who stands alone before a number of his, as people note it: # 薄秀英 18942862874."""
_BEHIND_ROLE = re.compile(
    f"(?:{one_of(sorted({role for role in ROLES if len(role) > 2 and role[-1] in '人员者'}))})[ \u3000\t]{{1,4}}"
    f"({_ANY_SURNAME}[{_CHARACTERS}]{{2}})(?![\u4e00-\u9fff])"
)
"""A whole name behind whoever bears it, without a colon: 负责人 薄秀英. Shorter ones are words too often."""
_QUOTED = re.compile(f'(?<=[、和])[“"‘]([{_HAN}]{{2,4}})[”"’](?=等[一二两三四五六七八九十0-9]*人)')
_WRITING = re.compile(f"(?:(?<=[（(]记者[ 　])|(?<=本报记者[ 　])){_NAME}(?=[ 　）)]|摄|报道)")
_TO_WHOM = re.compile(
    f"(?:^|(?<=[，,。；;：: ]))[报送呈请](?![区乡镇总])({_ONE})(?=[局处科总](?:阅|审[示定批核阅]|签[批发]|批[示准]))"
)
"""To whom, by the surname and the office, something is to be shown: 报付局阅示."""
_OF_LATIN = re.compile(f"[ 　]?[（(](?={_ONE}[{_HAN}]{{1,2}}[）)])")


def told_names(text: str, words: Container[str]) -> Iterator[Found]:
    """Such names in *text*. *words* are those of the language."""
    for pattern in _ANY_WITH_BLANKS if _HAS_BLANK.search(text) else _ANY:
        for match in pattern.finditer(text):
            is_word = match[1][0] in AMBIGUOUS and match[1] in words
            if match[1] not in NOT_A_NAME and match[1] not in NOBODY and not is_word:
                yield Found(*match.span(1), "context", 0.75)
    for pattern in _PLAINLY:
        for match in pattern.finditer(text):
            is_kind = match[1] in NOBODY or match[1] in NOT_A_NAME or match[1] in MODIFYING
            if not is_kind or match[1] in BORNE:
                yield Found(*match.span(1), "context", 0.75)
    for pattern in _NO_WORD:
        for match in pattern.finditer(text):
            if not any(piece in words for piece in (match[1], match[1][:2], match[1][1:])):
                yield Found(*match.span(1), "context", 0.7)
    for match in _BESIDE_A_NUMBER.finditer(text) if _HAS_BLANK.search(text) else ():
        is_word = match[1] in words or (match[1][0] in WORDY and match[1][:2] in words)
        if not is_word and match[1] not in NOT_A_NAME and match[1] not in NOBODY:
            yield Found(*match.span(1), "context", 0.7)
    for match in _WRITING.finditer(text) if "记者" in text else ():
        yield Found(*match.span(1), "context", 0.75)
    for match in _TO_WHOM.finditer(text):
        yield Found(*match.span(1), "context", 0.7)
    for match in _QUOTED.finditer(text):
        yield Found(*match.span(1), "pattern", 0.7)
    for match in _BEHIND_COLON.finditer(text):
        if not any(piece in words for piece in (match[1], match[1][:2], match[1][1:])):
            yield Found(*match.span(1), "pattern", 0.6)
    for match in LATIN.finditer(text):
        if BEGINS.match(text, match.start()) and _OF_LATIN.match(text, match.end()):
            yield Found(*match.span(), "pattern", 0.7)


def names_behind_roles(text: str) -> Iterator[str]:
    """Whole names that *text* tells behind whoever bears them, with nothing but blanks between."""
    return (match[1] for match in _BEHIND_ROLE.finditer(text) if match[1] not in NOT_A_NAME)
