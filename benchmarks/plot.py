"""A plot of cost against size, as SVG: a drawing this small needs no library."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT = 760, 400
LEFT, RIGHT, TOP, BOTTOM = 70, 500, 40, 350
COLOURS = ("#0a7d4f", "#666666", "#b35900", "#7a4fb5", "#c0392b", "#1f6fb2")


def draw(title: str, lines: Mapping[str, Sequence[tuple[float, float]]]) -> str:
    """Return an SVG of lines by name, each a list of sizes and milliseconds, both axes logarithmic."""
    sizes = sorted({x for points in lines.values() for x, _ in points})
    values = [max(y, 1.0) for points in lines.values() for _, y in points]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))

    def across(size: float) -> float:
        span = math.log10(sizes[-1] / sizes[0]) or 1
        return LEFT + (RIGHT - LEFT) * math.log10(size / sizes[0]) / span

    def up(value: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * (math.log10(max(value, 1.0)) - low) / (high - low or 1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"',
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="22" font-size="14">{escape(title)}</text>',
    ]
    for power in range(low, high + 1):
        y = up(10**power)
        parts.append(f'<line x1="{LEFT}" y1="{y:.0f}" x2="{RIGHT}" y2="{y:.0f}" stroke="#dddddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.0f}" text-anchor="end">{10**power:,} ms</text>')
    parts += [
        f'<text x="{across(size):.0f}" y="{BOTTOM + 20}" text-anchor="middle">{size:,.0f}</text>' for size in sizes
    ]
    parts.append(f'<text x="{(LEFT + RIGHT) / 2:.0f}" y="{BOTTOM + 40}" text-anchor="middle">constructs</text>')
    label = float(HEIGHT)
    ranked = sorted(zip(lines.items(), COLOURS, strict=False), key=lambda line: line[0][1][-1][1])
    for (name, points), colour in ranked:
        path = " ".join(f"{across(x):.1f},{up(y):.1f}" for x, y in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{across(x):.1f}" cy="{up(y):.1f}" r="3" fill="{colour}"/>' for x, y in points]
        label = min(label - 15, up(points[-1][1]) + 4)
        parts.append(f'<text x="{RIGHT + 10}" y="{label:.0f}" fill="{colour}">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>", ""])
