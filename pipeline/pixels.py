"""Pictures of pixels, made fit for every e-reader: small enough, in sRGB, upright, still, and saying nothing of anyone.

What is fit already keeps its pixels bit for bit and loses only what is written beside them; so its bytes hang on no
codec. What has to be written anew hangs on Pillow's.
"""

from __future__ import annotations

import io
import re
import struct
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct
from PIL import Image, ImageFile

MOST_PIXELS = 4_000_000  # Apple Books Asset Guide, interior images
MOST_BYTES = 5 * 2**20  # Kobo
_JPEGS = {"JPEG", "MPO"}  # telephones write several, the first of which is the picture
_PLAIN = ("L", "RGB", "RGBX")  # what JPEG is written from as it is
_PHOTO_BYTES = 200_000  # a PNG below that is left a PNG, whatever it shows
_FAR_SMALLER = 3
_LEAST_QUALITY = 40
_ORIENTATION = 0x0112  # Exif 3.0, 4.6.5
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# PNG 1.2, 4: what decides how pixels look. All else (texts, times, Exif, thumbnails) goes.
_SHOWN = {b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"IDAT", b"IEND"}
_PNG = b"\x89PNG\r\n\x1a\n"
# JPEG (ITU-T T.81, B.1.1): JFIF's segment, and Adobe's, without which colours come out wrong.
_JFIF, _ADOBE, _LAST_APP, _COMMENT, _SCAN, _END = 0xE0, 0xEE, 0xEF, 0xFE, 0xDA, 0xD9


class _Canvas(Struct, frozen=True):
    """A picture as it is to be shown, the format of its file, and whether that is how its file has it."""

    image: Image.Image
    kind: str
    untouched: bool

    @property
    def exact(self) -> bool:
        """Whether its file loses nothing."""
        return self.kind not in _JPEGS


def fitted(data: bytes, bounds: Mapping[str, int]) -> tuple[bytes, str]:
    """(bytes, media type) of a PNG or a JPEG that shows the picture within `bounds`: `longest_px` and `quality`.

    Raises ValueError for what Pillow cannot read.
    """
    canvas = _read(data, bounds["longest_px"])
    bare = b""
    if canvas.untouched and canvas.kind in _JPEGS:
        bare = _bare_jpeg(data)
        if len(bare) <= MOST_BYTES:
            return bare, "image/jpeg"
    elif canvas.untouched and canvas.kind == "PNG":
        bare = _bare_png(data)
    return _written(canvas, bounds["quality"], bare)


def shown(data: bytes, longest_px: int) -> Image.Image:
    """The picture itself, in RGB. Raises ValueError for what Pillow cannot read."""
    return _read(data, longest_px).image.convert("RGB")


def jpeg(image: Image.Image, quality: int, *, sharp: bool = False, small: bool = True) -> bytes:
    """The picture in RGB or grey; `sharp` keeps colours as fine as light, for letters; `small` takes twice as long."""
    out = io.BytesIO()
    image.info.clear()
    before = ImageFile.MAXBLOCK
    # Pillow 13 has libjpeg write into a block that noise does not fit in, where it may look twice to write less.
    ImageFile.MAXBLOCK = max(before, 4 * image.width * image.height)
    try:
        plain = image if image.mode in _PLAIN else image.convert("L" if image.mode == "1" else "RGB")
        plain.save(out, "JPEG", quality=quality, optimize=small, subsampling=0 if sharp else 2)
    finally:
        ImageFile.MAXBLOCK = before
    return out.getvalue()


def _read(data: bytes, longest_px: int) -> _Canvas:
    tolerates = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint 70 sets it for all when it is loaded
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the reader has counted the pixels
            with Image.open(io.BytesIO(data)) as picture:
                return _shown(picture, longest_px, data)
    except (OSError, SyntaxError, Image.DecompressionBombError) as fault:
        raise ValueError(f"not a picture, or broken: {fault}") from fault
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = tolerates


def _shown(picture: Image.Image, longest_px: int, data: bytes) -> _Canvas:
    """The first frame, upright, in sRGB or grey of 8 bits, on white, within the limits."""
    kind = picture.format or ""
    turn = _UPRIGHT.get(picture.getexif().get(_ORIENTATION, 1))
    profile = picture.info.get("icc_profile")
    deep = picture.format == "PNG" and data[24] > 8
    still = kind in _JPEGS or getattr(picture, "n_frames", 1) == 1
    wide, high = picture.size
    scale = min(1.0, longest_px / max(wide, high), (MOST_PIXELS / (wide * high)) ** 0.5)
    # JPEG decodes to halves and quarters of its size far sooner than to the whole.
    picture.draft(None, (round(wide * scale * 2), round(high * scale * 2)))
    picture.load()
    plain = _in_eight_bits(picture)
    coloured = _in_srgb(plain, profile)
    opaque = _on_white(coloured)
    image = opaque
    if scale < 1:
        image = image.convert({"P": "RGB", "1": "L"}.get(image.mode, image.mode))
        size = max(1, int(wide * scale)), max(1, int(high * scale))
        image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    if turn is not None:
        image = image.transpose(turn)
    return _Canvas(image, kind, untouched=image is picture and not deep and still)


