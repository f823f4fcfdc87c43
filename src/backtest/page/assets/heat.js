// The map of a sweep: two of its parameters against each other, a cell for each pair of values.

const MEAN = "mean";

// The values of a parameter as rows or columns: as they are, or, where there are many, in ranges.
const LANES_MAX = 16;
function lanes(dimension) {
  const { values } = dimension;
  if (values.length <= LANES_MAX || values.some((value) => Number.isNaN(Number(value)))) {
    return { names: values, of: (place) => place };
  }
  const all = values.map(Number);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const count = 10, wide = (high - low) / count;
  const of = (place) => Math.min(count - 1, Math.floor((all[place] - low) / wide));
  return { names: Array.from({ length: count }, (_, at) => `${figure(low + at * wide, "", 3)} to ${figure(low + (at + 1) * wide, "", 3)}`), of };
}

function map(chart, element, state) {
  const { dimensions } = chart;
  const controls = state.controls;
  const measure = chart.measures[Number(controls.measure ?? 0)];
  const column = Number(controls.column ?? 0);
  const row = dimensions.length > 1 ? Number(controls.row ?? 1) : -1;
  const across = lanes(dimensions[column]);
  const down = row >= 0 && row !== column ? lanes(dimensions[row]) : { names: [""], of: () => 0 };
  const fixed = dimensions.map((_, place) => controls[`fix${place}`])
    .map((value, place) => place === column || place === row || value === MEAN || value === undefined ? null : Number(value));
  const cells = Array.from({ length: across.names.length * down.names.length }, () => ({ variants: [], sum: 0 }));
  chart.variants.forEach((places, variant) => {
    const value = measure.value[variant];
    if (value === null || fixed.some((wanted, at) => wanted !== null && wanted !== places[at])) return;
    const cell = cells[down.of(places[row] ?? 0) * across.names.length + across.of(places[column])];
    cell.variants.push(variant);
    cell.sum += value;
  });
  for (const cell of cells) cell.value = cell.variants.length ? cell.sum / cell.variants.length : null;
  const known = cells.map((cell) => cell.value).filter((value) => value !== null);
  const most = Math.max(...known.map(Math.abs), 1e-12);
  const shown = (value) => (value > 0 ? "+" : "") + figure(value, measure.unit, 3);
  element.classList.add("heat");

  const table = document.createElement("table");
  const head = table.createTHead().insertRow();
  const corner = head.appendChild(document.createElement("th"));
  corner.textContent = row >= 0 && row !== column ? `${dimensions[row].name} ↓ · ${dimensions[column].name} →` : dimensions[column].name;
  for (const name of across.names) {
    const cell = head.appendChild(document.createElement("th"));
    cell.scope = "col";
    cell.textContent = name;
  }
  const body = table.createTBody();
  const boxes = [];
  down.names.forEach((name, line) => {
    const tr = body.insertRow();
    const heading = tr.appendChild(document.createElement("th"));
    heading.scope = "row";
    heading.textContent = name;
    across.names.forEach((_, place) => {
      const cell = cells[line * across.names.length + place];
      const td = tr.insertCell();
      boxes.push(td);
      if (cell.value === null) { td.className = "empty"; td.textContent = "–"; return; }
      const share = Math.round(Math.abs(cell.value) / most * 88);
      td.style.background = `color-mix(in oklab, var(${cell.value < 0 ? "--loss" : "--gain"}) ${share}%, var(--paper))`;
      if (share > 58) td.style.color = "var(--paper)";
      td.textContent = shown(cell.value);
      if (cell.variants.includes(measure.best) && known.length > 1) td.classList.add("best");
      const [only] = cell.variants;
      if (cell.variants.length === 1 && measure.low[only] !== null && measure.low[only] * measure.high[only] > 0) td.classList.add("sure");
    });
  });
  const frame = document.createElement("div");
  frame.className = "scroll";
  frame.append(table);
  element.append(frame);

  const words = (at) => {
    const [line, place] = [Math.floor(at / across.names.length), at % across.names.length];
    const told = [`${dimensions[column].name} ${across.names[place]}`];
    if (row >= 0 && row !== column) told.push(`${dimensions[row].name} ${down.names[line]}`);
    const { variants, value } = cells[at];
    if (value === null) return `${told.join(", ")}: no variant`;
    const [only] = variants;
    const interval = variants.length === 1 && measure.low[only] !== null ? ` (${shown(measure.low[only])} to ${shown(measure.high[only])})` : "";
    const many = variants.length > 1 ? `, mean of ${variants.length} variants` : `, variant ${only}`;
    return `${told.join(", ")}: ${shown(value)}${measure.unit === "%" ? "" : " " + measure.unit}${interval}${many}`;
  };
  const readout = document.getElementById(`${element.id}-readout`);
  const mark = (at) => {
    boxes.forEach((box, place) => { box.style.outline = place === at ? "2px solid var(--accent)" : ""; });
    readout.textContent = at === undefined ? "" : words(at);
  };
  boxes.forEach((box, at) => box.addEventListener("pointerenter", () => mark(at)));
  const width = across.names.length;
  const move = (key) => {
    const at = state.at ?? -1;
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: width, ArrowUp: -width }[key];
    let to;
    if (key === "Home") to = 0;
    else if (key === "End") to = boxes.length - 1;
    else if (key === "Escape") { state.at = undefined; mark(undefined); return true; }
    else if (step === undefined) return false;
    else to = at < 0 ? 0 : at + step;
    state.at = to >= 0 && to < boxes.length ? to : Math.max(0, at);
    mark(state.at);
    return true;
  };
  return { plots: [], points: boxes.length, say: words, move };
}
