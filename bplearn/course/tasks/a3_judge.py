"""The ten situations of task A3.3: functions with a right or a wrong gradient, and the judge that knows which is which.

Belongs to notebooks/assignments/source/A3.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, ARG001 (plain functions with the arguments of the tasks)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.exercises.engine.random_cases import RandomCase

PROBLEMS = (
    "a right one",
    "1/N is missing",
    "a right one, numbers near 1e-6",
    "a factor 2, numbers near 1e-6",
    "a right one, numbers near 1e6",
    "one entry of 12 is off by 1%",
    "a right one that is 0 everywhere",
    "the sign of the bias is wrong",
    "a right one of a bent function",
    "two entries are swapped",
)
PAIRS = tuple(zip(PROBLEMS[::2], PROBLEMS[1::2], strict=True))  # a right one and a wrong one


def verdict_on(problem: str) -> str:
    """Return the name of the output that says what an answer thinks of a problem."""
    return f"the verdict on {problem!r}"


def problems(draw: RandomCase) -> tuple[Any, ...]:
    """Return (f, gradient, parameters, name) for each of the ten situations, in an order that nobody can know."""
    made = [_problem(name, draw) for name in PROBLEMS]
    return ([made[k] for k in np.random.default_rng([10, draw.batch]).permutation(len(made))],)


def _place(problem: tuple[Any, ...]) -> int:
    return PROBLEMS.index(problem[3])


def _problem(name: str, draw: RandomCase) -> tuple[Any, ...]:
    rng = draw.data_rng
    W, b = rng.normal(size=(4, 3)), rng.normal(size=3)
    x, t = rng.normal(size=(draw.N, 4)), rng.normal(size=(draw.N, 3))
    scale = 1e-6 if "1e-6" in name else 1e6 if "1e6" in name else 0.0 if "0 everywhere" in name else 1.0
    scale *= 10 ** np.random.default_rng([PROBLEMS.index(name), draw.batch]).uniform(-1, 1)  # size tells nothing
    bend = np.tanh if "bent" in name else (lambda z: z)

    def f(parameters: Any) -> float:
        W, b = (np.asarray(part, dtype=np.float64) for part in parameters)
        return float(scale * np.sum((bend(x @ W + b) - t) ** 2) / len(x))

    def gradient(parameters: Any) -> list[Array]:
        W, b = (np.asarray(part, dtype=np.float64) for part in parameters)
        y = bend(x @ W + b)
        dz = 2 * scale * (y - t) / len(x) * ((1 - y**2) if "bent" in name else 1)
        dW, db = x.T @ dz, dz.sum(axis=0)
        if name == "1/N is missing":
            dW, db = dW * len(x), db * len(x)
        elif "factor 2" in name:
            dW, db = 2 * dW, 2 * db
        elif "one entry" in name:
            dW[2, 1] += 0.01 * np.abs(dW).max()
        elif "sign" in name:
            db = -db
        elif "swapped" in name:
            dW[0, [0, 1]] = dW[0, [1, 0]]
        return [dW, db]

    return f, gradient, [W, b], name


def judge_all(problems):
    """The rows say themselves whether they are right."""
    return [name.startswith("a right one") for _, _, _, name in sorted(problems, key=_place)]


def judged(answer: Any, arguments: tuple[Any, ...]) -> Any:
    """Return what an answer says of each problem, in the order of PROBLEMS."""
    (rows,) = arguments
    if answer is judge_all:
        return judge_all(rows)
    said = [bool(answer(*given)) for given in one_by_one(arguments)]
    names = [name for _, _, _, name in rows]
    return [said[names.index(name)] for name in PROBLEMS]


def one_by_one(arguments: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """Return what each call of an answer gets: not the names, which say what is right."""
    (problems,) = arguments
    return [(f, gradient, parameters) for f, gradient, parameters, _ in problems]


def said_of(problem: str) -> Callable[[Array, Array], str]:
    """Return how a wrong verdict on this problem is said."""

    def said(got: Array, want: Array) -> str:
        shown = problem if problem.startswith("a ") else f"a gradient in which {problem}"
        return f"Turned down, though it is right: {shown}." if want else f"Accepted, though it is wrong: {shown}."

    return said
