// Draws one game: its price, what a bot did at which tick, and what the bot was worth.

const MARKS = {
  buy: ["--gain", (ctx, x, y, r) => triangle(ctx, x, y + r * 2.2, r, -1)],
  sell: ["--loss", (ctx, x, y, r) => triangle(ctx, x, y - r * 2.2, r, 1)],
  liquidation: ["--rug", (ctx, x, y, r) => cross(ctx, x, y - r * 2, r)],
};

function triangle(ctx, x, y, r, down) {
  ctx.beginPath();
  ctx.moveTo(x - r, y - r * down);
  ctx.lineTo(x + r, y - r * down);
  ctx.lineTo(x, y + r * down);
  ctx.closePath();
  ctx.fill();
  ctx.stroke();
}

function cross(ctx, x, y, r) {
  ctx.lineWidth = 2.4 * devicePixelRatio;
  ctx.strokeStyle = ctx.fillStyle;
  ctx.beginPath();
  ctx.moveTo(x - r, y - r); ctx.lineTo(x + r, y + r);
  ctx.moveTo(x + r, y - r); ctx.lineTo(x - r, y + r);
  ctx.stroke();
}

const LANE = 9;

// The sidebets, from their stake to their end, in a lane at the foot of the plot; where one was won,
// the whole height says so.
function windows(u, bot) {
  const { ctx, bbox } = u;
  const pixel = devicePixelRatio;
  const foot = bbox.top + bbox.height;
  ctx.save();
  for (const { from, to, won } of bot.windows) {
    const left = Math.max(u.valToPos(from, "x", true), bbox.left);
    const right = Math.min(u.valToPos(to, "x", true), bbox.left + bbox.width) - pixel;
    if (right <= left) continue;
    if (won) {
      ctx.fillStyle = css("--won-window");
      ctx.fillRect(left, bbox.top, right - left, bbox.height);
    }
    ctx.fillStyle = ctx.strokeStyle = css(won ? "--gain" : "--open");
    ctx.lineWidth = pixel;
    if (won) ctx.fillRect(left, foot - LANE * pixel, right - left, LANE * pixel);
    else ctx.strokeRect(left + pixel, foot - (LANE - 0.5) * pixel, right - left - pixel, (LANE - 1) * pixel);
  }
  ctx.restore();
}

function marks(u, bot) {
  const { ctx, bbox } = u;
  const r = 5 * devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left - r, bbox.top - r, bbox.width + 2 * r, bbox.height + 2 * r);
  ctx.clip();
  for (const { tick, kind, price } of bot.events) {
    const mark = MARKS[kind];
    const x = u.valToPos(tick, "x", true);
    if (!mark || x < bbox.left - 1 || x > bbox.left + bbox.width + 1) continue;
    ctx.fillStyle = css(mark[0]);
    ctx.strokeStyle = css("--paper");
    ctx.lineWidth = devicePixelRatio;
    mark[1](ctx, x, u.valToPos(Number(price), "y", true), r);
  }
  ctx.restore();
}

function rug(u, tick) {
  rule(u, "x", tick, css("--rug"), [4, 3]);
  const x = u.valToPos(tick, "x", true);
  const { ctx, bbox } = u;
  if (x < bbox.left || x > bbox.left + bbox.width + 1) return;
  ctx.save();
  ctx.fillStyle = css("--rug");
  ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textAlign = "right";
  ctx.textBaseline = "top";
  ctx.fillText(`rug, tick ${tick}`, x - 5 * devicePixelRatio, bbox.top + 3 * devicePixelRatio);
  ctx.restore();
}

function game(chart, element, state) {
  const bot = chart.bots[Number(state.controls.bot ?? 0)] ?? chart.bots[0];
  const logarithmic = state.controls.scale === "log";
  const sync = uPlot.sync(element.id);
  const cursor = { points: { size: 7 }, y: false, drag: { x: true, y: false }, sync: { key: sync.key, scales: ["x", null] } };
  const known = chart.prices.filter((price) => price !== null);
  const peak = Math.max(...known);
  const tickAxis = (show) => axis(show ? "tick" : undefined, "", show ? {} : { values: (u, splits) => splits.map(() => ""), size: 8 });
  // Both plots are as wide, so that their ticks stand under each other.
  const room = (u, values) => Math.max(58, widthOf(u, values));
  const lane = bot.windows.length ? 0.06 : 0;
  const priceScale = logarithmic
    ? { distr: 3, range: () => [Math.min(...known) * (lane ? 0.5 : 0.8), peak * 1.3] }
    : { range: () => [-lane * peak, peak * 1.12] };
  const worth = bot.worth.length > 0;
  const price = new uPlot({
    ...size(element, worth ? 0.72 : 1),
    series: [{}, {
      label: "price", stroke: css("--ink"), width: 1.5, points: { show: !chart.whole, size: 6, fill: css("--ink") },
      paths: chart.whole ? undefined : () => null,
    }],
    scales: { x: { time: false }, y: priceScale },
    axes: [tickAxis(!worth), axis("price, x", "", { size: room, values: (u, splits) => logarithmic ? splits.map((v) => v === null ? "" : figure(v)) : labels(splits, "").map((text, at) => splits[at] < 0 ? "" : text) })],
    legend: { show: false }, cursor,
    hooks: {
      drawClear: [(u) => { windows(u, bot); rule(u, "y", 1, css("--soft"), [2, 3]); }],
      draw: [(u) => { rug(u, chart.rug); marks(u, bot); }],
    },
  }, [chart.ticks, chart.prices], element);
  const plots = [price];
  if (worth) {
    plots.push(new uPlot({
      ...size(element, 0.42),
      series: [{}, { label: "worth", stroke: css("--s0"), width: 1.5, fill: faded(css("--s0"), 0.08), fillTo: bot.worth[0], points: { show: false } }],
      scales: { x: { time: false }, y: { range: (u, low, high) => { const pad = (high - low || high * 0.02 || 1) * 0.1; return [low - pad, high + pad]; } } },
      axes: [tickAxis(true), axis("SOL", "", { size: room, space: 28 })],
      legend: { show: false }, cursor,
      hooks: { drawClear: [(u) => { rule(u, "y", bot.worth[0], css("--soft"), [2, 3]); }], draw: [(u) => rule(u, "x", chart.rug, css("--rug"), [4, 3])] },
    }, [chart.ticks, bot.worth], element));
    // A zoom of one is a zoom of both.
    let busy = false;
    plots.forEach((one, place) => {
      one.hooks.setScale = [(u, key) => {
        if (key !== "x" || busy) return;
        busy = true;
        plots[1 - place].setScale("x", { min: u.scales.x.min, max: u.scales.x.max });
        busy = false;
      }];
    });
  }
  const say = (at) => {
    const tick = chart.ticks[at];
    const told = [`tick ${grouped(tick)}`];
    if (chart.prices[at] !== null) told.push(`price ${figure(chart.prices[at], "", 5)}x`);
    if (worth) told.push(`${bot.name} worth ${figure(bot.worth[at], "", 6)} SOL`);
    bot.events.filter((event) => event.tick === tick).forEach((event) => {
      const delta = Number(event.delta);
      told.push(`${event.kind.replace("_", " ")}${delta ? " " + signed(delta) + " SOL" : ""}`);
    });
    return told.join(", ");
  };
  return { plots, points: chart.ticks.length, say };
}
