// The properties panel: what our words say of the selected element, in Chinese. It is drawn anew after every change and keeps the
// focus by the key of a field.
import { ELEMENTS } from "./chinese.js";
import { area, button, choice, line, of, section, suggestions, tick } from "./fields.js";
import { limit } from "./limits.js";
import { say } from "./say.js";
import { ACTS, COUNTERSIGNS, KINDS, MILESTONES, PARTIES, TYPES } from "./words.js";

const TASKS = new Set(["bpmn:UserTask", "bpmn:ManualTask", "bpmn:Task"]);
const SERVED = new Set(["bpmn:ServiceTask", "bpmn:SendTask", "bpmn:BusinessRuleTask"]);
const CHOOSING = new Set(["bpmn:ExclusiveGateway", "bpmn:InclusiveGateway"]);
const NAMED = {
  "bpmn:MessageEventDefinition": { title: say("消息"), label: say("消息名称"), type: "bpmn:Message", reference: "messageRef", name: "name" },
  "bpmn:SignalEventDefinition": { title: say("信号"), label: say("信号名称"), type: "bpmn:Signal", reference: "signalRef", name: "name" },
  "bpmn:ErrorEventDefinition": { title: say("错误"), label: say("错误代码"), type: "bpmn:Error", reference: "errorRef", name: "errorCode" },
  "bpmn:EscalationEventDefinition": { title: say("升级"), label: say("升级代码"), type: "bpmn:Escalation", reference: "escalationRef", name: "escalationCode" },
};
const STAGE = KINDS.filter(([kind]) => ["stage", "notice", "applicant"].includes(kind));
const OF_CASE = KINDS.filter(([kind]) => ["promised", "statutory", "target"].includes(kind));

export class Panel {
  constructor({ place, model, vocabulary, findingsOf }) {
    Object.assign(this, { place, model, vocabulary, findingsOf, element: null });
    const { modeler } = model;
    modeler.on(["selection.changed", "commandStack.changed", "import.done", "root.set"], () => this.later());
    place.addEventListener("submit", (event) => event.preventDefault());
  }

