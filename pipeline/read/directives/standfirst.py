"""`.. standfirst::` the paragraph under the title, set apart from the text it introduces."""

from __future__ import annotations

from pipeline.read.directives.place import Placed


class Standfirst(Placed):
    place = "standfirst"
