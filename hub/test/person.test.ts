import { memoryStore } from '@syncline/store';
import t from 'tap';
import { connectWaiting } from '../src/sync/wait-for-person.ts';
import { turn } from './fake-clock.ts';
import { hubWorld } from './hub-world.ts';

const deviceCode = { outlook: { tenant: 'contoso.example', clientId: 'b1f0c3d2-5a4e-4f6b-8c7d-9e0f1a2b3c4d', authority: 'http://127.0.0.1:4010', graph: 'http://127.0.0.1:4010', signIn: { method: 'device-code' } } };

t.test('S8, R8 a new hub waits while somebody types the code, says it once, and keeps what was granted sealed', async (t) => {
  const world = await hubWorld(deviceCode);
  const log: string[] = [];
  let failures: unknown;
  const waiting = connectWaiting(world.hub, { log: (line) => void log.push(line), schedule: world.clock.schedule }).then((found) => (failures = found));
  for (let look = 0; look < 4; look += 1) {
    await world.clock.advance(5_000);
    for (let turns = 0; turns < 20; turns += 1) await turn();
  }
  t.equal(failures, undefined, 'it waits');
  t.equal(log.length, 1);
  const code = / code (\w+)\.$/.exec(log[0] ?? '')?.[1] ?? '';
  world.graph.admin.approveDeviceCode(code);
  for (let look = 0; look < 4 && failures === undefined; look += 1) {
    await world.clock.advance(5_000);
    for (let turns = 0; turns < 20; turns += 1) await turn();
  }
  await waiting;
  t.same(failures, []);
  const store = memoryStore({ hubId: 'test' });
  await world.hub.open(store, { schedules: false });
  const [user = ''] = [...world.hub.users.keys()];
  const kept = await (await store.user(user)).get('state', 'secret/right/refreshToken');
  t.match(kept, { sealed: /^v1\./ });
  t.notMatch(JSON.stringify(kept), /0\.sim\./);
  await world.hub.close();
});

t.test('a sign-in that a person has to correct first is not waited for', async (t) => {
  const world = await hubWorld({ outlook: { ...deviceCode.outlook, clientId: 'unknown' } });
  const failures = await connectWaiting(world.hub, { log: () => undefined, schedule: world.clock.schedule });
  t.match(failures, [{ failure: { kind: 'config', message: /clientId/ } }]);
  t.equal(world.clock.timers(), 0);
  await world.hub.close();
});
