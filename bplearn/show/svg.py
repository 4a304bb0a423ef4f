"""Small words for drawing: each function returns a piece of SVG as text, `svg(...)` puts the pieces into one picture.

Live panels draw with these words, because a text is quick to make, quick to show, and can be read by a unit test and by
a screen reader. They escape a user's words and round all numbers, so that the same picture is the same text.
First met in notebooks/04_chain_rule.ipynb, where a graph of single operations is drawn.
"""

from __future__ import annotations

import base64
import hashlib
import html
import math
import re
from collections.abc import Iterable

from bplearn.checks.arrays import expected_got
from bplearn.errors import ArgumentError
from bplearn.show.palette import COLORS, INK, NEUTRAL, PAPER, SERIES, SOFT
from bplearn.show.text import escape

Attribute = str | float | bool | None


def _attribute(tag: str, key: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    if value is True:
        return f' {name}="true"'
    if isinstance(value, str):
        return f' {name}="{escape(value)}"'
    if not math.isfinite(value):
        advice = "Leave out or clip such points before drawing."
        raise ArgumentError(expected_got(f"<{tag}> {name}", "a finite number", value, advice))
    return f' {name}="{_rounded(value)}"'


def _rounded(value: float) -> str:
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written


def element(tag: str, *inside: str, **attributes: Attribute) -> str:
    """Return one SVG element; `stroke_width=2` becomes stroke-width="2", `class_` becomes class, None is left out.

    `inside` holds pieces of SVG, which are not escaped again. Numbers keep two decimals.

    Raises: ArgumentError where a number is NaN or infinite.

    >>> element("circle", r=1.23456, data_key="w1", stroke_width=2.0)
    '<circle r="1.23" data-key="w1" stroke-width="2"/>'
    """
    head = tag + "".join(_attribute(tag, key, value) for key, value in attributes.items())
    return f"<{head}>{''.join(inside)}</{tag}>" if inside else f"<{head}/>"


def text(
    x: float, y: float, words: object, *, size: float = 13, anchor: str = "start", halo: bool = False, **more: Attribute
) -> str:
    """Return words whose first baseline starts (`anchor`: start, middle, end) at x, y; a line break starts a new line.

    `halo` puts a rim in the colour of the page around the letters, so that they can stand on a line.

    >>> text(0, 9, "x < 1", anchor="middle")
    '<text x="0" y="9" font-size="13" text-anchor="middle">x &lt; 1</text>'
    """
    lines = str(words).split("\n")
    inside = [escape(lines[0])]
    inside += [element("tspan", escape(line), x=x, dy=round(1.3 * size, 2)) for line in lines[1:]]
    rim: dict[str, Attribute] = {}
    if halo:
        rim = {"paint_order": "stroke", "stroke": PAPER, "stroke_width": 4, "stroke_linejoin": "round"}
    where = None if anchor == "start" else anchor
    return element("text", *inside, x=x, y=y, font_size=size, text_anchor=where, **rim, **more)


def text_width(words: object, size: float = 13) -> float:
    """Return about how wide the longest line of `words` will be; fonts differ, so leave some room.

    >>> text_width("0.5933") < 50
    True
    """
    return 0.6 * size * max(len(line) for line in str(words).split("\n"))


def line(x1: float, y1: float, x2: float, y2: float, *, stroke: str = NEUTRAL, **more: Attribute) -> str:
    """Return a straight line from x1, y1 to x2, y2.

    >>> line(0, 0, 9, 9, stroke="red")
    '<line x1="0" y1="0" x2="9" y2="9" stroke="red"/>'
    """
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=stroke, **more)


def circle(cx: float, cy: float, r: float, *, fill: str = SOFT, **more: Attribute) -> str:
    """Return a circle around cx, cy.

    >>> circle(5, 5, 2, fill="none", stroke="red")
    '<circle cx="5" cy="5" r="2" fill="none" stroke="red"/>'
    """
    return element("circle", cx=cx, cy=cy, r=r, fill=fill, **more)


def rect(x: float, y: float, width: float, height: float, *, fill: str = SOFT, **more: Attribute) -> str:
    """Return a rectangle whose upper left corner is at x, y; `rx` rounds its corners.

    >>> rect(0, 0, 8, 4, fill="none", rx=2)
    '<rect x="0" y="0" width="8" height="4" fill="none" rx="2"/>'
    """
    return element("rect", x=x, y=y, width=width, height=height, fill=fill, **more)


