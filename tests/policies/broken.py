"""Files of a policy, broken in every way we could think of: where the fault is told, and by which code."""

ISSUER = """    - issuer: https://id.example
      audience: people
      keys: idp.json
      kind: citizen
"""
CATALOGUE, GRANTS, CALLERS, SYSTEM = "catalogue.yaml", "grants.yaml", "callers.yaml", "systems/people.yaml"

JWKS, SECOND = "idp.json", "systems/second.yaml"
ANOTHER = """system: other
title: {zh: 其他, en: Other}
hosts: [people.localhost]
upstream: http://127.0.0.1:9
state: enforcing
operations: []
"""
BOMB = "a: &a [x, x]\n" + "".join(
    f"{n}: &{n} [*{p}, *{p}, *{p}, *{p}]\n" for p, n in zip("abcdefgh", "bcdefghi", strict=True)
)
CERTIFICATE = """\
      - id: C-{}
        certificate: uri:urn:example:batch
        authority: halls
        until: 2027-06-30
"""
LINKS = [f"  r{n}: {{fields: {{a: {{record: r{n + 1}}}}}}}\n" for n in range(3000)]
LAST = "  r3000: {fields: {a: public}}\n"
CHAIN, UPSIDE_DOWN = "".join([*LINKS, LAST]), "".join([LAST, *reversed(LINKS)])
TREE = (
    "".join(f"  r{n}: {{fields: {{a: {{record: r{n + 1}}}, b: {{record: r{n + 1}}}}}}}\n" for n in range(14))
    + "  r14: {fields: {a: public}}\n"
)

BATCH = """who: {callers: [batch]}
    systems: [people]
    purpose: statistics
    sees: {resident_id: digest}"""


def front_proxies(*networks: str) -> str:
    """The beginning of `identity`, with a front proxy of the same id and secret for each of *networks*."""
    lines = [f'    - {{id: portal, networks: [{each}], sha256: "{"0c" * 32}", until: 2027-06-30}}' for each in networks]
    return "\n".join(["identity:", "  front_proxies:", *lines, ""])


SESSION = """identity:
  session:
    cookie: sid
    login: {login}
    subject: /id
    logout: [{logout}]
"""

