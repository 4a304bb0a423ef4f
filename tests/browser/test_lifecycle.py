"""What may happen to a live panel: its cell runs again, its notebook is closed, its kernel restarts, its layer raises.

Nothing hangs, nothing trains on where nobody sees it, and what went wrong is said in the panel.
"""

import ast

import pytest
from playwright.sync_api import expect

from bplearn import SGD, BinaryCrossEntropy, Tanh, datasets, fit, mlp
from tests.browser.drive import four_digits

IMPORT = "from bplearn.widgets import batch_noise, landscape, training_lab"
PLAYERS = {  # the cell, and the count that grows while it plays
    "lab": ("training_lab()", "logic.session.steps"),
    "landscape": ("landscape('ravine', 0.001)", "logic.shown"),
}
FUSSY = """import numpy as np
from bplearn.layers import Layer

class Fussy(Layer):
    left = 10**9
    def forward(self, x):
        Fussy.left -= 1
        if Fussy.left < 0:
            raise ValueError("the battery of this layer is empty")
        return np.tanh(x), {"y": np.tanh(x)}
    def backward(self, dy, cache, *, input_gradient=True):
        return dy * (1 - cache["y"] ** 2), {}
"""
KEYS = ("a", "b", "x", "c", "m", "y", "j", "k", "d", "d", "0", "0", "i", "i", "Shift+M", "Shift+L")  # JupyterLab's own


def cells(kind):
    code = PLAYERS[kind][0]
    return [IMPORT, f"old = globals().get('panel')\npanel = {code}\npanel"]


def play(book, kind="lab", name="panel", panel=None):
    """Press Play, and wait until something is done."""
    book.button("Play", panel).click()
    expect(book.button("Pause", panel)).to_be_visible()
    book.until(f"{name}.{PLAYERS[kind][1]} > 5")


def stands(book, count, kernel=None):
    """Wait until nothing plays any more; then assert that the count grows no longer, and return it."""
    book.until(f"not {count.partition('.')[0]}.player.running", kernel)
    first = book.number(count, kernel)
    book.page.wait_for_timeout(1000)
    assert book.number(count, kernel) == first > 0
    return first


def losses(learning_rate, epochs, activation=Tanh):
    data, unseen = datasets.moons(300, rng=0).split(test=0.3, rng=0)
    return fit(mlp(2, 8, 8, 1, activation=activation, rng=0), data, loss=BinaryCrossEntropy(), validation=unseen,
               optimizer=SGD(learning_rate), epochs=epochs, batch_size=32, rng=0, progress=False)  # fmt: skip


def shows(panel, told):
    expect(panel.locator("svg desc").first).to_contain_text(
        f"({told.epochs} epochs) the training loss is {told.epoch_loss[-1]:.4g}, "
        f"the unseen loss {told.validation_loss[-1]:.4g}"
    )


@pytest.mark.parametrize("kind", PLAYERS)
def test_running_the_cell_again_stops_the_old_panel(notebook, kind):
    book = notebook(
        ["import bplearn.panels.base.event_loop\nbplearn.panels.base.event_loop.UNSEEN = 1e9", *cells(kind)]
    )
    play(book, kind)
    book.run_cell(2)
    expect(book.button("Play")).to_be_visible()
    stands(book, f"old.{PLAYERS[kind][1]}")
    assert book.number(f"panel.{PLAYERS[kind][1]}") == 0
    play(book, kind)


@pytest.mark.parametrize("kind", PLAYERS)
def test_a_closed_notebook_trains_nothing_and_opens_again(notebook, kind):
    book = notebook(cells(kind))
    play(book, kind)
    book.save()
    kernel = book.kernel
    book.command("application:close")
    expect(book.panels).to_have_count(0)
    count = stands(book, f"panel.{PLAYERS[kind][1]}", kernel)
    book.open(book.name)
    assert book.kernel == kernel
    expect(book.button("Play")).to_be_visible()
    assert book.number(f"panel.{PLAYERS[kind][1]}") == count
    play(book, kind)
    assert book.number(f"panel.{PLAYERS[kind][1]}") > count


@pytest.mark.parametrize("way", ["another tab in front", "scrolled away"])
def test_a_panel_out_of_sight_pauses(notebook, lab, way):
    book = notebook([*cells("lab"), "\n".join(["# a long cell"] * 150)])
    play(book)
    name = book.name
    if way == "scrolled away":
        book.page.locator(".jp-CodeCell").last.evaluate("(cell) => cell.scrollIntoView({block: 'end'})")
        expect(book.panel()).not_to_be_in_viewport()
        stands(book, "panel.logic.session.steps")
        book.panel().scroll_into_view_if_needed()
    else:
        kernel = book.kernel
        book.command("launcher:create")
        expect(book.panels).to_have_count(0)
        stands(book, "panel.logic.session.steps", kernel)
        book.open(name)
    expect(book.button("Play")).to_be_visible()
    play(book)


