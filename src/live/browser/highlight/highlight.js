(question) => {
  "use strict";
  const { marks, lasting } = question;
  const ID = "replayer-marks";
  const COLOURS = { good: "#16a34a", bad: "#dc2626", press: "#ea580c" };
  document.getElementById(ID)?.remove();
  if (marks.length === 0) return 0;

  // Beside the body and behind a shadow root: neither the page's styles nor the survey of the
  // controls see it, and every click goes through it.
  const host = document.createElement("div");
  host.id = ID;
  host.setAttribute("aria-hidden", "true");
  host.style.cssText = "all:initial;position:fixed;inset:0;z-index:2147483647;pointer-events:none";
  const root = host.attachShadow({ mode: "closed" });
  const names = [];
  for (const { rectangle, label, tone } of marks) {
    const [left, top, width, height] = rectangle;
    const colour = COLOURS[tone];
    const frame = document.createElement("div");
    frame.style.cssText =
      `position:fixed;left:${left - 2}px;top:${top - 2}px;width:${width + 4}px;height:${height + 4}px;` +
      `box-sizing:border-box;border:2px solid ${colour};border-radius:4px`;
    root.append(frame);
    // At the upper edge of the window there is no place above.
    const place = top < 14 ? `top:${top + height + 2}px` : `bottom:${innerHeight - top + 1}px`;
    const name = document.createElement("div");
    name.textContent = label;
    name.style.cssText =
      `position:fixed;left:${left - 2}px;${place};padding:0 3px;white-space:nowrap;color:#fff;background:${colour};` +
      "font:bold 9px/11px sans-serif;border-radius:3px";
    names.push(name);
  }
  // Above all frames, so that none cuts through a name.
  root.append(...names);
  document.documentElement.append(host);
  if (lasting !== null) setTimeout(() => host.remove(), lasting);
  return marks.length;
}
