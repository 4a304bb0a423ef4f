"""What a check looks at in answers that draw random numbers: facts that hold whatever the numbers are.

An order must be new; a start must have the size, the shape and the independence that the task asks for. Both must come
from the `rng` of the call: another `rng` gives other numbers, the same one gives the same.
Belongs to notebooks/11_initialisation_and_saturation.ipynb and notebooks/12_learning_rate_and_batch_size.ipynb.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.exercises.engine.compare import NotNumbers, Unfinished, has_dots

Pairs = list[tuple[Array, Array]]
Fact = Callable[[Array, Array], str]


def from_rng(of_first: Any, of_same: Any, of_others: list[Any]) -> float:
    """Return 1 where the same rng gives the same and others give others; -1 or 0 where the one or the other fails."""
    if of_first != of_same:
        return -1.0
    return float(len({of_first, *of_others}) == 1 + len(of_others))


def others(rng: np.random.Generator) -> list[np.random.Generator]:
    """Return generators that are not this one."""
    return [np.random.default_rng([97, number, int(copy.deepcopy(rng).integers(1000))]) for number in range(3)]


# orders --------------------------------------------------------------------------------------------------------------


def look_at_batches(answer: Any, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """Collect an epoch with this rng, with the same once more and with others, and return what can be said of them."""
    x, t, batch_size, rng = arguments
    original, truth = x.copy(), t.copy()

    def again(generator: np.random.Generator) -> Pairs:
        return _pairs(answer(original.copy(), truth.copy(), batch_size, generator))

    same, further = copy.deepcopy(rng), others(rng)
    first = _pairs(answer(x, t, batch_size, rng))
    rows = [_rows(original, pairs) for pairs in (first, again(same), *map(again, further))]
    orders = [_order(some) for some in rows]
    _, sizes, counts, fits = _facts(truth, first, rows[0])
    return sizes, counts, fits, _is_new(orders), from_rng(orders[0], orders[1], orders[2:])


def watch_training(answer: Any, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """Run the loop with a step that trains a straight line, and record what the step is given."""
    x, t, _, epochs, batch_size, rng = arguments
    original, truth = x.copy(), t.copy()
    weights = np.zeros(x.shape[1])

    def run(generator: np.random.Generator, count: int, x: Array, t: Array) -> Pairs:
        calls: Pairs = []

        def step(batch: Array, targets: Array) -> None:
            nonlocal weights
            if np.ndim(batch) == 1 and np.ndim(targets) == x.ndim:
                raise NotNumbers("step gets the targets first; it takes step(x, t).", "outputs-reordered")
            calls.append((np.array(batch), np.array(targets)))
            error = targets - batch @ weights
            weights = weights + batch.T @ error / (batch**2).sum()

        if has_dots(answer(x, t, step, count, batch_size, generator)):
            raise Unfinished
        return calls

    same, further = copy.deepcopy(rng), others(rng)
    calls = run(rng, epochs, x, t)
    error = float(np.mean((original @ weights - truth) ** 2) / np.mean(truth**2))
    rows = _rows(original, calls)
    updates, sizes, counts, fits = _facts(truth, calls, rows)
    order, size = _order(rows), len(x)
    by_epoch = [order[start : start + size] for start in range(0, len(order), size)]
    fresh = _is_new(by_epoch) * (1 + float(len(set(by_epoch)) > 1))
    short = [
        _order(_rows(original, run(generator, 2, original.copy(), truth.copy()))) for generator in (same, *further)
    ]
    drawn = from_rng(order[: 2 * size], short[0], short[1:])
    return updates, sizes[:20], counts, fits, fresh, drawn, float(error < 0.05)


def _pairs(given: Any) -> Pairs:
    if given is None:
        raise NotNumbers("The answer gives None. Are the batches yielded, or returned as a list?", "nothing-returned")
    pairs = list(given)
    if has_dots(pairs):
        raise Unfinished
    for pair in pairs:
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            kind = type(pair).__name__
            raise NotNumbers(f"Each batch should be a pair (x, t); one is a {kind}.", "less-than-asked")
    if pairs and all(np.ndim(first) == 1 and np.ndim(second) == 2 for first, second in pairs):
        raise NotNumbers("Each batch should be a pair (x, t); here the targets come first.", "outputs-reordered")
    return pairs


def _facts(t: Array, pairs: Pairs, rows: list[list[int]]) -> tuple[Any, ...]:
    """Return updates, sizes, how often each sample came, and whether the targets fit (-1: they are too many or few)."""
    answers = [[float(value) for value in np.ravel(batch)] for _, batch in pairs]
    flat = [row for batch in rows for row in batch]
    counts = np.bincount([row for row in flat if row >= 0], minlength=len(t))
    if any(len(mine) != len(batch) for mine, batch in zip(answers, rows, strict=True)):
        fits = -1.0
    else:
        fits = float(all(t[row] == value for row, value in zip(flat, itertools.chain(*answers), strict=True)))
    sizes = np.array([len(batch) for batch in rows], dtype=float)
    return float(len(pairs)), sizes, counts.astype(float), fits


def _rows(x: Array, pairs: Pairs) -> list[list[int]]:
    """Return which rows of x are in each batch; a row that is none of them counts as -1.

    No two rows of x begin with the same number.
    """
    batches = [np.asarray(batch, dtype=x.dtype) for batch, _ in pairs]
    if not batches or any(batch.ndim != 2 or batch.shape[1] != x.shape[1] for batch in batches):
        return [[-1] * len(np.atleast_1d(batch)) for batch in batches]
    rows, order = np.concatenate(batches), x[:, 0].argsort()
    places = order[np.searchsorted(x[:, 0], rows[:, 0], sorter=order) % len(x)]
    left = iter(np.where((x[places] == rows).all(axis=1), places, -1).tolist())
    return [list(itertools.islice(left, len(batch))) for batch in batches]


def _order(rows: list[list[int]]) -> tuple[int, ...]:
    return tuple(itertools.chain.from_iterable(rows))


def _is_new(orders: list[tuple[int, ...]]) -> float:
    """Return whether the samples left their places: neighbors of the old order, turned or reversed, are rarely left."""
    kept = [abs(after - before) == 1 for order in orders for before, after in itertools.pairwise(order)]
    in_place = any(order == tuple(sorted(order)) for order in orders)
    return float(bool(kept) and not in_place and np.mean(kept) < 0.5)


def _said_of_sizes(got: Array, _: Array) -> str:
    shown = ", ".join(f"{size:g}" for size in got[:8]) or "there is none"
    return f"The sizes of the batches are not right: {shown}{' and so on' if got.size > 8 else ''}."


def _said_of_rng(got: Array, _: Array) -> str:
    if got < 0:
        return "Two calls with the same rng give different numbers: something else is drawn from."
    return "Calls with different rng give the same: it is not drawn from the rng that is handed over."


ORDER_FACTS: Mapping[str, Fact] = {
    "number of updates": lambda got, want: (
        f"step is called {got:g} {'time' if got == 1 else 'times'}: too {'often' if got > want else 'seldom'}."
    ),
    "sizes of the batches": _said_of_sizes,
    "visits of each sample": lambda *_: "Not every sample comes exactly as often as it should.",
    "targets that fit": lambda got, _: (
        "There are not as many targets as samples in a batch."
        if got < 0
        else "The target beside a sample is not always its own."
    ),
    "a new order": lambda *_: "The samples come in the order that they had, or nearly so.",
    "a new order for each epoch": lambda got, _: (
        "Every epoch has the same order." if got else "The samples come in the order that they had, or nearly so."
    ),
    "an order drawn from rng": _said_of_rng,
    "what it has learned": lambda *_: "The straight line that step trains does not fit at the end.",
}


# starts --------------------------------------------------------------------------------------------------------------

START = (
    *("W's rows", "W's columns", "b's shape", "b", "spread of W", "mean of W"),
    *("shape of the distribution", "numbers that are independent", "numbers drawn from rng"),
)


def look_at_start(answer: Any, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """Look at W and b with this rng, with the same once more and with others."""
    n_in, n_out, rng = arguments
    same, further = copy.deepcopy(rng), others(rng)
    W, b = _start(answer, n_in, n_out, rng)
    rows, columns = W.shape
    spread = W.std() * np.sqrt(n_in / 2)
    eighths = -99.0 if spread < 1e-9 else np.round(8 * np.log2(spread)) / 8  # 1/16 of a power of two is 4%
    independent = float(np.linalg.matrix_rank(W[:30, :30]) == min(*W.shape, 30))
    if not independent and 0.7 < spread < 1.4:  # so few different numbers say no more
        eighths = 0.0
    centered = (W - W.mean()) / (W.std() or 1)
    peak = float(np.mean(centered**4))  # 3 for normal numbers, 1.8 for uniform ones, 1 for two values
    drawn = from_rng(*_bytes(W, [_start(answer, n_in, n_out, generator)[0] for generator in (same, *further)]))
    return (
        *(rows, columns, np.array(b.shape), float(np.any(b)), eighths),
        float(abs(W.mean()) < 5 * W.std() / np.sqrt(W.size) + 1e-12),
        float(1.5 < peak < 3.6),
        independent,
        drawn,
    )


def _start(answer: Any, n_in: int, n_out: int, rng: np.random.Generator) -> tuple[Array, Array]:
    made = answer(n_in, n_out, rng)
    if has_dots(made):
        raise Unfinished
    if not isinstance(made, list | tuple) or len(made) != 2:
        raise NotNumbers(f"The answer should be the two values W and b; it is a {type(made).__name__}.")
    W, b = (np.asarray(part, dtype=float) for part in made)
    if b.ndim == 0 or b.shape == (1, n_out):
        b = b.reshape(-1)
    if W.ndim != 2:
        raise NotNumbers(f"W should have two axes; its shape is {W.shape}.")
    return W, b


def _bytes(first: Array, rest: list[Array]) -> tuple[bytes, bytes, list[bytes]]:
    same, *further = ((part + 0.0).tobytes() for part in rest)  # -0.0 is 0.0
    return (first + 0.0).tobytes(), same, further


START_FACTS: Mapping[str, Fact] = {
    "W's rows": lambda got, _: f"W has {got:g} rows: not one for each input.",
    "W's columns": lambda got, _: f"W has {got:g} columns: not one for each output.",
    "b's shape": lambda got, _: f"b has shape {tuple(map(int, got))}: not one number for each output.",
    "b": lambda *_: "b is not 0.",
    "spread of W": lambda got, want: f"The numbers in W are too {'large' if got > want else 'small'}.",
    "mean of W": lambda *_: "The numbers in W are not 0 on average.",
    "shape of the distribution": lambda *_: "The numbers in W are neither normal nor uniform.",
    "numbers that are independent": lambda *_: "Rows or columns of W repeat: its units do not start different.",
    "numbers drawn from rng": _said_of_rng,
}
