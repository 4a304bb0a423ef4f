"""The command line: get the notebooks, open them, see a first training, find out what is missing.

Each command is a function that takes the parsed arguments and returns an exit code; it imports what it needs itself. A
problem is one line on the error stream and exit code 2, never a traceback. `bplearn lab` leads to
notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import bplearn

Report = Callable[[str, str, str], None]


class CommandError(Exception):
    """What stops a command, as one line that says what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 something is missing (doctor), 2 an error, 130 Ctrl-C."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that lacks a character shows ? and does not fail
    own, others = _split(list(sys.argv[1:] if arguments is None else arguments))
    options = _parser().parse_args(own)
    options.others = others
    try:
        code: int = options.run(options)
        return code
    except KeyboardInterrupt:
        return _complain("stopped by hand", 130)
    except (CommandError, bplearn.BplearnError, OSError) as problem:
        return _complain(str(problem))
    except Exception as problem:  # any other error is one line for the learner too, with its kind for the report
        return _complain(f"{type(problem).__name__}: {problem}")


def _complain(text: str, code: int = 2) -> int:
    sys.stderr.write(f"bplearn: {' '.join(text.split())}\n")
    return code


def _tell(text: str = "") -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        sys.exit(_complain(f"{message}. See {self.prog} --help."))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="bplearn", description="Learn backpropagation in Jupyter, from one number to every weight.")
    parser.add_argument("--version", action="version", version=f"bplearn {bplearn.__version__}")
    parser.set_defaults(run=lambda _: _help(parser))
    commands = parser.add_subparsers(metavar="COMMAND", parser_class=_Parser)

    def add(name: str, run: Callable[[argparse.Namespace], int], summary: str, more: str = "") -> _Parser:
        command: _Parser = commands.add_parser(name, help=summary, description=f"{summary} {more}".strip())
        command.set_defaults(run=run)
        return command

    yours = "A notebook that you changed is never overwritten: its new version gets the ending .new.ipynb."
    lab = add("lab", _lab, "Copy the notebooks and open JupyterLab.", yours)
    folder = "the folder for your notebooks (default: bplearn-notebooks)"
    lab.add_argument("directory", nargs="?", default="bplearn-notebooks", metavar="DIR", help=folder)
    lab.usage = "bplearn lab [-h] [--with-outputs] [DIR] [OPTIONS OF JUPYTERLAB]"
    lab.epilog = (
        "JupyterLab's own options come last: --no-browser opens no browser and prints the address to open yourself; "
        "--port 8899 chooses the port. To come back, run the same line in the same folder: in another folder, with "
        "no DIR, it makes a second copy there."
    )
    copy = add("copy", _copy, "Copy the notebooks, or bring a copy up to date.", yours)
    copy.add_argument("directory", metavar="DIR", help="the folder for your notebooks")
    for command in (lab, copy):
        keeps = "keep the outputs of the notebooks: they answer questions before you do"
        command.add_argument("--with-outputs", action="store_true", help=keeps)
    pages = add("pages", _pages, "Write a folder's notebooks as pages to read without Jupyter or a network.")
    pages.add_argument("directory", metavar="DIR", help="the folder with your notebooks")
    pages.add_argument("--to", metavar="FOLDER", help="where the pages go (default: DIR/pages)")
    demo = add("demo", _demo, "Train on handwritten digits with no notebook; write loss.png and history.csv.")
    demo.add_argument("--out", default=".", metavar="DIR", help="where the two files go (default: here)")
    _teachers_commands(add)
    add("doctor", _doctor, "Say what is installed, what is missing and how to get it.")
    return parser


