"""What every notebook of the series keeps to. A rule takes the notebook and its path and yields complaints."""

import ast
import re
from html.parser import HTMLParser

import nbformat

LONGEST_CELL = 30
DISPLAYS = ("display_data", "execute_result")
OF_ONE_MACHINE = {
    "path": r"(?<![\w.:/])/(?:home|root|tmp|Users|usr|opt|var|mnt)/\S*|\b[A-Za-z]:\\\S*",
    "memory address": r"\b0x[0-9a-f]{6,}\b",
}


def has_one_title(notebook, path):
    headings = [line for cell in prose(notebook) for line in without_code(cell.source).splitlines() if line[:2] == "# "]
    if len(headings) != 1 or not notebook.cells[0].source.startswith("# "):
        yield f"one H1 title, at the top: found {headings}"


def every_cell_is_compared(notebook, path):
    for cell in code(notebook):
        if cell.execution_count is None:
            yield f"{cell.id}: no execution count, so nbval would not compare it"


def cells_are_short(notebook, path):
    for cell in code(notebook):
        lines = [line for line in cell.source.splitlines() if line.strip()]
        if len(lines) > LONGEST_CELL:
            yield f"{cell.id}: {len(lines)} lines of code, at most {LONGEST_CELL}"


def one_section_a_cell(notebook, path):
    """A heading of the second level stands at the top of its cell: what stood before it is another cell."""
    for cell in prose(notebook)[1:]:
        if re.search(r"\n## ", re.sub(r"```.*?```", "", cell.source, flags=re.DOTALL)):
            yield f"{cell.id}: a section begins in the middle of the cell"


def errors_are_meant(notebook, path):
    for cell in code(notebook):
        if "raises-exception" not in tags(cell) and any(output.output_type == "error" for output in cell.outputs):
            yield f"{cell.id}: ends in an error without the tag raises-exception"


def holds_no_widget_state(notebook, path):
    if "widgets" in notebook.metadata:
        yield "metadata.widgets breaks viewers: run python -m tests.notebooks --no-execution"


def pictures_have_alt_text(notebook, path):
    for cell in notebook.cells:
        sources = [cell.source] if cell.cell_type == "markdown" else []
        sources += [text for kind, text in shown(cell) if kind == "text/html"]
        for source in sources:
            finder = PictureFinder()
            finder.feed(without_code(source))
            yield from (f"{cell.id}: {complaint}" for complaint in finder.complaints)
            yield from (f"{cell.id}: {found} has no alt text" for found in re.findall(r"!\[\s*\]\([^)]*\)", source))
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if any(kind.startswith("image/") for kind in data) and "<img" not in data.get("text/html", ""):
                yield f"{cell.id}: a bare picture; JupyterLab gives it no alt text. Emit <img alt=...> as text/html"


class PictureFinder(HTMLParser):
    """Finds <img> without alt, and <svg> that a screen reader would pass over."""

    def __init__(self):
        super().__init__()
        self.complaints = []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "img" and not (given.get("alt") or "").strip():
            self.complaints.append(f"<img src={(given.get('src') or '')[:40]!r}> has no alt text")
        if tag == "svg" and given.get("aria-hidden") != "true" and given.get("role") != "img":
            self.complaints.append('an <svg> needs role="img" and a title, or aria-hidden="true"')


def links_lead_somewhere(notebook, path):
    for cell in prose(notebook):
        for target in links(cell.source):
            name, _, anchor = target.partition("#")
            file = path.parent / name if name else path
            if name and not file.exists():
                yield f"{cell.id}: the link {target} leads to no file"
            elif anchor and file.suffix in (".md", ".ipynb"):
                own = notebook if not name else None
                if anchor.lower() not in anchors(file, own):
                    yield f"{cell.id}: {file.name} has no heading for #{anchor}"


def links_to_notation_and_neighbours(notebook, path):
    targets = {target.partition("#")[0] for cell in prose(notebook) for target in links(cell.source)}
    number = int(path.name[:2])
    series = {file.name for file in path.parent.glob("[0-9][0-9]_*.ipynb")}
    neighbours = {name for name in series if int(name[:2]) in (number - 1, number + 1)}
    missing = {"NOTATION.md", *neighbours} - targets
    if missing:
        yield f"no link to {', '.join(sorted(missing))}"


