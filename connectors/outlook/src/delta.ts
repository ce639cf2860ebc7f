import { Failure } from '@syncline/connector';
import { bodyOf } from './api.ts';
import { deltaRow, graphPage, versionOf } from './records.ts';
import type { Session } from './session.ts';

/** What one round of a delta chain said. Order and repetition mean nothing in it (contract, 6). */
export interface Round {
  /** Items that are new or have changed, with the version they have now; empty when the row did not tell. */
  readonly changed: ReadonlyMap<string, string>;
  /** Items that left the collection. One that is among the changed too has to be looked at. */
  readonly removed: ReadonlySet<string>;
  /** Series whose occurrences are among the rows. */
  readonly masters: ReadonlySet<string>;
  /** Where the next round starts. */
  readonly link: string;
}

/** Empty pages are normal; so many of them without anything new are a service that goes in circles. */
const endless = 200;

/** Reads a chain from a link to its end; `ours` makes our ids of the chain's. Throws `cursor-expired` when the service has forgotten it. */
export async function readRound(session: Session, start: string, name: string, ours: (id: string) => string = (id) => id): Promise<Round> {
  const changed = new Map<string, string>();
  const removed = new Set<string>();
  const masters = new Set<string>();
  let idle = 0;
  for (let next = start; ; ) {
    const before = changed.size + removed.size + masters.size;
    const answer = await session.api.get(next);
    // A token that is refused without a code we know would be refused for ever: a new chain says whether it was the token.
    if (answer.status === 400 && /[?&](\$|%24)(delta|skip)token=/i.test(next)) throw new Failure('cursor-expired', `Microsoft Graph does not take its own note of how far ${name} were read: everything is read again.`);
    const page = bodyOf(answer, graphPage, name, session.context.now());
    for (const body of page.value) {
      const row = deltaRow.safeParse(body).data;
      if (row === undefined) continue;
      if (row['@removed'] != null) removed.add(ours(row.id));
      else if (row.seriesMasterId) masters.add(row.seriesMasterId);
      else changed.set(ours(row.id), versionOf(row));
    }
    const { '@odata.deltaLink': end, '@odata.nextLink': more } = page;
    if (end !== undefined) return { changed, removed, masters, link: end };
    idle = changed.size + removed.size + masters.size > before ? 0 : idle + 1;
    if (more === undefined || more === next || idle > endless) throw new Failure('unavailable', `Microsoft Graph broke off the changes of ${name}.`);
    next = more;
  }
}
