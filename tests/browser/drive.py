"""Drive a notebook in JupyterLab: open, run, ask its kernel, look at a panel, check it with axe, take a picture."""

import json
import time
from pathlib import Path

import axe_playwright_python
import nbformat

ARTIFACTS = Path(__file__).parents[2] / "test-artifacts"
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")

SHOWN = "(name) => window.jupyterapp?.shell.currentWidget?.context?.path === name"
KERNEL_IDLE = """() => { const w = window.jupyterapp?.shell.currentWidget; const context = w?.sessionContext;
  return !!(context?.isReady && context.session?.kernel?.status === 'idle'
    && context.session.kernel.connectionStatus === 'connected'); }"""
ERRORS = """() => window.jupyterapp.shell.currentWidget.content.widgets.filter(c => c.model.type === 'code')
  .flatMap(c => c.model.sharedModel.getOutputs()).filter(output => output.output_type === 'error')
  .map(output => output.ename + ': ' + output.evalue)"""
CLOSE_ALL = """async () => { const app = window.jupyterapp; if (!app) return;
  for (const tab of [...app.shell.widgets('main')]) if (tab.context) tab.dispose();
  const patience = new Promise(done => setTimeout(done, 5000));
  await Promise.race([app.serviceManager.sessions.shutdownAll().catch(() => {}), patience]); }"""
LIGHT = """async () => { if (window.jupyterapp && document.body.dataset.jpThemeLight !== 'true')
  await window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Light'}); }"""
STANDS_OPEN = f"""(cells) => {{ const shell = window.jupyterapp?.shell; const tabs = [...shell?.widgets('main') ?? []]
    .filter(tab => tab.context);
  const sources = shell?.currentWidget?.content?.widgets?.map(cell => cell.model?.sharedModel.getSource());
  return tabs.length === 1 && JSON.stringify(sources) === JSON.stringify(cells) && ({KERNEL_IDLE})(); }}"""
TRACK = """(slider) => { const box = slider.getBoundingClientRect(); const thumb = 16;
  const share = (slider.value - slider.min) / (slider.max - slider.min);
  return {x: box.x + thumb / 2, y: box.y, width: box.width - thumb, height: box.height, share}; }"""
RUN_ALL = """() => { window.said = performance.now();
  window.jupyterapp.commands.execute('notebook:run-all-cells'); }"""
SETTLED = """() => { const code = window.jupyterapp.shell.currentWidget.content.widgets
    .filter(c => c.model.type === 'code' && c.model.sharedModel.getSource().trim());
  const failed = code.some(c => c.model.sharedModel.getOutputs().some(output => output.output_type === 'error'));
  const context = window.jupyterapp.shell.currentWidget.sessionContext;
  const asleep = context.session?.kernel?.status === 'idle' && !code.some(c => c.model.executionState === 'running');
  if (asleep && performance.now() > window.said + 15000) {
    window.said = performance.now();
    window.jupyterapp.commands.execute('notebook:run-all-cells');
  }
  return failed || code.every(c => c.model.executionCount != null && c.model.executionState !== 'running'); }"""
ASK = """async ([code, id]) => { const app = window.jupyterapp;
  const kernel = id ? app.serviceManager.kernels.connectTo({model: {id, name: 'python3'}})
    : app.shell.currentWidget.sessionContext.session.kernel;
  const future = kernel.requestExecute({code: '', user_expressions: {answer: code}, store_history: false});
  const reply = await future.done; if (id) kernel.dispose(); const answer = reply.content.user_expressions.answer;
  return answer.status === 'ok' ? answer.data['text/plain'] : 'ERROR ' + answer.ename + ': ' + answer.evalue; }"""


def write_notebook(path, cells):
    """Write a notebook of these code cells."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)


def four_digits(number):
    """A number as panels write it: Python's .4g, its power of ten in the shortest form, "2.5e-7"."""
    mantissa, mark, power = f"{number:.4g}".partition("e")
    return f"{mantissa}e{int(power)}" if mark else mantissa


