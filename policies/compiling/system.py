"""From a policy to the program of one system.

The order of the stages matters: records have their shapes before operations refer to them, and operations are sorted
last, most specific first, so that a worker takes the first that fits.
"""

import re
from collections.abc import Iterable

from msgspec.structs import replace

from policies.compiling.expand import operations_of
from policies.compiling.grants import grants_of, keys_of, limits_of, reveals_of
from policies.compiling.shapes import ShapeMaker, pattern_of
from policies.findings import Finding, Findings, PolicyError
from policies.operations import About, Bodies, Operation, Parameter, Socket
from policies.policy import Policy, System
from policies.policy_callers import JwtIssuer
from policies.program import (
    KEY_PATTERN,
    SEGMENT,
    SEGMENTS,
    LabelShape,
    OperationRule,
    ParameterRule,
    Program,
    SocketRule,
    UpstreamTlsRule,
)
from policies.program_callers import (
    CertificatesRule,
    FrontProxyRule,
    HeaderRule,
    IssuerRule,
    SessionRule,
    SourceRule,
)
from policies.program_shapes import Shapes
from policies.spelling import Spelling

KEY_IN_PATH = "{key}"
"""In a path: what the system finds one record by."""
_VARIABLE = re.compile(r"\{(\w+)(\*?)\}")
_WORDS = re.compile(r"[\w.-]+")
_PARTS = re.compile(r"[^\W_]+")


def compile_system(policy: Policy, system: System, jwks: dict[str, str]) -> Program:
    """The program of *system*. *jwks* holds the text of each key file. Raises PolicyError with every finding."""
    findings = Findings()
    program = compile_with(policy, system, jwks, findings)
    if findings.errors:
        raise PolicyError(findings.errors)
    return program


def compile_with(policy: Policy, system: System, jwks: dict[str, str], findings: Findings) -> Program:
    """The program of *system* as far as it can be had; what stands in the way is added to *findings*."""
    shapes = ShapeMaker(system, policy, findings)
    declared = operations_of(system, policy.packs, findings)
    keyed = _keyed(declared)
    operations = [_operation(operation, system, shapes, keyed) for operation in declared]
    pack = policy.packs.get(system.pack or "")
    errors = shapes.bodies(pack.errors if pack and system.errors == Bodies() else system.errors)
    return Program(
        system=system.name,
        title_zh=system.title.zh,
        title_en=system.title.en,
        hosts=system.hosts,
        upstream=system.upstream,
        timeout_s=system.timeout_s,
        state=system.state,
        operations=_most_specific_first(operations, system, findings),
        errors=errors,
        fields=tuple(shapes.fields),
        grants=grants_of(policy, system),
        reveals=reveals_of(policy, system, shapes.fields),
        limits=limits_of(policy, system),
        keys=keys_of(policy, system),
        labels=LabelShape(shapes.labels.json, shapes.labels.html),
        issuers=tuple(
            IssuerRule(
                issuer=issuer.issuer,
                audience=issuer.audience,
                jwks=jwks.get(issuer.keys, ""),
                posts_claim=issuer.posts_claim,
                kind=issuer.kind,
                attribute_claims=issuer.attribute_claims,
                acting_for=issuer.acting_for,
                acting_basis=issuer.acting_basis,
                source=_source(issuer),
                skew_s=issuer.skew_s,
            )
            for issuer in system.jwt
        ),
        record_keys=shapes.record_keys(),
        spelling=system.key_spelling or (pack.key_spelling if pack is not None else None) or Spelling.PLAIN,
        harms={
            name: policy.categories[name].harm
            for name in sorted({field.category for field in shapes.fields} & policy.categories.keys())
            if policy.categories[name].harm
        },
        key_callers=tuple(caller.id for caller in policy.callers),
        transforms=policy.transforms,
        front_proxies=tuple(
            FrontProxyRule(
                id=front.id,
                networks=front.networks,
                sha256=front.sha256,
                until=front.until.timestamp(),
                kind=front.kind,
                purposes=front.purposes,
            )
            for front in system.front_proxies
        ),
        identity_header=_identity_header(system),
        certificates=(
            CertificatesRule(system.certificates.authority, system.certificates.required)
            if system.certificates is not None
            else None
        ),
        upstream_tls=UpstreamTlsRule(
            authority=system.upstream_tls.authority,
            certificate=system.upstream_tls.certificate,
            server_name=system.upstream_tls.server_name,
            http2=system.upstream_tls.http2,
        ),
        session=_session(system),
        trace_context=system.trace_context,
    )


