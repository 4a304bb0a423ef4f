"""Planted answers to the head, the mask and the windows of notebook 18, as learners write them."""

import numpy as np

from tests.exercises.lines import wrong


def score_errors(p, dp):
    """Right: each row's errors, less their weighted mean, times the shares."""
    return (dp - (p * dp).sum(-1)[:, None]) * p


@wrong("18.3", "the mean of a softmax's errors forgotten")
def head_without_the_mean(dmix, q, k, v, p):
    e = np.dot(dmix, v.T) * p / q.shape[1] ** 0.5
    return np.dot(e, k), np.dot(e.T, q), np.dot(p.T, dmix)


@wrong("18.3", "a share of its own score alone")
def head_with_the_slope_of_a_sigmoid(dmix, q, k, v, p):
    e = p * (1 - p) * (dmix @ v.T) / np.sqrt(k.shape[-1])
    return e @ k, e.T @ q, p.T @ dmix


@wrong("18.3", "shares as they are for the values")
def head_with_shares_as_they_are(dmix, q, k, v, p):
    e = score_errors(p, dmix @ v.T) / np.sqrt(k.shape[-1])
    return e @ k, e.T @ q, p @ dmix


@wrong("18.3", "errors as they are for the keys")
def head_with_errors_as_they_are(dmix, q, k, v, p):
    e = score_errors(p, dmix @ v.T) / np.sqrt(k.shape[-1])
    return e @ k, e @ q, p.T @ dmix


@wrong("18.3", "the root of the width forgotten")
def head_without_a_root(dmix, q, k, v, p):
    e = score_errors(p, dmix @ v.T)
    return e.dot(k), e.T.dot(q), p.T.dot(dmix)


@wrong("18.3", "softmax down the columns")
def head_with_means_down_the_columns(dmix, q, k, v, p):
    dp = dmix @ v.T
    e = p * (dp - (dp * p).sum(0)) / np.sqrt(q.shape[1])
    return e @ k, e.T @ q, p.T @ dmix


@wrong("18.4", "a hidden score of 0")
def mask_multiplied(scores):
    seen = np.tril(np.ones_like(scores))
    powers = np.exp(scores * seen)
    return powers / powers.sum(1, keepdims=True)


@wrong("18.4", "shares cut off")
def mask_behind_the_softmax(scores):
    powers = np.exp(scores)
    return np.tril(powers / powers.sum(1)[:, None])


@wrong("18.4", "the past hidden")
def mask_on_the_wrong_side(scores):
    powers = np.exp(scores) * np.triu(np.ones_like(scores))
    return powers / powers.sum(1, keepdims=True)


@wrong("18.4", "a token hidden from itself")
def mask_with_the_diagonal(scores):
    masked = scores + np.where(np.tril(np.ones(scores.shape), -1) == 1, 0, -np.inf)
    powers = np.exp(masked)
    return powers / powers.sum(1, keepdims=True)


@wrong("18.4", "softmax down the columns")
def mask_with_shares_down_the_columns(scores):
    powers = np.exp(scores) * np.tril(np.ones_like(scores))
    return powers / powers.sum(0)


@wrong("18.5", "targets not shifted")
def windows_twice(codes, T):
    rows = np.array([codes[k : k + T] for k in range(len(codes) - T)])
    return rows, rows.copy()


@wrong("18.5", "one target for a window")
def windows_with_one_target(codes, T):
    return np.array([codes[k : k + T] for k in range(len(codes) - T)]), codes[T:]


@wrong("18.5", "windows that do not overlap")
def windows_side_by_side(codes, T):
    starts = np.arange(0, len(codes) - T, T)
    return np.array([codes[k : k + T] for k in starts]), np.array([codes[k + 1 : k + 1 + T] for k in starts])


@wrong("18.5", "the last window lost")
def windows_but_the_last(codes, T):
    rows = np.lib.stride_tricks.sliding_window_view(codes, T)
    return rows[:-2], rows[1:-1]