def _teachers_commands(add: Callable[..., _Parser]) -> None:
    text = "No solutions, no hidden tests, no mark schemes; made by nbgrader's own steps."
    release = add("release", _for_teachers, "Write the students' version of an assignment (for teachers).", text)
    release.set_defaults(command="release")
    release.add_argument("assignment", metavar="ASSIGNMENT", help="A1, A2, A3 or A4")
    release.add_argument("directory", metavar="DIR", help="where the students' version goes")
    release.add_argument(
        "--course", metavar="FOLDER", help="a course of your own (default: the assignments of this clone)"
    )
    release.add_argument("--force", action="store_true", help="replace files that differ")
    text = "Keep the file that it writes as private as the solutions."
    reseed = add("reseed", _for_teachers, "Give a course hidden tests that no other course has (for teachers).", text)
    reseed.set_defaults(command="reseed")
    reseed.add_argument("directory", metavar="DIR", help="the course")
    text = "What is graded already is not graded again; a run that was stopped goes on where it was."
    grade = add("grade", _for_teachers, "Grade what a class has handed in, with nbgrader (for teachers).", text)
    grade.set_defaults(command="grade")
    grade.add_argument("directory", metavar="DIR", help="the course: source/, submitted/<student>/<assignment>/")
    grade.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 2, metavar="N", help="so many at a time (default: all cores)"
    )
    grade.add_argument("--assignment", metavar="A", help="only this one (default: all with submissions)")
    grade.add_argument("--roster", metavar="FILE", help="a CSV file of all students (default: DIR/roster.csv)")
    grade.add_argument("--due", metavar="TIME", help='when it was due: "2026-03-06 18:00"')
    grade.add_argument("--zone", metavar="ZONE", help="the time zone of --due and of a zip (default: this machine's)")
    grade.add_argument("--zip", metavar="FILE", help="all submissions as Moodle or Canvas packs them")
    grade.add_argument("--again", nargs="*", metavar="STUDENT", help="grade these students again, or everybody")
    grade.add_argument("--feedback", action="store_true", help="write the feedback pages too")
    grade.add_argument(
        "--engine",
        choices=("fast", "nbgrader"),
        default="fast",
        help="fast forks a process for each submission; nbgrader starts a kernel (default: fast)",
    )
    grade.add_argument(
        "--sandbox",
        action=argparse.BooleanOptionalAction,
        help="run notebooks in a sandbox by bubblewrap (default: where it works)",
    )
    grade.add_argument("--executor", metavar="WHERE", help="dask:ADDRESS, or module:function that makes an executor")
    grade.add_argument("--worksheet", metavar="FILE", help="Moodle's worksheet or Canvas's gradebook, to be filled in")
    grade.add_argument("--csv", metavar="FILE", help="where the grades go (default: DIR/grades.csv)")


def _help(parser: argparse.ArgumentParser) -> int:
    parser.print_help()
    return 0


def _split(given: list[str]) -> tuple[list[str], list[str]]:
    """Part the arguments of `lab` from those meant for JupyterLab: from the first unknown option on."""
    if given[:1] == ["lab"]:
        for place, word in enumerate(given):
            if word.startswith("-") and word not in ("-h", "--help", "--with-outputs"):
                return given[:place], given[place:]
    return given, []


# Notebooks


def _copy(options: argparse.Namespace) -> int:
    from bplearn.files.copy import deliver, source_folder

    directory, source = Path(options.directory), source_folder()
    if directory.resolve() == source:
        _tell(f"{directory}: these are the originals, nothing to copy")
    else:
        _tell(f"{directory}: {deliver(source, directory, with_outputs=options.with_outputs)}")
    return 0


def _lab(options: argparse.Namespace) -> int:
    if importlib.util.find_spec("jupyterlab") is None:
        raise CommandError(f"JupyterLab is not installed. Get it with: {_pip('jupyterlab>=4.2,<5')}")
    _copy(options)
    from bplearn.files.lab_server import serve

    return serve(Path(options.directory), options.others, _tell)


def _pages(options: argparse.Namespace) -> int:
    from bplearn.files.pages import write_pages

    directory = Path(options.directory)
    for path in write_pages(directory, Path(options.to) if options.to else directory / "pages"):
        _tell(str(path))
    return 0


# A first training


def _demo(options: argparse.Namespace) -> int:
    import warnings

    from matplotlib.figure import Figure

    from bplearn import Adam, SoftmaxCrossEntropy, accuracy, datasets, fit, mlp
    from bplearn.plotting import plot_loss

    folder = Path(options.out)
    folder.mkdir(parents=True, exist_ok=True)
    training, unseen = datasets.digits().split(test=0.3, rng=0)
    network, loss = mlp(64, 32, 10, rng=0), SoftmaxCrossEntropy()
    _tell(f"Training 64-32-10 on {len(training)} handwritten digits; {len(unseen)} are kept aside.")
    with warnings.catch_warnings(action="ignore", category=UserWarning):  # the lines below tell about Ctrl-C
        history = fit(network, training, loss=loss, optimizer=Adam(0.01), epochs=30, validation=unseen, rng=0)
    if history.interrupted:
        _tell(f"Stopped by hand after {history.steps} steps; what was learned so far is kept.")
    right = accuracy(network.predict(unseen.x, loss=loss), unseen.targets)
    figure = Figure(figsize=(7, 4), layout="constrained")
    plot_loss(history, ax=figure.subplots())
    figure.savefig(folder / "loss.png", dpi=150)
    history.to_csv(folder / "history.csv")
    _tell(f"Accuracy on unseen digits: {right:.1%}")
    _tell(f"Written: {folder / 'loss.png'}, {folder / 'history.csv'}")
    return 0


