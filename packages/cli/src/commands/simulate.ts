import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createGraphSimulator, createOroCrmSimulator, defaultApplication, loadOroDemoData } from '@syncline/simulators';
import type { Command } from '../command.ts';
import { serveSimulator } from '../demo/serve-simulator.ts';
import { pathOf } from '../load-config.ts';
import { textOf, wholeNumber } from '../options.ts';
import { Complaint } from '../world.ts';

/** `syncline simulate`: one of the simulators by itself, for authors of connectors. */
export const simulate: Command = {
  summary: 'runs the OroCRM or the Microsoft Graph simulator on a port',
  words: 'orocrm|graph',
  options: {
    port: { value: 'N', help: 'the port on 127.0.0.1; default: any free one' },
    data: { value: 'DIR', help: 'orocrm: a folder with OroCRM\'s own demo data to begin with' },
    state: { value: 'DIR', help: 'keeps what happens in this folder, and goes on there the next time' },
  },
  examples: ['npx syncline simulate orocrm --port 8380 --state ./sim', 'npx syncline simulate graph --port 8381 --json'],
  run: async (given, world) => {
    const [which] = given.words;
    if (which !== 'orocrm' && which !== 'graph') throw new Complaint(`"simulate" needs to know which: orocrm or graph${which === undefined ? '' : `, not "${which}"`}.`);
    const port = wholeNumber(given, 'port', 0, 65_535) ?? 0;
    const stateFolder = textOf(given.values['state']);
    const dataFolder = textOf(given.values['data']);
    if (dataFolder !== undefined && which === 'graph') throw new Complaint('--data is for the OroCRM simulator; the Graph simulator begins empty.');
    const data = dataFolder === undefined ? undefined : await loadOroDemoData(pathOf(world, dataFolder), world.now()).catch((error: unknown) => {
      throw new Complaint(error instanceof Error ? error.message : String(error));
    });
    for (const note of data?.notes ?? []) world.tell(note);
    const folder = stateFolder === undefined ? undefined : pathOf(world, stateFolder);
    const served = await serveSimulator({
      world,
      name: which === 'orocrm' ? 'OroCRM' : 'Graph',
      ports: [port],
      ...(folder !== undefined && { statePath: join(folder, `${which}.json`) }),
      create: (state) => which === 'orocrm'
        ? createOroCrmSimulator({ env: world, ...(state !== undefined && { state }), ...(data !== undefined && { data: data.seed }) })
        : createGraphSimulator({ env: world, ...(state !== undefined && { state }) }),
    });
    if (folder !== undefined) {
      await mkdir(folder, { recursive: true });
      await served.keep(true);
    }
    const signIn = which === 'orocrm'
      ? { clientId: 'syncline-admin', clientSecret: 'secret-syncline-admin' }
      : { tenant: defaultApplication.tenant, clientId: defaultApplication.clientId, clientSecret: defaultApplication.clientSecret, user: 'person1@contoso.example' };
    if (given.values['json'] === true) world.say(JSON.stringify({ url: served.url, ...signIn }));
    else {
      world.say(`The ${which === 'orocrm' ? 'OroCRM' : 'Microsoft Graph'} simulator is at ${served.url}`);
      for (const [name, value] of Object.entries(signIn)) world.say(`  ${name}: ${value}`);
    }
    await world.ended;
    await served.close();
    return 0;
  },
};
