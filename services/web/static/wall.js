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
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    cell.append(page.querySelector(".account") ?? details.querySelector("a").cloneNode(true));
    row.after(wide);
  }));

  const dataOf = (id) => JSON.parse(document.getElementById(id).textContent);
  const ink = { color: "#1b2530", fontFamily: "inherit" };
  const colours = ["#12507b", "#e0a100", "#b3261e", "#8a96a1"];

  // A chart says what the table below it says; the tooltip is drawn, because the page allows no style in markup.
  const draw = (element, option) => {
    element.hidden = false;
    const chart = window.echarts.init(element, null, { renderer: "canvas" });
    chart.setOption({ animation: false, textStyle: ink, tooltip: { trigger: "axis", renderMode: "richText" },
      grid: { left: 8, right: 20, top: 40, bottom: 8, containLabel: true }, ...option });
    window.addEventListener("resize", () => chart.resize());
  };
  if (window.echarts) {
    document.querySelectorAll("[data-chart]").forEach((element) => {
      const { months, series, unit, kind } = dataOf(element.dataset.chart);
      const shades = series.length === 4 ? ["#59b585", "#12507b", "#b3261e", "#e0a100"] : colours;
      draw(element, {
        color: shades, legend: { top: 4, data: series.map((each) => each.name) }, xAxis: { type: "category", data: months },
        yAxis: { type: "value", name: unit, min: 0, max: unit === "%" ? 100 : null },
        series: series.map((each) => ({ name: each.name, type: kind, stack: kind === "bar" ? "all" : null, data: each.values,
          barMaxWidth: 42, symbolSize: 8, connectNulls: false, label: { show: series.length === 1, formatter: `{c}${unit}` } })),
      });
    });
    document.querySelectorAll("[data-share]").forEach((element) => {
      const steps = dataOf(element.dataset.share).filter((each) => each.total > 0).sort((a, b) => a.total - b.total).slice(-12);
      draw(element, {
        color: ["#12507b"], grid: { left: 8, right: 40, top: 8, bottom: 8, containLabel: true },
        xAxis: { type: "value" }, yAxis: { type: "category", data: steps.map((each) => each.name), axisLabel: { width: 130, overflow: "truncate" } },
        series: [{ type: "bar", data: steps.map((each) => each.total), barMaxWidth: 18, label: { show: true, position: "right" } }],
      });
    });
  }

  // The picture of a process with its heat: a shade for each step, and how long it takes and how many wait beside it.
  const picture = document.querySelector("[data-picture]");
  if (picture && window.BpmnJS) (async () => {
    const answer = await fetch(picture.dataset.picture);
    if (!answer.ok) return;
    picture.hidden = false;
    const viewer = new window.BpmnJS({ container: picture });
    await viewer.importXML(await answer.text());
    const canvas = viewer.get("canvas"), overlays = viewer.get("overlays"), registry = viewer.get("elementRegistry");
    const badge = (text, sort) => {
      const element = document.createElement("span");
      element.className = `heat-badge ${sort}`;
      element.textContent = text;
      return element;
    };
    for (const step of dataOf(picture.dataset.heat)) {
      if (!registry.get(step.node)) continue;
      if (step.shade) canvas.addMarker(step.node, `heat-${step.shade}`);
      if (step.p80) overlays.add(step.node, { position: { bottom: 8, left: 4 }, html: badge(step.p80, "time") });
      if (step.open) overlays.add(step.node, { position: { top: -10, right: 14 }, html: badge(String(step.open), "open") });
    }
    canvas.zoom("fit-viewport", "auto");
  })();
})();
