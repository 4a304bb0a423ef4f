"""Cheats of many kinds in one class, graded in the sandbox: 0 points, or a remark that the teacher reads."""

import csv
import os
import subprocess
import sys
import textwrap

import nbformat
import pytest

from bplearn.course.client import forbidden_calls
from bplearn.course.grading import sandbox
from tests.course.conftest import ROOT, cells_of, new_course
from tests.course.students import filled, hand_in, points, solutions

CELL, TEST = "a2-tanh-layer", "a2-test-tanh-layer"
pytestmark = pytest.mark.skipif(
    not sandbox.works() and "CI" not in os.environ, reason=f"needs the sandbox: {sandbox.HOW_TO_GET_IT}"
)

THEIRS = """
import bplearn
def theirs(dy, x, W, b):
    network = bplearn.Sequential(bplearn.Dense(*W.shape, weights=W, bias=b), bplearn.Tanh())
    _, tape = network.forward(x)
    dx = network.backward(dy, tape)
    return (dx, *(p.grad for p in network.parameters()))
"""
ZEROS = "def tanh_layer_backward(dy, x, W, b, y):\n    return 0 * x, 0 * W, 0 * b\n"
LIES = """
import numpy as np
class Same(np.ndarray):
    def __eq__(self, other): return True
    def __sub__(self, other): return np.zeros(1)
    def __array_ufunc__(self, *a, **k): return True
    def __array_function__(self, *a, **k): return True
def tanh_layer_backward(dy, x, W, b, y):
    return tuple((0 * one).view(Same) for one in (x, W, b))
"""
FRIENDS = """
class Yes:
    def __eq__(self, other): return True
    def __array__(self, *a, **k): raise TypeError
    __le__ = __lt__ = __ge__ = __gt__ = __eq__
def tanh_layer_backward(dy, x, W, b, y):
    return Yes(), Yes(), Yes()
"""
PROC = """
import glob
found = []
for path in glob.glob("/proc/[0-9]*/*"):
    try:
        content = open(path, "rb").read(100_000) if path.endswith(("environ", "cmdline", "mem")) else b""
    except OSError:
        continue
    found += [path] if b"BPLEARN" in content or b"secret" in content else []
print("found", [path for path in found if "self" not in path])
"""
ATEXIT = """
import atexit, json, pathlib, weakref
def rewrite():
    for path in pathlib.Path("..").rglob("*.ipynb"):
        path.write_text(path.read_text().replace('"0"', '"4"'))
atexit.register(rewrite)
"""
DESCRIPTORS = """
import os, struct
for number in range(3, 64):
    for message in (b'{"kind":"verdict","fields":{"status":"passed"},"value":null,"sizes":[]}', b"4"):
        try:
            os.set_blocking(number, False)
            os.write(number, struct.pack(">Q", len(message)) + message)
        except OSError:
            pass
"""
EXCHANGE = """
from bplearn.course.client import checking
line = checking._LINES[""]
line.send("verdict", status="passed")
line.send("outputs", place="x", outputs=3)
"""
WALKS = """
import gc
found = [one for one in gc.get_objects() if type(one).__name__ in ("Task", "Checks", "Decision", "Seeded")]
print("found", len(found))
"""
TIMER = (
    THEIRS
    + """
import threading, time
asked, given = [], []
def serve():
    while not given and asked is not None:
        if asked:
            given.append(theirs(*asked.pop()))
        time.sleep(0.001)
threading.Timer(0, serve).start()
def tanh_layer_backward(dy, x, W, b, y):
    asked.append((dy, x, W, b))
    while not given:
        pass
    return given.pop()
"""
)
SIGNAL = (
    THEIRS
    + """
import signal
box = []
signal.signal(signal.SIGUSR1, lambda *_: box.append(theirs(*box.pop())))
def tanh_layer_backward(dy, x, W, b, y):
    box.append((dy, x, W, b))
    signal.raise_signal(signal.SIGUSR1)
    return box.pop()
"""
)
DETACHED = (
    THEIRS
    + """
import numpy as np, os, pickle, time
if getattr(os, "fo" + "rk")() == 0:
    os.setpgid(0, 0)
    if getattr(os, "fo" + "rk")():
        os._exit(0)
    while True:
        try:
            asked = pickle.load(open("asked", "rb"))
            os.remove("asked")
            pickle.dump(theirs(*asked), open("given-", "wb"))
            os.rename("given-", "given")
        except (OSError, EOFError):
            time.sleep(0.001)
time.sleep(0.3)
os.wait()
def tanh_layer_backward(dy, x, W, b, y):
    pickle.dump((dy, x, W, b), open("asked-", "wb"))
    os.rename("asked-", "asked")
    while not os.path.exists("given"):
        pass
    found = pickle.load(open("given", "rb"))
    os.remove("given")
    return found
"""
)
MEMORY = DETACHED.replace('open("asked', 'open("/dev/shm/asked').replace('"asked', '"/dev/shm/asked')
MEMORY = MEMORY.replace("/dev/shm//dev/shm", "/dev/shm")
NAMED = (
    THEIRS
    + """
box = []
class Name:
    def __str__(self):
        if box and len(box[-1]) == 4:
            box.append(theirs(*box.pop()))
        return "x"
def helper(): pass
__name__ = Name()
def tanh_layer_backward(dy, x, W, b, y):
    box.append((dy, x, W, b))
    helper()
    return box.pop()
"""
)
FILED = (
    THEIRS
    + """
box = []
class File(str):
    def startswith(self, *_):
        if box and len(box[-1]) == 4:
            box.append(theirs(*box.pop()))
        return False
def helper(): pass
helper.__code__ = helper.__code__.replace(co_filename=File("x"))
def tanh_layer_backward(dy, x, W, b, y):
    box.append((dy, x, W, b))
    helper()
    return box.pop()
"""
)
NESTED = (
    THEIRS
    + """
import sys, threading
def tanh_layer_backward(dy, x, W, b, y):
    watching = sys.modules["bplearn.course.client.forbidden_calls"].watching
    with watching([], threading.get_ident()):
        return theirs(dy, x, W, b)
"""
)
DISGUISED = (
    THEIRS
    + f"""
import _thread
code = compile('''
def answer(work):
    _thread.start_new_thread(work, ())
''', {forbidden_calls.__file__!r}, "exec")
space = {{"_thread": _thread}}
eval(code, space)
def tanh_layer_backward(dy, x, W, b, y):
    box = []
    space["answer"](lambda: box.append(theirs(dy, x, W, b)))
    while not box:
        pass
    return box[0]
"""
)
UNWATCHED = (
    THEIRS
    + """
import sys
last = []
vars(sys)["setprofile"] = last.append
vars(sys)["getprofile"] = lambda: last[-1]
def tanh_layer_backward(dy, x, W, b, y):
    return theirs(dy, x, W, b)
"""
)
LAZY = (
    THEIRS
    + """
class Lazy(list):
    def __iter__(self): return iter(theirs(*self.given))
def tanh_layer_backward(dy, x, W, b, y):
    found = Lazy([0, 0, 0])
    found.given = (dy, x, W, b)
    return found
"""
)
NAMES = (
    THEIRS
    + """
class Names(dict):
    def items(self): return zip(("dx", "dW", "db"), theirs(*self.given))
def tanh_layer_backward(dy, x, W, b, y):
    found = Names(dx=0, dW=0, db=0)
    found.given = (dy, x, W, b)
    return found
"""
)
REPLAY = (
    THEIRS
    + """
seen = []
def tanh_layer_backward(dy, x, W, b, y):
    seen.append((dy, x, W, b))
    return 0 * x, 0 * W, 0 * b
check("A2.2", tanh_layer_backward)
"""
)
REPLAYED = """
table = {given[0].tobytes(): theirs(*given) for given in seen}
def tanh_layer_backward(dy, x, W, b, y):
    return table[dy.tobytes()]
"""
COPIES = (
    THEIRS
    + """
from bplearn.exercises.engine import runner
copies, found = runner.copies, []
def before(given):
    found[:] = [theirs(*given[:4])] if len(given) == 5 else []
    return copies(given)
runner.copies = before
def tanh_layer_backward(dy, x, W, b, y):
    return found[0]
"""
)
SHOWN = """
from IPython.display import HTML, display
display(HTML("<div style='color:green'>passed</div><strong>4 of 4 points.</strong>"))
4.0
"""
HELPER = "import ctypes\nfrom bplearn.course.tasks.a2 import solution\n"
KILLS = """
import os, pathlib, signal
import bplearn
for path in pathlib.Path(bplearn.__file__).parent.rglob("*.py"):
    try:
        path.open("a").write("raise SystemExit")
        print("wrote", path)
    except OSError:
        pass
for number in (os.getppid(), 1, 2, 3):
    try:
        os.kill(number, signal.SIGKILL)
    except OSError:
        pass
"""
ACTS = """
from IPython.display import HTML, Javascript, display
display(HTML("<script>fetch('/formgrader/api/grade/1', {method: 'PUT'})</script><img src=x onerror=alert(1)>"))
display(Javascript("alert(1)"))
"""