def _in_eight_bits(image: Image.Image) -> Image.Image:
    if image.mode in ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK"):
        return image
    if image.mode.startswith("I"):
        # `convert` would cut off all above 255.
        return image.convert("I").point(lambda value: value / 256).convert("L")
    return image.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The colours that a profile means, as sRGB has them; one that is broken, or not of this picture, means none."""
    if profile:
        from PIL import ImageCms  # few pictures have one

        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if image.mode != "CMYK" and _is_srgb(source):
                return image
            return _converted(image, source)
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    return image.convert("RGB") if image.mode == "CMYK" else image


def _converted(image: Image.Image, source: Any) -> Image.Image:
    from PIL import ImageCms

    alpha = image.convert("RGBA").getchannel("A") if image.has_transparency_data else None
    grey = source.profile.xcolor_space.strip() == "GRAY"
    flat = image.convert("CMYK" if image.mode == "CMYK" else "L" if grey else "RGB")
    result = ImageCms.profileToProfile(flat, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    assert result is not None
    if image.mode in ("1", "L", "LA"):
        result = result.convert("L")
    if alpha is not None:
        result.putalpha(alpha)
    return result


def _is_srgb(source: Any) -> bool:
    from PIL import ImageCms

    return bool(re.match(r"sRGB\b", ImageCms.getProfileDescription(source).strip()))


def _on_white(image: Image.Image) -> Image.Image:
    """Kobo and Apple want no transparent grounds: in the dark, dark lines would stand on black."""
    if not image.has_transparency_data:
        return image
    grey = image.mode == "LA"
    layer = image.convert("RGBA")
    if layer.getchannel("A").getextrema() == (255, 255):
        flat = layer.convert("RGB")
    else:
        ground = Image.new("RGBA", layer.size, "white")
        flat = Image.alpha_composite(ground, layer).convert("RGB")
    return flat.convert("L") if grey else flat


def _written(canvas: _Canvas, quality: int, bare: bytes) -> tuple[bytes, str]:
    """Photographs as JPEG; lines, letters and few colours as PNG. `bare` is what could stay as it is, if anything."""
    image = canvas.image
    exact = (bare or _png(image)) if canvas.exact else b""
    few = len(exact) <= _PHOTO_BYTES or image.mode in ("1", "P")
    if exact and few and len(exact) <= MOST_BYTES:
        return exact, "image/png"
    data = jpeg(image, quality)
    if exact and len(data) * _FAR_SMALLER > len(exact) and len(exact) <= MOST_BYTES:
        return exact, "image/png"
    while len(data) > MOST_BYTES and quality > _LEAST_QUALITY:
        quality -= 10
        data = jpeg(image, quality)
    return data, "image/jpeg"


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.info.clear()
    image.save(out, "PNG", optimize=True)
    return _bare_png(out.getvalue())


def _bare_png(data: bytes) -> bytes:
    """The same pixels, compressed as they were, without the chunks that show nothing."""
    kept, at = [_PNG], len(_PNG)
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if kind in _SHOWN:
            kept.append(data[at : at + 12 + length])
        at += 12 + length
        if kind == b"IEND":
            break
    return b"".join(kept)


def _bare_jpeg(data: bytes) -> bytes:
    """The same pixels, compressed as they were, without the segments that show nothing, nor what follows the end."""
    return b"\xff\xd8" + b"".join(_segments(data)) + b"\xff\xd9"


def _segments(data: bytes) -> Iterator[bytes]:
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        mark = data[at + 1]
        if mark == 0xFF:  # a fill byte
            at += 1
            continue
        if mark == _END:
            return
        end = at + 2 + struct.unpack_from(">H", data, at + 2)[0]
        if mark == _SCAN:
            # Entropy-coded: FF is followed by 00, or restarts (D0 to D7), until the next segment.
            scan = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL).search(data, end)
            end = scan.start() if scan else len(data)
            yield data[at:end]
        elif mark == _JFIF and data[at + 4 : at + 9] == b"JFIF\0" and end - at >= 18:
            # Its thumbnail, the last of it, is another picture.
            yield b"\xff\xe0\x00\x10" + data[at + 4 : at + 16] + b"\0\0"
        elif mark == _ADOBE or not (_JFIF <= mark <= _LAST_APP or mark == _COMMENT):
            yield data[at:end]
        at = end
