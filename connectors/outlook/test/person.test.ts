import type { Context, Secrets, SignInStep } from '@syncline/connector';
import type { GraphSimulator } from '@syncline/simulators';
import t from 'tap';
import { config, type Config } from '../src/config.ts';
import { outlook, type Session } from '../src/index.ts';
import { signIn } from '../src/person-sign-in.ts';
import { contextOf, createSimulator, dice, failureOf, nothingHeld, pullInto, settings, start, user } from './mailbox.ts';

const back = 'http://localhost:7420/connect/outlook/back';

interface Desk {
  readonly sim: GraphSimulator;
  readonly clock: { now: number };
  readonly context: Context;
  /** What is on disk. */
  readonly disk: Map<string, string>;
  /** The bodies that went to the token endpoint. */
  readonly asked: URLSearchParams[];
  readonly random: () => string;
}

function openDesk(sim?: GraphSimulator): Desk {
  const clock = { now: start };
  const simulator = sim ?? createSimulator({}, clock);
  const asked: URLSearchParams[] = [];
  const disk = new Map<string, string>();
  const secrets: Secrets = { kept: async (name) => disk.get(name), keep: async (name, secret) => void disk.set(name, secret) };
  const fetch = async (request: Request): Promise<Response> => {
    if (request.url.endsWith('/token')) asked.push(new URLSearchParams(await request.clone().text()));
    return simulator.handle(request);
  };
  const roll = dice(5);
  const random = (): string => Array.from({ length: 43 }, () => 'abcdefghijklmnopqrstuvwxyz0123456789'.charAt(Math.floor(roll() * 36))).join('');
  return { sim: simulator, clock, context: { ...contextOf(clock, fetch), secrets }, disk, asked, random };
}

function withSignIn(way: Config['signIn']): Config {
  return config.parse({ ...settings, signIn: way });
}

async function begin(desk: Desk, way: Config['signIn']): Promise<SignInStep> {
  const step = await signIn.begin(withSignIn(way), desk.context, { back, random: desk.random });
  if (step === undefined) throw new Error('nobody has to sign in');
  return step;
}

/** What a browser does with the address: it comes back with a query. */
async function browse(desk: Desk, step: SignInStep): Promise<URLSearchParams> {
  const answer = await desk.sim.handle(new Request(step.url));
  const target = new URL(answer.headers.get('location') ?? 'http://nowhere.example');
  if (target.origin + target.pathname !== back) throw new Error(`sent back to ${target.href}`);
  return target.searchParams;
}

const deviceCode = { method: 'device-code' } as const;
const authorizationCode = { method: 'authorization-code' } as const;

t.test('S8, R8 a mailbox nobody has signed in to says where to type which code, the same until it is typed, and then goes on', async (t) => {
  const desk = openDesk();
  const connect = (): Promise<Session> => outlook.connect(withSignIn(deviceCode), desk.context);
  const first = await failureOf(connect);
  t.match(first, { kind: 'auth', message: /microsoft\.com\/devicelogin .* type the code [A-Z0-9]+\.$/, retryAfterMs: 5_000 });
  t.equal((await failureOf(connect)).message, first.message, 'one alert, not one each time');
  const codeOf = ({ message }: { readonly message: string }): string => / code (\w+)\.$/.exec(message)?.[1] ?? '';
  desk.clock.now += 900_000;
  const second = await failureOf(connect);
  t.not(codeOf(second), codeOf(first), 'another one when it is too late for the first');
  desk.sim.admin.declineDeviceCode(codeOf(second));
  const third = await failureOf(connect);
  desk.sim.admin.approveDeviceCode(codeOf(third), user);
  t.equal((await connect()).api.root, '/me');
  desk.sim.admin.revokeRefreshTokens();
  desk.clock.now += 3_600_000;
  const fourth = await failureOf(connect);
  t.match(fourth, { kind: 'auth', message: /type the code/ }, 'R8 revoked: somebody has to sign in again');
  desk.sim.admin.approveDeviceCode(codeOf(fourth), user);
  t.equal((await connect()).api.root, '/me');
  t.match(await failureOf(() => outlook.connect(withSignIn(authorizationCode), openDesk().context)), { kind: 'auth', message: /Nobody has signed in/ });
});

