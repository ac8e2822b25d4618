// What the pages do beyond their forms: a form is sent once and not lost, queues stay fresh. Everything also works without it.
(() => {
  "use strict";
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
