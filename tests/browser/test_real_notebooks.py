"""The committed notebooks in a real JupyterLab: each of their panels is worked by mouse and by keyboard.

Two notebooks are run whole; of the others the cells that a panel needs, since nbval runs and compares them all.

What then stands in the panel is compared with what the library computes here, in the test's own process.
"""

import ast
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
from playwright.sync_api import expect

from bplearn import (
    SGD,
    BinaryCrossEntropy,
    Dense,
    HalfSquaredError,
    ReLU,
    Sequential,
    Sigmoid,
    SoftmaxCrossEntropy,
    Tanh,
    datasets,
    fit,
    mlp,
    trace,
    widgets,
)
from bplearn.exercises.engine.compare import leaves
from bplearn.exercises.engine.quiz import Quiz
from bplearn.initializers import glorot_uniform
from tests.browser.drive import four_digits
from tests.exercises.fill import names, with_needed

FOLDER = Path(__file__).parents[2] / "notebooks"
ASKING = {"predict", "quiz"}  # small panels that any notebook may have: worked without an entry in the table
X, T = [[0.05, 0.10]], [[0.01, 0.99]]


def opens_a_panel(name):
    """Whether a name of bplearn.widgets is a panel's, and not that of what a panel is given."""
    return getattr(getattr(widgets, name), "__module__", "").endswith(".view")


def code_of(path):
    return [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]


def imported(path):
    """Return the names that a notebook gives to the panels it imports, with those they have in bplearn.widgets."""
    nodes = [node for cell in code_of(path) for node in ast.walk(ast.parse(cell.source))]
    imports = [node for node in nodes if isinstance(node, ast.ImportFrom) and node.module == "bplearn.widgets"]
    names = [name for node in imports for name in node.names if opens_a_panel(name.name)]
    return {name.asname or name.name: name.name for name in names}


