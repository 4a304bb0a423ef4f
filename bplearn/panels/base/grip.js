// What a learner takes hold of: a part with `data-drag` follows the pointer, or the arrow keys while it has the focus.
// `data-x` and `data-y` say "value lowest highest step value-per-unit-of-the-picture". Python is told where it is held,
// and draws it there.
// Introduced in notebooks/01_one_neuron.ipynb.

const ARROWS = { ArrowRight: ["x", 1], ArrowLeft: ["x", -1], ArrowUp: ["y", 1], ArrowDown: ["y", -1] };

function axesOf(part) {
  const axes = {};
  for (const name of ["x", "y"]) {
    if (!part.dataset[name]) continue;
    const [value, low, high, step, per] = part.dataset[name].split(" ").map(Number);
    axes[name] = { value, low, high, step, per };
  }
  return axes;
}

function onAxis({ low, high, step }, value) {
  const near = Number((Math.round(value / step) * step).toPrecision(12));
  return Math.min(Math.max(near, low), high);
}

function placesOf(axes) {
  return Object.fromEntries(Object.entries(axes).map(([name, { value }]) => [name, value]));
}

// Where a pointer touches a field to draw in, in the field's own numbers.
function touched(part, axes, { clientX, clientY }) {
  const [box, on] = [part.getBoundingClientRect(), part.ownerSVGElement.getScreenCTM()];
  const at = { x: (clientX - box.left) / on.a, y: (clientY - box.top) / on.d };
  return Object.fromEntries(Object.entries(axes).map(([name, { low, per }]) => [name, low + at[name] * per]));
}

// Hear drags and arrows in `el`; `tell` brings {drag: key, phase: "take", "move" or "drop", at: {x, y}} to Python.
// In a field to draw in (`data-trail`) the hand's whole way comes with it, and "press" for Space.
function hearGrips(el, tell) {
  let held = null; // by the pointer
  let walked = null; // by the arrows
  let swapping = false;
  let due = 0;

  const letGo = () => {
    const key = held?.key ?? walked?.key;
    if (!key) return;
    if (due) sendPlace();
    held = walked = null;
    tell({ drag: key, phase: "drop" });
  };

  const sendPlace = () => {
    cancelAnimationFrame(due);
    due = 0;
    const { key, at, trail } = held ?? walked;
    tell({ drag: key, phase: "move", at, ...(trail ? { trail: trail.splice(0) } : {}) });
  };

  const move = (at) => {
    const one = held ?? walked;
    if (JSON.stringify(at) === JSON.stringify(one.at)) return;
    one.at = at;
    one.trail?.push([at.x, at.y]);
    due ||= requestAnimationFrame(sendPlace); // one message a frame, whatever the mouse says
  };

  const down = (event) => {
    const part = event.target.closest("[data-drag]");
    if (!part || event.button) return;
    event.preventDefault();
    letGo();
    part.focus({ preventScroll: true });
    el.setPointerCapture(event.pointerId); // the part itself is drawn anew while it is held
    const key = part.dataset.drag;
    const axes = axesOf(part);
    const { a, d } = part.ownerSVGElement.getScreenCTM();
    held = { key, axes, at: placesOf(axes), from: [event.clientX, event.clientY], scale: [a, d], id: event.pointerId };
    if (part.dataset.trail) {
      held.at = touched(part, axes, event);
      for (const [name, value] of Object.entries(held.at)) axes[name] = { ...axes[name], value, step: 0.25 };
      held.trail = [];
    }
    tell({ drag: key, phase: "take", ...(held.trail ? { at: held.at } : {}) });
  };

  const dragged = (event) => {
    if (held?.id !== event.pointerId) return;
    const [right, lower] = [event.clientX - held.from[0], event.clientY - held.from[1]];
    const way = { x: right / held.scale[0], y: lower / held.scale[1] };
    const places = Object.entries(held.axes).map(([name, axis]) => [name, onAxis(axis, axis.value + way[name] * axis.per)]);
    move(Object.fromEntries(places));
  };

  const pressed = (event) => {
    const part = event.target;
    if (!part.dataset?.drag || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (part.dataset.trail) {
        if (due) sendPlace();
        tell({ drag: part.dataset.drag, phase: "press" });
      } else letGo();
      return;
    }
    const axes = axesOf(part);
    const names = Object.keys(axes);
    const [wanted, sign] = ARROWS[event.key] ?? { PageUp: ["y", 10], PageDown: ["y", -10] }[event.key] ?? [];
    const name = axes[wanted] ? wanted : names[0];
    const isEnd = names.length === 1 && (event.key === "Home" || event.key === "End");
    if (!sign && !isEnd) return;
    event.preventDefault();
    if (walked?.key !== part.dataset.drag) {
      letGo();
      walked = { key: part.dataset.drag, at: placesOf(axes), trail: part.dataset.trail ? [] : undefined };
      tell({ drag: walked.key, phase: "take" });
    }
    const axis = axes[name];
    const counts = wanted === "y" && name === "y" && axis.per > 0 ? -sign : sign; // up is up, though y may count down
    const by = counts * axis.step * (event.shiftKey ? 10 : 1);
    const to = isEnd ? axis[event.key === "Home" ? "low" : "high"] : walked.at[name] + by;
    move({ ...walked.at, [name]: onAxis(axis, to) });
  };

  const left = (event) => {
    if (!swapping && walked && event.relatedTarget?.dataset?.drag !== walked.key) letGo();
  };

  const listeners = {
    pointerdown: down, pointermove: dragged, pointerup: () => held && letGo(), pointercancel: () => held && letGo(),
    keydown: pressed, focusout: left,
  };
  for (const [name, listener] of Object.entries(listeners)) el.addEventListener(name, listener);

  // Put in a new picture; a part that had the focus keeps it.
  return (swap) => {
    const { drag, key } = (el.contains(document.activeElement) && document.activeElement.dataset) || {};
    const mark = drag ? `[data-drag="${CSS.escape(drag)}"]` : key && `button[data-key="${CSS.escape(key)}"]`;
    swapping = true;
    swap();
    if (mark) el.querySelector(mark)?.focus({ preventScroll: true });
    swapping = false;
  };
}

