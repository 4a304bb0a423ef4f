"""Execute notebooks and write them back in their committed form.

python -m tests.notebooks                 all of them
python -m tests.notebooks 02 05           those whose names begin so (a path will do as well)
python -m tests.notebooks --no-execution  only the form: outputs stay as they are
python -m tests.notebooks --check         change nothing; exit code 1 where the form is not the committed one
"""

import argparse
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError

from tests.notebooks.normal_form import normalize

FOLDER = Path(__file__).parents[2] / "notebooks"


def execute(path):
    """Return the text of a notebook as a new kernel in the notebook's folder leaves it."""
    notebook = nbformat.read(path, as_version=4)
    place = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(notebook, timeout=60, kernel_name="python3", record_timing=False, resources=place)
    client.execute()
    return nbformat.writes(notebook, version=4)


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
    options = parser.parse_args()
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
