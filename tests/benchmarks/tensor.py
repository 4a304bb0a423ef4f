"""How long one training step takes with our Tensor and in PyTorch's eager mode: the network of notebook 9, in float64.

    python tests/benchmarks/tensor.py

2-8-2 with ReLU on the moons, batches of 32, softmax cross-entropy and plain SGD; both start from the same weights, see
the same batches and must end at the same loss. One thread; what counts is the processor's time. Rounds take turns, so
that a slow moment of the machine meets both; the table shows the median of all rounds. Of PyTorch there are two loops:
as one writes it, with its modules and its optimizer, and with the very lines of the Tensor.
"""

from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import statistics  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402

sys.path.insert(0, str(Path(__file__).parents[2]))

from bplearn import ReLU, datasets, mlp  # noqa: E402
from bplearn.autograd import Tensor  # noqa: E402

RATE, BATCH, EPOCHS, ROUNDS = 0.3, 32, 20, 15
DATA = datasets.moons(200, rng=0)
START = [p.value for p in mlp(2, 8, 2, activation=ReLU, rng=0).parameters()]
ORDERS = [np.random.default_rng(seed).permutation(len(DATA)) for seed in range(EPOCHS)]
BATCHES = [order[start : start + BATCH] for order in ORDERS for start in range(0, len(DATA), BATCH)]


def with_tensor():
    W1, b1, W2, b2 = weights = [Tensor(array, requires_grad=True) for array in START]
    for rows in BATCHES:
        x, t = DATA.x[rows], DATA.targets[rows]
        for w in weights:
            w.zero_grad()
        logits = (x @ W1 + b1).relu() @ W2 + b2
        shifted = logits - logits.data.max(axis=1, keepdims=True)
        log_p = shifted - shifted.exp().sum(axis=1, keepdims=True).log()
        loss = -log_p[np.arange(len(t)), t].mean()
        loss.backward()
        for w in weights:
            w.data = w.data - RATE * w.grad
    return float(loss.data)


def with_torch_modules():
    import torch
    from torch import nn

    torch.set_num_threads(1)
    model = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 2)).double()
    with torch.no_grad():
        for parameter, array in zip(model.parameters(), START, strict=True):
            parameter.copy_(torch.tensor(np.array(array)).T if array.ndim > 1 else torch.tensor(np.array(array)))
    cost, optimizer = nn.CrossEntropyLoss(), torch.optim.SGD(model.parameters(), lr=RATE)
    x_all, t_all = torch.tensor(np.array(DATA.x)), torch.tensor(np.array(DATA.targets))
    batches = [torch.tensor(rows) for rows in BATCHES]
    for rows in batches:
        optimizer.zero_grad()
        loss = cost(model(x_all[rows]), t_all[rows])
        loss.backward()
        optimizer.step()
    return loss.item()


def with_the_same_lines_in_torch():
    import torch

    torch.set_num_threads(1)
    W1, b1, W2, b2 = weights = [torch.tensor(np.array(array), requires_grad=True) for array in START]
    x_all, t_all = torch.tensor(np.array(DATA.x)), torch.tensor(np.array(DATA.targets))
    batches = [torch.tensor(rows) for rows in BATCHES]
    for rows in batches:
        x, t = x_all[rows], t_all[rows]
        for w in weights:
            w.grad = None
        logits = (x @ W1 + b1).relu() @ W2 + b2
        shifted = logits - logits.detach().amax(dim=1, keepdim=True)
        log_p = shifted - shifted.exp().sum(dim=1, keepdim=True).log()
        loss = -log_p[torch.arange(len(t)), t].mean()
        loss.backward()
        with torch.no_grad():
            for w in weights:
                w -= RATE * w.grad
    return loss.item()


def main():
    runs = {"Tensor": with_tensor}
    try:
        import torch
    except ImportError:
        print("PyTorch is not installed here, so there is nothing beside it: pip install torch.")
    else:
        runs |= {f"PyTorch {torch.__version__}": with_torch_modules}
        runs |= {"PyTorch, the same lines": with_the_same_lines_in_torch}
    ends = {name: run() for name, run in runs.items()}
    if max(ends.values()) - min(ends.values()) > 1e-9:
        raise SystemExit(f"They do not compute the same: {ends}")
    times = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, run in runs.items():
            started = time.process_time()
            run()
            times[name].append((time.process_time() - started) / len(BATCHES) * 1e6)
    middle = {name: statistics.median(took) for name, took in times.items()}
    for name, took in middle.items():
        print(f"{name:26} {took:7.1f} microseconds a step, {took / middle['Tensor']:5.2f} of Tensor's")


if __name__ == "__main__":
    main()
