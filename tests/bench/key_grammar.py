"""Names of fields by the grammar that systems follow: whose it is and what it is, in each style and each wrapping.

The rows are of published interfaces and forms. A role and a base make `fddbrsfzjhm`; every role goes with every base.
"""

import re
from collections.abc import Iterator
from itertools import product

from policies.recognisers.field_names.category import category_of_key

_ROLES = """
申请人 sqr shenqingren applicant
经办人 jbr jingbanren handler
法定代表人 fddbr fadingdaibiaoren legalRepresentative
法人 fr faren legalPerson
代理人 dlr dailiren agent
委托人 wtr weituoren principal
受托人 str shoutuoren trustee
当事人 dsr dangshiren party
投诉人 tsr tousuren complainant
被投诉人 btsr beitousuren respondent
举报人 jbr jubaoren informant
监护人 jhr jianhuren guardian
被监护人 bjhr beijianhuren ward
父亲 fq fuqin father
母亲 mq muqin mother
配偶 po peiou spouse
子女 zn zinv child
户主 hz huzhu householder
申报人 sbr shenbaoren declarant
权利人 qlr quanliren obligee
义务人 ywr yiwuren obligor
办事人 bsr banshiren visitor
办理人 blr banliren transactor
联系人 lxr lianxiren contact
紧急联系人 jjlxr jinjilianxiren emergencyContact
收件人 sjr shoujianren recipient
寄件人 jjr jijianren sender
收货人 shr shouhuoren consignee
承租人 czr chengzuren lessee
出租人 czr chuzuren lessor
产权人 cqr chanquanren owner
共有人 gyr gongyouren coOwner
员工 yg yuangong employee
职工 zg zhigong staff
学生 xs xuesheng student
家长 jz jiazhang parent
教师 js jiaoshi teacher
患者 hz huanzhe patient
患儿 he huaner infant
病人 br bingren patient
产妇 cf chanfu mother
老人 lr laoren elder
残疾人 cjr canjiren disabledPerson
儿童 et ertong child
死者 sz sizhe deceased
亡者 wz wangzhe deceased
逝者 sz shizhe deceased
继承人 jcr jichengren heir
被继承人 bjcr beijichengren decedent
被保险人 bbxr beibaoxianren insured
投保人 tbr toubaoren policyHolder
受益人 syr shouyiren beneficiary
参保人 cbr canbaoren insuredPerson
借款人 jkr jiekuanren borrower
担保人 dbr danbaoren guarantor
持卡人 ckr chikaren cardholder
收款人 skr shoukuanren payee
付款人 fkr fukuanren payer
纳税人 nsr nashuiren taxpayer
驾驶人 jsr jiashiren driver
车主 cz chezhu carOwner
业主 yz yezhu proprietor
租客 zk zuke tenant
乘客 ck chengke passenger
志愿者 zyz zhiyuanzhe volunteer
求职者 qzz qiuzhizhe jobSeeker
原告 yg yuangao plaintiff
被告 bg beigao defendant
嫌疑人 xyr xianyiren suspect
证人 zr zhengren witness
信访人 xfr xinfangren petitioner
来访人 lfr laifangren visitor
来电人 ldr laidianren caller
报案人 bar baoanren reporter
签收人 qsr qianshouren signee
填表人 tbr tianbiaoren preparer
负责人 fzr fuzeren personInCharge
推荐人 tjr tuijianren referrer
参会人 chr canhuiren attendee
报名人 bmr baomingren registrant
本人 br benren self
家庭成员 jtcy jiatingchengyuan familyMember
户代表 hdb hudaibiao householdRep
会员 hy huiyuan member
客户 kh kehu customer
村民 cm cunmin villager
驾驶员 jsy jiashiyuan driver
操作员 czy caozuoyuan operator
网格员 wgy wanggeyuan gridWorker
"""
_BASES = """
person_name 姓名 xm xingming name
person_name 姓名拼音 xmpy xingmingpinyin pinyinName
person_name 曾用名 cym cengyongming formerName
resident_id 身份证号 sfzh shenfenzhenghao idCard
resident_id 身份证号码 sfzhm shenfenzhenghaoma idCardNo
resident_id 身份证件号码 sfzjhm shenfenzhengjianhaoma idNumber
resident_id 公民身份号码 gmsfhm gongminshenfenhaoma citizenId
resident_id 证件号码 zjhm zhengjianhaoma certNo
resident_id 证件号 zjh zhengjianhao certNumber
resident_id 身份证 sfz shenfenzheng idNo
mobile 手机号 sjh shoujihao mobile
mobile 手机号码 sjhm shoujihaoma mobileNo
mobile 移动电话 yddh yidongdianhua mobilePhone
mobile 联系电话 lxdh lianxidianhua phone
mobile 联系方式 lxfs lianxifangshi contactInfo
mobile 电话 dh dianhua tel
mobile 电话号码 dhhm dianhuahaoma phoneNumber
landline 固定电话 gddh gudingdianhua landline
landline 办公电话 bgdh bangongdianhua officePhone
landline 家庭电话 jtdh jiatingdianhua homePhone
email 电子邮箱 dzyx dianziyouxiang email
email 邮箱 yx youxiang mail
address 地址 dz dizhi address
address 住址 zz zhuzhi addr
address 详细地址 xxdz xiangxidizhi detailAddress
address 联系地址 lxdz lianxidizhi contactAddress
address 家庭住址 jtzz jiatingzhuzhi homeAddress
address 通讯地址 txdz tongxundizhi mailingAddress
address 现住址 xzz xianzhuzhi residence
address 居住地址 jzdz juzhudizhi liveAddress
address 户籍地址 hjdz hujidizhi domicile
address 户口所在地 hkszd hukousuozaidi registeredAddress
bank_card 银行卡号 yhkh yinhangkahao bankCard
bank_card 银行账号 yhzh yinhangzhanghao bankAccount
bank_card 开户账号 khzh kaihuzhanghao accountNo
social_no 社保卡号 sbkh shebaokahao socialSecurityNo
social_no 社保号 sbh shebaohao ssn
social_no 医保卡号 ybkh yibaokahao medicareNo
housing_fund 公积金账号 gjjzh gongjijinzhanghao housingFundNo
passport 护照号 hzh huzhaohao passportNo
passport 护照号码 hzhm huzhaohaoma passport
plate 车牌号 cph chepaihao plateNo
plate 车牌号码 cphm chepaihaoma licensePlate
plate 号牌号码 hphm haopaihaoma plateNumber
medical_no 病历号 blh binglihao medicalRecordNo
medical_no 住院号 zyh zhuyuanhao inpatientNo
medical_no 就诊卡号 jzkh jiuzhenkahao visitCardNo
wechat 微信号 wxh weixinhao wechat
qq QQ号 qqh qqhao qq
birth_date 出生日期 csrq chushengriqi birthDate
birth_date 出生年月 csny chushengnianyue birthday
sex 性别 xb xingbie gender
ethnicity 民族 mz minzu ethnicity
marriage 婚姻状况 hyzk hunyinzhuangkuang maritalStatus
party 政治面貌 zzmm zhengzhimianmao politicalStatus
religion 宗教信仰 zjxy zongjiaoxinyang religion
schooling 文化程度 whcd wenhuachengdu education
schooling 学历 xl xueli educationLevel
origin 籍贯 jg jiguan nativePlace
origin 国籍 gj guoji nationality
"""
type _Parts = tuple[str, str, str, str]
"""In Chinese, by initials, in pinyin and in English."""
_ALSO_THINGS = frozenset("str cf sz cm bg cz ck wz bar party ward".split())
"""Short forms of roles that are words of programs, or initials of things as well: they leave it open."""
_OF_THINGS = frozenset(("jg", "gj"))
"""Initials of what people have (籍贯, 国籍) that mean an office, a result or a tool behind as short a role."""
_PHONES = frozenset(("mobile", "landline"))
_HUMP = re.compile("(?<=[a-z])(?=[A-Z])")


