import { createHash } from 'node:crypto';
import { Failure, type Context } from '@syncline/connector';
import { z } from 'zod';
import type { Config } from './config.ts';
import type { RefreshTokens } from './sign-in.ts';

const name = 'refreshToken';
const keptShape = z.object({ of: z.string(), token: z.string() });

/**
 * The person's refresh token: the newest one that was kept, else the configured one. One that was kept for another app or tenant, or that
 * came of another configured token, is not used: who puts a new one into the configuration means that one.
 */
export function refreshTokensOf(config: Config, { secrets }: Pick<Context, 'secrets'>): RefreshTokens & { /** The service does not take it any more. */ readonly forget: () => Promise<void> } {
  const { signIn, tenant, clientId } = config;
  const configured = signIn.method === 'refresh-token' ? signIn.refreshToken : undefined;
  const of = createHash('sha256').update(JSON.stringify([tenant, clientId, configured ?? null])).digest('hex').slice(0, 16);
  let newest: string | undefined;
  return {
    newest: async () => (newest ??= readKept(await secrets?.kept(name), of) ?? configured),
    forget: async () => {
      newest = undefined;
      await secrets?.keep(name, '');
    },
    keep: async (token) => {
      if (token === newest) return;
      newest = token;
      await secrets?.keep(name, JSON.stringify({ of, token }));
    },
  };
}

function readKept(text: string | undefined, of: string): string | undefined {
  if (text === undefined || text === '') return undefined;
  try {
    const kept = keptShape.parse(JSON.parse(text));
    return kept.of === of ? kept.token : undefined;
  } catch (cause) {
    throw new Failure('auth', 'What was kept of the sign-in cannot be understood: sign in to the mailbox again.', { cause });
  }
}
