"""Execute notebooks and write them back in their committed form.

python -m tests.notebooks                 all of them
python -m tests.notebooks 02 05           those whose names begin so (a path will do as well)
python -m tests.notebooks --no-execution  only the form: outputs stay as they are
python -m tests.notebooks --check         change nothing; exit code 1 where the form is not the committed one
python -m tests.notebooks --times         change nothing; processor time of notebooks and cells, slowest first;
                                          exit code 1 where one takes too long
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError

from tests.notebooks import stopwatch
from tests.notebooks.normal_form import normalize

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "notebooks"
TIMEOUT = 120  # seconds by the clock, for a cell of at most 5 (long-training: 20) seconds of processor time


def execute(path, **variables):
    """Return the text of a notebook as a new kernel in the notebook's folder leaves it."""
    notebook = nbformat.read(path, as_version=4)
    place = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(notebook, timeout=TIMEOUT, kernel_name="python3", record_timing=False, resources=place)
    client.execute(env=os.environ | variables)
    return nbformat.writes(notebook, version=4)


def start_up(folder, module, *arguments):
    """Write a start-up file that lets each kernel call the module's `install`; return the variables that name it."""
    startup = folder / "profile_default" / "startup"
    startup.mkdir(parents=True)
    call = f"__import__('runpy').run_path({module.__file__!r})['install'](*{arguments!r})\n"
    (startup / f"00_{Path(module.__file__).name}").write_text(call, encoding="utf-8")
    return {"IPYTHONDIR": str(folder)}


# Times


def times(path):
    """Return the seconds of processor time of each code cell, with one thread, measured in the kernel."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "seconds.txt"
        execute(path, OPENBLAS_NUM_THREADS="1", **start_up(Path(folder) / "ipython", stopwatch, str(file)))
        return [float(line) for line in file.read_text(encoding="utf-8").split()]


def limits(path):
    """Return the most that the notebook may take, and the most for each of its code cells, in seconds."""
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    long = [20 if "long-training" in cell.metadata.get("tags", []) else 5 for cell in cells]
    return 25 if path.name < "15" else 40, long


def table_of_times(paths):
    """Print processor times, slowest first, and return how many are over their limit."""
    notebooks, cells = [], []
    for path in paths:
        took, (whole, each) = times(path), limits(path)
        notebooks.append((sum(took), whole, path.name))
        cells += [(t, most, f"{path.name} code cell {k}") for k, (t, most) in enumerate(zip(took, each, strict=True))]
    rows = sorted(notebooks, reverse=True) + sorted((row for row in cells if row[0] >= 1), reverse=True)
    for seconds, most, name in rows:
        print(f"{seconds:6.1f} s  {name}" + (f": over {most} s" if seconds > most else ""))
    print(f"{sum(seconds for seconds, *_ in notebooks):6.1f} s in all; cells under 1 s are left out")
    return sum(seconds > most for seconds, most, _ in rows)


def chosen(names):
    paths = sorted(FOLDER.glob("[0-9][0-9]_*.ipynb"))
    if not names:
        return paths
    picked = [path for name in names for path in _matching(name, paths)]
    return list(dict.fromkeys(picked))


def _matching(name, paths):
    if Path(name).is_file():
        return [Path(name).resolve()]
    found = [path for path in paths if path.name.startswith(Path(name).name)]
    if not found:
        sys.exit(f"no notebook begins with {name!r}")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--no-execution", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--times", action="store_true")
    options = parser.parse_args()
    if options.times:
        return 1 if table_of_times(chosen(options.names)) else 0
    failed = 0
    for path in chosen(options.names):
        start, before = time.perf_counter(), path.read_text(encoding="utf-8")
        try:
            after = normalize(before if options.check or options.no_execution else execute(path))
        except (CellExecutionError, CellTimeoutError) as problem:
            print(f"{path.name}: stopped, file unchanged\n{problem}")
            failed += 1
            continue
        word = "unchanged" if after == before else "differs" if options.check else "written"
        failed += word == "differs"
        if word == "written":
            path.write_text(after, encoding="utf-8", newline="\n")
        print(f"{path.name}: {word} ({time.perf_counter() - start:.1f} s)")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
