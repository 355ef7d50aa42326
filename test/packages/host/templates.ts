import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import vm from 'node:vm';
import { wxmlToJs } from 'miniprogram-compiler';

/**
 * The package's templates, compiled by the vendor's own wcc: what the page's data becomes on the screen, and which handler each element binds.
 * Alipay's templates are put into WeChat's words first, which checks their wiring, not Alipay's compiler.
 */
export interface Templates {
  render(route: string, data: unknown): Rendered;
}

export interface Rendered {
  find(id: string): RenderedElement | undefined;
  listener(id: string, type: string): Listener | undefined;
  text(): string;
}

export interface RenderedElement {
  /** "view", "input", "canvas" … */
  readonly tag: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface Listener {
  readonly handler: string;
  /** Nothing around it hears the event. */
  readonly catches: boolean;
}

interface WccNode {
  readonly tag: string;
  readonly attr?: Readonly<Record<string, unknown>>;
  readonly children: readonly (WccNode | string)[];
}

/** @throws when wcc refuses a template, with its words */
export function compileTemplates(kind: 'weapp' | 'alipay', folder: string): Templates {
  const wxml = kind === 'weapp' ? folder : inWechatWords(folder);
  try {
    const source = String(wxmlToJs(wxml));
    return evaluate(kind === 'weapp' ? source : withoutRecursionGuard(source));
  } finally {
    if (wxml !== folder) rmSync(wxml, { recursive: true });
  }
}

/** Alipay's templates call themselves, which WeChat forbids and its compiler therefore stops. */
function withoutRecursionGuard(source: string): string {
  return source.replace(/if\(p_\[b\]\)\{[^}]*\}/g, '');
}

function evaluate(source: string): Templates {
  const context = vm.createContext({ console: { log: () => undefined, warn: () => undefined, error: () => undefined } });
  vm.runInContext('var window = this, global = this, __wxAppCode__ = {};', context);
  // Data must be of the templates' own realm: wcc's code compares prototypes.
  vm.runInContext(
    `var $templates = (function () {${source}})(); function $render(path, json) { return JSON.stringify($templates(path)(JSON.parse(json))); }`,
    context,
  );
  const render = vm.runInContext('$render', context) as (path: string, json: string) => string;
  return {
    render: (route, data) => {
      const tree = JSON.parse(render(`${route}.wxml`, JSON.stringify(data))) as WccNode;
      const byId = new Map<string, WccNode>();
      let text = '';
      const visit = (node: WccNode | string): void => {
        if (typeof node === 'string') {
          text += node;
          return;
        }
        if (typeof node.attr?.id === 'string') byId.set(node.attr.id, node);
        for (const child of node.children ?? []) visit(child);
      };
      visit(tree);
      return {
        text: () => text,
        find: (id) => {
          const node = byId.get(id);
          return node && { tag: node.tag.replace(/^wx-/, ''), attributes: node.attr ?? {} };
        },
        listener: (id, type) => {
          const attributes = byId.get(id)?.attr ?? {};
          const bind = attributes[`bind${type}`] ?? attributes[`bind:${type}`];
          const caught = attributes[`catch${type}`] ?? attributes[`catch:${type}`];
          const handler = bind ?? caught;
          return typeof handler === 'string' && handler !== '' ? { handler, catches: bind === undefined } : undefined;
        },
      };
    },
  };
}

/** A copy with AXML as WXML and SJS as WXS. */
function inWechatWords(folder: string): string {
  const copy = mkdtempSync(path.join(tmpdir(), 'ecode-axml-'));
  cpSync(folder, copy, { recursive: true });
  for (const name of readdirSync(copy, { recursive: true, encoding: 'utf8' })) {
    const file = path.join(copy, name);
    if (name.endsWith('.axml')) {
      writeFileSync(file, axmlToWxml(readFileSync(file, 'utf8')));
      renameSync(file, file.replace(/\.axml$/, '.wxml'));
    } else if (name.endsWith('.sjs')) {
      writeFileSync(file, readFileSync(file, 'utf8').replace(/export default\s*/, 'module.exports = '));
      renameSync(file, file.replace(/\.sjs$/, '.wxs'));
    }
  }
  return copy;
}

function axmlToWxml(axml: string): string {
  return axml
    .replace(
      /<import-sjs\s+name="([^"]+)"\s+from="([^"]+)"\s*\/>/g,
      (_all, name: string, from: string) => `<wxs module="${name}" src="${from.replace(/\.sjs$/, '.wxs')}" />`,
    )
    .replace(/\.axml"/g, '.wxml"')
    .replace(/\ba:(for|for-item|for-index|key|if|elif|else)\b/g, 'wx:$1')
    .replace(
      /\s(on|catch)([A-Z]\w*)=/g,
      (_all, kind: string, name: string) => ` ${kind === 'on' ? 'bind' : 'catch'}${name.toLowerCase()}=`,
    );
}
