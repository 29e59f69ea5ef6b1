"""Rules about pictures, the cover among them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator

from lxml import etree
from PIL import Image

from pipeline.check.epub.devices.rule import Found, Rule, Subject, at
from pipeline.fetch import leads_out, stays_inside

_MOST_BYTES, _MOST_PIXELS = 5 * 2**20, 4_000_000
_LONGEST_DRAWING = 3200
_COVER_PX = (640, 7200)
_SVG = "{http://www.w3.org/2000/svg}"
_SHOWN = {"image/jpeg", "image/png", "image/gif", "image/svg+xml"}
_MODES = {"1", "L", "P", "RGB", "RGBA", "LA"}
_SECRET = re.compile(rb"Exif\0\0|http://ns\.adobe\.com/xap|Photoshop 3\.0|(?:eXIf|tEXt|iTXt|zTXt|tIME)")
_HEAD = 65536  # bytes within which cameras and editors write what they know


def _each(look: Callable[[Image.Image, bytes], str]) -> Callable[[Subject], Iterator[Found]]:
    """A rule about pictures of pixels: `look` says what is wrong, or nothing."""

    def find(subject: Subject) -> Iterator[Found]:
        for item in subject.ebook.items:
            if item.media_type.startswith("image/") and item.media_type != "image/svg+xml":
                data = subject.ebook.files[item.path]
                try:
                    with Image.open(io.BytesIO(data)) as picture:
                        if said := look(picture, data):
                            yield said, at(item.path)
                except (OSError, Image.DecompressionBombError):
                    continue  # EPUBCheck tells

    return find


def _drawings(look: Callable[[etree._Element], str]) -> Callable[[Subject], Iterator[Found]]:
    def find(subject: Subject) -> Iterator[Found]:
        for item in subject.ebook.items:
            if item.media_type == "image/svg+xml":
                parser = etree.XMLParser(resolve_entities=False, no_network=True)
                try:
                    root = etree.fromstring(subject.ebook.files[item.path], parser)
                except etree.XMLSyntaxError:
                    continue  # EPUBCheck tells
                if said := look(root):
                    yield said, at(item.path)

    return find


def _kinds(subject: Subject) -> Iterator[Found]:
    for item in subject.ebook.items:
        if item.media_type.startswith("image/") and item.media_type not in _SHOWN:
            yield item.media_type, at(item.path)


def _heavy(subject: Subject) -> Iterator[Found]:
    for item in subject.ebook.items:
        if item.media_type.startswith("image/") and (size := len(subject.ebook.files[item.path])) > _MOST_BYTES:
            yield f"a picture of {size / 2**20:.1f} MiB", at(item.path)


def _large(picture: Image.Image, _: bytes) -> str:
    many = picture.width * picture.height
    return f"a picture of {picture.width} × {picture.height} pixels" if many > _MOST_PIXELS else ""


def _foreign_colours(picture: Image.Image, data: bytes) -> str:
    if picture.mode not in _MODES:
        return f"a picture in {picture.mode}"
    if picture.format == "PNG" and data[24] > 8:
        return "a picture of 16 bits"
    return "a picture with a colour profile" if picture.info.get("icc_profile") else ""


def _said_beside(_: Image.Image, data: bytes) -> str:
    found = _SECRET.search(data[:_HEAD])
    return "a picture with what a camera or an editor wrote into it" if found else ""


def _transparent(picture: Image.Image, _: bytes) -> str:
    return "a picture with a transparent ground" if picture.has_transparency_data else ""


def _moving(picture: Image.Image, _: bytes) -> str:
    return "a picture that moves" if getattr(picture, "n_frames", 1) > 1 else ""


def _cover(subject: Subject) -> Iterator[Found]:
    least, most = _COVER_PX
    for item in subject.ebook.items:
        if "cover-image" not in item.properties:
            continue
        with Image.open(io.BytesIO(subject.ebook.files[item.path])) as picture:
            if item.media_type not in ("image/jpeg", "image/png"):
                yield f"a cover in {item.media_type}", at(item.path)
            elif min(picture.size) < least or max(picture.size) > most:
                yield f"a cover of {picture.width} × {picture.height} pixels", at(item.path)


def _acting(root: etree._Element) -> str:
    for element in root.iter(etree.Element):
        name = etree.QName(element).localname
        if name in ("script", "foreignObject"):
            return f"a drawing with a <{name}>"
        for key, value in element.attrib.items():
            local = etree.QName(key).localname
            if local.lower().startswith("on"):
                return f"a drawing with {local}"
            if (local == "href" and not stays_inside(str(value))) or leads_out(str(value)):
                return "a drawing that shows another file"
    return ""


def _unmeasured(root: etree._Element) -> str:
    return "" if root.get("viewBox") else "a drawing without viewBox"


def _long(root: etree._Element) -> str:
    sides = [re.match(r"([\d.]+)(?:px)?$", root.get(name, "")) for name in ("width", "height")]
    longest = max((float(side[1]) for side in sides if side), default=0)
    return f"a drawing of {longest:g} pixels" if longest > _LONGEST_DRAWING else ""


def _groundless(root: etree._Element) -> str:
    shapes = (child for child in root if child.tag not in (_SVG + "title", _SVG + "desc", _SVG + "defs"))
    first = next(shapes, None)
    covering = first is not None and first.tag == _SVG + "rect" and "none" not in (first.get("fill"),)
    return "" if covering else "a drawing with a transparent ground"


_APPLE = "Apple Books Asset Guide"
_KOBO = "Kobo EPUB guidelines (kobolabs/epub-spec)"
RULES = (
    Rule("DVC201", "old readers", "EPUB 3.2, 3.1: core media types", "a kind of picture that only new readers show",
         "save it as JPEG, PNG or SVG", _kinds),
    Rule("DVC202", "Kobo", f"{_KOBO}, earlier ones: images", "more than 5 MB is not shown on e-ink",
         "make it smaller", _heavy),
    Rule("DVC203", "Apple Books", f"{_APPLE}, interior image requirements", "over 4 million pixels are refused",
         "make it smaller", _each(_large)),
    Rule("DVC204", "Apple Books, Kobo", f"{_APPLE}, interior image requirements; {_KOBO}, image formatting",
         "colours come out wrong, or the shop refuses it", "save it in sRGB of 8 bits", _each(_foreign_colours)),
    Rule("DVC205", "all", "the house's", "a place, a name or a camera that nobody meant to give away",
         "take it out", _each(_said_beside)),
    Rule("DVC206", "Kobo, Apple Books", f"{_KOBO}, image formatting; {_APPLE}, night mode",
         "readers put a ground of their own behind it, black at night", "put it on white", _each(_transparent)),
    Rule("DVC207", "Kindle, e-ink", "Kindle Publishing Guidelines, image guidelines; WCAG 2.2, 2.2.2",
         "the first picture is shown, or none, and who is disturbed cannot stop it", "show the steps", _each(_moving)),
    Rule("DVC208", "Google Play, Kindle", "Google Play Books partner help, files and uploading",
         "the shop refuses a cover under 640 or over 7200 pixels", "make one of 1400 × 2100", _cover),
    Rule("DVC209", "all", "EPUB 3.3, 5.4; Kindle Publishing Guidelines, supported SVG", "it is not shown, or it acts",
         "save it as plain SVG", _drawings(_acting)),
    Rule("DVC210", "RMSDK, Kobo", "SVG 2, 8.6", "on a small screen a part is cut off",
         "give it a viewBox", _drawings(_unmeasured)),
    Rule("DVC211", "Google Play", "Google Play Books partner help, EPUB files", "over 3200 pixels are refused",
         "make width and height smaller", _drawings(_long)),
    Rule("DVC212", "Kobo, Apple Books", f"{_KOBO}, image formatting; {_APPLE}, night mode",
         "dark lines on a black page", "draw a white rectangle behind it", _drawings(_groundless)),
)  # fmt: skip
