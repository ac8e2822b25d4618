// What the pages do beyond their forms: keys, the next case, live queues. Everything also works without it.
(() => {
  "use strict";
  const isTyping = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;

  // A key presses the link or button that bears it in data-key; in a list j and k go down and up, Enter opens.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && isTyping(event.target)) { event.target.blur(); return; }
    if (isTyping(event.target)) return;
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

  // A form is sent once, however often its button is pressed.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 5000);
  });

  // Leaving a page with something typed asks first.
  document.addEventListener("input", (event) => { if (event.target.form?.dataset.keep !== undefined) event.target.form.dataset.dirty = "yes"; });
  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-dirty]:not([data-sent])")) event.preventDefault();
  });

  // What counts stays fresh while somebody looks.
  setInterval(() => { if (document.visibilityState === "visible") document.body.dispatchEvent(new CustomEvent("jiban:tick")); }, 20000);
  // Whoever is signed out meanwhile is told, and the page keeps what was typed.
  document.addEventListener("signed-out", () => {
    const notice = document.getElementById("signed-out");
    notice.hidden = false;
    notice.querySelector("a").href = `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
  });

  // htmx bears the mark of the visit.
  document.addEventListener("htmx:configRequest", (event) => {
    const mark = document.querySelector('meta[name="csrf"]');
    if (mark) event.detail.headers["X-CSRF"] = mark.content;
  });
})();
