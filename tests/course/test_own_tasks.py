"""A teacher's own task, copied from the page for teachers: released, answered and graded like the others."""

import re
import subprocess
import sys

import nbformat

from tests.course.conftest import ROOT, cells_of, new_course
from tests.course.students import ASSIGNMENTS

TASK_FILE = re.search(
    r"```python\n(from bplearn\.course\.tasks.*?)```",
    (ASSIGNMENTS / "README.md").read_text(encoding="utf-8"),
    re.DOTALL,
)[1]
SOLUTION = "import numpy as np\nfrom bplearn.course import check\n\n\ndef cubic_layer(x, W):\n    {}"
RIGHT = "z = x @ W\n    return z, z**3"


def cell(source, name, **marks):
    about = {"grade_id": name, "schema_version": 3, "task": False, "locked": False, "grade": False, "solution": False}
    return nbformat.v4.new_code_cell(source, metadata={"nbgrader": about | marks})


def notebook(answer):
    source = (
        'check("A5.1", cubic_layer)\n### BEGIN HIDDEN TESTS\ncheck("A5.1", cubic_layer, seed=7)\n### END HIDDEN TESTS'
    )
    test = cell(source, "a5-test", grade=True, locked=True, points=3)
    return nbformat.v4.new_notebook(cells=[cell(SOLUTION.format(answer), "a5-cubic", solution=True), test])


def test_a_task_of_a_teachers_own_has_parts_a_diagnosis_and_hidden_inputs(tmp_path):
    course = new_course(tmp_path / "course")
    (course / "tasks.py").write_text(TASK_FILE)
    solution = RIGHT.replace("z = x", "### BEGIN SOLUTION\n    z = x") + "\n    ### END SOLUTION"
    (course / "source" / "A5").mkdir()
    nbformat.write(notebook(solution), course / "source" / "A5" / "A5_cubic.ipynb")
    answers = {"right": RIGHT, "linear": "return x @ W, x @ W", "nothing": "raise NotImplementedError()"}
    for student, answer in answers.items():
        (course / "submitted" / student / "A5").mkdir(parents=True)
        nbformat.write(notebook(answer), course / "submitted" / student / "A5" / "A5_cubic.ipynb")
    assert subprocess.run([sys.executable, "-m", "bplearn", "reseed", str(course)], cwd=ROOT).returncode == 0
    command = [sys.executable, "-m", "bplearn", "grade", str(course), "--jobs", "1"]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert run.returncode == 0, run.stdout + run.stderr
    found = {key.split()[1]: cells["a5-test"] for key, cells in cells_of(course / "gradebook.db").items()}
    assert found == {"right": 3, "linear": 1, "nothing": 0}
    (graded,) = (course / "autograded" / "linear" / "A5").glob("*.ipynb")
    assert "an activation is forgotten" in graded.read_text()
