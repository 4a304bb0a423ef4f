// One light: what is pointed at, or has the focus, lights up everywhere in its panel: in formula, picture and table.
// The parts that stand for one quantity carry the same `data-q`; a name in code, which stands for several, lists them.
// Python is not asked.
// Introduced in notebooks/02_forward_pass.ipynb.

function hearLight(el) {
  const light = (event) => {
    const panel = el.closest(".bpl-panel");
    if (!panel) return;
    for (const part of panel.querySelectorAll(".bpl-lit")) part.classList.remove("bpl-lit");
    const quantities = event.target.closest?.("[data-q]")?.dataset.q.split(" ");
    if (!quantities || event.type === "pointerleave" || event.type === "focusout") return;
    const same = quantities.map((quantity) => `[data-q~="${quantity}"]`).join();
    for (const part of panel.querySelectorAll(same)) part.classList.add("bpl-lit");
  };
  for (const name of ["pointerover", "pointerleave", "focusin", "focusout"]) el.addEventListener(name, light);
}

