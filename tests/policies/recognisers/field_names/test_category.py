import pytest

from policies.recognisers.field_names.category import category_of_key, key_that_tells
from policies.recognisers.field_names.words import BASES
from tests.bench.key_grammar import left, names
from tests.bench.system_keys import left_by, system_keys
from tests.bench.telling_keys import NOBODY, telling_keys

SAYS = {
    "person_name": "xm XM ryxm lxr lxrxm sqrxm jbrxm fddbr fddbrxm jhryxm fqxm mqxm poxm qlrmc "
    "applicant_name head_name "
    "contactName 姓名 申请人姓名 法定代表人 联系人 SQR_XM sqr1xm xingming shenqingrenxingming bxrxm patientName "
    "emergencyContact_name 联系人1 家庭成员姓名 payeeName customer_name "
    "txtXM xm_enc c_xm ns1:xm ctl00$main$txtXM $.person.xm stdntNm PTNT_NAME xingm xinming yuangao 家长签字 姓名是? "
    "accName appntName pdysQm 绰号 "
    "dwlxr ffzhmc pyrqm lxrch candNm agt_name 法号 applicantNames 子女（姓名） 姓名（性别） F_XM bankAccountHolder "
    "孩子叫什么名字 学生全名 PID-5 nk1-2.1 A0101 author.name.given PATNM zjxmpy",
    "resident_id": "sfzh sfzhm gmsfhm fddbrsfzjhm idCard id_no ID-NO certNo sqrsfzh sqrzjhm 身份证号码 经办人证件号码 "
    "fddbrsfzjhm jhrsfzh legalPersonIdCard shenfenzhenghao id_card_number 身份证号码（18位） 法定代表人身份证件号码 "
    "经纪人证号 受益人证件 F_SFZH zjh_sqr nsrZjh szzjh bgzjh "
    "idCardEnc sfzhJm ID18 身份证编码 二代证号 shenfzheng shengfenzheng idCrdNo sfzh_desensitized A0184",
    "mobile": "sjh sjhm lxdh jbrlxdh mobile phone 手机号 申请人联系电话 "
    "lxdh2 lxdh_2 jhrlxdh contact-phone emergencyContactPhone phones 联系电话(手机)* 联系人2电话 "
    "applicantContactInfo 联系人（电话） transactorMobiles transactormobile dh_et "
    "laidianhaoma ldhm phone_enc tel_home phone2nd 短信号码 虚拟号码 MOBL_NBR txtTel",
    "email": "dzyx yx e_mail email userEmail emails 电子邮箱",
    "address": "jtzz xxdz hjdz lxrdz address 户籍地址 "
    "qrdxz ygzsd hjdssxq 房号门牌 applicantregisteredaddress hkszd_fddbr "
    "czdz menpaihao 楼栋单元室 shenbaorendz 家住哪里 几栋几单元 regAddr_psn hjdz_xiang",
    "bank_card": "bankCardAccount yhkzh 涉案账户 hkkh yhkh skzh bank_card 银行卡号 ffzh 存折号 存款账号 入账账号",
    "uscc": "tyshxydm nsrsbh creditCode",
    "birth_date": "sqr_csny csrq birth_date 出生日期 PID.7 csrq_gl 哪年出生 bthDate",
    "sex": "etxb szxb xb gender 性别 gndr 男/女",
    "ethnicity": "mz mzdm nation 民族 民族代码",
    "plate": "cphm plateNo 车牌号码 vehNo cheph",
    "vin": "clsbdh 车架号",
    "passport": "hzhm passport_no 护照号",
    "social_no": "shoukuanrenshebaokahao sbkh ybkh 医保卡号 社保电脑号 养老保险个人编号",
    "housing_fund": "gjjzh 公积金账号",
    "medical_no": "zyh 病历号 就诊流水号 患者号 PID-3.1",
    "marriage": "hyzk maritalStatus MARITAL_STAT_CD",
    "party": "zzmm 政治面貌",
    "health": "diagnosis 既往史 ADMIT_DIAG_DESC 过敏药物 cjzbh 残疾证编号",
    "household": "household_no",
    "religion": "PID-17",
    "driving_licence": "档案编号(驾驶证)",
    "origin": "A0111",
    "free_text": "bz remark note 备注",
}
SAYS_NOTHING = (
    "xmmc zsxm sfxm sjly cjsj gxsj dzzz ywlsh slbh yhzh id street status item_name file_name service total page "
    "created_at 事项 办理状态 部门 x className hostName userName loginName orgName deptName projectName tableName "
    "serverAddress "
    "ipAddress idType certType isMobile hasPhone mobileVerified 事项名称 单位名称 IP地址 客服电话 是否本人 申请人类型 "
    "sqsj sfyx "
    "bgjg czjg zfjg blSj yhzh zsd BJ_JG notaryOfficeName notaryofficename "
    "contactRelation lcjbr_js bmfzr_gw hilist_name nameSearch "
    "faming fahao ywgm hbqk yishumingcheng "
    "mc dept.phone sys:company.address phoneMask sbbh hjxz jsrqq sjyuan paramName phoneCount sjlx_dm "
    "xmlx_1 countryName_en"
    "电子签名 是否签字 社保经办机构编号 医保药品编码 身份类型代码 手机品牌 账号 登录账号 passportOffice brdNm trnNm "
    "fileNames classNames companyaddress serveraddress 材料（身份证） 附件（身份证号） wzbah ckdh str_no "
    "orderNo serialNo version token bankName regionCode namespace emailTemplate zjlx sjlx xmbh"
)


@pytest.mark.parametrize(("key", "category"), [(key, name) for name, keys in SAYS.items() for key in keys.split()])
def test_a_key_says_what_it_holds(key: str, category: str) -> None:
    assert category_of_key(key) == category


@pytest.mark.parametrize("key", SAYS_NOTHING.split())
def test_a_false_friend_says_nothing(key: str) -> None:
    assert category_of_key(key) is None


@pytest.mark.parametrize("category", telling_keys())
def test_keys_say_the_same_however_they_are_spelled(category: str) -> None:
    said = {key: category_of_key(key) for key in telling_keys()[category]}
    wanted = None if category == NOBODY else category
    assert {key: told for key, told in said.items() if told != wanted} == {}


@pytest.mark.parametrize("category", system_keys())
def test_what_stands_under_keys_of_systems_is_named_whatever_it_looks_like_and_nobodys_is_not(category: str) -> None:
    assert list(left_by(category)) == []


@pytest.mark.parametrize("category", [each for each in system_keys() if each in BASES])
def test_keys_of_systems_say_what_they_hold(category: str) -> None:
    said = {key: category_of_key(key) for key in system_keys()[category]}
    assert {key: told for key, told in said.items() if told != category} == {}


@pytest.mark.parametrize("category", BASES)
def test_a_key_tells_what_it_is_made_for(category: str) -> None:
    assert category_of_key(key_that_tells(category)) == category


def test_every_name_that_the_grammar_makes_tells_something_and_nearly_every_one_what_it_holds() -> None:
    made, wrong = sum(1 for _ in names()), list(left())
    assert {name: category for name, category, told in wrong if told is None} == {}
    assert len(wrong) < made / 1000
