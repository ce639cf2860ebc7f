import type { Json } from '@syncline/core';
import type { LedgerLine } from '@syncline/simulators';
import { localTime } from '../support/zones.ts';

/**
 * Whether an item, as its service has it, shows a value that somebody typed there: compared with what the service stores, past
 * connector and lens. A text is found wherever it stands, punctuation aside.
 */
export function showsValue(item: object, { side, field, value }: Pick<LedgerLine, 'side' | 'field' | 'value'>, zone: string): boolean {
  if (value === null || field === null) return true;
  if (Array.isArray(value)) return (value as readonly Json[]).every((entry) => showsValue(item, { side, field, value: entry }, zone));
  const stored = JSON.stringify(item);
  const fields = item as { readonly [name: string]: Json };
  switch (field) {
    case 'status':
      return side === 'orocrm' ? fields['status'] === value : meanings[String(fields['status'])] === value;
    case 'priority':
      return (side === 'orocrm' ? fields['priority'] : fields['importance']) === value;
    case 'gender':
      return side === 'orocrm' ? fields['gender'] === value : stored.includes(`"value":"${value === 'male' ? 2 : 1}"`);
    case 'allDay':
      return (side === 'orocrm' ? fields['allDay'] : fields['isAllDay']) === value;
    case 'start':
    case 'end':
      return side === 'orocrm' ? fields[field] === Math.floor(Date.parse(String(value)) / 1000) : stored.includes(String(value).slice(0, 16));
    case 'dueDate':
      return side === 'outlook' || localTime(Number(fields['dueDate']) * 1000, zone).startsWith(String(value));
    default:
      return bare(stored).includes(bare(JSON.stringify(value).slice(1, -1)));
  }
}

const meanings: Readonly<Record<string, string>> = { notStarted: 'open', inProgress: 'in_progress', waitingOnOthers: 'in_progress', deferred: 'in_progress', completed: 'closed' };

/** What services that rewrite texts and numbers leave alone; a service may store a text as HTML. */
export function bare(text: string): string {
  return text.toLowerCase().replace(/<[^>]*>|\\r|\\n|[+\s()[\].\/\-\u2010-\u2015]/gu, '');
}
