"""Mistakes with attention and with texts: shares, masks, the error of a softmax, targets that are not shifted.

Each entry stands here and nowhere else; the edits are (right code as a regular expression, wrong code).
Taught in notebooks/18_attention.ipynb.
"""

from __future__ import annotations

from bplearn.exercises.engine.mistake import Mistake
from bplearn.exercises.engine.texts import words

_MASKED = (
    r"masked = np\.where\(later, -np\.inf, scores\)\n(\s+)powers = np\.exp\(masked - masked\.max\((.*)\)\)\n"
    r"\s+return (powers / .*)$"
)
_TARGETS = r"codes\[i \+ 1 : i \+ T \+ 1\]"

ATTENTION = (
    Mistake(
        **words("query-forgotten"),
        group="derivatives",
        edits=((r"2 \* np\.log\(", "np.log("),),
    ),
    Mistake(
        **words("scores-taken-for-shares"),
        group="derivatives",
        edits=((r"powers = np\.exp\(scores\)", "powers = scores"), (r"p = powers / powers\.sum\(\)", "p = scores")),
    ),
    Mistake(
        **words("softmax-sum-missing"),
        group="derivatives",
        edits=((r"\(dp - np\.sum\(dp \* p.*\)\)$", "dp"),),
    ),
    Mistake(
        **words("softmax-own-slope-alone"),
        group="derivatives",
        edits=((r"\(dp - np\.sum\(dp \* p.*\)\)$", "dp * (1 - p)"),),
    ),
    Mistake(
        **words("shares-not-turned"),
        group="shapes and sums",
        edits=((r"p\.T @ dmix", "p @ dmix"),),
    ),
    Mistake(
        **words("scores-not-turned"),
        group="shapes and sums",
        edits=((r"dscores\.T @ q", "dscores @ q"),),
    ),
    Mistake(
        **words("own-query-for-key"),
        group="derivatives",
        edits=((r"dscores @ k", "dscores @ q"), (r"dscores\.T @ q", "dscores.T @ k")),
    ),
    Mistake(
        **words("scale-forgotten"),
        group="derivatives",
        edits=((r"(dscores @ k|dscores\.T @ q) / scale", r"\1"),),
    ),
    Mistake(
        **words("mask-of-zeros"),
        group="order and state",
        edits=((r"-np\.inf, scores", "0, scores"),),
    ),
    Mistake(
        **words("mask-after-softmax"),
        group="order and state",
        edits=((_MASKED, r"powers = np.exp(scores - scores.max(\2))\n\1return np.where(later, 0, \3)"),),
    ),
    Mistake(
        **words("mask-of-the-past"),
        group="order and state",
        edits=((r"np\.triu\(np\.ones\(\(T, T\)\), 1\)", "np.tril(np.ones((T, T)), -1)"),),
    ),
    Mistake(
        **words("mask-hides-itself"),
        group="order and state",
        edits=((r"np\.triu\(np\.ones\(\(T, T\)\), 1\)", "np.triu(np.ones((T, T)))"),),
        shows_nan=True,
    ),
    Mistake(
        **words("targets-not-shifted"),
        group="training",
        edits=((_TARGETS, "codes[i : i + T]"),),
    ),
    Mistake(
        **words("next-token-alone"),
        group="training",
        edits=((_TARGETS, "codes[i + T]"),),
    ),
    Mistake(
        **words("windows-apart"),
        group="training",
        edits=((r"range\(len\(codes\) - T\)", "range(0, len(codes) - T, T)"),),
    ),
    Mistake(
        **words("last-window-lost"),
        group="training",
        edits=((r"range\(len\(codes\) - T\)", "range(len(codes) - T - 1)"),),
    ),
)
