import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { POLICY_DAY } from '../../shared/privacy-policy';
import { root } from '../support/project';
import { PackageHost } from './host/package-host';
import { compileTemplates } from './host/templates';
import type { World } from './host/world';

/** That the host would notice: each fault is put into a copy of a built package. */
const NO_NETWORK: World = {
  request: () => Promise.reject(new Error('no network')),
  loginCode: async () => 'code',
  pay: async () => ({}),
};

type Kind = 'weapp' | 'alipay';
const kinds: readonly Kind[] = ['weapp', 'alipay'];
const template = { weapp: 'base.wxml', alipay: 'base.axml' } as const;
const copies: string[] = [];
let host: PackageHost | undefined;

afterEach(() => {
  host?.close();
  host = undefined;
  for (const copy of copies.splice(0)) rmSync(copy, { recursive: true });
});

function copyOf(kind: Kind, file?: string, change: (text: string) => string = (text) => text): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'ecode-package-'));
  copies.push(folder);
  cpSync(path.join(root, 'miniapp', 'dist', kind), folder, { recursive: true });
  if (file === undefined) return folder;
  const target = path.join(folder, file);
  const before = readFileSync(target, 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(target, after);
  return folder;
}

async function shows(running: PackageHost, id: string): Promise<void> {
  const until = Date.now() + 10_000;
  while (!running.has(id) && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(running.has(id)).toBe(true);
}

/** The first screen without a network: a failure with a button to try again. */
async function opened(kind: Kind, folder: string, wired: boolean): Promise<PackageHost> {
  host = new PackageHost({ kind, folder, world: NO_NETWORK, ...(wired ? { templates: compileTemplates(kind, folder) } : {}) });
  host.start();
  await shows(host, 'consent-yes');
  // Broken templates of this test let nobody agree, so the answer is kept as an earlier start would have.
  host.close();
  host = new PackageHost({ kind, folder, world: NO_NETWORK, ...(wired ? { templates: compileTemplates(kind, folder) } : {}) });
  host.storage.set('ecode:consent', JSON.stringify({ policyDay: POLICY_DAY, answeredAt: 0, agreed: true }));
  host.privacyAgreed = true;
  host.start();
  await shows(host, 'home-retry');
  return host;
}

describe.each(kinds)('the host of %s', (kind) => {
  it('reaches the button of a sound package in both ways', async () => {
    for (const wired of [false, true]) {
      const running = await opened(kind, copyOf(kind), wired);
      expect(() => running.tap('home-retry')).not.toThrow();
      expect(running.errors).toEqual([]);
      running.close();
    }
  });

  it('notices a template that binds a handler the page does not have', async () => {
    const folder = copyOf(kind, template[kind], (text) => text.replace(/(bindtap|onTap)="eh"/g, '$1="gone"'));
    const running = await opened(kind, folder, true);
    expect(() => running.tap('home-retry')).toThrow('the template binds gone');
  });

  it('notices a template that binds nothing', async () => {
    const folder = copyOf(kind, template[kind], (text) => text.replace(/ (bindtap|onTap)="eh"/g, ''));
    const running = await opened(kind, folder, true);
    expect(() => running.tap('home-retry')).toThrow('nothing listens to tap');
  });

  it('notices a screen that is sent more than 64 KB at once', async () => {
    const big = 'setTimeout(()=>getCurrentPages()[0].setData({spoilt:"x".repeat(70000)}),0);';
    const running = await opened(
      kind,
      copyOf(kind, 'pages/home/index.js', (text) => `${big}${text}`),
      false,
    );
    expect(running.errors).toEqual([expect.stringMatching(/^setData of 700\d\d bytes on pages\/home\/index: spoilt$/)]);
  });

  it('notices a page that uses what only a browser has', () => {
    const folder = copyOf(kind, 'pages/home/index.js', (text) => `localStorage.getItem("x");${text}`);
    host = new PackageHost({ kind, folder, world: NO_NETWORK });
    expect(() => host?.start()).toThrow('localStorage is not defined');
  });
});