def _for_teachers(options: argparse.Namespace) -> int:
    from bplearn.course.grading import commands

    code: int = getattr(commands, options.command)(options, _tell)
    return code


# What is here and what is missing


def _doctor(_: argparse.Namespace) -> int:
    import platform

    problems: list[str] = []

    def report(name: str, found: str, advice: str = "") -> None:
        _tell(f"{'MISSING' if advice else 'ok':9}{name:12} {found}")
        if advice:
            problems.append(advice)

    report("python", f"{platform.python_version()} ({sys.executable})")
    report("bplearn", f"{bplearn.__version__} ({Path(bplearn.__file__).parent})")
    _check_packages(report)
    report("processor", _arithmetic())
    _check_kernel(report)
    _check_notebooks(report)
    _check_sandbox(report)
    _tell()
    for advice in problems:
        _tell(f"To do: {advice}")
    _tell(f"{len(problems)} to do." if problems else "Everything is here. Start with: bplearn lab")
    return 1 if problems else 0


def _arithmetic() -> str:
    """Say which features of the processor NumPy uses: the last digit of a result may depend on them."""
    import numpy as np

    features: Any = dict(np.show_config(mode="dicts")).get("SIMD Extensions", {})
    built, found = (" ".join(features.get(name, ())) or "nothing" for name in ("baseline", "found"))
    return f"built for {built}, adds {found} here; arithmetic profile: {os.environ.get('BPLEARN_PROFILE', 'plain')}"


def _check_packages(report: Report) -> None:
    """Compare what bplearn and its extra `lab` ask for with what is installed and can be imported."""
    from importlib import metadata

    try:
        from packaging.requirements import Requirement

        needs = [Requirement(line) for line in metadata.requires("bplearn") or ()]
    except ImportError as problem:  # packaging comes with matplotlib; and bplearn may be on the path uninstalled
        report("packages", f"cannot be listed ({problem})", _pip("bplearn[lab]"))
        return
    for need in needs:
        if need.marker is not None and not need.marker.evaluate({"extra": "lab"}):
            continue
        try:
            version = metadata.version(need.name)
            importlib.import_module(need.name)
        except ImportError as problem:
            report(need.name, f"cannot be imported ({problem})", _pip(f"{need.name}{need.specifier}"))
            continue
        if need.specifier.contains(version, prereleases=True):
            report(need.name, version, "")
        else:
            report(need.name, f"{version}, but {need.specifier} is needed", _pip(f"{need.name}{need.specifier}"))


def _check_kernel(report: Report) -> None:
    """Ask the Python that Jupyter would start for a notebook whether it can import what notebooks need."""
    try:
        from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

        python: str = KernelSpecManager().get_kernel_spec("python3").argv[0]
    except ImportError:
        report("kernel", "none, Jupyter is missing", _pip("jupyterlab"))
        return
    except NoSuchKernel:
        report("kernel", "none named python3", _pip("ipykernel"))
        return
    if python in ("python", "python3"):
        python = sys.executable  # Jupyter expects this form
    try:
        asked = [python, "-c", "import ipykernel, bplearn"]
        answer = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=False)
        complaint = answer.stderr.strip().splitlines()[-1:] if answer.returncode else []
    except (OSError, subprocess.TimeoutExpired) as problem:
        complaint = [str(problem)]
    advice = f"{sys.executable} -m ipykernel install --sys-prefix" if complaint else ""
    report("kernel", f"python3 ({python})" + "".join(f": {line}" for line in complaint), advice)


def _check_notebooks(report: Report) -> None:
    from bplearn.files.copy import deliverable, source_folder

    try:
        source = source_folder()
    except bplearn.DataError as problem:
        report("notebooks", str(problem), _pip("bplearn[lab]"))
        return
    count = sum(name.endswith(".ipynb") for name in deliverable(source))
    report("notebooks", f"{count} in {source}", "" if count else _pip("bplearn[lab]"))


def _check_sandbox(report: Report) -> None:
    """Say to a teacher whether submissions are graded in a sandbox; nobody else needs it."""
    if importlib.util.find_spec("nbgrader") is not None:
        from bplearn.course.grading import sandbox

        found = "bubblewrap works" if sandbox.works() else f"none for grading. Get it: {sandbox.HOW_TO_GET_IT}"
        report("sandbox", found, "")


def _pip(requirement: str) -> str:
    return f'{sys.executable} -m pip install "{requirement}"'
