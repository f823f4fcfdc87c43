async (question) => {
  "use strict";
  const MOST = 2000;
  const TEXT = 200;
  const bad = [];
  const selectors = question.selectors.map((selector, place) => {
    try {
      document.querySelector(selector);
      return selector;
    } catch {
      bad.push(place);
      return null;
    }
  });

  const clean = (text) => (text || "").replace(/\s+/g, " ").trim().slice(0, TEXT);
  const box = (element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return [x, y, width, height];
  };
  const pointer = (element) => getComputedStyle(element).cursor === "pointer";
  const hitsOf = (element) => selectors.flatMap((selector, place) => (selector && element.matches(selector) ? [place] : []));
  const isControl = (element) => /^(BUTTON|INPUT|TEXTAREA|SELECT)$/.test(element.tagName) || element.getAttribute("role") === "button";

  // Whatever is a control, looks like one, or is named by the profile.
  const found = [];
  for (const element of document.body ? document.body.querySelectorAll("*") : []) {
    const hits = hitsOf(element);
    const looks = pointer(element) && !(element.parentElement && pointer(element.parentElement));
    if (hits.length || looks || isControl(element)) found.push({ element, hits });
    if (found.length >= MOST) break;
  }

  const isVisible = (element, [, , width, height]) => {
    if (width <= 0 || height <= 0) return false;
    if (element.checkVisibility) return element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    const style = getComputedStyle(element);
    return style.visibility === "visible" && style.opacity !== "0";
  };
  const isEnabled = (element) =>
    !element.matches(":disabled") && !element.closest('[aria-disabled="true"]') && !/(^|[\s_-])disabled($|[\s_-])/i.test(element.getAttribute("class") || "");
  const pressed = (element) => {
    for (const name of ["aria-pressed", "aria-checked", "aria-selected"]) {
      const state = element.getAttribute(name);
      if (state === "true" || state === "false") return state === "true";
    }
    return /(^|[\s_-])(active|selected|pressed)($|[\s_-])/i.test(element.getAttribute("class") || "") ? true : null;
  };
  // What an element says: the guard of the clicks reads it again when the mouse is pressed.
  const said = (element) => {
    const isField = "value" in element && /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
    return {
      text: isField ? "" : clean(element.innerText ?? element.textContent),
      name: clean(element.getAttribute("aria-label")),
      value: isField ? String(element.value).slice(0, TEXT) : null,
      pressed: pressed(element),
    };
  };
  const parentOf = (element) => {
    for (let up = element.parentElement; up; up = up.parentElement) {
      const place = found.findIndex((one) => one.element === up);
      if (place >= 0) return place;
    }
    return null;
  };

  const elements = found.map(({ element, hits }) => {
    const at = box(element);
    const [x, y] = [at[0] + at[2] / 2, at[1] + at[3] / 2];
    const inView = x >= 0 && y >= 0 && x < innerWidth && y < innerHeight;
    const top = inView ? document.elementFromPoint(x, y) : null;
    return {
      tag: element.tagName.toLowerCase(),
      role: element.getAttribute("role") || "",
      hits,
      parent: parentOf(element),
      box: at,
      visible: isVisible(element, at),
      inView,
      enabled: isEnabled(element),
      reached: top !== null && element.contains(top),
      over: top === null ? "" : top.tagName.toLowerCase(),
    };
  });

  // Two frames later: what moves is not pressed. A page that draws nothing does not move either,
  // but nobody can say so.
  const frame = () => new Promise((done) => requestAnimationFrame(() => done(true)));
  const late = new Promise((done) => setTimeout(() => done(false), 250));
  const drawn = await Promise.race([frame().then(frame), late]);
  const surveyed = found.map(({ element }, place) => {
    elements[place].later = element.isConnected ? box(element) : null;
    // Read last, so that a page that writes with the next frame is not taken at its old word.
    const says = said(element);
    Object.assign(elements[place], says);
    return { element, says };
  });
  globalThis.replayerSurvey = { surveyed, said };
  const stopped = globalThis.replayerGuard?.end().stopped ?? null;
  return { elements, bad, drawn, width: innerWidth, height: innerHeight, stopped };
}
