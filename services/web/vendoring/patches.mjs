// What our content security policy (style-src 'self') would block in the libraries, mended in the bundle. The policy lets
// scripts set styles (`element.style`), but no markup that carries a style attribute. `PoweredByUtil.js` of bpmn-js, the
// bpmn.io mark, must not be changed and is not.
// The token simulation knows no translation: its few words are replaced here.
import { readFile } from 'node:fs/promises';

const PRESENTATION = /style="([a-z-]+:[^";]+;?)+"/g;

/** `style="fill:none;stroke:red"` of an SVG shape says the same as the attributes `fill="none" stroke="red"`. */
function asAttributes(source) {
  return source.replace(PRESENTATION, (style) => style.slice(7, -1).split(';').filter(Boolean)
    .map((each) => each.split(':')).map(([name, value]) => `${name}="${value.trim()}"`).join(' '));
}

/** Markup that carries a style keeps it aside, for `domify` to set through the element; and it speaks Chinese. */
function simulation(source) {
  const plain = source.replaceAll('\r\n', '\n').replaceAll('style="', 'data-css="');
  return CHINESE.reduce((text, [old, now]) => text.replaceAll(old, now), plain);
}

const CHINESE = [
  ['Token Simulation <span', '模拟运行 <span'], ['Simulation Log\n', '运行记录\n'], ['>No Entries<', '>还没有记录<'],
  ['Toggle Simulation Log', '运行记录 (L)'], ['aria-label="Close"', 'aria-label="关闭"'], ["'Reset Simulation'", "'已重来'"],
  ['"Reset Simulation"', '"重来 (R)"'], ['Play/Pause Simulation', '运行或暂停 (空格)'], ["'Pause Simulation'", "'已暂停'"],
  ["'Play Simulation'", "'继续运行'"], ['Set animation speed = ${ label }', '速度 ${ label }'], ["'Found unsupported elements'", "'有不能模拟的元素'"],
  ["'Not supported'", "'不能模拟'"], ["'Finished'", "'办完'"], ['title="Set Sequence Flow"', 'title="换一条路"'],
  ["${ wait ? 'Remove' : 'Add' } pause point", "${ wait ? '去掉' : '设' }停留点"], ['title="Trigger Event"', 'title="触发"'],
  ['Focus process instance ${scope.id}', '只看这一件 ${scope.id}'],
  ["completed ? 'finished' : 'canceled'", "completed ? '办完' : '取消'"], ['} started`', '} 开始`'], ["|| 'SubProcess') : 'Process'", "|| '子流程') : '流程'"],
  ["'Service Task'", "'服务任务'"], ["'User Task'", "'用户任务'"], ["'Call Activity'", "'调用活动'"], ["'Script Task'", "'脚本任务'"],
  ["'Business Rule Task'", "'业务规则任务'"], ["'Manual Task'", "'人工任务'"], ["'Receive Task'", "'接收任务'"], ["'Send Task'", "'发送任务'"],
  ["'Task'", "'任务'"], ["'Exclusive Gateway'", "'排他网关'"], ["'Parallel Gateway'", "'并行网关'"], ["'Inclusive Gateway'", "'包容网关'"],
  ["'Start Event'", "'开始事件'"], ["'Intermediate Event'", "'中间事件'"], ["'Boundary Event'", "'边界事件'"], ["'End Event'", "'结束事件'"],
];

function withStyles(source) {
  return replaced(source, 'export default function domify(', 'function parsed(') + `
export default function domify(htmlString, document = globalThis.document) {
  const made = parsed(htmlString, document);
  const carriers = made.querySelectorAll ? [made, ...made.querySelectorAll('[data-css]')] : [];
  for (const each of carriers) {
    if (each.dataset && each.dataset.css) each.style.cssText = each.dataset.css;
  }
  return made;
}
`;
}

const PATCHES = [
  [/bpmn-js\/lib\/features\/(align|distribute)-elements\/\w+Icons\.js$/, asAttributes],
  [/bpmn-js-token-simulation\/lib\/.*\.js$/, simulation],
  [/node_modules\/domify\/index\.js$/, withStyles],
];

export const patches = {
  name: 'patches',
  setup(build) {
    for (const [filter, mend] of PATCHES) {
      build.onLoad({ filter }, async ({ path }) => ({ contents: mend(await readFile(path, 'utf8')), loader: 'js' }));
    }
  },
};

/** Replaces a text that must be there: a release that has changed it breaks the build, not the page. */
function replaced(source, old, now) {
  if (!source.includes(old)) throw new Error(`nothing to mend: ${old}`);
  return source.replaceAll(old, now);
}
