import type { AuditRow } from '../rows.ts';
import type { Store } from '../store.ts';

/** PHP class names of what the audit log records. Addresses are not among them: they are not audited [12]. */
export const auditClasses = {
  contact: 'Oro\\Bundle\\ContactBundle\\Entity\\Contact',
  email: 'Oro\\Bundle\\ContactBundle\\Entity\\ContactEmail',
  phone: 'Oro\\Bundle\\ContactBundle\\Entity\\ContactPhone',
  task: 'Oro\\Bundle\\TaskBundle\\Entity\\Task',
  event: 'Oro\\Bundle\\CalendarBundle\\Entity\\CalendarEvent',
} as const;

/** What is written down about one change of one record. */
export interface AuditNote {
  readonly action: AuditRow['action'];
  readonly of: keyof typeof auditClasses;
  readonly id: number;
  readonly name: string;
  readonly userId: number | null;
  readonly transactionId: string;
  readonly data: AuditRow['data'];
  readonly additionalFields?: AuditRow['additionalFields'];
}

/** Hands a row to the message queue; it is in the log only after the consumer has run. */
export function audit(store: Store, note: AuditNote): void {
  if (!store.switches.audit) return;
  const objectClass = auditClasses[note.of];
  const row: AuditRow = {
    id: store.nextId('audit'),
    action: note.action,
    loggedAt: store.now(),
    objectId: String(note.id),
    objectClass,
    objectName: note.name,
    version: store.nextVersion(objectClass, String(note.id)),
    transactionId: note.transactionId,
    userId: note.userId,
    additionalFields: note.additionalFields ?? null,
    data: note.data,
  };
  store.pendingAudits.push({ row, atMs: store.env.now() });
}

/** Old and new value of one field, as the log has it. */
export function change(before: unknown, after: unknown): { readonly old: unknown; readonly new: unknown } {
  return { old: before, new: after };
}
