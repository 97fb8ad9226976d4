"""Writes the draft of a system as its YAML file, with what was counted beside every line."""

import json
from collections.abc import Iterator

from policies.learning.discover import Draft, DraftOperation, DraftRecord
from policies.learning.inventory import FieldNote
from policies.learning.judge import described
from policies.policy import System
from policies.policy_callers import JwtIssuer

_GUESSED_LABEL = ("person_name", "free_text")


def text_of(draft: Draft, system: System, categories: frozenset[str]) -> str:
    """The file of *system* as *draft* has it: where it is and who may sign in is as it was declared."""
    return "\n".join(_lines(draft, system, categories)) + "\n"


def _lines(draft: Draft, system: System, categories: frozenset[str]) -> Iterator[str]:
    yield "# yaml-language-server: $schema=../schema/system.schema.json"
    yield f"# 草案，据登记期间的 {draft.seen:,} 次请求写成；没有把握的字段没有声明，因此会遮盖。"
    yield f"# A draft, from {draft.seen:,} requests. What is in doubt is not declared, and hence masked."
    if draft.left_out:
        yield f"# 另有 {draft.left_out:,} 项没有记下 / as many were left out for want of room"
    yield f"system: {system.name}"
    yield f"title: {{zh: {_quoted(system.title.zh)}, en: {_quoted(system.title.en)}}}"
    yield f"hosts: [{', '.join(system.hosts)}]"
    yield f"upstream: {system.upstream}"
    tls = {
        "authority": system.upstream_tls.authority,
        "certificate": system.upstream_tls.certificate,
        "server_name": system.upstream_tls.server_name,
        "http2": "true" if system.upstream_tls.http2 else "",
    }
    if any(tls.values()):
        yield f"upstream_tls: {{{', '.join(f'{key}: {value}' for key, value in tls.items() if value)}}}"
    yield f"timeout_s: {system.timeout_s}"
    yield "state: enforcing"
    yield ""
    yield "identity:"
    yield f"  api_keys: {'true' if system.api_keys else 'false'}"
    if system.signed_requests:
        yield "  signed_requests: true"
    if system.certificates is not None:
        required = "true" if system.certificates.required else "false"
        yield f"  certificates: {{authority: {system.certificates.authority}, required: {required}}}"
    if system.front_proxies:
        yield "  front_proxies:"
    for front in system.front_proxies:
        yield f"    - id: {front.id}"
        yield f"      networks: [{', '.join(map(_quoted, front.networks))}]"
        yield f"      sha256: {_quoted(front.sha256)}"
        yield f"      purposes: [{', '.join(front.purposes)}]"
        yield f"      kind: {front.kind}"
        yield f"      until: {front.until.isoformat()}"
    if system.identity_header:
        header = system.identity_header
        yield "  header:"
        yield f"    name: {header.name}"
        yield f"    audience: {_quoted(header.audience)}"
        yield f"    anonymous: {'true' if header.anonymous else 'false'}"
        yield f"    citizens: {'as-said' if header.names_citizens else 'digest'}"
    if system.session:
        session = system.session
        yield "  session:"
        yield f"    cookie: {session.cookie}"
        yield f"    login: {_quoted(session.login)}"
        for key in ("subject", "subject_cookie", "posts"):
            if value := getattr(session, key):
                yield f"    {key}: {_quoted(value)}"
        yield f"    logout: [{', '.join(map(_quoted, session.logout))}]"
        yield f"    purposes: [{', '.join(session.purposes)}]"
        yield f"    kind: {session.kind}"
        yield f"    minutes: {session.minutes}"
    if system.jwt:
        yield "  jwt:"
    for issuer in system.jwt:
        yield f"    - issuer: {issuer.issuer}"
        yield f"      audience: {issuer.audience}"
        yield from _keys_of(issuer)
        yield f"      posts_claim: {_quoted(issuer.posts_claim)}"
        if issuer.attribute_claims:
            yield f"      attribute_claims: [{', '.join(map(_quoted, issuer.attribute_claims))}]"
        if issuer.acting_for:
            yield f"      acting: {{for: {_quoted(issuer.acting_for)}, basis: {_quoted(issuer.acting_basis)}}}"
        yield f"      kind: {issuer.kind}"
    if draft.pack:
        guess = next((name for name in _GUESSED_LABEL if name in categories), "scan")
        variables = {**draft.variables, **dict.fromkeys(draft.unbound, guess)}
        yield ""
        yield f"pack: {draft.pack}"
        if draft.unbound:
            yield f"# 请确认 / please confirm: {', '.join(draft.unbound)}"
        yield f"with: {{{', '.join(f'{name}: {value}' for name, value in variables.items())}}}"
    if draft.records:
        yield ""
        yield "records:"
    for record in draft.records.values():
        yield from _record(record)
    if draft.operations:
        yield ""
        yield "operations:"
    for operation in draft.operations:
        yield from _operation(operation)