def calls(path):
    """Return the panels that a notebook opens, by the names they have in bplearn.widgets, in the order of the page."""
    known, found = imported(path), []
    for cell in code_of(path):
        made = [n for n in ast.walk(ast.parse(cell.source)) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
        made.sort(key=lambda node: (node.lineno, node.col_offset))
        found += [known[node.func.id] for node in made if node.func.id in known]
    return found


def for_its_panels(path, folder):
    """Write the notebook with its text and with those of its code cells that open a panel or that one needs."""
    notebook, code, opening = nbformat.read(path, 4), code_of(path), set(imported(path))
    sources = [cell.source for cell in code]
    kept = with_needed(sources, (place for place, source in enumerate(sources) if names(source)[1] & opening))
    ids = {code[place].id for place in kept}
    notebook.cells = [cell for cell in notebook.cells if cell.cell_type != "code" or cell.id in ids]
    nbformat.write(notebook, folder / path.name)
    return folder / path.name


def asked_by_quizzes(path):
    """Return the questions of each quiz of a notebook, quiz(5) or quiz(["05.r1", ...]), in the order of the page."""
    source = "\n".join(cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code")
    calls = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "quiz"]
    which = [ast.literal_eval(call.args[0]) for call in sorted(calls, key=lambda call: call.lineno)]
    return [(Quiz(one) if isinstance(one, list) else Quiz.of(one)).questions for one in which]


NOTEBOOKS = {path.stem: path for path in sorted(FOLDER.glob("[0-9][0-9]_*.ipynb"))}
WHOLE = {"00_start_here", "06_trace_one_weight"}
LIVE = {name: found for name, path in NOTEBOOKS.items() if (found := calls(path))}


def worked():
    """Return the network of the series."""
    hidden = Dense(2, 2, weights=[[0.15, 0.25], [0.20, 0.30]], bias=[0.35, 0.35])
    return Sequential(
        hidden, Sigmoid(), Dense(2, 2, weights=[[0.40, 0.50], [0.45, 0.55]], bias=[0.60, 0.60]), Sigmoid()
    )


def gradients(network, x=X, target=T, loss=None):
    loss = loss or HalfSquaredError()
    y, tape = network.forward(np.asarray(x))
    value, cache = loss.forward(y, target)
    network.backward(loss.backward(cache), tape)
    return value, tape


def status(panel, number=0):
    return panel.get_by_role("status").nth(number)


def press(book, target, *keys):
    target.focus()
    for key in keys:
        book.page.keyboard.press(key)


# ---- what is done with each panel ----


def neuron(book, panel):
    def says(w1):
        unit = Sequential(Dense(2, 1, weights=[[w1], [-3.0]], bias=[-3.0]), Sigmoid())
        expect(panel.locator(".bpl-equation")).to_contain_text(f"= {unit([[-1.0, -2.0]])[0, 0]:.6g}")

    says(2.0)
    press(book, book.slider("w1", panel), *["ArrowRight"] * 5)
    expect(status(panel)).to_contain_text("w1 goes from 2 to 2.5. Does y rise or fall?")
    book.button("▼ falls", panel).click()
    expect(status(panel)).to_contain_text("✓ y falls, as you said: from 0.7311 to 0.6225, by -0.109.")
    says(2.5)


def stepper(book, panel):
    network = worked()
    words = panel.get_by_role("status").filter(has_text="Iteration")
    cost, tape = gradients(network)
    book.button("operation", panel).click()
    book.button("Next", panel).click()
    expect(words).to_contain_text(f"= {tape[0].y[0, 0]:.6g}")
    press(book, panel.get_by_role("group", name=re.compile("Network")), *["ArrowRight"] * 8)
    expect(words).to_contain_text("step 9 of 41: cost")
    expect(words).to_contain_text(f"= {cost:.6g}")
    book.button("10 iterations", panel).click()
    fit(network, X, T, loss=HalfSquaredError(), optimizer=SGD(0.5), epochs=10, progress=False)
    expect(words).to_contain_text(f"= {network[2].b.value[1]:.6g}")


def graph(book, panel):
    unit = Sequential(Dense(2, 1, weights=[[2.0], [-3.0]], bias=[-3.0]), Sigmoid())
    y, tape = unit.forward([[-1.0, -2.0]])
    dx = unit.backward(np.ones((1, 1)), tape)
    view = panel.get_by_role("group", name=re.compile("Graph"))
    press(book, view, *["ArrowRight"] * 5)
    expect(panel.locator(".bpl-equation")).to_contain_text(f"a = sigmoid(v8) = sigmoid(1) = {y[0, 0]:.4g}")
    book.button("All", panel).click()
    words = panel.locator("svg desc").first
    for name, slope in zip(("w1", "w2", "b", "x1", "x2"), (*unit.parameters().grad, *dx[0]), strict=True):
        expect(words).to_contain_text(re.compile(rf"\b{name} = [-\d.]+, gradient {slope:.4g}\b"))


def own_valley(book, panel):
    """The landscape of notebook 03: two weights of the network itself; here its own backward pass gives the slopes."""

    def says(rate):
        network = worked()
        for _ in range(10):
            gradients(network)
            place = network[2].W.value - rate * network[2].W.grad * np.eye(2)  # w5 and w8 alone
            network[2].W[:] = place
        (a, _), (_, b) = network[2].W.value
        told = f"SGD after 10 steps: at {four_digits(a)}, {four_digits(b)}, cost {four_digits(gradients(network)[0])}."
        expect(panel.locator("svg desc").first).to_contain_text(told)

    book.button("10 steps", panel).click()
    says(0.5)
    press(book, book.slider("learning rate", panel), "ArrowRight", "ArrowRight")
    says(0.8)


def ravine(book, panel):
    """L = (a^2 + 20 b^2) / 2 from (-3.5, 1.8): each step multiplies a by 1 - rate and b by 1 - 20 rate."""

    def says(rate, steps):
        a, b = -3.5 * (1 - rate) ** steps, 1.8 * (1 - 20 * rate) ** steps
        cost = (a * a + 20 * b * b) / 2
        told = f"SGD after {steps} steps: at {four_digits(a)}, {four_digits(b)}, cost {four_digits(cost)}."
        expect(panel.locator("svg desc").first).to_contain_text(told)

    book.button("One step", panel).click()
    says(0.09, 21)
    press(book, book.slider("learning rate", panel), "ArrowLeft")
    says(0.08, 21)
    says(float(book.drag(book.slider("learning rate", panel), 0.3)), 21)


def race(book, panel):
    def says(rate, steps):
        """Each optimizer by its published formula."""
        told = []
        for name in ("SGD", "Momentum", "RMSProp", "Adam"):
            w, v, m, s = np.array([-3.5, 1.8]), np.zeros(2), np.zeros(2), np.zeros(2)
            for t in range(1, steps + 1):
                g = w * (1.0, 20.0)
                v, m = 0.9 * v + g, 0.9 * m + 0.1 * g
                kept = 0.99 if name == "RMSProp" else 0.999
                s = kept * s + (1 - kept) * g * g
                w = (
                    w
                    - rate
                    * {
                        "SGD": g,
                        "Momentum": v,
                        "RMSProp": g / (np.sqrt(s) + 1e-8),
                        "Adam": m / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8),
                    }[name]
                )
            place, cost = ", ".join(map(four_digits, w)), four_digits(w**2 @ (0.5, 10))
            told.append(f"{name} after {steps} steps: at {place}, cost {cost}.")
        expect(panel.locator("svg desc").first).to_contain_text(" ".join(told))

    book.button("One step", panel).click()
    says(0.08, 31)
    press(book, book.slider("learning rate", panel), "ArrowLeft")
    says(0.06, 31)


