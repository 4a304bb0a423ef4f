"""How long `plot_loss` takes for a million losses, in each form in which people keep them; prints a table.

    python tests/benchmarks/loss_curves.py [ROWS]

"read" is the call of `plot_loss`, "all" with the picture saved as PNG. Run it alone on a quiet machine.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("Agg")
import matplotlib.pyplot as plt

from bplearn.plotting import plot_loss


def forms(folder, losses):
    """The same losses in several forms: Python objects and files."""
    rows = list(enumerate(losses.tolist(), start=1))

    def file(name, header, lines):
        path = folder / name
        path.write_text("\n".join([*header, *lines]) + "\n")
        return path

    yield "array", losses
    yield "list", losses.tolist()
    yield "pairs (step, loss)", rows
    yield "one dict a step", [{"step": step, "loss": loss} for step, loss in rows]
    yield "np.savetxt", file("a.txt", [], (f"{loss:.18e}" for _, loss in rows))
    yield "CSV step,loss", file("b.csv", ["step,loss"], (f"{step},{loss:.6f}" for step, loss in rows))
    sparse = (f"{step // 1000},{step},{loss:.6f},{loss if step % 1000 == 0 else ''}" for step, loss in rows)
    yield "CSV with empty cells", file("c.csv", ["epoch,step,train_loss,val_loss"], sparse)
    phases = (f"{step // 1000},{'val' if step % 10 == 0 else 'train'},{loss:.6f}" for step, loss in rows)
    yield "CSV with phases", file("d.csv", ["epoch,phase,loss"], phases)
    yield "JSON lines", file("e.json", [], (json.dumps({"step": step, "loss": loss}) for step, loss in rows))


def main(count=1_000_000):
    rng = np.random.default_rng(0)
    losses = np.exp(-np.arange(count) / (count / 3)) + 0.2 * rng.random(count)
    plot_loss([2, 1])  # fonts and modules are loaded once
    print(f"{count:,} losses, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}\n")
    print(f"{'':24}{'read s':>8}{'all s':>8}{'CPU s':>8}")
    with tempfile.TemporaryDirectory() as place:
        for name, form in forms(Path(place), losses):
            started, processor = time.perf_counter(), time.process_time()
            ax = plot_loss(form)
            read = time.perf_counter() - started
            ax.figure.savefig(Path(place) / "curve.png")
            whole, used = time.perf_counter() - started, time.process_time() - processor
            print(f"{name:24}{read:8.2f}{whole:8.2f}{used:8.2f}", flush=True)
            plt.close("all")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
