"""One cell of a table: a number however it is written, a gap, or a word; and what to say where it is none of them.

`1,200` is 1200 in one country and 1.2 in another, so the reader never guesses: the caller says which, or the reader
asks.
"""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass

MISSING = frozenset(
    {"", "?", "nan", "-nan", "+nan", "na", "n/a", "n.a.", "<na>", "#n/a", "#na", "null", "none", "nil", "nat"}
)
_BOOLEANS = {"true": 1.0, "false": 0.0}  # as a data frame of indicators is written to a file


@dataclass(frozen=True)
class NumberForm:
    """How numbers are written: the decimal sign, and the sign between thousands, if any.

    >>> NumberForm(decimal=",", thousands=".")("1.234,5")
    1234.5
    """

    decimal: str = "."
    thousands: str | None = None

    @property
    def plain(self) -> bool:
        """Whether it is the form that Python writes."""
        return self.decimal == "." and self.thousands is None

    def __call__(self, cell: str) -> float:
        """Return the number in a cell, nan for a gap. Raises: ValueError for anything else, infinity too."""
        if cell.lower() in MISSING:
            return math.nan
        cell = self._in_plain_form(cell)
        try:
            number = math.inf if "_" in cell else float(cell)  # Python reads 1_000 as a number; no table means it so
        except ValueError:
            return _BOOLEANS[cell.lower()] if cell.lower() in _BOOLEANS else _refuse(cell)
        return number if math.isfinite(number) else _refuse(cell)

    def reads(self, cell: str) -> bool:
        """Whether a cell holds a number or a gap."""
        try:
            self(cell)
        except ValueError:
            return False
        return True

    def is_whole(self, cell: str) -> bool:
        """Whether a cell holds a number without a decimal sign."""
        return self.reads(cell) and self._in_plain_form(cell).lstrip("+-").isdecimal()

    def _in_plain_form(self, cell: str) -> str:
        if self.plain:
            return cell.replace("\u2212", "-")
        cell = _usual_signs(cell)
        if not self._pattern.fullmatch(cell):
            return cell if cell.lower() in _BOOLEANS else f"no number: {cell}"
        return cell.replace(self.thousands or "", "").replace(self.decimal, ".")

    @functools.cached_property
    def _pattern(self) -> re.Pattern[str]:
        mark, point = re.escape(self.thousands or ""), re.escape(self.decimal)
        grouped = rf"[1-9]\d{{0,2}}(?:{mark}\d{{2,3}})*{mark}\d{{3}}|" if mark else ""  # 1,234,567 and 12,34,567
        return re.compile(rf"[+-]?(?:(?:{grouped}\d+)(?:{point}\d*)?|{point}\d+)(?:[eE][+-]?\d+)?")

    def __str__(self) -> str:
        """As it is passed to the reader."""
        options = [f"decimal={_quoted(self.decimal)}"] if self.decimal != "." or self.thousands is None else []
        return ", ".join(options + ([f"thousands={_quoted(self.thousands)}"] if self.thousands else []))


FORMS = (
    NumberForm(","),
    NumberForm(".", ","),
    NumberForm(",", "."),
    NumberForm(".", " "),
    NumberForm(",", " "),
    NumberForm(".", "'"),
    NumberForm(),
)


def is_missing(cell: str) -> bool:
    """Whether a cell is empty or says that there is no value.

    >>> [is_missing(cell) for cell in ("", "NA", "?", "0")]
    [True, True, True, False]
    """
    return cell.lower() in MISSING


def looks_like_a_number(cell: str) -> bool:
    """Whether a cell holds a number in any form that this module reads.

    >>> [looks_like_a_number(cell) for cell in ("1.5", "1,5", "1 200", "red", "NA")]
    [True, True, True, False, False]
    """
    return not is_missing(cell) and (NumberForm().reads(cell) or any(form.reads(cell) for form in FORMS))


def advice_for(cell: str, given: NumberForm) -> str:
    """Say what to pass where a cell holds a number in another form than the given one; nothing where it holds none.

    >>> advice_for("1,200", NumberForm())
    'For 1.2 pass decimal=",", for 1200 pass thousands=",".'
    """
    values: dict[float, NumberForm] = {}
    for form in FORMS:
        if form != given and form.reads(cell):
            values.setdefault(form(cell), form)
    if len(values) == 1:
        value, form = values.popitem()
        if form == NumberForm(","):
            return f'Write {cell.replace(",", ".")} with a point. Or pass decimal=",".'
        return f"For {value:.15g} pass {form}."
    forms = ", ".join(f"for {value:.15g} pass {form}" for value, form in values.items())
    return forms[:1].upper() + forms[1:] + ("." if forms else "")


def _refuse(cell: str) -> float:
    raise ValueError(f"no number: {cell}")


def _usual_signs(cell: str) -> str:
    """Spreadsheets put narrow spaces and curly apostrophes between thousands, and a long minus before them."""
    return re.sub("[\u00a0\u202f\u2009]", " ", cell).replace("\u2019", "'").replace("\u2212", "-")


def _quoted(sign: str) -> str:
    return '"' + sign + '"'
