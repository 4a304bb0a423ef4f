"""The site: the notebooks as they are committed, the glossary, the API, the teacher's page and the changelog.

Build it with `sphinx-build -W .site OUT`. Nothing is executed, and no page asks the network for anything.
"""

import importlib
import re
import shutil
import sys
import types
from pathlib import Path

from docutils import nodes

import bplearn
from bplearn import widgets
from bplearn.files.mathml import mathml
from bplearn.show import palette

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from lite import build_lite  # noqa: E402
from questions import open_questions  # noqa: E402

ROOT = HERE.parent
GATHERED = HERE / "gathered"  # Sphinx reads one folder: what is shown is copied into it
PANELS = {  # pages that work with no kernel: the function that opens each panel, what it shows, its notebook
    "step_through": ("Step by step: forward, cost, backward, update", "05_backward_pass"),
    "graph_steps": ("The chain rule, one number at a time", "04_chain_rule"),
    "trace_panel": ("The error followed back to one weight", "06_trace_one_weight"),
    "signals": ("Signals through a deep network", "11_initialisation_and_saturation"),
    "sweep_panel": ("Learning rate and batch size as a map", "12_learning_rate_and_batch_size"),
    "training_lab": ("A training, epoch by epoch", "12_learning_rate_and_batch_size"),
}
DOORS = ("", "plotting", "widgets", "exercises", "datasets", "functional", "initializers", "schedules", "scalar")

project, author, copyright = "bplearn", "the bplearn authors", "the bplearn authors"
html_title = "bplearn"
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.viewcode", "sphinx_copybutton"]
templates_path, html_static_path = ["_templates"], ["_static"]
html_css_files, html_js_files = ["palette.css", "site.css"], ["open_large.js", "site.js"]
default_role = "py:obj"  # `Dense` in a docstring becomes a link
html_math_renderer = "mathml"
nb_execution_mode = "off"  # the outputs are committed, and the tests hold them to the code
nb_render_markdown_format = "myst"  # formulas in outputs that are Markdown
myst_enable_extensions, myst_heading_anchors = ["dollarmath", "amsmath"], 4
autosummary_generate = autosummary_imported_members = autodoc_preserve_defaults = True
autodoc_member_order = "bysource"
autodoc_type_aliases = {name: name for name in ("Array", "Init", "RNG", "BatchSize", "Draw")}
copybutton_prompt_text, copybutton_prompt_is_regexp = r">>> |\.\.\. ", True
html_extra_path = ["gathered/extra"]
exclude_patterns = ["gathered/extra"]
html_theme = "sphinx_book_theme"
html_theme_options = {"show_toc_level": 2, "home_page_in_toc": True, "use_download_button": True}


def gather() -> None:
    """Copy what the site shows, and write the list of all public names."""
    shutil.rmtree(GATHERED, ignore_errors=True)
    leave = shutil.ignore_patterns("assignments", ".*")
    shutil.copytree(ROOT / "notebooks", GATHERED / "notebooks", ignore=leave)
    shutil.copy(ROOT / "CHANGELOG.md", GATHERED)
    page = (ROOT / "notebooks/assignments/README.md").read_text(encoding="utf-8")
    (GATHERED / "teachers.md").write_text(page, encoding="utf-8")
    for notebook in (GATHERED / "notebooks").glob("*.ipynb"):
        open_questions(notebook)
    (GATHERED / "extra" / "_static").mkdir(parents=True)
    shutil.copy(Path(bplearn.__file__).parent / "files/open_large.js", GATHERED / "extra" / "_static")
    (GATHERED / "extra" / "_static" / "palette.css").write_text(palette.STYLE, encoding="utf-8")
    save_panels(GATHERED / "extra" / "panels")
    lists = "\n".join(map(names_of, DOORS))
    (GATHERED / "api.md").write_text(f"# API\n\n{lists}", encoding="utf-8")


def save_panels(folder: Path) -> None:
    """Write each panel as a page, and the page that shows them all."""
    folder.mkdir()
    parts = ["# Panels to work here\n\nEach works with no kernel, by mouse and by keyboard.\n"]
    for name, (title, notebook) in PANELS.items():
        panel = getattr(widgets, name)()
        if name == "training_lab":
            panel.logic.session.epoch(40)
        panel.save_html(folder / f"{name}.html")
        frame = f'<iframe class="panel" src="../panels/{name}.html" title="{title}" loading="lazy"></iframe>'
        parts.append(f"## {title}\n\n```{{raw}} html\n{frame}\n```\n\nFrom {{doc}}`notebooks/{notebook}`.\n")
    (GATHERED / "panels.md").write_text("\n".join(parts), encoding="utf-8")


