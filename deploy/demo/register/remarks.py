"""What clerks write in the free-text field: 10 to 80 characters, four of ten about somebody else.

Those that mention nobody are not harmless either: receipt numbers, hotlines and amounts look like personal data to
whoever masks too much.
"""

from collections.abc import Callable
from random import Random

from deploy.demo.register import numbers
from deploy.demo.register.resident import Resident

_KIN = ("父亲", "母亲", "配偶", "儿子", "女儿", "哥哥", "妹妹", "邻居", "社区网格员", "同事")

_PLAIN = (
    "材料齐全，当场受理，已告知办理时限。",
    "缺少租赁合同原件，已一次性告知补正。",
    "受理编号YX{serial}，凭编号到{window}号窗口取件。",
    "如有疑问请拨打12345政务服务便民热线。",
    "缴费{amount}元，电子票据已开具。",
    "第{window}号窗口办理，用时{minutes}分钟，群众评价满意。",
    "已上门走访核实，居住情况属实，同意办理。",
    "系统同步延迟，{minutes}分钟后重新提交成功。",
    "行动不便，由工作人员上门办理。",
    "符合《条例》第{window}条，予以登记。",
    "档案袋编号{serial}，存放于{window}号柜。",
    "由其亲属张某某陪同办理，未留电话。",
    "申请人要求短信通知结果，已登记。",
    "该事项已转街道社会事务办，预计{window}个工作日办结。",
)

_MENTIONS = (
    "代办人{name}，电话{mobile}，已核对原件。",
    "联系人{name}（{kin}），手机{mobile}，工作日上午方便接听。",
    "紧急联系人：{name}{mobile}。",
    "委托{name}代领，身份证号{id}。",
    "同住人{name}，身份证{id}，关系：{kin}，已核验。",
    "材料不全，已电话通知{mobile}补交。",
    "原登记电话停用，改为{mobile}，由{kin}代接。",
    "补贴打入{name}的账户{card}，已复核。",
    "退款至{card}（开户人{name}），请财务核对。",
    "回访记录：{name}来电{mobile}，反映进度较慢，已答复。",
    "其{kin}{name}同意代收，邮箱{email}，电子件已发送。",
    "与{name}系{kin}关系，已出具书面说明，未留电话。",
    "监护人{name}，证件号码：{id}，联系电话：{mobile}。",
)
_OLD_MENTION = "{name}的旧证号{old}已注销，换发证件{id}。"


def plain(random: Random) -> str:
    """A remark about nobody."""
    return random.choice(_PLAIN).format(
        serial=f"2026{random.randint(1, 6):02d}{random.randint(1, 28):02d}{random.randint(1, 9999):06d}",
        window=random.randint(1, 28),
        amount=f"{random.randint(5, 4000)}.{random.randint(0, 99):02d}",
        minutes=random.randint(3, 55),
    )


def mention(random: Random, other: Resident) -> str:
    """A remark that mentions *other*: with the old number too, now and then, where there can have been one."""
    old = other.birth_date.year < 1990 and random.random() < 0.1
    slots: dict[str, Callable[[], str]] = {
        "name": lambda: other.name,
        "mobile": lambda: numbers.spelled_mobile(random, other.mobile),
        "id": lambda: numbers.spelled_resident_id(random, other.id_no),
        "card": lambda: numbers.spelled_card(random, other.bank_card),
        "old": lambda: numbers.old_resident_id(other.id_no),
        "email": lambda: other.email,
        "kin": lambda: random.choice(_KIN),
    }
    template = _OLD_MENTION if old else random.choice(_MENTIONS)
    return template.format(**{slot: write() for slot, write in slots.items()})
