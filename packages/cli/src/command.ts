import type { Given, OptionSpec } from './options.ts';
import type { World } from './world.ts';

/** One command of the command line. */
export interface Command {
  readonly summary: string;
  /** Words after the command's name: `orocrm|graph`. */
  readonly words?: string;
  readonly options: { readonly [name: string]: OptionSpec };
  /** Whole lines, as they are typed. */
  readonly examples: readonly string[];
  /** Resolves to the exit code. Throws a `Complaint` or `StartError` for a person. */
  readonly run: (given: Given, world: World) => Promise<number>;
}
