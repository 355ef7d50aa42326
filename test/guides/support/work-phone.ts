import type { Page } from 'playwright-core';
import type { Stack } from '../../../sandbox/local/stack';
import { agree } from '../../stories/app';
import type { Scene } from './guide';

/** WeChat Work (企业微信) around the app, as its holder walks through it; the sandbox plays it. */
export interface WorkPhone {
  /** Scans the school's QR code and follows it by the mobile that this WeChat Work is registered with; what it refused with, or nothing. */
  follow(mobile: string): Promise<string>;
  /** The schools among the contacts, as text. */
  contacts(): Promise<string>;
  /** What the school's console lists, as text. */
  school(): Promise<string>;
  /** Opens the school's module, or 企业小助手 with its identity check; the first time on a phone the privacy policy is agreed to. */
  open(entry: 'card' | 'helper', time: 'first' | 'again'): Promise<void>;
}

export function workPhone(scene: Scene): WorkPhone {
  const { page, phone } = scene;
  if (page !== undefined) return inBrowser(scene, page);
  if (phone === undefined) throw new Error('no phone');
  const { schoolId } = scene.student;
  const read = (path: string, init?: RequestInit) => pageOf(scene, path, init);
  return {
    follow: async (mobile) =>
      part(await read(`follow/${schoolId}`, { method: 'POST', body: new URLSearchParams({ mobile }) }), 'follow-refused'),
    contacts: async () => part(await read(''), 'contacts'),
    school: async () => `${part(await read(`schools/${schoolId}`), 'helper')} ${part(await read(`schools/${schoolId}`), 'card')}`,
    async open(entry, time) {
      const [, fragment] = linkOf(await read(`schools/${schoolId}`), entry).split('#');
      // WeChat Work opens the mini-program's own page where its console has the browser build's.
      const url = fragment ?? '/pages/home/index';
      if (time === 'again') return phone.host.reLaunch(url);
      phone.host.start(url);
      await agree(phone);
    },
  };
}

function inBrowser({ app, stack, student: { schoolId }, holder }: Scene, page: Page): WorkPhone {
  const at = async (path: 'contacts' | 'school') => {
    await openWork({ page, stack, person: holder });
    if (path === 'school') await page.click(`#corp-${schoolId}`);
  };
  const words = async (id: string) => (await page.textContent(`#${id}`)) ?? '';
  return {
    async follow(mobile) {
      await followWork({ page, stack, person: holder }, { schoolId, mobile });
      await page.waitForSelector('#follow-refused, #contacts');
      return (await page.$('#follow-refused')) === null ? '' : words('follow-refused');
    },
    async contacts() {
      await at('contacts');
      return words('contacts');
    },
    async school() {
      await at('school');
      return `${await words('helper')} ${await words('card')}`;
    },
    async open(entry, time) {
      await at('school');
      await page.click(`#${entry}`);
      if (time === 'first') await agree(app);
    },
  };
}

interface OnPage {
  readonly page: Page;
  readonly stack: Stack;
  readonly person: string;
}

/** WeChat Work as the phone shows it outside the app. */
async function openWork({ page, stack, person }: OnPage): Promise<void> {
  await page.goto(`${stack.web.url}/sandbox/wecom/?sandbox_person=${encodeURIComponent(person)}`);
  await page.context().addCookies([{ name: 'sandbox_person_wecom', value: person, url: stack.web.url }]);
}

export async function followWork(on: OnPage, { schoolId, mobile }: { readonly schoolId: string; readonly mobile: string }): Promise<void> {
  await openWork(on);
  await on.page.click(`#qr-${schoolId}`);
  await on.page.fill('#mobile', mobile);
  await on.page.click('#follow');
}

async function pageOf({ stack, holder }: Scene, path: string, init: RequestInit = {}): Promise<string> {
  const url = `${stack.web.url}/sandbox/wecom/${path}?sandbox_person=${encodeURIComponent(holder)}`;
  const reply = await fetch(url, { ...init, redirect: 'manual' });
  return reply.text();
}

/** The text of an element of a page without scripts; nothing where it is not there. */
function part(html: string, id: string): string {
  const found = new RegExp(`<(\\w+)[^>]* id="${id}"[^>]*>([\\s\\S]*?)</\\1>`).exec(html);
  return found?.[2]?.replace(/<[^>]+>/g, ' ') ?? '';
}

function linkOf(html: string, id: string): string {
  const link = new RegExp(`<a [^>]*id="${id}"[^>]*href="([^"]*)"`).exec(html)?.[1];
  if (link === undefined) throw new Error(`the console does not list ${id}: ${html}`);
  return link.replaceAll('&amp;', '&');
}