def _keys_of(issuer: JwtIssuer) -> Iterator[str]:
    source = issuer.source
    if source is None:
        yield f"      keys: {issuer.keys}"
    else:
        yield f"      {'discovery' if source.is_discovery else 'jwks_uri'}: {_quoted(source.address)}"
        yield f"      refresh_minutes: {source.refresh_s // 60}"
        yield f"      overlap_minutes: {source.overlap_s // 60}"
    yield f"      clock_skew_s: {issuer.skew_s}"


def _record(record: DraftRecord) -> Iterator[str]:
    yield f"  {record.name}:"
    if record.subject:
        yield f"    subject: {_quoted(record.subject)}"
    elif any(judged.category for judged in record.judged.values()):
        yield "    # subject: 哪个字段标明是谁 / which field says whom it is about"
    if record.key:
        yield f"    key: [{', '.join(map(_quoted, record.key))}]"
    declared = {name: judged for name, judged in record.judged.items() if judged.category}
    yield "    fields:" if declared else "    fields: {}"
    for name, judged in record.judged.items():
        note = record.fields[name]
        if judged.category:
            yield f"      {_quoted(name)}: {judged.category}  # {judged.confidence}; {_counts(note)}"
        else:
            seems = f"像 / like {judged.seems}，没有这个种类 / no such category; " if judged.seems else ""
            yield f"      # {_quoted(name)}: public  # {seems}{_counts(note)}; {described(note)}"


def _operation(operation: DraftOperation) -> Iterator[str]:
    yield f"  - on: {_quoted(operation.name)}  # {operation.count:,}"
    if operation.parameters:
        yield "    parameters:"
        for name, about in operation.parameters.items():
            yield f"      {_quoted(name)}: {about}"
    if not (operation.json or operation.html or operation.csv):
        yield "    refuse: {zh: 尚未声明, en: not declared yet}"
        yield from _unsure(operation, "    ")
        return
    yield "    answers:"
    if operation.json:
        yield "      json:"
        for pointer, what in operation.json.items():
            yield f"        {_quoted(pointer)}: {_target(operation, pointer, what)}"
        yield from _unsure(operation, "        ")
    if operation.html:
        yield "      html:"
        yield f"        record: {operation.html}"
        if operation.controls:
            yield '        controls: "{field}"'
        if operation.elements:
            yield "        elements:"
            for element, prefix in operation.elements:
                yield f"          - {{element: {element}, class: {_quoted(prefix + '{field}')}}}"
    if operation.csv:
        yield f"      csv: {operation.csv}"


def _target(operation: DraftOperation, pointer: str, what: str) -> str:
    if not what.startswith("@"):
        return what
    columns = operation.columns.get(pointer)
    return f"{{record: {what[1:]}{f', columns: {_quoted(columns)}' if columns else ''}}}"


def _unsure(operation: DraftOperation, indent: str) -> Iterator[str]:
    for pointer, note in operation.unsure.items():
        yield f"{indent}# {_quoted(pointer)}: public  # {_counts(note)}; {described(note)}"


def _counts(note: FieldNote) -> str:
    found = {name: note.found.get(name, 0) + note.within.get(name, 0) for name in {*note.found, *note.within}}
    said = [f"{note.count:,} 个值 / values", *(f"{name} {number:,}" for name, number in sorted(found.items()))]
    return ", ".join(said)


def _quoted(text: str) -> str:
    plain = text.replace("_", "").replace("-", "").isalnum() and text.isascii() and not text[0].isdigit()
    is_word = text.lower() not in ("on", "off", "yes", "no", "true", "false", "null", "y", "n")
    return text if plain and is_word else json.dumps(text, ensure_ascii=False)
