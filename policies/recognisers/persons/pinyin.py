"""Names of persons spelled in pinyin, as accounts are called by them: `zhangsan`, `ouyang_ruoxi`, `wang.xiaoming2`.

What could be one counts as one, but for words that interfaces call their fields by: `change` could be 常娥.
Source of the syllables: GB/T 16159, the romanisation in use; of the surnames: `policies.recognisers.persons.names`.
"""

import re

_FINALS = {
    "b": "a o ai ei ao an en ang eng i ie iao ian in ing u",
    "p": "a o ai ei ao ou an en ang eng i ie iao ian in ing u",
    "m": "a o ai ei ao ou an en ang eng i ie iao iu ian in ing u",
    "f": "a o ei ou an en ang eng u",
    "d": "a e ai ao ou an eng ang ong i ie iao iu ian ing u uo ui uan un",
    "t": "a e ai ao ou an ang eng ong i ie iao ian ing u uo ui uan un",
    "n": "a ai ei ao an en ang eng ong i ie iao iu ian in iang ing u uo uan v ve ue",
    "l": "a e ai ei ao ou an ang eng ong i ia ie iao iu ian in iang ing u uo uan un v ve ue yu",
    **dict.fromkeys(("g", "k", "h"), "a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang"),
    **dict.fromkeys(("j", "q", "x"), "i ia ie iao iu ian in iang ing iong u ue uan un"),
    **dict.fromkeys(("zh", "ch", "sh"), "a e i ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang"),
    "r": "e i ao ou an en ang eng ong u ua uo ui uan un",
    **dict.fromkeys(("z", "c", "s"), "a e i ai ei ao ou an en ang eng ong u uo ui uan un"),
    "y": "a e ao ou an ang ong i in ing u ue uan un",
    "w": "a o ai ei an en ang eng u",
    "": "ai ao an ang e en er ou",
}
_SURNAMES = (
    "ai an ba bai ban bao bei bi bian bu cai cao cen chai chang che chen cheng chi chou chu cui dai dan dang deng "
    "di diao ding dong dou du duan fan fang fei feng fu gan gao ge geng gong gou gu guan gui guo han hao he hong "
    "hou hu hua huang huo ji jia jian jiang jiao jin jing kang ke kong kou lai lan lang lei leng li lian liang "
    "liao lin ling liu long lou lu luan luo lv lyu ma mai man mao mei meng mi miao min mo mou mu ni nie ning niu "
    "nong ou pan pang pei peng pi pu qi qian qiao qin qiu qu quan ran rao ren rong ruan sang sha shan shang shao "
    "she shen sheng shi shu si song su sui sun tai tan tang tao teng tian tong tu wan wang wei wen weng wu xi xia "
    "xian xiang xiao xie xin xing xiong xu xuan xue yan yang yao ye yi yin ying you yu yuan yue zang zeng zha "
    "zhai zhan zhang zhao zhen zheng zhi zhong zhou zhu zhuang zhuo zong zou zu zuo"
).split()
_COMPOUND = (
    "ouyang shangguan sima zhuge dongfang huangfu weichi yuchi gongsun murong linghu situ xiahou xuanyuan yuwen "
    "duanmu "
    "nangong dugu huyan dongguo ximen baili wenren tantai helian taishi shentu zhongli xianyu zhangsun tuoba"
).split()
_WORDS = frozenset(
    (
        "bare base change china danger due future gender genre guide heading here house human landing language "
        "license licence like line linen longer machine mailing made make male manage menu mine min_page min_side "
        "min_size minute mobile mode module more nice page piece pure quote range rename share side site size tree "
        # In pinyin: a number, a type, a state, a time, an amount, a unit, a matter, a reason, a salary and the like.
        "anjian bangonghao banli banliren bianhao biaoti bumen caozuo danju danwei danhao dengji didian fangshi "
        "fujian gongzi gongshi guanxi huji huzhu jiguan jigou jindu jine jieguo jiedao jieshu juese laiyuan leibie "
        "leixing lianxi liebiao liushui liyou miaoshu minzu neirong niandu qita quxian quyu renyuan riqi shanchu "
        "shangbao shenfen shenhe shenpi shenqing shequ shijian shixiang shixian shouji shouli shuliang shunxu "
        "shuoming tongji wancheng wenjian xiangmu xiangxi xingbie xueli yewu yonghu youxiao youxiang yuanyin "
        "zhengjian zhiwu zhuangtai zhuzhi zongshu zuzhi"
    ).split()
)
"""Words that fields, paths and parameters are called by, and that could be names."""
_BREAK = "[ _.'-]?"
_ENDS = "0123456789_.-"


def _one_of(words: list[str]) -> str:
    return f"(?:{'|'.join(sorted(words, key=len, reverse=True))})"


SYLLABLE = _one_of(sorted({initial + final for initial, finals in _FINALS.items() for final in finals.split()}))
_SURNAME = _one_of([*_SURNAMES, *_COMPOUND])
_GIVEN = f"{SYLLABLE}(?:{_BREAK}{SYLLABLE})?"
_NAME = re.compile(f"(?:{_SURNAME}{_BREAK}{_GIVEN}|{_GIVEN}[ _.-]{_SURNAME})[_.-]?[0-9]{{0,3}}", re.IGNORECASE)


def is_name_in_pinyin(text: str) -> bool:
    """Whether all of *text* could be the name of a person in pinyin, and is no common word of an interface."""
    return _NAME.fullmatch(text) is not None and text.lower().rstrip(_ENDS) not in _WORDS


_PLACES = frozenset(
    (
        "hong kong, he bei, he nan, hu bei, hu nan, shan dong, shan xi, shaan xi, jiang su, jiang xi, an hui, yun "
        "nan, gan su, "
        "tai wan, bei jing, tian jin, shang hai, xi an, nan jing, su zhou, nan chang, ji nan, he fei, fu zhou, xia "
        "men, lan zhou"
    ).split(", ")
)
_ROADS = frozenset("lu jie dao qu shi xian zhen cun xiang daxue".split())


def is_place_in_pinyin(text: str) -> bool:
    """Whether *text*, which could be a name, is a province, a town or a road: `Hong Kong`, `Zhong Shan Lu`."""
    words = text.lower().split()
    return " ".join(words[:2]) in _PLACES or (len(words) > 2 and words[-1] in _ROADS)
