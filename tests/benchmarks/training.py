"""How long one training step takes here and elsewhere: one table from one interleaved run.

    python tests/benchmarks/training.py            all peers that are installed (pip install -e ".[bench]")
    python tests/benchmarks/training.py T S        only these cases

Every contestant starts from the same weights, meets as many batches of the same size and keeps the loss of every
step. One thread, float32; of our Adam on L a second thread takes blocks (see `adam_step`). Rounds take turns, so that a
slow moment of the machine meets all of them; the table shows the median. `products` is the floor: the matrix products
of the step alone, in NumPy.
"""

from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["JAX_PLATFORMS"] = "cpu"

import platform  # noqa: E402
import statistics  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
import warnings  # noqa: E402
from dataclasses import dataclass  # noqa: E402
from itertools import pairwise  # noqa: E402

import numpy as np  # noqa: E402

import bplearn as bp  # noqa: E402

ROUNDS = 9
GOALS = {  # time of the peer divided by ours, to reach
    "PyTorch": {"T": 10, "S": 6, "M": 1.7, "L": 1.1},
    "scikit-learn": {"T": 5, "S": 4, "M": 2, "L": 1.25},
    "JAX jit": {"T": 1.5, "S": 1.4, "M": 1.2, "L": 1.05},
}


@dataclass
class Case:
    name: str
    x: np.ndarray
    targets: np.ndarray
    widths: tuple[int, ...]
    batch: int
    epochs: int
    rate: float

    @property
    def binary(self):
        return self.widths[-1] == 1

    @property
    def steps(self):
        return self.epochs * -(-len(self.x) // self.batch)

    def start(self):
        """The same first weights for everybody."""
        rng = np.random.default_rng(1)
        return [
            (rng.normal(0, np.sqrt(2 / n), (n, m)).astype(np.float32), np.zeros(m, np.float32))
            for n, m in pairwise(self.widths)
        ]


def cases():
    rng = np.random.default_rng(0)

    def noise(rows, width):
        return rng.normal(size=(rows, width)).astype(np.float32), rng.integers(0, 10, rows)

    moons, digits = bp.datasets.moons(400, rng=0), bp.datasets.digits()
    moons_x, digits_x = moons.x.astype(np.float32), digits.x.astype(np.float32)
    return {
        "T": Case("T 2-8-1, moons, batch 16", moons_x, moons.targets, (2, 8, 1), 16, 40, 0.1),
        "S": Case("S 64-32-10, digits, batch 32", digits_x, digits.targets, (64, 32, 10), 32, 10, 0.1),
        "M": Case("M 64-256-128-10, batch 64", *noise(10_000, 64), (64, 256, 128, 10), 64, 1, 0.01),
        "L": Case("L 784-512-256-10, batch 128", *noise(6_400, 784), (784, 512, 256, 10), 128, 1, 0.01),
    }


def ours(case, adam):
    layers = []
    for W, b in case.start():
        layers += [bp.Dense(*W.shape, weights=W, bias=b), bp.Tanh() if case.binary else bp.ReLU()]
    network = bp.Sequential(*layers[:-1])
    loss = bp.BinaryCrossEntropy() if case.binary else bp.SoftmaxCrossEntropy()
    optimizer = bp.Adam(0.001) if adam else bp.SGD(case.rate)
    data = {"epochs": case.epochs, "batch_size": case.batch, "rng": 0, "progress": False}
    return lambda: bp.fit(network, case.x, case.targets, loss=loss, optimizer=optimizer, **data).step_loss


def products(case, adam):
    del adam
    weights = [W for W, _ in case.start()]
    signals = [np.ones((case.batch, n), np.float32) for n in case.widths]

    def run():
        for _ in range(case.steps):
            for W, x in zip(weights, signals, strict=False):
                x @ W
            for i in reversed(range(len(weights))):
                signals[i].T @ signals[i + 1]
                if i:
                    signals[i + 1] @ weights[i].T
        return []

    return run


def pytorch(case, adam):
    import torch
    from torch import nn

    torch.set_num_threads(1)
    layers = []
    for W, b in case.start():
        linear = nn.Linear(*W.shape)
        with torch.no_grad():
            linear.weight[:] = torch.from_numpy(W.T.copy())
            linear.bias[:] = torch.from_numpy(b)
        layers += [linear, nn.Tanh() if case.binary else nn.ReLU()]
    network = nn.Sequential(*layers[:-1])
    cost = nn.BCEWithLogitsLoss() if case.binary else nn.CrossEntropyLoss()
    optimizer = (
        torch.optim.Adam(network.parameters(), 0.001) if adam else torch.optim.SGD(network.parameters(), case.rate)
    )
    x = torch.from_numpy(case.x)
    targets = torch.from_numpy(
        case.targets.astype(np.float32)[:, None] if case.binary else case.targets.astype(np.int64)
    )

    def run():
        losses = []
        for _ in range(case.epochs):
            order = torch.randperm(len(x))
            shuffled, answers = x[order], targets[order]
            for start in range(0, len(x), case.batch):
                optimizer.zero_grad()
                value = cost(network(shuffled[start : start + case.batch]), answers[start : start + case.batch])
                value.backward()
                optimizer.step()
                losses.append(value.item())
        return losses

    return run


def scikit_learn(case, adam):
    from sklearn.neural_network import MLPClassifier

    settings = {"solver": "adam"} if adam else {"solver": "sgd", "momentum": 0.0, "learning_rate_init": case.rate}
    model = MLPClassifier(
        case.widths[1:-1],
        activation="tanh" if case.binary else "relu",
        alpha=0.0,
        batch_size=case.batch,
        max_iter=case.epochs,
        tol=0.0,
        n_iter_no_change=10**9,
        random_state=0,
        **settings,
    )

    def run():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.fit(case.x, case.targets)
        return model.loss_curve_

    return run


def jax_jit(case, adam):
    import jax
    import jax.numpy as jnp

    def cost(parameters, x, targets):
        for W, b in parameters[:-1]:
            x = jnp.tanh(x @ W + b) if case.binary else jax.nn.relu(x @ W + b)
        z = x @ parameters[-1][0] + parameters[-1][1]
        if case.binary:
            return jnp.mean(jnp.logaddexp(0, z) - z * targets)
        return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(z), targets[:, None], axis=1))

    def step(size, parameters, state, x, targets, start):
        x = jax.lax.dynamic_slice_in_dim(x, start, size)
        targets = jax.lax.dynamic_slice_in_dim(targets, start, size)
        value, grads = jax.value_and_grad(cost)(parameters, x, targets)
        if not adam:
            return jax.tree.map(lambda p, g: p - case.rate * g, parameters, grads), state, value
        count, mean, squares = state
        count += 1
        mean = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, mean, grads)
        squares = jax.tree.map(lambda s, g: 0.999 * s + 0.001 * g * g, squares, grads)
        move = lambda p, m, s: p - 0.001 * (m / (1 - 0.9**count)) / (jnp.sqrt(s / (1 - 0.999**count)) + 1e-8)  # noqa: E731
        return jax.tree.map(move, parameters, mean, squares), (count, mean, squares), value

    compiled = jax.jit(step, static_argnums=0, donate_argnums=(1, 2))
    parameters = jax.tree.map(jnp.asarray, case.start())
    blank = jax.tree.map(jnp.zeros_like, parameters)
    state = (jnp.zeros(()), blank, jax.tree.map(jnp.zeros_like, parameters))
    targets = case.targets.astype(np.float32)[:, None] if case.binary else case.targets.astype(np.int32)
    rng = np.random.default_rng(0)

    def run():
        nonlocal parameters, state
        losses = []
        for _ in range(case.epochs):
            order = rng.permutation(len(case.x))
            shuffled, answers = jnp.asarray(case.x[order]), jnp.asarray(targets[order])
            for start in range(0, len(order), case.batch):
                size = min(case.batch, len(order) - start)
                parameters, state, value = compiled(size, parameters, state, shuffled, answers, start)
                losses.append(value)
        return [float(value) for value in losses]

    return run


