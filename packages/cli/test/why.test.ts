import t from 'tap';
import { rm } from 'node:fs/promises';
import { site, start } from './cli-world.ts';

t.setTimeout(120_000);

// `syncline why RECORD` answers with the number of the rule: one example of each kind of hold.

t.test('S17 D12 M7 M24 M43 D4 D5 D7 "why" explains what waits by the number of its rule', async (t) => {
  const here = await site();
  t.teardown(async () => {
    await here.close();
    await rm(here.folder, { recursive: true });
  });
  const file = await here.write({ ...here.config, enableSync: false });
  const says = async (...args: string[]): Promise<{ readonly code: number; readonly out: readonly string[]; readonly err: readonly string[] }> => {
    const running = start(here.folder, [...args, '--config', file]);
    return { code: await running.code, out: running.out, err: running.err };
  };
  const { admin: oro } = here.orocrm;
  const { admin: graph } = here.graph;
  const soon = (hour: number): number => Math.floor(Date.now() / 86_400_000 + 3) * 86_400_000 + hour * 3_600_000;
  const at = (hour: number) => ({ dateTime: new Date(soon(hour)).toISOString().slice(0, 19), timeZone: 'UTC' });
  const day = new Date(soon(0)).toISOString().slice(0, 10);

  const people = ['Ada', 'Bob', 'Cleo', 'Dan', 'Eve', 'Fay', 'Gus', 'Hal'].map((firstName) => oro.createContact({ firstName, lastName: 'Byron' }).id);
  const [hidden = 0] = people;
  const plain = graph.createEvent({ subject: 'Lunch', start: at(9), end: at(10) }).id;
  const meeting = graph.createEvent({ subject: 'Board', start: at(11), end: at(12), attendees: [{ type: 'required', emailAddress: { name: 'Guest', address: 'guest@example.org' } }] }).id;
  const secretEvent = graph.createEvent({ subject: 'Secret', sensitivity: 'private', start: at(13), end: at(14) }).id;
  const series = graph.createEvent({ subject: 'Weekly', start: at(15), end: at(16), recurrence: { pattern: { type: 'daily', interval: 1 }, range: { type: 'numbered', startDate: day, numberOfOccurrences: 3, recurrenceTimeZone: 'UTC' } } }).id;
  const card = graph.createContact({ companyName: 'Acme Ltd' }).id;
  const long = graph.createContact({ givenName: 'Long', jobTitle: 'x'.repeat(256) }).id;
  const lost = graph.createContact({ givenName: 'Lost', homeAddress: { street: '1 Main St', city: 'Poseidonis', countryOrRegion: 'Atlantis' } }).id;
  await says('sync', '--yes');

  oro.setVisible('contact', hidden, false);
  const item = graph.listContacts().find((one) => one['givenName'] === 'Bob')?.id ?? '';
  graph.moveContact(item, { in: graph.createFolder('Private').id });
  const board = oro.listEvents().find(({ title }) => title === 'Board')?.id ?? 0;
  oro.updateEvent(board, { title: 'Board meeting' });
  await says('sync');

  const rows: readonly (readonly [what: string, id: string, rule: RegExp])[] = [
    ['a private event', secretEvent, /S17.*private/],
    ['a series', series, /D12.*recurring/],
    ['a company card', card, /M7/],
    ['a text that is too long', long, /(M43|M2).*256 characters.*255/],
    ['an address of no country', lost, /(M24|M2).*country/],
    ['a record that is hidden', String(hidden), /D4/],
    ['an item that was moved away', item, /D5/],
    ['a meeting', meeting, /D7.*1 people/],
  ];
  for (const [what, id, rule] of rows) {
    const why = await says('why', id);
    t.equal(why.code, 0, `${what}: ${why.err.join(' ')}`);
    t.match(why.out.join('\n').replace(/\n/g, ' '), rule, what);
  }
  t.match((await says('why', plain)).out.join(' '), /\(?C3\)?|Both sides hold what was agreed/, 'and of what does not wait that nothing is to be done');
});
