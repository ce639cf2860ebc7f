import type { StatusEvent } from '@syncline/hub';
import type { World } from '../world.ts';

/** How often a line is written where stderr is no screen, ms. */
const everyMs = 3_000;

/** Shows on stderr where the cycles are: one moving line on a screen, a line every few seconds elsewhere. */
export function progressOf(world: World): (event: StatusEvent) => void {
  let told = world.now();
  let cycle = 0;
  return (event) => {
    if (event.type === 'cycle-started') cycle += 1;
    if (event.type === 'cycle-ended' && event.last !== null) world.tell(`syncline: ${event.last.sentence}`);
    if (event.type !== 'progress' || event.running === null) return;
    const bar = event.running.bars.at(-1);
    const where = bar === undefined ? '' : ` ${bar.kind}s in ${bar.side === 'orocrm' ? 'OroCRM' : 'Outlook'} ${bar.done}${bar.total === undefined ? '' : ` of ${bar.total}`}`;
    const line = `syncline: cycle ${cycle}, ${words[event.running.phase]}${where}`;
    if (world.show !== undefined) world.show(line);
    else if (world.now() - told >= everyMs) {
      told = world.now();
      world.tell(line);
    }
  };
}

const words = { resolve: 'starting', observe: 'reading', merge: 'merging', plan: 'planning', perform: 'writing' } as const;
