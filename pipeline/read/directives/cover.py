"""`.. cover:: FILE` the author's own cover for the ebook; `:alt:` is required, as for every picture."""

from __future__ import annotations

from docutils import nodes
from docutils.parsers.rst import directives

from pipeline.read.offline import images


class Cover(images.Image):
    option_spec = {"alt": directives.unchanged}  # noqa: RUF012  # docutils declares it so

    def run(self) -> list[nodes.Node]:
        (image,) = super().run()
        assert isinstance(image, nodes.image)
        image["place"] = "cover"
        return [image]