def tracer(book, panel):
    network = worked()
    gradients(network)

    def says(layer, name, i, j):
        gradient = network[layer].W.grad[i, j]
        assert trace.trace_weight(network, X, T, HalfSquaredError(), layer, (i, j)).gradient == pytest.approx(gradient)
        expect(status(panel)).to_contain_text(f"∂E/∂{name}[{i}, {j}] = {gradient:.9g}")

    box = panel.locator("[data-key=edge-2-1-0]").bounding_box()  # it rises, and crosses another in the middle
    book.page.mouse.click(box["x"] + 0.25 * box["width"], box["y"] + 0.75 * box["height"])
    says(2, "W_o", 1, 0)
    press(book, panel.get_by_role("group", name=re.compile("Network: arrows")), "ArrowDown")
    says(2, "W_o", 1, 1)
    press(book, panel.get_by_role("group", name=re.compile("Network: arrows")), "PageUp", "PageUp", "ArrowRight")
    says(0, "W_h", 1, 0)


def kernel_tracer(book, panel):
    """The weight of a kernel that the panel opens with, chosen anew from its lists."""
    told = status(panel)
    expect(told).to_contain_text(re.compile(r"∂E/∂W_h\[0, 0, 0, 0\] = 2\.94444"))
    book.button("Strongest weight", panel).click()
    expect(told).to_contain_text("∂E/∂W_o[13, 2] = -3.357")


def signal_flow(book, panel):
    images = datasets.digits().x[:200].reshape(200, -1)
    spread = images.std(axis=0)
    images = (images - images.mean(axis=0)) / np.where(spread > 1e-9, spread, 1)

    def says(scale, depth=10):
        x, rng, told = images, np.random.default_rng(0), []
        for layer in range(depth):
            x = np.tanh(x @ (scale * glorot_uniform((x.shape[1], 64), rng)))
            told.append(f"Layer {layer + 1}: spread {x.std():.2g}")
        words = panel.locator("svg desc").first
        expect(words).to_contain_text(told[0])
        expect(words).to_contain_text(told[-1])

    press(book, panel.get_by_label("start", exact=True), "Home")
    says(1.0)
    says(float(book.drag(book.slider("weights times", panel), 0.6)))
    press(book, book.slider("depth", panel), *["ArrowLeft"] * 4)
    says(float(book.slider("weights times", panel).get_attribute("aria-valuetext")), depth=6)


def noise(book, panel):
    data, _ = datasets.moons(240, rng=0).split(test=0.25, rng=0)
    network, loss = mlp(2, 8, 1, rng=0), BinaryCrossEntropy()

    def gradient(rows):
        gradients(network, data.x[rows], data.targets[rows], loss)
        return network.parameters().grad.copy()

    full = gradient(np.arange(len(data)))

    def says(size):
        rng, batches = np.random.default_rng(0), []
        while len(batches) < 60:
            order = rng.permutation(len(data))
            batches += [order[i : i + size] for i in range(0, len(data) - size + 1, size)]
        off = np.array([gradient(rows) for rows in batches[:60]]) - full
        noise = np.sqrt((off**2).sum(axis=1).mean()) / np.linalg.norm(full)
        expect(status(panel)).to_contain_text(f"Batches of {size}:")
        expect(status(panel)).to_contain_text(f"The noise is {noise:.2g} times the signal")

    says(int(book.slider("batch size", panel).get_attribute("aria-valuetext")))
    press(book, book.slider("batch size", panel), "Home", *["ArrowRight"] * 3)
    says(8)
    says(int(book.drag(book.slider("batch size", panel), 0.5)))


