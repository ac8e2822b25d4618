// The editor's own words in Chinese; English BPMN terms stay where designers know them by no other name.
import { say } from "./say.js";

const WORDS = {
  "Activate hand tool": "移动画布 (H)", "Activate lasso tool": "框选 (L)", "Activate create/remove space tool": "增减空隙 (S)",
  "Activate global connect tool": "连线 (C)", "Create start event": "开始事件", "Create intermediate/boundary event": "中间/边界事件",
  "Create end event": "结束事件", "Create gateway": "网关", "Create task": "任务", "Create expanded sub-process": "子流程",
  "Create data object reference": "数据对象", "Create data store reference": "数据存储", "Create pool/participant": "泳池",
  "Create group": "分组", "Append end event": "接结束事件", "Append gateway": "接网关", "Append task": "接任务",
  "Append intermediate/boundary event": "接中间/边界事件", "Append compensation activity": "接补偿活动",
  "Append receive task": "接接收任务", "Append message intermediate catch event": "接消息事件",
  "Append timer intermediate catch event": "接定时事件", "Append conditional intermediate catch event": "接条件事件",
  "Append signal intermediate catch event": "接信号事件", "Add text annotation": "加注释", "Add lane above": "在上面加泳道",
  "Add lane below": "在下面加泳道", "Divide into two lanes": "分成两道", "Divide into three lanes": "分成三道",
  "Change element": "换成别的", "Change type": "换成别的", Delete: "删除", "Connect to other element": "连线",
  "Connect using association": "用关联连线", "Connect using data input association": "用数据关联连线",
  "Align elements": "对齐", "Align elements ": "对齐", "Align elements left": "左对齐", "Align elements center": "左右居中",
  "Align elements right": "右对齐", "Align elements top": "上对齐", "Align elements middle": "上下居中",
  "Align elements bottom": "下对齐", "Distribute elements horizontally": "横向等距", "Distribute elements vertically": "纵向等距",
  "Search in diagram": "在图中查找", "Search": "查找", "Open minimap": "打开缩略图", "Close minimap": "关上缩略图", "Open {element}": "打开 {element}",
  "Toggle non-interrupting": "中断/非中断", "Participant multiplicity": "多个参与方", Collection: "多份", Loop: "循环",
  "Parallel multi-instance": "并行多实例", "Sequential multi-instance": "顺序多实例", "Set color": "设颜色", Exclusive: "排他",
  Parallel: "并行", Task: "任务", "User task": "用户任务", "Service task": "服务任务（连接器）", "Manual task": "人工任务",
  "Send task": "发送任务", "Receive task": "接收任务", "Script task": "脚本任务（不支持）", "Business rule task": "业务规则任务",
  "Call activity": "调用活动", "Sub-process": "子流程", "Sub-process (collapsed)": "子流程（收起）",
  "Sub-process (expanded)": "子流程（展开）", "Event sub-process": "事件子流程（不支持）", "Ad-hoc sub-process": "特设子流程（不支持）",
  "Ad-hoc sub-process (collapsed)": "特设子流程（收起，不支持）", "Ad-hoc sub-process (expanded)": "特设子流程（展开，不支持）",
  Transaction: "事务", "Exclusive gateway": "排他网关", "Parallel gateway": "并行网关", "Inclusive gateway": "包容网关",
  "Complex gateway": "复杂网关（不支持）", "Event-based gateway": "事件网关",
  "Event based instantiating Gateway": "开办流程的事件网关（不支持）",
  "Parallel Event based instantiating Gateway": "等齐的事件网关（不支持）", "Sequence flow": "顺序流", "Default flow": "默认流向",
  "Conditional flow": "条件流向", "Start event": "开始事件", "End event": "结束事件", "Intermediate throw event": "中间事件（法定节点）",
  "Boundary event": "边界事件", "Terminate end event": "终止结束事件", "Cancel end event": "取消结束事件",
  "Cancel boundary event": "取消边界事件", "Link intermediate catch event": "链接到达", "Link intermediate throw event": "链接出发",
  "Data object reference": "数据对象", "Data store reference": "数据存储", "Empty pool/participant": "空泳池",
  "Expanded pool/participant": "泳池", "Empty pool/participant (removes content)": "空泳池（内容会删去）", "Text annotation": "注释",
  "no shape type specified": "没有指定图形", "more": "更多", "Elements": "元素", "element": "元素", "no results": "没有找到",
  "Close": "关闭", "Group": "分组", "Participant": "泳池", "Lane": "泳道",
};
const KINDS = {
  Message: "消息", Timer: "定时", Escalation: "升级", Conditional: "条件", Error: "错误", Signal: "信号", Compensation: "补偿", Cancel: "取消",
};
const PLACES = {
  "start event": "开始事件", "intermediate catch event": "中间捕获事件", "intermediate throw event": "中间抛出事件",
  "boundary event": "边界事件", "end event": "结束事件",
};

/** “Timer boundary event (non-interrupting)” is 定时边界事件（非中断）: made of its parts. */
function event(template) {
  const found = /^(\w+) ((?:start|intermediate catch|intermediate throw|boundary|end) event)( \(non-interrupting\))?$/.exec(template);
  if (!found || !KINDS[found[1]]) return undefined;
  return say(KINDS[found[1]]) + say(PLACES[found[2]]) + (found[3] ? say("（非中断）") : "");
}

export function translate(template, replacements = {}) {
  return say(WORDS[template] ?? event(template) ?? template, replacements);
}

export const chinese = { translate: ["value", translate] };

/** What the panel calls an element, in Chinese. */
export const ELEMENTS = {
  "bpmn:Process": "流程", "bpmn:Participant": "泳池（流程）", "bpmn:Collaboration": "协作", "bpmn:Lane": "泳道", "bpmn:StartEvent": "开始事件",
  "bpmn:EndEvent": "结束事件", "bpmn:IntermediateThrowEvent": "中间抛出事件", "bpmn:IntermediateCatchEvent": "中间捕获事件",
  "bpmn:BoundaryEvent": "边界事件", "bpmn:UserTask": "用户任务", "bpmn:ManualTask": "人工任务", "bpmn:Task": "任务",
  "bpmn:ServiceTask": "服务任务", "bpmn:SendTask": "发送任务", "bpmn:ReceiveTask": "接收任务", "bpmn:ScriptTask": "脚本任务",
  "bpmn:BusinessRuleTask": "业务规则任务", "bpmn:CallActivity": "调用活动", "bpmn:SubProcess": "子流程", "bpmn:Transaction": "事务",
  "bpmn:ExclusiveGateway": "排他网关", "bpmn:ParallelGateway": "并行网关", "bpmn:InclusiveGateway": "包容网关",
  "bpmn:EventBasedGateway": "事件网关", "bpmn:ComplexGateway": "复杂网关", "bpmn:SequenceFlow": "顺序流", "bpmn:MessageFlow": "消息流",
  "bpmn:TextAnnotation": "注释", "bpmn:Association": "关联", "bpmn:Group": "分组", "bpmn:DataObjectReference": "数据对象",
  "bpmn:DataStoreReference": "数据存储",
};
