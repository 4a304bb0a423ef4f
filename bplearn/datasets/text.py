"""A small text that ships with the package: enough for a language model of a few seconds.

SOURCES.md beside this file says where the rhymes come from.
Used in notebooks/18_attention.ipynb.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources

import numpy as np

from bplearn.checks.arrays import Array, expected_got
from bplearn.errors import ArgumentError


def rhymes() -> str:
    """Load 14 nursery rhymes in small letters, about 1,900 characters; an empty line stands between two verses.

    >>> text = rhymes()
    >>> text.splitlines()[0], len(set(text))
    ('twinkle, twinkle, little star,', 35)

    Source: traditional English rhymes, Jane Taylor (1806) and Sarah Josepha Hale (1830), in the public domain
    """
    return resources.files("bplearn.datasets").joinpath("rhymes.txt").read_text(encoding="utf-8")


def next_tokens(tokens: Sequence[int] | Array, length: int) -> tuple[Array, Array]:
    """Cut a text, given as token numbers, into all its windows; the target of each token is the one that follows.

    Shapes: tokens (n,) -> x (n - length, length), targets (n - length, length)
    Raises: ArgumentError for a text that is not longer than a window.

    >>> x, targets = next_tokens([7, 8, 9, 5], 2)
    >>> x.tolist(), targets.tolist()
    ([[7, 8], [8, 9]], [[8, 9], [9, 5]])

    Introduced in: notebooks/18_attention.ipynb
    """
    if not 0 < length < len(tokens):
        wanted = f"a length from 1 to {len(tokens) - 1}, below that of the text"
        raise ArgumentError(expected_got("next_tokens", wanted, length))
    rows = np.lib.stride_tricks.sliding_window_view(np.asarray(tokens), length + 1)
    return rows[:, :-1].copy(), rows[:, 1:].copy()