def lab(book, panel, data, network, loss):
    """Two epochs by key and one by mouse, then some that are played: the losses of `fit`, also of the unseen part."""
    words = panel.locator("svg desc").first

    def says(epochs):
        told = fit(network(), data[0], loss=loss, validation=data[1], optimizer=SGD(0.3), epochs=epochs,
                   batch_size=32, rng=0, progress=False)  # fmt: skip
        expect(words).to_contain_text(
            f"({epochs} epochs) the training loss is {told.epoch_loss[-1]:.4g}, "
            f"the unseen loss {told.validation_loss[-1]:.4g}"
        )

    def epochs():
        found = re.search(r"\((\d+) epochs\)", words.text_content())
        return int(found.group(1)) if found else 0

    start = epochs()
    book.more(panel)
    press(book, book.button("One epoch", panel), "Enter", "Space")
    says(start + 2)
    book.button("One epoch", panel).click()
    says(start + 3)
    press(book, book.button("Play", panel), "Enter")
    expect(words).not_to_contain_text(f"({start + 3} epochs)")
    book.button("Pause", panel).click()
    expect(book.button("Play", panel)).to_be_visible()
    book.page.wait_for_timeout(500)
    says(epochs())


def moons_lab(book, panel):
    lab(
        book,
        panel,
        datasets.moons(300, rng=0).split(test=0.3, rng=0),
        lambda: mlp(2, 8, 1, rng=0),
        BinaryCrossEntropy(),
    )


def digits_lab(book, panel):
    rest, _ = datasets.digits().split(test=0.3, rng=0)
    known, unseen = rest.split(test=0.3, rng=0)
    lab(book, panel, known.standardize(unseen), lambda: mlp(64, 64, 10, activation=ReLU, rng=0), SoftmaxCrossEntropy())


def sweep_map(book, panel):
    data, unseen = datasets.moons(300, rng=0).split(test=0.3, rng=0)

    def says(rate, size):
        network = mlp(2, 8, 1, activation=Tanh, rng=0)
        told = fit(network, data, loss=BinaryCrossEntropy(), validation=unseen, optimizer=SGD(rate), epochs=20,
                   batch_size=size, rng=0, progress=False)  # fmt: skip
        expect(status(panel, 1)).to_contain_text(f"learning rate {rate:g}, batch size {size}")
        expect(status(panel, 1)).to_contain_text(
            f"training loss {four_digits(told.epoch_loss[-1])}, unseen {four_digits(told.validation_loss[-1])}."
        )

    panel.locator("[data-key=cell-1-5]").click()
    says(1.0, 210)
    press(book, book.button("Play", panel), "Enter")
    expect(status(panel)).to_contain_text("36 of 36 trainings are finished.", timeout=30_000)
    press(book, panel.get_by_role("group", name=re.compile("Map")), "ArrowDown", *["ArrowLeft"] * 4)
    says(0.3, 8)


def drawing(opens_with):
    def work(book, panel):
        expect(status(panel)).to_contain_text(opens_with)
        press(book, panel.get_by_role("group", name=re.compile("Pixels")), "Space")
        book.button("Clear", panel).click()
        keys = [*["ArrowUp"] * 6, "Space", *["ArrowDown"] * 12, "Space"]
        press(book, panel.get_by_role("slider", name="field to draw in"), *keys)
        expect(status(panel)).to_contain_text("It reads")
        book.button("Clear", panel).click()
        expect(status(panel)).to_contain_text("Draw a digit with the mouse")

    return work


# Each notebook with the panels of its own, in the order of the page: what is called, and what is done with it here.
WORK = {
    "00_start_here": [("draw_digit", drawing("Draw a digit with the mouse"))],
    "01_one_neuron": [("neuron", neuron)],
    "02_forward_pass": [("step_through", stepper)],
    "03_cost_functions": [("landscape", own_valley)],
    "04_chain_rule": [("graph_steps", graph)],
    "05_backward_pass": [("step_through", stepper)],
    "06_trace_one_weight": [("trace_panel", tracer), ("draw_digit", drawing("It reads 1, sure to 95%. E = 3.62."))],
    "07_weight_updates": [("step_through", stepper), ("landscape", ravine)],
    "11_initialisation_and_saturation": [("signals", signal_flow)],
    "12_learning_rate_and_batch_size": [
        ("batch_noise", noise), ("training_lab", moons_lab), ("sweep_panel", sweep_map),
    ],
    "13_optimizers": [("landscape", race)],
    "14_digits_from_scratch": [("draw_digit", drawing("It reads 5, sure to 95%.")), ("training_lab", digits_lab)],
    "17_layers_of_today": [("trace_panel", kernel_tracer)],
}  # fmt: skip


