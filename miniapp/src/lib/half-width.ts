/** Full-width letters, digits and signs, as Chinese keyboards type them, become plain ones. */
export function halfWidth(text: string): string {
  return text.replace(/[\uff01-\uff5e]/g, (each) => String.fromCharCode(each.charCodeAt(0) - 0xfee0));
}

/** What was typed or pasted into a field of digits or of a password: plain digits, and neither spaces nor marks that nobody sees. */
export function plainEntry(text: string): string {
  return halfWidth(text).replace(/[\s\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g, '');
}
