// The drawing board: the editor, what the check says while one draws, keeping the work, and leaving with it.
import { JIBAN } from "./words.js";
import { chinese } from "./chinese.js";
import { of } from "./fields.js";
import { say } from "./say.js";
import { Model } from "./model.js";
import { Panel } from "./panel.js";
import { layoutProcess, minimap, Modeler, tokenSimulation } from "../vendor/bpmn-editor.js";

const board = document.getElementById("board");
const said = document.getElementById("said");
const given = board.dataset;
const CHECK_AFTER = 600; // ms without a change
const ALIKE = 3; // findings of a kind listed at once
const PALETTE = 124; // px it takes at the left
const state = { version: Number(given.version), saved: -1, findings: [], asked: 0, lines: [] };

const modeler = new Modeler({
  container: document.getElementById("canvas"), moddleExtensions: { jb: JIBAN },
  additionalModules: [chinese, tokenSimulation, minimap],
});
const commands = modeler.get("commandStack"), canvas = modeler.get("canvas"), overlays = modeler.get("overlays");
const registry = modeler.get("elementRegistry");

const tell = (text, kind = "") => { said.textContent = text; said.className = `said ${kind}`; };
const isDirty = () => commands._stackIdx !== state.saved || document.getElementById("title").value !== document.getElementById("title").defaultValue;
const source = async () => (await modeler.saveXML({ format: true })).xml;

/** JSON to the server and back; a refusal is thrown with what it says. */
async function ask(address, body) {
  const mark = document.querySelector('meta[name="csrf"]');
  const answer = await fetch(address, { method: "POST", credentials: "same-origin", body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", Accept: "application/json", ...(mark ? { "X-CSRF": mark.content } : {}) } });
  const isJson = (answer.headers.get("Content-Type") ?? "").includes("json");
  if (answer.redirected || answer.status === 401 || (answer.ok && !isJson)) throw new Error(say("登录已失效。请在新窗口登录后回到这里再存。"));
  const told = isJson ? await answer.json() : {};
  if (!answer.ok) throw Object.assign(new Error(told.reason || say("服务器没有受理（{status}）", { status: answer.status })), { status: answer.status, told });
  return told;
}

/* What is wrong with it */

let waiting;
const checkLater = () => { clearTimeout(waiting); waiting = setTimeout(check, CHECK_AFTER); };

async function check() {
  const number = state.asked += 1;
  try {
    const xml = await source();
    const told = await ask(given.check, { xml });
    if (number === state.asked) show(told, xml);
  } catch (error) {
    if (number === state.asked) document.getElementById("verdict").textContent = say("检查不了：{reason}", { reason: error.message });
  }
}

/** The element a finding is about; one that names only a line is about what is drawn around that line. */
function elementOf(found, lines) {
  if (found.element) return found.element;
  for (let at = (found.line ?? 0) - 1; at >= 0; at -= 1) {
    const named = /<bpmn2?:(\w+)[^>]*\sid="([^"]+)"/.exec(lines[at] ?? "");
    if (named && shapeOf(named[2])) return named[2];
  }
  return null;
}

/** What stands for an id on the board: a shape, a flow, the pool of a process, or the whole of it. */
function shapeOf(id) {
  return registry.get(id) ?? registry.find((each) => each.businessObject?.processRef?.id === id && !each.labelTarget);
}

function show(told, xml) {
  const lines = xml.split("\n");
  state.findings = told.findings.map((each) => ({ ...each, element: elementOf(each, lines) }));
  const count = (severity) => state.findings.filter((each) => each.severity === severity).length;
  const verdict = document.getElementById("verdict");
  const warned = count("warning") ? say("，{count} 条提醒", { count: count("warning") }) : "";
  verdict.textContent = (told.verdict === "deployable" ? say("可以发布") : say("{count} 个错误", { count: count("error") })) + warned;
  verdict.className = `tag ${told.verdict === "deployable" ? (count("warning") ? "yellow" : "green") : "red"}`;
  list();
  mark();
  panel.later();
}

/** One mistake can have many consequences of one kind: the first few are listed, the rest when asked for. */
function list() {
  const kinds = new Map();
  for (const each of state.findings) kinds.set(each.code, [...kinds.get(each.code) ?? [], each]);
  const lines = [...kinds.values()].flatMap((found) => {
    const shown = found.length <= ALIKE + 1 ? found : found.slice(0, ALIKE), rest = found.slice(shown.length);
    if (!rest.length) return shown.map(row);
    const more = of("li", {}, of("button", { type: "button", class: "rest", click: () => more.replaceWith(...rest.map(row)) }, say("同样的还有 {count} 处", { count: rest.length })));
    return [...shown.map(row), more];
  });
  document.getElementById("findings").replaceChildren(...lines);
}

