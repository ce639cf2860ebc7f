import type { Kind } from '@syncline/core';
import { MemoryDisk } from '@syncline/store';
import { linkedWorld, type Desks } from './desks.ts';
import { twoServices, type TwoServices, type WorldOptions } from './two-services.ts';

/** A world whose data can be copied. */
export interface BackedUp {
  readonly world: TwoServices;
  readonly desks: Desks;
  readonly disk: MemoryDisk;
}

/** As `linkedWorld`, on a disk of its own. */
export async function backedUpWorld(count: number, options: WorldOptions = {}, kind: Kind = 'contact'): Promise<BackedUp> {
  const disk = new MemoryDisk();
  return { ...(await linkedWorld(count, { ...options, disk }, kind)), disk };
}

/** The hub as it starts on an older disk, between the same services, which have gone on since. The hub of before is gone. */
export function restoredOn(world: TwoServices, disk: MemoryDisk, options: WorldOptions = {}): TwoServices {
  // Another process draws other numbers.
  const hub = twoServices({ policy: world.settings.policy, seed: 100 + disk.generation, ...options, disk });
  Object.assign(hub.oro, { handle: world.oro.handle });
  Object.assign(hub.graph, { handle: world.graph.handle });
  Object.defineProperty(hub.clock, 'now', { get: () => world.clock.now, set: (now: number) => void (world.clock.now = now) });
  return hub;
}
