import type { Json } from '../shared/json.ts';
import type { Preferences } from './prefer.ts';
import type { Query, QueryOption } from './query.ts';
import type { Mailbox, World } from './state.ts';

/** Who changes a mailbox. What a person does in Outlook is not counted as requests' work. */
export interface Actor {
  readonly world: World;
  readonly mailbox: Mailbox;
  readonly by: 'api' | 'person';
}

/** One request to one mailbox, past sign-in and parsing. */
export interface Call extends Actor {
  /** Values of the `{…}` parts of the route, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly prefer: Preferences;
  /** The zone of `Prefer: outlook.timezone`: the name asked for, and the zone behind it. */
  readonly zone: { readonly name: string; readonly iana: string };
  readonly body: Readonly<Record<string, unknown>>;
  readonly ifMatch?: string;
  /** Path of the request from `/v1.0` on, as it was sent: links repeat it. */
  readonly path: string;
  readonly search: URLSearchParams;
}

export interface Answer {
  readonly status: number;
  readonly body?: Json;
  /** Instead of a JSON body. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** From `/me` on, which stands for `/users/{id}` too. */
  readonly template: string;
  readonly query: readonly QueryOption[];
  /** Any of these delegated permissions opens the route; the application ones are their `.All` or equal names. */
  readonly area: 'contacts' | 'tasks' | 'calendar' | 'settings' | 'profile' | 'none';
  readonly handle: (call: Call) => Answer | Promise<Answer>;
}

export function contextUrl(call: Call, path: string): string {
  return `${call.world.origin}/v1.0/$metadata#users('${call.mailbox.user.id}')/${path}`;
}