class Notebook:
    """One open notebook."""

    def __init__(self, page, lab):
        self.page, self.lab = page, lab

    def open(self, name, timeout=60_000):
        """Open it in the page's JupyterLab; where the page shows none yet, load it first."""
        self.name = name
        if self.page.evaluate("() => 'jupyterapp' in window"):
            self.command("docmanager:open", {"path": name})
        else:
            self.page.goto(f"{self.lab.url}/lab/tree/{name}?reset&token={self.lab.token}")
            self.page.locator("#jupyterlab-splash").wait_for(state="detached", timeout=timeout)
        self.page.wait_for_function(SHOWN, arg=name, timeout=timeout)
        self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook").wait_for(timeout=timeout)
        self.idle(timeout)
        if self.page.evaluate("() => !window.jupyterapp.shell.leftCollapsed"):
            self.command("application:toggle-left-area")
        return self

    def again(self):
        """Run what stands open from the first cell on, as if it had just been opened."""
        self.name = self.page.evaluate("() => window.jupyterapp.shell.currentWidget.context.path")
        self.command("notebook:clear-all-cell-outputs")
        return self.run_all()

    def run_all(self, timeout=300_000):
        """Run all cells; a busy machine may swallow the command, then say it again."""
        self.page.evaluate(RUN_ALL)
        self.page.wait_for_function(SETTLED, timeout=timeout, polling=100)
        errors = self.page.evaluate(ERRORS)
        assert not errors, "\n".join(errors)
        return self.idle(timeout)

    def idle(self, timeout=60_000):
        """Wait until the kernel has nothing left to do."""
        self.page.wait_for_function(KERNEL_IDLE, timeout=timeout)
        return self

    def run_cell(self, number):
        """Run one cell, and go on at once."""
        self.page.evaluate(
            """(number) => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = number;
            window.jupyterapp.commands.execute('notebook:run-cell'); }""",
            number,
        )

    def save(self):
        self.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
        self.page.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty")
        return self

    def command(self, name, arguments=None):
        run = "async ([name, arguments_]) => { await window.jupyterapp.commands.execute(name, arguments_); }"
        self.page.evaluate(run, [name, arguments or {}])

    @property
    def kernel(self):
        """The id of its kernel, which may outlive the notebook's tab."""
        return self.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.id")

    def begin(self, code):
        """Run code in the kernel, and go on as soon as it has begun."""
        self.page.evaluate(
            """(code) => { window.jupyterapp.shell.currentWidget.sessionContext.session.kernel
            .requestExecute({code, store_history: false}); }""",
            code,
        )
        self.page.wait_for_function(f"() => !({KERNEL_IDLE})()")

    def restart(self):
        """Restart the kernel, without JupyterLab's question."""
        session = "window.jupyterapp.shell.currentWidget.sessionContext.session"
        self.page.evaluate(f"async () => {{ await {session}.kernel.restart(); }}")
        return self.idle()

    def ask(self, expression, kernel=None):
        """Return repr(expression), computed in the notebook's kernel, or in one of this id."""
        return self.page.evaluate(ASK, [expression, kernel])

    def number(self, expression, kernel=None):
        return float(self.ask(f"float({expression})", kernel))

    def until(self, expression, kernel=None, timeout=30):
        """Wait until the expression is true in the kernel."""
        end = time.monotonic() + timeout
        while self.ask(f"bool({expression})", kernel) != "True":
            assert time.monotonic() < end, f"in {timeout} s it never came true: {expression}"
            self.page.wait_for_timeout(100)

    def theme(self, name):
        self.command("apputils:change-theme", {"theme": name})
        light = "true" if name == "JupyterLab Light" else "false"
        self.page.locator(f'body[data-jp-theme-light="{light}"]').wait_for(state="attached")
        self.page.wait_for_timeout(300)

    @property
    def cells(self):
        return self.page.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.length")

    def panel(self, number=0):
        panel = self.panels.nth(number)
        panel.wait_for()
        return panel

    @property
    def panels(self):
        return self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .bpl-panel")

    def slider(self, name, panel=None):
        return (panel or self.panel()).get_by_role("slider", name=name, exact=True)

    def drag(self, slider, *shares, steps=12):
        """Drag a slider's handle by mouse along its track to these shares, 0 to 1; return the words it then shows."""
        slider.scroll_into_view_if_needed()
        track, mouse = slider.evaluate(TRACK), self.page.mouse
        middle = track["y"] + track["height"] / 2
        mouse.move(track["x"] + track["share"] * track["width"], middle)
        mouse.down()
        for share in shares:
            mouse.move(track["x"] + share * track["width"], middle, steps=steps)
        mouse.up()
        return slider.get_attribute("aria-valuetext")

    def distance(self, slider, share):
        """How far the handle stands from this share of its track, in shares."""
        return abs(slider.evaluate(TRACK)["share"] - share)

    def button(self, name, panel=None):
        return (panel or self.panel()).get_by_role("button", name=name, exact=True)

    def more(self, panel=None):
        """Open what stands behind *More* in the training lab."""
        self.button("More", panel).click()
        self.button("One epoch", panel).wait_for()
        return self

    def axe(self, panel=None):
        """Return axe's violations in the panel, and what it could not decide, each as one line."""
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        result = (panel or self.panel()).evaluate("(panel) => axe.run(panel)")
        return [
            f"{found['id']}: {node['html'][:200]} {json.dumps(node.get('failureSummary', ''))}"
            for found in result["violations"] + result["incomplete"]
            for node in found["nodes"]
        ]

    def clipped(self, panel=None):
        """Return what is wider than its box, or leaves the panel on the right."""
        return (panel or self.panel()).evaluate(
            """(panel) => { const edge = panel.getBoundingClientRect().right + 1; const bad = [];
            const all = 'button, input, select, .widget-label, .widget-readout, svg, table, .bpl-view';
            for (const node of panel.querySelectorAll(all))
            { const picture = node.closest('svg.bpl'); // it scrolls in its view, but no wider than its letters need
              const box = node.getBoundingClientRect();
              const least = parseFloat(picture?.style.getPropertyValue('--bpl-least'));
              if (picture && picture.getBoundingClientRect().width <= least + 1) continue;
              if (node.closest('.bpl-scroll')) continue;
              if (box.width && box.right > edge) bad.push(node.className.baseVal ?? node.className);
              else if (node.matches('button, .widget-label') && node.scrollWidth > node.clientWidth + 1)
                bad.push('cut: ' + node.textContent); }
            return bad; }"""
        )

    def whole_and_readable(self, name, height=1000):
        """Hold the panel to it: nothing is cut at three widths, axe finds nothing in any theme (pictures are kept)."""
        for width in (1280, 900, 720):
            self.page.set_viewport_size({"width": width, "height": height})
            self.page.wait_for_timeout(300)
            assert self.clipped() == [], f"{name}, {width} px"
            self.shot(f"{name}-light-{width}")
        for look in ("Light", "Dark", "Dark High Contrast"):
            self.theme(f"JupyterLab {look}")
            assert self.axe() == [], f"{name}, {look}"
            self.shot(f"{name}-{look.replace(' ', '-').lower()}")

    def shot(self, name, panel=None):
        """Save a picture of the panel as a test artefact."""
        ARTIFACTS.mkdir(exist_ok=True)
        panel = panel or self.panel()
        panel.scroll_into_view_if_needed()
        panel.screenshot(path=ARTIFACTS / f"{name}.png")