t.test('10 of the contract: a person types a code at Microsoft, and the hub waits as it is told', async (t) => {
  const desk = openDesk();
  const step = await begin(desk, deviceCode);
  t.match(step, { url: 'https://microsoft.com/devicelogin', code: /^[A-Z0-9]{5,}$/, waitMs: 5_000, expiresAt: start + 900_000 });
  t.notOk(step.url.includes(step.token), 'the device code is the hub\'s alone');
  t.equal(await signIn.look(withSignIn(deviceCode), desk.context, step), step, 'not yet');
  desk.sim.admin.approveDeviceCode(step.code ?? '', user);
  t.equal(await signIn.look(withSignIn(deviceCode), desk.context, step), undefined);
  t.equal(desk.disk.size, 1);
  const session = await outlook.connect(withSignIn(deviceCode), desk.context);
  t.equal(session.api.root, '/me');
  t.match(await outlook.check(session), { name: `Ada <${user}>`, warnings: [] });
});

t.test('a code that was declined, is too late or was used already is said so; nothing is kept', async (t) => {
  const desk = openDesk();
  const declined = await begin(desk, deviceCode);
  desk.sim.admin.declineDeviceCode(declined.code ?? '');
  t.match(await failureOf(() => signIn.look(withSignIn(deviceCode), desk.context, declined)), { kind: 'auth', message: /declined/ });
  const late = await begin(desk, deviceCode);
  desk.clock.now += 900_000;
  t.match(await failureOf(() => signIn.look(withSignIn(deviceCode), desk.context, late)), { kind: 'auth', message: /too late/ });
  t.match(await failureOf(() => signIn.look(withSignIn(deviceCode), desk.context, { ...late, token: 'none' })), { kind: 'auth', message: /begin anew/ });
  t.equal(desk.disk.size, 0);
});

t.test('RFC 8628, 3.5: who is asked to slow down waits five seconds more', async (t) => {
  const desk = openDesk();
  const step = await begin(desk, deviceCode);
  const context: Context = { ...desk.context, fetch: () => Promise.resolve(Response.json({ error: 'slow_down' }, { status: 400 })) };
  const slower = await signIn.look(withSignIn(deviceCode), context, step);
  t.equal(slower?.waitMs, 10_000);
  t.equal((await signIn.look(withSignIn(deviceCode), context, slower ?? step))?.waitMs, 15_000);
});

t.test('10 of the contract: a browser is sent to Microsoft and back, and the code is of no use to others (PKCE)', async (t) => {
  const desk = openDesk();
  const step = await begin(desk, authorizationCode);
  const query = new URL(step.url).searchParams;
  t.same([query.get('response_type'), query.get('code_challenge_method'), query.get('redirect_uri')], ['code', 'S256', back]);
  for (const scope of ['offline_access', 'Contacts.ReadWrite', 'Tasks.ReadWrite', 'Calendars.ReadWrite']) t.match(query.get('scope'), new RegExp(scope.replace('.', '\\.')));
  const verifier = (JSON.parse(step.token) as { verifier: string }).verifier;
  t.equal(verifier.length, 43, 'RFC 7636 wants 43 characters at least');
  t.notOk(step.url.includes(verifier), 'the verifier stays here');
  const answer = await browse(desk, step);
  const other = await begin(desk, authorizationCode);
  t.match(await failureOf(() => signIn.look(withSignIn(authorizationCode), desk.context, other, answer)), { kind: 'auth', message: /another sign-in/ }, 'somebody else\'s answer');
  t.equal(desk.asked.length, 0, 'and its code is not used');
  t.equal(await signIn.look(withSignIn(authorizationCode), desk.context, step, answer), undefined);
  t.match(await outlook.check(await outlook.connect(withSignIn(authorizationCode), desk.context)), { name: `Ada <${user}>` });
  desk.disk.clear();
  const stolen = await begin(desk, authorizationCode);
  const code = await browse(desk, stolen);
  const thief = { ...stolen, token: JSON.stringify({ verifier: desk.random(), back }) };
  t.equal((await failureOf(() => signIn.look(withSignIn(authorizationCode), desk.context, thief, code))).kind, 'auth');
  t.equal(desk.disk.size, 0);
});

t.test('a person who says no at Microsoft, and one who comes back too late', async (t) => {
  const desk = openDesk();
  desk.sim.admin.consent(false);
  const step = await begin(desk, authorizationCode);
  t.match(await failureOf(async () => signIn.look(withSignIn(authorizationCode), desk.context, step, await browse(desk, step))), { kind: 'auth', message: /consent/ });
  desk.sim.admin.consent(true);
  const late = await begin(desk, authorizationCode);
  const answer = await browse(desk, late);
  desk.clock.now += 15 * 60_000;
  t.match(await failureOf(() => signIn.look(withSignIn(authorizationCode), desk.context, late, answer)), { kind: 'auth', message: /too late/ });
  t.match(await failureOf(() => signIn.begin(withSignIn(authorizationCode), desk.context, { random: desk.random })), { kind: 'config', message: /device-code/ }, 'without a hub to come back to');
});

