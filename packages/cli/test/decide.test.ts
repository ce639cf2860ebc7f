import t from 'tap';
import { rm } from 'node:fs/promises';
import { site, start, type Site } from './cli-world.ts';

interface Said {
  readonly code: number;
  readonly out: readonly string[];
  readonly err: readonly string[];
}

interface Desk {
  readonly here: Site;
  readonly says: (...args: string[]) => Promise<Said>;
  /** What is in the file from now on, besides the connections. */
  readonly set: (more: object) => Promise<void>;
}

async function desk(teardown: (work: () => Promise<void>) => void, more: object = {}): Promise<Desk> {
  const here = await site();
  teardown(async () => {
    await here.close();
    await rm(here.folder, { recursive: true });
  });
  const set = async (settings: object): Promise<void> => void (file = await here.write({ ...here.config, enableSync: false, ...settings }));
  let file = '';
  await set(more);
  const says = async (...args: string[]): Promise<Said> => {
    const running = start(here.folder, [...args, '--config', file]);
    return { code: await running.code, out: running.out, err: running.err };
  };
  return { here, says, set };
}

/** The commands that a record's explanation names. */
function commandsIn({ out }: Said): readonly (readonly string[])[] {
  return out.flatMap((line) => (/npx syncline (.*)$/.exec(line)?.[1] === undefined ? [] : [(/npx syncline (.*)$/.exec(line)?.[1] ?? '').split(' ')]));
}

t.test('A12 "why" names the commands that decide what waits, and they do', async (t) => {
  for (const [choice, contacts] of [['--keep', 3], ['--delete', 2]] as const) {
    const { here, says, set } = await desk((work) => t.teardown(work), { direction: 'orocrm-to-outlook' });
    const [ada] = ['Ada', 'Bob', 'Cleo'].map((firstName) => here.orocrm.admin.createContact({ firstName }).id);
    await says('sync', '--yes');
    here.orocrm.admin.deleteContact(ada ?? 0);
    await says('sync');
    await set({ direction: 'bidirectional' });
    await says('sync');
    const why = await says('why', String(ada));
    t.ok(why.out.some((line) => /waits \(A12\)/.test(line)), why.out.join('\n'));
    const commands = commandsIn(why);
    t.match(commands, [['decide', /^e_/, '--keep'], ['decide', /^e_/, '--delete']]);
    const command = commands.find((one) => one.includes(choice)) ?? [];
    t.match((await says(...command)).out, [/^contact "Ada" \(A12\): /]);
    t.match(await says(...command), { code: 2, err: [/nothing about it waits for a person\./] }, 'a second time it says that nothing waits');
    t.equal((await says('sync')).code, 0);
    t.equal(here.orocrm.admin.listContacts().length, contacts);
    t.equal(here.graph.admin.listContacts().length, contacts);
    const { runs } = JSON.parse((await says('history', '--json')).out[0] ?? '') as { runs: readonly { run: string; counts: { decide?: number } }[] };
    const decided = runs.find(({ counts }) => counts.decide === 1);
    t.match((await says('history', decided?.run ?? '')).out, [new RegExp(`^decide contact "Ada" in outlook \\(A12\\) ${choice.slice(2)}$`)], 'the decision is in history');
  }
});

t.test('D6 "restore" tells first, and does it with --yes; the id it needs stands in history', async (t) => {
  const { here, says } = await desk((work) => t.teardown(work));
  const [ada] = ['Ada', 'Bob', 'Cleo'].map((firstName) => here.orocrm.admin.createContact({ firstName }).id);
  await says('sync', '--yes');
  here.orocrm.admin.deleteContact(ada ?? 0);
  await says('sync');
  t.equal(here.graph.admin.listContacts().length, 2);
  const { runs } = JSON.parse((await says('history', '--json')).out[0] ?? '') as { runs: readonly { run: string }[] };
  const [command] = commandsIn(await says('history', runs[0]?.run ?? ''));
  t.match(command, ['restore', /^e_/]);
  const told = await says(...(command ?? []));
  t.match(told.out, [/^contact "Ada", deleted .* \(C12\):$/, /OroCRM.*new id.*activities/, /Outlook.*photo/, /^Nothing was done yet: npx syncline restore e_\w+ --yes$/]);
  await says('sync');
  t.equal(here.graph.admin.listContacts().length, 2, 'telling does nothing');
  t.match((await says(...(command ?? []), '--yes')).out.at(-1), /^Restored/);
  await says('sync');
  t.equal(here.graph.admin.listContacts().length, 3);
  t.equal(here.orocrm.admin.listContacts().length, 3);
  t.match(await says(...(command ?? [])), { code: 2, err: [/contact "Ada": it was made again since\./] });
});

