"""The directives of our own: one file each, and a line in this list."""

from __future__ import annotations

from docutils.parsers.rst import directives, roles

from pipeline.read.directives import references
from pipeline.read.directives.code import Code
from pipeline.read.directives.colophon import Colophon
from pipeline.read.directives.credits import Credits
from pipeline.read.directives.described_image import DescribedImage
from pipeline.read.directives.drawing import Drawing
from pipeline.read.directives.lang import Lang, lang
from pipeline.read.directives.post import Post
from pipeline.read.directives.standfirst import Standfirst
from pipeline.read.directives.toctree import Toctree

DIRECTIVES = {
    "code": Code,
    "code-block": Code,
    "colophon": Colophon,
    "credits": Credits,
    "described-image": DescribedImage,
    "drawing": Drawing,
    "lang": Lang,
    "post": Post,
    "sourcecode": Code,
    "standfirst": Standfirst,
    "toctree": Toctree,
}
ROLES = {"lang": lang, **references.ROLES}


def register() -> None:
    """Make them known to docutils, whose registry is global to the process."""
    for name, directive in DIRECTIVES.items():
        directives.register_directive(name, directive)
    for name, role in ROLES.items():
        roles.register_local_role(name, role)
