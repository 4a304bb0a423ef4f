"""The house as it was designed: floors, what may be loaded, and what no file of the library does.

A module imports from the floors below it, and from modules to its left on its own floor. A module that is missing
from the table fails: say where it belongs.
"""

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import bplearn

HOUSE = Path(bplearn.__file__).parent
ROOT = HOUSE.parent
FILES = sorted(path for path in HOUSE.rglob("*.py"))
SOURCES = {path: path.read_text(encoding="utf-8") for path in FILES}
TREES = {path: ast.parse(source) for path, source in SOURCES.items()}

FLOORS = {
    0: "errors show.text checks.arrays checks.parameters checks.targets show.palette show.svg show.table show.ticks "
    "files.atomic show.heights show.picture files.mathml files.lock files.text",
    1: "parameter checks.settings checks.rates initializers functional",
    2: "checks.layers layers.base checks.blocks layers losses explain.scalar explain.autograd explain.tensor_graph",
    3: "explain.naming explain.signals explain.summary datasets.scaling files.serialization "
    "tape checks.network network schedules optimizers datasets metrics",
    4: "history explain.gradcheck explain.trace explain.explanation",
    5: "checks.training training",
    6: "sweeps",
    7: "show.network show.trace_picture show.decision_plane plotting exercises",
    8: "panels files.copy files.lab_contents files.lab_server files.pages course",
    9: "cli __main__",
}
PLACE = {module: (floor, left) for floor, row in FLOORS.items() for left, module in enumerate(row.split())}
DOORS = {
    "widgets",
    "scalar",
    "trace",
    "gradcheck",
    "autograd",
}  # a few lines that re-export public names; nothing inside uses them

# Beside NumPy and Python's own modules, which everyone may use.
GUESTS = {
    "datasets": {"tqdm"},
    "training": {"tqdm"},
    "sweeps": {"tqdm", "loky"},
    "files": {"jupyter_server", "latex2mathml", "nbconvert", "nbformat"},
    "plotting": {"matplotlib", "mpl_toolkits", "PIL", "IPython"},
    "panels": {"ipywidgets", "anywidget", "traitlets", "IPython", "PIL"},
    "course": {
        "nbgrader",
        "jupyter_client",
        "nbformat",
        "nbconvert",
        "traitlets",
        "tqdm",
        "IPython",
        "matplotlib_inline",
    },
    "cli": {"packaging", "matplotlib", "tqdm", "ipywidgets", "anywidget", "jupyterlab", "jupyter_client", "IPython"},
}


