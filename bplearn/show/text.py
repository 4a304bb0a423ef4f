"""Numbers and words as a learner reads them: the one writer for text, tables, pictures, panels and LaTeX.

A number that stands in a table, in a picture and in the picture's alt text looks the same in all three.
"""

from __future__ import annotations

import html
import re
from typing import Any

_SAFE = re.compile(r"[ !#-%(-;=?-~]*").fullmatch  # printable ASCII but for & < > and the quotation marks


def short(number: float, digits: int = 4) -> str:
    """Write a number: `digits` significant ones, no trailing zeros, up to a million in full, never -0.

    Only a column whose decimal points stand below each other and a bar that must not jump keep fixed decimals.

    >>> short(0.593269992107), short(-2.0), short(1.2345e-7), short(12345.6), short(-0.0)
    ('0.5933', '-2', '1.235e-7', '12346', '0')
    """
    written = f"{number + 0.0:.{digits}g}"
    if "e" not in written:
        return written
    mantissa, _, power = written.partition("e")
    return f"{number:.0f}" if 0 <= int(power) < 6 else f"{mantissa}e{int(power)}"


def bracketed(number: Any, digits: int = 4) -> str:
    """Write a number as `short` does, in brackets where it is negative: for the inside of a formula.

    >>> bracketed(-2.5), bracketed(0.5)
    ('(-2.5)', '0.5')
    """
    return f"({short(number, digits)})" if number < 0 else short(number, digits)


def latex_number(number: float, digits: int = 4, *, brackets: bool = False) -> str:
    r"""Write a number in LaTeX; in `brackets` where it is negative.

    >>> latex_number(-2.5e-7, brackets=True)
    '(-2.5 \\cdot 10^{-7})'
    """
    mantissa, _, power = short(number, digits).partition("e")
    written = rf"{mantissa} \cdot 10^{{{power}}}" if power else mantissa
    return f"({written})" if brackets and number < 0 else written


def listed(numbers: Any, digits: int = 4) -> str:
    """Write the numbers of an array or a nested list, each as `short` does.

    >>> listed([[0.12345, -2.0], [0, 1e-9]])
    '[[0.1235, -2], [0, 1e-9]]'
    """
    numbers = numbers.tolist() if hasattr(numbers, "tolist") else numbers
    if isinstance(numbers, list | tuple):
        return f"[{', '.join(listed(part, digits) for part in numbers)}]"
    return short(numbers, digits)


def counted(number: int, noun: str, nouns: str = "") -> str:
    """Write how many there are of something; `nouns` is the plural where that is more than an s.

    >>> counted(1, "epoch"), counted(1200, "sample"), counted(3, "class", "classes")
    ('1 epoch', '1,200 samples', '3 classes')
    """
    return f"{number:,} {noun if number == 1 else nouns or noun + 's'}"


def escape(words: object) -> str:
    """Return `words` as text that is safe between tags and in attributes.

    >>> escape('a < "b"')
    'a &lt; &quot;b&quot;'
    """
    text = str(words)
    if _SAFE(text):  # true for nearly all texts, and ten times faster
        return text
    return html.escape(re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "\ufffd", text))
