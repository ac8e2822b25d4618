// What the supervisor's pages do beyond their links and forms. Without it they show the same, and do not renew themselves.
(() => {
  "use strict";

  // A part that bears data-every looks again after so many seconds, while somebody can see it. What has not changed stays.
  document.querySelectorAll("[data-every]").forEach((part) => {
    const look = () => { if (!document.hidden && window.htmx) window.htmx.trigger(part, "look"); };
    setInterval(look, Number(part.dataset.every) * 1000);
    document.addEventListener("visibilitychange", look);
    const numbers = () => new Map([...part.querySelectorAll("a[id]")].map((each) => [each.id, each.textContent.trim()]));
    let before = numbers();
    const stale = (is) => part.classList.toggle("stale", is);
    part.addEventListener("htmx:beforeSwap", (event) => { before = numbers(); stale(!event.detail.shouldSwap); });
    part.addEventListener("htmx:afterSwap", () => {
      for (const [id, text] of numbers()) {
        const link = document.getElementById(id);
        if (before.get(id) !== text) { link.classList.add("changed"); setTimeout(() => link.classList.remove("changed"), 6000); }
      }
    });
    part.addEventListener("htmx:sendError", () => stale(true));
    part.addEventListener("htmx:responseError", () => stale(true));
  });

  // A choice that bears data-submit needs no button.
  document.addEventListener("change", (event) => { if (event.target.dataset.submit !== undefined) event.target.form.requestSubmit(); });

  // The account of a clock is fetched when it is opened, and stands in a row of its own.
  document.querySelectorAll("details[data-account]").forEach((details) => details.addEventListener("toggle", async () => {
    const row = details.closest("tr");
    if (!details.open) { row.nextElementSibling?.matches(".account-row") && row.nextElementSibling.remove(); return; }
    const answer = await fetch(details.dataset.account, { headers: { Accept: "text/html" } });
    if (!details.open) return;
    const wide = document.createElement("tr");
    wide.className = "account-row";
    const cell = wide.insertCell();
    cell.colSpan = row.cells.length;
    cell.append(...new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes);
    row.after(wide);
  }));
})();