def _source(issuer: JwtIssuer) -> SourceRule | None:
    source = issuer.source
    if source is None:
        return None
    return SourceRule(source.address, source.is_discovery, source.refresh_s, source.overlap_s)


def _session(system: System) -> SessionRule | None:
    session = system.session
    if session is None:
        return None
    return SessionRule(
        cookie=session.cookie,
        login=session.login,
        subject=session.subject,
        subject_cookie=session.subject_cookie,
        posts=session.posts,
        logout=session.logout,
        purposes=session.purposes,
        kind=session.kind,
        minutes=session.minutes,
        introspect=session.introspect,
        again_s=60 * session.again_minutes,
    )


def _identity_header(system: System) -> HeaderRule | None:
    header = system.identity_header
    if header is None:
        return None
    return HeaderRule(
        name=header.name.lower(),
        audience=header.audience,
        anonymous=header.anonymous,
        names_citizens=header.names_citizens,
    )


def _keyed(operations: Iterable[Operation]) -> dict[str, set[str]]:
    """By each path with a key in it: the records that it may name, whatever is done with them."""
    said: dict[str, set[str]] = {}
    held: dict[str, set[str]] = {}
    for operation in operations:
        if KEY_IN_PATH in operation.path:
            said.setdefault(operation.path, set()).update({operation.key_of} - {""})
            held.setdefault(operation.path, set()).update(records_in(operation.answers) | records_in(operation.body))
    return {path: said[path] or held[path] for path in said}


def _operation(operation: Operation, system: System, shapes: ShapeMaker, keyed: dict[str, set[str]]) -> OperationRule:
    records = [system.records[name] for name in sorted(records_in(operation.answers) & system.records.keys())]
    fields: dict[str, tuple[int, ...]] = {}
    for record in records:
        for name in record.fields:
            fields[name] = fields.get(name, ()) + shapes.indexes_of(record.name, name)
    searched = tuple(
        index for record in records for name in record.search for index in shapes.indexes_of(record.name, name)
    )
    own = {operation.key_of} - {""} or records_in(operation.answers) | records_in(operation.body)
    named = sorted(keyed.get(operation.path, own))
    if operation.key_of:
        shapes.record(operation.key_of, operation.at)
    key = tuple(index for name in named or [operation.record] for index in shapes.key_of(name))
    return OperationRule(
        id=f"{operation.method} {operation.path}",
        method=operation.method,
        path=_path_pattern(operation.path),
        allow=operation.allow,
        refuse_zh=operation.refuse.zh if operation.refuse else "",
        refuse_en=operation.refuse.en if operation.refuse else "",
        parameters=tuple(_parameter(rule, searched, key) for rule in _literal_first(operation.parameters)),
        fields=fields,
        facets=tuple(name for record in records for name in record.facets),
        subjects=tuple(record.subject for record in records if record.subject),
        answers=_held(shapes.bodies(operation.answers), operation.largest_mib),
        body=shapes.bodies(operation.body),
        static=operation.static,
        headers=operation.headers,
        rule=str(operation.at),
        always=operation.always,
        asked=key if KEY_IN_PATH in operation.path else (),
        key_headers=operation.key_headers,
        key=key,
        record=",".join(named),
        key_fields={field.name: field.key_of for record in records for field in record.fields.values() if field.key_of},
        export=operation.export,
        mark=operation.mark,
        vocabulary=_vocabulary(operation, fields),
        websocket=None if operation.websocket is None else _socket(operation.websocket),
        prose=operation.prose,
    )


