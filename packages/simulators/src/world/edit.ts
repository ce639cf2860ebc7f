import type { GraphAdmin } from '../graph/admin.ts';
import type { OroAdmin } from '../orocrm/index.ts';
import type { Json } from '../shared/json.ts';
import type { WorldKind } from './cases.ts';
import { diceOf } from './dice.ts';
import { outlookEditor } from './edit-outlook.ts';
import { orocrmEditor } from './edit-orocrm.ts';

/** One value of one edit, in the words of the specification (section 3.8). An event that moves has two lines of one `edit`. */
export interface LedgerLine {
  /** From 1, in the order of doing. */
  readonly edit: number;
  readonly side: 'orocrm' | 'outlook';
  readonly kind: WorldKind;
  readonly action: 'create' | 'update' | 'delete';
  /** The side's own id; of Outlook the immutable one, of tasks the only one. */
  readonly id: string;
  /** A canonical field; null for a deletion. */
  readonly field: string | null;
  /** As the person left it; instants as `YYYY-MM-DDTHH:mm:ss.sssZ`, null for a deletion. */
  readonly value: Json;
}

/** Who edits, and how much of it is new or gone. */
export interface EditOptions {
  /** Default 1. */
  readonly oroUserId?: number;
  /** Id or user principal name; default the first mailbox. */
  readonly mailbox?: string;
  /** In which days are counted, an IANA name; default UTC. */
  readonly zone?: string;
  /** Shares of creations and deletions; defaults 0.15 and 0.05, the rest changes one field. */
  readonly creates?: number;
  readonly deletes?: number;
}

/**
 * Makes `n` edits as the person would, on sides and kinds by turns of the dice, and tells what they were. Left alone are
 * records that the hub holds by rule: series, meetings with attendees, invitations, private items, company cards, and
 * records of others. An edit that finds nothing to touch is a creation instead.
 */
export function editWorld(random: () => number, oro: OroAdmin, graph: GraphAdmin, n: number, options: EditOptions = {}): LedgerLine[] {
  const dice = diceOf(random);
  const zone = options.zone ?? 'UTC';
  const editors = { orocrm: orocrmEditor(oro, options.oroUserId ?? 1, zone), outlook: outlookEditor(graph, options.mailbox, zone) };
  const ledger: LedgerLine[] = [];
  for (let edit = 1; edit <= n; edit += 1) {
    const side = dice.pick(['orocrm', 'outlook'] as const);
    const kind = dice.pick(['contact', 'contact', 'task', 'event'] as const);
    const editor = editors[side];
    const roll = dice.next();
    const creates = options.creates ?? 0.15;
    const wanted = roll < creates ? 'create' : roll < creates + (options.deletes ?? 0.05) ? 'remove' : 'update';
    const done = editor[wanted][kind](dice);
    const edited = done ?? editor.create[kind](dice);
    // The first event of all has no other one to lie beside.
    if (edited === undefined) continue;
    const action = done === undefined || wanted === 'create' ? 'create' : wanted === 'remove' ? 'delete' : 'update';
    const line = { edit, side, kind, action, id: edited.id } as const;
    if (action === 'delete') ledger.push({ ...line, field: null, value: null });
    else for (const [field, value] of Object.entries(edited.values)) ledger.push({ ...line, field, value });
  }
  return ledger;
}