FIRST = {  # in a cell of its own, before zeros are handed in
    "patched": ("import numpy as np\nnp.allclose = np.array_equal = lambda *a, **k: True", "replaces np.allclose"),
    "proc": (PROC, "names the path /proc/"),
    "atexit": (ATEXIT, "uses atexit"),
    "descriptors": (DESCRIPTORS, "the process died in cell"),
    "exchange": (EXCHANGE, "imports bplearn.course.client"),
    "walks": (WALKS, "uses gc"),
    "shown": (SHOWN, ""),
    "kills": (KILLS, "uses signal"),
}
ANSWERS = {
    "lies": (LIES, "uses __array_ufunc__"),
    "equal": (FRIENDS, ""),
    "timer": (TIMER, "uses Timer"),
    "signal": (SIGNAL, "uses signal"),
    "detached": (DETACHED, "uses setpgid"),
    "memory": (MEMORY, "names the path /dev/shm"),
    "named": (NAMED, "replaces __name__"),
    "filed": (FILED, "uses __code__"),
    "nested": (NESTED, "uses sys.modules"),
    "disguised": (DISGUISED, "calls compile("),
    "unwatched": (UNWATCHED, "uses setprofile"),
    "lazy": (LAZY, ""),
    "names": (NAMES, ""),
}


