"""The directives of our own and of Sphinx' dialect: a file for each, or each kind, and a line in this list."""

from __future__ import annotations

from typing import Any

from docutils.parsers.rst import directives
from docutils.parsers.rst import roles as registry

from pipeline.read import roles
from pipeline.read.directives import (
    absent,
    literal_include,
    objects,
    only,
    panels,
    references,
    settings,
    tested,
    texts,
    versions,
)
from pipeline.read.directives.code import Code
from pipeline.read.directives.colophon import Colophon
from pipeline.read.directives.cover import Cover
from pipeline.read.directives.credits import Credits
from pipeline.read.directives.described_image import DescribedImage
from pipeline.read.directives.drawing import Drawing
from pipeline.read.directives.glossary import Glossary
from pipeline.read.directives.index import Index, index
from pipeline.read.directives.lang import Lang, lang
from pipeline.read.directives.post import Post
from pipeline.read.directives.standfirst import Standfirst
from pipeline.read.directives.toctree import Toctree

DIRECTIVES: dict[str, Any] = {
    "code": Code,
    "code-block": Code,
    "colophon": Colophon,
    "cover": Cover,
    "credits": Credits,
    "described-image": DescribedImage,
    "drawing": Drawing,
    "glossary": Glossary,
    "index": Index,
    "lang": Lang,
    "post": Post,
    "sourcecode": Code,
    "standfirst": Standfirst,
    "toctree": Toctree,
    **absent.DIRECTIVES,
    **literal_include.DIRECTIVES,
    **objects.DIRECTIVES,
    **only.DIRECTIVES,
    **panels.DIRECTIVES,
    **settings.DIRECTIVES,
    **tested.DIRECTIVES,
    **texts.DIRECTIVES,
    **versions.DIRECTIVES,
}
ROLES: dict[str, Any] = {
    "index": index,
    "lang": lang,
    **roles.ROLES,
    **references.ROLES,
    **{kind: references.named(kind) for kind in settings.NAMED},
}


def register() -> None:
    """Make them known to docutils, whose registry is global to the process."""
    for name, directive in DIRECTIVES.items():
        directives.register_directive(name, directive)
    for name, role in ROLES.items():
        registry.register_local_role(name, role)