def prediction(book, panel):
    """Commit nothing by mouse: a message. Answer by keyboard: it is judged, and fixed until one asks again by mouse."""
    commit = book.button("Commit", panel)
    commit.click()
    expect(panel.get_by_role("alert")).to_contain_text("first. A guess is enough")
    answered = panel.get_by_role("textbox")
    if answered.count():
        press(book, answered, "1", "Enter")
    else:
        answered = panel.get_by_role("radio").first
        press(book, answered, "Space")
        press(book, commit, "Enter")
    expect(status(panel)).to_contain_text(re.compile("[✓✗] .{5,}"))
    expect(panel.locator(".bpl-alert")).to_have_count(0)
    expect(answered).to_be_disabled()
    again = book.button("Ask me again", panel)
    if again.count():
        again.click()
        expect(answered).to_be_enabled()
        expect(status(panel)).to_have_text("")


def recall(book, panel, questions):
    """Answer the first question by mouse (rightly) and the second by keyboard (wrongly)."""
    count, score = len(questions), panel.get_by_role("status").last

    def answer(question, by_mouse, right):
        field, choices = panel.locator("input[type=text]:visible"), panel.get_by_role("radio")
        if hasattr(question, "options"):
            letters = list(question.letters)
            place = (
                letters.index(question.right_letter)
                if right
                else next(i for i, a in enumerate(letters) if a != question.right_letter)
            )
            if by_mouse:
                choices.nth(place).click()
            else:
                press(book, choices.first, "Space", *["ArrowDown"] * place)
        else:
            field.fill(str(next(iter(leaves(question.solution()))) if right else 123456.5))
        if by_mouse:
            book.button("Check", panel).click()
        else:
            press(book, book.button("Check", panel), "Enter")

    answer(questions[0], True, True)
    expect(score).to_contain_text(f"1 of {count} right, {count - 1} not answered yet")
    press(book, book.button("Next question", panel), "Enter")
    expect(panel.locator(".bpl-question")).to_contain_text(questions[1].number)
    answer(questions[1], False, False)
    expect(score).to_contain_text(f"1 of {count} right, {count - 2} not answered yet")


# ---- the tests ----


def test_every_panel_of_the_notebooks_stands_in_the_table():
    own = {name: [call for call in found if call not in ASKING] for name, found in LIVE.items()}
    assert {name: found for name, found in own.items() if found} == {
        name: [call for call, _ in work] for name, work in WORK.items()
    }


@pytest.mark.parametrize("name", LIVE)
def test_the_panels_of_a_notebook_answer_with_the_librarys_numbers(notebook, lab, name, tmp_path):
    lab.root.joinpath(".bplearn-progress.json").unlink(missing_ok=True)
    path = NOTEBOOKS[name]
    book = notebook(path if name in WHOLE else for_its_panels(path, tmp_path))
    expect(book.panels).to_have_count(len(LIVE[name]))
    work = dict(enumerate(do for _, do in WORK.get(name, ())))
    own, asked = 0, iter(asked_by_quizzes(NOTEBOOKS[name]))
    for number, call in enumerate(LIVE[name]):
        panel = book.panels.nth(number)
        panel.scroll_into_view_if_needed()
        expect(panel).to_be_visible()
        if call == "predict":
            prediction(book, panel)
        elif call == "quiz":
            recall(book, panel, next(asked))
        else:
            work[own](book, panel)
            own += 1
        assert book.axe(panel) == []
        assert book.clipped(panel) == []
        book.shot(f"notebook-{name}-{number}-{call}", panel)
    book.save()
    check_saved(nbformat.read(lab.root / book.name, 4), len(LIVE[name]))


def check_saved(saved, panels):
    """No state of widgets is saved, and each panel leaves a picture with its words."""
    assert "widgets" not in saved.metadata
    bundles = [output.data for cell in saved.cells for output in cell.get("outputs", ()) if "data" in output]
    live = [bundle for bundle in bundles if bundle.get("text/plain", "").startswith("Live panel '")]
    assert len(live) == panels
    for bundle in live:
        assert "application/vnd.jupyter.widget-view+json" in bundle
        assert re.search(r'<figure><img alt="[^"]{20,}" (style="[^"]*" )?src="data:image/', bundle["text/html"])
