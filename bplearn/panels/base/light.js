// One light: what is pointed at, or has the focus, lights up everywhere in its panel: in formula, picture and table.
// The parts that stand for one quantity carry the same `data-q`. Python is not asked.
// Introduced in notebooks/02_forward_pass.ipynb.

function hearLight(el) {
  const light = (event) => {
    const panel = el.closest(".bpl-panel");
    if (!panel) return;
    for (const part of panel.querySelectorAll(".bpl-lit")) part.classList.remove("bpl-lit");
    const quantity = event.target.closest?.("[data-q]")?.dataset.q;
    if (!quantity || event.type === "pointerleave" || event.type === "focusout") return;
    for (const part of panel.querySelectorAll(`[data-q="${CSS.escape(quantity)}"]`)) part.classList.add("bpl-lit");
  };
  for (const name of ["pointerover", "pointerleave", "focusin", "focusout"]) el.addEventListener(name, light);
}

