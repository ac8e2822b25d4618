// Keys, and what is shown about them. A key presses the link or button that bears it in data-key; in a list j and k go down and
// up, Enter opens. Whoever is disturbed by keys of a single sign (speech input, a keyboard that slips) switches them off:
// WCAG 2.1.4. The choice is kept in this browser, for each account its own. Enter and Escape are no such keys.
(() => {
  "use strict";
  const dialog = document.getElementById("keys");
  const name = `jiban:single-keys:${document.body.dataset.person ?? ""}`;
  const isTyping = (element) => element.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") !== null;
  const isOn = () => { try { return localStorage.getItem(name) !== "off"; } catch { return true; } }; // a browser that keeps nothing
  const show = () => document.body.classList.toggle("keyless", !isOn());
  show();

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || dialog?.open) return;
    if (event.key === "Escape" && isTyping(event.target)) { event.target.blur(); return; }
    if (isTyping(event.target) || (event.key.length === 1 && !isOn())) return;
    if (event.key === "Enter" && event.target.closest("a, button, summary")) return; // it does what it stands on
    if (event.key === "j" || event.key === "k") { step(event.key === "j" ? 1 : -1); event.preventDefault(); return; }
    const pressed = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!pressed || pressed.disabled) return;
    event.preventDefault();
    if (pressed.matches("input, textarea, select")) pressed.focus(); else pressed.click();
  });

  // Move to the next or the previous row of the list.
  const step = (by) => {
    const rows = [...document.querySelectorAll("tr[data-row]")];
    if (rows.length === 0) return;
    const at = rows.indexOf(document.activeElement.closest("tr[data-row]"));
    const row = rows[Math.min(Math.max(at === -1 ? (by > 0 ? 0 : rows.length - 1) : at + by, 0), rows.length - 1)];
    rows.forEach((each) => each.classList.toggle("at", each === row));
    row.querySelector("a").focus();
  };

  // The dialog lists the keys of this page; closed, it gives the focus back.
  const open = document.getElementById("keys-open");
  if (!dialog || !open) return;
  const chosen = dialog.querySelector("input");
  const worded = (element) => {
    const label = element.labels?.[0] ?? element.cloneNode(true);
    label.querySelectorAll?.("kbd").forEach((key) => key.remove());
    return label.textContent.trim();
  };
  const line = (key, words) => {
    const cells = [document.createElement("dt"), document.createElement("dd")];
    cells[0].append(Object.assign(document.createElement("kbd"), { textContent: key.length === 1 ? key.toUpperCase() : key }));
    cells[1].textContent = words;
    return cells;
  };
  open.hidden = false;
  open.addEventListener("click", () => {
    const list = dialog.querySelector("dl"), rows = document.querySelector("tr[data-row] a");
    const borne = [...document.querySelectorAll("[data-key]")].filter((each) => each !== open && each.getClientRects().length > 0);
    list.replaceChildren(...(rows ? line("J · K", list.dataset.rows) : []), ...borne.flatMap((each) => line(each.dataset.key, worded(each))));
    chosen.checked = isOn();
    dialog.showModal();
  });
  chosen.addEventListener("change", () => {
    try { localStorage.setItem(name, chosen.checked ? "on" : "off"); } catch { chosen.checked = true; }
    show();
  });
  dialog.querySelector("button").addEventListener("click", () => dialog.close());
})();