function row(found) {
  const name = nameOf(found.element);
  return of("li", { class: found.severity },
    of("button", { type: "button", title: found.detail, disabled: !found.element, click: () => goTo(found.element) },
      of("span", { class: `tag ${{ error: "red", warning: "yellow" }[found.severity] ?? "blue"}` }, found.label),
      of("span", { class: "what" }, found.words.replace(`：“${name}”`, "")), of("span", { class: "where" }, name),
      of("span", { class: "hint" }, found.hint)));
}

const nameOf = (id) => { const found = id && shapeOf(id); return found ? (found.businessObject.name || id) : ""; };

function mark() {
  overlays.remove({ type: "finding" });
  for (const each of registry.getAll()) canvas.removeMarker(each.id, "has-error"), canvas.removeMarker(each.id, "has-warning");
  const worst = new Map();
  for (const { element, severity, words } of state.findings) {
    if (!element || severity === "note") continue;
    const kept = worst.get(element) ?? { severity, words: [] };
    worst.set(element, { severity: kept.severity === "error" ? "error" : severity, words: [...kept.words, words] });
  }
  for (const [id, { severity, words }] of worst) {
    const shape = shapeOf(id);
    if (!shape || shape === canvas.getRootElement()) continue;
    canvas.addMarker(shape.id, `has-${severity}`);
    overlays.add(shape.id, "finding", { position: shape.waypoints ? { top: -10, left: 0 } : { top: -10, right: 10 }, show: { minZoom: 0.3 },
      html: of("div", { class: `mark ${severity}`, title: words.join("\n") }, severity === "error" ? "!" : "?") });
  }
}

function goTo(id) {
  const shape = shapeOf(id);
  if (!shape) return;
  const root = canvas.findRoot(shape);
  if (root && root !== canvas.getRootElement()) canvas.setRootElement(root);
  modeler.get("selection").select(shape === root ? [] : shape);
  if (shape !== root) canvas.scrollToElement(shape, 120);
}

/* Keeping the work */

async function save() {
  document.activeElement?.matches?.(".props input, .props textarea, .props select") && document.activeElement.dispatchEvent(new Event("change"));
  const at = commands._stackIdx, title = document.getElementById("title");
  tell(say("正在保存…"));
  try {
    const xml = await source();
    const told = await ask(given.save, { xml, title: title.value, version: state.version });
    Object.assign(state, { version: told.version, saved: at });
    title.defaultValue = title.value;
    for (const each of document.querySelectorAll('input[name="version"]')) each.value = told.version;
    show(told, xml);
    tell(say("已保存 {at}", { at: told.saved_at.slice(11) }), "done");
    changed();
    return true;
  } catch (error) {
    const { told = {}, status } = error;
    tell(status === 409 && told.by ? say("{reason}您画的还在这里，没有丢：先下载保存一份，再重新打开草稿对照。", { reason: error.message })
      : say("没有存上：{reason}您画的还在这里。", { reason: error.message }), "wrong");
    return false;
  }
}

function changed() {
  board.classList.toggle("dirty", isDirty());
  document.getElementById("save").disabled = !isDirty();
  document.getElementById("undo").disabled = !commands.canUndo();
  document.getElementById("redo").disabled = !commands.canRedo();
}

