// A limit in the panel: its kind, number and unit, what it rests on, and when it would be due for a case accepted on a day.
import { KINDS, UNITS } from "./words.js";
import { button, choice, line, of, tick } from "./fields.js";
import { say } from "./say.js";

/** The day of acceptance that is supposed everywhere on the board. */
const supposed = { on: "" };

export function limit({ model, vocabulary, element, owner, word, key, kinds = KINDS, redraw, drop }) {
  supposed.on ||= vocabulary.today;
  const set = (properties) => model.modeling.updateModdleProperties(element, word, properties);
  const is = (name, unsaid) => (word.get(name) ?? unsaid) === "true";
  return of("div", { class: "limit" },
    choice({ key: `${key}-kind`, label: say("时限种类"), value: word.get("kind") ?? "promised", choices: kinds, set: (kind) => set({ kind }) }),
    of("div", { class: "pair" },
      line({ key: `${key}-amount`, label: say("数"), type: "number", min: 0, max: 10000, step: 1, value: word.get("amount"), set: (amount) => set({ amount }) }),
      choice({ key: `${key}-unit`, label: say("单位"), value: word.get("unit") ?? "workday", choices: UNITS, set: (unit) => set({ unit }) })),
    due(word),
    line({ key: `${key}-basis`, label: say("依据"), value: word.get("basis"), set: (basis) => set({ basis }), hint: say("条款或文件，会写进文书和时限说明") }),
    of("details", { class: "more", open: Boolean(word.get("item") || word.get("exception") || is("count_first_day", "false")) },
      of("summary", {}, say("更多")),
      tick({ key: `${key}-first`, label: say("当日算第一天"), value: is("count_first_day", "false"), set: (on) => set({ count_first_day: on ? "true" : undefined }) }),
      tick({ key: `${key}-roll`, label: say("末日遇休息日顺延"), value: is("roll_off_holiday", "true"), set: (on) => set({ roll_off_holiday: on ? undefined : "false" }) }),
      line({ key: `${key}-item`, label: say("承诺事项名"), value: word.get("item"), set: (item) => set({ item }), hint: say("项目承诺或事项库按这个名称给出数；不填数时必须有") }),
      line({ key: `${key}-exception`, label: say("长于法定的理由"), value: word.get("exception"), set: (exception) => set({ exception }), hint: say("依据；批准人；理由") })),
    drop ? of("div", { class: "row-end" }, button(say("删去这条时限"), () => { drop(); redraw(); }, { class: "plain" })) : null);
}

/** “假设 2026-03-02 受理 → 2026-03-09 到期”, asked of the server. */
function due(word) {
  const answer = of("output", { class: "due" });
  const day = of("input", { type: "date", value: supposed.on, "aria-label": say("假设受理日"), change: () => { supposed.on = day.value; ask(); } });
  const ask = async () => {
    const amount = word.get("amount");
    if (!/^[0-9]{1,5}$/.test(amount ?? "")) { answer.textContent = say("数由项目承诺或事项库给出"); return; }
    const length = `${amount}${word.get("unit") ?? "workday"}`;
    const asked = new URLSearchParams({ on: day.value, limit: length, count_first_day: word.get("count_first_day") ?? "false",
      roll_off_holiday: word.get("roll_off_holiday") ?? "true" });
    try {
      const told = await fetch(`/designer/due?${asked}`, { credentials: "same-origin" });
      const said = await told.json();
      if (!told.ok) throw new Error(said.reason);
      const days = new URLSearchParams({ at: day.value, limit: length, count_first_day: asked.get("count_first_day"), roll_off_holiday: asked.get("roll_off_holiday") });
      answer.replaceChildren("→ ", of("strong", {}, said.due), say(" 到期"), said.provisional ? of("span", { class: "tag blue" }, say("暂定")) : "",
        " ", of("a", { href: `/fragments/explain?${days}`, target: "_blank", rel: "noopener", "data-days": true }, say("逐日")));
    } catch (error) {
      answer.textContent = error.message || say("算不出来");
    }
  };
  ask();
  return of("div", { class: "supposed" }, of("span", {}, say("若")), day, of("span", {}, say("受理")), answer);
}
