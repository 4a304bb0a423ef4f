"""Browser tests: pytest-playwright, a Chromium of this machine, one private JupyterLab for the session.

Without Chromium they skip and say so; with BPLEARN_REQUIRE_BROWSER=1 (as in CI) they fail instead.
"""

import os
import re
import shutil
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import drive  # noqa: E402
from labserver import Lab  # noqa: E402
from playwright.sync_api import expect  # noqa: E402

expect.set_options(timeout=15_000)

REQUIRED = os.environ.get("BPLEARN_REQUIRE_BROWSER") == "1"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = os.environ.get("BPLEARN_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
DOWNLOADS = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
FOUND = CHROMIUM is not None or any(DOWNLOADS.glob("chromium*"))
MISSING = "no Chromium: install it, or run `playwright install chromium`, or set BPLEARN_CHROMIUM to its path"
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
NOT_OURS = "debugger state"  # JupyterLab's own complaint where a kernel ends while its debugger still asks it
OURS = re.compile(r"(https?|wss?)://127\.0\.0\.1|data:|blob:|about:")


def pytest_collection_modifyitems(items):
    mine = [item for item in items if HERE in item.path.parents]
    items[:] = [item for item in items if HERE not in item.path.parents] + mine  # Playwright keeps a loop running
    for item in mine:
        item.add_marker(pytest.mark.browser)
        if not FOUND and not REQUIRED:
            item.add_marker(pytest.mark.skip(reason=MISSING))


@pytest.fixture(scope="session")
def base_url():
    """Stands in for the fixture of pytest-base-url, which pytest 9 warns of, and warnings are errors here."""
    return ""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    if not FOUND:
        pytest.fail(MISSING)
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    own = {"executable_path": CHROMIUM} if CHROMIUM else {}
    return {**browser_type_launch_args, **own, "args": FLAGS + root}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "viewport": {"width": 1280, "height": 900}}


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    with Lab(tmp_path_factory.mktemp("notebooks")) as running:
        yield running


class Desk:
    """One page with JupyterLab in it for all tests: to load it takes longer than most of them.

    A test with the same cells as the one before it runs them again in the same kernel.
    """

    def __init__(self, browser, arguments):
        self.browser, self.arguments, self.context, self.page = browser, arguments, None, None
        self.cells, self.clearing = None, False

    def sit_down(self):
        if self.context is None:
            self.context, self.cells = self.browser.new_context(**self.arguments), None
            self.page = self.context.new_page()
        self.page.set_viewport_size(self.arguments["viewport"])
        self.page.emulate_media(reduced_motion="no-preference")
        self.page.evaluate(drive.LIGHT)
        return self.page

    def has(self, cells):
        """Say whether a notebook with these cells stands open, and nothing else."""
        return self.cells == cells and self.page.evaluate(drive.STANDS_OPEN, cells)

    def clear(self):
        """End the kernels and close the notebooks. What JupyterLab says to that is not a panel's error."""
        self.clearing, self.cells = True, None
        self.page.evaluate(drive.CLOSE_ALL)
        self.clearing = False

    def leave(self):
        if self.context is not None:
            self.clear()
            self.context.close()
        self.context = None


@pytest.fixture(scope="session")
def desk(browser, browser_context_args):
    found = Desk(browser, browser_context_args)
    yield found
    found.leave()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    item.failed_once = getattr(item, "failed_once", False) or report.failed
    return report


@pytest.fixture
def watched(desk, request):
    """A page that must not log an error nor ask anything of another machine."""
    page = desk.sit_down()
    page.set_default_timeout(15_000)
    errors, outside = [], []

    def heard(message):
        if message.type == "error" and NOT_OURS not in message.text and not desk.clearing:
            errors.append(message.text)

    listeners = {
        "console": heard,
        "pageerror": lambda error: None if desk.clearing else errors.append(str(error)),
        "request": lambda asked: None if OURS.match(asked.url) else outside.append(asked.url),
    }
    for name, listener in listeners.items():
        page.on(name, listener)
    yield page
    for name, listener in listeners.items():
        page.remove_listener(name, listener)
    if errors or getattr(request.node, "failed_once", False):
        desk.leave()  # the next test begins with a page of its own
    assert not errors, errors
    assert not outside, outside


@pytest.fixture
def notebook(desk, lab, watched, request):
    """open_([code, ...]) or open_("path of a notebook"): opens it, runs all cells, returns a drive.Notebook."""
    made = []

    def open_(source, run=True):
        book = drive.Notebook(watched, lab)
        if not made and run and desk.has(source):
            return book.again()
        if not made:
            desk.clear()
        name = re.sub(r"\W+", "_", request.node.name) + f"_{len(made)}.ipynb"
        if isinstance(source, list):
            drive.write_notebook(lab.root / name, source)
        else:
            shutil.copy(source, lab.root / name)
        made.append(name)
        desk.cells = source if len(made) == 1 and run else None
        book.open(name)
        return book.run_all() if run else book

    return open_
