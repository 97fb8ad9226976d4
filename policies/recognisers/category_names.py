"""How kinds of personal data that are found without a policy are called."""

_NAMES = {
    "person_name": "姓名 / name",
    "resident_id": "身份证件 / resident ID",
    "mobile": "手机 / mobile",
    "landline": "固定电话 / landline",
    "email": "电子邮箱 / e-mail",
    "address": "地址 / address",
    "bank_card": "银行卡 / bank card",
    "social_no": "社保账号 / social security",
    "uscc": "信用代码 / credit code",
    "plate": "车牌 / plate",
    "vin": "车架号 / VIN",
    "passport": "护照 / passport",
    "medical_no": "就诊号 / medical number",
    "birth_date": "出生日期 / birth date",
    "sex": "性别 / sex",
    "ethnicity": "民族 / ethnicity",
    "marriage": "婚姻 / marriage",
    "party": "政治面貌 / party",
    "schooling": "学历 / schooling",
    "origin": "籍贯 / origin",
    "household": "户号 / household",
    "permit": "通行证 / travel permit",
    "bank_account": "银行账号 / bank account",
    "driving_licence": "驾驶证 / driving licence",
    "housing_fund": "公积金账号 / housing fund",
    "qq": "QQ 号 / QQ",
    "wechat": "微信号 / WeChat",
    "ip": "IP 地址 / IP address",
    "mac": "MAC 地址 / MAC address",
    "coordinates": "位置坐标 / coordinates",
    "religion": "宗教信仰 / religion",
    "health": "健康状况 / health",
    "free_text": "文字 / text",
    "file": "文件 / file",
    "unread_text": "没有读到的文字 / text nobody has read",
    "signature": "电子签名 / signature",
}


def named(category: str) -> str:
    """What people call *category*."""
    return _NAMES.get("person_name" if category == "person" else category, category)


def names_of(category: str) -> tuple[str, str]:
    """The same in Chinese and in English."""
    chinese, _, english = named(category).partition(" / ")
    return chinese, english or chinese