def module_of(path):
    """The dotted name of a file inside bplearn: `layers.base`, `layers` for a package's `__init__`."""
    parts = path.relative_to(HOUSE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def place_of(module):
    """The entry of the table that holds a module: the longest one that its name begins with."""
    parts = module.split(".")
    names = [".".join(parts[:length]) for length in range(len(parts), 0, -1)]
    return next((name for name in names if name in PLACE), None)


def room(path):
    """The module or package of bplearn that a file belongs to."""
    inside = path.relative_to(HOUSE)
    return inside.parts[0] if len(inside.parts) > 1 else inside.stem


def imports(path):
    """Dotted names that a file imports, also inside functions and for the type checker alone."""
    for node in ast.walk(TREES.get(path) or ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write the whole name, not a relative import"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if is_module(inner) else node.module


def is_module(name):
    """Whether a dotted name is a file or a folder of bplearn."""
    place = ROOT.joinpath(*name.split("."))
    return name.startswith("bplearn.") and (place.is_dir() or place.with_suffix(".py").is_file())


def name_of(path):
    return path.relative_to(HOUSE).as_posix()


BELOW_THE_ROOF = [path for path in FILES if room(path) != "__init__"]


PACKAGES = {
    "checks",
    "show",
    "files",
    "explain",
}  # their `__init__` holds a docstring alone; floors are of their modules


def test_every_module_has_its_place():
    modules = {module_of(path) for path in BELOW_THE_ROOF} - DOORS - PACKAGES
    homeless = sorted(module for module in modules if place_of(module) is None)
    assert not homeless, f"say in FLOORS where these belong: {homeless}"


FLAT = {path.stem for path in HOUSE.glob("*.py")} - DOORS - {"__init__", "__main__"}


def test_at_most_twelve_modules_stand_flat():
    assert len(FLAT) <= 12, sorted(FLAT)


def misplaced(path):
    """The imports of a file that its floor does not allow."""
    module = module_of(path)
    if module in DOORS:
        return
    here = place_of(module)
    for name in imports(path):
        first, _, rest = name.partition(".")
        if first != "bplearn":
            continue
        there = place_of(rest)
        if not rest:
            if PLACE[here][0] < 7:
                yield f"{name_of(path)} imports the whole of bplearn"
        elif there is None:
            yield f"{name_of(path)} imports {name}, which has no place in FLOORS"
        elif there != here and PLACE[there] > PLACE[here]:
            yield f"{name_of(path)} imports {name} from above or from its right"


def test_a_module_imports_from_below_and_from_its_left():
    assert [fault for path in BELOW_THE_ROOF for fault in misplaced(path)] == []


def circle(edges):
    """A way from a module back to itself, or nothing."""
    finished = set()

    def search(module, way):
        if module in way:
            return [*way[way.index(module) :], module]
        found = next(
            (c for n in sorted(edges.get(module, ())) if n not in finished and (c := search(n, [*way, module]))), []
        )
        finished.add(module)
        return found

    return next((found for module in sorted(edges) if (found := search(module, []))), [])


def test_no_circle_not_even_for_the_type_checker():
    edges = {
        module_of(path): {name.removeprefix("bplearn.") for name in imports(path) if name.startswith("bplearn.")}
        for path in BELOW_THE_ROOF
    }
    assert circle(edges) == []
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == ["a", "b", "c", "a"]


def test_the_guide_names_every_room_and_no_other():
    """The table of rooms in the guide for contributors, against the tree."""
    guide = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = guide[guide.index("| room |") : guide.index("A name with a slash")]
    cells = [line.split("|")[1] for line in table.strip().splitlines()[2:] if "(top level)" not in line]
    named = {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}
    folders = {path.relative_to(HOUSE).parts[0] for path in BELOW_THE_ROOF if path.parent != HOUSE}
    assert named == {f"{folder}/" for folder in folders} | FLAT | DOORS
    assert f"Of the others {len(FLAT)} are modules that stand flat" in guide


def foreign(path):
    """The packages that a file imports beside NumPy, Python's own and those of its room."""
    allowed = {"numpy", "bplearn"} | sys.stdlib_module_names | GUESTS.get(room(path), set())
    return {name.partition(".")[0] for name in imports(path)} - allowed


def test_a_module_uses_numpy_python_and_the_guests_of_its_room():
    assert {name_of(path): found for path in FILES if (found := foreign(path))} == {}


MAY_HOLD_WIDGETS = ("panels/base/", "view.py", "subviews.py")


def test_the_logic_of_a_panel_knows_no_widget():
    """Each panel's decisions and pictures can be used and tested without a browser: views alone hold controls."""
    plain = [path for path in FILES if room(path) == "panels" and not any(n in name_of(path) for n in MAY_HOLD_WIDGETS)]
    widgets = ("ipywidgets", "anywidget", "traitlets", "IPython", "bplearn.panels.base.panel")
    assert {"logic.py", "pictures.py"} <= {path.name for path in plain}
    assert {name_of(path): found for path in plain if (found := set(imports(path)) & set(widgets))} == {}


def test_each_panel_has_the_same_shape():
    """A folder a panel: logic, view, pictures; predict and quiz are views of what the exercises know."""
    folders = {path.name for path in (HOUSE / "panels").iterdir() if path.is_dir()} - {"base", "__pycache__"}
    files = {name: {path.name for path in (HOUSE / "panels" / name).glob("*.py")} for name in folders}
    assert {name for name, found in files.items() if "view.py" not in found} == set()
    without = {name for name, found in files.items() if not {"logic.py", "pictures.py"} <= found}
    assert without == {"predict", "quiz", "lab"}


def test_a_planted_import_is_seen(tmp_path):
    """The walk finds imports at the top, inside functions, and those for the type checker alone."""
    file = tmp_path / "m.py"
    file.write_text(
        "import os.path\nfrom bplearn.show import svg\nfrom bplearn.losses import Loss\n"
        "if TYPE_CHECKING:\n    import never\ndef f():\n    if 1:\n        import matplotlib\n"
    )
    assert sorted(imports(file)) == ["bplearn.losses", "bplearn.show.svg", "matplotlib", "never", "os.path"]
    assert PLACE["losses"] < PLACE["network"] < PLACE["training"] < PLACE["panels"]
    assert PLACE["errors"] < PLACE["checks.arrays"]


HEAVY = ["matplotlib", "ipywidgets", "IPython", "tqdm", "anywidget", "PIL", "jupyterlab", "scipy", "pandas"]


def test_importing_bplearn_loads_nothing_heavy():
    code = f"import sys, bplearn; print([name for name in {HEAVY} if name in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert out.stdout.strip() == "[]"
    assert out.stderr == ""


def test_the_rooms_upstairs_load_when_they_are_named():
    code = "import sys, bplearn; bplearn.plotting; print('matplotlib' in sys.modules, 'ipywidgets' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert out.stdout.split() == ["True", "False"]


# --- The house rules that a machine can hold -----------------------------------------------------------------------

SHOPS = {"cli", "__main__"}  # they talk to a terminal: printing is their work


def faults(tree, room_name="layers"):
    """What a file must not do, with its line."""
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Assert):
            yield f"line {line}: a bare assert"
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called == "print" and room_name not in SHOPS:
                yield f"line {line}: print"
            if called in {"np.random.seed", "numpy.random.seed", "random.seed"}:
                yield f"line {line}: a global seed"
            harmless = called.endswith(("default_rng", "get_state", "set_state"))  # the last two put it back
            if re.fullmatch(r"(np|numpy)\.random\.[a-z]\w+", called) and not harmless:
                yield f"line {line}: the global generator ({called})"
            if called in {"eval", "exec", "pickle.load", "pickle.loads"} and room_name != "exercises":
                yield f"line {line}: {called}"
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            yield f"line {line}: a star import"
        if isinstance(node, ast.FunctionDef) and any(
            isinstance(default, ast.List | ast.Dict | ast.Set) for default in node.args.defaults + node.args.kw_defaults
        ):
            yield f"line {line}: a shared default in {node.name}"
        if isinstance(node, ast.ExceptHandler) and node.type is None:
            yield f"line {line}: a bare except"


def test_a_file_keeps_the_house_rules():
    assert {name_of(path): found for path, tree in TREES.items() if (found := list(faults(tree, room(path))))} == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("print(1)", "print"),
        ("assert x", "a bare assert"),
        ("import numpy as np\nnp.random.seed(0)", "a global seed"),
        ("np.random.normal(3)", "the global generator (np.random.normal)"),
        ("from os import *", "a star import"),
        ("def f(x=[]): pass", "a shared default in f"),
        ("try: f()\nexcept: pass", "a bare except"),
        ("pickle.loads(b)", "pickle.loads"),
    ],
)
def test_a_planted_fault_is_seen(source, found):
    assert any(fault.endswith(f": {found}") for fault in faults(ast.parse(source)))
    right = "import numpy as np\nrng = np.random.default_rng(0)\nx = rng.normal(3)\n"
    assert list(faults(ast.parse(right))) == []


LONGEST = 340


def test_a_file_holds_one_idea():
    lines = {name_of(path): source.count("\n") for path, source in SOURCES.items()}
    assert {name: count for name, count in lines.items() if count > LONGEST} == {}, "which two ideas are in it?"


def test_a_module_opens_by_saying_what_it_holds():
    said = {path: ast.get_docstring(tree) or "" for path, tree in TREES.items()}
    assert [name_of(path) for path, text in said.items() if not text] == []
    short = {"__init__.py", "__main__.py"}
    assert [name_of(p) for p, text in said.items() if len(text.splitlines()) < 2 and p.name not in short] == []


def test_every_layer_loss_and_optimizer_is_abstract_or_final():
    def offspring(kind):
        return {deeper for child in kind.__subclasses__() for deeper in {child, *offspring(child)}}

    for base in (bplearn.Layer, bplearn.Loss, bplearn.Optimizer):
        for kind in offspring(base):
            if kind.__module__.startswith("bplearn.") and not kind.__subclasses__():
                assert inspect.isabstract(kind) or getattr(kind, "__final__", False), kind
