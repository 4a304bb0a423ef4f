"""The four assignments as they are graded: right work gets its points, wrong work a diagnosis, cheats nothing."""

import re
import shutil

import nbformat
import pytest

from bplearn.course.tasks import ALL
from tests.course.mistakes import CHEATS, LOOPS, SLIPS
from tests.course.students import NAMES, REGION, kind, points, solutions, source_of

TOTAL = 25
KINDS = ("correct", "buggy", "looping", "empty", "cheating")


def source(assignment):
    return nbformat.read(source_of(assignment), as_version=4)


@pytest.mark.parametrize("student", KINDS)
@pytest.mark.parametrize("assignment", NAMES)
def test_every_submission_is_graded_and_has_its_feedback(graded, assignment, student):
    assert float(graded.rows[f"{assignment} {student}"]["max_score"]) == TOTAL
    assert graded.rows[f"{assignment} {student}"]["state"] == "graded"
    assert graded.page(assignment, student)


@pytest.mark.parametrize("assignment", NAMES)
def test_honest_work_has_no_remark(graded, assignment):
    for student in ("correct", "buggy", "empty"):
        assert graded.rows[f"{assignment} {student}"]["remarks"] == ""


@pytest.mark.parametrize("assignment", NAMES)
def test_with_every_solution_filled_in_all_points_are_there(graded, assignment):
    cells = graded.cells(assignment, "correct")
    assert {cell: cells[cell] for cell in points(assignment)} == points(assignment)
    assert graded.score(assignment, "correct") == sum(points(assignment).values())


@pytest.mark.parametrize("assignment", NAMES)
def test_a_mistake_costs_its_own_points_and_the_feedback_names_it(graded, assignment):
    left = {slip.test: slip.paid for slip in SLIPS[assignment]}
    expected = {cell: left.get(cell, most) for cell, most in points(assignment).items()}
    cells = graded.cells(assignment, "buggy")
    assert {cell: cells[cell] for cell in expected} == expected
    assert graded.score(assignment, "buggy") == sum(expected.values())
    text = graded.feedback(assignment, "buggy")
    for slip in SLIPS[assignment]:
        assert slip.says in text


@pytest.mark.parametrize("assignment", NAMES)
def test_an_endless_loop_costs_its_own_points_only(graded, assignment):
    _, _, lost, says = LOOPS[assignment]
    expected = {cell: 0 if cell == lost else most for cell, most in points(assignment).items()}
    cells = graded.cells(assignment, "looping")
    assert {cell: cells[cell] for cell in expected} == expected
    assert says in graded.feedback(assignment, "looping")


@pytest.mark.parametrize("assignment", NAMES)
def test_an_empty_submission_gets_nothing_and_is_told_what_to_do(graded, assignment):
    assert graded.score(assignment, "empty") == 0
    text = graded.feedback(assignment, "empty")
    assert text.count("Replace `raise NotImplementedError()` by your code") == len(points(assignment))


@pytest.mark.parametrize("assignment", NAMES)
def test_a_cheat_gets_nothing_and_the_feedback_says_why(graded, assignment):
    assert graded.score(assignment, "cheating") == 0
    assert CHEATS[assignment][1] in graded.feedback(assignment, "cheating")


@pytest.mark.parametrize("assignment", NAMES)
def test_feedback_says_what_is_right_in_words_of_the_tasks_and_needs_no_network(graded, assignment):
    page = graded.page(assignment, "buggy")
    listed = page[page.index('<div id="toc">') : page.index("</ol>")]
    titles = re.findall(r"^## (\d\. .*)$", "\n".join(cell.source for cell in source(assignment).cells), re.MULTILINE)
    assert re.findall(r">(\d\. .*?)</a>", listed) == titles
    assert "Test cell" not in page
    assert "<math" in page
    assert not re.search(r'(?:src|href)="https?://', page)
    text = re.sub(r"<style.*?</style>|<script.*?</script>", "", page[page.index("<body") :], flags=re.DOTALL)
    assert "$" not in text
    assert "Not right yet:" in text


@pytest.mark.parametrize("student", KINDS)
@pytest.mark.parametrize("assignment", NAMES)
def test_feedback_shows_no_hidden_test_and_no_mark_scheme(graded, assignment, student):
    page = graded.page(assignment, student)
    for word in ("HIDDEN", "seed=", "MARK SCHEME", "BEGIN SOLUTION", *seeds(assignment)):
        assert word not in re.sub(r"base64,[\w+/=]+|<style.*?</style>|<script.*?</script>", "", page, flags=re.DOTALL)


def seeds(assignment):
    return {f"seed={seed}" for cell in source(assignment).cells for seed in re.findall(r"seed=(\d+)", cell.source)}