def _socket(socket: Socket) -> SocketRule:
    return SocketRule(socket.subprotocols, socket.idle_s, socket.largest_kib * 1024)


def _held(shapes: Shapes, largest_mib: int) -> Shapes:
    """*shapes* where what is held until its end is withheld above *largest_mib*."""
    if shapes.html is not None:
        shapes = replace(shapes, html=replace(shapes.html, largest_mib=largest_mib))
    if shapes.documents is not None:
        shapes = replace(shapes, documents=replace(shapes.documents, largest_mib=largest_mib))
    return shapes


def _vocabulary(operation: Operation, fields: Iterable[str]) -> tuple[str, ...]:
    """What the declaration itself says: in the path, of parameters and fields, and the words of their values."""
    said = [operation.path, *operation.words, *fields]
    for rule in operation.parameters:
        said += [rule.name, *rule.operators]
    for name, value in operation.always:
        said += [name, value]
    text = _VARIABLE.sub("/", "\n".join(said)).lower()  # no word goes beyond the end of a line
    return tuple(sorted({*_WORDS.findall(text), *_PARTS.findall(text)}))


def records_in(bodies: Bodies) -> set[str]:
    """The records that *bodies* hold."""
    found = {target.record for target in bodies.targets} | {bodies.csv or ""}
    if bodies.html is not None and bodies.html.record:
        found.add(bodies.html.record)
    if bodies.documents is not None:
        found.add(bodies.documents.record)
    return found - {""}


def _parameter(rule: Parameter, searched: tuple[int, ...], key: tuple[int, ...]) -> ParameterRule:
    return ParameterRule(
        pattern=pattern_of(rule.name, field_chars=r"\w+?", operators=rule.operators),
        about=rule.about,
        fields={About.SEARCH: searched, About.KEY: key}.get(rule.about, ()),
        values=rule.values,
        reason_zh=rule.reason.zh if rule.reason else "",
        reason_en=rule.reason.en if rule.reason else "",
    )


def _literal_first(parameters: tuple[Parameter, ...]) -> list[Parameter]:
    return sorted(parameters, key=lambda rule: ("{" in rule.name, -len(rule.name)))


def _path_pattern(template: str) -> str:
    pieces = _VARIABLE.split(template)
    texts, names, stars = pieces[::3], pieces[1::3], pieces[2::3]
    groups = [
        SEGMENTS if star else KEY_PATTERN if f"{{{name}}}" == KEY_IN_PATH else SEGMENT
        for name, star in zip(names, stars, strict=True)
    ]
    return "".join(re.escape(text) + group for text, group in zip(texts, [*groups, ""], strict=True))


def _most_specific_first(
    operations: list[OperationRule], system: System, findings: Findings
) -> tuple[OperationRule, ...]:
    seen: dict[tuple[str, str], OperationRule] = {}
    for operation in operations:
        shape = (operation.method, operation.path)
        if shape in seen:
            message = f"`{operation.id}` is declared twice: at {seen[shape].rule} and at {operation.rule}"
            findings.add(
                Finding(
                    system.at,
                    "operation-twice",
                    message,
                    about=f"`{operation.id}`，在 {seen[shape].rule} 和 {operation.rule}",
                )
            )
        seen[shape] = operation

    def rank(operation: OperationRule) -> tuple[int, int, int, str]:
        path = operation.id.split(" ", 1)[1]
        variables = _VARIABLE.findall(path)
        return (sum(1 for _, star in variables if star), len(variables), -len(_VARIABLE.sub("", path)), operation.id)

    return tuple(sorted(operations, key=rank))
