"""Many networks of one shape, trained together: K weight matrices in one array (K, n_in, n_out).

Layers and losses work on the last two axes, so the loop is the loop of `train` with one more axis in front. On small
networks a NumPy call costs more than its arithmetic; here one call serves all K networks, each with its own learning
rate, its own start and its own order of samples.
Taught in notebooks/12_learning_rate_and_batch_size.ipynb.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from bplearn.checks.arrays import Array, expected_got
from bplearn.errors import ArgumentError
from bplearn.history import History
from bplearn.layers import Layer
from bplearn.layers.base import with_inner_layers
from bplearn.losses import Loss
from bplearn.network import Sequential
from bplearn.optimizers import Optimizer
from bplearn.parameter import Parameter


def why_not_stacked(network: Sequential, optimizer: Optimizer, loss: Loss) -> str:
    """Say what of these keeps networks from being trained stacked; nothing where they can be.

    >>> from bplearn import SGD, Embedding, HalfSquaredError, Sequential, mlp
    >>> why_not_stacked(Sequential(Embedding(3, 2)), SGD(0.1), HalfSquaredError())
    'Embedding(3 -> 2) does not stack'
    """
    layers = [inner for layer in network for inner in with_inner_layers(layer)]
    for layer in layers:
        if not layer.stacks:
            return f"{layer!r} does not stack"
    for part in (*layers, optimizer, loss):
        if not type(part).__module__.startswith("bplearn."):
            return f"{type(part).__name__} is not one of bplearn's"
    if len({id(layer) for layer in layers}) < len(layers):
        return "a layer is used twice"
    plain = not callable(optimizer.learning_rate) and not optimizer.weight_decay and optimizer.clip_norm is None
    return "" if plain and optimizer.rates is None else f"{optimizer!r} has more than a plain learning rate"


def can_stack(network: Sequential, optimizer: Optimizer, loss: Loss) -> bool:
    """Say whether `train_stacked` gives for these what `train` gives.

    It does for bplearn's own parts, distinct layers on the last two axes, and a plain learning rate without decay,
    clipping or rates by layer.

    >>> from bplearn import SGD, BinaryCrossEntropy, mlp
    >>> [can_stack(mlp(2, 3, 1, rng=0), rule, BinaryCrossEntropy()) for rule in (SGD(0.1), SGD(0.1, clip_norm=1.0))]
    [True, False]
    """
    return not why_not_stacked(network, optimizer, loss)


def train_stacked(
    networks: Sequence[Sequential],
    x: Array,
    targets: Array,
    *,
    loss: Loss,
    optimizers: Sequence[Optimizer],
    epochs: int,
    batch_size: int,
    rngs: Sequence[np.random.Generator],
    validation: tuple[Array, Array] | None = None,
    every: int | None = None,
) -> Iterator[list[History]]:
    """Train all networks side by side; yield their histories after each epoch, and after `every` so many steps in it.

    Shapes: x (N, D) and targets as `loss.prepare_targets` gives them, the same for all networks; `validation` likewise.
    Network k meets its samples in the order that `rngs[k]` draws and gets the parameters that `train` would give it,
    up to rounding. The history of one that diverges ends at its last finite loss; the others go on.
    Raises: ArgumentError for networks of different shapes or optimizers of different kinds.

    >>> from bplearn import SGD, BinaryCrossEntropy, datasets, mlp
    >>> data, loss = datasets.moons(rng=0), BinaryCrossEntropy()
    >>> rates, rngs = [0.1, 1.0], [np.random.default_rng(0), np.random.default_rng(0)]
    >>> *_, histories = train_stacked(
    ...     [mlp(2, 4, 1, rng=0) for _ in rates], data.x, loss.prepare_targets(data.targets, (200, 1)), loss=loss,
    ...     optimizers=[SGD(rate) for rate in rates], epochs=3, batch_size=20, rngs=rngs)
    >>> histories[1].epoch_loss[-1] < histories[0].epoch_loss[-1]
    True
    """
    stack, rates, rule = _stack(networks), _rates(networks, optimizers, loss), optimizers[0]
    histories = [History() for _ in networks]
    alive = np.ones(len(networks), dtype=bool)
    vector = stack.parameters()
    for _ in range(epochs):
        orders = np.stack([rng.permutation(len(x)) for rng in rngs])  # (K, N): each network its own
        for start in range(0, len(x), batch_size):
            rows = orders[:, start : start + batch_size]
            with np.errstate(over="ignore", invalid="ignore"):  # where its loss diverges, a network's history ends
                prediction, tape = stack.run(x[rows])
                values, cache = loss.compute(prediction, targets[rows])
                alive &= np.isfinite(values)
                stack.backward(loss.backward(cache), tape, input_gradient=False)
                vector.replace(vector.value + rule.delta(vector.grad, rates))
            for k in np.flatnonzero(alive):
                histories[k].add_step(float(values[k]), rows.shape[1])
            if every is not None and (start // batch_size + 1) % every == 0:
                yield histories
        unseen = None
        if validation is not None:
            with np.errstate(over="ignore", invalid="ignore"):
                unseen, _ = loss.compute(stack.run(validation[0])[0], validation[1])
        for k in np.flatnonzero(alive):
            histories[k].end_epoch(None if unseen is None else float(unseen[k]))
        _hand_back(stack, networks)
        yield histories
        if not alive.any():
            return


def _stack(networks: Sequence[Sequential]) -> Sequential:
    """Build one network whose parameters hold those of all networks along a leading axis."""
    layers: list[Layer] = []
    for place, twins in enumerate(zip(*networks, strict=True)):
        if len({repr(twin) for twin in twins}) > 1:
            got = ", ".join(sorted({repr(twin) for twin in twins}))
            raise ArgumentError(expected_got("train_stacked", f"networks that agree in layer {place}", got))
        layers.append(stack_layers(twins))
    return Sequential(*layers)


def stack_layers(twins: Sequence[Layer]) -> Layer:
    """Return one layer for K of a kind, whose parameters hold those of all along a leading axis.

    Shapes: a number -> (K, 1, 1), a row (n,) -> (K, 1, n), a matrix (n, m) -> (K, n, m).

    >>> stack_layers([Dense(2, 3, rng=seed) for seed in range(5)]).b.shape
    (5, 1, 3)
    """
    layer = copy.copy(twins[0])
    for name, parameter in vars(twins[0]).items():
        if isinstance(parameter, Parameter):
            values = np.stack([getattr(twin, name).value for twin in twins])
            shape = (len(twins), *(1,) * (2 - len(parameter.shape)), *parameter.shape)
            setattr(layer, name, Parameter(values.reshape(shape), parameter.name))
        elif parameter is twins[0].inner_layers():
            inside = zip(*(getattr(twin, name) for twin in twins), strict=True)
            setattr(layer, name, tuple(stack_layers(inner) for inner in inside))
    return layer


def _rates(networks: Sequence[Sequential], optimizers: Sequence[Optimizer], loss: Loss) -> Any:
    """Return the learning rate of each entry of the stack's flat vector: each network has its own."""
    kinds = {repr(optimizer).partition(",")[2] + type(optimizer).__name__ for optimizer in optimizers}
    if len(kinds) > 1 or not all(can_stack(n, o, loss) for n, o in zip(networks, optimizers, strict=True)):
        advice = "Train these one by one with fit."
        raise ArgumentError(
            expected_got("train_stacked", "plain optimizers that differ only in their rate", kinds, advice)
        )
    dtype = networks[0].parameters().value.dtype
    rates = np.array([optimizer.rate() for optimizer in optimizers], dtype)
    return np.concatenate([np.repeat(rates, parameter.size) for parameter in networks[0].parameters()])


def _hand_back(stack: Sequential, networks: Sequence[Sequential]) -> None:
    """Give every network its own part of the stack."""
    for k, network in enumerate(networks):
        parts = [parameter.value[k].ravel() for parameter in stack.parameters()]
        network.parameters().replace(np.concatenate(parts))
