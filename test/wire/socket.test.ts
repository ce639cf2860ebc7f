// `/ws/status` over real sockets: who gets in, and what a peer can do to the hub.
import { once } from 'node:events';
import { connect } from 'node:net';
import type { UserStatus } from '@syncline/hub';
import t from 'tap';
import { WebSocket, type ClientOptions } from 'ws';
import { ownToken, startDemo } from './demo-process.ts';

t.test('sockets of the status', async (t) => {
  const folder = t.testdir();
  const demo = await startDemo(t, folder, [], { SYNCLINE_ENABLE_SYNC: 'no' });
  const token = await ownToken(folder);
  const address = `${demo.url.replace('http', 'ws')}/ws/status`;

  /** The status of a refusal, or the first message. */
  const attempt = async (protocols: string[], options: ClientOptions = {}): Promise<number | { readonly protocol: string; readonly type: string; readonly users: readonly UserStatus[] }> => {
    const socket = new WebSocket(address, protocols, options);
    t.teardown(() => socket.terminate());
    return new Promise((resolve, reject) => {
      socket.on('unexpected-response', (_request, answer) => {
        resolve(answer.statusCode ?? 0);
        answer.resume();
      });
      socket.on('message', (data: Buffer) => resolve({ protocol: socket.protocol, ...(JSON.parse(data.toString()) as { type: string; users: UserStatus[] }) }));
      socket.on('error', reject);
    });
  };

  await t.test('refused before the upgrade: no token, a wrong one, a foreign page, a foreign host', async (t) => {
    t.equal(await attempt(['syncline.v1']), 401);
    t.equal(await attempt(['syncline.v1', 'bearer.guess']), 401);
    t.equal(await attempt(['syncline.v1', `bearer.${token}`], { origin: 'https://evil.example' }), 403);
    t.equal(await attempt(['syncline.v1', `bearer.${token}`], { headers: { host: 'rebound.example' } }), 421);
  });

  await t.test('with a token the state comes first, and the token does not come back', async (t) => {
    t.match(await attempt(['syncline.v1', `bearer.${token}`]), { protocol: 'syncline.v1', type: 'state', users: [{ user: 'me', enableSync: false, running: null }] });
    t.match(await attempt(['syncline.v1'], { headers: { authorization: `Bearer ${token}` } }), { type: 'state' });
  });

  await t.test('a message that is too large, and a frame that is none, end that socket only', async (t) => {
    const large = new WebSocket(address, ['syncline.v1', `bearer.${token}`]);
    await once(large, 'open');
    large.send('x'.repeat(10_000));
    const [code] = (await once(large, 'close')) as [number];
    t.equal(code, 1009);

    const { hostname, port } = new URL(demo.url);
    const raw = connect(Number(port), hostname);
    raw.write(handshake(hostname, port, token));
    await once(raw, 'data');
    raw.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff]));
    raw.resume();
    await once(raw, 'close');
    t.equal((await fetch(`${demo.url}/healthz`)).status, 200, 'the hub lives');
    t.match(await attempt(['syncline.v1', `bearer.${token}`]), { type: 'state' });
  });

  await t.test('a request that names two hosts is refused: a proxy may have looked at the other', async (t) => {
    const { hostname, port } = new URL(demo.url);
    const raw = connect(Number(port), hostname);
    raw.write(`GET / HTTP/1.1\r\nHost: ${hostname}:${port}\r\nHost: rebound.example\r\nConnection: close\r\n\r\n`);
    const [answer] = (await once(raw, 'data')) as [Buffer];
    t.match(answer.toString(), /^HTTP\/1\.1 400 /);
    raw.destroy();
  });

  await t.test('every kind of illegal frame ends its own socket only', async (t) => {
    const { hostname, port } = new URL(demo.url);
    const frames: readonly (readonly [string, readonly number[]])[] = [
      ['reserved bits', [0xf1, 0x80, 0, 0, 0, 0]], ['reserved opcode', [0x83, 0x80, 0, 0, 0, 0]], ['not masked', [0x81, 0x01, 0x41]],
      ['goes on with nothing', [0x80, 0x80, 0, 0, 0, 0]], ['a ping in pieces', [0x09, 0x80, 0, 0, 0, 0]], ['a ping too long', [0x89, 0xfe, 0x00, 0x7e]],
      ['a farewell of one byte', [0x88, 0x81, 0, 0, 0, 0, 3]], ['a farewell with a code that is none', [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xed]], ['no UTF-8', [0x81, 0x81, 0, 0, 0, 0, 0xff]],
      ['a length of 2^63', [0x82, 0xff, 255, 255, 255, 255, 255, 255, 255, 255]], ['compressed', [0xc2, 0x81, 0, 0, 0, 0, 0]],
    ];
    for (const [name, bytes] of frames) {
      const raw = connect(Number(port), hostname);
      raw.on('error', () => undefined);
      raw.write(handshake(hostname, port, token));
      await once(raw, 'data');
      raw.write(Buffer.from(bytes));
      raw.resume();
      await once(raw, 'close');
      t.equal((await fetch(`${demo.url}/healthz`)).status, 200, name);
    }
  });

  await t.test('T19 whoever does not come to the point within seconds is hung up on', async (t) => {
    const { hostname, port } = new URL(demo.url);
    const slow = [`GET / HTTP/1.1\r\nHost: ${hostname}:${port}\r\nX: `, ''].map((text) => {
      const raw = connect(Number(port), hostname);
      raw.resume();
      raw.write(text);
      return once(raw, 'close');
    });
    const asked = Date.now();
    await Promise.all(slow);
    t.ok(Date.now() - asked < 10_000);
  });

  await t.test('the hub ends although sockets are open', async (t) => {
    const socket = new WebSocket(address, ['syncline.v1', `bearer.${token}`]);
    await once(socket, 'open');
    const goodbye = once(socket, 'close') as Promise<[number]>;
    // And one that never answers a goodbye.
    const { hostname, port } = new URL(demo.url);
    const deaf = connect(Number(port), hostname);
    t.teardown(() => deaf.destroy());
    deaf.write(handshake(hostname, port, token));
    await once(deaf, 'data');
    const asked = Date.now();
    t.equal(await demo.end('SIGTERM'), 0);
    t.ok(Date.now() - asked < 5_000);
    t.equal((await goodbye)[0], 1001);
  });
});

function handshake(hostname: string, port: string, token: string): string {
  return `GET /ws/status HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nAuthorization: Bearer ${token}\r\n\r\n`;
}