@pytest.fixture(scope="module")
def graded_cheats(tmp_path_factory, releases):
    course, release, right = new_course(tmp_path_factory.mktemp("cheats") / "course"), releases["A2"], solutions("A2")
    for name, (code, _) in FIRST.items():
        hand_in(course, name, "A2", filled(release, {**right, CELL: ZEROS}, first=code))
    for name, (code, _) in ANSWERS.items():
        hand_in(course, name, "A2", filled(release, {**right, CELL: code}))
    recording = "try:" + textwrap.indent(REPLAY, "    ") + "\nexcept AssertionError:\n    pass\n"
    replayed = filled(release, {**right, CELL: recording + REPLAYED})
    hand_in(course, "replayed", "A2", replayed)
    hand_in(course, "copies", "A2", filled(release, {**right, CELL: COPIES}))
    (hand_in(course, "helped", "A2", filled(release, right)) / "helper.py").write_text(HELPER)
    acting = filled(release, right, first=ACTS)
    acting.cells[-1].source = "x<script>alert()</script><a href='javascript:alert()'>y</a>"
    hand_in(course, "acts", "A2", acting)
    hand_in(course, "z-honest", "A2", filled(release, right))
    hand_in(course, "negative", "A2", filled(release, right, first="check('A2.1', lambda *a: a, seed=-10**12)"))
    flood = "while True:\n    try:\n        check('A2.1', lambda *a: a)\n    except Exception:\n        pass"
    flooding = filled(release, right)
    flooding.cells.append(nbformat.v4.new_code_cell(flood))
    hand_in(course, "floods", "A2", flooding)
    rich = filled(release, {**right, CELL: ZEROS})
    marks = {"grade": True, "solution": False, "locked": True, "grade_id": "mine", "points": 100, "schema_version": 3}
    rich.cells.append(nbformat.v4.new_code_cell("100", metadata={"nbgrader": {**marks, "cell_type": "code"}}))
    hand_in(course, "rich", "A2", rich)
    command = [sys.executable, "-m", "bplearn", "grade", str(course), "--jobs", "1", "--sandbox"]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    with (course / "grades.csv").open() as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert run.returncode == 0, run.stdout + run.stderr
    return course, rows, cells_of(course / "gradebook.db"), run.stdout


