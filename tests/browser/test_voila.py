"""Voila, started by the README's line: a panel works, and no request leaves the machine."""

import re
import shlex
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import drive
import pytest
from labserver import free_port
from playwright.sync_api import expect

LINE = re.compile(r"^voila mine\.ipynb .+$", re.MULTILINE)
CELLS = ["from bplearn.widgets import landscape", "landscape('parabola', 0.1)"]


@pytest.fixture
def address(tmp_path):
    drive.write_notebook(tmp_path / "mine.ipynb", CELLS)
    port = free_port()
    told = shlex.split(LINE.search((Path(__file__).parents[2] / "README.md").read_text("utf-8"))[0])
    command = [sys.executable, "-m", *told, "--no-browser", "--Voila.ip=127.0.0.1", f"--port={port}"]
    with (
        (tmp_path / "log").open("wb") as log,
        subprocess.Popen(command, cwd=tmp_path, stdout=log, stderr=subprocess.STDOUT) as server,
    ):
        try:
            yield answering(f"http://127.0.0.1:{port}/", "static/voila.js", tmp_path / "log")
        finally:
            server.terminate()


def answering(address, page, log, seconds=90):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{address}voila/{page}", timeout=2):
                return address
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(log.read_text())


def test_a_panel_works_and_nothing_is_asked_of_another_machine(browser, browser_context_args, address):
    context = browser.new_context(**browser_context_args)
    asked, refused = [], []
    context.on("request", lambda request: asked.append(request.url))
    context.on("requestfailed", lambda request: refused.append((request.url, request.failure)))
    page = context.new_page()
    page.goto(address)
    panel = page.locator(".bpl-panel")
    expect(panel).to_be_visible(timeout=90_000)
    slider = panel.get_by_role("slider", name="learning rate", exact=True)
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "0.12")
    panel.get_by_role("button", name="10 steps", exact=True).click()
    expect(panel.locator("svg desc").first).to_contain_text("after 10 steps")
    away = {url for url in asked if not url.startswith((address, "data:", "blob:"))}
    assert away == {url for url, why in refused if why == "csp"}  # the browser has stopped them, each
    context.close()
