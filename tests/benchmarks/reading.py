"""How long a large table takes to read, and how much memory, here and by pandas' C reader.

    python tests/benchmarks/reading.py             the training table of MNIST: 60,000 lines of 785 cells
    python tests/benchmarks/reading.py 5000        fewer lines

A file of that form is made in a temporary folder. Each reading runs in a process of its own, one after the other, and
its peak of memory is what it takes beyond its imports, divided by the final float64 array.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

GOALS = {"times the array": 3, "times pandas": 3}
READERS = {
    "bplearn": "from bplearn.datasets import Dataset; read = lambda f: Dataset.from_csv(f, 'label', progress=False).x",
    "bplearn, gaps": (
        "from bplearn.datasets import Dataset;"
        "read = lambda f: Dataset.from_csv(f, 'label', missing='mean', progress=False).x"
    ),
    "pandas": "import pandas; read = lambda f: pandas.read_csv(f).drop(columns='label').to_numpy(float)",
}
MEASURE = """
import resource, sys, time
{reader}
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
begin = time.process_time()
x = read(sys.argv[1])
seconds = time.process_time() - begin
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(seconds, peak * 1024 / x.nbytes, *x.shape)
"""


def make(path, rows, gap=False):
    """Write a table like MNIST's: four pixels in five are 0."""
    rng = np.random.default_rng(0)
    with path.open("w") as file:
        file.write("label," + ",".join(f"{i}x{j}" for i in range(28) for j in range(28)) + "\n")
        for start in range(0, rows, 1000):
            count = min(1000, rows - start)
            pixels = np.where(rng.random((count, 784)) < 0.19, rng.integers(1, 256, (count, 784)), 0)
            for label, row in zip(rng.integers(0, 10, count).tolist(), pixels.tolist(), strict=True):
                file.write(f"{label},{'' if gap else row[0]},{','.join(map(str, row[1:]))}\n")
                gap = False


def measure(reader, path):
    """Return seconds of processor time and the peak of memory, as a multiple of the array."""
    command = [sys.executable, "-c", MEASURE.format(reader=reader), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return [float(number) for number in done.stdout.split()] if done.returncode == 0 else None


def main():
    """Print the table."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 60_000
    with tempfile.TemporaryDirectory() as folder:
        whole, holed = Path(folder) / "train.csv", Path(folder) / "holed.csv"
        make(whole, rows)
        make(holed, rows, gap=True)
        print(f"{rows} lines, {whole.stat().st_size / 1e6:.0f} MB; goals: {GOALS}\n")
        print("| reader | seconds | times pandas | memory, times the array |\n|---|---|---|---|")
        pandas = measure(READERS["pandas"], whole)
        for name, reader in READERS.items():
            found = pandas if name == "pandas" else measure(reader, holed if "gaps" in name else whole)
            if found is None:
                print(f"| {name} | - | - | - |")
                continue
            ratio = f"{found[0] / pandas[0]:.1f}" if pandas else "-"
            print(f"| {name} | {found[0]:.1f} | {ratio} | {found[1]:.2f} |")


if __name__ == "__main__":
    main()
