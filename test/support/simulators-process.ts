import { createGraphSimulator, createOroCrmSimulator, listen } from '@syncline/simulators';
import { firstSyncContacts, person } from './first-sync.ts';
import { seeded } from './seeded.ts';
import { mailbox } from './two-services.ts';

/**
 * Both simulators behind real HTTP in a process of their own, so that a bench measures the hub's process alone.
 * The argument names the side that holds the contacts; messages ask for counts.
 */
const env = { now: () => Date.now(), random: seeded(1) };
const random = seeded(2);
const oro = createOroCrmSimulator({ env });
const graph = createGraphSimulator({ env, seed: { users: [{ userPrincipalName: mailbox, displayName: 'Ada' }] } });
for (let index = 0; index < firstSyncContacts; index += 1) {
  const one = person(random, index);
  if (process.argv[2] === 'orocrm') oro.admin.createContact(one);
  else graph.admin.createContact({ givenName: one.firstName, surname: one.lastName, jobTitle: one.jobTitle, emailAddresses: (one.emails ?? []).map((address) => ({ address, name: address })) });
}
const servers = { orocrm: await listen(oro, { port: 0 }), outlook: await listen(graph, { port: 0 }) };
process.on('message', (message) => {
  if (message === 'counts') process.send?.({ orocrm: oro.counters.total, outlook: graph.counters.total });
  oro.resetCounters();
  graph.resetCounters();
});
process.send?.({ orocrm: servers.orocrm.url, outlook: servers.outlook.url });
