"""The coded items of national systems, as columns and fields are called by them: `AAC003` is a name, `psn_no` a person.

Sources: the data elements of social insurance (LD/T 32, LB 103: AAB of units, AAC of persons, AAE of business, AAZ of
cards, AKC of medical insurance), and the interface specification of the national medical insurance platform.
"""

import re

CODED: dict[str, str] = {
    "person_name": "aac003 aae004 aab013 aae009 aab016 aae011 psn_name patn_name coner_name emp_contact lgrep_name",
    "resident_id": "aac002 aac147 aae135 aab014 bac147 psn_cert_no lgrep_certno",
    "mobile": "aae005 aac067 aab015 aab018 coner_tel",
    "email": "aae159",
    "address": "aae006 aac010 live_addr",
    "bank_card": "aae010",
    "uscc": "aab998",
    "social_no": "aac001 aaz500 aaz501 akc020 psn_no mdtrt_cert_no",
    "medical_no": "akc190 ipt_no otp_no ipt_otp_no medrcdno mdtrt_id",
    "birth_date": "aac006 brdy",
    "sex": "aac004 gend",
    "ethnicity": "aac005 naty",
    "marriage": "aac017 mrg_stas",
    "party": "aac024",
    "schooling": "aac011",
    "health": "aac033 akc194",
}
"""By category, the items that hold it."""
CATEGORY_OF_CODE = {code.replace("_", ""): category for category, codes in CODED.items() for code in codes.split()}
_ITEM = re.compile(r"(?<![a-z0-9])a[a-z]{2}[0-9]{3}(?![0-9])")


def item_in(key: str) -> str | None:
    """The category of the item that stands in *key*, in small letters, with something beside it: `p_aac003_1`."""
    found = _ITEM.search(key)
    return CATEGORY_OF_CODE.get(found[0]) if found is not None else None
