// The view shows a text (SVG or HTML) that Python wrote, and tells Python what a learner does with it.
// It also looks after the whole panel: names for controls that have none, and keys that must not leave the panel.
// Introduced in notebooks/00_start_here.ipynb.

const ACKNOWLEDGE = 4; // every fourth picture is reported as seen, so that nothing trains on unseen

// ---- the panel around the view -------------------------------------------------------------------------------
// Each view is given a copy of this module; what belongs to a panel or to the page they share.
const shared = (globalThis[Symbol.for("bplearn")] ??= { tended: new WeakMap(), groups: 0, hears: false });
const { tended } = shared; // panel element -> {count, stop}

function setIfNew(node, name, value) {
  if (value && node.getAttribute(name) !== value) node.setAttribute(name, value);
}

function nameControls(panel) {
  setIfNew(panel, "role", "group");
  setIfNew(panel, "aria-label", panel.querySelector(".bpl-title")?.textContent.trim());
  for (const box of panel.querySelectorAll(".widget-slider, .widget-hslider, .widget-vslider")) {
    const words = box.querySelector(".widget-label")?.textContent.trim();
    const readout = box.querySelector(".widget-readout");
    for (const handle of box.querySelectorAll(".noUi-handle")) {
      setIfNew(handle, "aria-label", words);
      setIfNew(handle, "aria-valuetext", readout?.textContent.trim());
    }
    if (readout && words) {
      setIfNew(readout, "aria-label", `${words}, value`);
      if (readout.isContentEditable) setIfNew(readout, "role", "textbox");
    }
  }
  for (const box of panel.querySelectorAll(".widget-toggle-buttons")) {
    setIfNew(box, "role", "group");
    setIfNew(box, "aria-label", box.querySelector(".widget-label")?.textContent.trim());
  }
  for (const box of panel.querySelectorAll(".widget-radio-box")) {
    setIfNew(box, "role", "radiogroup");
    setIfNew(box, "aria-label", box.parentElement.querySelector(".widget-label")?.textContent.trim());
    box.dataset.group ??= `bpl-choice-${++shared.groups}`; // without a common name Tab would stop at each of them
    for (const input of box.querySelectorAll("input")) setIfNew(input, "name", box.dataset.group);
  }
  for (const button of panel.querySelectorAll("button.jupyter-button")) {
    setIfNew(button, "aria-label", button.textContent.trim()); // without it an icon's glyph is read too
  }
  for (const button of panel.querySelectorAll("button.widget-toggle-button")) {
    setIfNew(button, "aria-pressed", String(button.classList.contains("mod-active")));
  }
}

// Jupyter has single-key shortcuts ("a" inserts a cell); JupyterLab hears them after the panel, Notebook 7 before it.
// Both pass over an element with this mark. Keys with Ctrl, Alt or Cmd, and Shift+Enter, still reach them.
function keepInside(event) {
  const { target } = event;
  if (!target.closest?.(".bpl-panel")) return;
  const runsTheCell = event.shiftKey && event.key === "Enter";
  const isOurs = !event.ctrlKey && !event.altKey && !event.metaKey && !runsTheCell;
  if (isOurs) target.dataset.lmSuppressShortcuts = "true";
  else delete target.dataset.lmSuppressShortcuts;
}

// After a restart of the kernel ipywidgets marks each of its widgets by a red icon. One sentence says more.
function sayWhetherItLives(panel) {
  const alert = panel.querySelector(':scope > .bpl-view[role="alert"]');
  const dead = panel.classList.contains("jupyter-widgets-disconnected");
  if (!alert || dead === Boolean(panel.dataset.dead)) return;
  panel.dataset.dead = dead ? "true" : "";
  for (const row of panel.querySelectorAll(".bpl-row")) row.inert = dead;
  const words = "The kernel of this panel has stopped or was started again. Run the cell once more to work it.";
  alert.innerHTML = dead ? `<div class="bpl-alert">${words}</div>` : "";
}

function isInSight(panel) {
  const box = panel.getBoundingClientRect(); // of no size while another tab of JupyterLab is in front
  return !document.hidden && box.height > 0 && box.bottom > 0 && box.top < window.innerHeight;
}

function tend(panel) {
  if (!shared.hears) window.addEventListener("keydown", keepInside, true);
  shared.hears = true;
  const known = tended.get(panel);
  if (known) {
    known.count += 1;
  } else {
    const watcher = new MutationObserver((records) => {
      const onlyPictures = records.every((r) => r.target.nodeType === 1 && r.target.closest(".bpl-view"));
      if (onlyPictures) return;
      sayWhetherItLives(panel);
      nameControls(panel);
    });
    watcher.observe(panel, {
      subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["class"],
    });
    nameControls(panel);
    const stop = () => {
      watcher.disconnect();
      tended.delete(panel);
    };
    tended.set(panel, { count: 1, stop });
  }
  return () => {
    const entry = tended.get(panel);
    if (entry && --entry.count === 0) entry.stop();
  };
}

