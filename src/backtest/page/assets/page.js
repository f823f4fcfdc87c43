// Brings the page to life: charts, their controls and keys, the appearance, printing.

const kinds = { lines, bars, game, map };
const charts = JSON.parse(document.getElementById("charts").textContent);
const drawn = new Map();

function draw(id) {
  const element = document.getElementById(id);
  const state = drawn.get(id).state;
  for (const plot of drawn.get(id).plots) plot.destroy();
  element.replaceChildren();
  const made = kinds[charts[id].kind](charts[id], element, state);
  drawn.set(id, { ...made, state });
  for (const plot of made.plots) plot.root.setAttribute("aria-hidden", "true");
  const readout = document.getElementById(`${id}-readout`);
  for (const plot of made.plots) {
    plot.hooks.setCursor = [(u) => {
      const at = u.cursor.idx;
      if (at === null || at === undefined || (u.cursor.left ?? -1) < 0) return;
      state.at = at;
      readout.textContent = made.say(at);
    }];
  }
}

function redraw() {
  for (const id of drawn.keys()) draw(id);
}

// Moves the cursor of a chart, zooms, or leaves it: everything that a pointer can do.
function key(id, event) {
  const { plots, points, say, state, move } = drawn.get(id);
  if (move) {
    if (move(event.key)) event.preventDefault();
    return;
  }
  const [plot] = plots;
  const leap = Math.max(1, Math.round(points / 10));
  const last = points - 1;
  const at = state.at ?? -1;
  const to = {
    ArrowRight: at + 1, ArrowLeft: at < 0 ? last : at - 1, PageUp: at + leap, PageDown: at - leap, Home: 0, End: last,
  }[event.key];
  if (to !== undefined) {
    state.at = Math.min(last, Math.max(0, to));
    const x = plot.data[0][state.at];
    const { min, max } = plot.scales.x;
    if (x < min || x > max) {
      const half = (max - min) / 2;
      plot.setScale("x", { min: x - half, max: x + half });
    }
    plot.setCursor({ left: plot.valToPos(x, "x"), top: 10 });
    document.getElementById(`${id}-readout`).textContent = say(state.at);
  } else if ("+=-_".includes(event.key) && charts[id].kind !== "bars") {
    const { min, max } = plot.scales.x;
    const middle = at < 0 ? (min + max) / 2 : plot.data[0][at];
    const half = (max - min) / 2 * ("+=".includes(event.key) ? 0.6 : 1 / 0.6);
    const [from, to] = [plot.data[0][0], plot.data[0][last]];
    plot.setScale("x", { min: Math.max(from, middle - half), max: Math.min(to, middle + half) });
  } else if (event.key === "0") {
    plot.setScale("x", { min: plot.data[0][0], max: plot.data[0][last] });
  } else if (event.key === "Escape") {
    state.at = undefined;
    plot.setCursor({ left: -10, top: -10 });
    document.getElementById(`${id}-readout`).textContent = "";
  } else {
    return;
  }
  event.preventDefault();
}

for (const id of Object.keys(charts)) {
  const element = document.getElementById(id);
  const shown = (charts[id].series ?? []).map((one) => one.shown);
  drawn.set(id, { plots: [], state: { shown, controls: {} } });
  const around = element.closest("figure");
  for (const button of around.querySelectorAll("button[data-series]")) {
    button.addEventListener("click", () => {
      const place = Number(button.dataset.series);
      shown[place] = !shown[place];
      button.setAttribute("aria-pressed", shown[place]);
      draw(id);
    });
  }
  for (const select of around.querySelectorAll("select[data-control]")) {
    const { state } = drawn.get(id);
    state.controls[select.dataset.control] = select.value;
    select.addEventListener("change", () => {
      state.controls[select.dataset.control] = select.value;
      draw(id);
    });
  }
  element.addEventListener("keydown", (event) => key(id, event));
}

// The appearance: that of the system, unless the reader chose one; paper is always light.
const system = matchMedia("(prefers-color-scheme: dark)");
const choice = document.getElementById("theme");
const remembered = { get: () => { try { return localStorage.getItem("replayer-theme"); } catch { return null; } },
  set: (value) => { try { localStorage.setItem("replayer-theme", value); } catch { /* nowhere to keep it */ } } };

function dress(printing = false) {
  const theme = printing ? "light" : choice.value;
  paper.printing = printing;
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  redraw();
}

const before = remembered.get();
if (["light", "dark"].includes(before)) choice.value = before;
choice.addEventListener("change", () => { remembered.set(choice.value); dress(); });
system.addEventListener("change", () => dress());
addEventListener("beforeprint", () => dress(true));
addEventListener("afterprint", () => dress());
dress();

// A sign above a table that is wider than its place: how many columns are out of sight, and where.
function overflowing(frame) {
  const sign = frame.previousElementSibling?.classList.contains("more") ? frame.previousElementSibling
    : frame.parentNode.insertBefore(document.createElement("p"), frame);
  sign.className = "more note";
  const { left, right } = frame.getBoundingClientRect();
  const heads = [...(frame.querySelector("tr")?.cells ?? [])].map((cell) => cell.getBoundingClientRect()).filter((head) => head.width > 0);
  const [before, after] = [heads.filter((head) => head.left < left - 1).length, heads.filter((head) => head.right > right + 1).length];
  const columns = (count) => count === 1 ? "1 column" : `${count} columns`;
  const told = [before ? `← ${columns(before)}` : "", after ? `${columns(after)} →` : ""].filter(Boolean);
  sign.hidden = !told.length;
  sign.textContent = told.length ? `Out of sight: ${told.join(", ")}. Scroll sideways.` : "";
  frame.onscroll ??= () => overflowing(frame);
}

const signs = () => document.querySelectorAll(".scroll").forEach(overflowing);
document.querySelectorAll("details").forEach((one) => one.addEventListener("toggle", signs));
signs();

// Charts are as wide as their place.
let waiting = 0, width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth === width) return;
  width = innerWidth;
  clearTimeout(waiting);
  waiting = setTimeout(() => { redraw(); signs(); }, 120);
});

// The line of the contents that is being read.
if ("IntersectionObserver" in window) {
  const links = new Map([...document.querySelectorAll(".contents a")].map((link) => [link.hash.slice(1), link]));
  const seen = new Set();
  const watch = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) isIntersecting ? seen.add(target.id) : seen.delete(target.id);
    let current = [...links.keys()].find((id) => seen.has(id));
    for (const [id, link] of links) id === current ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
  }, { rootMargin: "0px 0px -70% 0px" });
  for (const id of links.keys()) { const element = document.getElementById(id); if (element) watch.observe(element); }
}
