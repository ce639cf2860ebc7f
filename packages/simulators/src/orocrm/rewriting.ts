// What a customised installation makes of what it is sent; OroCRM itself only cuts white space around texts and fractions of seconds.
import type { Seconds } from './rows.ts';
import type { OroSwitches } from './switches.ts';

/** Runs of white space become one blank. */
export function rewriteText(switches: OroSwitches, text: string | null): string | null {
  return text === null || !switches.trimText ? text : text.replace(/\s+/g, ' ').trim();
}

/** A description as the editor of the back office saves it; what holds tags already stays. */
export function rewriteNotes(switches: OroSwitches, text: string | null): string | null {
  const trimmed = rewriteText(switches, text);
  if (!switches.htmlNotes || trimmed === null || trimmed === '' || /^\s*<[a-z]/i.test(trimmed)) return trimmed;
  const escaped = trimmed.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<p>${escaped.replaceAll(/\r?\n/g, '<br />')}</p>`;
}

/** Digits, with a leading plus kept. */
export function rewritePhone(switches: OroSwitches, phone: string): string {
  if (!switches.reformatPhones) return phone;
  const digits = phone.replace(/\D/g, '');
  return digits === '' ? phone : phone.trim().startsWith('+') ? `+${digits}` : digits;
}

/** Whole minutes. */
export function rewriteTime(switches: OroSwitches, time: Seconds): Seconds {
  return switches.roundTimes ? time - (time % 60) : time;
}
