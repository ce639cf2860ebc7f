// Starts the demo as a process of its own, and speaks to its two services as other programs do.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { defaultApplication, mailboxOf } from '@syncline/simulators';
import type { Test } from 'tap';

const bin = fileURLToPath(new URL('../../../packages/cli/bin/syncline.js', import.meta.url));

/** A demo that runs. */
export interface Demo {
  readonly url: string;
  readonly signIn: string;
  readonly orocrm: string;
  readonly graph: string;
  /** Sends a signal; resolves to the exit code. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** Starts the demo in a folder and reads its addresses off its first lines. */
export async function startDemo(t: Test, folder: string, args: readonly string[] = [], more: NodeJS.ProcessEnv = {}): Promise<Demo> {
  const env = { ...process.env, SYNCLINE_PORT: '0', SYNCLINE_CRM_SYNC_INTERVAL_SECONDS: '1', SYNCLINE_OUTLOOK_SYNC_INTERVAL_SECONDS: '1', ...more };
  const child: Child = spawn(process.execPath, [bin, 'demo', ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  t.teardown(() => child.kill('SIGKILL'));
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) if (lines.push(line) === 3) break;
  const [url, signIn, [orocrm, graph]] = [lines[0], lines[1], lines[2] ?? ''].map((line) => [...(line ?? '').matchAll(/http:[^\s,;]+/g)].map(([found]) => found)) as [string[], string[], string[]];
  if (url[0] === undefined || signIn[0] === undefined || orocrm === undefined || graph === undefined) throw new Error(`the demo said: ${lines.join(' | ')} ${errors}`);
  return {
    url: url[0], signIn: signIn[0], orocrm, graph,
    end: async (signal) => {
      const exit = once(child, 'exit') as Promise<[number | null]>;
      child.kill(signal);
      return (await exit)[0];
    },
  };
}

/** The OroCRM simulator's API, signed in. */
export async function oroApi({ orocrm }: Demo): Promise<(method: string, path: string, body?: object) => Promise<{ readonly data: never }>> {
  const credentials = { grant_type: 'client_credentials', client_id: 'syncline-admin', client_secret: 'secret-syncline-admin' };
  const signed = await fetch(`${orocrm}/oauth2-token`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(credentials) });
  const { access_token: token } = (await signed.json()) as { access_token: string };
  const type = 'application/vnd.api+json';
  return async (method, path, body) => {
    const headers = { authorization: `Bearer ${token}`, accept: type, ...(body !== undefined && { 'content-type': type }) };
    return (await (await fetch(orocrm + path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })).json()) as { data: never };
  };
}

/** The Graph simulator's API, signed in; paths below the mailbox. */
export async function graphApi({ graph }: Demo): Promise<(method: string, path: string, body?: object) => Promise<{ readonly value: readonly { readonly id: string }[] }>> {
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: defaultApplication.clientId, client_secret: defaultApplication.clientSecret, scope: 'https://graph.microsoft.com/.default' });
  const { access_token: token } = (await (await fetch(`${graph}/${defaultApplication.tenant}/oauth2/v2.0/token`, { method: 'POST', body: form })).json()) as { access_token: string };
  return async (method, path, body) => {
    const headers = { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) };
    return (await (await fetch(`${graph}/v1.0/users/${mailboxOf(1)}${path}`, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })).json()) as { value: readonly { id: string }[] };
  };
}

/** The token of the command line, as the hub leaves it in its data folder. */
export async function ownToken(folder: string): Promise<string> {
  return (JSON.parse(await readFile(join(folder, 'data/demo/running.json'), 'utf8')) as { token: string }).token;
}

/** Another link, as "syncline sign-in" asks for it. */
export async function newLink({ url }: Demo, token: string): Promise<string> {
  const answer = await fetch(`${url}/api/v1/sign-in-link`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
  return ((await answer.json()) as { url: string }).url;
}