t.test('R10 "undo --record --field" reverses one value', async (t) => {
  const { here, says } = await desk((work) => t.teardown(work));
  const { id } = here.orocrm.admin.createContact({ firstName: 'Ada', jobTitle: 'Analyst', fax: '1' });
  await says('sync', '--yes');
  here.orocrm.admin.updateContact(id, { jobTitle: 'Poet', fax: '2' });
  await says('sync');
  const { runs } = JSON.parse((await says('history', '--json')).out[0] ?? '') as { runs: readonly { run: string }[] };
  const run = runs[0]?.run ?? '';
  t.match(await says('undo', run, '--field', 'jobTitle'), { code: 2, err: [/--record/] });
  t.match(await says('undo', run, '--record', String(id), '--field', 'middleName'), { code: 2, err: [/wrote nothing of its field "middleName"/] });
  t.match((await says('undo', run, '--record', String(id), '--field', 'jobTitle')).out, [/^1 reversed/]);
  await says('sync');
  t.match(here.orocrm.admin.contact(id), { jobTitle: 'Analyst', fax: '2' });
  t.match(here.graph.admin.listContacts(), [{ jobTitle: 'Analyst' }]);
});

t.test('what is missing or does not fit is said in a sentence, with a hub that runs and without', async (t) => {
  const { here, says } = await desk((work) => t.teardown(work));
  const contact = here.orocrm.admin.createContact({ firstName: 'Ada' }).id;
  const task = here.orocrm.admin.createTask({ subject: 'Call' }).id;
  await says('sync', '--yes');
  const refusals: readonly (readonly [args: readonly string[], sentence: RegExp])[] = [
    [['decide'], /Which record/],
    [['decide', '1'], /--keep, --delete, --orocrm and --outlook/],
    [['decide', '1', '--keep', '--delete'], /Name one of/],
    [['decide', '1', '--keep', '--field', 'jobTitle'], /whole record/],
    [['decide', 'nobody', '--keep'], /No record has the id "nobody"/],
    [['restore'], /Which record/],
    [['restore', 'nobody'], /No record has the id "nobody"/],
  ];
  t.equal(contact, task, 'a number that is two records');
  const ambiguous = await says('decide', String(contact), '--keep');
  t.match(ambiguous, { code: 2, err: [/is an id of several records: name one by its own, e_\w+ \((contact|task) "\w+"\) or e_\w+ \((contact|task) "\w+"\)\./] });
  for (const [args, sentence] of refusals) t.match(await says(...args), { code: 2, err: [sentence] }, args.join(' '));
  const entity = /(e_\w+) \(contact/.exec(ambiguous.err[0] ?? '')?.[1] ?? '';
  t.match((await says('decide', entity, '--keep')).err, [/contact "Ada": nothing about it waits for a person\./]);
  t.match((await says('decide', entity, '--orocrm', '--field', 'shoeSize')).err, [/it has no field "shoeSize"/]);
  t.match((await says('decide', entity, '--outlook', '--field', 'firstName')).err, [/not a matter of choice/]);
  t.match((await says('restore', entity)).err, [/the hub deleted nothing of it in the last 30 days/]);
  const hub = start(here.folder, ['hub', '--config', `${here.folder}/syncline.yaml`]);
  await hub.said(/Sign in once/);
  t.match((await says('decide', entity, '--keep')).err, [/contact "Ada": nothing about it waits for a person\./]);
  t.match((await says('restore', 'nobody')).err, [/No record has the id "nobody"/]);
  t.equal(await hub.end(), 0);
});
