import { Failure, type ConfigSchema, type Context } from '@syncline/connector';
import type { HubEnv } from '../env.ts';
import { isTree, type Tree } from '../settings/tree.ts';
import { certificateFailure, type Named } from './refused.ts';
import { readTrust, type Trust } from './trust.ts';

/** What a connector gets from outside, before it is known whose certificates its connection believes. */
export type OpenContext = Omit<Context, 'fetch'> & Pick<HubEnv, 'fetch'>;

/** A connection's section without `tls`, and what that group says. */
export function splitTrust(section: unknown): { readonly own: unknown; readonly tls: unknown } {
  if (!isTree(section)) return { own: section, tls: undefined };
  const { tls, ...own } = section;
  return { own, tls };
}

/** A connector's settings with the group `tls`, which is the hub's and not the connector's. */
export function withTrust(schema: ConfigSchema<unknown>, { settings }: Named): ConfigSchema<unknown> {
  return {
    '~standard': {
      version: 1,
      vendor: schema['~standard'].vendor,
      validate: async (section) => {
        const { own, tls } = splitTrust(section);
        const trust = readTrust(tls, settings);
        const read = await schema['~standard'].validate(own);
        const issues = [...(read.issues ?? []), ...(trust.issues ?? [])];
        if (issues.length > 0 || read.issues !== undefined) return { issues };
        return { value: tls === undefined || !isTree(read.value) ? read.value : { ...read.value, tls: tls as Tree } };
      },
    },
  };
}

/** What a section says of certificates. Throws a {@link Failure} of kind `config`. */
export function trustOf(section: unknown, { title, settings }: Named): Trust {
  const read = readTrust(splitTrust(section).tls, settings);
  if (read.issues === undefined) return read.value;
  throw new Failure('config', `${title}: ${read.issues.map(({ message, path = [] }) => `${path.map(String).join('.')} ${message}`).join('; ')}.`);
}

/** The context of one connection: its way out believes its certificates alone, and says in words which it refuses. */
export function trustedContext(context: OpenContext, trust: Trust, named: Named): Context {
  return {
    ...context,
    fetch: async (request) => {
      try {
        return await context.fetch(request, trust);
      } catch (error) {
        throw certificateFailure(error, new URL(request.url).host, trust, named) ?? error;
      }
    },
  };
}
