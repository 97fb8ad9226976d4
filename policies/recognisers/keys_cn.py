"""What names of fields say in Chinese government and business interfaces: pinyin initials, English words, labels.

A name is a role and a base, as in `fddbrsfzjhm` (法定代表人 + 身份证件号码): a role is passed over, the base decides.
Source of the rows: names met in published interfaces and data catalogues; the false friends are names met there too
that end like one of the bases and mean something else.
"""

import re
import unicodedata

_BASES: dict[str, str] = {
    "person_name": "xm xingming rymc ryxm khxm hzxm krmc bmch cym name realname fullname username contactname "
    "applicantname linkman legalperson 姓名 名字 曾用名 联系人 申请人 经办人 代理人 委托人 当事人 投诉人 户主 "
    "法定代表人 监护人 配偶 父亲 母亲 权利人 义务人",
    "resident_id": "sfzh sfzhm sfz sfzmhm sfzjhm gmsfhm gmsfzhm zjhm zjh idcard idcardno idno idnumber certno "
    "certnumber 身份证 身份证号 身份证号码 公民身份号码 证件号 证件号码",
    "mobile": "sjh sjhm sj yddh lxdh lxfs dhhm mobile mobileno phone phoneno tel telephone cellphone "
    "手机 手机号 手机号码 电话 联系电话 联系方式",
    "landline": "gddh gddhhm bgdh jtdh 固定电话 办公电话 家庭电话",
    "email": "dzyx dzyj yx email mail 电子邮箱 邮箱 电子邮件",
    "address": "dz zz xxdz lxdz jtzz jtdz txdz xzz jzdz hjdz hkszd csdxz mlph mlxz address addr "
    "地址 住址 详细地址 联系地址 家庭住址 通讯地址 现住址 居住地址 户籍地址 户口所在地",
    "bank_card": "yhkh kh khyhzh skzh bankcard bankcardno cardno accountno 银行卡 银行卡号 卡号 银行账号 收款账号",
    "social_no": "grzh gjjzh sbkh sbh ybkh ylzh 社保卡号 医保卡号 公积金账号 个人账号",
    "uscc": "tyshxydm shxydm nsrsbh creditcode 统一社会信用代码 社会信用代码 纳税人识别号",
    "plate": "hphm cphm cph plateno 车牌号 车牌号码 号牌号码",
    "vin": "clsbdh cjh vin 车架号 车辆识别代号",
    "passport": "hzh hzhm passport passportno 护照号 护照号码",
    "medical_no": "jzh blh mzh zyh 就诊号 病历号 门诊号 住院号",
    "birth_date": "csrq csny birthdate birthday birth dateofbirth dob 出生日期 出生年月 生日",
    "sex": "xb sex gender 性别",
    "ethnicity": "mz ethnicity nation 民族",
    "marriage": "hyzk hyzt marital maritalstatus 婚姻状况",
    "party": "zzmm 政治面貌",
    "schooling": "whcd xl education 文化程度 学历",
    "origin": "jg nativeplace 籍贯",
    "household": "hh hkbh householdno 户号 户口簿号",
    "free_text": "bz beizhu remark remarks note notes memo comment comments description 备注 说明 情况说明 留言 意见",
}
_ROLES = (
    "fddbr frdb fr lxr sqr jbr bsr bjr dlr wtr dsr tsr jhry jhr fq mq po hz sbr qlr ywr czr cbr yhr skr fkr "
    "applicant contact agent guardian owner head spouse father mother legal"
).split()
_CHINESE_ROLES = (
    "申请人",
    "联系人",
    "经办人",
    "代理人",
    "委托人",
    "当事人",
    "监护人",
    "法定代表人",
    "户主",
    "配偶",
    "本人",
)
# They name a person by themselves: the name of whoever has the role.
_NAMING_ROLES = frozenset("fddbr frdb lxr sqr jbr bsr dlr wtr dsr tsr jhr qlr ywr applicant guardian spouse".split())
_FALSE_FRIENDS = frozenset(
    "xmmc zsxm sfxm xmbh xmdm sjly cjsj gxsj xgsj tjsj slsj bjsj kssj jssj dzzz dzzzbh ywlsh slbh yhzh username "
    "userid filename tablename hostname typename rolename itemname projectname servicename orgname deptname "
    "companyname displayname columnname fieldname sfdz xmdz wz wzdz ipdz macdz ip ipaddress".split()
)
"""Names of projects (项目), of points in time (时间), of sources, of e-licences, of serial numbers, of accounts."""
_CATEGORY_OF = {word: category for category, words in _BASES.items() for word in words.split()}
_DROPPED = re.compile(r"[\s_\-.·:：*]+")
_SHORTEST_SUFFIX = 2
_LATIN = re.compile(r"[a-z0-9]+")


def category_of_key(key: str) -> str | None:
    """The category of personal data that a field or a label called *key* holds, as far as its name says; else None."""
    words = _DROPPED.sub("", unicodedata.normalize("NFKC", key)).lower()
    if words in _FALSE_FRIENDS:
        return None
    if words in _CATEGORY_OF:
        return _CATEGORY_OF[words]
    if words in _NAMING_ROLES:
        return "person_name"
    if not _LATIN.fullmatch(words):
        return next(
            (
                _CATEGORY_OF[words.removeprefix(role)]
                for role in _CHINESE_ROLES
                if words.removeprefix(role) in _CATEGORY_OF
            ),
            None,
        )
    for role in _ROLES:
        base = words.removeprefix(role)
        if base != words and len(base) >= _SHORTEST_SUFFIX and base in _CATEGORY_OF:
            return _CATEGORY_OF[base]
        if base == "mc" and role in _NAMING_ROLES:
            return "person_name"
    return None
