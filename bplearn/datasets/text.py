"""A small text that ships with the package: enough for a language model of a few seconds.

SOURCES.md beside this file says where the rhymes come from.
Used in notebooks/18_attention_by_hand.ipynb.
"""

from __future__ import annotations

from importlib import resources


def rhymes() -> str:
    """Load 14 nursery rhymes in small letters, about 1,900 characters; an empty line stands between two verses.

    >>> text = rhymes()
    >>> text.splitlines()[0], len(set(text))
    ('twinkle, twinkle, little star,', 35)

    Source: traditional English rhymes, Jane Taylor (1806) and Sarah Josepha Hale (1830), in the public domain
    """
    return resources.files("bplearn.datasets").joinpath("rhymes.txt").read_text(encoding="utf-8")