def test_a_restarted_kernel_leaves_no_error_and_the_cell_runs_again(notebook):
    book = notebook(cells("lab"))
    play(book)
    book.restart()
    assert book.ask("'panel' in globals()") == "False"
    expect(book.panel().get_by_role("alert")).to_contain_text("Run the cell once more")
    assert book.axe() == []
    book.shot("lifecycle-restarted")
    book.button("Pause").click(force=True, timeout=1000)  # a dead panel: it does nothing, and does no harm
    book.panel().locator("svg.bpl").first.click()
    book.run_all()
    expect(book.panel().locator(".bpl-alert")).to_have_count(0)
    book.more().button("One epoch").click()
    shows(book.panel(), losses(0.1, 1))


def test_two_labs_do_not_disturb_each_other(notebook):
    book = notebook([IMPORT, "a = training_lab(learning_rate=0.3)\na", "b = training_lab(learning_rate=0.05)\nb"])
    first, second = book.panel(0), book.panel(1)
    play(book, name="a", panel=first)
    book.button("Play", second).click()  # one learner looks at one training: the second Play pauses the first
    expect(book.button("Play", first)).to_be_visible()
    book.until("b.logic.session.steps > 50")
    stands(book, "a.logic.session.steps")
    book.slider("learning rate", first).press("ArrowRight")
    assert book.ask("b.player.running, b.logic.session.learning_rate") == "(True, 0.05)"
    book.button("Pause", second).click()
    stands(book, "b.logic.session.steps")
    for panel, name, rate in ((first, "a", 0.3), (second, "b", 0.05)):
        if not book.number(f"{name}.logic.session.epochs"):
            book.more(panel).button("One epoch", panel).click()
            book.until(f"{name}.logic.session.epochs")
        epochs = int(book.number(f"{name}.logic.session.epochs"))
        found = ast.literal_eval(book.ask(f"{name}.logic.session.history.epoch_loss[:{epochs}]"))
        assert found == pytest.approx(losses(rate, epochs).epoch_loss, rel=1e-6)
    shows(second, losses(0.05, epochs))


def parabola(book):
    rate, steps = float(book.slider("learning rate").get_attribute("aria-valuetext")), 12
    w = 10 * (1 - 2 * rate) ** steps
    expect(book.panel().locator("svg desc").first).to_contain_text(
        f"after {steps} steps: at {four_digits(w)}, cost {four_digits(w * w)}."
    )
    assert book.number("panel.logic.learning_rate") == rate


def batches(book):
    size = book.slider("batch size").get_attribute("aria-valuetext")
    expect(book.panel().get_by_role("status").first).to_contain_text(f"Batches of {size}:")
    assert book.ask("panel.logic.batch_size") == size


DRAGS = {
    "landscape": ("landscape('parabola', 0.1)\npanel.logic.step(12)", "learning rate", parabola),
    "batch noise": ("batch_noise()", "batch size", batches),
}


@pytest.mark.parametrize("kind", DRAGS)
def test_a_very_fast_drag_ends_where_the_pointer_is(notebook, kind):
    code, name, agrees = DRAGS[kind]
    book = notebook([IMPORT, f"panel = {code}\npanel"])
    for shares in ((1.0, 0.4), (0.0, 0.9, 0.6)):
        book.drag(book.slider(name), *shares, steps=60)
        agrees(book)
        book.idle(15_000)
        agrees(book)
        options = int(book.slider(name).get_attribute("max"))
        assert book.distance(book.slider(name), shares[-1]) <= 0.51 / options
    assert book.panel().locator(".bpl-alert").count() == 0


def test_after_a_busy_kernel_the_picture_is_the_newest(notebook, lab):
    book = notebook([IMPORT, "panel = landscape('parabola', 0.1)\npanel.logic.step(12)\npanel"])
    awake = lab.root / "awake"
    for end in (0.55, 0.3):  # JupyterLab sends a widget's first message to the main thread, the later ones to another
        book.begin("import os, time\nwhile not os.path.exists('awake'): time.sleep(0.05)")
        book.drag(book.slider("learning rate"), 0.9, 0.1, end, steps=30)
        book.page.wait_for_timeout(1500)
        awake.touch()
        parabola(book)
        awake.unlink()


