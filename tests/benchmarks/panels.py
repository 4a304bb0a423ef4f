"""How fast the panels are, measured in a real JupyterLab in a real Chromium; prints the table of the README.

Run it alone on a quiet machine: `python tests/benchmarks/panels.py`. A move is one key press on a slider; its time ends
when the last new pixels of it are painted. Each figure is the middle one of three passes of 40 moves.
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
  new MutationObserver((records) => { if (waiting || !records.some(r => r.target.closest?.('.bpl-stage'))) return;
    waiting = true; requestAnimationFrame(() => { waiting = false; painted(); }); })
    .observe(panel, {subtree: true, childList: true});
  const curve = panel.querySelector('.bpl-stage svg').parentElement;
  new MutationObserver(() => { M.frames.push(performance.now()); }).observe(curve, {childList: true});
  document.addEventListener('keydown', () => { M.key = performance.now(); }, true);
  document.addEventListener('click', () => { M.key = performance.now(); }, true);
  const look = () => {
    M.blank += [...panel.querySelectorAll('.bpl-stage')].some(s => s.dataset.had && !s.firstChild) ? 1 : 0;
    for (const stage of panel.querySelectorAll('.bpl-stage')) if (stage.querySelector('svg')) stage.dataset.had = '1';
    requestAnimationFrame(look); };
  requestAnimationFrame(look); }"""
PANELS = {  # the cell that opens each, and what is done before its slider is moved
    "landscape, 1 weight": ("p = landscape('parabola', 0.1); p", "p.logic.step(20)"),
    "landscape, race on a map": ("p = landscape('ravine', 0.02, race=True); p", "p.logic.step(20)"),
    "stepper, 2-2-2": ("p = step_through(); p", "p.logic.finish()"),
    "training lab, moons": ("p = training_lab(); p", "p.logic.session.epoch(30)"),
    "training lab, digits": ("p = training_lab('digits', hidden=(32,)); p", "p.logic.session.epoch(8)"),
}


def moves(book, name, count=40):
    """Press arrow keys on a slider; return the milliseconds from key to last paint of each."""
    page, times = book.page, []
    book.slider(name).focus()
    for i in range(count):
        page.evaluate("() => { window.__bench.paints = []; }")
        page.keyboard.press("ArrowLeft" if i % 10 < 5 else "ArrowRight")
        page.wait_for_function("() => window.__bench.paints.length > 0", timeout=5000)
        page.wait_for_timeout(120)
        times.append(page.evaluate("() => window.__bench.paints.at(-1) - window.__bench.key"))
    return times


def percentile(values, share):
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def slider(book, name):
    passes = sorted((moves(book, name) for _ in range(3)), key=statistics.median)
    middle = passes[1]
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


def main():
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory() as folder, Lab(folder) as lab, sync_playwright() as player:
        browser = player.chromium.launch(executable_path=conftest.CHROMIUM, args=conftest.FLAGS + root)
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        print("| panel | first look ms | slider to pixels: median ms | p95 ms | blank frames |")
        print("|---|---|---|---|---|")
        for number, (name, (code, before)) in enumerate(PANELS.items()):
            path = f"bench_{number}.ipynb"
            imports = "from bplearn.widgets import landscape, step_through, training_lab"
            drive.write_notebook(lab.root / path, [imports, code])
            book = drive.Notebook(page, lab).open(path)
            page.evaluate(
                """async () => { const app = window.jupyterapp; app.shell.currentWidget.content.activeCellIndex = 0;
                await app.commands.execute('notebook:run-cell'); }"""
            )
            page.wait_for_timeout(1500)
            seen = first_look(book)
            book.ask(f"({before}, p.refresh())")
            page.wait_for_timeout(500)
            book.panel().evaluate(WATCH)
            # a new learning rate draws no new curve in the lab: there the slider through the epochs is the dial
            median, p95 = slider(book, "go to epoch" if "lab" in name else "learning rate")
            blank = page.evaluate("() => window.__bench.blank")
            print(f"| {name} | {seen:.0f} | {median:.0f} | {p95:.0f} | {blank} |", flush=True)
            if name == "training lab, moons":
                played = playing(book)
            page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        fps, answer, slowest, pause, longest = played
        print(f"\nTraining lab on moons while it trains: {fps:.1f} pictures a second; another cell answers in "
              f"{answer:.0f} ms (slowest {slowest:.0f}); from Pause to the last picture {pause:.0f} ms "
              f"(longest {longest:.0f}).")  # fmt: skip
        browser.close()


if __name__ == "__main__":
    main()
