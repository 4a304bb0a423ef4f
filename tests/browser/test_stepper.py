"""The stepper in a real JupyterLab: by mouse, by keyboard, with predictions; published numbers in the page."""

import re

from playwright.sync_api import expect

STEPPER = ["from bplearn.widgets import step_through", "panel = step_through()\npanel"]


def words(book):
    return book.panel().get_by_role("status").filter(has_text="Iteration")


def test_on_and_back_by_mouse(notebook):
    book = notebook(STEPPER)
    expect(words(book)).to_contain_text("41 steps lie ahead")
    book.button("Next").click()  # a layer
    expect(words(book)).to_contain_text("step 2 of 41: forward, 2 numbers at once")
    expect(words(book)).to_contain_text("z_h1 = 0.05 × 0.15 + 0.1 × 0.2 + 0.35 = 0.3775")
    book.panel().get_by_role("checkbox", name="say rise or fall first").uncheck()
    book.button("phase").click()
    for said in ("step 8 of 41: forward", "0.298371", "step 29 of 41: backward", "step 41 of 41: update"):
        book.button("Next").click()
        expect(words(book)).to_contain_text(said)
    assert book.ask("round(panel.logic.network[0].W.value[0, 0], 12)") == "np.float64(0.149780716133)"
    book.button("Back").click()
    expect(words(book)).to_contain_text("step 29 of 41: backward")
    assert book.number("panel.logic.network[0].W.value[0, 0]") == 0.15


def test_arrow_keys_on_the_network_step_on_and_back(notebook):
    book = notebook(STEPPER)
    book.button("operation").click()
    book.panel().get_by_role("group", name=re.compile("Network. Arrows right and left step on and back")).focus()
    for _ in range(9):
        book.page.keyboard.press("ArrowRight")
    expect(words(book)).to_contain_text("step 9 of 41: cost")
    book.page.keyboard.press("ArrowLeft")
    expect(words(book)).to_contain_text("step 8 of 41: forward")


def test_predict_first(notebook):
    book = notebook(STEPPER)
    box = book.panel().get_by_role("checkbox", name="predict the next number first")
    box.focus()
    book.page.keyboard.press("Space")
    field = book.panel().get_by_role("textbox", name="your prediction")
    said = book.panel().get_by_role("status").first
    expect(said).to_contain_text("Next: z_h1 (forward).")
    field.fill("0.0275")
    field.press("Enter")
    expect(said).to_contain_text("Was the bias b_h1 = 0.35 added?")
    assert book.number("panel.logic.place") == 0
    field.fill("0.3775")
    field.press("Enter")
    expect(said).to_contain_text("Right: z_h1 = 0.3775. Next: z_h2 (forward).")
    expect(field).to_have_value("")
    assert book.number("panel.logic.place") == 1


def test_the_sign_is_said_before_a_step_back(notebook):
    book = notebook(STEPPER)
    network = book.panel().get_by_role("group", name=re.compile("Network"))
    network.focus()
    for _ in range(5):
        book.page.keyboard.press("ArrowRight")
    said = book.panel().get_by_role("status").first
    expect(said).to_contain_text("With a larger o1, does the error rise or fall?")
    book.button("Next").click()
    expect(said).to_contain_text("Say it first, or choose Show it.")
    book.button("▼ falls").click()
    expect(said).to_contain_text("Not yet. What sign has 0.7514 - 0.01?")
    book.button("▲ rises").click()
    expect(said).to_contain_text("Right. With a larger o1 the error rises: ∂E/∂o1 = 0.7414.")
    expect(words(book)).to_contain_text("step 11 of 41: backward")
    network.focus()
    book.page.keyboard.press("ArrowUp")
    expect(said).to_contain_text("Two streams meet in h1")
    assert book.axe() == []
    book.button("z_o2").click()
    expect(said).to_contain_text("Not yet. Which product is larger: 0.1385 × 0.4 or (-0.0381) × 0.5?")
    book.button("z_o1").click()
    expect(said).to_contain_text("Right. z_o1 wins, and with a larger h1 the error rises: ∂E/∂h1 = 0.03635.")
    book.button("Show it").click()
    expect(said).to_contain_text("With a larger z_h1 the error rises")


def test_further_iterations_and_an_earlier_one_again(notebook):
    book = notebook(STEPPER)
    book.button("10 iterations").click()
    expect(words(book)).to_contain_text("Iteration 10, step 41 of 41")
    book.panel().get_by_role("combobox", name="iteration").select_option("2")
    expect(words(book)).to_contain_text("Iteration 2: 41 steps lie ahead")


def test_it_is_whole_and_readable(notebook):
    book = notebook(
        [STEPPER[0], "panel = step_through()\nfor _ in range(20): panel.logic.next()\npanel.refresh()\npanel"]
    )
    book.whole_and_readable("stepper")