t.test('an app that wants a secret, or does not know the hub, is told apart in words', async (t) => {
  const clock = { now: start };
  const desk = openDesk(createSimulator({ publicClient: 'refused' }, clock));
  const device = await begin(desk, deviceCode);
  t.match(await failureOf(() => signIn.look(withSignIn(deviceCode), desk.context, device)), { kind: 'config', message: /allow public client flows/ });
  const step = await begin(desk, authorizationCode);
  t.match(await failureOf(async () => signIn.look(withSignIn(authorizationCode), desk.context, step, await browse(desk, step))), { kind: 'config', message: /clientSecret/ });
  const confidential = { method: 'authorization-code', clientSecret: 'simulated-secret' } as const;
  const good = await begin(desk, confidential);
  t.equal(await signIn.look(withSignIn(confidential), desk.context, good, await browse(desk, good)), undefined);
  t.equal(desk.asked.at(-1)?.get('client_secret'), 'simulated-secret');
});

t.test('nobody has to sign in where the configuration does', async (t) => {
  const desk = openDesk();
  for (const way of [settings.signIn, { method: 'refresh-token', refreshToken: 'x' }] as const) t.equal(await signIn.begin(withSignIn(way), desk.context, { back, random: desk.random }), undefined);
});

async function renew(desk: Desk, session: Session): Promise<void> {
  desk.clock.now += 3_600_000;
  await pullInto(session, 'task', nothingHeld());
}

t.test('R8 a refresh token that a renewal replaced outlives a restart: each one is used once, and kept before it is needed', async (t) => {
  const desk = openDesk();
  const step = await begin(desk, deviceCode);
  desk.sim.admin.approveDeviceCode(step.code ?? '', user);
  await signIn.look(withSignIn(deviceCode), desk.context, step);
  for (let start = 0; start < 3; start += 1) {
    const session = await outlook.connect(withSignIn(deviceCode), desk.context);
    await renew(desk, session);
  }
  const used = desk.asked.flatMap((form) => form.getAll('refresh_token'));
  t.equal(used.length, 6, 'one with each start, and one an hour later');
  t.equal(new Set(used).size, 6);
  desk.sim.admin.revokeRefreshTokens();
  desk.clock.now += 3_600_000;
  t.match(await failureOf(() => outlook.connect(withSignIn(deviceCode), desk.context)), { kind: 'auth', message: /type the code/ });
});

t.test('R8 a configured refresh token is followed by what replaced it, until another one is configured', async (t) => {
  const desk = openDesk();
  const tokenOf = async (): Promise<string> => {
    const step = await begin(desk, deviceCode);
    desk.sim.admin.approveDeviceCode(step.code ?? '', user);
    desk.disk.clear();
    await signIn.look(withSignIn(deviceCode), desk.context, step);
    const { token } = JSON.parse(desk.disk.get('refreshToken') ?? '{}') as { token: string };
    desk.disk.clear();
    return token;
  };
  const [first, second] = [await tokenOf(), await tokenOf()];
  const asked = async (refreshToken: string): Promise<string | null | undefined> => {
    await outlook.connect(withSignIn({ method: 'refresh-token', refreshToken }), desk.context);
    return desk.asked.at(-1)?.get('refresh_token');
  };
  t.equal(await asked(first), first);
  t.not(await asked(first), first, 'its successor');
  t.equal(await asked(second), second, 'a new one in the configuration is meant');
  desk.disk.set('refreshToken', 'what is this');
  t.match(await failureOf(() => asked(second)), { kind: 'auth' });
});

t.test('S15 no code, verifier or token is in what is said or logged, and a token that cannot be kept is not used in silence', async (t) => {
  const desk = openDesk();
  const step = await begin(desk, deviceCode);
  desk.sim.admin.approveDeviceCode(step.code ?? '', user);
  const full: Context = { ...desk.context, secrets: { kept: async () => undefined, keep: async () => Promise.reject(new Error('the disk is full')) } };
  await t.rejects(signIn.look(withSignIn(deviceCode), full, step), { message: 'the disk is full' });
  t.notMatch(JSON.stringify(await failureOf(() => signIn.look(withSignIn(deviceCode), desk.context, { ...step, token: 'secret-device-code' }))), /secret-device-code/);
});
