"""Feedback pages: formulas that need no script, titles in the list, nothing from the net."""

import re

import nbformat
import pytest
from nbgrader.preprocessors import GetGrades

from bplearn.course.feedback import FeedbackPage, WriteFormulas, titles, with_titles
from bplearn.files.mathml import with_formulas
from tests.course.students import NAMES, kind, source_of


@pytest.mark.parametrize("assignment", NAMES)
def test_every_formula_of_an_assignment_becomes_one_that_a_browser_shows(assignment):
    for cell in nbformat.read(source_of(assignment), as_version=4).cells:
        if cell.cell_type == "markdown":
            text = re.sub(r"`[^`]*`", "", with_formulas(cell.source))
            assert "$" not in text
            for formula in re.findall(r"<math.*?</math>", text):
                assert "\\" not in formula
                assert "1ex" not in formula


@pytest.mark.parametrize(
    "text",
    ["`$x$` is code", "```\n$a$ $b$\n```", "It costs $5, or $6.", "a lone $ sign", r"\$x\$", "$$", "$x^2^3$"],
)
def test_what_is_no_formula_stays(text):
    assert with_formulas(text) == text


def test_formulas_in_lines_and_on_their_own():
    text = with_formulas("Let $W^T$ be\n\n$$y = \\frac{1}{N} \\sum_n x_n$$\n\nand $b$.")
    assert text.count("<math") == 3
    assert text.count('display="block"') == 1
    assert "<mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac>" in text


def test_a_function_keeps_its_distance_from_what_has_no_brackets():
    assert '<mi>tanh</mi><mspace width="0.17em" /><mi>c</mi>' in with_formulas(r"$\tanh c$")
    assert "<mspace" not in with_formulas(r"$\tanh(c)$")
    assert "<msup><mi>tanh</mi><mn>2</mn></msup>" in with_formulas(r"$1 - \tanh^2(c)$")


@pytest.mark.parametrize("assignment", NAMES)
def test_every_graded_cell_has_the_title_of_its_task(assignment):
    notebook = nbformat.read(source_of(assignment), as_version=4)
    found = titles(notebook)
    wanted = [cell.metadata.nbgrader.grade_id for cell in notebook.cells if kind(cell, "grade") or kind(cell, "task")]
    assert list(found) == wanted
    assert [int(title.split(".")[0]) for title in found.values()] == list(range(1, len(wanted) + 1))


def test_a_title_is_escaped_and_what_has_none_keeps_its_name():
    page = '<li><a href="#one">Test cell</a></li><li><a href="#two">Task</a></li><a href="#one">Test cell</a>'
    named = with_titles(page, {"one": "1. a < b"})
    assert named == page.replace('<li><a href="#one">Test cell', '<li><a href="#one">1. a &lt; b', 1)


def test_comments_of_the_teacher_are_turned_as_well():
    cell = nbformat.v4.new_markdown_cell("$a$", metadata={"nbgrader": {"comment": "Rather $b$"}})
    WriteFormulas().preprocess(nbformat.v4.new_notebook(cells=[cell]), {})
    assert "<math" in cell.source
    assert cell.metadata.nbgrader.comment.startswith("Rather <math")


def test_a_page_fetches_nothing():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Title\n\n" + with_formulas("$x$"))])
    page, _ = FeedbackPage(template_name="classic").from_notebook_node(notebook)
    assert "<mi>x</mi>" in page
    assert not re.search(r'(?:src|href)="https?://', page)
    assert "MathJax.Hub" not in page


def test_the_configuration_names_both_steps_after_the_grades_are_known():
    from traitlets.config.loader import PyFileConfigLoader

    config = PyFileConfigLoader("nbgrader_config.py", path=str(source_of("A1").parents[2])).load_config()
    steps = config.GenerateFeedback.preprocessors
    assert steps.index(f"nbgrader.preprocessors.{GetGrades.__name__}") < steps.index(
        "bplearn.course.feedback.WriteFormulas"
    )
    assert config.GenerateFeedback.exporter_class == "bplearn.course.feedback.FeedbackPage"
