"""The coded items of national systems, as columns and fields are called by them: `AAC003` is a name, `psn_no` a person.

Sources: HL7 version 2.5 for its segments; GB/T 14946 for the items of personnel (A0101); the data elements of social
insurance (LD/T 32, LB 103: AAB of units, AAC of persons, AAE of business, AAZ of cards, AKC of medical insurance); the
interface specification of the national medical insurance platform.
"""

import re

CODED: dict[str, str] = {
    "person_name": "a0101 aac003 aae004 aab013 aae009 aab016 aae011 psn_name patn_name coner_name emp_contact "
    "lgrep_name",
    "resident_id": "czztdm a0184 aac002 aac147 aae135 aab014 bac147 psn_cert_no lgrep_certno",
    "mobile": "aae005 aac067 aab015 aab018 coner_tel",
    "email": "aae159",
    "address": "aae006 aac010 live_addr",
    "bank_card": "aae010",
    "uscc": "aab998",
    "social_no": "aac001 aaz500 aaz501 akc020 psn_no mdtrt_cert_no",
    "medical_no": "akc190 ipt_no otp_no ipt_otp_no medrcdno mdtrt_id",
    "birth_date": "a0107 aac006 brdy",
    "sex": "a0104 aac004 gend",
    "ethnicity": "a0117 aac005 naty",
    "marriage": "aac017 mrg_stas",
    "party": "aac024",
    "schooling": "aac011",
    "origin": "a0111 a0114",
    "health": "a0127 aac033 akc194",
}
"""By category, the items that hold it."""
CATEGORY_OF_CODE = {code.replace("_", ""): category for category, codes in CODED.items() for code in codes.split()}
_SEGMENTS: dict[str, str] = {
    "person_name": "pid5 pid6 pid9 nk1_2 gt1_3 in1_16 pv1_7 mrg7",
    "medical_no": "pid2 pid3 pid4 pid18 pv1_19 mrg1",
    "birth_date": "pid7 gt1_8 in1_18 nk1_16",
    "sex": "pid8 gt1_9 nk1_15 in1_43",
    "address": "pid11 nk1_4 gt1_5 in1_19",
    "mobile": "pid13 pid14 nk1_5 nk1_6 gt1_6 gt1_7",
    "marriage": "pid16 nk1_14 gt1_30",
    "religion": "pid17",
    "social_no": "pid19 gt1_12 in1_49",
    "driving_licence": "pid20",
    "ethnicity": "pid22",
    "origin": "pid23 pid28",
}
"""By category, fields of segments of HL7 version 2, which have numbers for names: PID-5."""
_CATEGORY_OF_SEGMENT = {
    field.replace("_", ""): category for category, fields in _SEGMENTS.items() for field in fields.split()
}
_FIELD = re.compile(r"(pid|nk1|gt1|in1|pv1|mrg)[-._]([0-9]{1,2})(?:[-._][0-9]{1,2})?", re.IGNORECASE)
_ITEM = re.compile(r"(?<![a-z0-9])a[a-z]{2}[0-9]{3}(?![0-9])")


def item_in(key: str) -> str | None:
    """The category of the item that stands in *key*, in small letters, with something beside it: `p_aac003_1`."""
    if (field := _FIELD.fullmatch(key)) is not None:
        segment, number = field[1].lower(), field[2]
        return _CATEGORY_OF_SEGMENT.get(segment + number)
    found = _ITEM.search(key)
    return CATEGORY_OF_CODE.get(found[0]) if found is not None else None
