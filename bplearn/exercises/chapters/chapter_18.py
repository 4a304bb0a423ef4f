"""Exercises of notebook 18: attention forward and backward, the mask, and the pairs that a language model learns from.

The functions are the solutions that `solution("18.k")` shows; they are plain, as a learner would write them.
Their wrong versions come from the catalogue. Belongs to notebooks/18_attention.ipynb.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, RET504 (plain functions, and a name for every number)

from __future__ import annotations

from typing import Any

import numpy as np

from bplearn.exercises.engine.exercise import Code
from bplearn.exercises.engine.question import Number
from bplearn.exercises.engine.random_cases import RandomCase
from bplearn.exercises.engine.texts import texts


def mix_by_hand():
    """The shares and the mix of a token with the query 2, for the keys ln 1, ln 2, ln 3 and the values 14, 7, 28."""
    scores = 2 * np.log([1, 2, 3])
    powers = np.exp(scores)
    p = powers / powers.sum()
    mix = p @ np.array([14, 7, 28])
    return *p, mix


def score_errors_by_hand():
    """The errors of three scores whose shares are 1/2, 1/4, 1/4, where the error 2 arrives at the mix."""
    p, v, dmix = np.array([0.5, 0.25, 0.25]), np.array([4, 0, 12]), 2
    dp = dmix * v
    dscores = p * (dp - np.sum(dp * p))
    return dscores


def attention_backward(dmix, q, k, v, p):
    """The errors of q, k and v of one head, from the error of its mix."""
    scale = np.sqrt(q.shape[1])
    dv = p.T @ dmix
    dp = dmix @ v.T
    dscores = p * (dp - np.sum(dp * p, axis=1, keepdims=True))
    dq = dscores @ k / scale
    dk = dscores.T @ q / scale
    return dq, dk, dv


def causal_shares(scores):
    """The shares of scores (T, T), where no token looks at a later one."""
    T = len(scores)
    later = np.triu(np.ones((T, T)), 1) == 1
    masked = np.where(later, -np.inf, scores)
    powers = np.exp(masked - masked.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def windows(codes, T):
    """Every T letters that stand in a row, and for each of them the letter that follows it."""
    x = np.array([codes[i : i + T] for i in range(len(codes) - T)])
    t = np.array([codes[i + 1 : i + T + 1] for i in range(len(codes) - T)])
    return x, t


def _head(draw: RandomCase) -> tuple[Any, ...]:
    T = draw.N + 2  # rows are tokens here: no batch is spoken of
    q, k, v = draw.data(T, draw.H), draw.data(T, draw.H), draw.data(T, draw.M)
    powers = np.exp(q @ k.T / np.sqrt(draw.H).astype(draw.dtype))
    return draw.data(T, draw.M), q, k, v, powers / powers.sum(axis=1, keepdims=True)


def _scores(draw: RandomCase) -> tuple[Any, ...]:
    return (draw.data(draw.N + 2, draw.N + 2),)


def _letters(draw: RandomCase) -> tuple[Any, ...]:
    return draw.data_rng.integers(0, 9, 2 * draw.N + draw.H), draw.H


def _column(*numbers: float) -> Any:
    return np.array([numbers]).T


_SHARES = np.array([[0.5, 0.5], [0.25, 0.75]])  # of the scores [[0, 0], [0, ln 3]]
_TWO_TOKENS = (
    "q = [[0], [1]], k = [[0], [ln 3]], v = [[0], [4]], p = [[0.5, 0.5], [0.25, 0.75]], dmix = [[1], [2]]",
    (_column(1.0, 2.0), _column(0.0, 1.0), _column(0.0, np.log(3)), _column(0.0, 4.0), _SHARES),
)

EXERCISES = (
    Number(**texts("18.1"), solution=mix_by_hand, outputs=("share 1", "share 2", "share 3", "mix")),
    Number(**texts("18.2"), solution=score_errors_by_hand, outputs=("first", "second", "third")),
    Code(
        **texts("18.3"),
        solution=attention_backward,
        inputs=_head,
        outputs=("dq", "dk", "dv"),
        family="backward",
        small=(_TWO_TOKENS,),
    ),
    Code(
        **texts("18.4"),
        solution=causal_shares,
        inputs=_scores,
        outputs=("p",),
        family="forward",
        small=(("scores = [[0, 0], [0, 0]]", (np.zeros((2, 2)),)),),
    ),
    Code(**texts("18.5"), solution=windows, inputs=_letters, outputs=("x", "t"), family="forward"),
)
