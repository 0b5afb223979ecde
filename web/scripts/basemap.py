"""Makes build/basemap.json and build/tracking-map.json: outlines of Europe's countries, from Natural Earth (public domain).

Source: Debian's r-cran-rnaturalearthdata (its data directory as the argument), else npm's world-atlas.
Coordinates are hundredths of a degree, each pair after the first as the difference to the one before.
"""

import json
import pathlib
import sys

import rdata

WEST, SOUTH, EAST, NORTH = -26.0, 32.0, 46.0, 72.0


def from_r(directory: pathlib.Path):
    """(country code, ring) of every polygon; a ring is a list of (longitude, latitude)."""
    table = rdata.load(directory, "countries50")
    columns = table["data"]
    codes = column(columns, "iso_a2")
    names = column(columns, "name")
    for code, name, country in zip(codes, names, table["polygons"]):
        for polygon in country["Polygons"]:
            values = polygon["coords"]
            half = len(values) // 2
            yield proper(code, name), list(zip(values[:half], values[half:]))


def column(columns, name):
    """A column of a data frame, factors spelled out."""
    values = columns[columns.attributes["names"].index(name)]
    levels = getattr(values, "attributes", {}).get("levels")
    return [levels[value - 1] if 0 < value <= len(levels) else "" for value in values] if levels else values


def proper(code, name):
    """Natural Earth gives -99 to countries with territories elsewhere."""
    return {"France": "FR", "Norway": "NO", "Kosovo": "XK"}.get(name, code if code and code != "-99" else "")


def from_topology(path: pathlib.Path):
    topology = json.loads(path.read_text())
    scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * scale[0] + shift[0], y * scale[1] + shift[1]))
        arcs.append(points)
    for geometry in topology["objects"]["countries"]["geometries"]:
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        for polygon in polygons:
            for ring in polygon:
                points = []
                for index in ring:
                    arc = arcs[index] if index >= 0 else arcs[~index][::-1]
                    points += arc[1:] if points else arc
                yield NUMERIC.get(str(geometry.get("id")), ""), points


# ISO 3166-1 numeric codes, as world-atlas has them, of the countries that Waybill's demo serves.
NUMERIC = {
    "276": "DE", "250": "FR", "528": "NL", "056": "BE", "616": "PL", "203": "CZ", "040": "AT", "756": "CH", "380": "IT",
    "724": "ES", "208": "DK", "752": "SE", "442": "LU", "620": "PT", "826": "GB", "372": "IE", "578": "NO", "246": "FI",
}


def clip(ring):
    """Sutherland and Hodgman, against the four sides of the region."""
    sides = [
        (lambda p: p[0] >= WEST, lambda a, b: cross_x(a, b, WEST)),
        (lambda p: p[0] <= EAST, lambda a, b: cross_x(a, b, EAST)),
        (lambda p: p[1] >= SOUTH, lambda a, b: cross_y(a, b, SOUTH)),
        (lambda p: p[1] <= NORTH, lambda a, b: cross_y(a, b, NORTH)),
    ]
    for inside, cross in sides:
        kept, before = [], ring[-1] if ring else None
        for point in ring:
            if inside(point):
                if not inside(before):
                    kept.append(cross(before, point))
                kept.append(point)
            elif inside(before):
                kept.append(cross(before, point))
            before = point
        ring = kept
    return ring


def cross_x(a, b, x):
    return (x, a[1] + (b[1] - a[1]) * (x - a[0]) / (b[0] - a[0]))


def cross_y(a, b, y):
    return (a[0] + (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]), y)


def simplify(ring, tolerance):
    """Douglas and Peucker on an open line; a ring is cut at its farthest point so that it does not vanish."""
    if len(ring) < 5:
        return ring
    far = max(range(len(ring)), key=lambda i: distance2(ring[0], ring[i]))
    return reduced(ring[:far + 1], tolerance)[:-1] + reduced(ring[far:], tolerance)


def reduced(line, tolerance):
    keep, stack = {0, len(line) - 1}, [(0, len(line) - 1)]
    while stack:
        first, last = stack.pop()
        worst, index = tolerance * tolerance, None
        for i in range(first + 1, last):
            d = segment2(line[i], line[first], line[last])
            if d > worst:
                worst, index = d, i
        if index is not None:
            keep.add(index)
            stack += [(first, index), (index, last)]
    return [line[i] for i in sorted(keep)]


def distance2(a, b):
    return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2


def segment2(p, a, b):
    length = distance2(a, b)
    if length == 0:
        return distance2(p, a)
    t = max(0, min(1, ((p[0] - a[0]) * (b[0] - a[0]) + (p[1] - a[1]) * (b[1] - a[1])) / length))
    return distance2(p, (a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])))


def encoded(ring):
    flat, last = [], (0, 0)
    for lon, lat in ring:
        point = (round(lon * 100), round(lat * 100))
        flat += [point[0] - last[0], point[1] - last[1]]
        last = point
    return flat


def area(ring):
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1]))) / 2


def outline(source, tolerance, smallest):
    countries = {}
    for code, ring in source:
        ring = simplify(clip(ring), tolerance)
        if len(ring) >= 4 and area(ring) >= smallest:
            countries.setdefault(code, []).append(encoded(ring))
    return countries


def main():
    source = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path("node_modules/world-atlas/countries-50m.json")
    rings = list(from_r(source) if source.is_dir() else from_topology(source))
    build = pathlib.Path("build")
    build.mkdir(exist_ok=True)
    for name, tolerance, smallest in (("basemap", 0.03, 0.01), ("tracking-map", 0.18, 0.25)):
        countries = outline(rings, tolerance, smallest)
        text = json.dumps({"credit": "Made with Natural Earth", "countries": countries}, separators=(",", ":"))
        (build / f"{name}.json").write_text(text)
        print(f"{name}.json: {len(countries)} countries, {len(text)} bytes")


if __name__ == "__main__":
    main()
