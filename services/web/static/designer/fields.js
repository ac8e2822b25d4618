// The parts a panel is made of: plain elements, each with a label, none with markup from a text.
import { say } from "./say.js";

/** An element: `of("p", { class: "hint" }, "…")`. A function among the attributes listens; null and false say nothing. */
export function of(tag, attributes = {}, ...inside) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...inside.flat().filter((each) => each !== null && each !== undefined));
  return made;
}

/** A labelled field. `key` is its own within the panel, so that it keeps the focus when the panel is drawn again. */
function labelled(key, label, control, hint) {
  control.id = `field-${key}`;
  control.dataset.key = key;
  const told = hint ? of("span", { class: "hint", id: `hint-${key}` }, hint) : null;
  if (hint) control.setAttribute("aria-describedby", `hint-${key}`);
  return of("div", { class: "field" }, of("label", { for: control.id }, label), control, told);
}

/** A line of text; `list`: the id of the suggestions. `set` is told the trimmed text, undefined when it is empty. */
export function line({ key, label, value, set, hint, list, type = "text", ...more }) {
  const control = of("input", { type, value: value ?? "", list, autocomplete: "off", spellcheck: "false",
    change: () => set(control.value.trim() || undefined), ...more });
  return labelled(key, label, control, hint);
}

export function area({ key, label, value, set, hint, ...more }) {
  const control = of("textarea", { rows: 3, change: () => set(control.value.trim() || undefined), ...more });
  control.value = value ?? "";
  return labelled(key, label, control, hint);
}

/** One of several: `choices` are [value, label]; a value that is not among them is kept and shown as it is. */
export function choice({ key, label, value, set, choices, none, hint }) {
  const known = choices.some(([each]) => each === value);
  const control = of("select", { change: () => set(control.value || undefined) },
    none !== undefined ? of("option", { value: "" }, none) : null,
    choices.map(([each, said]) => of("option", { value: each }, said)),
    value && !known ? of("option", { value }, say("{value}（未知）", { value })) : null);
  control.value = value ?? "";
  return labelled(key, label, control, hint);
}

export function tick({ key, label, value, set, hint }) {
  const control = of("input", { type: "checkbox", change: () => set(control.checked) });
  control.checked = Boolean(value);
  control.id = `field-${key}`;
  control.dataset.key = key;
  return of("div", { class: "tick" }, control, of("label", { for: control.id }, label), hint ? of("span", { class: "hint" }, hint) : null);
}

export function section(title, ...inside) {
  const kept = inside.flat().filter(Boolean);
  return kept.length ? of("fieldset", { class: "part" }, of("legend", {}, title), kept) : null;
}

export function button(label, act, more = {}) {
  return of("button", { type: "button", click: act, ...more }, label);
}

/** Suggestions for lines: an element once, by its id. */
export function suggestions(id, choices) {
  return of("datalist", { id }, choices.map(([value, label]) => of("option", { value }, label)));
}
