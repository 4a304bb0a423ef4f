// A dial is one number with two handles: a slider that stops at round numbers, and a field to type any other.
// Python holds the number, the stops and the text; a text that comes too late is not shown.
// Introduced in notebooks/01_one_neuron.ipynb.

let count = 0;

function render({ model, el }) {
  el.classList.add("bpl-dial");
  const label = document.createElement("label");
  const slider = document.createElement("input");
  const field = document.createElement("input");
  const note = document.createElement("span");
  slider.type = "range";
  field.type = "text";
  field.id = label.htmlFor = `bpl-dial-${++count}-${Math.random().toString(36).slice(2)}`;
  field.autocomplete = "off";
  el.append(label, slider, field, note);

  const nearest = (stops, value) => {
    let best = 0;
    stops.forEach((stop, i) => {
      if (Math.abs(stop - value) < Math.abs(stops[best] - value)) best = i;
    });
    return best;
  };

  const written = () => {
    const value = model.get("value");
    const text = model.get("text"); // of an earlier number while Python is still busy with this one
    const isNew = Math.abs(Number(text) - value) <= 1e-9 * Math.abs(value);
    return isNew ? [text, model.get("note")] : [String(Number(value.toPrecision(6))), ""];
  };

  const show = () => {
    sent = null;
    const [text, remark] = written();
    const stops = model.get("stops");
    const value = model.get("value");
    const name = model.get("name");
    const [low, high, step] = stops.length ? [0, stops.length - 1, 1] : ["low", "high", "step"].map((t) => model.get(t));
    Object.assign(slider, { min: low, max: high, step, hidden: !(high > low) });
    slider.value = stops.length ? nearest(stops, value) : value;
    label.textContent = name;
    note.textContent = remark;
    slider.setAttribute("aria-label", name);
    slider.setAttribute("aria-valuetext", `${text} ${remark}`.trim());
    if (!isTyping) field.value = text;
    field.style.width = `${Math.max(model.get("letters"), field.value.length) + 1.5}ch`;
    if (!slider.hidden) field.setAttribute("aria-label", `${name}, typed`);
    slider.disabled = field.disabled = model.get("disabled");
  };

  const slid = () => {
    const stops = model.get("stops");
    const value = stops.length ? stops[Number(slider.value)] : Number(slider.value);
    model.set("value", value); // shown at once; ipywidgets sends one message at a time and keeps the newest
    model.set("turn", ++turns);
    model.save_changes();
  };

  let turns = model.get("turn"); // a number that is typed overtakes a turn of the slider that still waits
  let sent = null; // Enter and "change" tell the same text once
  let isTyping = false; // until then no answer of Python, to an earlier turn of the slider, takes the text away
  const typed = () => {
    isTyping = false;
    if (field.value.trim() === written()[0] || field.value === sent) return;
    sent = field.value;
    model.send({ typed: sent, turn: ++turns });
  };

  const pressed = (event) => {
    if (event.key === "Escape") {
      isTyping = false;
      [field.value] = written();
    }
    if (event.key === "Enter") typed(); // not every way of typing is followed by "change"
  };

  slider.addEventListener("input", slid);
  field.addEventListener("input", () => {
    isTyping = true;
  });
  field.addEventListener("change", typed);
  field.addEventListener("blur", () => {
    isTyping = false;
  });
  field.addEventListener("keydown", pressed);
  field.addEventListener("focus", () => field.select());
  const traits = ["value", "stops", "low", "high", "name", "text", "note", "letters", "disabled"].map((name) => `change:${name}`).join(" ");
  model.on(traits, show);
  model.on("msg:custom", show); // what was typed could not be used: the field says again what is
  show();
  return () => {
    model.off(traits, show);
    model.off("msg:custom", show);
  };
}

export default { render };
