import type { RunningFile } from '@syncline/hub';
import type { World } from './world.ts';

/**
 * Whether the hub that left this file still runs. After kill -9 the file stays, and its port may be another hub's by now:
 * only the one that wrote it knows its token.
 */
export async function isRunning(world: World, { url, token }: RunningFile): Promise<boolean> {
  const answer = await world.fetch(new Request(`${url}/api/v1/status`, { method: 'HEAD', redirect: 'manual', headers: { authorization: `Bearer ${token}` } })).catch(() => undefined);
  return answer?.ok === true;
}
