"""Readable names for the parts of a data set, after any steps: "digits validation (standardized by digits)".

Used by `split` and `standardize` of a Dataset.
"""

from __future__ import annotations

_STANDARDIZED = " (standardized"


def part_names(name: str) -> tuple[str, str]:
    """Name both parts of a split: of the whole train and test, of train again train and validation.

    >>> part_names("digits"), part_names("digits train")
    (('digits train', 'digits test'), ('digits train', 'digits validation'))
    """
    base, mark, by = name.partition(_STANDARDIZED)
    if base.endswith(" train"):
        names = base, f"{base.removesuffix(' train')} validation"
    elif base.endswith((" test", " validation")):
        names = f"{base}, part 1", f"{base}, part 2"
    else:
        names = f"{base} train", f"{base} test"
    return names[0] + mark + by, names[1] + mark + by


def standardized(name: str, by: str = "") -> str:
    """Name a set that was standardized with its own statistics, or with those of the set `by`.

    >>> standardized("a"), standardized("b", by="a (standardized)")
    ('a (standardized)', 'b (standardized by a)')
    """
    base, other = name.partition(_STANDARDIZED)[0], by.partition(_STANDARDIZED)[0]
    return f"{base}{_STANDARDIZED}{f' by {other}' if by else ''})"