def plain_signature(_app, _what, _name, _obj, _options, signature, returns) -> tuple[str | None, str | None]:
    """Write a type's own name where Sphinx writes how it keeps it."""

    def plain(text: str | None) -> str | None:
        text = text and re.sub(r"TypeAliasForwardRef\('(\w+)'\)", r"\1", text)
        made_of = "Callable[[tuple[int, ...], Generator], ndarray[tuple[Any, ...], dtype[Any]]]"
        return text and text.replace(made_of, "Initializer")

    return plain(signature), plain(returns)


def names_of(door: str) -> str:
    """Return the list of the public names behind one door; each gets a page."""
    path = f"bplearn.{door}".rstrip(".")
    module = importlib.import_module(path)
    own = [name for name, thing in vars(module).items() if name[0] != "_" and getattr(thing, "__module__", "") == path]
    names = [
        name for name in getattr(module, "__all__", own) if not isinstance(getattr(module, name), types.ModuleType)
    ]
    rows = "\n".join(f"   {name}" for name in names if not door or name not in bplearn.__all__)
    directive = f".. currentmodule:: {path}\n.. autosummary::\n   :toctree: generated\n   :nosignatures:\n\n{rows}\n"
    about = (module.__doc__ or "").strip().splitlines()[0]
    return f"## {path}\n\n{about}\n\n```{{eval-rst}}\n{directive}```\n"


def plain_docstrings(_app, _what, _name, _obj, _options, lines) -> None:
    """Docstrings are sentences and equations: * _ | are meant; an equation or `Raises:` keeps a line of its own."""
    parts = re.split(r"(`[^`\n]*`)", "\n".join(lines))
    text = "".join(part if i % 2 else re.sub(r"([*_|])", r"\\\1", part) for i, part in enumerate(parts))
    starts = re.compile(r"\s*[A-Z]\w+: |[^.]* = ")
    paragraphs = text.split("\n\n")
    for i, paragraph in enumerate(paragraphs):
        rows = paragraph.split("\n")
        if paragraph.lstrip().startswith(">>>"):
            paragraphs[i] = paragraph.replace("\\", "")
        elif any(map(starts.match, rows)):
            marks = ("| " if n == 0 or starts.match(row) else "  " for n, row in enumerate(rows))
            paragraphs[i] = "\n".join(mark + row.strip() for mark, row in zip(marks, rows, strict=True))
        paragraphs[i] = re.sub(r"notebooks/(\d\d\\_[\w\\]+)\.ipynb", _link_to_notebook, paragraphs[i])
    lines[:] = "\n\n".join(paragraphs).split("\n")


def _link_to_notebook(found: re.Match[str]) -> str:
    return ":doc:`/gathered/notebooks/" + found[1].replace("\\", "") + "`"


def mend_body(_app, page, _template, context, _doctree) -> None:
    """Let "Read again: 05_backward_pass.ipynb" in a verdict lead to that page; drop empty heads of tables."""
    body = re.sub(r'href="(\d\d_\w+)\.ipynb', r'href="\1.html', context.get("body") or "")
    if notebook := re.fullmatch(r"gathered/notebooks/(\d\d_\w+)", page):
        way = f'<a href="../../lite/lab/index.html?path={notebook[1]}.ipynb">Work this chapter in the browser</a>'
        about = '<a href="../../lite.html">What to expect</a>'
        body = body.replace("</h1>", f"</h1><p>{way}, with nothing installed. {about}.</p>", 1)
    context["body"] = re.sub(r"<thead>.*?</thead>", _head_with_words, body, flags=re.DOTALL)


def add_lite(app, failed: Exception | None) -> None:
    """Give the site a Python of its own."""
    if not failed and app.builder.name == "html":
        build_lite(Path(app.outdir))


def _head_with_words(found: re.Match[str]) -> str:
    return found[0] if re.sub(r"<[^>]*>|\s", "", found[0]) else ""


def _inline(self, node) -> None:
    self.body.append(f'<span class="in-line">{mathml(node.astext())}</span>')
    raise nodes.SkipNode


def _block(self, node) -> None:
    self.body.append(f'<div class="formula">{mathml(node.astext(), block=True)}</div>')
    raise nodes.SkipNode


def setup(app) -> None:
    """Tie the functions above to Sphinx."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    app.connect("autodoc-process-docstring", plain_docstrings)
    app.connect("autodoc-process-signature", plain_signature)
    app.connect("html-page-context", mend_body)
    app.connect("build-finished", add_lite)


gather()