def polyline(points: Iterable[tuple[float, float]], *, stroke: str = INK, fill: str = "none", **more: Attribute) -> str:
    """Return straight pieces through all `points`, as for a loss curve.

    Raises: ArgumentError where a point is NaN or infinite.

    >>> polyline([(0, 1), (2, 3.14159)], stroke="red")
    '<path d="M0 1L2 3.14" fill="none" stroke="red"/>'
    """
    commands: list[str | float] = []
    for x, y in points:
        commands += ["L" if commands else "M", x, y]
    return path(*commands, stroke=stroke, fill=fill, **more)


def path(*commands: str | float, stroke: str | None = INK, fill: str = "none", **more: Attribute) -> str:
    """Return a path from the letters and numbers of SVG: `path("M", 0, 0, "L", 5, 5)`.

    Raises: ArgumentError where a number is NaN or infinite.

    >>> path("M", 0, 0, "C", 1, 0, 2, 5, 3, 5, stroke="red")
    '<path d="M0 0C1 0 2 5 3 5" fill="none" stroke="red"/>'
    """
    written = ""
    for command in commands:
        if isinstance(command, str):
            written += command
        elif math.isfinite(command):
            written += (" " if written[-1:].isdigit() else "") + _rounded(command)
        else:
            advice = "Leave out or clip such points before drawing."
            raise ArgumentError(expected_got("<path> d", "finite numbers", command, advice))
    return element("path", d=written, fill=fill, stroke=stroke, **more)


def arrow(x1: float, y1: float, x2: float, y2: float, *, stroke: str = INK, head: float = 8, **more: Attribute) -> str:
    """Return an arrow from x1, y1 to x2, y2; its head is `head` long. The attributes in `more` go to the shaft.

    >>> arrow(0, 0, 10, 0).count("<path")
    1
    """
    length = math.hypot(x2 - x1, y2 - y1)
    dx, dy = ((x2 - x1) / length, (y2 - y1) / length) if length else (1.0, 0.0)
    shaft = line(x1, y1, x2 - 0.8 * head * dx, y2 - 0.8 * head * dy, stroke=stroke, **more)
    return shaft + arrow_head(x2, y2, dx, dy, fill=stroke, size=head)


def arrow_head(x: float, y: float, dx: float, dy: float, *, fill: str = INK, size: float = 8) -> str:
    """Return a triangle with its tip at x, y that points along the unit vector dx, dy.

    >>> arrow_head(10, 0, 1, 0, fill="red", size=8)
    '<path d="M10 0L2 3.2L2 -3.2Z" fill="red"/>'
    """
    back_x, back_y, side = x - size * dx, y - size * dy, 0.4 * size
    corners = ("M", x, y, "L", back_x - side * dy, back_y + side * dx, "L", back_x + side * dy, back_y - side * dx, "Z")
    return path(*corners, stroke=None, fill=fill)


def group(*parts: str, **attributes: Attribute) -> str:
    """Return `parts` as one group; `data_key="w1"` makes it something that a panel hears clicks on.

    >>> group("<path/>", data_key="w1", class_="edge")
    '<g data-key="w1" class="edge"><path/></g>'
    """
    return element("g", "".join(parts), **attributes)


def png_image(
    picture: bytes | str, x: float, y: float, width: float, height: float, *, smooth: bool = False, **more: Attribute
) -> str:
    """Return a PNG (its bytes, or a data: address) stretched over a rectangle; pixels stay sharp unless `smooth`.

    Raises: ArgumentError where `picture` is an address outside the picture itself.

    >>> png_image("data:image/png;base64,AA==", 0, 0, 8, 8, smooth=True)
    '<image x="0" y="0" width="8" height="8" href="data:image/png;base64,AA==" preserveAspectRatio="none"/>'
    """
    href = "data:image/png;base64," + base64.b64encode(picture).decode() if isinstance(picture, bytes) else picture
    if not href.startswith("data:image/"):
        advice = "A picture must carry its pixels itself, so that it shows with no network."
        raise ArgumentError(
            expected_got("png_image", "PNG bytes or an address data:image/...", repr(href[:60]), advice)
        )
    style = None if smooth else "image-rendering:pixelated"
    place: dict[str, Attribute] = {"x": x, "y": y, "width": width, "height": height, "href": href}
    return element("image", **place, preserveAspectRatio="none", style=style, **more)