def test_the_release_holds_no_solution_no_hidden_test_and_no_mark_scheme(releases):
    for assignment, release in releases.items():
        text = "\n".join(cell.source for cell in release.cells)
        for word in ("SOLUTION", "HIDDEN", "MARK SCHEME", *seeds(assignment)):
            assert word not in text
        given = {line.strip() for cell in source(assignment).cells for line in REGION.sub("", cell.source).splitlines()}
        for cell in source(assignment).cells:
            for region in REGION.findall(cell.source):
                lines = {line.strip() for line in region.splitlines()} - given - {""}
                assert lines, "a region without a line of its own"
                assert lines & {line.strip() for line in text.splitlines()} == set()
            if kind(cell, "task"):
                scheme = cell.source.split("BEGIN MARK SCHEME ===")[1].split("===")[0]
                assert not any(line in text for line in scheme.strip().splitlines() if line.strip())
        assert release.metadata.bplearn.assignment == assignment


def test_a_released_assignment_runs_nowhere_to_points(releases):
    """Each solution cell is a stub, and each test cell has its visible check left."""
    for assignment, release in releases.items():
        stubs = [cell.source for cell in release.cells if kind(cell, "solution")]
        assert len(stubs) == len(solutions(assignment))
        assert all("raise NotImplementedError()" in stub for stub in stubs)
        tests = [cell.source for cell in release.cells if kind(cell, "grade")]
        assert all(test.startswith('check("') for test in tests)


@pytest.mark.parametrize("assignment", NAMES)
def test_an_assignment_is_in_nbgraders_format(assignment):
    notebook = source(assignment)
    marked = [cell.metadata.nbgrader for cell in notebook.cells if "nbgrader" in cell.metadata]
    assert all(one.schema_version == 3 for one in marked)
    names = [one.grade_id for one in marked]
    assert len(set(names)) == len(names)
    assert sum(one.get("points", 0) for one in marked) == TOTAL
    assert sum(one.task for one in marked) in (1, 2)
    assert all(cell.id.startswith(f"{assignment.lower()}-") for cell in notebook.cells)
    assert not any(cell.get("outputs") for cell in notebook.cells)


@pytest.mark.parametrize("assignment", NAMES)
def test_every_task_is_checked_in_the_open_and_once_more_with_a_hidden_seed(assignment):
    text = "\n".join(cell.source for cell in source(assignment).cells if kind(cell, "grade"))
    for number in (number for number in ALL if number.startswith(assignment)):
        assert len(re.findall(rf'check\("{number}", \w+\)', text)) == 1
        assert len(re.findall(rf'check\("{number}", \w+, seed=\d+\)', text)) == 1


@pytest.mark.parametrize("assignment", NAMES)
def test_each_submission_records_its_versions_and_says_what_may_be_called(assignment):
    cells = source(assignment).cells
    assert any(f'record("{assignment}")' in cell.source for cell in cells)
    assert (
        "**Not allowed** inside the functions" in cells[0].source
        or "**In tasks 4 and 5 all of bplearn" in cells[0].source
    )


@pytest.mark.parametrize("number", ALL)
def test_the_text_of_a_task_says_what_its_parts_are_worth(number):
    cells = source(number[:2]).cells
    place = next(k for k, cell in enumerate(cells) if kind(cell, "grade") and f'"{number}"' in cell.source)
    text = next(cell.source for cell in reversed(cells[:place]) if cell.cell_type == "markdown")
    said = text.replace("`", "").split("\n\nPoints: ")[1]
    most, parts = cells[place].metadata.nbgrader.points, ALL[number].parts
    if len(parts) == 1:
        assert said.startswith(f"{most}") or said.startswith(f"{most:g}, all or nothing")
    elif number == "A3.3":
        assert said == "1 for each pair of which both are judged right, if the first pair is among them."
        rows = [re.findall(r"\| (.*?) \| (.*?) \|", line)[0] for line in text.splitlines() if line.startswith("| ")]
        wrong = [row[1].replace("$10^{-6}$", "1e-6") for row in rows[1:]]
        assert [part.label for part in parts] == [f"the pair with {one!r}" for one in wrong]
    elif number == "A4.5":
        assert said == "4 from 95% on, 2 from 90% on."
    else:
        words = [f"{part.label} {part.worth:g}" for part in parts if not part.special]
        special = [f", and {part.worth:g} for {part.label} once all is right" for part in parts if part.special]
        shown = said.replace("the array of W", "dW").replace("that of b", "db").replace(" together", "")
        assert shown == ", ".join(words) + "".join(special) + "."


@pytest.mark.parametrize("assignment", NAMES)
def test_a_feedback_page_fits_a_phone(graded, assignment):
    """390 px: nothing reaches over the edge but what scrolls in a box of its own."""
    (path,) = (graded.course / "feedback" / "buggy" / assignment).glob("*.html")
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_context(viewport={"width": 390, "height": 800}, is_mobile=True).new_page()
        page.goto(path.as_uri())
        width = page.evaluate("document.documentElement.scrollWidth")
        browser.close()
    assert width <= 390
