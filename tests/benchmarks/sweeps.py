"""How long one sweep takes one after the other, stacked, in a pool of processes and on a Dask cluster of two.

    python tests/benchmarks/sweeps.py          (pip install -e ".[sweep]" for loky, distributed for Dask)

Moons: 6 learning rates x 6 batch sizes, 2-8-1, 20 epochs. Digits: 6 x 3, 64-32-10, 5 epochs. float32, one BLAS thread
a process. Rounds take turns; the table shows the median, and how much faster than serial. Pools and the cluster are
warm: the time to start them stands in brackets.
"""

from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import statistics  # noqa: E402
import time  # noqa: E402
import warnings  # noqa: E402
from contextlib import ExitStack  # noqa: E402

import numpy as np  # noqa: E402

from bplearn import BinaryCrossEntropy, ReLU, SoftmaxCrossEntropy, datasets, mlp  # noqa: E402
from bplearn.sweeps import sweep  # noqa: E402

ROUNDS = 5
RATES = [0.01, 0.03, 0.1, 0.3, 1.0, 3.0]


def moons_net(seed):
    return mlp(2, 8, 1, rng=seed)


def digits_net(seed):
    return mlp(64, 32, 10, activation=ReLU, rng=seed)


def cases():
    moons, digits = (data.astype(np.float32) for data in (datasets.moons(200, rng=0), datasets.digits()))
    return {
        "moons 6 x 6": (
            (moons_net, moons),
            {"loss": BinaryCrossEntropy(), "batch_sizes": [5, 10, 20, 50, 100, 200], "epochs": 20},
        ),
        "digits 6 x 3": (
            (digits_net, digits),
            {"loss": SoftmaxCrossEntropy(), "batch_sizes": [16, 32, 64], "epochs": 5},
        ),
    }


def engines(stack):
    """Return (executor, seconds to start) by name, for those that are installed."""
    found = {"serial": ("serial", 0.0), "stacked": ("stacked", 0.0)}
    started = time.perf_counter()
    try:
        from loky import get_reusable_executor

        pool = get_reusable_executor(2)
        pool.submit(moons_net, 0).result()
        found["loky, 2 processes"] = (pool, time.perf_counter() - started)
    except ImportError:
        pass
    started = time.perf_counter()
    try:
        from distributed import Client, LocalCluster

        cluster = stack.enter_context(LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None))
        client = stack.enter_context(Client(cluster))
        found["Dask, 2 processes"] = (client.get_executor(), time.perf_counter() - started)
    except ImportError:
        pass
    return found


def main():
    warnings.simplefilter("ignore")
    with ExitStack() as stack:
        found = engines(stack)
        print("| sweep | " + " | ".join(f"{n} ({s:.1f} s to start)" if s else n for n, (_, s) in found.items()) + " |")
        print("|---" * (len(found) + 1) + "|")
        for title, (given, settings) in cases().items():
            times = {name: [] for name in found}
            for turn in range(ROUNDS + 1):
                for name, (executor, _) in found.items():
                    started = time.perf_counter()
                    sweep(*given, executor=executor, learning_rates=RATES, progress=False, **settings)
                    if turn:  # the first round warms up
                        times[name].append(time.perf_counter() - started)
            medians = {name: statistics.median(values) for name, values in times.items()}
            cells = [f"{value:.2f} s ({medians['serial'] / value:.1f}x)" for value in medians.values()]
            print(f"| {title} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