def names() -> Iterator[tuple[str, str]]:
    """Every name of a field that the grammar makes, and the category of what it holds."""
    roles = [_parts(row) for row in _ROLES.split("\n") if row]
    bases = [row.partition(" ") for row in _BASES.split("\n") if row]
    for role, (category, _, base) in product(roles, bases):
        yield from ((name, category) for name in _styled(role, _parts(base)))


def left() -> Iterator[tuple[str, str, str | None]]:
    """The names that do not tell what they hold, with it, and with what they tell instead."""
    for name, category in names():
        told = category_of_key(name)
        if told != category and not {told, category} <= _PHONES:
            yield name, category, told


def _parts(row: str) -> _Parts:
    chinese, initials, pinyin, english = row.split()
    return chinese, initials, pinyin, english


def _styled(role: _Parts, base: _Parts) -> Iterator[str]:
    """The names of a field in each style: in Chinese, by initials, in pinyin, in English, mixed, and wrapped."""
    whose, whose_initials, whose_pinyin, whose_english = role
    what, initials, pinyin, english = base
    yield from (
        whose + what,
        f"{whose}的{what}：",
        f"{whose}（{what}）",
        f"{whose}1_{what}",
        f"* {whose} {what}（必填）",
    )
    yield from (whose_pinyin + pinyin, f"{whose_pinyin}_{pinyin}", whose_pinyin + _capital(pinyin))
    yield from (f"{whose_pinyin}_{initials}", whose_pinyin + _capital(english))
    if whose_initials not in _ALSO_THINGS and (initials not in _OF_THINGS or len(whose_initials) > len(initials)):
        name = whose_initials + initials
        yield from (name, name.upper(), f"{whose_initials}_{initials}", whose_initials + _capital(initials))
        yield from (f"f_{name}", f"F_{name.upper()}", f"txt{_capital(name)}", f"{name}2", f"{name}_jm", f"{name}_old")
        yield from (f"{initials}_{whose_initials}", whose_initials + pinyin, whose_initials + _capital(english))
    if whose_english not in _ALSO_THINGS:
        name = whose_english + _capital(english)
        snake = _snake(name)
        yield from (name, _capital(name), snake, snake.upper(), snake.replace("_", "-"), f"c_{snake}")
        yield from (
            f"{whose_english}.{english}",
            f"{english}Of{_capital(whose_english)}",
            f"{whose_english}_{initials}",
        )
        yield from (f"{name}1", f"{name}Str", f"{name}Enc", f"{name}List", f"{name}[0]", f"{name}Text")
        if len(english) > len("ssn"):
            yield name.lower()


def _capital(name: str) -> str:
    return name[0].upper() + name[1:]


def _snake(name: str) -> str:
    return _HUMP.sub("_", name).lower()
