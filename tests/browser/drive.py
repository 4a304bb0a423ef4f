"""Drive a notebook in JupyterLab: open, run, ask its kernel, look at a panel, check it with axe, take a picture."""

import json
from pathlib import Path

import axe_playwright_python
import nbformat
from playwright.sync_api import TimeoutError

ARTIFACTS = Path(__file__).parents[2] / "test-artifacts"
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")

KERNEL_IDLE = """() => { const w = window.jupyterapp?.shell.currentWidget; const context = w?.sessionContext;
  return !!(context?.isReady && context.session?.kernel?.status === 'idle'
    && context.session.kernel.connectionStatus === 'connected'); }"""
ALL_RAN = """() => window.jupyterapp.shell.currentWidget.content.widgets
  .filter(c => c.model.type === 'code' && c.model.sharedModel.getSource().trim())
  .every(c => c.model.executionCount != null && c.model.executionState !== 'running')"""
ERRORS = """() => window.jupyterapp.shell.currentWidget.content.widgets.filter(c => c.model.type === 'code')
  .flatMap(c => c.model.sharedModel.getOutputs()).filter(output => output.output_type === 'error')
  .map(output => output.ename + ': ' + output.evalue)"""
ASK = """async (code) => { const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const future = kernel.requestExecute({code: '', user_expressions: {answer: code}, store_history: false});
  const reply = await future.done; const answer = reply.content.user_expressions.answer;
  return answer.status === 'ok' ? answer.data['text/plain'] : 'ERROR ' + answer.ename + ': ' + answer.evalue; }"""


def write_notebook(path, cells):
    """Write a notebook of these code cells."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)


class Notebook:
    """One open notebook."""

    def __init__(self, page, lab):
        self.page, self.lab = page, lab

    def open(self, name, timeout=60_000):
        self.page.goto(f"{self.lab.url}/lab/tree/{name}?reset&token={self.lab.token}")
        self.page.locator("#jupyterlab-splash").wait_for(state="detached", timeout=timeout)
        self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook").wait_for(timeout=timeout)
        self.page.wait_for_function(KERNEL_IDLE, timeout=timeout)
        side = self.page.evaluate("() => !window.jupyterapp.shell.leftCollapsed")
        if side:
            self.command("application:toggle-left-area")
        return self

    def run_all(self, timeout=60_000):
        for patience in (timeout / 3, timeout):  # a busy machine may swallow the first command
            self.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")
            try:
                self.page.wait_for_function(ALL_RAN, timeout=patience)
                break
            except TimeoutError:
                if patience == timeout:
                    raise
        self.page.wait_for_function(KERNEL_IDLE, timeout=timeout)
        errors = self.page.evaluate(ERRORS)
        assert not errors, "\n".join(errors)
        return self

    def command(self, name, arguments=None):
        self.page.evaluate("([n, a]) => window.jupyterapp.commands.execute(n, a)", [name, arguments or {}])

    def ask(self, expression):
        """Return repr(expression), computed in the notebook's kernel."""
        return self.page.evaluate(ASK, expression)

    def number(self, expression):
        return float(self.ask(f"float({expression})"))

    def theme(self, name):
        self.command("apputils:change-theme", {"theme": name})
        light = "true" if name == "JupyterLab Light" else "false"
        self.page.locator(f'body[data-jp-theme-light="{light}"]').wait_for(state="attached")
        self.page.wait_for_timeout(300)

    @property
    def cells(self):
        return self.page.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.length")

    def panel(self, number=0):
        panel = self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .bpl-panel").nth(number)
        panel.wait_for()
        return panel

    def slider(self, name, panel=None):
        return (panel or self.panel()).get_by_role("slider", name=name, exact=True)

    def button(self, name, panel=None):
        return (panel or self.panel()).get_by_role("button", name=name, exact=True)

    def axe(self, panel=None):
        """Return axe's violations in the panel, each as one line."""
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        result = (panel or self.panel()).evaluate("(panel) => axe.run(panel)")
        return [
            f"{found['id']}: {node['html'][:200]} {json.dumps(node.get('failureSummary', ''))}"
            for found in result["violations"]
            for node in found["nodes"]
        ]

    def clipped(self, panel=None):
        """Return what is wider than its box, or leaves the panel on the right."""
        return (panel or self.panel()).evaluate(
            """(panel) => { const edge = panel.getBoundingClientRect().right + 1; const bad = [];
            const all = 'button, input, select, .widget-label, .widget-readout, svg, table, .bpl-stage';
            for (const node of panel.querySelectorAll(all))
            { if (node.closest('.bpl-scroll')) continue; const box = node.getBoundingClientRect();
              if (box.width && box.right > edge) bad.push(node.className.baseVal ?? node.className);
              else if (node.matches('button, .widget-label') && node.scrollWidth > node.clientWidth + 1)
                bad.push('cut: ' + node.textContent); }
            return bad; }"""
        )

    def shot(self, name, panel=None):
        """Save a picture of the panel as a test artefact."""
        ARTIFACTS.mkdir(exist_ok=True)
        panel = panel or self.panel()
        panel.scroll_into_view_if_needed()
        panel.screenshot(path=ARTIFACTS / f"{name}.png")
