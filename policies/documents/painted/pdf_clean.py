"""Makes a PDF that holds nothing but what its pages draw: one opinion of a file that readers may read differently.

What is not on a list here is not in the copy: metadata, bookmarks, links, scripts, actions, tags, earlier revisions.
Forms and annotations become part of the drawing. All who read afterwards read the copy.
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream

from policies.documents.painted.jpeg_parts import only_picture
from policies.documents.painted.pdf_content import DEEPEST, Doubts, respelled, tells_by_its_name
from policies.documents.painted.pdf_refused import check, remove_seals
from policies.documents.painted.pdf_strings import remove_strings
from policies.documents.painted.wire import Limits
from policies.formats.masker import Withheld

MOST_OPERATORS = 40_000_000
"""Of all pages."""
_PAGE = ("/Type", "/MediaBox", "/CropBox", "/Rotate", "/Group")
_FORM = ("/Type", "/Subtype", "/FormType", "/BBox", "/Matrix", "/Group", "/Resources")
_GROUP = ("/S", "/CS", "/I", "/K", "/Type")
_IMAGE = (
    "/Type /Subtype /Width /Height /ColorSpace /BitsPerComponent /Decode /DecodeParms /Filter /ImageMask /Mask /SMask"
    " /Interpolate /Intent /Matte"
).split()
_STATE = "/Type /LW /LC /LJ /ML /D /RI /OP /op /OPM /SA /BM /CA /ca /AIS /TK /SMask".split()
_KEPT_FILTERS = frozenset({"/FlateDecode", "/DCTDecode", "/CCITTFaxDecode", "/RunLengthDecode", "/LZWDecode"})
_PLAIN_SPACES = {1: "/DeviceGray", 3: "/DeviceRGB", 4: "/DeviceCMYK"}
_FONT = (
    "/Type /Subtype /BaseFont /FirstChar /LastChar /Widths /FontDescriptor /Encoding /ToUnicode /DescendantFonts"
    " /CIDSystemInfo /DW /W /DW2 /W2 /CIDToGIDMap"
).split()
_LETTERS = (*_FONT, "/FontBBox", "/FontMatrix", "/CharProcs")
_FONT_FILE = ("/Length1", "/Length2", "/Length3", "/Subtype", "/Filter", "/DecodeParms")


@dataclass(slots=True)
class Clean:
    """The copy, and what was noted of each of its pages."""

    data: bytes
    pages: list[Doubts]
    signatures: int = 0
    """How many it is without that were there."""


def cleaned(data: bytes, limits: Limits) -> Clean:
    """A copy of the PDF in *data*. Raises Withheld, PdfError."""
    try:
        # What is damaged is not repaired: where a part is missing, another reader may show what this one did not see.
        source = pikepdf.open(io.BytesIO(data), suppress_warnings=True, attempt_recovery=False)
    except pikepdf.PasswordError:
        raise Withheld("document_encrypted") from None
    with source, pikepdf.Pdf.new() as copy:
        if not 0 < len(source.pages) <= limits.pages:
            raise Withheld("too_large_to_mask" if len(source.pages) else "document_malformed")
        if signatures := check(source, unsigned_copy=limits.unsigned_copy):
            remove_seals(source)
        source.generate_appearance_streams()
        source.flatten_annotations("all")
        cleaner = _Cleaner(source)
        pages = []
        for page in source.pages:
            pages.append(cleaner.page(page))
            copy.pages.append(page)
        remove_strings(copy)
        written = io.BytesIO()
        copy.save(written, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
        return Clean(written.getvalue(), pages, signatures)


class _Cleaner:
    def __init__(self, source: pikepdf.Pdf) -> None:
        self._source = source
        self._images: dict[tuple[int, int], Doubts] = {}
        self._forms: dict[tuple[int, int], Doubts] = {}
        self._fonts: dict[tuple[int, int], Doubts] = {}
        self._operators = 0

    def page(self, page: pikepdf.Page) -> Doubts:
        """Leave nothing in *page* but what it draws; what is to be noted of it."""
        doubts = Doubts()
        drawing, used = respelled(page, doubts, self._count)
        resources = page.obj.get("/Resources", Dictionary())
        _keep(page.obj, _PAGE)
        if "/Group" in page.obj:
            _keep_group(page.obj)
        page.obj.Resources = self._resources(resources, used.names, doubts, 0)
        page.obj.Contents = self._source.make_stream(drawing)
        return doubts

    def _count(self, operators: int) -> None:
        self._operators += operators
        if self._operators > MOST_OPERATORS:
            raise Withheld("too_large_to_mask")

    def _resources(self, given: Object, used: dict[str, set[str]], doubts: Doubts, depth: int) -> Dictionary:
        kept = Dictionary()
        for kind, names in used.items():
            there = given.get(kind, Dictionary())
            found = {name: there[name] for name in sorted(names) if isinstance(there, Dictionary) and name in there}
            entries = Dictionary()
            for name, resource in found.items():
                if (clean := self._resource(kind, resource, given, doubts, depth)) is not None:
                    entries[name] = clean
            if len(entries):
                kept[kind] = entries
        return kept

    def _resource(self, kind: str, resource: Object, around: Object, doubts: Doubts, depth: int) -> Object | None:
        match kind:
            case "/Font":
                _note(doubts, self._font(resource))
            case "/XObject":
                return self._drawn(resource, around, doubts, depth)
            case "/ExtGState":
                return _state(resource, doubts)
            case "/ColorSpace":
                return _space(resource)
            case "/Pattern":
                if not isinstance(resource, Dictionary) or resource.get("/PatternType") != 2:
                    doubts.painted = doubts.looked_at = True  # tiles are drawings, in which nobody looks for text
                    return resource
            case _:
                pass
        return resource

    def _font(self, font: Object) -> Doubts:
        if font.is_indirect and font.objgen in self._fonts:
            return self._fonts[font.objgen]
        doubts = self._fonts[font.objgen] = Doubts()
        if font.get("/Subtype") == Name.Type3:
            self._letters(font, doubts)
            return doubts
        _keep(font, _FONT)
        parts = [font, *(font.get("/DescendantFonts", Array()))]
        for part in parts:
            _keep(part, _FONT)
            descriptor = part.get("/FontDescriptor", Dictionary())
            for named, key in ((part, "/BaseFont"), (descriptor, "/FontName")):
                if isinstance(named.get(key), Name) and tells_by_its_name(named[key]):
                    named[key] = Name("/Font")
            for key in ("/FontFile", "/FontFile2", "/FontFile3"):
                if isinstance(descriptor.get(key), Stream):
                    _keep(descriptor[key], _FONT_FILE)
        return doubts

    def _letters(self, font: Object, doubts: Doubts) -> None:
        """Of a font whose letters are drawings: browsers make them of fonts that they cannot put into a file."""
        letters = font.get("/CharProcs", Dictionary())
        if "/ToUnicode" not in font:
            doubts.painted = doubts.looked_at = True
        for name in letters.keys():  # noqa: SIM118 - to go through the dictionary itself is to go through its values
            drawing, used = respelled(letters[name], doubts, self._count)
            letters[name].write(drawing)
            if used.names:
                doubts.painted = doubts.looked_at = True  # it draws more than a letter
        _keep(font, _LETTERS)

    def _drawn(self, drawn: Object, around: Object, doubts: Doubts, depth: int) -> Object | None:
        if not isinstance(drawn, Stream):
            return None
        if "/OC" in drawn:
            doubts.painted = doubts.looked_at = True
        match drawn.get("/Subtype"):
            case Name.Image:
                if drawn.objgen not in self._images:
                    self._images[drawn.objgen] = Doubts()
                    _image(drawn, self._images[drawn.objgen])
                _note(doubts, self._images[drawn.objgen])
            case Name.Form:
                _note(doubts, self._form(drawn, around, depth + 1))
            case _:
                doubts.painted = doubts.looked_at = True
                return None
        return drawn

    def _form(self, form: Stream, around: Object, depth: int) -> Doubts:
        if depth > DEEPEST:
            raise Withheld("too_large_to_mask")
        if form.objgen not in self._forms:
            doubts = self._forms[form.objgen] = Doubts()
            drawing, used = respelled(form, doubts, self._count)
            resources = form.get("/Resources", around)
            _keep(form, _FORM)
            if "/Group" in form:
                _keep_group(form)
            form.write(drawing)
            form.Resources = self._resources(resources, used.names, doubts, depth)
        return self._forms[form.objgen]


def _note(doubts: Doubts, more: Doubts) -> None:
    doubts.painted |= more.painted
    doubts.looked_at |= more.looked_at
    doubts.blended |= more.blended
    doubts.said += more.said


def _keep(thing: Object, keys: Iterable[str]) -> None:
    for key in set(thing.keys()) - {"/Length", *keys}:
        del thing[key]


def _keep_group(thing: Object) -> None:
    _keep(thing.Group, _GROUP)
    if "/CS" in thing.Group:
        thing.Group.CS = _space(thing.Group.CS)


def _state(state: Object, doubts: Doubts) -> Object:
    if "/Font" in state or state.get("/SMask", Name("/None")) != Name("/None"):
        doubts.painted = doubts.looked_at = True
    return Dictionary({key: state[key] for key in _STATE if key in state and key != "/SMask"})


def _space(space: Object) -> Object:
    """A space of colours without profiles, which hold texts."""
    if isinstance(space, Array) and len(space) > 1:
        if space[0] == Name.ICCBased:
            return Name(_PLAIN_SPACES.get(int(space[1].get("/N", 3)), "/DeviceRGB"))
        if space[0] in (Name.Indexed, Name.Pattern):
            return Array([space[0], _space(space[1]), *list(space)[2:]])
        if space[0] in (Name.Separation, Name.DeviceN):
            return Array([*list(space)[:2], _space(space[2]), space[3]])
    return space


def _image(image: Object, doubts: Doubts) -> None:
    _keep(image, _IMAGE)
    if "/ColorSpace" in image:
        image.ColorSpace = _space(image.ColorSpace)
    for key in ("/SMask", "/Mask"):
        if key in image:
            doubts.blended = True
            if isinstance(image[key], Stream):
                _image(image[key], doubts)
    doubts.blended |= bool(image.get("/ImageMask", False))
    filters = image.get("/Filter", Array())
    names = [str(each) for each in filters] if isinstance(filters, Array) else [str(filters)]
    if set(names) - _KEPT_FILTERS:
        doubts.painted = doubts.looked_at = True
    elif names == ["/DCTDecode"]:
        plain = only_picture(image.read_raw_bytes())
        if plain is None:
            doubts.painted = doubts.looked_at = True
        else:
            image.write(plain, filter=Name.DCTDecode)
    elif "/DCTDecode" in names:
        doubts.painted = doubts.looked_at = True
