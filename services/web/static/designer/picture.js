// The picture of a process, to be looked at: every element with data-diagram shows the diagram it names.
(() => {
  "use strict";
  const show = async (place) => {
    const viewer = new window.BpmnJS({ container: place });
    try {
      const answer = await fetch(place.dataset.diagram, { credentials: "same-origin" });
      await viewer.importXML(await answer.text());
      viewer.get("canvas").zoom("fit-viewport", "auto");
    } catch {
      viewer.destroy();
      place.textContent = place.dataset.missing;
      place.classList.add("picture-missing");
    }
  };
  for (const place of document.querySelectorAll("[data-diagram]")) show(place);
})();
