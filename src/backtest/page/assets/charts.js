// Draws the charts of the page with uPlot, and makes each usable by keyboard.

// Colours as they are in the appearance of the moment: only a style that is in use knows.
const probe = document.body.appendChild(document.createElement("span"));
probe.hidden = true;
const css = (name) => {
  probe.style.color = `var(${name})`;
  return getComputedStyle(probe).color;
};
const colour = (slot) => css(`--s${slot % 8}`);
const dash = (slot) => [[], [9, 5], [2, 4]][Math.floor(slot / 8) % 3];
const MINUS = "\u2212";

// A number with as many digits as its size on the axis deserves.
function figure(value, unit, digits = 4) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (unit === "%") return `${trim((value * 100).toPrecision(digits))}%`;
  return trim(Math.abs(value) >= 1e5 ? value.toExponential(2) : Number(value.toPrecision(digits)).toString());
}
const trim = (text) => {
  const plain = text.includes("e") ? text : String(Number(text));
  return plain.replace("-", MINUS);
};
const signed = (value, unit) => (value > 0 ? "+" : "") + figure(value, unit);
const grouped = (value) => Math.round(value).toLocaleString("en-US");

// Labels of an axis: all with the same number of decimals.
function labels(splits, unit) {
  const scaled = unit === "%" ? splits.map((value) => value * 100) : splits;
  const step = scaled.length > 1 ? Math.abs(scaled[1] - scaled[0]) : 1;
  let decimals = 0;
  while (decimals < 9 && Math.abs(step * 10 ** decimals - Math.round(step * 10 ** decimals)) > 1e-6 * step * 10 ** decimals) decimals += 1;
  return scaled.map((value) => value === null ? "" : fixed(value, decimals) + (unit === "%" ? "%" : ""));
}

// A number with that many decimals; never a negative zero.
function fixed(value, decimals) {
  const text = Math.abs(value).toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return (value < 0 && /[1-9]/.test(text) ? MINUS : "") + text;
}

const FONT = "12px system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";

function axis(name, unit, more = {}) {
  return {
    stroke: css("--soft"), font: FONT, labelFont: FONT, labelSize: 18, size: 26,
    grid: { stroke: css("--grid"), width: 1 }, ticks: { show: false },
    label: name, values: (u, splits) => labels(splits, unit), ...more,
  };
}

// The y axis is as wide as its widest label.
function widthOf(u, values) {
  if (!values || !values.length) return 40;
  const longest = values.reduce((one, other) => String(other).length > String(one).length ? other : one, "");
  u.ctx.save();
  u.ctx.font = FONT;
  const width = u.ctx.measureText(longest).width;
  u.ctx.restore();
  return Math.ceil(width) + 14;
}

const faded = (solid, opacity) => solid.replace(/^rgb\((.*)\)$/, `rgba($1, ${opacity})`);

// A vertical or horizontal line across a plot.
function rule(u, scale, value, stroke, dashes = []) {
  const along = u.valToPos(value, scale, true);
  const { left, top, width, height } = u.bbox;
  const vertical = scale === "x";
  if (along < (vertical ? left : top) || along > (vertical ? left + width : top + height)) return;
  u.ctx.save();
  u.ctx.strokeStyle = stroke;
  u.ctx.lineWidth = devicePixelRatio;
  u.ctx.setLineDash(dashes.map((part) => part * devicePixelRatio));
  u.ctx.beginPath();
  if (vertical) { u.ctx.moveTo(along, top); u.ctx.lineTo(along, top + height); }
  else { u.ctx.moveTo(left, along); u.ctx.lineTo(left + width, along); }
  u.ctx.stroke();
  u.ctx.restore();
}

const numbers = (values) => values.map((value) => value === null ? null : Number(value));

// Curves over a common axis, each with a band where it has one.
function lines(chart, element, state) {
  const data = [chart.x];
  const series = [{}];
  const bands = [];
  chart.series.forEach((one, place) => {
    const shown = state.shown[place];
    data.push(numbers(one.y));
    series.push({
      label: one.name, show: shown, stroke: colour(one.slot), width: 2, dash: dash(one.slot),
      points: { show: false }, spanGaps: true,
      paths: chart.steps ? uPlot.paths.stepped({ align: 1 }) : undefined,
    });
  });
  chart.series.forEach((one, place) => {
    if (!one.low.length) return;
    const edge = { show: state.shown[place], stroke: faded(colour(one.slot), 0.35), width: 1, points: { show: false }, band: true };
    data.push(one.high, one.low);
    series.push({ ...edge }, { ...edge });
    bands.push({ series: [series.length - 2, series.length - 1], fill: faded(colour(one.slot), 0.1) });
  });
  const plot = new uPlot({
    ...size(element), series, bands,
    scales: { x: { time: false }, y: { range: padded(chart.unit === "%") } },
    axes: [axis(chart.x_name, ""), axis(chart.unit === "%" ? "share of lives" : chart.unit, chart.unit, { size: widthOf })],
    legend: { show: false }, cursor: { points: { size: 7 }, y: false, drag: { x: true, y: false } },
    hooks: { drawClear: [(u) => rule(u, "y", 0, css("--soft"))] },
  }, data, element);
  const say = (at) => {
    const told = chart.series.map((one, place) => [one, place]).filter(([one, place]) => state.shown[place] && one.y[at] !== null);
    const values = told.map(([one]) => `${one.name} ${chart.unit === "%" ? figure(one.y[at], "%") : signed(Number(one.y[at]))}`);
    return `${chart.x_name} ${grouped(chart.x[at])}: ${values.join(", ")}${chart.unit === "%" ? "" : " " + chart.unit}`;
  };
  return { plots: [plot], points: chart.x.length, say };
}