def test_an_error_in_a_learners_own_layer_stands_in_the_panel(notebook):
    book = notebook([IMPORT, FUSSY, "panel = training_lab(activation=Fussy)\npanel"]).more()
    alert = book.panel().get_by_role("alert")
    play(book)
    assert book.ask("setattr(Fussy, 'left', 200)") == "None"
    expect(alert).to_contain_text("ValueError: the battery of this layer is empty")
    expect(alert).to_contain_text('It was raised in forward, line 9: raise ValueError("the battery')
    expect(alert).to_contain_text("Mend it there, run that cell, and then the panel's cell again.")
    expect(book.button("Play")).to_be_visible()
    book.idle(15_000)
    assert book.axe() == []
    book.shot("lifecycle-error")
    book.button("Reset").click()  # it still fails, and the panel still lives
    expect(alert).to_contain_text("the battery of this layer is empty")
    book.panel().get_by_label("activation", exact=True).select_option("Tanh")
    expect(book.panel().locator(".bpl-alert")).to_have_count(0)
    book.button("One epoch").click()
    shows(book.panel(), losses(0.1, 1))
    book.slider("learning rate").press("ArrowRight")
    play(book)


def test_a_layer_that_fails_once_leaves_a_training_that_can_go_on(notebook):
    book = notebook([IMPORT, FUSSY, "panel = training_lab(activation=Fussy)\npanel"]).more()
    assert book.ask("setattr(Fussy, 'left', 5)") == "None"
    book.button("One epoch").click()
    expect(book.panel().get_by_role("alert")).to_contain_text("ValueError")
    assert book.ask("setattr(Fussy, 'left', 10**9)") == "None"
    book.button("Reset").click()
    expect(book.panel().locator(".bpl-alert")).to_have_count(0)
    book.button("One epoch").click()
    here = {}
    exec(FUSSY, here)
    shows(book.panel(), losses(0.1, 1, here["Fussy"]))


MOVING = "(panel) => panel.getAnimations({subtree: true}).map(a => a.transitionProperty ?? a.animationName)"


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_reduced_motion_is_kept(notebook, watched, motion):
    watched.emulate_media(reduced_motion=motion)
    book = notebook(cells("lab")).more()
    panel, seen = book.panel(), []
    for target in (book.button("Reset"), panel.get_by_role("button", name="gradients"), book.slider("batch size")):
        target.hover()
        target.click()
        seen += panel.evaluate(MOVING)
    book.slider("learning rate").click(position={"x": 20, "y": 3})
    seen += panel.evaluate(MOVING)
    play(book)
    before = book.number("panel.logic.session.steps")
    pictures = panel.evaluate(
        """(panel) => new Promise(done => { let count = 0;
        const view = panel.querySelector('.bpl-view svg.bpl').parentElement;
        const watch = new MutationObserver(() => { count += 1; }); watch.observe(view, {childList: true});
        setTimeout(() => { watch.disconnect(); done(count); }, 2000); })"""
    )
    seen += panel.evaluate(MOVING)
    assert before < book.number("panel.logic.session.steps")
    if motion == "reduce":
        assert seen == []
        assert 1 <= pictures <= 8  # three calm ones a second
    else:
        assert pictures > 8
        assert not any("bpl" in name for name in seen)  # only what JupyterLab and its sliders do by themselves


def test_no_single_key_of_jupyterlab_works_inside_a_panel(notebook):
    book = notebook([*cells("lab"), "1 + 1"]).more()
    panel = book.panel()
    state = """() => { const w = window.jupyterapp.shell.currentWidget.content;
      const cells = w.widgets.map(c => [c.model.type, c.model.sharedModel.getSource()]);
      return JSON.stringify([w.activeCellIndex, w.mode, cells,
        document.querySelectorAll('.jp-Dialog').length]); }"""
    for control in (
        book.button("Play"),
        book.button("Reset"),
        book.slider("learning rate"),
        panel.get_by_label("activation", exact=True),
        panel.get_by_role("textbox", name="hidden layers"),
        panel.get_by_role("textbox", name="seed"),
        panel.locator(".widget-toggle-button").first,
        panel.get_by_role("textbox", name="learning rate, typed"),
    ):
        control.focus()
        before = book.page.evaluate(state)
        for key in KEYS:
            book.page.keyboard.press(key)
        book.page.wait_for_timeout(100)
        assert book.page.evaluate(state) == before, control
    assert book.ask("'panel' in globals()") == "True"
