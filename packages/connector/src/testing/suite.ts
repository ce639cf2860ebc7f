import { kindNames, type Json, type Kind } from '@syncline/core';
import type { Connector } from '../connector.ts';
import { createBench, type AnyConnector } from './bench.ts';
import { Skipped, type Check } from './check.ts';
import { checks } from './checks/index.ts';
import { seeded } from './samples.ts';
import type { Hook, World } from './world.ts';

/** What the suite needs. */
export interface SuiteOptions<C, S, N extends { readonly [K in Kind]: unknown }> {
  /**
   * Anybody's runner: `test` of `node:test` and of vitest, `t.test` of tap. What it hands to the check is used where it can
   * `skip(reason)`; where it cannot, a check that does not apply fails with that reason, until it is named in `without`.
   */
  readonly test: (title: string, check: (context?: unknown) => Promise<void>) => unknown;
  readonly connector: Connector<C, S, N>;
  /** A fresh world for one check: an empty account, signed in to. */
  readonly open: () => World<S> | Promise<World<S>>;
  /** Native records as the service has been seen to give them, its oddest above all: the laws of the lenses are tried on them. */
  readonly samples?: { readonly [K in Kind]?: readonly N[K][] };
  /** Checks this connector is known not to hold, by id (`W5`) or id and kind (`W5 task`), each with the reason. They are skipped in its words. */
  readonly without?: { readonly [check: string]: string };
  /** Default: all. */
  readonly kinds?: readonly Kind[];
  /** For what is made up at random. */
  readonly seed?: number;
}

/** A check as the documentation lists it. */
export interface ContractCheck {
  readonly id: string;
  readonly what: string;
  readonly why: string;
  /** What `open` has to offer for it. */
  readonly needs: readonly Hook[];
}

/** Every check of this suite, in the order in which they run. */
export const contractChecks: readonly ContractCheck[] = checks.map(({ id, what, why, needs }) => ({ id, what, why, needs: needs ?? [] }));

/**
 * Registers the contract suite with a test runner: one test per check and kind, titled `W5 task: an update sends only ...`.
 * A check that fails throws an `Error` that says what is wrong.
 *
 * Throws `TypeError` for a name in `without` that is no check.
 */
export function contractSuite<C, S, N extends { readonly [K in Kind]: unknown }>(options: SuiteOptions<C, S, N>): void {
  const { test, kinds = kindNames, without = {}, seed = 1 } = options;
  const unused = new Set(Object.keys(without));
  // Checks handle records as plain data: what they are is known to the connector alone.
  const connector = options.connector as unknown as AnyConnector;
  const open = options.open as () => World<unknown> | Promise<World<unknown>>;
  for (const check of checks) {
    const fitting = kinds.filter((kind) => check.kinds?.includes(kind) ?? true);
    for (const kind of check.once === true ? fitting.slice(0, 1) : fitting) {
      const name = check.once === true ? check.id : `${check.id} ${kind}`;
      const excused = without[name] ?? without[check.id];
      unused.delete(name);
      unused.delete(check.id);
      const given = (options.samples?.[kind] ?? []) as readonly Json[];
      test(`${name}: ${check.what}`, async (context) => {
        if (excused !== undefined) return skip(context, excused, true);
        const notClaimed = check.notClaimed?.(connector.entities[kind].caps);
        if (notClaimed !== undefined) return skip(context, notClaimed, true);
        const world = await open();
        const missing = missingIn(world, check);
        if (missing !== undefined) return skip(context, `needs ${missing}, which \`open\` does not offer`, false);
        try {
          await check.run(createBench(connector, kind, world, given, seeded(seed)));
        } catch (error) {
          if (!(error instanceof Skipped)) throw error;
          skip(context, error.message, true);
        }
      });
    }
  }
  if (unused.size > 0) throw new TypeError(`\`without\` names what is no check: ${[...unused].join(', ')}`);
}

const inWorld: Partial<Record<Hook, true>> = { again: true, pass: true, signInWrongly: true, secrets: true, logs: true };

function missingIn(world: World<unknown>, check: Check): string | undefined {
  const has = (hook: Hook): boolean => (inWorld[hook] === true ? hook in world : world.service !== undefined && hook in world.service);
  const missing = check.needs?.find((hook) => !has(hook));
  return missing === undefined ? undefined : inWorld[missing] === true ? missing : `service.${missing}`;
}

/** @param excused somebody said why; then a runner that cannot skip may let it pass. */
function skip(context: unknown, reason: string, excused: boolean): void {
  if (typeof context === 'object' && context !== null && 'skip' in context && typeof context.skip === 'function') {
    const { skip: tell } = context as { readonly skip: (reason: string) => unknown };
    tell.call(context, reason);
    return;
  }
  if (!excused) throw new Error(`not checked: ${reason}. Offer it, or say in \`without\` why not.`);
}
