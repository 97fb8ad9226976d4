"""Names of fields as systems call them, with values as people leave them there: see `system_keys.txt`."""

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from policies.recognisers.pointers import find_values
from tests.bench.telling_keys import NOBODY, keys_in

_LIKE_SOMEBODY = "李雷|欧阳震华|Zhang Wei|ZHANG San|阿依古丽·买买提|张  三|王*明|李"
VALUES: dict[str, tuple[Any, ...]] = {
    "person_name": (*_LIKE_SOMEBODY.split("|"), "Ｌi Lei", "张三（已故）", "待核：老王家", ["王芳", "赵六"], 20261127),
    "resident_id": (
        *(
            "11010519491231002X",
            "110105194912310021",
            "3301",
            "110105 19491231 002x",
            "1101**********002X",
            "H01234567",
        ),
        *(110105491231002, "未带，后补", ["11010519491231002X"]),
    ),
    "phone": ("13800138000", 13800138000, "138 0013 8000", "138****8000", "1380013", "010-62345678转801", 62345678),
    "email": ("zhang@example.cn", "zhang at example.cn", "zhang#example"),
    "address": ("杭州市西湖区文三路1号2幢301室", "同户籍", "3-2-501", "某小区", "Room 301, No.1 Wensan Rd"),
    "bank_card": ("6222021234567890128", "6222 0212", "1202020209900012345", "33001616-08053", 6222021234567890),
    "uscc": ("91350100M000100Y43", "91350100", "33010012345678X"),
    "plate": ("浙A12345", "浙A·12345", "A12345", "浙a f12345"),
    "vin": ("LSVAM4187C2184841", "LSVAM41"),
    "passport": ("E12345678", "PA1234567", "12345"),
    "permit": ("H01234567", "12345678"),
    "social_no": ("330100123456", "A123", 12345678),
    "medical_no": ("ZY0012345", "0001234", "M-12", 1234),
    "housing_fund": ("330100123456", "201234567"),
    "driving_licence": ("330106199001011234", "330100123456", "12"),
    "wechat": ("zhangsan_88", "oX1yz_ABCdefGHIjklMNOpqrSTU", "13800138000"),
    "qq": ("123456789", 10001),
    "birth_date": ("1990-03-05", "19900305", 19900305, "1990年3月", "90.3.5", "1990-03-05T00:00:00"),
    "sex": ("男", "1", 1, "F", "未说明的性别"),
    "ethnicity": ("汉族", "01", 1, "维吾尔族"),
    "marriage": ("已婚", "20", 10, "否"),
    "party": ("群众", "中共党员", 13),
    "health": ("高血压", "二级", "O型", "待查"),
    "religion": ("佛教", "伊斯兰教"),
    "person_name?": tuple(_LIKE_SOMEBODY.removesuffix("|李").split("|")),
    "address?": ("杭州市西湖区文三路1号2幢301室", "东关村三组12号", "幸福小区3幢2单元501室"),
    "bank_card?": ("6222021234567890128", "1202020209900012345", "33001616080531234"),
    "mobile?": ("13800138000", "138****8000", "010-62345678"),
    NOBODY: ("综合业务", "A-2026-001", "方案设计", "高一年级", "杨梅", "admin", "Windows Server", 3, None, True),
}
"""What stands under names of fields of each category: right, mistyped, half hidden, or mere text."""


@functools.cache
def system_keys() -> dict[str, tuple[str, ...]]:
    """The names of fields by the category of what they hold."""
    return keys_in(Path(__file__).with_suffix(".txt"))


def left_by(category: str) -> Iterator[tuple[str, Any]]:
    """The keys of *category* and the values under them that are not named, or of nobody's those that are."""
    for key in system_keys()[category]:
        for value in VALUES[category]:
            each = value if isinstance(value, list) else [value]
            if len(find_values({key: value})) < len(each) if category != NOBODY else find_values({key: value}):
                yield key, value


def shares() -> tuple[float, float]:
    """The share of personal values under such keys that are named, and of those that are nobody's and are named."""
    there = {category: len(keys) * len(VALUES[category]) for category, keys in system_keys().items()}
    left = {category: sum(1 for _ in left_by(category)) for category in there}
    others, named = there.pop(NOBODY), left.pop(NOBODY)
    return 1 - sum(left.values()) / sum(there.values()), named / others
