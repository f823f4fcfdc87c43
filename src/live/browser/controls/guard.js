(order) => {
  "use strict";
  // Every event of a click of ours. The page's own, and those of others while none is due, pass.
  const KINDS = ["pointerdown", "mousedown", "pointerup", "mouseup", "click"];

  const build = () => {
    const none = () => ({ targets: [], holds: [], until: 0, press: -1, passed: 0, stopped: null });
    let state = none();
    const clean = (text) => (text || "").replace(/\s+/g, " ").trim().slice(0, 60);
    const shown = (element) => ({ tag: element?.tagName?.toLowerCase() ?? "", text: clean(element?.value || element?.innerText) });
    const label = ({ text, name }, ticks) => (ticks ? (text || name).replace(/[\d.,]+/g, "#") : text || name);
    const said = (element) => globalThis.replayerSurvey.said(element);
    const isRenamed = ({ element, says, ticks }) => label(said(element), ticks) !== label(says, ticks);
    const isAltered = ({ element, says }) => JSON.stringify(said(element)) !== JSON.stringify(says);

    // Why an event must not reach the page, if it must not.
    const against = ({ type, target: hit }) => {
      const target = state.targets[state.press];
      if (performance.now() > state.until) return { why: "late" };
      if (!target || !(hit instanceof Node) || !target.element.contains(hit)) return { why: "moved", ...shown(hit) };
      // In between the page may show that something is being pressed.
      if (type !== "pointerdown" && type !== "click") return null;
      const other = isRenamed(target) ? target : state.holds.find(isAltered);
      return other ? { why: "changed", ...shown(other.element) } : null;
    };
    const hear = (event) => {
      if (!event.isTrusted || state.targets.length === 0) return;
      if (event.type === "pointerdown") state.press += 1;
      // Once one was stopped, so is everything behind it.
      state.stopped ??= against(event);
      if (state.stopped === null) {
        state.passed += 1;
      } else {
        event.stopImmediatePropagation();
        event.preventDefault();
      }
    };
    const report = () => ({ passed: state.passed, stopped: state.stopped });
    return {
      // Again and again: a page that opens its document again removes every listener.
      listen: () => KINDS.forEach((kind) => addEventListener(kind, hear, true)),
      begin(targets, holds, within) {
        state = { ...none(), targets, holds, until: performance.now() + within };
        const over = targets.map(({ element, x, y }) => [element, document.elementFromPoint(x, y)]).find(([element, top]) => !element.contains(top));
        if (over) state.stopped = { why: "moved", ...shown(over[1]) };
        return report();
      },
      end() {
        const reported = report();
        state = none();
        return reported;
      },
    };
  };

  const guard = (globalThis.replayerGuard ??= build());
  guard.listen();
  if (!order?.targets) return guard.end();
  const surveyed = (place) => globalThis.replayerSurvey.surveyed[place];
  const targets = order.targets.map((target) => ({ ...target, ...surveyed(target.place) }));
  return guard.begin(targets, order.holds.map(surveyed), order.within);
}
