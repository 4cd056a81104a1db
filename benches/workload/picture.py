#!/usr/bin/env python3
"""Draws docs/performance.svg: wall time against lines, both axes logarithmic, from figures.json.    picture.py [FIGURES.json OUT.svg]

Text and lines take the colour of the page, light or dark; series have colours that stand out on both, and marks of their own.
"""
import json
import math
import os
import sys
from xml.sax.saxutils import escape

HERE = os.path.dirname(os.path.abspath(__file__))
WIDTH, HEIGHT = 760, 490
LEFT, RIGHT, TOP, BOTTOM = 70, 200, 44, 90
SHORT = {"bordereau, compiled catalogue": "bordereau, compiled", "floor: bytes read, baskets copied": "floor (bytes only)"}
COLOURS = ("#2f81f7", "#1a9e96", "#e5732a", "#b8860b", "#a05fd0", "#d1477a", "#8b949e")
MARKS = ("circle", "square", "triangle", "diamond", "circle", "square", "triangle")
STYLE = """
  .paper { fill: #ffffff } .ink { fill: #1f2328 } .faint { fill: #59636e } .grid { stroke: #d1d9e0 } .axis { stroke: #59636e }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0d1117 } .ink { fill: #f0f6fc } .faint { fill: #9198a1 } .grid { stroke: #3d444d } .axis { stroke: #9198a1 } }
  text { font: 13px system-ui, sans-serif } .title { font-size: 15px; font-weight: 600 } .faint { font-size: 11px }"""


def mark(kind, x, y, colour):
    if kind == "circle":
        return '<circle cx="%.1f" cy="%.1f" r="4.5" fill="%s"/>' % (x, y, colour)
    points = {"square": ((-4, -4), (4, -4), (4, 4), (-4, 4)), "triangle": ((0, -5.5), (5, 4), (-5, 4)),
              "diamond": ((0, -6), (6, 0), (0, 6), (-6, 0))}[kind]
    return '<polygon points="%s" fill="%s"/>' % (" ".join("%.1f,%.1f" % (x + dx, y + dy) for dx, dy in points), colour)


def short(lines):
    return "%d M" % (lines // 10 ** 6) if lines >= 10 ** 6 else "%d k" % (lines // 10 ** 3)


def seconds(value):
    return ("%.2f s" if value < .1 else "%.1f s" if value < 1 else "%.0f s") % value


def spread(places, gap):
    """Labels at these heights, moved so that none covers another."""
    order = sorted(range(len(places)), key=places.__getitem__)
    for below, above in zip(order[1:], order):
        places[below] = max(places[below], places[above] + gap)
    return places


def draw(figures, path):
    series = figures["jobs"]["Import and split"]
    sizes = sorted({n for points in series.values() for n, _ in points})
    times = [t for points in series.values() for _, t in points]
    low, high = math.log10(sizes[0]) - .12, math.log10(sizes[-1]) + .12
    ticks = [base * 10.0 ** power for power in range(-3, 4) for base in (1, 2, 5)]
    floor = max(t for t in ticks if t <= min(times))
    ceiling = min(t for t in ticks if t >= max(times))
    x = lambda n: LEFT + (math.log10(n) - low) / (high - low) * (WIDTH - LEFT - RIGHT)
    y = lambda t: HEIGHT - BOTTOM - math.log(t / floor) / math.log(ceiling / floor) * (HEIGHT - TOP - BOTTOM)
    out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-labelledby="t d">' % (WIDTH, HEIGHT, WIDTH, HEIGHT),
           '<title id="t">Time of an import by number of lines</title>',
           '<desc id="d">%s</desc>' % escape("; ".join("%s: %s" % (name, ", ".join("%s lines %s s" % tuple(p) for p in points)) for name, points in series.items())),
           "<style>%s\n</style>" % STYLE, '<rect class="paper" width="100%" height="100%" rx="6"/>',
           '<text class="ink title" x="%d" y="26">Import and split: wall time by number of lines</text>' % LEFT]
    for t in (t for t in ticks if floor <= t <= ceiling):
        out.append('<line class="grid" x1="%d" x2="%d" y1="%.1f" y2="%.1f"/>' % (LEFT, WIDTH - RIGHT, y(t), y(t)))
        out.append('<text class="ink" x="%d" y="%.1f" text-anchor="end">%s</text>' % (LEFT - 8, y(t) + 4, seconds(t)))
    for n in sizes:
        out.append('<line class="grid" x1="%.1f" x2="%.1f" y1="%d" y2="%d"/>' % (x(n), x(n), TOP, HEIGHT - BOTTOM))
        out.append('<text class="ink" x="%.1f" y="%d" text-anchor="middle">%s</text>' % (x(n), HEIGHT - BOTTOM + 20, short(n)))
    out.append('<path class="axis" d="M%d %dV%dH%d" fill="none"/>' % (LEFT, TOP, HEIGHT - BOTTOM, WIDTH - RIGHT))
    out.append('<text class="ink" x="%d" y="%d" text-anchor="middle">lines, logarithmic</text>' % ((LEFT + WIDTH - RIGHT) / 2, HEIGHT - BOTTOM + 38))
    labels = spread([y(points[-1][1]) for points in series.values()], 17)
    for k, (name, points) in enumerate(series.items()):
        colour, kind = COLOURS[k % len(COLOURS)], MARKS[k % len(MARKS)]
        line = " ".join("%.1f,%.1f" % (x(n), y(t)) for n, t in points)
        out.append('<polyline points="%s" fill="none" stroke="%s" stroke-width="%s"/>' % (line, colour, 3 if name.startswith("bordereau") else 2))
        out += [mark(kind, x(n), y(t), colour) for n, t in points]
        n, t = points[-1]
        out.append('<line class="grid" x1="%.1f" y1="%.1f" x2="%d" y2="%.1f"/>' % (x(n) + 7, y(t), WIDTH - RIGHT + 8, labels[k]))
        out.append(mark(kind, WIDTH - RIGHT + 16, labels[k], colour))
        out.append('<text class="ink" x="%d" y="%.1f">%s</text>' % (WIDTH - RIGHT + 26, labels[k] + 4, escape(SHORT.get(name, name))))
    for k, text in enumerate(("Measured %s. Medians of rounds turn about; smaller is better." % figures["measured"], figures["machine"])):
        out.append('<text class="faint" x="%d" y="%d">%s</text>' % (LEFT, HEIGHT - 26 + 15 * k, escape(text)))
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(out) + "\n</svg>\n")


if __name__ == "__main__":
    source, target = sys.argv[1:3] if len(sys.argv) > 2 else (os.path.join(HERE, "figures.json"), os.path.join(HERE, "..", "..", "docs", "performance.svg"))
    with open(source, encoding="utf-8") as f:
        draw(json.load(f), target)
