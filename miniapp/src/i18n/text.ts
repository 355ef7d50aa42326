import type { Failure } from '../api/failure';
import type { Lang } from '../lib/dates';
import { en } from './en';
import { type TextKey, zh } from './zh';

export interface Text {
  readonly lang: Lang;
  readonly t: (key: TextKey, values?: Readonly<Record<string, string | number>>) => string;
  /** The right half of a pair that the server or the pack gives in both languages. */
  readonly b: (pair: { readonly zh: string; readonly en: string }) => string;
  readonly failureText: (failure: Failure) => string;
}

/** Puts values into "{name}" places; a name without a value stays visible, so that it is noticed. */
export function fill(sentence: string, values: Readonly<Record<string, string | number>> = {}): string {
  return sentence.replace(/\{(\w+)\}/g, (place, name: string) => (name in values ? String(values[name]) : place));
}

export function textOf(lang: Lang): Text {
  const table: Readonly<Record<TextKey, string>> = lang === 'zh' ? zh : en;
  return {
    lang,
    t: (key, values) => fill(table[key], values),
    b: (pair) => pair[lang],
    failureText: (failure) => {
      if (failure.said !== undefined) return failure.said[lang];
      return table[failure.kind === 'refused' ? 'failure.unreadable' : (`failure.${failure.kind}` as const)];
    },
  };
}
