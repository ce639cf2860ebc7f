import { isPresent, type Json, type Present } from '@syncline/connector';
import { kindNames, type Kind } from '@syncline/core';
import type { Session, SideName } from '@syncline/engine';

/** Everything one side shows, by `kind/id`, read afresh. */
export type Shown = ReadonlyMap<string, Present<Json>>;

/** Reads both sides completely, past everything the hub remembers. */
export async function readEverything(session: Session): Promise<{ readonly [S in SideName]: Shown }> {
  const read = async (side: SideName): Promise<Shown> => {
    const shown = new Map<string, Present<Json>>();
    for (const kind of kindNames) {
      for await (const page of session.sides[side].entities[kind].pull({ cursor: null, knownCount: 0, known: () => undefined })) {
        for (const seen of page.seen) if (isPresent(seen)) shown.set(`${kind}/${seen.id}`, seen);
      }
    }
    return shown;
  };
  return { left: await read('left'), right: await read('right') };
}

/** The two halves of `kind/id`. */
export function halves(key: string): readonly [Kind, string] {
  const slash = key.indexOf('/');
  return [key.slice(0, slash) as Kind, key.slice(slash + 1)];
}
