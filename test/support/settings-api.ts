import type { SettingRow } from '@syncline/hub';
import type { HubWorld } from './hub-world.ts';

/** An answer of `/api/v1/settings`. */
export interface SettingsAnswer {
  readonly status: number;
  readonly text: string;
  readonly settings: readonly SettingRow[];
  readonly mistakes: readonly string[];
  readonly notes: readonly string[];
}

/** Sets values of everybody, as an administrator does while the hub runs. */
export function set(world: HubWorld, values: object, user?: string): Promise<SettingsAnswer> {
  return patch(world, { set: values, ...(user !== undefined && { user }) });
}

/** A change as it is asked for. */
export function patch(world: HubWorld, change: object): Promise<SettingsAnswer> {
  return ask(world, { method: 'PATCH', url: '/api/v1/settings', payload: change });
}

/** Everybody's settings, or those of one user. */
export function get(world: HubWorld, user?: string): Promise<SettingsAnswer> {
  return ask(world, { method: 'GET', url: `/api/v1/settings${user === undefined ? '' : `?user=${user}`}` });
}

/** One setting of everybody. */
export async function rowOf(world: HubWorld, name: string): Promise<SettingRow | undefined> {
  return (await get(world)).settings.find((row) => row.name === name);
}

async function ask({ hub }: HubWorld, request: { readonly method: 'GET' | 'PATCH'; readonly url: string; readonly payload?: object }): Promise<SettingsAnswer> {
  const answer = await hub.app.inject({ ...request, headers: { host: '127.0.0.1:7420', authorization: `Bearer ${hub.ownToken}` } });
  const body = answer.json<Partial<SettingsAnswer>>();
  return { status: answer.statusCode, text: answer.body, settings: body.settings ?? [], mistakes: body.mistakes ?? [], notes: body.notes ?? [] };
}
