// Our words in a diagram (urn:jiban:bpmn:1) as the board's model knows them, and what people may choose for each. The shapes follow
// bpmn/jiban.xsd; a test holds the two together. Every attribute is a text, so that what was written is written again.
import { say } from "./say.js";

const text = (names) => names.map((name) => ({ name, isAttr: true, type: "String" }));
const word = (name, ...attributes) => ({ name, superClass: ["Element"], properties: text(attributes) });

export const JIBAN = {
  name: "Jiban", uri: "urn:jiban:bpmn:1", prefix: "jb", xml: { tagAlias: "lowerCase" },
  types: [
    word("Matter", "code", "name", "department", "system", "situation"),
    word("Start", "form"),
    word("Variable", "name", "type", "default"),
    word("Limit", "kind", "amount", "unit", "count_first_day", "roll_off_holiday", "basis", "item", "exception"),
    word("Work", "act", "role", "form"),
    word("Outcome", "key", "label"),
    word("Countersign", "mode", "signers", "ratio", "agree"),
    word("Connector", "topic", "system", "role", "takes", "gives", "retries"),
    word("Case", "mode", "optional", "after", "result", "gives"),
    word("Bundle", "stopped_by"),
    word("Party", "as", "unit"),
    word("Milestone", "fact"),
  ],
};

const named = (choices) => choices.map(([value, label]) => [value, say(label)]);

export const ACTS = named([
  ["receive", "收件"], ["verify", "核验"], ["accept", "受理"], ["review", "审查"], ["decide", "决定"], ["certify", "制证"],
  ["hand_over", "送达"], ["inspect", "踏勘"], ["other", "其他"],
]);
export const KINDS = named([
  ["promised", "承诺时限"], ["statutory", "法定时限"], ["target", "力争时限"], ["stage", "环节时限"], ["notice", "告知公示期限"],
  ["applicant", "申请人期限"],
]);
export const UNITS = named([
  ["workday", "工作日"], ["half_day", "半日"], ["working_hour", "工作小时"], ["hour", "小时"], ["calendar_day", "自然日"], ["month", "个月"],
]);
export const TYPES = named([
  ["any", "任意"], ["string", "文字"], ["int", "整数"], ["double", "小数"], ["bool", "是否"], ["list", "列表"],
]);
export const MILESTONES = named([
  ["accepted", "受理"], ["deemed_accepted", "视为受理"], ["accepted_conditionally", "容缺受理"], ["declared", "告知承诺受理"],
  ["on_the_spot", "当场办结"], ["correcting", "一次性补正告知"], ["resubmitted", "补正材料收到"], ["reviewing", "审查"], ["granted", "准予"],
  ["refused", "不予许可"], ["concluded", "办结"], ["certified", "制证"], ["handed_over", "送达"], ["archived", "归档"],
  ["declined", "不予受理"], ["not_applicable", "不受理"], ["returned", "退件"], ["deemed_withdrawn", "视为撤回"],
]);
export const PARTIES = named([
  ["receiver", "收件单位"], ["reviewer", "审查单位"], ["decider", "决定单位"], ["sealer", "用印单位"], ["liable", "法律责任单位"],
  ["supervisor", "监管单位"], ["applicant", "申请人"], ["agent", "经办人"],
]);
export const COUNTERSIGNS = named([["all", "会签（全部签）"], ["any", "或签（一人签即可）"], ["ratio", "票签（达到比例）"]]);