function imageOf(source) {
  const image = new Image();
  image.src = source;
  return image;
}

// ---- what stays moves --------------------------------------------------------------------------------------------
// A part with a `data-id` that was in the picture before goes from where it was to where it is.
const MOVED = ["x", "y", "cx", "cy", "r", "x1", "y1", "x2", "y2", "width", "height", "stroke-width"];
const MOVE_TIME = 180; // ms
const CALM = 260; // ms without a new picture: while it trains, or under a drag, each picture stands at once

function movesBetween(old, fresh) {
  const before = new Map([...old.querySelectorAll("[data-id]")].map((node) => [node.dataset.id, node]));
  const moves = [];
  for (const node of fresh.querySelectorAll("[data-id]")) {
    const from = before.get(node.dataset.id);
    if (from?.tagName !== node.tagName) continue;
    for (const name of MOVED) {
      const [start, end] = [from.getAttribute(name), node.getAttribute(name)];
      if (start !== null && end !== null && start !== end) moves.push({ node, name, start: Number(start), end });
    }
  }
  return moves.filter(({ start, end }) => Number.isFinite(start - Number(end)));
}

function play(moves, goesOn) {
  let spent = 0;
  let last = null;
  const frame = (now) => {
    spent += last === null ? 0 : Math.min(now - last, MOVE_TIME / 3); // a busy page shows few places on the way, not none
    last = now;
    const share = goesOn() ? Math.min(spent / MOVE_TIME, 1) : 1;
    const eased = 1 - (1 - share) ** 3;
    for (const { node, name, start, end } of moves) {
      node.setAttribute(name, share === 1 ? end : start + eased * (end - start));
    }
    if (share < 1) requestAnimationFrame(frame);
  };
  for (const { node, name, start } of moves) node.setAttribute(name, start);
  requestAnimationFrame(frame);
}

// ---- letters that can be read ------------------------------------------------------------------------------------
const LETTERS = 11; // px that the smallest letters keep: a picture that would be narrower scrolls in its view

function keepReadable(picture) {
  if (!picture.matches("svg.bpl")) return;
  const sizes = [...picture.querySelectorAll("text")].map((node) => Number(node.getAttribute("font-size")) || 99);
  const least = (picture.viewBox.baseVal.width * LETTERS) / Math.min(99, ...sizes);
  picture.style.setProperty("--bpl-least", `${Math.ceil(least)}px`);
}

function bringToSight(view) {
  if (!view.hasAttribute("tabindex")) view.tabIndex = 0; // its keys scroll it
  const now = view.querySelector('[fill^="var(--bpl-glow"]')?.getBoundingClientRect(); // what is at work
  const box = view.getBoundingClientRect();
  if (now && (now.left < box.left || now.right > box.right)) view.scrollLeft += (now.left + now.right - box.left - box.right) / 2;
}

// ---- a picture as a file ---------------------------------------------------------------------------------------
function download(name, href) {
  const link = Object.assign(document.createElement("a"), { download: name, href });
  link.click();
}

async function pixelsOf(svg, scale) {
  const image = imageOf(`data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`);
  await image.decode();
  const canvas = document.createElement("canvas");
  const [wide, high] = svg.match(/viewBox="0 0 ([\d.]+) ([\d.]+)"/).slice(1).map((size) => scale * Number(size));
  Object.assign(canvas, { width: wide, height: high });
  canvas.getContext("2d").drawImage(image, 0, 0, wide, high);
  return canvas;
}

// Save what Python sends; of a picture of an animation only the pixels are wanted, and they go back.
async function save({ kind, name, svg }, buffers, model) {
  if (kind === "svg") download(`${name}.svg`, `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`);
  if (kind === "png") download(`${name}.png`, (await pixelsOf(svg, 2)).toDataURL("image/png"));
  if (kind === "gif") download(`${name}.gif`, URL.createObjectURL(new Blob(buffers, { type: "image/gif" })));
  if (kind === "frame") {
    const canvas = await pixelsOf(svg, 1);
    const blob = await new Promise((done) => canvas.toBlob(done));
    model.send({ pixels: true }, undefined, [await blob.arrayBuffer()]);
  }
}