  /** After whatever is going on: a field that is about to get the focus is still there then. */
  later() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.draw(), 0);
  }

  draw() {
    const focused = document.activeElement?.closest?.(".props") ? document.activeElement.dataset.key : null;
    const open = new Set([...this.place.querySelectorAll("details[open]")].map((each) => each.dataset.key).filter(Boolean));
    const selected = this.model.modeler.get("selection").get();
    const top = this.place.scrollTop, before = this.element;
    this.element = selected.length === 1 ? (selected[0].labelTarget ?? selected[0]) : selected.length ? null : this.whole();
    this.place.replaceChildren(...this.parts().filter(Boolean));
    for (const each of this.place.querySelectorAll("details[data-key]")) if (open.has(each.dataset.key)) each.open = true;
    if (before === this.element) this.place.scrollTop = top;
    if (focused) this.place.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  /** With nothing selected: the process, which of a picture with one pool is what the pool holds. */
  whole() {
    const root = this.model.modeler.get("canvas").getRootElement();
    const pools = root.businessObject.$type === "bpmn:Collaboration" ? root.children.filter((each) => each.businessObject.processRef) : [];
    return pools.length === 1 ? pools[0] : root;
  }

  parts() {
    const { element, model } = this;
    if (!element) return [of("p", { class: "muted" }, say("选了几个元素；只选一个时在这里填写。"))];
    const owner = model.subject(element), kind = owner.$type;
    const definition = owner.eventDefinitions?.[0];
    return [
      of("h2", { class: "props-head" }, ELEMENTS[element.businessObject.$type] ? say(ELEMENTS[element.businessObject.$type]) : kind.replace("bpmn:", "")),
      this.findings(owner),
      this.general(owner),
      kind === "bpmn:Process" ? this.process(owner) : null,
      TASKS.has(kind) ? this.work(owner) : null,
      SERVED.has(kind) ? this.connector(owner) : null,
      kind === "bpmn:CallActivity" ? this.called(owner) : null,
      kind === "bpmn:Lane" ? this.party(owner) : null,
      ["bpmn:EndEvent", "bpmn:IntermediateThrowEvent"].includes(kind) ? this.milestone(owner, definition) : null,
      kind === "bpmn:BoundaryEvent" ? this.boundary(owner) : null,
      definition?.$type === "bpmn:TimerEventDefinition" ? this.timer(definition) : null,
      NAMED[definition?.$type] ? this.named(definition, NAMED[definition.$type]) : null,
      kind === "bpmn:ReceiveTask" ? this.named(owner, NAMED["bpmn:MessageEventDefinition"]) : null,
      kind === "bpmn:SequenceFlow" ? this.flow(owner) : null,
      CHOOSING.has(kind) ? this.fallback(owner) : null,
      owner.loopCharacteristics?.$type === "bpmn:MultiInstanceLoopCharacteristics" ? this.several(owner.loopCharacteristics) : null,
      this.explained(owner),
      suggestions("known-roles", this.vocabulary.roles.map(({ id, name }) => [id, name])),
      suggestions("known-forms", this.vocabulary.forms.map(({ id, name }) => [id, name])),
      suggestions("known-processes", this.vocabulary.processes.map(({ id, name }) => [id, name])),
      suggestions("known-systems", this.vocabulary.systems.map(({ id, name }) => [id, name])),
      suggestions("known-departments", this.vocabulary.departments.map((name) => [name, ""])),
    ];
  }

  findings(owner) {
    const found = this.findingsOf(owner.id), name = `：“${owner.name}”`;
    return found.length ? of("ul", { class: "findings" }, found.map((each) => of("li", { class: each.severity, title: each.detail },
      of("strong", {}, each.words.replace(name, "")), of("span", { class: "hint" }, each.hint)))) : null;
  }

  general(owner) {
    const { element, model } = this, isPool = element.businessObject !== owner;
    if (!("name" in owner) && !owner.$descriptor.propertiesByName["name"] && owner.$type !== "bpmn:TextAnnotation") return null;
    if (owner.$type === "bpmn:TextAnnotation") return section(say("基本"), area({ key: "text", label: say("注释"), value: owner.text, set: (text) => model.change(element, owner, { text }) }));
    const rename = (name) => model.several((modeling) => {
      model.change(element, owner, { name });
      if (isPool) modeling.updateProperties(element, { name });
    });
    return section(say("基本"),
      line({ key: "name", label: say("名称"), value: owner.name, set: rename }),
      line({ key: "id", label: say("标识"), value: owner.id, set: (id) => this.identify(owner, id),
        hint: TASKS.has(owner.$type) || owner.$type === "bpmn:CallActivity" ? say("条件里这样引用它") : undefined }));
  }

  /** Another id: refused where it could not stand, for then nothing could refer to it. */
  identify(owner, id) {
    const taken = this.model.every((object) => object.id === id).length || this.model.modeler.get("moddle").ids.assigned(id);
    if (!id || !/^[A-Za-z_][\w-]*$/.test(id) || (taken && id !== owner.id)) {
      this.later();
      this.place.dispatchEvent(new CustomEvent("told", { bubbles: true, detail: taken ? say("标识“{id}”已经用过，没有改。", { id }) : say("标识须以字母开头，只用字母、数字、下划线，没有改。") }));
      return;
    }
    this.model.change(this.element, owner, { id });
  }

  explained(owner) {
    if (!owner.$descriptor.propertiesByName["documentation"]) return null;
    const said = owner.documentation?.[0]?.text;
    return section(say("说明"), area({ key: "documentation", label: say("办理说明"), value: said, set: (text) => this.model.change(this.element, owner,
      { documentation: text ? [this.model.factory.create("bpmn:Documentation", { text })] : undefined }) }));
  }

  process(owner) {
    const { element, model } = this, matter = model.word(owner, "Matter"), set = (type) => (properties) => model.set(element, owner, type, properties);
    const ofMatter = (name) => (value) => set("Matter")({ [name]: value });
    return of("div", {},
      section(say("事项"),
        line({ key: "matter-code", label: say("实施编码"), value: matter?.code, set: ofMatter("code") }),
        line({ key: "matter-name", label: say("事项名称"), value: matter?.name, set: ofMatter("name") }),
        line({ key: "matter-department", label: say("主管部门"), list: "known-departments", value: matter?.department, set: ofMatter("department") }),
        line({ key: "matter-system", label: say("所用系统"), value: matter?.system, set: ofMatter("system"), hint: say("系统停办的日子不计") }),
        line({ key: "start-form", label: say("申请表单"), list: "known-forms", value: model.word(owner, "Start")?.form, set: (form) => set("Start")({ form }) })),
      this.limits(say("办件时限"), owner, OF_CASE, "promised"),
      this.variables(owner),
      section(say("一件事"), choice({ key: "stopped", label: say("何时停表"), value: model.word(owner, "Bundle")?.stopped_by, none: say("不是一件事，或子办件都停时停"),
        choices: [["all", say("子办件都停时停")], ["any", say("任一子办件停时停")]], set: (stopped_by) => set("Bundle")({ stopped_by }) })),
      tick({ key: "executable", label: say("可执行"), value: owner.isExecutable, set: (isExecutable) => model.change(element, owner, { isExecutable }) }));
  }

  limits(title, owner, kinds, first) {
    const { element, model } = this, all = model.words(owner, "Limit"), redraw = () => this.later();
    return section(title,
      all.map((word, place) => limit({ model, vocabulary: this.vocabulary, element, owner, word, key: `limit-${place}`, kinds, redraw,
        drop: () => model.drop(element, owner, word) })),
      button(say("加一条时限"), () => model.add(element, owner, "Limit", { kind: first, amount: "5", unit: "workday" }), { class: "add", "data-key": "add-limit" }));
  }

  variables(owner) {
    const { element, model } = this, set = (word, properties) => model.modeling.updateModdleProperties(element, word, properties);
    return section(say("变量"),
      model.words(owner, "Variable").map((word, place) => of("div", { class: "rows" },
        line({ key: `variable-${place}-name`, label: say("名称"), value: word.name, set: (name) => set(word, { name: name ?? "" }) }),
        choice({ key: `variable-${place}-type`, label: say("类型"), value: word.get("type") ?? "any", choices: TYPES, set: (type) => set(word, { type }) }),
        line({ key: `variable-${place}-default`, label: say("初值"), value: word.get("default"), set: (value) => set(word, { default: value }) }),
        button("×", () => model.drop(element, owner, word), { class: "drop", "aria-label": say("删去变量 {name}", { name: word.name }) }))),
      button(say("加一个变量"), () => model.add(element, owner, "Variable", { name: "value", type: "string" }), { class: "add", "data-key": "add-variable" }));
  }

  work(owner) {
    const { element, model } = this, work = model.word(owner, "Work"), set = (name) => (value) => model.set(element, owner, "Work", { [name]: value });
    const role = this.vocabulary.roles.find(({ id }) => id === work?.role)?.name;
    return of("div", {},
      section(say("环节"),
        choice({ key: "act", label: say("环节类型"), value: work?.act ?? "other", choices: ACTS, set: set("act") }),
        line({ key: "role", label: say("岗位"), list: "known-roles", value: work?.role, set: set("role"), hint: role }),
        line({ key: "form", label: say("表单"), list: "known-forms", value: work?.form, set: set("form"), hint: this.vocabulary.forms.find(({ id }) => id === work?.form)?.name })),
      this.outcomes(owner),
      this.limits(say("环节时限"), owner, STAGE, "stage"),
      this.countersign(owner),
      this.variables(owner));
  }

  outcomes(owner) {
    const { element, model } = this, set = (word, properties) => model.modeling.updateModdleProperties(element, word, properties);
    const fresh = (keys) => { let number = 1; while (keys.includes(`outcome${number}`)) number += 1; return `outcome${number}`; };
    const all = model.words(owner, "Outcome");
    return section(say("办理结果"),
      all.map((word, place) => of("div", { class: "rows two" },
        line({ key: `outcome-${place}-label`, label: say("按钮文字"), value: word.label, set: (label) => set(word, { label }) }),
        line({ key: `outcome-${place}-key`, label: say("键"), value: word.key, set: (key) => set(word, { key: key ?? "" }) }),
        button("×", () => model.drop(element, owner, word), { class: "drop", "aria-label": say("删去结果 {name}", { name: word.label ?? word.key }) }))),
      button(say("加一个结果"), () => model.add(element, owner, "Outcome", { key: fresh(all.map((each) => each.key)), label: say("办结") }), { class: "add", "data-key": "add-outcome" }),
      all.length ? of("p", { class: "hint" }, say("条件写作 {condition}", { condition: `${owner.id} == "${all[0].key}"` })) : null);
  }

  countersign(owner) {
    const { element, model } = this, word = model.word(owner, "Countersign"), set = (properties) => model.set(element, owner, "Countersign", properties);
    const mode = (value) => (value ? set({ mode: value, signers: word?.signers ?? "signers", ratio: value === "ratio" ? word?.ratio ?? "0.67" : undefined })
      : word && model.drop(element, owner, word));
    return section(say("会签"),
      choice({ key: "sign-mode", label: say("方式"), value: word?.mode, none: say("一人办"), choices: COUNTERSIGNS, set: mode }),
      word ? line({ key: "signers", label: say("签署人列表变量"), value: word.signers, set: (signers) => set({ signers: signers ?? "" }) }) : null,
      word?.mode === "ratio" ? line({ key: "ratio", label: say("比例"), value: word.ratio, set: (ratio) => set({ ratio }), hint: say("例如 0.67") }) : null,
      word ? choice({ key: "agree", label: say("哪个结果算同意"), value: word.agree, none: say("办了就算"), choices: model.words(owner, "Outcome").map((each) => [each.key, each.label ?? each.key]),
        set: (agree) => set({ agree }) }) : null);
  }

  connector(owner) {
    const word = this.model.word(owner, "Connector"), set = (properties) => this.model.set(this.element, owner, "Connector", properties);
    return section(say("系统对接"),
      line({ key: "topic", label: say("主题"), value: word?.topic, hint: say("对接程序或对接接口按主题领取"), set: (topic) => set({ topic }) }),
      word ? line({ key: "connector-system", label: say("系统"), value: word.system, hint: say("园区没有接通时转人工录入；不填则一律对接"), list: "known-systems", set: (system) => set({ system }) }) : null,
      word ? line({ key: "connector-takes", label: say("送出的资料"), value: word.takes, hint: say("变量名，空格分开；此外一概不给"), set: (takes) => set({ takes }) }) : null,
      word ? line({ key: "connector-gives", label: say("取回的变量"), value: word.gives, hint: say("变量名，空格分开；人工录入的也是这些"), set: (gives) => set({ gives }) }) : null,
      word?.system ? line({ key: "connector-role", label: say("人工录入岗位"), value: word.role, hint: say("不填为窗口受理人员"), list: "known-roles", set: (role) => set({ role }) }) : null,
      word ? line({ key: "connector-retries", label: say("重试次数"), value: word.retries, hint: say("不填为 3 次"), set: (retries) => set({ retries }) }) : null);
  }

  called(owner) {
    const { element, model } = this, word = model.word(owner, "Case"), isChild = word?.mode === "child";
    const set = (properties) => model.modeling.updateModdleProperties(element, word, properties);
    const mode = (value) => model.set(element, owner, "Case", value === "child" ? { mode: value } : { mode: value, optional: undefined, after: undefined, result: undefined, gives: undefined });
    const others = model.every((object) => object.$type === "bpmn:CallActivity" && object !== owner && model.word(object, "Case")?.mode === "child");
    const after = new Set((word?.after ?? "").split(/\s+/).filter(Boolean));
    const toggle = (id) => (on) => { if (on) after.add(id); else after.delete(id); set({ after: [...after].join(" ") || undefined }); };
    const name = this.vocabulary.processes.find(({ id }) => id === owner.calledElement)?.name;
    return section(say("调用"),
      line({ key: "called", label: say("调用的流程"), list: "known-processes", value: owner.calledElement, hint: name, set: (calledElement) => model.change(element, owner, { calledElement }) }),
      choice({ key: "mode", label: say("方式"), value: word?.mode ?? "inline", choices: [["inline", say("在本办件里办")], ["child", say("另开子办件")]], set: mode }),
      isChild ? tick({ key: "optional", label: say("申请人可以不选"), value: word.optional === "true", set: (on) => set({ optional: on ? "true" : undefined }) }) : null,
      isChild && others.length ? of("fieldset", { class: "inner" }, of("legend", {}, say("须后于这些子办件的决定")),
        others.map(({ businessObject: other }) => tick({ key: `after-${other.id}`, label: other.name || other.id, value: after.has(other.id), set: toggle(other.id) }))) : null,
      isChild ? line({ key: "result", label: say("结果写入变量"), value: word.result, set: (result) => set({ result }), hint: say("不填则为 {id}", { id: owner.id }) }) : null,
      isChild ? line({ key: "gives", label: say("带回的数据"), value: word.gives, set: (gives) => set({ gives }), hint: say("变量名，用空格隔开") }) : null);
  }

  party(owner) {
    const { element, model } = this, word = model.word(owner, "Party");
    return section(say("由谁办"),
      choice({ key: "party", label: say("按赋权清单"), value: word?.as, none: say("不指定（按环节类型）"), choices: PARTIES, set: (as) => model.set(element, owner, "Party", { as, unit: as ? undefined : word?.unit }) }),
      line({ key: "unit", label: say("或固定部门"), list: "known-departments", value: word?.unit, set: (unit) => model.set(element, owner, "Party", { unit, as: unit ? undefined : word?.as }) }));
  }

  milestone(owner, definition) {
    if (definition && owner.$type === "bpmn:IntermediateThrowEvent") return null;
    return section(say("法定节点"), choice({ key: "fact", label: say("办到这里即"), value: this.model.word(owner, "Milestone")?.fact, none: say("（没有法律意义）"), choices: MILESTONES,
      set: (fact) => this.model.set(this.element, owner, "Milestone", { fact }) }));
  }

  boundary(owner) {
    return section(say("边界事件"), tick({ key: "interrupting", label: say("发生时中断环节"), value: owner.cancelActivity !== false, hint: say("时限到期一般不中断，办件仍可超期办结"),
      set: (cancelActivity) => this.model.modeling.updateProperties(this.element, { cancelActivity }) }));
  }

  timer(definition) {
    const { element, model } = this, word = model.word(definition, "Limit");
    const iso = ["timeDuration", "timeDate", "timeCycle"].find((name) => definition[name]);
    const mode = (value) => model.several((modeling) => {
      const cleared = { timeDuration: undefined, timeDate: undefined, timeCycle: undefined };
      if (value === "limit") { modeling.updateModdleProperties(element, definition, cleared); if (!word) model.add(element, definition, "Limit", { kind: "stage", amount: "5", unit: "workday" }); return; }
      if (word) model.drop(element, definition, word);
      modeling.updateModdleProperties(element, definition, { ...cleared, [value]: model.expression({ timeDuration: "P5D", timeDate: "2026-12-31T17:00+08:00", timeCycle: "R3/P1D" }[value]) });
    });
    return section(say("何时到"),
      choice({ key: "timer-mode", label: say("写法"), value: word ? "limit" : iso, none: word || iso ? undefined : say("请选择"), set: (value) => value && mode(value),
        choices: [["limit", say("时限（工作日等）")], ["timeDuration", say("时长（ISO 8601）")], ["timeDate", say("时刻（ISO 8601）")], ["timeCycle", say("重复（ISO 8601）")]] }),
      word ? limit({ model, vocabulary: this.vocabulary, element, owner: definition, word, key: "timer-limit", redraw: () => this.later() }) : null,
      iso ? line({ key: "iso", label: "ISO 8601", value: definition[iso].body, set: (body) => model.modeling.updateModdleProperties(element, definition, { [iso]: model.expression(body) }),
        hint: say("P5D 为五个自然日，PT4H 为四小时") }) : null);
  }

  named(definition, how) {
    const found = definition[how.reference];
    return section(how.title, line({ key: "reference", label: how.label, value: found ? found.get(how.name) ?? found.name : "",
      set: (value) => this.model.refer(this.element, definition, how, value) }));
  }

  flow(owner) {
    const { element, model } = this, source = owner.sourceRef, isDefault = source?.default === owner;
    const set = (body) => model.modeling.updateProperties(element, { conditionExpression: model.expression(body) });
    const known = model.every((object) => TASKS.has(object.$type)).flatMap(({ businessObject: task }) => model.words(task, "Outcome").map((each) =>
      [`${task.id} == "${each.key}"`, `${task.name || task.id}：${each.label ?? each.key}`]));
    const children = model.every((object) => object.$type === "bpmn:CallActivity" && model.word(object, "Case")?.mode === "child");
    for (const { businessObject: child } of children) {
      for (const [key, said] of [["granted", say("准予")], ["refused", say("不予许可")], ["concluded", say("办结")]]) {
        known.push([`${model.word(child, "Case").result ?? child.id} == "${key}"`, `${child.name || child.id}：${said}`]);
      }
    }
    const makeDefault = (on) => model.modeling.updateProperties(model.registry.get(source.id), { default: on ? owner : undefined });
    return section(say("走这条路的条件"),
      area({ key: "condition", label: say("表达式"), value: owner.conditionExpression?.body, set, hint: say('例如 verify == "accept" && amount > 100') }),
      known.length ? choice({ key: "by-outcome", label: say("或按办理结果"), value: owner.conditionExpression?.body && known.some(([each]) => each === owner.conditionExpression.body) ? owner.conditionExpression.body : "",
        none: say("选一个结果填入"), choices: known, set: (value) => value && set(value) }) : null,
      CHOOSING.has(source?.$type) ? tick({ key: "default", label: say("默认流向（其他都不成立时走）"), value: isDefault, set: makeDefault }) : null);
  }

  fallback(owner) {
    const ways = (owner.outgoing ?? []).map((flow) => [flow.id, flow.name || flow.targetRef?.name || flow.targetRef?.id || flow.id]);
    return section(say("默认流向"), choice({ key: "fallback", label: say("都不成立时走"), value: owner.default?.id, none: say("没有"), choices: ways,
      set: (id) => this.model.modeling.updateProperties(this.element, { default: (owner.outgoing ?? []).find((flow) => flow.id === id) }) }));
  }

  several(loop) {
    const set = (name) => (body) => this.model.modeling.updateModdleProperties(this.element, loop, { [name]: this.model.expression(body) });
    return section(say("多实例"),
      line({ key: "cardinality", label: say("份数"), value: loop.loopCardinality?.body, set: set("loopCardinality"), hint: say("数字或表达式；按列表会签请用上面的“会签”") }),
      line({ key: "completion", label: say("提前结束的条件"), value: loop.completionCondition?.body, set: set("completionCondition") }));
  }
}
