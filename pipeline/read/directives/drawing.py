"""`.. drawing:: FILE` the drawing of the title page and the cover; `:alt:` is required, as for every picture."""

from __future__ import annotations

from docutils import nodes
from docutils.parsers.rst import directives

from pipeline.read.offline import images


class Drawing(images.Image):
    option_spec = {"alt": directives.unchanged}  # noqa: RUF012  # docutils declares it so

    def run(self) -> list[nodes.Node]:
        (image,) = super().run()
        assert isinstance(image, nodes.image)
        image["place"] = "drawing"
        return [image]
