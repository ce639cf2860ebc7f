import { firstSyncContacts, measureInProcess } from '../support/first-sync.ts';

/**
 * Goals: at most 0.1 requests per created record on Graph, where a `$batch` of twenty counts one; 300 MB; idle at most one
 * listing and one count per kind and side. The peer is a client that sends one request per record and reads each back.
 */
export default async function run() {
  return {
    question: 'what does a first synchronisation cost, per created record, and what does an idle cycle cost?',
    world: `${firstSyncContacts} contacts in OroCRM, none in Outlook; both simulators in a process of their own behind HTTP, limits on, seed 1`,
    rows: [await measureInProcess('orocrm'), await measureInProcess('orocrm', 160)],
  };
}
