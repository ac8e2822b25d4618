// What our content security policy (style-src 'self') would block in the libraries, mended in the bundle. The policy lets
// scripts set styles (`element.style`), but no markup that carries a style attribute. `PoweredByUtil.js` of bpmn-js, the
// bpmn.io mark, must not be changed and is not.
import { readFile } from 'node:fs/promises';

const PRESENTATION = /style="([a-z-]+:[^";]+;?)+"/g;

/** `style="fill:none;stroke:red"` of an SVG shape says the same as the attributes `fill="none" stroke="red"`. */
function asAttributes(source) {
  return source.replace(PRESENTATION, (style) => style.slice(7, -1).split(';').filter(Boolean)
    .map((each) => each.split(':')).map(([name, value]) => `${name}="${value.trim()}"`).join(' '));
}

/** Markup that carries a style keeps it aside, for `domify` to set through the element. */
const asideStyles = (source) => source.replaceAll('style="', 'data-css="');

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
  [/bpmn-js-token-simulation\/lib\/.*\.js$/, asideStyles],
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
