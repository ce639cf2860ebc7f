import type { HubEnv } from '@syncline/hub';

/** Everything the command line takes from the world. `main.ts` fills it from the process, tests from memory. */
export interface World extends HubEnv {
  readonly environment: { readonly [name: string]: string | undefined };
  /** Relative paths of arguments start here. */
  readonly folder: string;
  /** The machine's time zone. */
  readonly zone: string;
  /** One line on stdout: what was asked for, and nothing else. */
  readonly say: (line: string) => void;
  /** One line on stderr. */
  readonly tell: (line: string) => void;
  /** A line that takes the place of the last one, where stderr is a screen; absent elsewhere. */
  readonly show?: (line: string) => void;
  /** Resolves when the process is asked to end. */
  readonly ended: Promise<string>;
}

/** What a person did wrong, or has to change: one or more sentences, no stack. */
export class Complaint extends Error {}

/** Waits, by the world's timers, or until the process is asked to end. */
export async function wait(world: World, ms: number): Promise<void> {
  let cancel = (): void => undefined;
  const over = new Promise<void>((resolve) => (cancel = world.schedule(ms, resolve)));
  await Promise.race([over, world.ended]);
  cancel();
}
