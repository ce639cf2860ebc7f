import type { Context } from '@syncline/connector';
import { orocrm } from '@syncline/connector-orocrm';
import { outlook } from '@syncline/connector-outlook';
import { bindSide, openSession, runCycle, type CycleReport } from '@syncline/engine';
import { mailboxOf } from '@syncline/simulators';
import { memoryStore } from '@syncline/store';
import { seeded } from './seeded.ts';
import { orocrmConfig, outlookConfig, type TwoServices } from './two-services.ts';

/** Somebody else's hub between the same two services. */
export interface SecondUser {
  /** The OroCRM user's id, which is the calendar's as well. */
  readonly id: number;
  readonly email: string;
  readonly mailbox: string;
  readonly cycle: () => Promise<CycleReport>;
}

/** Adds a colleague to OroCRM with a mailbox, synced by a hub of their own. The colleague sees all records (role "sales"). */
export function secondUser(world: TwoServices): SecondUser {
  const mailbox = mailboxOf(2);
  const { id, email } = world.oro.admin.createUser({ username: 'bob', email: mailbox, roleId: 3 });
  world.oro.admin.createClient({ id: 'bob', secret: 'secret-bob', grants: ['client_credentials'], userId: id });
  world.graph.admin.addUser({ userPrincipalName: mailbox, displayName: 'Bob' });
  const random = seeded(99);
  const now = (): number => world.clock.now;
  const context = (handle: (request: Request) => Promise<Response>): Context => ({
    fetch: async (request) => {
      const response = await handle(request);
      if (!response.headers.has('date')) response.headers.set('date', new Date(now()).toUTCString());
      return response;
    },
    now, random, zone: 'Europe/Berlin', language: 'en', window: { pastDays: 30, futureDays: 365 }, log: () => undefined,
  });
  const session = memoryStore({ hubId: 'second' }).user('bob').then(async (store) => {
    const left = await bindSide('left', orocrm, { ...orocrmConfig, auth: { signIn: 'client-credentials', clientId: 'bob', clientSecret: 'secret-bob' } }, context(world.oro.handle));
    const right = await bindSide('right', outlook, { ...outlookConfig, signIn: { ...outlookConfig.signIn, user: mailbox } }, context(world.graph.handle));
    return openSession({ left, right }, store, world.settings, { now, random });
  });
  return {
    id, email, mailbox,
    cycle: async () => {
      const report = await runCycle(await session, { trigger: 'once', go: true });
      world.clock.now += 60_000;
      return report;
    },
  };
}
