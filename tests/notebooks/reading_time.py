"""How long a notebook takes, from what stands in it: notebooks state it as a range, and a test holds them to it.

python -m tests.notebooks.reading_time   prints what each should say
"""

import re

import nbformat

from bplearn.exercises import ALL
from bplearn.exercises.engine.exercise import Code
from tests.exercises.fill import checks_in
from tests.notebooks.__main__ import chosen

WORDS_A_MINUTE = 150
MINUTES_A_CODE_CELL = 1 / 3
MINUTES_AN_ANSWER = {"typed": 3, "function": 8, "class": 20}


def minutes(notebook):
    """The minutes for reading the words, running the cells and answering the exercises."""
    prose = " ".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    asked = [number for source in code for number, _ in checks_in(source) if number in ALL]
    answering = sum(MINUTES_AN_ANSWER[kind_of(ALL[number])] for number in asked)
    return len(prose.split()) / WORDS_A_MINUTE + len(code) * MINUTES_A_CODE_CELL + answering


def minutes_to(chapter, cell):
    """The minutes from the top of a notebook to the end of one of its cells."""
    [path] = chosen([chapter])
    notebook = nbformat.read(path, as_version=4)
    place = [one.id for one in notebook.cells].index(cell)
    notebook.cells = notebook.cells[: place + 1]
    return minutes(notebook)


def kind_of(exercise):
    if not isinstance(exercise, Code):
        return "typed"
    return "class" if isinstance(exercise.solution, type) else "function"


def time_range(notebook):
    """A quarter less and a quarter more, in steps of five minutes: "55 to 90 minutes"."""
    middle = minutes(notebook)
    low, high = (max(5, 5 * round(middle * factor / 5)) for factor in (0.75, 1.25))
    return f"{low} to {high} minutes"


def stated(notebook):
    """The time that the front matter gives, in its first words."""
    found = re.search(r"\| \*\*Time\*\* \| (\d+ to \d+ minutes)", notebook.cells[0].source)
    return found[1] if found else None


if __name__ == "__main__":
    for path in chosen([]):
        notebook = nbformat.read(path, as_version=4)
        print(f"{path.name}: {time_range(notebook)}; it says {stated(notebook)}")
