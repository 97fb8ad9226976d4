"""What names of fields are made of besides their bases: short forms, pinyin written out, money, cards, adjectives.

Source of the rows: the same as that of `words.py`.
"""

PROJECTS = frozenset("zs sf jf kt jc jy yj cs tz gc sb fw fy kp pj xf sp kc xz bz".split())
"""Before `xm`, they say that a project (项目) or an item is meant."""
ABBREVIATED = {
    "nm": "name",
    "nme": "name",
    "usr": "user",
    "mbl": "mobile",
    "adr": "addr",
    "cust": "customer",
    "cst": "customer",
    "clnt": "client",
    "pyee": "payee",
    "pyer": "payer",
    "brth": "birth",
    "dt": "date",
    "gndr": "gender",
    "cntct": "contact",
    "crd": "card",
    "crtfct": "certificate",
    "ctf": "certificate",
    "mobl": "mobile",
    "bth": "birth",
    "gdr": "gender",
    "rl": "real",
    "bnk": "bank",
    "empl": "employee",
    "hd": "head",
    "hshld": "household",
    "ntn": "nation",
    "ppl": "people",
    "wf": "wife",
    "lnd": "lender",
    "psnl": "personal",
    "indiv": "individual",
    "bene": "beneficiary",
    "phn": "phone",
    "gst": "guest",
    "sps": "spouse",
    "nrs": "nurse",
    "mbr": "member",
    "byr": "buyer",
    "eml": "email",
    "mrg": "marriage",
    "plt": "plate",
    "veh": "vehicle",
    "pspt": "passport",
    "cand": "candidate",
    "agt": "agent",
    "appnt": "applicant",
    "bnf": "beneficiary",
    "diag": "diagnosis",
    "stat": "status",
}
"""Words of names of fields that are written short, as those of banks are."""
SHARED = frozenset("cf sz cm bg cz ck wz dz ks xy nh".split())
"""Initials of people (产妇, 死者, 村民, 被告, 车主, 乘客, 亡者, 读者, 考生, 学员, 农户) and of things as well."""
OF_PEOPLE_ALONE = frozenset("zjh hzh cph wxh qqh cym hjd xb qqhao mingzi xueli".split())
"""What people have and such things have not, behind `SHARED`."""
PINYIN = (
    "zuoluo "
    "youxiangdizhi hujisuozaidi hujidi changzhudi zanzhudi xianjuzhudi juzhudi chuanzhenhao shouji chushengnianyue "
    "zhengjianhaoma binglihao zhuyuanhao menzhenhao jiashizhenghao gongjijinzhanghao shebaohao yibaohao xingming "
    "dizhi zhuzhi dianhua dianhuahaoma shoujihao shoujihaoma shenfenzheng shenfenzhenghao shenfenzhenghaoma "
    "zhengjianhao youxiang yinhangkahao yinhangzhanghao chushengriqi xingbie minzu hunyinzhuangkuang zhengzhimianmao "
    "chepaihao chepaihaoma weixinhao huzhaohao shebaokahao lianxifangshi"
).split()
"""Words of pinyin that say what a field holds behind whatever says whose it is: jiatingdizhi."""
PINYIN_THINGS = (
    "xiangmu gongsi danwei qiye jigou bumen shebei wenjian chanpin shangpin wangzhan wangluo fuwuqi lianjie jiekou "
    "tupian xiazai kefu zixun tousu jiandu rexian fuwu wuli fangwen zhuce xuexiao yiyuan wang"
).split()
"""Before them, they say that it is theirs: gongsidizhi."""
OTHER_CARDS = {
    **dict.fromkeys("社保 社会保障 医保 医疗保险 合作医疗 social socialsec medicare medinsurance".split(), "social_no"),
    **dict.fromkeys("就医 床头 就诊 门诊 健康 诊疗 住院 health clinic".split(), "medical_no"),
    **dict.fromkeys("公积金 providentfund housingfund".split(), "housing_fund"),
    **dict.fromkeys("驾驶 drive driver driving".split(), "resident_id"),
}
"""What numbers of cards are that are no bank's, by what stands before 卡号 or cardno."""
UNSURE = frozenset("cell cellvalue cellid cellname".split())
"""They end like what holds a telephone, and most often are parts of a table."""
ADJECTIVES = frozenset("mobile email mail cell card phone".split())
"""Before somebody in English, they say of what kind he is: mobileClient, emailUser."""
MONEY = (
    "涉案 冻结 扣划 "
    "打款 资助 慰问 救助金 收款 付款 领款 补贴 补助 养老 工资 退费 退款 转出 转入 转账 一卡通 借款 还款 扣费 扣款 "
    "代扣 代发 发放 结算 开户 提现 汇款 银行 金融 对公 贷款 缴款 个人 本人 受益 领取 报销 抚恤 救助 津贴"
).split()
"""Before 账号 and the like, they say that it is one of a bank, and no log-in."""
OF_MONEY = frozenset(
    "card "
    "skr fkr ckr lqr bank wage salary subsidy allowance pension deposit savings saving loan repay repayment refund "
    "withdraw settle settlement payee payer payment pay receive receiver recv rcv receipt debit credit transfer "
    "insured benefit".split()
)
"""The same before account."""
PINYIN_OF_MONEY = (
    "yinhang kaihuhang kaihu shoukuan fukuan huankuan tuikuan gongzi nongka "
    "tuishui jiangxuejin butie lingkuan daifa kuan yanglao"
).split()
VERBS = frozenset(
    "is has show enable need min max hide mask display allow disable verify validate count total require".split()
)
"""Before anything else, they ask whether, or how many."""
DOERS = (
    "reader writer broker dealer employer developer publisher carrier lender issuer dispatcher sponsor contractor "
    "assistant helper worker observer poster speaker"
).split()
"""People, machines and offices: the value tells which."""
QUALIFIERS = (
    "registered former current present permanent temporary contact mailing postal living live home work office detail "
    "full primary secondary birth native educational education"
).split()
"""Between whose a field is and what it holds, they say which of several it is."""
BEHIND_ROLES = {"zsd": "address", "hjd": "address", "qm": "person_name", "ch": "person_name"}
"""Initials that say something of somebody (住所地, 户籍地, 签名, 称呼) and of things without one: 知识点, 车号."""
PAID = frozenset("ff sk fk kk hk kh df dk gz bt tk jk btff".split())
"""Initials of what an account is for: 发放, 收款, 付款, 扣款, 还款, 开户, 代发, 贷款, 工资, 补贴, 退款, 借款."""
PAID_BASES = {"zhmc": "person_name", "kh": "bank_card", "zh": "bank_card", "kzh": "bank_card"}
"""What is told of such an account: its name, and its number."""
COMPOSED = ("ys", "hs", "hz", "rk", "ry", "xs", "jz", "ls", "jl", "fq", "mq")
"""How initials of people end that are composed: doctors (医生), nurses, patients, inhabitants (人口), staff, pupils."""
