"""How fast the panels are, measured in a real JupyterLab in a real Chromium; prints the table of the README.

Run it alone on a quiet machine: `python tests/benchmarks/panels.py [WORD ...]`, all panels or those whose names hold
one of the words. A move is one key press on the panel's main slider, or on its picture where that is what one works;
its time ends when the last new pixels of it are painted. Each figure is the middle one of three passes of 40 moves.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "browser"))

import conftest  # noqa: E402
import drive  # noqa: E402
from labserver import Lab  # noqa: E402

WATCH = """(panel) => { const M = window.__bench = {key: 0, paints: [], blank: 0, frames: []};
  const painted = (t) => { const channel = new MessageChannel();
    channel.port1.onmessage = () => M.paints.push(performance.now()); channel.port2.postMessage(0); };
  let waiting = false;
  new MutationObserver((records) => { if (waiting || !records.some(r => r.target.closest?.('.bpl-view'))) return;
    waiting = true; requestAnimationFrame(() => { waiting = false; painted(); }); })
    .observe(panel, {subtree: true, childList: true});
  const curve = panel.querySelector('.bpl-view svg.bpl').parentElement;
  new MutationObserver(() => { M.frames.push(performance.now()); }).observe(curve, {childList: true});
  document.addEventListener('keydown', () => { M.key = performance.now(); }, true);
  document.addEventListener('click', () => { M.key = performance.now(); }, true);
  const look = () => {
    M.blank += [...panel.querySelectorAll('.bpl-view')].some(s => s.dataset.had && !s.firstChild) ? 1 : 0;
    for (const view of panel.querySelectorAll('.bpl-view')) if (view.querySelector('svg')) view.dataset.had = '1';
    requestAnimationFrame(look); };
  requestAnimationFrame(look); }"""
IMPORTS = """from bplearn.panels.landscape.logic import own_surface
from bplearn.widgets import (batch_noise, graph_steps, landscape, neuron, signals, step_through, sweep_panel,
                             trace_panel, training_lab)"""
LEFT_RIGHT, UP_DOWN, PAGES = ("ArrowLeft", "ArrowRight"), ("ArrowDown", "ArrowUp"), ("PageDown", "PageUp")
RATE = ("slider", "learning rate", LEFT_RIGHT)
# a new learning rate draws no new curve in the lab: there the mark on its axis is the dial
EPOCH = ("slider", "epoch on the curve", LEFT_RIGHT)
OWN = "own_surface(lambda a, b: (a - 1) ** 2 + 3 * b * b + a * b, [-3, -3], [3, 3], [-2, 2])"
PANELS = {  # the cell that opens each, what is done first, and what is moved with which two keys
    "stepper, 2-2-2": ("p = step_through(); p", "p.logic.finish()", RATE),
    "stepper, one step on": ("p = step_through(); p", "p.logic.next('phase')", ("group", "Network", LEFT_RIGHT[::-1])),
    "weight tracer, 2-2-2": ("p = trace_panel(); p", "None", ("group", "Network", PAGES)),
    "landscape, 1 weight": ("p = landscape('parabola', 0.1); p", "p.logic.step(20)", RATE),
    "landscape, race on a map": ("p = landscape('ravine', 0.02, race=True); p", "p.logic.step(20)", RATE),
    "landscape, own cost": (f"p = landscape({OWN}, 0.05); p", "p.logic.step(20)", RATE),
    "training lab, moons": ("p = training_lab(); p", "p.logic.session.epoch(30)", EPOCH),
    "training lab, digits": ("p = training_lab('digits', hidden=(32,)); p", "p.logic.session.epoch(8)", EPOCH),
    "batch noise": ("p = batch_noise(); p", "p.logic.choose(batch_size=32)", ("slider", "batch size", LEFT_RIGHT)),
    "sweep map, moons": ("p = sweep_panel(); p", "p.logic.finish().select(0, 3)", ("group", "Map", UP_DOWN)),
    "signals by layer": ("p = signals(); p", "None", ("slider", "depth", LEFT_RIGHT)),
    "one neuron": ("p = neuron(); p", "[p.logic.next() for _ in range(4)]", ("slider", "w1", LEFT_RIGHT)),
    "chain-rule graph": ("p = graph_steps(); p", "p.logic.go(p.logic.steps)", ("slider", "step", LEFT_RIGHT)),
}


def moves(book, role, name, keys, count=40):
    """Press one key five times, then the other; return the milliseconds from key to last paint of each press."""
    page, times = book.page, []
    book.panel().get_by_role(role, name=name, exact=role == "slider").first.focus()
    for i in range(count):
        page.evaluate("() => { window.__bench.paints = []; }")
        page.keyboard.press(keys[i // 5 % 2])
        page.wait_for_function("() => window.__bench.paints.length > 0", timeout=5000)
        page.wait_for_timeout(120)
        times.append(page.evaluate("() => window.__bench.paints.at(-1) - window.__bench.key"))
    return times


def percentile(values, share):
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def moved(book, role, name, keys):
    """Return the median and the 95th percentile of the middle one of three passes."""
    middle = sorted((moves(book, role, name, keys) for _ in range(3)), key=statistics.median)[1]
    return statistics.median(middle), percentile(middle, 0.95)


def playing(book, seconds=5):
    """Return frames a second, the time another cell takes, and the milliseconds from Pause to the last paint."""
    page, answers, pauses = book.page, [], []
    book.button("Play").click()
    page.wait_for_timeout(500)
    page.evaluate("() => { window.__bench.frames = []; }")
    started = time.perf_counter()
    page.wait_for_timeout(seconds * 1000)
    fps = page.evaluate("() => window.__bench.frames.length") / (time.perf_counter() - started)
    for _ in range(10):
        started = time.perf_counter()
        book.ask("1 + 1")
        answers.append(1000 * (time.perf_counter() - started))
    for _ in range(20):
        book.button("Pause").click()
        page.wait_for_timeout(400)
        pauses.append(page.evaluate("() => window.__bench.paints.at(-1) - window.__bench.key"))
        book.button("Play").click()
        page.wait_for_timeout(250)
    book.button("Pause").click()
    return fps, statistics.median(answers), max(answers), statistics.median(pauses), max(pauses)


def first_look(book):
    """Return the milliseconds from running the cell to the first picture, imports aside."""
    return book.page.evaluate(
        """async () => { const app = window.jupyterapp; const notebook = app.shell.currentWidget.content;
        notebook.activeCellIndex = 1; const cell = notebook.widgets[1].node; const started = performance.now();
        app.commands.execute('notebook:run-cell');
        while (!cell.querySelector('.bpl-panel svg')) await new Promise(requestAnimationFrame);
        return performance.now() - started; }"""
    )


PAUSE = """async (panel) => {
  const button = [...panel.querySelectorAll('button')].find(one => one.textContent.trim() === 'Pause');
  if (!button) return null;
  const clicked = performance.now();
  button.click();
  while (button.textContent.trim() !== 'Play') await new Promise(requestAnimationFrame);
  return performance.now() - clicked; }"""


def paused(book, times=8):
    """Return the milliseconds from Pause until nothing runs any more, where single runs are long: median, longest."""
    waits = []
    for _ in range(times):
        book.button("Play").click()
        book.page.wait_for_timeout(400)
        waits.append(book.panel().evaluate(PAUSE))
    waits = [wait for wait in waits if wait is not None]  # None: the map was full before
    return statistics.median(waits), max(waits)


def opened(page, lab, number, code):
    """Open a notebook with this panel; return it and the milliseconds of the first look."""
    path = f"bench_{number}.ipynb"
    drive.write_notebook(lab.root / path, [IMPORTS, code])
    book = drive.Notebook(page, lab).open(path)
    page.evaluate(
        """async () => { const app = window.jupyterapp; app.shell.currentWidget.content.activeCellIndex = 0;
        await app.commands.execute('notebook:run-cell'); }"""
    )
    page.wait_for_timeout(1500)
    return book, first_look(book)


def main():
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    words = sys.argv[1:] or [""]
    chosen = {name: panel for name, panel in PANELS.items() if any(word in name for word in words)}
    shut_down = "() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()"
    with tempfile.TemporaryDirectory() as folder, Lab(folder) as lab, sync_playwright() as player:
        browser = player.chromium.launch(executable_path=conftest.CHROMIUM, args=conftest.FLAGS + root)
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        print("| panel | first look ms | key to pixels: median ms | p95 ms | blank frames |")
        print("|---|---|---|---|---|")
        notes = []
        for number, (name, (code, before, dial)) in enumerate(chosen.items()):
            book, seen = opened(page, lab, number, code)
            book.ask(f"({before}, p.refresh())")
            page.wait_for_timeout(500)
            book.panel().evaluate(WATCH)
            median, p95 = moved(book, *dial)
            blank = page.evaluate("() => window.__bench.blank")
            print(f"| {name} | {seen:.0f} | {median:.0f} | {p95:.0f} | {blank} |", flush=True)
            if name == "training lab, moons":
                fps, answer, slowest, pause, longest = playing(book)
                notes.append(
                    f"Training lab on moons while it trains: {fps:.1f} pictures a second; another cell answers in "
                    f"{answer:.0f} ms (slowest {slowest:.0f}); from Pause to the last picture {pause:.0f} ms "
                    f"(longest {longest:.0f})."
                )
            page.evaluate(shut_down)
        if "sweep map, moons" in chosen:
            book, seen = opened(page, lab, "sweep", "p = sweep_panel('digits', hidden=(32,)); p")
            median, longest = paused(book)
            notes.append(
                f"Sweep on digits: first look {seen:.0f} ms; from Pause to a stop {median:.0f} ms "
                f"(longest {longest:.0f})."
            )
            page.evaluate(shut_down)
        print("", *notes, sep="\n")
        browser.close()


if __name__ == "__main__":
    main()
