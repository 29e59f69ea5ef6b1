"""`.. colophon::` what the reader should know of this edition; stands last, under a heading of its own."""

from __future__ import annotations

from pipeline.read.directives.place import Placed


class Colophon(Placed):
    place = "colophon"