function keep(text, name, type) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  of("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

const file = () => `${modeler.getDefinitions().rootElements.find((each) => each.$type === "bpmn:Process")?.id ?? "process"}`;
const zoom = (by) => modeler.get("zoomScroll").stepZoom(by);

/** Show the whole diagram beside the palette, never larger than it was drawn. */
function fit() {
  canvas.zoom("fit-viewport", "auto");
  const { inner, outer } = canvas.viewbox(), beside = modeler.get("toggleMode")._active ? 16 : PALETTE;
  const scale = Math.min((outer.width - beside - 24) / inner.width, (outer.height - 24) / inner.height, 1);
  const [width, height] = [outer.width / scale, outer.height / scale];
  const spare = Math.max(width - beside / scale - inner.width, 0) / 2;
  canvas.viewbox({ x: inner.x - beside / scale - spare, y: inner.y - (height - inner.height) / 2, width, height });
}
const ACTS = {
  save, undo: () => commands.undo(), redo: () => commands.redo(), "zoom-in": () => zoom(1), "zoom-out": () => zoom(-1), fit,
  actual: () => canvas.zoom(1), search: () => modeler.get("searchPad").toggle(), simulate: () => modeler.get("toggleMode").toggleMode(),
  xml: async () => keep(await source(), `${file()}.bpmn`, "application/xml"),
  svg: async () => keep((await modeler.saveSVG()).svg, `${file()}.svg`, "image/svg+xml"),
  checks: () => board.classList.toggle("without-checks"),
};

document.addEventListener("click", (event) => {
  const act = event.target.closest("[data-act]");
  if (act && ACTS[act.dataset.act]) ACTS[act.dataset.act]();
});
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey)) return;
  if (event.key === "s") { event.preventDefault(); save(); }
}, true);
// Keys pressed on the canvas are the editor's own, Escape in its search among them.
document.getElementById("canvas").addEventListener("keydown", (event) => event.stopPropagation());
document.getElementById("title").addEventListener("input", changed);
window.addEventListener("beforeunload", (event) => { if (isDirty() && !state.leaving) event.preventDefault(); });
board.addEventListener("told", (event) => tell(event.detail, "wrong"));

// What is handed over is what is drawn: it is kept first.
for (const form of document.querySelectorAll("form[data-after-saving]")) {
  form.addEventListener("submit", async (event) => {
    if (!isDirty()) { state.leaving = true; return; }
    event.preventDefault();
    event.stopPropagation();
    if (await save()) { state.leaving = true; form.submit(); }
  }, true);
}

/* An account of days opens over the board, not in its place. */
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-days]");
  if (!link) return;
  event.preventDefault();
  const dialog = document.getElementById("days");
  const answer = await fetch(link.href, { credentials: "same-origin" });
  const read = new DOMParser().parseFromString(await answer.text(), "text/html");
  dialog.querySelector(".days-inside").replaceChildren(...read.body.childNodes);
  dialog.showModal();
});

/* Beginning */

const BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL";

/** A picture for a diagram that has none. The layout follows what nodes say of their flows, which not every program writes. */
async function laidOut(xml) {
  const read = new DOMParser().parseFromString(xml, "application/xml");
  const nodes = new Map([...read.querySelectorAll("[id]")].map((each) => [each.id, each]));
  const told = (node, name, id) => node && ![...node.getElementsByTagNameNS(BPMN, name)].some((each) => each.textContent.trim() === id) && (() => {
    const said = read.createElementNS(BPMN, node.prefix ? `${node.prefix}:${name}` : name);
    said.textContent = id;
    node.append(said);
  })();
  for (const flow of read.getElementsByTagNameNS(BPMN, "sequenceFlow")) {
    told(nodes.get(flow.getAttribute("sourceRef")), "outgoing", flow.id);
    told(nodes.get(flow.getAttribute("targetRef")), "incoming", flow.id);
  }
  return layoutProcess(new XMLSerializer().serializeToString(read));
}

const model = new Model(modeler);
const panel = new Panel({
  place: document.getElementById("props"), model, vocabulary: await fetch(given.vocabulary, { credentials: "same-origin" }).then((answer) => answer.json()),
  findingsOf: (id) => state.findings.filter((each) => each.element === id),
});
modeler.on("commandStack.changed", () => { changed(); checkLater(); });
new ResizeObserver(() => canvas.resized()).observe(document.getElementById("canvas"));
modeler.on("root.set", mark);
modeler.on("tokenSimulation.toggleMode", ({ active }) => {
  document.querySelector('[data-act="simulate"]').setAttribute("aria-pressed", String(active));
  board.classList.toggle("simulating", active);
  document.getElementById("props").inert = active;
});

try {
  let xml = await fetch(given.source, { credentials: "same-origin" }).then((answer) => answer.text());
  const isDrawn = /<(\w+:)?BPMNShape\b/.test(xml);
  if (!isDrawn) xml = await laidOut(xml);
  const { warnings } = await modeler.importXML(xml);
  state.saved = commands._stackIdx;
  if (!isDrawn) { state.saved = -2; tell(say("这张图没有布局，已自动排好，请保存。")); }
  if (warnings.length) tell(say("读图时有 {count} 处没有读懂：{first}", { count: warnings.length, first: warnings[0].message }), "wrong");
  fit();
  check();
} catch (error) {
  tell(say("这张图画不出来：{reason}", { reason: error.message }), "wrong");
}
changed();
board.dataset.ready = "yes";
window.board = { modeler, save, check, isDirty };
