"""What stands before an address and says that one follows: somebody lives there, or something is sent there."""

import re

_LIVING = "居住|租住|借住|暂住|现住|家住|原住|住在|现居|住所|住址|地址|户籍|老家|坐落|位于"
"""That somebody lives there, or that something stands there, wherever it is said."""
LABEL = re.compile(
    f"(?:{_LIVING}|地点|址|籍贯|所在|迁[出入](?=地)|寄到|送到|寄至|送至|寄往|改成|改为|搬到|搬至|迁至|迁到|赶到|赶至|"
    "停在|发生在|出现在|(?:先生|女士)住(?![院宅户])|"
    "[人者户众民]称|寄(?![存宿生养托])|(?:外卖|快递|包裹)请?[送放]"
    ")(?:所?地)?[在于为是至到]?"
)
"""What says that an address follows."""
LIVES = re.compile(f"(?:{_LIVING}|户口|家|店面|门店|位|住)(?:地|所)?(?:在|于|是|为)?[:：]?$")
"""What a road or an estate stands behind that tells where somebody lives though nothing else does."""
LIVES_HERE = re.compile(
    f"(?:(?:本人|我|现|家|[\u4e00-\u9fff]{{2}})?(?:{_LIVING}|住(?![宅院房建]))|迁[出入]地)[在于]?[:：]?[ 　]?"
    "(?=[\u4e00-\u9fff])"
)
"""What a line says before the address that it consists of."""
REPORTED = re.compile("(?:反映|举报|投诉|来电)$")
"""Behind which people say where it is that they complain of."""
AT = re.compile("(?:[在于到至往从回沿经]|绕行|途经|停放在|送往)$")
"""That something is there, or that somebody goes there."""
