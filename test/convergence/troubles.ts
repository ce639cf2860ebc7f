import type { Hub } from './hub.ts';
import type { People } from './people.ts';
import { skew, type Schedule } from './schedule.ts';
import type { Services } from './services.ts';
import type { Trace } from './trace.ts';

/** Orders some of what goes wrong with services, networks, clocks, disks and processes; tells what it was, by name. */
export function trouble(schedule: Schedule, services: Services, people: People, hub: Hub, random: () => number, trace: Trace): readonly string[] {
  const { oro: { admin: oro }, graph: { admin: graph } } = services;
  const upTo = (most: number): number => Math.floor(random() * (most + 1));
  const ways: Readonly<Record<string, () => void>> = {
    'orocrm does it, and its answer is lost': () => oro.faults.add({ match: { method: random() < 0.5 ? 'POST' : 'PATCH', path: /^\/api\// }, action: { type: 'drop-after' } }),
    'orocrm is not reached': () => oro.faults.add({ match: { method: random() < 0.5 ? 'PATCH' : 'GET' }, action: { type: 'drop-before' } }),
    'orocrm is busy': () => oro.faults.add({ match: { method: random() < 0.5 ? 'POST' : 'GET' }, action: { type: 'status', status: 503, retryAfterSeconds: 20 } }),
    'orocrm throttles': () => oro.faults.add({ match: { method: random() < 0.5 ? 'PATCH' : 'GET' }, action: { type: 'status', status: 429, retryAfterSeconds: 90 } }),
    'orocrm fails': () => oro.faults.add({ times: 1 + upTo(1), match: { method: 'GET' }, action: { type: 'status', status: [500, 502, 504][upTo(2)] ?? 500 } }),
    'orocrm touches everything': () => oro.recalculateActivity(),
    'outlook does it, and its answer is lost': () => graph.fault({ kind: 'drop-after', path: '$batch', skip: upTo(3) }),
    'outlook is not reached': () => graph.fault({ kind: 'drop-before', path: '$batch', skip: upTo(3) }),
    'outlook breaks off': () => graph.fault({ kind: 'truncate', path: random() < 0.5 ? '$batch' : 'delta', skip: upTo(3) }),
    'outlook throttles': () => graph.fault({ kind: 'status', status: 429, retryAfter: '2.128', method: random() < 0.5 ? 'POST' : 'GET', skip: upTo(8) }),
    'outlook throttles a part': () => graph.fault({ kind: 'status', status: 429, retryAfter: '10', method: 'PATCH', skip: upTo(3) }),
    'outlook is busy': () => graph.fault({ kind: 'status', status: 503, method: 'PATCH', skip: upTo(3) }),
    'outlook shows a page instead': () => graph.fault({ kind: 'html', method: 'GET', skip: upTo(4) }),
    'outlook forgets how far it was read': () => graph.expireDeltaTokens(),
    'outlook ends the sign-in': () => graph.expireAccessTokens(),
  };
  const names = Object.keys(ways);
  const done: string[] = [];
  const happen = (name: string, act: () => void): void => {
    act();
    done.push(name);
    trace.note(`trouble: ${name}`);
  };
  for (let count = upTo(2); count > 0; count -= 1) {
    const name = names[upTo(names.length - 1)] ?? '';
    happen(name, ways[name] ?? (() => undefined));
  }
  const { chances } = schedule;
  if (random() < chances.clockStep) {
    const who = (['hub', 'orocrm', 'outlook'] as const)[upTo(2)] ?? 'hub';
    happen(`the clock of ${who} is set`, () => void (services.skews[who] += skew(random)));
  }
  if (random() < chances.crash) happen('the process ends', () => hub.crashAfter(1 + upTo(random() < 0.5 ? 25 : 120), random() < 0.5 ? 'before' : 'after'));
  if (random() < chances.storeError) happen('the disk refuses to write', () => hub.failWriteAfter(upTo(12)));
  if (random() < chances.editDuring) {
    let requests = upTo(30);
    happen('a person edits meanwhile', () => {
      services.between = () => {
        requests -= 1;
        if (requests !== 0) return;
        services.between = undefined;
        people.edit();
      };
    });
  }
  return done;
}
