"""The one palette of everything that is drawn as SVG: few quiet colours that stay apart for a colour-blind reader.

Each colour is a CSS variable with its light value as fallback, so that a picture follows the theme of the page. The
dash of a line shows the sign of its number as well, never the colour alone.
First met in notebooks/04_chain_rule.ipynb.
"""

from __future__ import annotations

# Blue and vermilion of Okabe and Ito, darkened until small letters reach a contrast of 4.5.
# `COLORS` gives each colour for a light and for a dark page; a test computes the contrasts.
COLORS = {
    "positive": ("#0072b2", "#56b4e9"),
    "negative": ("#b84a00", "#f0a04b"),
    "neutral": ("#7d8793", "#8d97a3"),
    "accent": ("#953a72", "#e79ac6"),
    "ink": ("#1f2328", "#e6e8eb"),
    "muted": ("#57606a", "#a3acb6"),
    "paper": ("#ffffff", "#16191d"),
    "soft": ("#f2f4f7", "#242a31"),
    "glow": ("#fff1b8", "#4b3f12"),
}
# One color for each class or run, after Okabe and Ito; marker, dash or a name tells them apart as well.
SERIES = (
    ("#0072b2", "#56b4e9"),
    ("#d55e00", "#f08a3c"),
    ("#009e73", "#2fc49a"),
    ("#b05a8c", "#e79ac6"),
    ("#e69f00", "#f0e442"),
    ("#56b4e9", "#9bb7ff"),
    ("#8c6d46", "#d2b48c"),
    ("#4d5560", "#c9d1d9"),
)
# The colour (of SERIES) of each optimizer, the same in every panel and figure; its place in the list gives its mark.
OPTIMIZERS = {"SGD": 0, "Momentum": 1, "RMSProp": 2, "Adam": 3, "AdaGrad": 4, "AdamW": 6}
_FROM_JUPYTER = {"ink": "--jp-content-font-color1", "paper": "--jp-layout-color1"}


def _color(name: str) -> str:
    light = COLORS[name][0]
    return f"var(--bpl-{name},{light})"


POSITIVE = _color("positive")  # a number above zero, with a solid line
NEGATIVE = _color("negative")  # a number below zero, with a dashed line
NEUTRAL = _color("neutral")  # zero, frames, axes; lines only: too pale for letters
ACCENT = _color("accent")  # gradients, and what a learner has chosen
INK = _color("ink")  # letters
MUTED = _color("muted")  # letters that stand back
PAPER = _color("paper")  # the page
SOFT = _color("soft")  # the inside of a box
GLOW = _color("glow")  # the inside of a box that is being worked on

DASHED = "6 3"
DOTTED = "1.5 3.5"


def _variables(shade: int, jupyter: bool) -> str:
    def value(name: str) -> str:
        own = COLORS[name][shade]
        return f"var({_FROM_JUPYTER[name]},{own})" if jupyter and name in _FROM_JUPYTER else own

    series = (f"--bpl-series{number}:{pair[shade]}" for number, pair in enumerate(SERIES))
    figure = f"--bpl-figure:{'invert(0.9) hue-rotate(180deg)' if shade else 'none'}"
    return ";".join([*(f"--bpl-{name}:{value(name)}" for name in COLORS), *series, figure])


# A page that shows pictures as live SVG adds this once. Pictures without it keep the light colours.
STYLE = (
    f":root{{{_variables(0, False)}}}"
    f"[data-jp-theme-light]{{{_variables(0, True)}}}"
    f'[data-jp-theme-light="false"]{{{_variables(1, True)}}}'
    f".vscode-dark,html[theme=dark],html[data-theme=dark]{{{_variables(1, False)}}}"  # VS Code, Colab, the site
    "@media(forced-colors:active){:root,[data-jp-theme-light],.vscode-dark{"
    + ";".join(f"--bpl-{name}:CanvasText" for name in COLORS if name not in ("paper", "soft", "glow"))
    + ";--bpl-paper:Canvas;--bpl-soft:Canvas;--bpl-glow:Canvas}}"
    ".bpl [data-key]{cursor:pointer}"
)


def series_color(number: int) -> str:
    """Return the color of class or run `number` for SVG; after the last it starts again.

    >>> series_color(1)
    'var(--bpl-series1,#d55e00)'
    """
    number %= len(SERIES)
    return f"var(--bpl-series{number},{SERIES[number][0]})"


def sign_stroke(number: float) -> dict[str, str | None]:
    """Return stroke and dash for a signed number: never by colour alone.

    Above zero: POSITIVE and solid. Below: NEGATIVE and dashed. Zero: NEUTRAL and dotted.

    >>> sign_stroke(-2)["stroke_dasharray"]
    '6 3'
    """
    if number > 0:
        return {"stroke": POSITIVE, "stroke_dasharray": None}
    if number < 0:
        return {"stroke": NEGATIVE, "stroke_dasharray": DASHED}
    return {"stroke": NEUTRAL, "stroke_dasharray": DOTTED}
