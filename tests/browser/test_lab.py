"""The training lab in a real JupyterLab, worked by mouse and by keyboard; its numbers against the library's."""

import re

import pytest
from playwright.sync_api import expect

LAB = ["from bplearn.widgets import training_lab", "lab = training_lab(learning_rate=0.3)\nlab"]
FIT = """import bplearn
def fitted():
    train, unseen = lab.logic.experiment.parts()
    history = bplearn.fit(bplearn.mlp(2, 8, 8, 1, rng=0), train, loss=bplearn.BinaryCrossEntropy(), validation=unseen,
                          optimizer=bplearn.SGD(0.3), epochs=3, batch_size=32, rng=0, progress=False)
    return history.epoch_loss, history.validation_loss"""


def test_three_epochs_by_keyboard_give_what_fit_gives(notebook):
    book = notebook([*LAB, FIT]).more()
    book.button("One epoch").focus()
    for _ in range(3):
        book.page.keyboard.press("Enter")
    status = book.panel().get_by_role("status")
    expect(status).to_contain_text("Epoch 3, update 21.")
    ours = "(lab.logic.session.history.epoch_loss, lab.logic.session.history.validation_loss)"
    assert book.ask(ours) == book.ask("fitted()")
    loss = book.ask("format(lab.logic.session.history.epoch_loss[-1], '.4g')").strip("'")
    expect(book.panel().locator("svg desc").first).to_contain_text(f"the training loss is {loss}")


def test_play_pause_rewind_and_the_same_numbers_again(notebook):
    book = notebook(LAB).more()
    book.button("Play").click()
    status = book.panel().get_by_role("status")
    expect(status).to_contain_text(re.compile(r"Epoch \d{2,}"))
    assert book.ask("6 * 7") == "42"
    book.button("Pause").click()
    expect(book.button("Play")).to_be_visible()
    steps = book.number("lab.logic.session.steps")
    book.page.wait_for_timeout(300)
    assert book.number("lab.logic.session.steps") == steps
    first = book.ask("lab.logic.session.history.epoch_loss[:5]")
    book.slider("epoch on the curve").focus()
    book.page.keyboard.press("Home")
    expect(status).to_contain_text("Epoch 0, update 0.")
    for _ in range(5):
        book.button("One epoch").click()
    expect(status).to_contain_text("Epoch 5,")
    assert book.ask("lab.logic.session.history.epoch_loss") == first


def test_the_dials_by_key_and_typed(notebook):
    book = notebook(LAB).more()
    book.button("One step").click()
    book.slider("learning rate").press("ArrowRight")
    book.slider("batch size").press("Home")
    expect(book.panel().get_by_role("status")).to_contain_text("The new batch size counts from the next epoch on.")
    assert book.ask("[c[1] for c in lab.logic.session.changes]") == "['learning_rate', 'batch_size']"
    assert book.number("lab.logic.session.batch_size") == 1
    typed = book.panel().get_by_role("textbox", name="learning rate, typed")
    typed.fill("2.34")
    typed.press("Enter")
    expect(book.slider("learning rate")).to_have_attribute("aria-valuetext", "2.34")
    assert book.number("lab.logic.session.learning_rate") == 2.34


def test_divergence_is_told_and_the_panel_lives_on(notebook):
    book = notebook([LAB[0], "lab = training_lab('sine', activation='ReLU', learning_rate=10)\nlab"]).more()
    book.button("Play").click()
    expect(book.panel().get_by_role("status")).to_contain_text("no longer a finite number")
    expect(book.button("Play")).to_be_visible()
    book.button("Reset").click()
    book.slider("learning rate").press("Home")
    book.button("One epoch").click()
    expect(book.panel().get_by_role("status")).to_contain_text("Epoch 1,")


def view(book, name):
    book.panel().get_by_role("button", name=name, exact=True).click()


