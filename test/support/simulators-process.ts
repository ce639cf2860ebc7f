import { createGraphSimulator, createOroCrmSimulator, listen, type Simulator } from '@syncline/simulators';
import { firstSyncContacts, person } from './first-sync.ts';
import { seeded } from './seeded.ts';
import { mailbox } from './two-services.ts';

/**
 * Both simulators behind real HTTP in a process of their own, so that a bench measures the hub's process alone.
 * The argument names the side that holds the contacts; messages ask for counts since the last time, or move the clock.
 */
let ahead = 0;
const env = { now: () => Date.now() + ahead, random: seeded(1) };
const random = seeded(2);
const oro = createOroCrmSimulator({ env });
const graph = createGraphSimulator({ env, seed: { users: [{ userPrincipalName: mailbox, displayName: 'Ada' }] } });
for (let index = 0; index < firstSyncContacts; index += 1) {
  const one = person(random, index);
  if (process.argv[2] === 'orocrm') oro.admin.createContact(one);
  else graph.admin.createContact({ givenName: one.firstName, surname: one.lastName, jobTitle: one.jobTitle, emailAddresses: (one.emails ?? []).map((address) => ({ address, name: address })) });
}
const servers = { orocrm: await listen(dated(oro), { port: 0 }), outlook: await listen(dated(graph), { port: 0 }) };
process.on('message', (message: { readonly advanceMs?: number }) => {
  if (message.advanceMs !== undefined) ahead += message.advanceMs;
  process.send?.({ orocrm: oro.counters.total, outlook: graph.counters.total });
  if (message.advanceMs !== undefined) return;
  oro.resetCounters();
  graph.resetCounters();
});
process.send?.({ orocrm: servers.orocrm.url, outlook: servers.outlook.url });

/** Answers carry the services' clock, which may be ahead of this machine's. */
function dated(simulator: Simulator): Simulator {
  return {
    ...simulator,
    handle: async (request) => {
      const response = await simulator.handle(request);
      response.headers.set('date', new Date(env.now()).toUTCString());
      return response;
    },
  };
}
