import type { Actor } from '../actor.ts';
import { xInclude } from '../http.ts';
import { auditClasses } from '../records/audit.ts';
import type { AuditRow } from '../rows.ts';
import type { Store } from '../store.ts';
import { parseTime, toOffset } from '../times.ts';
import { holds, type OldParameter } from './query.ts';
import { code, notAllowed, reply } from './reply.ts';

// Known to the service, never written about.
const otherClasses = new Set(['Oro\\Bundle\\ContactBundle\\Entity\\ContactAddress', 'Oro\\Bundle\\AccountBundle\\Entity\\Account']);

/**
 * `audits.json`: filters `action`, `objectClass` (backslashes written as `_`) and `loggedAt` with an operator in the
 * name; `objectId` and `sort` are ignored; oldest first [12].
 */
export function answerAudits(store: Store, actor: Actor, request: Request, query: readonly OldParameter[]): Response {
  if (request.method !== 'GET') return notAllowed('GET');
  if (!actor.role.audit) return code(403);
  let rows: readonly AuditRow[] = store.audits;
  let limit = 10;
  let page = 1;
  for (const { name, operator, value } of query) {
    if (name === 'limit') limit = Number(value);
    else if (name === 'page') page = Number(value);
    else if (name === 'action') rows = rows.filter((row) => row.action === value);
    else if (name === 'objectClass') {
      const objectClass = value.replaceAll('_', '\\');
      const known = otherClasses.has(objectClass) || Object.values<string>(auditClasses).includes(objectClass);
      if (!known) return code(500);
      rows = rows.filter((row) => row.objectClass === objectClass);
    } else if (name === 'loggedAt') {
      const time = parseTime(value);
      if (time === undefined) return code(500);
      rows = rows.filter((row) => holds(row.loggedAt, operator, time.start));
    }
  }
  const totals = xInclude(request.headers).has('totalCount') ? { 'x-include-total-count': String(rows.length) } : {};
  return reply(200, rows.slice((page - 1) * limit, page * limit).map((row) => print(store, row)), totals);
}

function print(store: Store, row: AuditRow): unknown {
  const user = row.userId === null ? undefined : store.users.get(row.userId);
  return {
    id: row.id,
    action: row.action,
    loggedAt: toOffset(row.loggedAt),
    objectId: row.objectId,
    objectClass: row.objectClass,
    objectName: row.objectName,
    version: row.version,
    transactionId: row.transactionId,
    ownerDescription: user === undefined ? null : `${user.firstName} ${user.lastName} - ${user.email}`,
    // PHP writes an empty map as an empty list.
    additionalFields: row.additionalFields ?? [],
    organization: 'Acme',
    impersonation: null,
    user: row.userId,
    data: row.data,
  };
}
