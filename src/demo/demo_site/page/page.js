"use strict";
(() => {
  const UNIT = 1e9; // lamports of a SOL: below 2^53 for every amount here
  const STEP = 1e6; // lamports of a thousandth
  const STEPS = { plus0001: STEP, plus001: 10 * STEP, plus01: 100 * STEP, plus1: 1000 * STEP };
  const PERCENTS = { percent10: 10, percent25: 25, percent50: 50, percent100: 100 };
  const COIN = "So11111111111111111111111111111111111111112";
  const at = (id) => document.getElementById(id);
  const told = JSON.parse(at("told").textContent);
  const field = at("amount"), row = at("row");
  const [buy, sell] = ["buy", "sell"].map((part) => document.querySelector(`[data-part="${part}"]`));

  const game = { phase: "", price: 1, path: [], timer: 0 };
  let page_state = told.page_state;
  let amount = 0, percent = 100, cash = null, held = 0, known = null;

  // ---- numbers as text

  const on = (mode) => page_state.switches.includes(mode);
  const comma = () => on("comma");
  const shown = (text) => (comma() ? text.replace(".", ",") : text);
  const sol = (lamports) => {
    const whole = Math.floor(lamports / UNIT);
    const rest = String(lamports % UNIT).padStart(9, "0").replace(/0{1,6}$/, "");
    return shown(whole + "." + rest);
  };
  const lamports = (number) => Math.round(number * UNIT);

  // ---- the socket: Engine.IO 4 and Socket.IO 5, as far as a game needs them

  let socket = null, next = 0;
  const waiting = new Map();
  const hex = (length) => Array.from({ length }, () => "0123456789abcdef"[Math.floor(Math.random() * 16)]).join("");
  const trace = () => ({ __trace: true, traceparent: `00-${hex(32)}-${hex(16)}-01` });

  function connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    socket = new WebSocket(`${scheme}://${location.host}/socket.io/?frontend-version=1.0&EIO=4&transport=websocket`);
    socket.onmessage = (message) => receive(message.data);
    socket.onclose = () => {
      waiting.clear();
      at("line").textContent = "disconnected";
      setTimeout(connect, 700 + Math.random() * 500);
    };
  }

  function receive(text) {
    if (typeof text !== "string") return;
    if (text[0] === "0") socket.send("40");
    else if (text[0] === "2") socket.send("3" + text.slice(1));
    else if (text.startsWith("40")) entered();
    else if (text.startsWith("42")) {
      const args = JSON.parse(text.slice(text.indexOf("[")));
      const payload = args.slice(1).find((arg) => arg && typeof arg === "object" && !arg.__trace);
      if (payload && handlers[args[0]]) handlers[args[0]](payload);
    } else if (text.startsWith("43")) {
      const begin = text.indexOf("[");
      const answer = waiting.get(text.slice(2, begin));
      waiting.delete(text.slice(2, begin));
      if (answer) answer(JSON.parse(text.slice(begin))[0]);
    }
  }

  function say(event, payload, answer) {
    if (!socket || socket.readyState !== 1) return note("not connected");
    const id = answer ? String(next++) : "";
    if (answer) waiting.set(id, answer);
    socket.send(`42${id}${JSON.stringify([event, trace(), payload])}`);
  }

  function entered() {
    at("line").textContent = "connected";
    say("authenticate", { account: told.account });
  }

  function order(event, payload) {
    if (on("confirm") && !confirm("Send it?")) return;
    const send = () => say(event, payload, (answer) => {
      note(answer && answer.success ? answer.message || "" : (answer && answer.error) || "refused");
    });
    if (on("slow-handler")) for (const end = Date.now() + 150; Date.now() < end; );
    if (on("send-late")) setTimeout(send, 150);
    else send();
    if (on("send-twice")) send();
    if (on("reload-on-order")) location.reload();
    modes.ordered(on);
  }

  // ---- what the server says

  const handlers = {
    gameStateUpdate(state) {
      game.timer = state.cooldownTimer || 0;
      if (state.price !== undefined) game.price = state.price;
      if (state.prices) game.path = state.prices.slice();
      if (state.active && state.tickCount === 0) game.path = [];
      if (state.partialPrices) {
        for (const [tick, price] of Object.entries(state.partialPrices.values)) game.path[Number(tick)] = price;
      }
      const before = game.timer > 0 ? (state.allowPreRoundBuys ? "presale" : "cooldown") : "";
      game.phase = state.rugged ? "rugged" : before || "active";
      if (before) game.price = 1;
      redraw();
    },
    playerUpdate(player) {
      known = player.authenticated ? told.account : null;
      cash = known ? lamports(player.cash) : null;
      held = lamports(player.positionQty);
      showAccount();
      at("entry").textContent = held > 0 ? "at " + Number(player.avgCost).toFixed(4) + "x" : "";
      at("bet").textContent = player.sideBet ? "wins up to tick " + player.sideBet.end : "5x when it rugs within 40 ticks";
      at("identity").innerHTML = "";
      const sign = document.createElement(known ? "span" : "button");
      sign.textContent = known || "Connect";
      if (!known) sign.onclick = entered;
      at("identity").append(sign);
    },
    currentSidebetResult(bet) {
      note(bet.payout > 0 ? `sidebet won ${bet.payout} SOL` : "sidebet lost");
    },
    "demo/page_state"(state) {
      page_state = state;
      dress();
    },
    "demo/do"({ what, text, ms }) {
      if (what === "alert") setTimeout(() => alert(text), 0);
      else if (what === "hang") for (const end = Date.now() + ms; Date.now() < end; );
      else if (what === "reload") location.reload();
      else if (what === "drop-socket") socket.close();
    },
  };

  function showAccount() {
    at("balance").textContent = cash === null ? "–" : sol(cash) + " SOL";
    at("position").textContent = sol(held) + " SOL";
  }

  // ---- the controls

  const wrong = (flaw, part) => page_state.flaws.some(([one, of]) => one === flaw && of === part);

  function press(part) {
    if (on("deaf") && (part === "buy" || part === "sell")) return;
    if (wrong("numb", part) || wrong("disable", part)) return;
    if (part in STEPS) amount += STEPS[part];
    else if (part === "clear") amount = page_state.switches.includes("stuck-clear") ? amount : 0;
    // As the real page: what is finer than a thousandth is cut off.
    else if (part === "half") amount = Math.floor(amount / 2 / STEP) * STEP + (page_state.switches.includes("halve-wrong") ? STEP : 0);
    else if (part === "double") amount *= 2;
    else if (part === "max") amount = cash || 0;
    else if (part in PERCENTS) percent = PERCENTS[part];
    else if (part === "buy") order("buyOrder", { amount: amount / UNIT });
    else if (part === "sell") order("sellOrder", { percentage: percent });
    else if (part === "sidebet") order("requestSidebet", { amount: amount / UNIT, coinAddress: COIN, xPayout: 5 });
    else if (part === "short") order("shortOrder", { amount: amount / UNIT });
    show();
  }

  function show() {
    field.value = modes.written(on, sol(amount), field.value);
    at("editable").textContent = sol(amount);
    for (const button of document.querySelectorAll("[data-part]")) label(button);
  }

  function label(button) {
    const part = button.dataset.part;
    const own = page_state.texts[part];
    if (part in PERCENTS) button.setAttribute("aria-pressed", String(PERCENTS[part] === percent));
    if (part === "buy") {
      button.innerHTML = `<span>${amount > 0 ? "+" + sol(amount) + " SOL" : ""}</span>`;
      button.prepend(own === undefined ? "BUY" : own);
    } else if (own !== undefined) {
      button.dataset.plain ??= button.textContent;
      button.textContent = own;
    } else if (button.dataset.plain !== undefined) {
      button.textContent = button.dataset.plain;
      delete button.dataset.plain;
    }
  }

  const one = (part) => document.querySelector(`[data-part="${part}"]`);

  /** Makes the page look as it is to: every time from the page as it was. */
  function dress() {
    document.querySelectorAll("[data-twin], [data-cover]").forEach((extra) => extra.remove());
    one("short")?.remove();
    [buy.dataset.part, sell.dataset.part] = ["buy", "sell"];
    buy.disabled = sell.disabled = false;
    row.append(buy, sell);
    if (page_state.switches.includes("short")) {
      const button = sell.cloneNode(true);
      button.dataset.part = "short";
      delete button.dataset.plain;
      button.textContent = "SHORT";
      sell.before(button);
    }
    if (page_state.switches.includes("swap")) row.prepend(sell), row.append(buy);
    for (const button of document.querySelectorAll("[data-part]")) {
      const part = button.dataset.part;
      const off = wrong("disable", part);
      if (button.tagName === "BUTTON") button.disabled = off;
      else button.setAttribute("aria-disabled", String(off));
      button.style.display = wrong("hide", part) ? "none" : "";
    }
    if (!sways) requestAnimationFrame(sway);
    sways = true;
    show();
    showAccount();
    for (const button of [...document.querySelectorAll("[data-part]")]) {
      for (const kind of ["twin", "ghost"]) {
        if (!wrong(kind, button.dataset.part)) continue;
        const twin = button.cloneNode(true);
        delete twin.dataset.plain;
        twin.dataset.twin = "";
        twin.removeAttribute("data-part");
        if (kind === "twin") button.after(twin);
        else twin.style.display = "none", button.before(twin);
      }
    }
    if (page_state.switches.includes("cover")) {
      const cover = document.createElement("div");
      cover.className = "§cover§";
      cover.dataset.cover = "";
      document.body.append(cover);
    }
    modes.dress(on);
    // For who told it to: so far the page is as it was told to be.
    const flaws = page_state.flaws.map((flaw) => flaw.join(":"));
    document.documentElement.dataset.modes = [...page_state.switches, ...flaws].join(" ");
    document.documentElement.dataset.texts = Object.entries(page_state.texts).flat().join(" ");
  }

  const modes = demoModes({
    buy,
    sell,
    row,
    label,
    // What only a page that means ill does with its amount and its share.
    more: () => (amount *= 10, show()),
    all: () => (percent = 100, show()),
  });

  document.addEventListener("pointerdown", (event) => {
    const button = event.target.closest?.("[data-part]");
    if (button && on("on-press")) press(button.dataset.part);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-part]");
    if (button && !on("on-press")) press(button.dataset.part);
  });

  field.addEventListener("input", () => {
    const typed = field.value.replace(comma() ? "," : "\0", ".");
    if (!/^\d{0,6}(\.\d{0,9})?$/.test(typed)) return;
    amount = lamports(Number(typed) || 0);
    document.querySelectorAll("[data-part]").forEach(label);
  });
  field.addEventListener("change", show);

  function note(text) {
    at("note").textContent = text;
  }

  // ---- the picture: often enough for an eye, however fast the game is played

  const APART_MS = 100;
  let due = false, drawn = -APART_MS;
  function redraw() {
    if (due) return;
    due = true;
    setTimeout(() => requestAnimationFrame((now) => {
      [due, drawn] = [false, now];
      draw();
    }), Math.max(0, drawn + APART_MS - performance.now()));
  }

  function draw() {
    const canvas = at("path"), pen = canvas.getContext("2d");
    const path = game.path.filter((price) => price !== undefined);
    at("price").textContent = shown(game.price.toFixed(4)) + "x";
    at("countdown").textContent =
      game.phase === "active" ? "" : game.phase === "rugged" ? "RUGGED" : `Next round in ${shown((game.timer / 1000).toFixed(1))} s${game.phase === "presale" ? " · presale" : ""}`;
    pen.clearRect(0, 0, canvas.width, canvas.height);
    const high = Math.max(2, ...path.slice(-600));
    pen.strokeStyle = game.phase === "rugged" ? "#e05264" : "#35d07f";
    pen.lineWidth = 2;
    pen.beginPath();
    path.slice(-600).forEach((price, place, all) => {
      const x = (place / Math.max(60, all.length)) * canvas.width;
      const y = canvas.height - (price / high) * (canvas.height - 20);
      place ? pen.lineTo(x, y) : pen.moveTo(x, y);
    });
    pen.stroke();
  }

  let sways = false; // a frame of it is asked for
  function sway(now) {
    sways = page_state.switches.includes("move");
    at("controls").style.transform = sways ? `translate(${Math.round(40 * Math.sin(now / 150))}px, ${Math.round(12 * Math.cos(now / 110))}px)` : "";
    if (sways) requestAnimationFrame(sway);
  }

  dress();
  connect();
})();
