import type { Json } from '../shared/json.ts';
import type { Fields } from './state.ts';

/** `+1 732 555 0102` becomes `+1 (732) 555-0102`: the same digits in another dress. */
export function reformatPhone(phone: string): string {
  const digits = phone.replace(/[^\d]/g, '');
  if (digits.length < 7) return phone;
  const [local, area, country] = [digits.slice(-7), digits.slice(-10, -7), digits.slice(0, -10)];
  const front = area === '' ? '' : `(${area}) `;
  return `${country === '' ? '' : `${phone.startsWith('+') ? '+' : ''}${country} `}${front}${local.slice(0, 3)}-${local.slice(3)}`;
}

/** Outer blanks of every text, also inside addresses and lists. */
export function trimTexts(fields: Fields): Fields {
  const trim = (value: Json): Json => {
    if (typeof value === 'string') return value.trim();
    if (Array.isArray(value)) return value.map(trim);
    if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, trim(inner)]));
    return value;
  };
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, trim(value)]));
}

/** Text as HTML, line ends as breaks. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll(/\r?\n/g, '<br>\r\n');
}
