"""Pictures as an ebook has them: what a camera, an editor and a browser put in, and what a reader's device gets."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from lxml import etree
from PIL import Image, ImageCms, ImageDraw

from pipeline import pixels, settings
from pipeline.errors import Location, RenderError, SettingsError
from pipeline.fetch import Shelf
from pipeline.settings import PICTURES
from pipeline.write.epub.drawings import fitted
from pipeline.write.epub.images import pictures
from tests import ebooks
from tests.vocabulary import post, postpress

SVG = "{http://www.w3.org/2000/svg}"


def photo(size: tuple[int, int] = (60, 40)) -> Image.Image:
    """Something that has as many colours as a photograph: noise over a gradient, the same each time."""
    noise = bytes((n * 7919 ^ (n >> 3) * 104729) % 251 for n in range(size[0] * size[1] * 3))
    return Image.blend(Image.frombytes("RGB", size, noise), Image.radial_gradient("L").resize(size).convert("RGB"), 0.8)


def lines(size: tuple[int, int] = (60, 40)) -> Image.Image:
    drawn = Image.new("RGB", size, "white")
    ImageDraw.Draw(drawn).line((0, 0, *size), "navy", 3)
    return drawn


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def shown(data: bytes, **bounds: int) -> tuple[Image.Image, str]:
    """What a reader gets."""
    result, media_type = pixels.fitted(data, {**PICTURES, **bounds})
    picture = Image.open(io.BytesIO(result))
    picture.load()
    return picture, media_type


def located() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    exif.get_ifd(0x8825)[2] = (52.0, 4.0, 11.0)
    return exif


@pytest.mark.parametrize(("kind", "hidden"), [("JPEG", b"A camera"), ("PNG", b"A camera")])
def test_what_a_camera_knows_goes_and_not_a_pixel_changes(kind: str, hidden: bytes) -> None:
    data = saved(photo(), kind, exif=located(), **({"comment": b"at home"} if kind == "JPEG" else {}))
    assert hidden in data
    result, media_type = pixels.fitted(data + b"and behind it", PICTURES)
    for secret in (hidden, b"at home", b"Exif", b"eXIf", b"behind"):
        assert secret not in result
    assert media_type == f"image/{kind.lower()}"
    before, after = (Image.open(io.BytesIO(each)).convert("RGB").tobytes() for each in (data, result))
    assert before == after
    assert pixels.fitted(result, PICTURES) == (result, media_type)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def test_texts_of_a_png_go_and_what_its_colours_need_stays() -> None:
    data = saved(lines(), "PNG")
    at = data.index(b"IDAT") - 4
    data = data[:at] + chunk(b"tEXt", b"Author\0Ana") + chunk(b"gAMA", struct.pack(">I", 45455)) + data[at:]
    result, _ = pixels.fitted(data, PICTURES)
    assert (b"Ana" in result, b"gAMA" in result) == (False, True)


def test_a_photograph_taken_sideways_stands_upright() -> None:
    exif = located()
    exif[0x0112] = 6  # to be turned by a quarter to the right
    sideways = Image.new("RGB", (80, 40), "red")
    sideways.paste("blue", (0, 0, 40, 40))
    picture, _ = shown(saved(sideways, "JPEG", exif=exif))
    assert picture.size == (40, 80)
    assert picture.getpixel((20, 10))[2] > 200, "its left side is its top"  # type: ignore[index]
    assert not picture.getexif()
    small, _ = shown(saved(sideways, "JPEG", exif=exif), longest_px=40)
    assert small.size == (20, 40)


@pytest.mark.parametrize(
    ("size", "bounds", "expected"),
    [
        ((300, 150), {"longest_px": 100}, (100, 50)),
        ((150, 300), {"longest_px": 100}, (50, 100)),
        ((90, 9), {}, (90, 9)),
    ],
)
def test_what_is_too_large_is_made_smaller(
    size: tuple[int, int], bounds: dict[str, int], expected: tuple[int, int]
) -> None:
    for kind in ("JPEG", "PNG"):
        assert shown(saved(lines(size), kind), **bounds)[0].size == expected


def test_no_picture_has_more_pixels_than_apple_takes() -> None:
    picture, _ = shown(saved(Image.new("L", (2300, 2300), 90), "PNG"))
    assert picture.width * picture.height <= 4_000_000
    assert picture.width == picture.height == 2000


def test_colours_are_those_that_the_profile_means() -> None:
    """A profile whose red is called blue, and the other way round."""
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    at, to = plain.index(b"rXYZ"), plain.index(b"bXYZ")  # in the table of tags: name, offset, size (ICC.1, 7.3)
    swapped = bytearray(plain)
    swapped[at + 4 : at + 12], swapped[to + 4 : to + 12] = plain[to + 4 : to + 12], plain[at + 4 : at + 12]
    other = bytes(swapped).replace("sRGB".encode("utf-16-be"), "mine".encode("utf-16-be"))
    for mode in ("RGB", "RGBA"):
        data = saved(Image.new(mode, (8, 8), "red"), "PNG", icc_profile=other)
        picture, _ = shown(data)
        red, _, blue = picture.getpixel((4, 4))  # type: ignore[misc]
        assert (red < 60, blue > 200, "icc_profile" in picture.info) == (True, True, False)
    for broken in (b"no profile", plain[:200]):
        picture, _ = shown(saved(Image.new("RGB", (8, 8), "red"), "PNG", icc_profile=broken))
        assert picture.convert("RGB").getpixel((4, 4)) == (255, 0, 0)
    marked = saved(photo(), "JPEG", icc_profile=plain)
    assert b"ICC_PROFILE" in marked
    assert b"ICC_PROFILE" not in pixels.fitted(marked, PICTURES)[0]


def test_ink_of_four_colours_becomes_light_of_three() -> None:
    picture, media_type = shown(saved(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG"))
    assert (picture.mode, media_type) == ("RGB", "image/jpeg")
    red, green, _ = picture.getpixel((4, 4))  # type: ignore[misc]
    assert red > 200 > 90 > green


def test_sixteen_bits_become_eight_of_the_same_grey() -> None:
    picture, _ = shown(saved(Image.new("I;16", (8, 8), 40_000), "PNG"))
    assert (picture.mode, picture.getpixel((4, 4))) == ("L", 156)


def test_a_transparent_ground_is_white_or_lines_would_stand_on_black() -> None:
    clear = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    clear.putpixel((0, 0), (0, 0, 0, 255))
    for data in (saved(clear, "PNG"), saved(clear, "WEBP", lossless=True), saved(clear, "GIF")):
        picture, media_type = shown(data)
        assert (picture.has_transparency_data, media_type) == (False, "image/png")
        flat = picture.convert("RGB")
        assert (flat.getpixel((0, 0)), flat.getpixel((4, 4))) == ((0, 0, 0), (255, 255, 255))


@pytest.mark.parametrize(("kind", "drawn"), [("GIF", "PNG"), ("WEBP", "PNG"), ("AVIF", "PNG")])
def test_kinds_that_old_readers_lack_become_ones_that_they_have(kind: str, drawn: str) -> None:
    assert shown(saved(lines(), kind))[0].format == drawn


def test_a_moving_picture_is_still() -> None:
    data = ebooks.picture("GIF", (8, 8), frames=3)
    picture, media_type = shown(data)
    assert (getattr(picture, "n_frames", 1), media_type) == (1, "image/png")
    assert picture.convert("RGB").getpixel((0, 0)) == (250, 246, 238)


def test_a_photograph_in_a_png_becomes_a_jpeg_and_a_drawing_stays_exact() -> None:
    assert shown(saved(photo((600, 400)), "PNG"))[1] == "image/jpeg"
    picture, media_type = shown(saved(lines((600, 400)), "PNG"))
    assert media_type == "image/png"
    assert picture.convert("RGB").tobytes() == lines((600, 400)).tobytes()


def test_grey_stays_grey() -> None:
    picture, _ = shown(saved(photo((300, 200)).convert("L"), "JPEG"), longest_px=100)
    assert picture.mode == "L"


def test_the_quality_of_the_settings_is_that_of_the_picture() -> None:
    data = saved(photo((400, 300)), "JPEG", quality=95)
    sizes = [len(pixels.fitted(data, {"longest_px": 320, "quality": quality})[0]) for quality in (50, 90)]
    assert sizes[0] < sizes[1]


def test_noise_is_a_picture_like_any_other() -> None:
    noise = Image.effect_noise((900, 900), 250)
    data = saved(Image.merge("RGB", [noise, noise.rotate(90), noise.rotate(180)]), "WEBP", lossless=True)
    assert shown(data, longest_px=800, quality=95)[0].size == (800, 800)


def test_half_a_picture_is_told() -> None:
    with pytest.raises(ValueError, match="broken"):
        pixels.fitted(saved(photo((400, 300)), "PNG")[:2000], PICTURES)


def test_what_a_telephone_writes_is_a_photograph(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(saved(photo(), "MPO", save_all=True, append_images=[photo()]))
    (tmp_path / "a.rst").write_text(post("Text.\n\n.. image:: a.jpg\n   :alt: A view\n"))
    run = postpress("build", "a.rst", folder=tmp_path)
    assert (run.code, run.err) == (0, "")
    (name,) = [n for n in ebooks.parts((tmp_path / "build/a.epub").read_bytes()) if n.startswith("EPUB/images/a")]
    assert name == "EPUB/images/a.jpg"


@pytest.mark.parametrize("kind", ["webp", "avif"])
def test_newer_kinds_are_shown_in_both_editions(tmp_path: Path, kind: str) -> None:
    (tmp_path / f"a.{kind}").write_bytes(saved(lines(), kind.upper()))
    (tmp_path / "a.rst").write_text(post(f"Text.\n\n.. image:: a.{kind}\n   :alt: A line\n"))
    run = postpress("check", "a.rst", folder=tmp_path)
    assert (run.code, run.err) == (0, "")
    assert "EPUB/images/a.png" in ebooks.parts((tmp_path / "build/a.epub").read_bytes())


def test_that_a_picture_will_stand_still_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.gif").write_bytes(ebooks.picture("GIF", (8, 8), frames=2))
    (tmp_path / "a.rst").write_text(post(".. image:: a.gif\n   :alt: A leaf falls\n"))
    run = postpress("build", "a.rst", folder=tmp_path)
    assert run.code == 0
    assert run.err.startswith("a.rst:8: warning IMG004: a.gif moves")


@pytest.mark.parametrize("said", ["longest_px = 10", "quality = 100", 'quality = "good"', "size = 3"])
def test_limits_of_pictures_that_make_no_sense_are_told(tmp_path: Path, said: str) -> None:
    (tmp_path / "postpress.toml").write_text(f"[pictures]\n{said}\n")
    with pytest.raises(SettingsError) as refusal:
        settings.load(tmp_path)
    (fault,) = refusal.value.diagnostics
    assert fault.where == Location(tmp_path / "postpress.toml", 2)


def drawing(attributes: str, inside: str = '<path d="M0 0"/>') -> etree._Element:
    return etree.fromstring(fitted(f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{inside}</svg>'.encode()))


def test_a_drawing_loses_what_it_does_not_show() -> None:
    kept = '<path id="a" d="M0 0"/><use href="#a"/>'
    out = etree.tostring(drawing('onload="x()" viewBox="0 0 9 9"', f"<script>x()</script><!-- x -->{kept}")).decode()
    assert out.endswith(f"{kept}</svg>")
    assert not any(word in out for word in ("script", "onload", "<!--"))


def test_a_drawing_loses_what_its_editor_kept_in_it_and_no_word_of_its_own() -> None:
    out = drawing(
        'xmlns:ink="http://www.inkscape.org/" viewBox="0 0 9 9" ink:version="1.0"',
        "<title>Oak</title><metadata>Ana</metadata><ink:grid/> <g ink:label='top'><desc>Oak</desc><text> A</text></g>",
    )
    said = etree.tostring(out).decode()
    assert "ink" not in said
    assert "Ana" not in said
    assert "".join(map(str, out.itertext())).split() == ["Oak", "Oak", "A"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ('width="40" height="20"', {"width": "40", "height": "20", "viewBox": "0 0 40 20"}),
        ('width="1in" height="48pt"', {"width": "1in", "height": "48pt", "viewBox": "0 0 96 64"}),
        ('width="100%" height="100%" viewBox="0 0 5 4"', {"viewBox": "0 0 5 4"}),
        ('width="6400" height="3200" viewBox="0 0 2 1"', {"width": "3200", "height": "1600", "viewBox": "0 0 2 1"}),
        ('width="50%"', {"width": "50%"}),
    ],
)
def test_a_drawing_knows_its_proportions(given: str, expected: dict[str, str]) -> None:
    assert {str(name): str(value) for name, value in drawing(given).attrib.items()} == expected


def test_what_leads_nowhere_in_a_drawing_shows_nothing() -> None:
    out = drawing(
        'viewBox="0 0 9 9" xmlns:xlink="http://www.w3.org/1999/xlink"',
        '<path id="a" fill="url(#gone)" style="stroke: url(\'#gone\')"/><use href="#gone"/><use xlink:href="#a"/>'
        '<g id="a"/><g id="2 b"/><use href="#2 b"/>',
    )
    path, use, twin, odd, other = list(out)[1:]
    assert (path.get("fill"), path.get("style")) == ("none", "stroke: none")
    assert (str(use.tag), twin.get("id")) == (f"{SVG}use", None)
    assert other.get("href") == f"#{odd.get('id')}" == "#id-1-2-b"


def test_a_drawing_stands_on_white_behind_all_its_lines() -> None:
    out = drawing('viewBox="-5 -2 10 4"', "<title>Oak</title><style>rect { fill: red }</style><path d='M0 0'/>")
    assert [str(child.tag).removeprefix(SVG) for child in out] == ["title", "rect", "style", "path"]
    sheet = out[1]
    assert [sheet.get(name) for name in ("x", "y", "width", "height")] == ["-5", "-2", "10", "4"]
    assert "fill: #fff" in sheet.get("style", "")


def test_the_same_drawing_comes_out_of_what_came_out() -> None:
    data = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0"/></svg>'
    assert fitted(data) == fitted(data)


@pytest.mark.parametrize(
    "inside",
    [
        '<image href="https://example.org/a.png"/>',
        '<image xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="file:///etc/passwd"/>',
        '<path style="fill: url(https://example.org/a.svg#b)"/>',
        "<style>@import 'a.css';</style>",
        "<foreignObject><p/></foreignObject>",
    ],
)
def test_a_drawing_that_shows_other_files_is_refused(tmp_path: Path, inside: str) -> None:
    (tmp_path / "oak.svg").write_text(ebooks.SVG.replace("<path", f"{inside}<path"))
    with pytest.raises(RenderError) as refusal:
        pictures(["oak.svg"], Shelf({"source": tmp_path}), {"oak.svg": Location(Path("a.rst"), 7)}, PICTURES)
    assert [f"{d.where} {d.code}" for d in refusal.value.diagnostics] == ["a.rst:7 EPB003"]


def test_entities_are_refused() -> None:
    bomb = b'<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg xmlns="http://www.w3.org/2000/svg"><text>&a;</text></svg>'
    with pytest.raises(ValueError, match="entities"):
        fitted(bomb)
