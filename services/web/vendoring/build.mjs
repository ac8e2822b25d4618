// Builds what browsers are sent from libraries of others, with checksums and licences: `node build.mjs TARGET`.
// Developers run it through `make vendor`, in a temporary folder. Nothing of it is needed to run or test Jiban.
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { patches } from './patches.mjs';

const TARGET = process.argv[2];
const COPIED = [
  { file: 'htmx.min.js', from: 'htmx.org', path: 'dist/htmx.min.js' },
  { file: 'alpine-csp.min.js', from: '@alpinejs/csp', path: 'dist/cdn.min.js' },
  { file: 'echarts.common.min.js', from: 'echarts', path: 'dist/echarts.common.min.js' },
];
const BUNDLES = [
  { file: 'bpmn-viewer.js', entry: 'viewer.js', from: 'bpmn-js', format: 'iife', globalName: 'BpmnJSModule',
    footer: { js: 'window.BpmnJS = BpmnJSModule.default;' } },
  { file: 'bpmn-editor.js', entry: 'editor.js', from: 'bpmn-js', format: 'esm' },
];
const SHEETS = ['bpmn-viewer.css', 'bpmn-editor.css'];
const FONT = { file: 'bpmn.woff2', from: 'bpmn-js', path: 'dist/assets/bpmn-font/font/bpmn.woff2' };
const FONT_FACE = "@font-face{font-family:'bpmn';src:url('bpmn.woff2') format('woff2');font-weight:normal;font-style:normal}\n"
  + '[class^="bpmn-icon-"]:before,[class*=" bpmn-icon-"]:before{font-family:"bpmn";font-style:normal;font-weight:normal;'
  + 'display:inline-block;text-decoration:inherit;width:1em;text-align:center;font-variant:normal;text-transform:none;'
  + 'line-height:1em;-webkit-font-smoothing:antialiased}\n';
// The texts of their repositories: these packages carry none.
const OWN_LICENCES = {
  '@alpinejs/csp': 'licences/alpinejs-csp.txt', 'bpmn-auto-layout': 'licences/bpmn-auto-layout.txt',
};
// Of bpmn-js “SEE LICENSE IN LICENSE”: MIT, and its mark stays visible.
const SPDX = { 'bpmn-js': 'LicenseRef-bpmn-io', randomcolor: 'CC0-1.0' };
const INSIDE = { '@alpinejs/csp': ['@vue/reactivity', '@vue/shared'], echarts: ['zrender', 'tslib'] };

const packages = new Map();

async function main() {
  await rm(TARGET, { recursive: true, force: true });
  await mkdir(join(TARGET, 'licences'), { recursive: true });
  const files = [];
  for (const each of COPIED) files.push(await copied(each));
  for (const each of BUNDLES) files.push(await bundled(each));
  for (const each of SHEETS) files.push(await sheet(each));
  files.push(await copied(FONT));
  const libraries = [];
  for (const name of [...packages.keys()].sort()) libraries.push(await licensed(name));
  const list = { recipe: 'services/web/vendoring, run by `make vendor`', files, libraries };
  await writeFile(join(TARGET, 'vendored.json'), `${JSON.stringify(list, null, 1)}\n`);
}

async function copied({ file, from, path }) {
  await copyFile(join('node_modules', from, path), join(TARGET, file));
  return record(file, [from, ...(INSIDE[from] ?? [])], `${path} of ${from}, unchanged`);
}

async function bundled({ file, entry, from, ...how }) {
  const { metafile } = await build({
    entryPoints: [entry], outfile: join(TARGET, file), bundle: true, minify: true, target: 'es2020', charset: 'utf8',
    legalComments: 'eof', metafile: true, plugins: [patches], logLevel: 'warning', ...how,
  });
  return record(file, inside(metafile), `esbuild, from ${entry} with patches.mjs`);
}

async function sheet(file) {
  const { metafile } = await build({ entryPoints: [file], outfile: join(TARGET, file), bundle: true, minify: true,
    charset: 'utf8', metafile: true, logLevel: 'warning' });
  if (file === 'bpmn-editor.css') {
    const path = join(TARGET, file);
    await writeFile(path, FONT_FACE + await readFile(path, 'utf8'));
  }
  return record(file, inside(metafile), `esbuild, from ${file}`);
}

function inside(metafile) {
  const names = Object.keys(metafile.inputs).map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(path)?.[1]);
  return [...new Set(names.filter(Boolean))].sort();
}

async function record(file, names, built) {
  for (const name of names) packages.set(name, JSON.parse(await readFile(join('node_modules', name, 'package.json'), 'utf8')));
  const bytes = await readFile(join(TARGET, file));
  const versions = names.map((name) => `${name} ${packages.get(name).version}`);
  return { file, sha256: sha256(bytes), bytes: bytes.length, gzipped: gzipSync(bytes).length, contains: versions, built };
}

async function licensed(name) {
  const found = packages.get(name);
  const kept = `licences/${name.replace('@', '').replace('/', '-')}.txt`;
  const parts = [];
  for (const path of await licenceFiles(name)) parts.push(await readFile(path, 'utf8'));
  if (!parts.length) throw new Error(`${name} carries no licence`);
  await writeFile(join(TARGET, kept), parts.map((part) => part.trimEnd()).join('\n\n').replaceAll('\r\n', '\n') + '\n');
  return { name, version: found.version, licence: SPDX[name] ?? found.license, licence_file: kept,
    sha256: sha256(await readFile(join(TARGET, kept))) };
}

async function licenceFiles(name) {
  if (OWN_LICENCES[name]) return [OWN_LICENCES[name]];
  const folder = join('node_modules', name);
  const found = (await readdir(folder)).filter((each) => /^(licen[cs]e|notice)(\.|$)/i.test(basename(each)));
  return found.sort().map((each) => join(folder, each));
}

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

await main();
