"""The built site, looked at as a reader would: `python -m tests.site FOLDER` after `sphinx-build -W .site FOLDER`.

Every link inside leads somewhere, nothing is asked of the network, every picture has words, and axe finds nothing in
what we write, on a phone and on a laptop, light and dark. Screenshots go to test-artifacts.
"""

import functools
import http.server
import re
import shutil
import sys
import threading
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from axe_playwright_python import sync_playwright as axe
from playwright.sync_api import sync_playwright

ARTIFACTS = Path(__file__).parents[1] / "test-artifacts"
NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
AXE = Path(axe.__file__).with_name("axe.min.js")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]  # without axe's advice on style: it takes a formula for no word
LOOKS = [(width, theme) for width in (390, 1366) for theme in ("light", "dark")]
NOTEBOOK_LOOKS = [(390, "dark"), (1366, "light")]  # in turns: axe takes its time with a long page
OPENED = ("index.html", "gathered/panels.html", "gathered/api.html", "gathered/generated/bplearn.Dense.html")


class Page(HTMLParser):
    """What a page names, what it can be reached by, and its pictures without words."""

    def __init__(self, text):
        super().__init__()
        self.links, self.places, self.silent = [], set(), []
        self.feed(text)

    def handle_starttag(self, tag, given):
        given = dict(given)
        self.places |= {given.get("id"), given.get("name")}
        self.links += [given[name] for name in ("href", "src") if given.get(name)]
        if tag == "img" and not given.get("alt", "").strip():
            self.silent.append(given.get("src", "")[:80])


def broken(folder):
    """Links inside that lead nowhere, addresses of scripts and pictures outside, pictures without words."""
    ours = [path for path in folder.rglob("*.html") if not {"_static", "lite"} & set(path.parts)]
    pages = {path.resolve(): Page(path.read_text(encoding="utf-8")) for path in ours}
    found, count = [], 0
    for path, page in pages.items():
        here = path.relative_to(folder.resolve())
        found += [f"{here}: a picture without words: {source}" for source in page.silent]
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            count += 1
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.exists():
                found.append(f"{here}: {link}")
            elif (
                here.parts[0] != "_modules"
                and parts.fragment
                and target in pages
                and unquote(parts.fragment) not in pages[target].places
            ):
                found.append(f"{here}: {link}, no such place")
    return found, count, len(pages)


def looked_at(folder, looks):
    """What axe, the console and the network say of these pages: (name, width, theme) each; then JupyterLite."""
    handler = functools.partial(Quiet, directory=folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    own, found = f"http://127.0.0.1:{server.server_port}/", []
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
        found += in_lite(browser.new_page(viewport={"width": 1366, "height": 900}), own)
        for name, width, theme in looks:
            context = browser.new_context(viewport={"width": width, "height": 900})
            chosen = "; ".join(f"localStorage.setItem('{key}', '{theme}')" for key in ("theme", "mode"))
            context.add_init_script(chosen)
            found += [f"{name}, {width} px, {theme}: {one}" for one in complaints(context.new_page(), own, name)]
            context.close()
        browser.close()
    server.shutdown()
    return found


def complaints(page, own, name):
    """What one page asks, breaks and hides."""
    found = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("request", lambda asked: found.append(asked.url) if not asked.url.startswith((own, "data:")) else None)
    page.goto(own + name, wait_until="load")
    if page.locator("iframe.panel").count():
        page.frame_locator("iframe.panel").first.get_by_role("button", name="Next").click()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    rules = page.evaluate(f"() => axe.run('article', {{iframes: false, runOnly: {WCAG}}})")["violations"]
    found += [f"{rule['id']}: {rule['nodes'][0]['html'][:160]}" for rule in rules]
    view = page.viewport_size
    if page.evaluate("() => document.documentElement.scrollWidth") > view["width"]:
        found.append("wider than the page")
    theme = page.evaluate("() => document.documentElement.dataset.theme")
    words = re.sub(r"\W+", "-", name.removesuffix(".html"))
    page.screenshot(path=ARTIFACTS / f"site-{words}-{view['width']}-{theme}.png")
    return found


def in_lite(page, own):
    """What JupyterLite lacks: it lists the notebooks and opens one; its Python alone comes from outside."""
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{own}lite/lab/index.html?path=05_backward_pass.ipynb")
    page.locator(".jp-Notebook h1", has_text="The backward pass").first.wait_for(timeout=120_000)
    page.wait_for_timeout(2000)
    page.screenshot(path=ARTIFACTS / "site-lite.png")
    listed = {name for name in page.locator(".jp-DirListing-itemText").all_inner_texts() if name.endswith(".ipynb")}
    delivered = {path.name for path in NOTEBOOKS.glob("[0-9][0-9]_*.ipynb")}
    outside = [url for url in asked if not url.startswith((own, "data:", "blob:")) and "/pyodide/" not in url]
    missing = [f"JupyterLite shows no {name}" for name in sorted(delivered - listed)]
    page.close()
    return missing + [f"JupyterLite asks {url}" for url in outside]


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_):
        """Say nothing."""


def main(folder):
    """Look at the site; print what is wrong, and how much was looked at."""
    ARTIFACTS.mkdir(exist_ok=True)
    found, links, pages = broken(folder)
    notebooks = sorted(path.relative_to(folder).as_posix() for path in folder.glob("gathered/notebooks/*.html"))
    looks = [(name, *look) for name in OPENED for look in LOOKS]
    looks += [(name, *NOTEBOOK_LOOKS[number % 2]) for number, name in enumerate(notebooks)]
    found += looked_at(folder, looks)
    print(*found, sep="\n", end="\n" if found else "")
    print(f"{links:,} links in {pages} pages; {len(looks)} looks at pages; {len(found)} complaints")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
