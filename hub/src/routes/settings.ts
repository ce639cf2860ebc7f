import type { FastifyInstance, FastifyReply } from 'fastify';
import { Failure } from '@syncline/connector';
import type { Owner } from '@syncline/core';
import { StoreError } from '@syncline/store';
import { ConfigError } from '../config.ts';
import { VaultError } from '../security/vault.ts';
import type { LiveSettings } from '../settings/live-settings.ts';

interface Asked {
  readonly user?: string;
  readonly set?: { readonly [name: string]: unknown };
  readonly unset?: readonly string[];
  readonly as?: Owner;
}

const text = { type: 'string', maxLength: 256 };
const query = { type: 'object', properties: { user: text }, additionalProperties: false };
const body = {
  type: 'object',
  properties: {
    user: text,
    set: { type: 'object', maxProperties: 100 },
    unset: { type: 'array', items: text, maxItems: 100 },
    as: { enum: ['administrator', 'user'] },
  },
  additionalProperties: false,
};

/**
 * `GET /api/v1/settings`: every setting of everybody, and what each user has otherwise; with `?user=` as they stand for one.
 * `PATCH`: `{ user?, set: { name: value }, unset: [name] }`, all or nothing; `as: "user"` with a person's own rights only (Q27).
 * A mistake is 422 with a sentence each in `mistakes`. Secrets go in and never come out (S15).
 */
export function settingsRoutes(app: FastifyInstance, settings: LiveSettings): void {
  const isKnown = (user: string | undefined): boolean => user === undefined || settings.users.includes(user);

  app.get<{ Querystring: { user?: string } }>('/api/v1/settings', { schema: { querystring: query } }, async (request, reply) => {
    const { user } = request.query;
    if (!isKnown(user)) return unknownUser(reply, user);
    const own = user === undefined ? { users: Object.fromEntries(settings.users.map((id) => [id, settings.rows(id).filter((row) => row.own)])) } : { user };
    return reply.header('cache-control', 'no-store').send({ settings: settings.rows(user), ...own });
  });

  app.patch<{ Body: Asked }>('/api/v1/settings', { schema: { body } }, async (request, reply) => {
    const { user } = request.body;
    if (!isKnown(user)) return unknownUser(reply, user);
    try {
      return await reply.header('cache-control', 'no-store').send(await settings.change(request.body));
    } catch (error) {
      if (error instanceof ConfigError) return reply.code(422).send({ error: error.message, mistakes: error.mistakes });
      if (error instanceof StoreError) return reply.code(503).send({ error: `The data folder is out of use: ${error.message}.` });
      if (error instanceof Failure || error instanceof VaultError) return reply.code(503).send({ error: error.message });
      throw error;
    }
  });
}

function unknownUser(reply: FastifyReply, user: string | undefined): FastifyReply {
  return reply.code(404).send({ error: `There is no user "${user ?? ''}" here.` });
}