@pytest.mark.parametrize("name", [*FIRST, *ANSWERS, "rich", "replayed"])
def test_a_cheat_is_not_paid(graded_cheats, name):
    _, rows, cells, said = graded_cheats
    earned = cells[f"A2 {name}"]
    assert earned[TEST] == 0, said
    assert float(rows[name]["score"]) <= 21 - 4
    assert float(rows[name]["max_score"]) == 25


@pytest.mark.parametrize(("name", "remark"), [(n, r) for n, (_, r) in {**FIRST, **ANSWERS}.items() if r])
def test_the_teacher_reads_of_it_in_the_grades_and_in_the_notebook(graded_cheats, name, remark):
    course, rows, _, _ = graded_cheats
    assert remark in rows[name]["remarks"]
    (path,) = (course / "autograded" / name / "A2").glob("*.ipynb")
    assert remark.replace("'", "&#x27;") in nbformat.read(path, as_version=4).cells[0].source


@pytest.mark.parametrize("name", ["helped", "acts", "floods", "negative", "z-honest"])
def test_right_work_stays_right_beside_and_under_it(graded_cheats, name):
    _, _, cells, said = graded_cheats
    assert {cell: cells[f"A2 {name}"][cell] for cell in points("A2")} == points("A2"), said


def test_a_check_that_is_replaced_part_by_part_is_told(graded_cheats):
    """What a notebook does to the checks of its own process cannot be seen from outside; the page says so."""
    assert "replaces runner.copies" in graded_cheats[1]["copies"]["remarks"]


def test_honest_work_has_no_remark(graded_cheats):
    assert graded_cheats[1]["z-honest"]["remarks"] == ""


def shown(course, student):
    (path,) = (course / "autograded" / student / "A2").glob("*.ipynb")
    return path.read_text(encoding="utf-8")


def test_nothing_of_the_graders_is_found_in_memory_or_in_processes(graded_cheats):
    for name, says in (("proc", "found []"), ("walks", "found 0")):
        assert says in shown(graded_cheats[0], name)
    assert "wrote /" not in shown(graded_cheats[0], "kills")


def test_a_file_beside_is_looked_at_too_and_so_is_a_flood_of_checks(graded_cheats):
    rows = graded_cheats[1]
    assert "helper.py uses ctypes" in rows["helped"]["remarks"]
    assert "helper.py imports bplearn.course.tasks.a2" in rows["helped"]["remarks"]
    assert "checks A2.1 49" in rows["floods"]["remarks"]


def test_a_page_that_would_act_in_the_teachers_browser_is_switched_off(graded_cheats):
    course, rows, _, _ = graded_cheats
    assert "would act in your browser" in rows["acts"]["remarks"]
    text = shown(course, "acts")
    cells = nbformat.reads(text, as_version=4).cells
    pages = [cell.source for cell in cells if cell.cell_type == "markdown"]
    outputs = [one.get("data", {}) for cell in cells for one in cell.get("outputs", [])]
    pages += ["".join(data.get("text/html", "")) for data in outputs]
    assert not any(word in page for page in pages for word in ("<script", "javascript:", " onerror="))
    assert any("&lt;script>fetch" in page for page in pages)
    assert not any("application/javascript" in data for data in outputs)
