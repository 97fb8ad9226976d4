"""What labels say that are put together of what is numbered and a word for a number: 就诊流水号, 身份证编码."""

import re

_NUMBERED = {
    "resident_id": ("(?:公民|居民|个人)?身份(?:证|证件|证明)?", "号|号码|编号|编码|代码|识别码"),
    "social_no": (
        "社保|医保|社会保障|社会保险|医疗保险|养老保险|失业保险|工伤保险|生育保险|参保|合作医疗|新农合",
        "号|号码|编号|卡号|账号|证号|流水号",
    ),
    "medical_no": (
        "就诊|住院|门诊|急诊|病历|病案|诊疗|体检|挂号|健康档案|健康卡",
        "号|号码|编号|卡号|流水号|序号|序列号",
    ),
    "mobile": ("手机|移动(?:电话)?|虚拟|隐私|本机|来电|呼入|主叫|被叫|去电|短信|接听|绑定|预留|回拨|回访|联系", "号码"),
    "bank_card": (
        "银行卡|银行账户|储蓄卡|借记卡|信用卡|工资卡|一卡通|存折|社保卡金融账户",
        "号|号码|卡号|账号|编号|信息",
    ),
    "permit": ("通行证|居住证|回乡证|台胞证|居留证|签证", "号|号码|编号"),
    "passport": ("护照", "号|号码|编号"),
    "plate": ("车辆?牌照?|号牌|车辆?牌号", "号|号码|信息"),
}
"""By category what is numbered, and what its number is called."""
_BETWEEN = "(?:卡|证|证件|登记|电脑|个人|电子|凭证|本人|唯一|人|人员|者|患者|客户|文件|证明){0,2}"
_NUMBERS = [
    (category, re.compile(f"(?:{things}){_BETWEEN}(?:{ends})$")) for category, (things, ends) in _NUMBERED.items()
]
_ASKED = [
    (category, re.compile(form))
    for category, form in (
        # where somebody lives, part by part
        (
            "address",
            "(?:小区|房号|楼号|楼栋|楼幢|[栋幢]号|单元|门牌|户室|几[栋幢]).{0,6}(?:室|室号|房号|门牌号?|户号|几?单元|楼栋)$",
        ),
        (
            "address",
            "户室号$|(?:住在?|家在)(?:哪里?|哪儿|何处|什么地方)$|(?:通讯|联系|居住)处$|寓所$|暂居地$|落脚[点处]$",
        ),
        ("person_name", "叫(?:什么|啥)(?:名字|名)?$|全名$"),
        ("birth_date", "(?:哪年|何时|什么时候|哪天)出生的?$|出生于$|出生年份?$"),
        ("sex", "^男[/、]?女$|是男是女$"),
        ("resident_id", "二代证(?:号码?|件号)?$|本人证(?:件)?号码?$|证件id$"),
        ("party", "是否(?:为)?(?:中共)?党员$"),
        ("medical_no", "(?:病人|患者|病员)(?:号码?|卡号)$|就[诊医]卡号?$"),
        ("health", "诊断(?:意见|结论|名称|描述)?$|(?:家族|个人|疾病|患病|用药|手术|生育|孕产)史$|残疾种类$"),
    )
]
"""What parts of labels and sentences ask for."""
_SIGNED = re.compile("(?<=.)(?:签名|签字|签章|签署人?)$")
_NO_SIGNATURE = re.compile(
    "(?:电子|数字|接口|参数|请求|算法|证书|是否|需要?|已|未|在线|手写|待|合同|协议|加密)签[名字章署]$"
)


def asked_in_label(label: str) -> str | None:
    """The category of what *label* asks for by the parts that it is put together of, or in a sentence; else None."""
    if label.startswith("是否"):
        return None
    forms = (*_NUMBERS, *_ASKED)
    return next((category for category, form in forms if form.search(label) is not None), None)


def is_signed(label: str) -> bool:
    """Whether *label* asks somebody to write his name: 家长签字."""
    return _SIGNED.search(label) is not None and _NO_SIGNATURE.search(label) is None