def names_no_machine(notebook, path):
    for cell in notebook.cells:
        for text in [cell.source, *(text for _, text in shown(cell))]:
            text = re.sub(r"data:[\w/+]+;base64,[A-Za-z0-9+/=\s]+", "", text)
            for what, pattern in OF_ONE_MACHINE.items():
                yield from (f"{cell.id}: a {what} of one machine, {found}" for found in re.findall(pattern, text))


def trains_without_a_bar(notebook, path):
    """A bar's timing differs each time. One cell of 00 shows it, and its output is not compared."""
    for cell in code(notebook):
        shows_it = path.name.startswith("00_") and "nbval-ignore-output" in tags(cell)
        for call in (node for node in ast.walk(tree(cell)) if isinstance(node, ast.Call)):
            name = getattr(call.func, "id", getattr(call.func, "attr", None))
            given = {word.arg: word.value for word in call.keywords}  # the word of **settings is None
            quiet = is_false(given.get("progress")) or (None in given and settings_say_no_bar(cell))
            if name == "fit" and not quiet and not shows_it:
                yield f"{cell.id}: fit(...) without progress=False"


def settings_say_no_bar(cell):
    """Whether a dict in the cell, for fit(..., **settings), holds "progress": False."""
    dicts = [node for node in ast.walk(tree(cell)) if isinstance(node, ast.Dict)]
    pairs = [pair for node in dicts for pair in zip(node.keys, node.values, strict=True)]
    return any(getattr(key, "value", None) == "progress" and is_false(value) for key, value in pairs)


def is_false(node):
    return isinstance(node, ast.Constant) and node.value is False


def imports_are_plain(notebook, path):
    for cell in code(notebook):
        if re.search(r"^\s*[!%]", cell.source, re.MULTILINE):
            yield f"{cell.id}: a magic or shell line"
        for node in ast.walk(tree(cell)):
            if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
                yield f"{cell.id}: import *"
            if isinstance(node, ast.Attribute) and ast.unparse(node) == "sys.path":
                yield f"{cell.id}: sys.path"


ALL = (
    has_one_title,
    every_cell_is_compared,
    cells_are_short,
    one_section_a_cell,
    errors_are_meant,
    holds_no_widget_state,
    pictures_have_alt_text,
    links_lead_somewhere,
    links_to_notation_and_neighbours,
    names_no_machine,
    trains_without_a_bar,
    imports_are_plain,
)


# What the rules look at


def prose(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "markdown"]


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def tags(cell):
    return cell.metadata.get("tags", [])


def tree(cell):
    return ast.parse(re.sub(r"^\s*[!%].*$", "", cell.source, flags=re.MULTILINE))


def shown(cell):
    """Yield (kind, text) for all text among a code cell's outputs."""
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            yield output.name, output.text
        elif output.output_type in DISPLAYS:
            yield from ((kind, text) for kind, text in output.data.items() if isinstance(text, str))
        else:
            yield "error", "\n".join(output.traceback)


def without_code(markdown):
    """Return Markdown without fenced code, inline code and formulas, where brackets mean something else."""
    return re.sub(r"```.*?```|~~~.*?~~~|\$\$.*?\$\$|`[^`\n]*`|\$[^$\n]*\$", "", markdown, flags=re.DOTALL)


def links(markdown):
    """Return the link targets within the project: no web addresses."""
    text = without_code(markdown)
    found = re.findall(r"\]\(\s*<?([^)\s>]+)[^)]*\)", text) + re.findall(r"(?:href|src)=\"([^\"]+)\"", text)
    return [target for target in found if not re.match(r"[a-z]+:", target)]


def anchors(file, notebook=None):
    """Return what may follow # in a link to a file, in small letters: JupyterLab's form and GitHub's."""
    if notebook is None and file.suffix == ".ipynb":
        notebook = nbformat.read(file, as_version=4)
    text = "\n\n".join(cell.source for cell in prose(notebook)) if notebook else file.read_text(encoding="utf-8")
    found = set(re.findall(r"<a\s+(?:id|name)=\"([^\"]+)\"", text))
    for heading in re.findall(r"^#{1,6}\s+(.*?)\s*#*$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE):
        plain = re.sub(r"[*`]|<[^>]*>", "", heading)
        found |= {plain.replace(" ", "-"), re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")}
    return {anchor.lower() for anchor in found}
