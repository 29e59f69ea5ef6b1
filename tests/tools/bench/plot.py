"""CPU against pages, on logarithmic axes, as SVG: the same figures give the same bytes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 400
LEFT, RIGHT, TOP, BOTTOM = 64, 72, 24, 48
COLOURS = ("#1F4D3A", "#B4540A", "#4A4A8A")

Points = Sequence[tuple[float, float]]


def plot(lines: Mapping[str, Points], x_title: str, y_title: str) -> str:
    """A drawing of lines of points (x, y), all above zero, each under its name."""
    xs, ys = zip(*(point for points in lines.values() for point in points), strict=True)
    x = _Axis(_floor(min(xs)), _ceiling(max(xs)), LEFT, WIDTH - RIGHT)
    y = _Axis(_floor(min(ys)), _ceiling(max(ys)), HEIGHT - BOTTOM, TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
        f' font-family="sans-serif" font-size="12" role="img">',
        f"<title>{y_title} against {x_title}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        *_grid(x, y),
        _text(x_title, (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, "middle"),
        f'<g transform="rotate(-90)">{_text(y_title, -(TOP + HEIGHT - BOTTOM) / 2, 16, "middle")}</g>',
    ]
    for (name, points), colour in zip(lines.items(), COLOURS, strict=False):
        places = [(x.place(a), y.place(b)) for a, b in points]
        path = " ".join(f"{a:.1f},{b:.1f}" for a, b in places)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3.5" fill="{colour}"/>' for a, b in places]
        parts.append(_text(name, places[-1][0] + 10, places[-1][1] + 4, "start", colour))
    return "\n".join((*parts, "</svg>\n"))


@dataclass(frozen=True)
class _Axis:
    """Decades from `low` to `high`, drawn from one coordinate to another."""

    low: float
    high: float
    start: float
    end: float

    def place(self, value: float) -> float:
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return self.start + share * (self.end - self.start)

    def decades(self) -> Iterator[float]:
        for power in range(round(math.log10(self.low)), round(math.log10(self.high)) + 1):
            yield 10.0**power


def _grid(x: _Axis, y: _Axis) -> Iterator[str]:
    for value in x.decades():
        place = x.place(value)
        yield f'<line x1="{place:.1f}" y1="{y.start}" x2="{place:.1f}" y2="{y.end}" stroke="#ccc"/>'
        yield _text(f"{value:,g}", place, y.start + 18, "middle")
    for value in y.decades():
        place = y.place(value)
        yield f'<line x1="{x.start}" y1="{place:.1f}" x2="{x.end}" y2="{place:.1f}" stroke="#ccc"/>'
        yield _text(f"{value:,g}", x.start - 8, place + 4, "end")


def _text(words: str, x: float, y: float, anchor: str, colour: str = "#333") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{words}</text>'


def _floor(value: float) -> float:
    return 10.0 ** math.floor(math.log10(value))


def _ceiling(value: float) -> float:
    return 10.0 ** math.ceil(math.log10(value))
