"""Columns in which things, places and parts of organisations are named, as many of which are called as people are: 黄杨
under 品名, 石林西 under 站名, 安监科 under 责任科室.
"""

import re
from functools import lru_cache

_HAN = "\u4e00-\u9fff"
_THINGS = re.compile(
    f"[{_HAN}]{{0,6}}(?:标准|[站品路街巷地片书篇剧戏曲歌校菜药物货种树花楼桥河湖山库车船]|系统|平台|设备|软件|产品|商品|物资|项目"
    "|工程|课程|专业|景[点区]|栏目|节目|活动|机构|小区|楼盘)(?:名称?|名录)"
    f"|[{_HAN}]{{0,4}}(?:品种|树种|作物|产地|站点|车站|剂型|车型|品牌|菜品|小区|楼盘|安置[区点]|[林小]班|景点)"
    "|起点|终点|起止点|始发站|终点站"
)
_PARTS = re.compile(f"[{_HAN}]{{0,4}}(?:科室|处室|股室|部门|单位)")
_PART = re.compile(f"[{_HAN}]{{2,5}}[科处室股局办站所队]")
_LONGEST = 10
"""Characters of what a thing is called in a cell: what is longer may be an address, or speak of somebody."""


def names_things(head: str) -> bool:
    """Whether *head* heads a column in which things or places are named: 站名, 药品名称, 产地."""
    return _THINGS.fullmatch(head.strip()) is not None


@lru_cache(maxsize=16_384)
def is_called(head: str, text: str) -> bool:
    """Whether *text* under *head* is what a thing, a place or a part of an organisation is called, and nobody."""
    said = text.strip()
    if len(said) > _LONGEST or any(map(str.isdigit, said)):
        return False
    is_part = _PART.fullmatch(said) is not None and _PARTS.fullmatch(head.strip()) is not None
    return is_part or names_things(head)