CONTESTANTS = {
    "bplearn": ours,
    "products": products,
    "PyTorch": pytorch,
    "scikit-learn": scikit_learn,
    "JAX jit": jax_jit,
}


def measure(case, adam):
    """Return microseconds a step by contestant: the median of interleaved rounds, after one round to warm up."""
    runs = {}
    for name, make in CONTESTANTS.items():
        try:
            runs[name] = make(case, adam)
        except ImportError:
            continue
        final = runs[name]()
        if final and not np.isfinite(final[-1]):
            raise SystemExit(f"{name} did not train: loss {final[-1]}")
    times = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, run in runs.items():
            started = time.perf_counter()
            run()
            times[name].append((time.perf_counter() - started) / case.steps * 1e6)
    return {name: statistics.median(values) for name, values in times.items()}


def main(wanted):
    print(f"{platform.machine()}, Python {platform.python_version()}, NumPy {np.__version__}, one thread, float32")
    print("microseconds a step (median of interleaved rounds); in brackets: time of the peer / ours, and the goal\n")
    rows = []
    for key, case in cases().items():
        for adam in (False, True) if not wanted or key in wanted else ():
            found = measure(case, adam)
            cells = [case.name, "Adam" if adam else "SGD", f"{found['bplearn']:.1f}"]
            for peer in list(CONTESTANTS)[1:]:
                if peer not in found:
                    cells.append("not installed")
                    continue
                goal = f", goal {GOALS[peer][key]}" if peer in GOALS else ""
                cells.append(f"{found[peer]:.1f} ({found[peer] / found['bplearn']:.2f}{goal})")
            rows.append(cells)
    heads = ["case", "optimizer", *CONTESTANTS]
    widths = [max(len(row[i]) for row in [heads, *rows]) for i in range(len(heads))]
    for row in [heads, ["-" * width for width in widths], *rows]:
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |")


if __name__ == "__main__":
    main(sys.argv[1:])
