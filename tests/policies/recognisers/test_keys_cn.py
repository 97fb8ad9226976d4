import pytest

from policies.recognisers.keys_cn import category_of_key

SAYS = {
    "person_name": "xm XM ryxm lxr lxrxm sqrxm jbrxm fddbr fddbrxm jhryxm fqxm mqxm poxm qlrmc "
    "applicant_name head_name "
    "contactName 姓名 申请人姓名 法定代表人 联系人",
    "resident_id": "sfzh sfzhm gmsfhm fddbrsfzjhm idCard id_no ID-NO certNo sqrsfzh sqrzjhm 身份证号码 经办人证件号码",
    "mobile": "sjh sjhm lxdh jbrlxdh mobile phone 手机号 申请人联系电话",
    "email": "dzyx yx e_mail email 电子邮箱",
    "address": "jtzz xxdz hjdz lxrdz address 户籍地址",
    "bank_card": "yhkh skzh bank_card 银行卡号",
    "uscc": "tyshxydm nsrsbh creditCode",
    "birth_date": "csrq birth_date 出生日期",
    "sex": "xb gender 性别",
    "ethnicity": "mz 民族",
    "household": "household_no",
    "free_text": "bz remark note 备注",
}
SAYS_NOTHING = (
    "xmmc zsxm sfxm sjly cjsj gxsj dzzz ywlsh slbh yhzh id street status item_name file_name service total page "
    "created_at 事项 办理状态 部门 x"
)


@pytest.mark.parametrize(("key", "category"), [(key, name) for name, keys in SAYS.items() for key in keys.split()])
def test_a_key_says_what_it_holds(key: str, category: str) -> None:
    assert category_of_key(key) == category


@pytest.mark.parametrize("key", SAYS_NOTHING.split())
def test_a_false_friend_says_nothing(key: str) -> None:
    assert category_of_key(key) is None
