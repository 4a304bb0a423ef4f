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
    book = notebook([*LAB, FIT])
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
    book = notebook(LAB)
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
    book.slider("go to epoch").focus()
    book.page.keyboard.press("Home")
    expect(status).to_contain_text("Epoch 0, update 0.")
    for _ in range(5):
        book.button("One epoch").click()
    expect(status).to_contain_text("Epoch 5,")
    assert book.ask("lab.logic.session.history.epoch_loss") == first


def test_the_dials_by_key_and_typed(notebook):
    book = notebook(LAB)
    book.button("One step").click()
    book.slider("learning rate").press("ArrowRight")
    book.slider("batch size").press("Home")
    expect(book.panel().get_by_role("status")).to_contain_text("The new batch size counts from the next epoch on.")
    assert book.ask("[c[1] for c in lab.logic.session.changes]") == "['learning_rate', 'batch_size']"
    assert book.number("lab.logic.session.batch_size") == 1
    typed = book.panel().get_by_role("spinbutton", name="or type it")
    typed.fill("2.34")
    typed.press("Enter")
    expect(book.slider("learning rate")).to_have_attribute("aria-valuetext", "2.34")
    assert book.number("lab.logic.session.learning_rate") == 2.34


def test_divergence_is_told_and_the_panel_lives_on(notebook):
    book = notebook([LAB[0], "lab = training_lab('sine', activation='ReLU', learning_rate=10)\nlab"])
    book.button("Play").click()
    expect(book.panel().get_by_role("status")).to_contain_text("no longer a finite number")
    expect(book.button("Play")).to_be_visible()
    book.button("Reset").click()
    book.slider("learning rate").press("Home")
    book.button("One epoch").click()
    expect(book.panel().get_by_role("status")).to_contain_text("Epoch 1,")


def test_pin_compare_and_export(notebook):
    book = notebook(LAB)
    book.button("One epoch").click()
    book.panel().get_by_role("textbox", name="name of the run").fill("small rate")
    book.button("Pin this run").click()
    expect(book.panel().get_by_role("table")).to_contain_text("small rate")
    book.button("Code").click()
    expect(book.panel().get_by_role("textbox", name="code of this run")).to_have_value(re.compile("mlp\\(2, 8, 8, 1"))
    book.button("Save CSV").click()
    expect(book.panel().get_by_role("status")).to_contain_text("Saved as training_lab.csv")
    book.button("Save PNG").click()
    expect(book.panel().get_by_role("status")).to_contain_text("Saved as training_lab.png")
    assert book.axe() == []
    book.page.set_viewport_size({"width": 1000, "height": 1600})
    book.shot("lab-pinned")


def test_what_a_learner_mistypes_is_said(notebook):
    book = notebook(LAB)
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


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"])
@pytest.mark.parametrize("data", ["moons", "digits"])
def test_it_is_whole_and_readable(notebook, theme, data):
    more = ", hidden=(32,), optimizer='Adam', learning_rate=0.01" if data == "digits" else ", learning_rate=0.5"
    book = notebook([LAB[0], f"lab = training_lab({data!r}{more})\nlab.logic.session.epoch(6)\nlab.refresh()\nlab"])
    book.theme(theme)
    name = f"lab-{data}-{theme.removeprefix('JupyterLab ').replace(' ', '-').lower()}"
    for width in (1280, 900, 720):
        book.page.set_viewport_size({"width": width, "height": 1300})
        book.page.wait_for_timeout(300)
        assert book.clipped() == []
        book.shot(f"{name}-{width}")
    assert book.axe() == []