def test_pin_compare_and_export(notebook):
    book = notebook(LAB).more()
    book.button("One epoch").click()
    view(book, "runs")
    book.panel().get_by_role("textbox", name="name of the run").fill("small rate")
    book.button("Pin this run").click()
    expect(book.panel().get_by_role("table")).to_contain_text("small rate")
    book.button("Code").click()
    expect(book.panel().get_by_role("textbox", name="code of this run")).to_have_value(re.compile("mlp\\(2, 8, 8, 1"))
    book.button("Save CSV").click()
    expect(book.panel().get_by_role("status")).to_contain_text("Saved as training_lab")
    assert book.ask("open('training_lab.csv').readline().split(',')[0]") == "'run'"
    book.button("Save curves").click()
    expect(book.panel().get_by_role("status")).to_contain_text(re.compile(r"Saved as training_lab\w*\.png"))
    assert book.axe() == []
    book.page.set_viewport_size({"width": 1000, "height": 1600})
    assert book.clipped() == []
    book.shot("lab-pinned")


def test_a_weight_is_chosen_by_mouse_and_by_keyboard_and_says_its_numbers(notebook):
    book = notebook(LAB).more()
    book.button("One epoch").click()
    expect(book.panel().get_by_role("status")).to_contain_text("Epoch 1,")
    line = book.panel().locator('[data-key="edge-0-0-0"]')
    box = line.bounding_box()  # its first third: farther on other lines lie on top
    line.dispatch_event("click") if box["height"] < 2 else line.click(
        position={"x": box["width"] * 0.3, "y": box["height"] * (1 - 0.3)}, force=True
    )
    book.panel().get_by_text(re.compile(r"^W_h1\[0, \d\]$")).first.wait_for()
    book.panel().get_by_role("group", name=re.compile("^Network: arrow keys")).focus()
    for key in ("PageDown", "PageDown", "Escape", "ArrowDown", "ArrowDown", "ArrowRight", "PageDown"):
        book.page.keyboard.press(key)
    expect(book.panel().locator(".bpl-card strong")).to_have_text("W_h2[1, 1]")
    assert book.ask("(lab.logic.watch.layer, lab.logic.watch.index)") == "(2, (1, 1))"
    value, gradient = book.ask("(lab.logic.session.network[2].W[1, 1], lab.logic.session.network[2].W.grad[1, 1])")[
        1:-1
    ].split(", ")
    numbers = [float(one.removeprefix("np.float64(").rstrip(")")) for one in (value, gradient)]
    said = f"= {numbers[0]:.4g}, from h1.2 to z_h2.2; gradient {numbers[1]:.3g}, last change {-0.3 * numbers[1]:+.3g}."
    expect(book.panel().locator(".bpl-card")).to_contain_text(said)
    book.button("Trace it").click()
    code = book.panel().get_by_role("textbox", name="code to trace it").input_value()
    *before, last = code.strip().split("\n")
    book.ask(f"exec({chr(10).join(before)!r}, globals())")
    assert abs(book.number(f"({last}).gradient") - numbers[1]) < 1e-15
    assert book.axe() == []
    book.shot("lab-watch")


def test_batch_noise_is_seen_while_it_plays(notebook):
    book = notebook([LAB[0], "lab = training_lab('digits', hidden=(32,), batch_size=16)\nlab"]).more()
    view(book, "batch noise")
    expect(book.panel().locator("svg title", has_text="Batches of this epoch")).to_have_count(1)
    book.button("Play").click()
    expect(book.panel().get_by_role("status")).to_contain_text(re.compile(r"Epoch [2-9]"))
    expect(book.panel().locator("svg desc", has_text="Batches of 16")).to_have_count(1)
    book.button("Pause").click()
    expect(book.button("Play")).to_be_visible()
    seen = "__import__('bplearn.panels.lab.epoch_noise').panels.lab.epoch_noise.EpochNoise()"
    words = book.ask(
        f"{seen}.refresh(lab.logic.session, lab.logic.experiment.parts()[0]).noise.verdict().sentence"
    ).strip("'")
    expect(book.panel()).to_contain_text(words)
    assert book.axe() == []
    book.shot("lab-noise")


