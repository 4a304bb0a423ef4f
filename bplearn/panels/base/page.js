// A panel's page: shows the states that Python recorded. Nothing is computed here, and nothing is fetched.

const packed = Uint8Array.from(atob(document.getElementById("states").textContent), (letter) => letter.charCodeAt(0));
const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
const { texts, states, controls, walk, start } = JSON.parse(await new Response(stream).text());
const views = [...document.querySelectorAll("[data-view]")];
const place = document.getElementById("controls");
let now = start;
let follow = () => {};

function show(number) {
  now = Math.min(Math.max(number, 0), states.length - 1);
  states[now].texts.forEach((text, i) => {
    if (views[i].dataset.shown === String(text)) return;
    views[i].dataset.shown = text;
    views[i].innerHTML = texts[text];
  });
  for (const svg of document.querySelectorAll("[data-view] svg.bpl")) { // a wide picture scrolls on a phone
    svg.style.minWidth = window.innerWidth < 640 ? `${Math.round(0.8 * svg.viewBox.baseVal.width)}px` : "";
  }
  for (const view of views) { // what scrolls can be scrolled by keys
    if (view.scrollWidth > view.clientWidth) view.tabIndex = 0;
    else view.removeAttribute("tabindex");
  }
  follow();
  const { height } = document.querySelector("main").getBoundingClientRect();
  if (window.parent !== window) window.parent.postMessage({ height }, "*");
}

function button(words, action) {
  const made = place.appendChild(document.createElement("button"));
  made.textContent = words;
  made.addEventListener("click", action);
  return made;
}

function makeWalk() {
  const back = button("Back", () => show(now - 1));
  const next = button("Next", () => show(now + 1));
  const slider = place.appendChild(document.createElement("input"));
  const said = place.appendChild(document.createElement("label"));
  Object.assign(slider, { type: "range", min: 0, max: states.length - 1, step: 1 });
  slider.setAttribute("aria-label", controls[0]);
  slider.addEventListener("input", () => show(Number(slider.value)));
  follow = () => {
    slider.value = now;
    said.textContent = states[now].names[0];
    slider.setAttribute("aria-valuetext", states[now].names[0]);
    back.disabled = now === 0;
    next.disabled = now === states.length - 1;
  };
  document.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by || event.target.closest("input, select")) return;
    event.preventDefault();
    show(now + by);
  });
}

// Of several states, the one that changes the least of what is chosen.
function nearest(fitting, names) {
  const agrees = (state) => names.filter((name, i) => name === state.names[i]).length;
  return states.indexOf(fitting.reduce((one, other) => (agrees(other) > agrees(one) ? other : one)));
}

function makeChoices() {
  const lists = controls.map((name, i) => {
    const label = place.appendChild(document.createElement("label"));
    label.textContent = `${name} `;
    const list = label.appendChild(document.createElement("select"));
    for (const choice of new Set(states.map((state) => state.names[i]))) list.add(new Option(choice));
    list.addEventListener("change", () => {
      show(nearest(states.filter((state) => state.names[i] === list.value), states[now].names));
    });
    return list;
  });
  follow = () => lists.forEach((list, i) => { list.value = states[now].names[i]; });
}

document.addEventListener("click", (event) => {
  const key = event.target.closest("[data-key]")?.dataset.key;
  const leading = key ? states.filter((state) => state.keys.includes(key)) : [];
  if (leading.length) show(nearest(leading, states[now].names));
});

function wear(theme) {
  document.documentElement.dataset.theme = theme;
}

const dark = window.matchMedia("(prefers-color-scheme: dark)");
wear(dark.matches ? "dark" : "light");
dark.addEventListener("change", () => wear(dark.matches ? "dark" : "light"));
window.addEventListener("message", (event) => { // a site that shows this page says when its reader changes the theme
  if (event.data?.theme) wear(event.data.theme);
});
if (walk) makeWalk();
else makeChoices();
show(start);
