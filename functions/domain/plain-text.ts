/**
 * Text as people paste it: full-width forms become ASCII, every kind of space one space, invisible characters go.
 * Not NFKC, which would also change characters of names.
 */
export function normaliseText(text: string): string {
  return text
    .replace(/[\uFF01-\uFF5E]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0))
    .replace(/[\u200B-\u200F\u202A-\u202E\u2060-\u206F\u061C\uFEFF\u00AD]/g, '')
    .replace(/[\s\u00A0\u3000]+/g, ' ')
    .trim();
}

/** A person's name for storing and comparing: the dots of transliterated names are one dot without spaces. */
export function normaliseName(text: string): string {
  return normaliseText(text).replace(/ ?[·•・‧∙⋅．] ?/g, '·');
}

/** A student, staff or card number: no spaces inside, capitals. */
export function normaliseNumber(text: string): string {
  return normaliseText(text).replace(/ /g, '').toUpperCase();
}
