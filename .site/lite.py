"""JupyterLite in the site: the learner's notebooks with a Python that runs in the browser itself.

The site holds JupyterLab, the notebooks as `bplearn copy` delivers them, bplearn's wheel and the pure wheels it
stands on. Pyodide, the Python, and its NumPy and matplotlib come from their public address when a notebook is run.
"""

import json
import os
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
WHEELS = ("ipywidgets", "jupyterlab_widgets", "widgetsnbextension", "anywidget", "psygnal", "tqdm", "latex2mathml")
PURE = (
    "--only-binary",
    ":all:",
    "--platform",
    "any",
    "--implementation",
    "py",
    "--abi",
    "none",
)  # psygnal is compiled too
FIRST_CELL = {
    "cell_type": "code",
    "id": "in-the-browser",
    "metadata": {},
    "execution_count": None,
    "outputs": [],
    "source": "# In the browser's Python: bplearn comes from this site, once in each kernel.\n%pip install -q bplearn",
}


def run(folder: Path, *command: str | Path) -> None:
    """Run a command of this Python's environment in a folder, where it leaves what it likes; say why it failed."""
    scripts = sysconfig.get_path("scripts")
    environment = {**os.environ, "PATH": os.pathsep.join((scripts, os.environ.get("PATH", "")))}
    done = subprocess.run(
        [str(part) for part in command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}")


def build_lite(site: Path) -> None:
    """Put JupyterLite into site/lite."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        pip = (sys.executable, "-m", "pip")
        run(folder, *pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", folder / "pypi", ROOT)
        run(folder, *pip, "download", "--quiet", "--no-deps", *PURE, "--dest", folder / "pypi", *WHEELS)
        run(folder, sys.executable, "-m", "bplearn", "copy", folder / "files")
        for notebook in (folder / "files").glob("*.ipynb"):
            content = json.loads(notebook.read_text(encoding="utf-8"))
            content["cells"].insert(0, FIRST_CELL)
            notebook.write_text(json.dumps(content), encoding="utf-8")
        left_out = {"jupyter-config-data": {"disabledExtensions": ["@jupyter/nbgrader"]}}  # it needs a server
        settings = {"jupyter-lite-schema-version": 0, **left_out}
        (folder / "jupyter-lite.json").write_text(json.dumps(settings), encoding="utf-8")
        build = (
            "lite",
            "build",
            "--lite-dir",
            folder,
            "--contents",
            folder / "files",
            "--output-dir",
            site.resolve() / "lite",
        )
        run(folder, "jupyter", *build, "--apps", "lab", "--no-sourcemaps", "--no-unused-shared-packages")