def svg(width: float, height: float, *parts: str, title: str, desc: str = "", name: str = "") -> str:
    """Return the whole picture: it fills the width it is given, up to `width` pixels, and says what it shows.

    `title` is its name for a screen reader, `desc` the numbers in it. The ids of both are derived from `name`;
    give a different name to each picture of a page. Without one they are derived from the picture.

    >>> svg(40, 20, circle(9, 9, 5), title="A dot", name="dot")[:56]
    '<svg xmlns="http://www.w3.org/2000/svg" class="bpl" view'
    """
    body = "".join(parts)
    digest = hashlib.sha256(f"{title}|{desc}|{body}".encode()).hexdigest()[:8]
    key = "bpl-" + (re.sub(r"[^A-Za-z0-9_-]+", "-", name) or digest)
    title_and_desc = element("title", escape(title), id=f"{key}-title")
    labels = f"{key}-title"
    if desc:
        title_and_desc += element("desc", escape(desc), id=f"{key}-desc")
        labels += f" {key}-desc"
    box = f"0 0 {_rounded(width)} {_rounded(height)}"
    style = f"max-width:{_rounded(width)}px;font-variant-numeric:tabular-nums"
    font = "system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif"
    known: dict[str, Attribute] = {"xmlns": "http://www.w3.org/2000/svg", "class": "bpl", "viewBox": box}
    role = "group" if "data-drag=" in body else "img"  # nothing can be taken hold of in an image
    known |= {"width": "100%", "style": style, "role": role, "aria-labelledby": labels}
    return element("svg", title_and_desc, body, **known, font_family=font, fill=INK)


def stand_alone(svg_text: str) -> str:
    """Return the picture for use as a file or in `<img>`: its own page colour, plain colours, a dark set on demand.

    Programs that know no CSS variables (printing, office, mail) show it too.

    >>> "var(" in stand_alone(svg(9, 9, circle(5, 5, 2), title="A dot"))
    False
    """
    plain = re.sub(r"var\(--bpl-\w+,(#[0-9a-f]{6})\)", r"\1", without_grips(svg_text))
    head, body = plain.split("</title>", 1)
    _, _, width, height = re.search(r'viewBox="([^"]*)"', head).group(1).split()  # type: ignore[union-attr]
    head = head.replace('width="100%"', f'width="{width}" height="{height}"', 1)
    swaps = "".join(
        f'[fill="{light}"]{{fill:{dark}}}[stroke="{light}"]{{stroke:{dark}}}'
        for light, dark in (*COLORS.values(), *SERIES)
    )
    style = f"<style>@media(prefers-color-scheme:dark){{{swaps}}}</style>"
    page = rect(0, 0, float(width), float(height), fill=COLORS["paper"][0], rx=6)
    described = body.split("</desc>", 1)
    body = described[0] + "</desc>" + style + page + described[1] if len(described) == 2 else style + page + body
    return head + "</title>" + body


def without_grips(svg_text: str) -> str:
    """Return a picture in which nothing can be taken hold of, for where no kernel would answer.

    >>> without_grips('<g data-drag="b" tabindex="0" role="slider"><path/></g>')
    '<g><path/></g>'
    """
    still = re.sub(r' data-q="[^"]*"', "", re.sub(r"<g data-drag=[^>]*>", "<g>", svg_text))
    return still.replace('role="group" aria-labelledby', 'role="img" aria-labelledby')


def data_uri(svg_text: str) -> str:
    """Return the stand-alone picture as a data: address for `<img src=...>`.

    >>> data_uri(svg(9, 9, title="Nothing"))[:26]
    'data:image/svg+xml;base64,'
    """
    return "data:image/svg+xml;base64," + base64.b64encode(stand_alone(svg_text).encode()).decode()


def alt_text(svg_text: str) -> str:
    """Return what a picture says of itself: its title and its description.

    >>> alt_text(svg(9, 9, title="A dot", desc="It is at 5, 5."))
    'A dot. It is at 5, 5.'
    """
    found = re.findall(r"<(?:title|desc) id=[^>]*>([^<]*)</", svg_text)[:2]
    return ". ".join(html.unescape(words).rstrip(". ") for words in found) + "." if found else ""


def figure_html(svg_text: str, alt: str = "") -> str:
    """Return `<img alt="..." src="data:...">`, the one form that every notebook viewer shows.

    Without `alt`, the picture's own title and description say what it shows.

    >>> figure_html(svg(9, 9, title="A dot"), "a dot")[:17]
    '<img alt="a dot" '
    """
    return f'<img alt="{escape(alt or alt_text(svg_text))}" style="max-width:100%" src="{data_uri(svg_text)}">'