// A scale with some room above and below, zero always on it.
function padded(share) {
  return (u, low, high) => {
    if (low === null) return [0, 1];
    const [from, to] = [Math.min(low, 0), Math.max(high, 0)];
    const room = (to - from || 1) * 0.06;
    return share ? [0, Math.min(1, to + room) || 1] : [from < 0 ? from - room : 0, to > 0 ? to + room : 0];
  };
}

// A histogram. Bars that are open at one end go to the lowest or highest value: they have a width of
// their own, and are pale, as they are not to scale.
const TAIL = 4;
function bars(chart, element) {
  const closed = chart.bins.filter(([low, high]) => low !== null && high !== null);
  const [least, most] = chart.ends ?? [closed[0]?.[0] ?? 0, closed[closed.length - 1]?.[1] ?? 0];
  const single = chart.bins.length === 1 && chart.bins[0].includes(null);
  const wide = closed.length ? Math.max(...closed.map(([low, high]) => high - low)) : Math.abs(least) || 1;
  const bins = chart.bins.map(([low, high, count]) =>
    single ? [least - wide / 2, most + wide / 2, count, false]
      : [low ?? high - TAIL * wide, high ?? low + TAIL * wide, count, low === null || high === null]);
  const data = [bins.map(([low, high]) => (low + high) / 2), bins.map((bin) => bin[2])];
  const from = bins[0][0], to = bins[bins.length - 1][1];
  const tails = single ? [] : [chart.bins[0][0] === null ? from : null, chart.bins[bins.length - 1][1] === null ? to : null];
  // Marks at round numbers, and at the lowest and highest value where bars are not to scale.
  const splits = (u, _, low, high, step) => {
    if (single) return [least];
    if (!(step > 0)) return tails;
    const room = 58 / (size(element).width - 80) * (to - from);
    const inner = [tails[0] === null ? from : from + Math.max(room, TAIL * wide), tails[1] === null ? to : to - Math.max(room, TAIL * wide)];
    const marks = [];
    for (let mark = Math.ceil(inner[0] / step) * step; mark <= inner[1]; mark += step) marks.push(mark);
    return [tails[0], ...marks, tails[1]].filter((mark) => mark !== null);
  };
  const names = (u, marks) => {
    const round = labels(marks.filter((mark) => !tails.includes(mark)), "");
    return marks.map((mark) => single ? figure(least, "", 6) : mark === tails[0] ? end(least, 0) : mark === tails[1] ? end(most, 1) : round.shift());
  };
  // Enough digits to tell an end from the bar beside it.
  const end = (value, side) => {
    const edge = side ? chart.bins[bins.length - 1][0] : chart.bins[0][1];
    let digits = 3;
    while (digits < 9 && value !== edge && figure(value, "", digits) === figure(edge, "", digits)) digits += 1;
    return figure(value, "", digits);
  };
  const draw = (u) => {
    const { ctx } = u;
    ctx.save();
    const solid = colour(chart.slot), pale = faded(solid, 0.55);
    const zero = u.valToPos(0, "y", true);
    bins.forEach(([low, high, count, open]) => {
      if (!count) return;
      ctx.fillStyle = open ? pale : solid;
      const [left, right] = [u.valToPos(low, "x", true), u.valToPos(high, "x", true)];
      const top = Math.min(u.valToPos(count, "y", true), zero - devicePixelRatio);
      const gap = right - left > 4 * devicePixelRatio ? devicePixelRatio : 0;
      ctx.fillRect(left, top, Math.max(right - left - gap, devicePixelRatio), zero - top);
    });
    ctx.restore();
    rule(u, "x", 0, css("--soft"));
    if (chart.mean !== null) rule(u, "x", chart.mean, css("--ink"), [5, 4]);
  };
  const plot = new uPlot({
    ...size(element), padding: [null, 28, null, null],
    series: [{}, { label: chart.counted, paths: () => null, points: { show: false } }],
    scales: { x: { time: false, range: [from, to] }, y: { range: (u, low, high) => [0, high * 1.06 || 1] } },
    axes: [axis(chart.unit, "", { space: 60, splits, values: names }), axis(chart.counted, "", { size: widthOf, space: 34, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6, 5e6, 1e7] })],
    legend: { show: false }, cursor: { points: { show: false }, y: false, drag: { x: false, y: false } },
    hooks: { draw: [draw] },
  }, data, element);
  const say = (at) => {
    const [low, high, count] = chart.bins[at];
    const range = `${signed(low ?? least)} to ${signed(high ?? most)}`;
    return `${range} ${chart.unit}: ${grouped(count)} ${chart.counted}`;
  };
  return { plots: [plot], points: bins.length, say };
}

// On paper: a sheet of A4 or letter between its margins, and half of that.
const SHEET = 680, HALF = 325;
const paper = { printing: false };

function size(element, share = 1) {
  const sheet = element.closest(".multiples") ? HALF : SHEET;
  const width = paper.printing ? sheet : Math.max(240, element.clientWidth);
  const height = Math.max(parseFloat(getComputedStyle(element).minHeight), Math.min(width * 0.42, 360));
  return { width, height: Math.round(height * share) };
}