# name: file, what is replaced, by what, and the finding that must be among those told: its file where that is another
BROKEN = {
    "unknown key": (CATALOGUE, "    level: general\n", "    levle: general\n", "4:5 unknown-key"),
    "missing key": (CATALOGUE, "    level: general\n", "", "3:5 missing-key"),
    "category without a mask": (CATALOGUE, "    mask: redact\n", "", "17:5 category-without-transform"),
    "category twice": (CATALOGUE, "  mobile:", "  person_name:", "11:3 duplicate-key"),
    "unknown level": (CATALOGUE, "level: important", "level: secret", "8:12 unknown-choice"),
    "unknown transform": (CATALOGUE, "mask: redact", "mask: hide", "19:11 unknown-transform"),
    "mask that shows too much": (CATALOGUE, "{first: 1, fill: 2}", "{first: 8, fill: 2}", "5:18 shows-too-much"),
    "number that is none": (CATALOGUE, "last: 4}}\n    on", "last: four}}\n    on", "14:35 wrong-form"),
    "number out of range": (CATALOGUE, "last: 4}}\n    on", "last: 900}}\n    on", "14:35 out-of-range"),
    "reserved name": (CATALOGUE, "  free_text:", "  public:", "16:3 reserved-name"),
    "truth value that is none": (CATALOGUE, "sensitive: true", "sensitive: yes", "9:5 wrong-form"),
    "grant without an end": (GRANTS, "    until: 2027-06-30\n", "", "2:5 missing-key"),
    "grant with a wrong date": (GRANTS, "until: 2027-06-30\n", "until: 2027-06-31\n", "9:12 wrong-form"),
    "grant with a time without zone": (GRANTS, "T18:00:00+08:00", "T18:00:00", "17:12 wrong-form"),
    "grant until the last of all days": (GRANTS, "until: 2027-06-30\n", "until: 9999-12-31\n", "9:12 out-of-range"),
    "grant until a time beyond all days": (
        GRANTS, "2027-06-30T18:00:00+08:00", "9999-12-31T18:00:00-08:00", "17:12 out-of-range"
    ),
    "grant of an unknown category": (GRANTS, "person_name: show", "persn_name: show", "2:5 unknown-category"),
    "grant of an unknown system": (GRANTS, "systems: [people]", "systems: [peple]", "2:5 unknown-system"),
    "grant for nobody": (GRANTS, "who: {posts: [clerk]}", "who: {}", "3:10 missing-key"),
    "grant without approval": (GRANTS, "    approved_by: 王安全\n", "", "2:5 missing-key"),
    "grant of an unknown operation": (
        GRANTS, "sees: {resident_id: digest}", "sees: {resident_id: digest}\n    operations: [GET /persons]",
        "17:5 unknown-operation"
    ),
    "grant of an unknown record": (
        GRANTS, "sees: {resident_id: digest}", "sees: {resident_id: digest}\n    records: [people]",
        "17:5 unknown-record"
    ),
    "grant of an unknown field": (
        GRANTS, "sees: {resident_id: digest}", "sees: {resident_id: digest}\n    fields: [person.id_nr]",
        "17:5 unknown-field"
    ),
    "grant in a network of IPv4 as IPv6 spells it": (
        GRANTS, "sees: {resident_id: digest}", "sees: {resident_id: digest}\n    networks: ['::ffff:10.0.0.0/104']",
        "17:5 wrong-form"
    ),
    "grants that disagree": (
        GRANTS, BATCH, "who: {posts: [auditor]}\n    systems: [people]\n    purpose: audit\n"
        "    sees: {person_name: redact}", "12:5 rules-disagree"
    ),
    "grant in hours that are none": (
        GRANTS, "sees: {resident_id: digest}", "sees: {resident_id: digest}\n    hours: {days: []}", "17:5 rule-dead"
    ),
    "grant of numbers to everybody": (
        GRANTS, BATCH, BATCH.replace("callers: [batch]", "signed_in: true").replace("digest", "show"),
        "16:5 reveals-to-everyone"
    ),
    "grant twice": (GRANTS, "id: batch", "id: clerks", "12:5 duplicate"),
    "key that is no hash": (CALLERS, "0001\n", "000g\n", "7:17 wrong-form"),
    "key that is shown and signed with": (
        CALLERS, "0001\n", "0001\n        hmac: 5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a\n", "6:9 wrong-form"
    ),
    "session of an operation that is not there": (
        SYSTEM, "identity:\n", SESSION.format(login="POST /login", logout="POST /people"), "9:5 unknown-operation"
    ),
    "session that ends by what is not there": (
        SYSTEM, "identity:\n", SESSION.format(login="POST /people", logout="POST /logout"), "11:5 unknown-operation"
    ),
    "session that begins as it ends": (
        SYSTEM, "identity:\n", SESSION.format(login="POST /people", logout="POST /people"), "11:5 duplicate"
    ),
    "session that says nothing": (
        SYSTEM, "identity:\n", SESSION.format(login="GET /people.csv", logout="POST /people"), "9:5 session-unknown"
    ),
    "issuer without keys": (SYSTEM, "      keys: idp.json\n", "", "9:7 missing-key"),
    "issuer with keys from two places": (
        SYSTEM, "keys: idp.json\n", "keys: idp.json\n      jwks_uri: https://id.example/keys\n", "12:7 wrong-form"
    ),
    "key of a certificate from nobody": (
        CALLERS, "sha256: " + "0" * 63 + "1", "certificate: uri:urn:example:batch", "6:9 missing-key"
    ),
    "key of a certificate twice": (
        CALLERS,
        "        until: 2027-06-30\n  - id: window-7",
        "        until: 2027-06-30\n" + CERTIFICATE.format("a") + CERTIFICATE.format("b") + "  - id: window-7",
        "13:9 duplicate",
    ),
    "authority of a key that needs none": (CALLERS, "0001\n", "0001\n        authority: a\n", "8:9 unknown-key"),
    "certificates of nobody": (SYSTEM, "identity:\n", "identity:\n  certificates: {}\n", "7:17 missing-key"),
    "certificate for a system that is asked in clear": (
        SYSTEM, "state: enforcing\n", "state: enforcing\nupstream_tls: {http2: true}\n", "6:1 tls-in-clear"
    ),
    "front proxy from anywhere": (SYSTEM, "identity:\n", front_proxies("0.0.0.0/0"), "8:20 out-of-range"),
    "front proxy from nowhere": (SYSTEM, "identity:\n", front_proxies(""), "8:20 empty"),
    "front proxy twice": (SYSTEM, "identity:\n", front_proxies("10.0.0.5/32", "10.0.0.6/32"), "9:7 duplicate"),
    "key that is neither": (CALLERS, "        sha256: " + "0" * 63 + "1\n", "", "6:9 missing-key"),
    "salt that is none": (CALLERS, "sha256: " + "0" * 63 + "1", "hmac: secret", "7:15 wrong-form"),
    "key twice": (CALLERS, "id: K-2", "id: K-1", "14:9 duplicate"),
    "same key for two": (CALLERS, "0002\n", "0001\n", "14:9 duplicate"),
    "citizen with a key": (CALLERS, "kind: terminal", "kind: citizen", "9:5 citizen-with-key"),
    "unknown category in a record": (SYSTEM, "name: person_name", "name: person", "19:13 unknown-category"),
    "file that could be a list": (
        SYSTEM, "      city: public", "      city: {category: public, files: {types: [text/csv], most_kib: 9}}",
        "22:40 file-type",
    ),
    "unknown record": (SYSTEM, "home: {record: home}", "home: {record: house}", "24:13 unknown-record"),
    "record in itself": (SYSTEM, "street: public", "street: {record: person}", "27:15 record-in-itself"),
    "records in records without an end": (SYSTEM, "records:\n", "records:\n" + CHAIN, "28:21 record-too-large"),
    "records in records, the last one first": (
        SYSTEM, "records:\n", "records:\n" + UPSIDE_DOWN, "29:3 record-too-large"
    ),
    "record that grows with each that is within": (SYSTEM, "records:\n", "records:\n" + TREE, "13:3 record-too-large"),
    "subject that is no field": (SYSTEM, "subject: id_no", "subject: id_number", "14:5 unknown-field"),
    "unknown pack": (SYSTEM, "records:", "pack: nothing\nrecords:", "1:1 unknown-pack"),
    "missing variable of a pack": (SYSTEM, "records:", "pack: datasette\nrecords:", "1:1 missing-variable"),
    "stray label": (SYSTEM, " id: public", " id: {category: public, label: mobile}", "18:11 label-without-labels"),
    "facet of persons": (SYSTEM, "facets: [city]", "facets: [name]", "16:5 personal-facet"),
    "facet that is no field": (SYSTEM, "facets: [city]", "facets: [town]", "16:5 unknown-field"),
    "operation that is none": (SYSTEM, "on: GET /people/{id}", "on: FETCH /people/{id}", "49:9 wrong-form"),
    "operation twice": (SYSTEM, "on: GET /people/{id}", "on: GET /people", "1:1 operation-twice"),
    "operator without a list": (SYSTEM, "operators: [startswith, gt]\n", "", "35:7 operator-without-list"),
    "filter without a field": (SYSTEM, '"{field}": filter', "name: filter", "36:7 filter-without-field"),
    "parameter of an unknown kind": (SYSTEM, "page: any", "page: free", "32:13 unknown-choice"),
    "pointer that is none": (SYSTEM, "/total: public", "total: public", "41:9 wrong-form"),
    "pointer deeper than JSON is read": (SYSTEM, "/total: public", f"{'/a' * 65}: public", "41:9 wrong-form"),
    "path in a path": (SYSTEM, "/total: public", "/items/*/id: public", "41:9 path-in-path"),
    "element without a field": (SYSTEM, '"col-{field}"', '"col"', "46:13 element-without-field"),
    "operation that nobody may call": (SYSTEM, "static: true", "static: true\n    allow: []", "58:5 empty"),
    "static with answers": (SYSTEM, "static: true", "static: true\n    answers: {text: x}", "56:5 static-with-answers"),
    "missing keys of an issuer": (SYSTEM, "keys: idp.json", "keys: other.json", "9:7 missing-keys"),
    "host twice": (SYSTEM, "hosts: [people.localhost]", "hosts: [a.localhost, a.localhost]", "3:22 duplicate"),
    "upstream that is no address": (SYSTEM, "http://127.0.0.1:9", "127.0.0.1:9", "4:11 wrong-form"),
    "upstream with a port beyond all ports": (SYSTEM, "127.0.0.1:9", "127.0.0.1:99999", "4:11 wrong-form"),
    "upstream with two ports": (SYSTEM, "127.0.0.1:9", "127.0.0.1:9:9", "4:11 wrong-form"),
    "upstream with a bracket left open": (SYSTEM, "127.0.0.1:9", "[::1", "4:11 wrong-form"),
    "upstream without a host": (SYSTEM, "127.0.0.1:9", ":9", "4:11 wrong-form"),
    "issuer twice": (SYSTEM, "  jwt:\n", "  jwt:\n" + ISSUER, "13:7 duplicate"),
    "alias": (SYSTEM, "title: {zh: 人员库", "title: &t {zh: 人员库", "2:8 alias"),
    "tag": (SYSTEM, "state: enforcing", "state: !!python/name:os.system enforcing", "5:8 tag"),
    "two documents": (SYSTEM, "operations:", "---\noperations:", "29:1 two-documents"),
    "not YAML": (SYSTEM, "hosts: [people.localhost]", "hosts: [people.localhost", "4:9 not-yaml"),
    "tab": (SYSTEM, "  person:", "\tperson:", "13:1 not-yaml"),
    "category with a name that no field could name": (CATALOGUE, "  mobile:", "  Mobile:", "11:3 wrong-form"),
    "transform with two parts": (CATALOGUE, "mask: redact", "mask: {replace: x, keep: {last: 1}}", "19:11 wrong-form"),
    "grant of a transform that is none": (GRANTS, "person_name: show", "person_name: shown", "7:20 unknown-transform"),
    "post twice": (GRANTS, "posts: [clerk]", "posts: [clerk, clerk]", "3:26 duplicate"),
    "caller twice": (CALLERS, "- id: window-7", "- id: batch", "9:5 duplicate"),
    "key with a date that is none": (CALLERS, "until: 2027-06-30\n", "until: next year\n", "8:16 wrong-form"),
    "unknown parameter set": (SYSTEM, "static: true", "parameters: pages", "57:17 unknown-parameter-set"),
    "unknown variable of a pack": (
        SYSTEM, "records:", "pack: datasette\nwith: {database: x, databse: y}\nrecords:", "1:1 unknown-variable"
    ),
    "record in an operation that is none": (SYSTEM, "csv: person\n", "csv: persons\n", "1:1 unknown-record"),
    "category at a path that is none": (SYSTEM, "/total: public", "/total: total", "41:9 unknown-category"),
    "page that is neither": (SYSTEM, "static: true", "answers: {html: all}", "57:21 unknown-choice"),
    "body of an unknown format": (SYSTEM, "      text: scan", "      rtf: scan", "48:7 unknown-key"),
    "header with a capital": (SYSTEM, "    static: true", "    static: true\n    headers: [ETag]", "58:15 wrong-form"),
    "pattern of many readings": (SYSTEM, '"{field}__{op}": filter', '"{field}{op}": filter', "35:7 ambiguous-template"),
    "pattern with the field twice": (SYSTEM, '"col-{field}"', '"{field}-{field}"', "46:27 ambiguous-template"),
    "pattern of many words": (SYSTEM, "page: any", '"{any}_{any}_{any}": any', "32:7 ambiguous-template"),
    "pattern with an unknown placeholder": (SYSTEM, '"col-{field}"', '"col-{fild}"', "46:27 unknown-placeholder"),
    "path of many readings": (SYSTEM, "GET /people/{id}", "GET /people/{a}-{b}", "49:5 ambiguous-template"),
    "path with two rests": (SYSTEM, "/files/{name*}", "/files/{a*}/{b*}", "56:5 ambiguous-template"),
    "path that takes every path": (SYSTEM, "/files/{name*}", "/{all*}", "56:5 takes-every-path"),
    "path that takes every path of two parts": (SYSTEM, "/files/{name*}", "/{a}/{all*}", "56:5 takes-every-path"),
    "path that takes every path, to write": (SYSTEM, "POST /people", "POST /{all*}", "51:5 takes-every-path"),
    "page that takes every path": (
        SYSTEM, "GET /files/{name*}\n    static: true", "GET /{all*}\n    answers: {html: scan}",
        "56:5 takes-every-path"
    ),
    "path with a stray brace": (SYSTEM, "GET /people/{id}", "GET /people/{id", "49:5 unknown-placeholder"),
    "what is always sent, as a list": (SYSTEM, 'always: {plain: "1"}', "always: [plain]", "65:13 wrong-form"),
    "secret among the keys": (JWKS, '"kty": "EC"', '"kty": "EC", "d": "x"', "systems/people.yaml 9:7 secret-in-keys"),
    "symmetric key": (JWKS, '"kty": "EC"', '"kty": "oct"', "systems/people.yaml 9:7 secret-in-keys"),
    "keys that are none": (JWKS, '{"keys"', '{"key"', "systems/people.yaml 9:7 bad-keys"),
    "keys that are no JSON": (JWKS, None, "{", "systems/people.yaml 9:7 bad-keys"),
    "keys nested too deeply": (JWKS, None, '{"keys": ' + "[" * 100_000, "systems/people.yaml 9:7 bad-keys"),
    "host of another system": (SECOND, None, ANOTHER, "1:1 host-twice"),
    "system twice": (SECOND, None, ANOTHER.replace("system: other", "system: people"), "1:1 duplicate"),
    "pack twice": ("packs/mine.yaml", None, "pack: datasette\noperations: []\n", "1:1 duplicate"),
    "alias that explodes": (GRANTS, None, BOMB, "1:4 alias"),
    "empty file": (GRANTS, None, "", "1:1 empty"),
    "file of comments": (GRANTS, None, "# grants\n", "1:1 empty"),
    "list in place of a mapping": (GRANTS, None, "- x\n", "1:1 wrong-form"),
    "not text": (GRANTS, None, "grants: \0", "1:1 not-yaml"),
    "too deep": (GRANTS, None, "grants: " + "[" * 100 + "]" * 100, "1:41 not-yaml"),
}  # fmt: skip