// ---- the picture ----------------------------------------------------------------------------------------------
function render({ model, el }) {
  el.classList.add("bpl-view");
  let alive = true;
  let newest = 0;
  let shownAt = -CALM;
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  let decoded = new Map(); // the images in the picture that stands: most of them are in the next one too
  let leave = () => {};

  let panel = null;

  const speaks = model.get("role") === "alert"; // one view of each panel speaks for all of it

  // A click on a button overtakes a choice that ipywidgets still holds back: so the choice is told first.
  const tellChoice = (event) => {
    const box = panel.querySelector(".widget-radio-box");
    if (!event.target.closest("button") || !box?.offsetParent) return;
    const chosen = [...box.querySelectorAll("input")].findIndex((input) => input.checked && !input.disabled);
    if (chosen >= 0) tell({ chosen });
  };

  const findPanel = () => {
    if (!alive) return;
    panel = el.closest(".bpl-panel");
    if (!panel) {
      requestAnimationFrame(findPanel);
      return;
    }
    leave = tend(panel);
    if (speaks) panel.addEventListener("click", tellChoice, true);
  };

  const tell = (message) => {
    try {
      model.send(message);
    } catch {} // the kernel is gone: nobody to tell
  };

  const saveIt = (message, buffers) => {
    const button = el.querySelector('[data-save="gif"]');
    if (button) button.textContent = message.left ? `Save GIF: ${message.left} to go` : "Save GIF";
    save(message, buffers, model);
  };
  const swapIn = hearGrips(el, tell);
  hearLight(el);

  const show = async () => {
    const turn = ++newest;
    const template = document.createElement("template");
    template.innerHTML = model.get("content");
    // An embedded image is decoded before the picture is swapped: otherwise it would be blank for a frame.
    const sources = [...template.content.querySelectorAll("image, img")].map(
      (node) => node.getAttribute("href") ?? node.getAttribute("src"),
    );
    const fresh = sources.filter((source) => !decoded.has(source));
    const images = new Map(sources.map((source) => [source, decoded.get(source) ?? imageOf(source)]));
    if (fresh.length) await Promise.all(fresh.map((source) => images.get(source).decode().catch(() => {})));
    if (!alive || turn !== newest) return;
    decoded = images;
    for (const picture of template.content.children) keepReadable(picture);
    const now = performance.now();
    const moves = calm || now - shownAt < CALM ? [] : movesBetween(el, template.content);
    shownAt = now;
    swapIn(() => el.replaceChildren(template.content));
    if (moves.length) play(moves, () => alive && turn === newest);
    if (el.scrollWidth > el.clientWidth + 1) bringToSight(el);
    const frame = model.get("frame");
    if (frame % ACKNOWLEDGE === 0 && panel && isInSight(panel)) tell({ seen: frame });
  };

  const describe = () => {
    const keys = model.get("hears");
    const role = model.get("role") || (keys.length ? "group" : "");
    if (role) el.setAttribute("role", role);
    else el.removeAttribute("role");
    if (model.get("label")) el.setAttribute("aria-label", model.get("label"));
    else el.removeAttribute("aria-label");
    if (keys.length) {
      el.tabIndex = 0;
      el.setAttribute("aria-keyshortcuts", keys.map((key) => (key === " " ? "Space" : key)).join(" "));
    } else for (const name of ["tabindex", "aria-keyshortcuts"]) el.removeAttribute(name);
  };

  const clicked = (event) => {
    const asked = event.target.closest("[data-save]");
    if (asked) tell({ save: asked.dataset.save });
    const part = event.target.closest("[data-key]");
    if (part) tell({ click: part.dataset.key });
  };
  const pressed = (event) => {
    const plain = !event.ctrlKey && !event.altKey && !event.metaKey;
    if (event.target === el && plain && model.get("hears").includes(event.key)) {
      event.preventDefault();
      tell({ key: event.key });
    }
  };

  const narrowed = new ResizeObserver(() => {
    if (el.scrollWidth > el.clientWidth + 1) bringToSight(el);
  });
  narrowed.observe(el);
  el.addEventListener("click", clicked);
  el.addEventListener("keydown", pressed);
  model.on("msg:custom", saveIt);
  model.on("change:content", show);
  model.on("change:role", describe);
  model.on("change:hears", describe);
  describe();
  show();
  findPanel();
  if (speaks) tell({ view: "opened" });
  if (speaks && window.matchMedia("(prefers-reduced-motion: reduce)").matches) tell({ motion: "reduce" });
  return () => {
    alive = false;
    if (speaks) tell({ view: "closed" });
    panel?.removeEventListener("click", tellChoice, true);
    narrowed.disconnect();
    model.off("msg:custom", saveIt);
    model.off("change:content", show);
    model.off("change:role", describe);
    model.off("change:hears", describe);
    leave();
  };
}

export default { render };
