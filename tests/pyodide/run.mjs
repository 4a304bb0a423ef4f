// The notebooks in Pyodide itself. It needs a network: NumPy and matplotlib come from Pyodide's public address.
//
//   npm install --no-save pyodide && node tests/pyodide/run.mjs    all notebooks
//   node tests/pyodide/run.mjs 05 09                               these
//   node tests/pyodide/run.mjs --core                              what the core alone can do, with no network

import path from "node:path";
import { fileURLToPath } from "node:url";
import { loadPyodide } from "pyodide";

const chosen = process.argv.slice(2);
const project = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const python = await loadPyodide();
python.FS.mkdirTree("/project");
python.mountNodeFS("/project", project);
python.globals.set("chosen", python.toPy(chosen.filter((word) => !word.startsWith("-"))));

if (chosen.includes("--core")) {
  process.exit(python.runPython(`exec(open("/project/tests/pyodide/core.py").read()); main()`));
}
await python.loadPackage(["numpy", "matplotlib", "tqdm", "ipython", "micropip"]);
await python.runPythonAsync(`
import micropip
await micropip.install(["ipywidgets", "anywidget", "latex2mathml"])
`);
const code = python.runPython(`
import sys
sys.path.insert(0, "/project")
from tests.pyodide.__main__ import main
main(list(chosen))
`);
process.exit(code);