def test_a_click_on_the_curve_goes_to_that_epoch(notebook):
    book = notebook(
        [LAB[0], "lab = training_lab(learning_rate=0.3)\nlab.logic.session.epoch(9)\nlab.refresh()\nlab"]
    ).more()
    book.panel().locator('[data-key="epoch-4"]').click()
    expect(book.panel().get_by_role("status")).to_contain_text("Epoch 4, update 28.")
    expect(book.slider("epoch on the curve")).to_have_attribute("aria-valuenow", "4")
    book.shot("lab-here")


def test_an_error_in_ones_own_layer_stands_in_the_panel_which_lives_on(notebook):
    own = """import bplearn
class Mine(bplearn.Layer):
    broken = False
    def forward(self, x):
        if Mine.broken:
            raise RuntimeError("mine is broken")
        return x, {}
    def backward(self, dy, cache, *, input_gradient=True):
        return dy, {}
lab = training_lab(network=bplearn.Sequential(bplearn.Dense(2, 4, rng=0), Mine(), bplearn.Dense(4, 1, rng=1)))
lab"""
    book = notebook([LAB[0], own]).more()
    book.button("Play").click()
    expect(book.panel().get_by_role("status")).to_contain_text(re.compile(r"Epoch [1-9]"))
    book.ask("setattr(Mine, 'broken', True)")
    expect(book.panel().get_by_role("alert")).to_contain_text("RuntimeError: mine is broken")
    expect(book.button("Play")).to_be_visible()
    book.ask("setattr(Mine, 'broken', False)")
    steps = book.number("lab.logic.session.steps")
    book.button("One step").click()
    expect(book.panel().locator(".bpl-alert")).to_have_count(0)
    assert book.number("lab.logic.session.steps") == steps + 1


def test_it_fits_half_a_laptop_screen_with_curve_data_and_dials_in_sight(notebook):
    book = notebook(
        [LAB[0], "lab = training_lab(learning_rate=0.3)\nlab.logic.session.epoch(9)\nlab.refresh()\nlab"]
    ).more()
    for width, most in ((1280, 620), (900, 690), (720, 960), (640, 1010)):
        book.page.set_viewport_size({"width": width, "height": 800})
        for name in ("weights", "gradients", "batch noise", "runs"):
            view(book, name)
            book.page.wait_for_timeout(250)
            assert book.clipped() == []
            panel = book.panel().bounding_box()
            assert panel["height"] <= most, (width, name, panel)
            dial = book.slider("learning rate").bounding_box()
            shown = [book.panel().locator("svg", has_text=title).first.bounding_box()
                     for title in ("Loss curve", "Decision boundary")]  # fmt: skip
            assert all(box["y"] + box["height"] - dial["y"] < 520 for box in shown), (width, name, shown, dial)
        scrolls = "(e) => e.scrollWidth > e.clientWidth + 1"
        assert not book.panel().evaluate(scrolls)
        book.shot(f"lab-fits-{width}")


def test_what_a_learner_mistypes_is_said(notebook):
    book = notebook(LAB).more()
    field = book.panel().get_by_role("textbox", name="hidden layers")
    field.fill("eight")
    field.press("Enter")
    expect(book.panel().get_by_role("alert")).to_contain_text(
        "hidden layers expected whole numbers such as 8, 8, got 'eight'."
    )
    field.fill("3")
    field.press("Enter")
    expect(book.panel().locator(".bpl-alert")).to_have_count(0)
    expect(book.panel().locator("svg title", has_text="Network")).to_have_count(1)


@pytest.mark.parametrize("data", ["moons", "digits"])
def test_it_is_whole_and_readable(notebook, data):
    more = ", hidden=(32,), optimizer='Adam', learning_rate=0.01" if data == "digits" else ", learning_rate=0.5"
    book = notebook(
        [LAB[0], f"lab = training_lab({data!r}{more})\nlab.logic.session.epoch(6)\nlab.refresh()\nlab"]
    ).more()
    book.whole_and_readable(f"lab-{data}", height=1300)
