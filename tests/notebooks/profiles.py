"""Run notebooks and doctests under another arithmetic: outputs that are compared must hold on any processor.

python -m tests.notebooks.profiles no-simd                all notebooks, doctests and the README's examples
python -m tests.notebooks.profiles last-digit-1 11 13     the notebooks whose names begin so
python -m tests.notebooks.profiles last-digit-2 -n 2      what begins with a dash goes to pytest: here, two processors

plain          as the machine is: what plain pytest does
no-simd        NumPy without what it chooses at run time for this processor; one thread
last-digit-1   every gradient nudged in its last digit, always in the same way; two threads
last-digit-2   the same with another seed
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from tests.notebooks import last_digit
from tests.notebooks.__main__ import ROOT, chosen, start_up

NAMES = ("plain", "no-simd", "last-digit-1", "last-digit-2")
BESIDES = ("tests/test_doctests.py", "tests/test_readme.py")
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def chosen_at_run_time():
    """Return the names of processor features that NumPy uses here above what it was built for."""
    return np.show_config(mode="dicts").get("SIMD Extensions", {}).get("found", [])


def environment(profile, folder):
    """Return the variables that set a profile; a kernel's start-up file goes into the folder."""
    named = {"BPLEARN_PROFILE": profile}
    if profile == "no-simd":
        return named | {"NPY_DISABLE_CPU_FEATURES": " ".join(chosen_at_run_time())} | dict.fromkeys(THREADS, "1")
    if profile.startswith("last-digit-"):
        seed = profile.removeprefix("last-digit-")
        return named | start_up(folder, last_digit, int(seed)) | {last_digit.SEED: seed} | dict.fromkeys(THREADS, "2")
    return named


def command(profile, names=(), options=()):
    """Return pytest's command line: the notebooks named or, with doctests and README, all."""
    paths = [str(path) for path in chosen(list(names))] + ([] if names else list(BESIDES))
    plugin = ["-p", last_digit.__name__] if profile.startswith("last-digit-") else []
    return [sys.executable, "-m", "pytest", "-c", "pyproject.toml", *plugin, *options, *paths]


def run(profile, names=(), options=(), **more):
    with tempfile.TemporaryDirectory() as folder:
        env = os.environ | environment(profile, Path(folder))
        return subprocess.run(command(profile, names, options), cwd=ROOT, env=env, check=False, **more)


def main(arguments):
    if not arguments or arguments[0] not in NAMES:
        sys.exit(f"{__doc__}\nName a profile: {', '.join(NAMES)}")
    profile, *rest = arguments
    first = next((place for place, word in enumerate(rest) if word.startswith("-")), len(rest))
    return run(profile, rest[:first], rest[first:]).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
