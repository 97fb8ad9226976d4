"""A system like the good one that answers in more formats than that: what they hold is declared here."""

from pathlib import Path

from tests.gateway import GOOD, declare

OPERATIONS = """
  - on: GET /export
    answers:
      csv: person
      ndjson: person
  - on: GET /download
    export: true
    parameters: {page: any}
    answers: {csv: person, json: person, text: scan}
  - on: GET /marked
    export: true
    mark: {csv: column, html: footer, json: _mark, xml: comment}
    answers:
      csv: person
      json: person
      ndjson: person
      html: scan
      xml: {paths: {/people/person: {record: person}}}
    headers: [content-disposition]
  - on: GET /named
    mark: {}
    answers: {csv: person}
    headers: [content-disposition]
  - on: GET /parts
    answers: {multipart: true, csv: person, json: person, html: scan, xml: {paths: {/person: {record: person}}}}
  - on: GET /feed
    answers: {events: {data: {message: {json: person}}}}
  - on: GET /document
    largest_mib: 2
    answers: {documents: {formats: [xlsx, docx, pdf, png, zip], record: person}, csv: person}
  - on: GET /package
    answers:
      documents: {formats: [xlsx, zip, ofd], signed: unsigned-copy}
      csv: person
      json: person
      ndjson: person
      text: scan
      html: scan
      xml: {paths: {/people/person: {record: person}}}
  - on: GET /desk/{name*}
    static: true
    allow: [clerk]
  - on: GET /large
    largest_mib: 8
    answers: {html: scan}
  - on: GET /pages
    answers:
      ndjson: {/total: public, "/items/*": {record: person}}
  - on: GET /report
    answers:
      xml:
        paths:
          /people/person: {record: person}
          /people/total: public
          /people/@of: public
          /people/notes/note: scan
  - on: GET /soap
    answers:
      xml:
        namespaces: {s: "http://schemas.xmlsoap.org/soap/envelope/", p: "urn:people"}
        paths: {"/s:Envelope/s:Body/p:people/p:person": {record: person}, "/s:Envelope/s:Body/p:people/@p:of": public}
  - on: GET /person
    answers:
      xml: {paths: {/person: {record: person}}}
  - on: GET /signed
    answers:
      xml: {signed: unsigned-copy, paths: {/people/person: {record: person}}}
"""


def declared(folder: Path) -> Path:
    """The good policy with `OPERATIONS`, in *folder*."""
    declare(folder, GOOD)
    return with_operations(folder)


def with_operations(folder: Path) -> Path:
    """The policy in *folder*, which is like the good one, with `OPERATIONS`."""
    system = folder / "systems" / "people.yaml"
    text = system.read_text("utf-8")
    assert "\nerrors:" in text
    system.write_text(text.replace("\nerrors:", f"{OPERATIONS}errors:", 1), "utf-8")
    return folder
