"""Formulas that a browser shows by itself: TeX becomes MathML, so that a page needs no script and no network.

The feedback of a course, exported notebooks and the site use it. Needs latex2mathml, of the extra `lab`.
"""

from __future__ import annotations

import re

from latex2mathml.converter import convert

_FORMULA = re.compile(
    r"(?P<code>```.*?```|~~~.*?~~~|`[^`\n]*`)"
    r"|\$\$(?P<block>.+?)\$\$"
    r"|(?<![\\$])\$(?P<line>(?!\s)[^$\n]*?[^$\n\s\\])\$(?![\d$])",
    re.DOTALL,
)
_NUMBER_OF_EQUATION = re.compile(r"\\tag\{([^{}]*)\}")
_NAME_AND_ARGUMENT = re.compile(
    r"(?<!<msup>)(?<!<msub>)(<mi>[a-z]{2,}</mi>)(?=<m(?:i|n|sub|sup|frac)\b)"
)  # tanh c, but tanh(c)


def mathml(tex: str, *, block: bool = False) -> str:
    r"""Return a formula as MathML, on a line of its own as a `block`.

    Raises: what latex2mathml raises for TeX that it does not know.

    >>> mathml("x")
    '<math xmlns="http://www.w3.org/1998/Math/MathML" display="inline"><mrow><mi>x</mi></mrow></math>'
    """
    tex = _NUMBER_OF_EQUATION.sub(r"\\qquad\\qquad (\1)", tex)
    turned = convert(tex.strip(), display="block" if block else "inline")
    return _NAME_AND_ARGUMENT.sub(r'\1<mspace width="0.17em" />', turned)


def with_formulas(text: str) -> str:
    r"""Return Markdown with its TeX as MathML; code, and what cannot be read as TeX, stays.

    >>> with_formulas("Costs $x_1$, not `$x_1$`")[:14]
    'Costs <math xm'
    """

    def shown(found: re.Match[str]) -> str:
        formula = found["block"] or found["line"]
        if not formula:
            return found[0]
        try:
            return mathml(formula, block=bool(found["block"]))
        except Exception:  # unknown TeX stays as it was typed
            return found[0]

    return _FORMULA.sub(shown, text)
