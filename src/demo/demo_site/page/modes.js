
/** Everything that a page can do wrong to who clicks in it. What is on is asked for each time. */
function demoModes({ buy, sell, row, label, more, all }) {
  const field = document.getElementById("amount"), editable = document.getElementById("editable");
  let timers = [], classes = 0, grown = false;
  const every = (ms, does) => timers.push(setInterval(does, ms));
  const extra = (tag, style) => {
    const element = document.createElement(tag);
    element.dataset.cover = "";
    element.style.cssText = style;
    document.body.append(element);
    return element;
  };
  const OVER = "position:fixed;inset:0;width:100%;height:100%;z-index:1000;border:0;background:transparent";
  const frame = () => (extra("iframe", OVER).srcdoc = "<body style='margin:0'><button style='width:100vw;height:100vh;opacity:0'>BUY</button>");

  /** Where nothing of the page's own order is touched, but how it looks and moves. */
  function dress(on) {
    timers.forEach(clearInterval);
    [timers, grown] = [[], false];
    if (shadow && !on("shadow")) shadow = (shadow.remove(), null);
    row.querySelector("[data-nest]")?.remove();
    const style = (element, name, mode, value) => (element.style[name] = on(mode) ? value : "");
    style(document.body, "zoom", "zoom", "1.25");
    style(document.body, "transform", "transform", "scale(0.8) rotate(2deg)");
    style(document.body, "minHeight", on("scroll") ? "scroll" : "scroll-late", "3000px");
    scrollTo(0, on("scroll") ? 60 : 0);
    row.style.transform = on("tiny") ? "scale(0.1)" : on("away") ? "translateX(5000px)" : "";
    style(row, "opacity", "faint", "0");
    style(row, "clipPath", "clip", "inset(0 0 100% 0)");
    style(row, "pointerEvents", "pointer-none", "none");
    row.inert = on("inert");
    row.setAttribute("aria-disabled", String(on("busy")));
    field.readOnly = on("readonly");
    [field.hidden, editable.hidden] = [on("editable"), !on("editable")];
    if (on("nested")) {
      const nest = document.createElement("div");
      nest.dataset.nest = "";
      nest.className = "§nest§";
      // Only BUY: a row of several is none of them.
      row.prepend(nest);
      nest.append(buy);
    }
    if (on("shadow")) {
      shadow = document.createElement("div");
      shadow.attachShadow({ mode: "open" }).append(buy, sell);
      row.append(shadow);
    }
    if (on("frame-over")) frame();
    if (on("modal")) extra("dialog", "").showModal();
    if (on("steal-focus")) {
      const thief = extra("textarea", "position:fixed;right:0;bottom:0;width:9px;height:9px");
      every(20, () => thief.focus());
    }
    for (const ms of [15, 40, 100]) if (on(`swap-${ms}`)) every(ms, swap);
    if (on("relabel")) every(15, () => ([buy.dataset.part, sell.dataset.part] = [sell.dataset.part, buy.dataset.part], relabel()));
    else relabel();
    if (on("blink")) every(150, () => (row.style.visibility = row.style.visibility ? "" : "hidden"));
    else row.style.visibility = "";
    if (on("rename")) every(20, () => (row.className = `${rowClass} renamed${classes++}`));
    else row.className = rowClass;
    if (on("reload-loop")) every(700, () => location.reload());
    onbeforeunload = on("unload") ? (event) => event.preventDefault() : null;
    if (on("second-socket")) second ??= listen();
    else if (second) second = (second.close(), null);
    if (on("worker")) navigator.serviceWorker?.register("/worker.js");
  }
  const rowClass = row.className;
  let shadow = null, second = null;

  const swap = () => row.prepend(row.lastElementChild);
  function relabel() {
    if (sell.dataset.part === "buy") return label(sell), (buy.textContent = "SELL");
    if (!("plain" in sell.dataset)) sell.textContent = "SELL";
    label(buy);
    label(sell);
  }

  /** A socket of the same feed, by the other name of this machine. */
  function listen() {
    const host = location.host.replace(/^[^:]*/, location.hostname === "localhost" ? "127.0.0.1" : "localhost");
    const socket = new WebSocket(`ws://${host}/socket.io/?EIO=4&transport=websocket`);
    socket.onmessage = ({ data }) => {
      if (data[0] === "0") socket.send("40");
      else if (data[0] === "2") socket.send("3" + data.slice(1));
    };
    return socket;
  }

  /** What the field says of an amount. */
  function written(on, text, before) {
    if (on("reformat")) return `◎ ${text} SOL`;
    if (on("grouping")) return text.replace(/\.(\d{3})/, ".$1 0");
    if (on("append")) return before + text;
    if (on("maxlength")) return text.slice(0, 4);
    return text;
  }

  /** What comes with an order. */
  function ordered(on) {
    if (on("alert-on-order")) alert("It is sent.");
    if (on("popup")) open("about:blank#popup", "_blank", "width=300,height=200");
    if (on("new-tab")) open("about:blank#tab", "_blank", "noopener");
    if (on("unload")) setTimeout(() => location.reload(), 0);
    if (on("back")) history.pushState(null, "", location.href), history.back();
    if (on("leave")) location.href = "about:blank";
    if (on("submit")) {
      const form = extra("form", "");
      new URLSearchParams(location.search).forEach((value, name) => {
        const input = document.createElement("input");
        [input.type, input.name, input.value] = ["hidden", name, value];
        form.append(input);
      });
      form.submit();
    }
  }

  const state = () => (document.documentElement.dataset.modes || "").split(" ");
  const isOn = (mode) => state().includes(mode);
  const trading = (event) => [buy, sell].includes(event.target.closest?.("button"));
  document.addEventListener("pointerover", (event) => {
    if (!trading(event)) return;
    const button = event.target.closest("button");
    // Once: what is put under the mouse is entered again.
    if (isOn("amount-late") && button === buy && !grown) (grown = true), more();
    if (isOn("percent-late") && button === sell) all();
    if (isOn("label-late") && button === buy) buy.textContent = "BUY +5.000 SOL";
    if (isOn("cover-late")) extra("div", OVER);
    if (isOn("frame-late")) frame();
    if (isOn("swap-late")) swap();
    if (isOn("scroll-late")) scrollTo(0, scrollY + 90);
  });
  document.addEventListener("pointerdown", (event) => {
    if (!trading(event)) return;
    if (isOn("amount-at-press")) more();
    if (isOn("disable-late")) buy.disabled = sell.disabled = true, setTimeout(() => (buy.disabled = sell.disabled = false), 100);
    if (isOn("capture")) (event.target.closest("button") === buy ? sell : buy).setPointerCapture(event.pointerId);
  });

  return { dress, written, ordered };
}
