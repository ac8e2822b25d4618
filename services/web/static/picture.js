// The picture of a process, with the steps that are open marked. Shows nothing but the file it is given.
(() => {
  "use strict";
  const place = document.getElementById("picture");
  if (!place || !window.BpmnJS) return;
  const viewer = new window.BpmnJS({ container: place });
  fetch(place.dataset.source).then((answer) => answer.text()).then((source) => viewer.importXML(source)).then(() => {
    const canvas = viewer.get("canvas");
    for (const node of place.dataset.open.split(" ").filter(Boolean)) {
      try { canvas.addMarker(node, "is-open"); } catch { /* a step inside a called process has no place in this picture */ }
    }
    canvas.zoom("fit-viewport", "auto");
  }).catch(() => { place.textContent = place.dataset.missing; });
})();
