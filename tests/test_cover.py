"""The covers of an ebook: the one in it, and the one beside it that shops ask for."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from pipeline import cover
from tests import ebooks
from tests.vocabulary import post, postpress


def page(size: tuple[int, int] = (420, 630)) -> bytes:
    document = pypdfium2.PdfDocument.new()
    document.new_page(*size)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def saved(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def own(tmp_path: Path, image: Image.Image, options: str = "   :alt: A field\n", *arguments: str) -> tuple[int, str]:
    image.save(tmp_path / "field.png")
    (tmp_path / "a.rst").write_text(post(f".. cover:: field.png\n{options}\nText.\n"))
    run = postpress("build", "a.rst", "--edition", "ebook", *arguments, folder=tmp_path)
    return run.code, run.err


def test_a_page_becomes_two_pictures_that_say_nothing_of_their_making() -> None:
    covers = cover.drawn(page())
    for data, size in ((covers.inside, (1400, 2100)), (covers.shop, (1600, 2560))):
        with opened(data) as picture:
            assert (picture.format, picture.size, picture.mode) == ("JPEG", size, "RGB")
            assert "exif" not in picture.info
    assert cover.drawn(page()) == covers


def test_a_picture_of_a_cover_s_proportions_fills_it() -> None:
    field = Image.new("RGB", (1000, 1500), "green")
    field.paste("yellow", (0, 0, 1000, 20))
    with opened(cover.own(saved(field)).inside) as picture:
        assert picture.getpixel((700, 5))[0] > 200, "its upper edge is the cover's"  # type: ignore[index]


def test_a_picture_of_other_proportions_is_shown_whole_on_the_colour_of_its_edges() -> None:
    field = Image.new("RGB", (1000, 1000), "navy")
    field.paste("yellow", (300, 300, 700, 700))
    covers = cover.own(saved(field))
    for data, size in ((covers.inside, (1400, 2100)), (covers.shop, (1600, 2560))):
        with opened(data) as picture:
            assert picture.size == size
            corner, middle = picture.getpixel((5, 5)), picture.getpixel((size[0] // 2, size[1] // 2))
            assert corner[2] > 100 > corner[0]  # type: ignore[index]
            assert middle[0] > 200 > middle[2]  # type: ignore[index]


def test_the_cover_inside_is_light_enough_for_any_device() -> None:
    noise = bytes((n * 7919 ^ (n >> 5) * 104729) % 251 for n in range(700 * 1050 * 3))
    covers = cover.own(saved(Image.frombytes("RGB", (700, 1050), noise).resize((1400, 2100))))
    assert len(covers.inside) < len(covers.shop)


def test_an_author_s_own_cover_is_in_the_ebook_and_beside_it_and_on_no_page(tmp_path: Path) -> None:
    field = Image.new("RGB", (800, 1200), "red")
    assert own(tmp_path, field) == (0, "")
    parts = ebooks.parts((tmp_path / "build" / "a.epub").read_bytes())
    beside = (tmp_path / "build" / "a-cover.jpg").read_bytes()
    for data in (parts["EPUB/images/cover.jpg"], beside):
        with opened(data) as picture:
            assert picture.getpixel((700, 1000))[0] > 240  # type: ignore[index]
    assert "Cover: Title, by A. Writer. A field." in parts["EPUB/cover.xhtml"].decode()
    assert not any("field" in name for name in parts)
    # Another picture is another cover.
    assert own(tmp_path, Image.new("RGB", (800, 1200), "blue")) == (0, "")
    assert (tmp_path / "build" / "a-cover.jpg").read_bytes() != beside


@pytest.mark.parametrize(
    ("size", "options", "code"),
    [
        ((800, 1200), "", "IMG001"),
        ((800, 1200), "   :alt:\n", "IMG005"),
        ((400, 1200), "   :alt: A field\n", "IMG005"),
    ],
)
def test_a_cover_that_no_shop_takes_is_told_with_its_line(
    tmp_path: Path, size: tuple[int, int], options: str, code: str
) -> None:
    status, said = own(tmp_path, Image.new("RGB", size), options)
    assert (status, said.startswith(f"a.rst:8: error {code}: field.png")) == (3, True), said


def test_a_cover_that_cannot_be_one_is_tolerated(tmp_path: Path) -> None:
    status, said = own(tmp_path, Image.new("RGB", (40, 60)), "   :alt: A field\n", "--lenient")
    assert (status, said.startswith("a.rst:8: warning IMG005")) == (0, True), said
    with opened((tmp_path / "build" / "a-cover.jpg").read_bytes()) as picture:
        assert picture.getpixel((5, 5))[0] > 240, "the edition's own design"  # type: ignore[index]


def test_the_settings_name_a_cover_for_what_has_none(tmp_path: Path) -> None:
    Image.new("RGB", (800, 1200), "blue").save(tmp_path / "all.png")
    (tmp_path / "postpress.toml").write_text('cover = "all.png"\ncover_alt = "A lake"\n')
    (tmp_path / "b.rst").write_text(post("Text.\n"))
    assert postpress("build", "b.rst", "--edition", "ebook", folder=tmp_path).code == 0
    assert own(tmp_path, Image.new("RGB", (800, 1200), "red")) == (0, "")
    for name, alt, strongest in (("a", "A field.", 0), ("b", "A lake.", 2)):
        parts = ebooks.parts((tmp_path / "build" / f"{name}.epub").read_bytes())
        assert alt in parts["EPUB/cover.xhtml"].decode()
        with opened(parts["EPUB/images/cover.jpg"]) as picture:
            pixel = picture.getpixel((700, 1000))
            assert isinstance(pixel, tuple)
            assert pixel[strongest] > 200


@pytest.mark.parametrize(
    ("said", "code", "place"),
    [
        ('cover = "gone.png"\ncover_alt = "A lake"\n', "IMG002", "postpress.toml"),
        ('cover = "gone.png"\n', "SET003", "postpress.toml:1"),
    ],
)
def test_a_cover_of_the_settings_that_cannot_be_one_is_told(tmp_path: Path, said: str, code: str, place: str) -> None:
    (tmp_path / "postpress.toml").write_text(said)
    (tmp_path / "b.rst").write_text(post("Text.\n"))
    run = postpress("build", "b.rst", folder=tmp_path)
    assert (run.code != 0, f"{place}: error {code}" in run.err) == (True, True), run.err


def test_a_second_cover_is_told(tmp_path: Path) -> None:
    status, said = own(
        tmp_path, Image.new("RGB", (800, 1200)), "   :alt: A field\n\n.. cover:: field.png\n   :alt: B\n"
    )
    assert (status, "a second cover" in said) == (3, True)
