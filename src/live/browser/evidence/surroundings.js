(question) => {
  "use strict";
  const { selectors, most } = question;
  const ATTRIBUTES = /^(aria-[a-z]+|class|data-testid|disabled|id|inputmode|readonly|role|type)$/;
  const NUMBER = /^[+\-\u2212]?[\d.,%xX\s]*(SOL)?$/;
  const LEFT_OUT = "\u2026";
  const isControl = (element) =>
    /^(BUTTON|INPUT|TEXTAREA|SELECT)$/.test(element.tagName) || element.getAttribute("role") === "button";
  const escape = (text) => text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);

  // What the profile names; where it names nothing, whatever is a control.
  const named = new Set();
  for (const selector of selectors || []) {
    try {
      for (const element of document.querySelectorAll(selector)) named.add(element);
    } catch {
      // A selector that is none names nothing.
    }
    if (named.size > 200) break;
  }
  const isShown = (element) => {
    const { width, height } = element.getBoundingClientRect();
    return width > 0 && height > 0;
  };
  let controls = [...named].filter((element) => isControl(element) && isShown(element));
  if (controls.length === 0 && document.body) {
    controls = [...document.body.querySelectorAll("button,input,[role=button]")].filter(isShown).slice(0, 200);
  }
  if (controls.length === 0) return { html: "", box: null };

  // The nearest element around all of them.
  let around = controls[0];
  for (const control of controls) while (!around.contains(control)) around = around.parentElement;

  let html = "";
  const put = (text) => {
    if (html.length < most) html += text.slice(0, most - html.length);
  };
  const write = (node, inControl) => {
    if (html.length >= most) return;
    if (node.nodeType === Node.TEXT_NODE) {
      const text = node.data.replace(/\s+/g, " ").trim();
      // Around the controls stands what is about others, too.
      if (text) put(escape(inControl || NUMBER.test(text) ? text.slice(0, 80) : LEFT_OUT));
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE || /^(SCRIPT|STYLE|SVG|IFRAME|IMG|NOSCRIPT)$/i.test(node.tagName)) return;
    const tag = node.tagName.toLowerCase();
    put(`<${tag}`);
    const inside = inControl || isControl(node);
    for (const { name, value } of node.attributes) {
      // What is called something for those who do not see it may be somebody.
      if (ATTRIBUTES.test(name) && (inside || name !== "aria-label")) put(` ${name}="${escape(value.slice(0, 200))}"`);
    }
    if ("value" in node && typeof node.value === "string") {
      put(` value="${NUMBER.test(node.value) ? escape(node.value.slice(0, 80)) : LEFT_OUT}"`);
    }
    put(">");
    for (const child of node.childNodes) write(child, inside);
    put(`</${tag}>`);
  };
  write(around, false);

  let [left, top, right, bottom] = [Infinity, Infinity, 0, 0];
  for (const control of controls) {
    const box = control.getBoundingClientRect();
    left = Math.min(left, box.left);
    top = Math.min(top, box.top);
    right = Math.max(right, box.right);
    bottom = Math.max(bottom, box.bottom);
  }
  const MARGIN = 4;
  left = Math.max(0, left - MARGIN);
  top = Math.max(0, top - MARGIN);
  const width = Math.min(innerWidth, right + MARGIN) - left;
  const height = Math.min(innerHeight, bottom + MARGIN) - top;
  return { html, box: width > 0 && height > 0 ? [left, top, width, height] : null };
}
