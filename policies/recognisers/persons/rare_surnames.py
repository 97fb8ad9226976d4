"""Surnames that few have, besides those of `policies.recognisers.persons.names`.

Source: 百家姓, and reports on surnames in use.
"""

RARE = (
    "仝佘亓仰佴仉俞裘骆滑芮羿储汲邴糜隗宓郗仲巩厍晁勾訾阚竺逯盖桓荀卓蔺屠胥逄璩濮扈郏浦瞿慕茹宦庾暨殳沃蔚夔敖蒯鞠巢"
    "缑亢郈佟谯笪雒辜宾尉冼练栗鹿奚粟郄朴丛邸钮禹邝郸凃佀檀缪邰阴闻莘贡堵郦雍揣戢恽忻弥瓮狄祁禚綦苌茆蒿谌郇郐鄢鄞"
    "镡隋漆涂阙弓仇麻卞虞冀嵇乌厉戎甄蒲欧闾柯苟毋乜蹇庹渠邬宛酆岑巫巴池兰计"
    "殷萧湛茅昝贲翁於束韶郜蓟鄂郤廉凤谈季贝皮危杭伊苑矫邛弘封云元明乐强昌松温容丰沐诸富荣"
)
"""Hardly ever words by themselves: a name with one of them is found as one with a common surname is."""
WORDY = (
    "年琴寿习燕印薄怀咸资保哈利宿劳喇刀宰种母撒植盘药萨隆衡籍晋操家国东公山谷能苍双铁火信展敬才来把折鱼者海花水风雪"
    "牧后里青白红星春夏秋冬战力福初先厚员森永立玉宝奉飞虎羊候代但黑红步都满益权生校台介门揭"
    "干经支平从惠别充慎戈终居广越融养须帅况伯赏墨爱言通祖税补官镇字普纳自岩冶延奇太南禄祭"
)
"""Words more often than surnames: a name with one counts only behind a label, with nothing of its own behind it."""
LABELLED = "和伏井蓬班暴钭索那相光"
"""Words so common that they are surnames right behind a label alone, or first in a clause."""
COMPOUND = (
    "相里 完颜 呼延 纳兰 叶赫 钮祜禄 爱新觉罗 第五 仲孙 濮阳 淳于 单于 太叔 公冶 公羊 颛孙 司空 司寇 亓官 梁丘 左丘 "
    "东门 南门 "
    "谷梁 宰父 漆雕 乐正 壤驷 公良 夹谷 段干 微生 羊舌 拓拔 万俟 子车 巫马 那拉 富察 佟佳 张简 范姜"
).split()
