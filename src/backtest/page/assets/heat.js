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
  const decimals = decimalsFor(wide, 2);
  const end = (at) => fixed(low + at * wide, decimals);
  return { names: Array.from({ length: count }, (_, at) => `${end(at)} to ${end(at + 1)}`), of };
}

// Decimals that show a number of this size to so many digits.
const decimalsFor = (size, digits) => size > 0 ? Math.min(9, Math.max(0, digits - 1 - Math.floor(Math.log10(size)))) : 2;

// Steps of colour on either side of zero.
const STEPS = 5;

function map(chart, element, state) {
  const { dimensions } = chart;
  const controls = state.controls;
  const measure = chart.measures[Number(controls.measure ?? 0)];
  const column = Number(controls.column ?? 0);
  const row = dimensions.length > 1 ? Number(controls.row ?? 1) : -1;
  const across = lanes(dimensions[column]);
  const down = row >= 0 && row !== column ? lanes(dimensions[row]) : { names: [""], of: () => 0 };
  const held = dimensions.map((_, place) => controls[`fix${place}`])
    .map((value, place) => place === column || place === row || value === MEAN || value === undefined ? null : Number(value));
  const cells = Array.from({ length: across.names.length * down.names.length }, () => ({ variants: [], sum: 0 }));
  chart.variants.forEach((places, variant) => {
    const value = measure.value[variant];
    if (value === null || held.some((wanted, at) => wanted !== null && wanted !== places[at])) return;
    const cell = cells[down.of(places[row] ?? 0) * across.names.length + across.of(places[column])];
    cell.variants.push(variant);
    cell.sum += value;
  });
  for (const cell of cells) cell.value = cell.variants.length ? cell.sum / cell.variants.length : null;
  const known = cells.map((cell) => cell.value).filter((value) => value !== null);
  const most = Math.max(...known.map(Math.abs), 1e-12);
  const percent = measure.unit === "%";
  const [factor, unit] = percent ? [100, "%"] : [1, ` ${measure.unit}`];
  // All cells have the same number of decimals.
  const decimals = decimalsFor(most * factor, 3);
  const bare = (value) => {
    const text = fixed(value * factor, decimals) + (percent ? "%" : "");
    return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
  };
  const shown = (value) => bare(value) + (percent ? "" : unit);
  const tone = (value) => value === 0 ? "even" : `${value < 0 ? "loss" : "gain"}${Math.max(1, Math.ceil(Math.abs(value) / most * STEPS - 1e-9))}`;
  // The best of the verdict is one variant: its cell is framed, where it is shown.
  const best = measure.best === null ? -1 : cells.findIndex((cell) => cell.variants.includes(measure.best));
  element.classList.add("heat");

  const table = document.createElement("table");
  const head = table.createTHead().insertRow();
  const corner = head.appendChild(document.createElement("th"));
  // Names may be broken where their words end.
  const name = (at) => dimensions[at].name.replace(/[._]/g, "$&\u200b");
  corner.textContent = row >= 0 && row !== column ? `${name(row)} ↓\n${name(column)} →` : name(column);
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
      td.classList.add(tone(cell.value));
      td.textContent = bare(cell.value);
      if (boxes.length - 1 === best) td.classList.add("best");
      const [only] = cell.variants;
      if (cell.variants.length === 1 && measure.low[only] !== null && measure.low[only] * measure.high[only] > 0) td.classList.add("sure");
    });
  });
  const frame = document.createElement("div");
  frame.className = "scroll";
  frame.append(table);
  element.append(scale(bare(-most), shown(most)), frame, verdict());
  overflowing(frame);

  // The colours from the largest loss to the largest gain, with the figures at the ends.
  function scale(from, to) {
    const line = document.createElement("p");
    line.className = "scale note";
    const patch = (name) => Object.assign(document.createElement("span"), { className: `patch ${name}` });
    const steps = Array.from({ length: STEPS }, (_, at) => at + 1);
    line.append(`lost ${from} `, ...steps.toReversed().map((step) => patch(`loss${step}`)), patch("even"),
      ...steps.map((step) => patch(`gain${step}`)), ` ${to} gained`);
    return line;
  }

  // Where the best of the verdict is, or why it is nowhere.
  function verdict() {
    const line = document.createElement("p");
    line.className = "note";
    if (chart.measures.every(({ best }) => best === null)) return line;
    line.textContent = measure.best === null ? "The best of the verdict is of another bot: no cell is framed."
      : best < 0 ? `The best of the verdict, cell ${measure.best}, is not among the values shown.`
        : `Framed: the best of the verdict, cell ${measure.best}.`;
    return line;
  }

  const words = (at) => {
    const [line, place] = [Math.floor(at / across.names.length), at % across.names.length];
    const told = [`${dimensions[column].name} ${across.names[place]}`];
    if (row >= 0 && row !== column) told.push(`${dimensions[row].name} ${down.names[line]}`);
    const { variants, value } = cells[at];
    if (value === null) return `${told.join(", ")}: no variant`;
    const [only] = variants;
    const interval = variants.length === 1 && measure.low[only] !== null ? ` (${bare(measure.low[only])} to ${bare(measure.high[only])})` : "";
    const many = variants.length > 1 ? `, mean of ${variants.length} variants` : `, variant ${only}`;
    return `${told.join(", ")}: ${shown(value)}${interval}${many}${at === best ? ", the best of the verdict" : ""}`;
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
    boxes[state.at].scrollIntoView({ block: "nearest", inline: "nearest" });
    return true;
  };
  return { plots: [], points: boxes.length, say: words, move };
}
