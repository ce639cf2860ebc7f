import { Failure, type Connector, type Context, type Kind } from '@syncline/connector';
import type { Fields, World } from '@syncline/connector/testing';
import { createMemoryService, type MemoryConfig, type MemoryRecord, type MemoryService } from '../src/index.ts';

type Records = { readonly [K in Kind]: MemoryRecord };

/** A service in memory whose answers can be lost, and which can be away; its people are the service itself. */
export async function openWorld<S>(connector: Connector<MemoryConfig, S, Records>): Promise<World<S>> {
  const clock = { now: Date.parse('2026-11-22T10:00:00Z') };
  const service = createMemoryService(() => clock.now);
  let down = false;
  let lost = false;
  const reached = <T>(work: () => T, writes = false): T => {
    if (down) throw new Failure('unavailable', 'The service does not answer.', { maybeDone: false });
    const done = work();
    if (!writes || !lost) return done;
    lost = false;
    throw new Failure('unavailable', 'The answer of the service was lost.', { maybeDone: true });
  };
  const wire: MemoryService = {
    list: (...from) => reached(() => service.list(...from)),
    get: (...from) => reached(() => service.get(...from)),
    create: (...from) => reached(() => service.create(...from), true),
    edit: (...from) => reached(() => service.edit(...from), true),
    remove: (...from) => reached(() => service.remove(...from), true),
    changes: (...from) => reached(() => service.changes(...from)),
    writes: () => service.writes(),
  };
  const again = (): Promise<S> => connector.connect({ service: wire, account: 'Ada' }, contextOf(clock));
  return {
    session: await again(),
    now: () => clock.now,
    again,
    pass: (ms) => (clock.now += ms),
    secrets: ['correct horse'],
    service: {
      create: (kind, fields) => service.create(kind, recordOf(fields)).id,
      edit: (kind, id, fields) => service.edit(kind, id, recordOf(fields)),
      remove: (kind, id) => service.remove(kind, id),
      look: (kind, id) => service.get(kind, id)?.record,
      aside: {
        put: (kind, id, text) => service.edit(kind, id, { nickname: text }),
        read: (kind, id) => service.get(kind, id)?.record['nickname'] as string | undefined,
      },
      loseNextAnswer: () => (lost = true),
      setDown: (isDown) => (down = isDown),
    },
  };
}

function contextOf(clock: { readonly now: number }): Context {
  return { fetch: () => Promise.reject(new Error('the memory connector sends nothing')), now: () => clock.now, random: () => 0.5, zone: 'Europe/Vienna', language: 'en', window: { pastDays: 30, futureDays: 365 }, log: () => undefined };
}

/** An emptied field is written as `null`. */
function recordOf(fields: Fields): MemoryRecord {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value ?? null]));
}
