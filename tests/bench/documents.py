"""Documents of JSON with invented people in them, from a seed: whose values are personal is known.

Keys are made of roles and bases, as interfaces call them; values are right, mistyped or mere text. Between them stand
fields that are nobody's, some of which end like one that is.
"""

import json
import random
from typing import Any

from tests.bench.invented import KINDS, digits
from tests.bench.telling_keys import NOBODY, telling_keys

_INITIALS = {
    "": "xm sfzh gmsfhm sjh lxdh dzyx jtzz hjdz csrq mz zzmm hyzk xb yhkh sbkh cphm blh hzhm",
    "sqr lxr jbr dlr fddbr jhr dsr bsr": "xm sfzh sfzjhm zjhm sjh lxdh dzyx dz csrq xb mz",
}
_ENGLISH = {
    "": "idCard idNumber mobile phone email homeAddress birthDate bankCardNo realName maritalStatus plateNo",
    "applicant contact patient student guardian customer": "Name IdCard Phone Mobile Email Address BirthDate",
}
_CHINESE = {
    "": "姓名 身份证号码 手机号 联系电话 电子邮箱 家庭住址 出生日期 民族 银行卡号 社保卡号 车牌号 婚姻状况",
    "申请人 联系人 监护人 法定代表人 配偶 户主": "姓名 身份证号 联系电话 手机号码 住址 出生年月",
}
_NOBODYS = (
    "xmmc zsxm sfxm sjly cjsj gxsj dzzz slbh ywlsh zt lx bh fileName className userName hostName orgName deptName "
    "itemName status total orderNo createdAt version 事项名称 部门 办理状态 项目名称 受理编号 类型 更新时间"
).split()
_WORDS = (
    "已受理",
    "一般事项",
    "2026-11-26 10:00:00",
    "A01",
    "城市道路改造",
    "民政局",
    "v2",
    "",
    None,
    True,
    0,
    12,
    "是",
)


def _keys(table: dict[str, str]) -> list[str]:
    return [role + base for roles, bases in table.items() for role in (roles.split() or [""]) for base in bases.split()]


_SPELLED = [key for category, keys in telling_keys().items() if category not in (NOBODY, "sex") for key in keys]
_TELLING = [*_keys(_INITIALS), *_keys(_ENGLISH), *_keys(_CHINESE), *_SPELLED]


def document(chance: random.Random) -> tuple[Any, set[str]]:
    """A document, and the pointers of its personal values."""
    personal: set[str] = set()
    return _object(chance, "", 3, personal), personal


def _object(chance: random.Random, pointer: str, depth: int, personal: set[str]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key in chance.sample(_TELLING, 4):
        key += chance.choice(("", "", "", "1", "2", "_3"))
        made[key] = chance.choice(
            (digits(chance, 6), "无法识别的内容", chance.choice(list(KINDS.values()))(chance), 20261126)
        )
        personal.add(f"{pointer}/{key}")
    for key in chance.sample((*_NOBODYS, *telling_keys()[NOBODY]), 4):
        made[key] = chance.choice(_WORDS)
    match chance.randrange(4) if depth else -1:
        case 0:
            made["detail"] = _object(chance, f"{pointer}/detail", depth - 1, personal)
        case 1:
            made["rows"] = [_object(chance, f"{pointer}/rows/{number}", depth - 1, personal) for number in range(2)]
        case 2:
            made["payload"] = json.dumps(_object(chance, f"{pointer}/payload", depth - 1, personal), ensure_ascii=False)
        case 3:
            made["department"] = {"name": "民政局", "code": "A01"}
        case _:
            pass
    return made
