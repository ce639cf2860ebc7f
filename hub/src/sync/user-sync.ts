import { isDeepStrictEqual } from 'node:util';
import { Failure, type Secrets } from '@syncline/connector';
import { parseEntityId, type EntityId } from '@syncline/core';
import { openSession, runCycle, summarise, type BoundSide, type CycleReport, type Session, type Settings, type SideName, type Stopped, type Summary } from '@syncline/engine';
import { StoreError, type UserStore } from '@syncline/store';
import type { UserConfig } from '../config.ts';
import type { Installed } from '../connectors.ts';
import type { HubEnv } from '../env.ts';
import { labelOf } from '../live/label.ts';
import { byPlace } from '../live/names.ts';
import type { LiveStatus } from '../live/status.ts';
import type { KeptSecrets } from '../security/kept-secrets.ts';
import type { OpenContext } from '../tls/trusted.ts';
import type { Accounts } from './accounts.ts';
import type { Outcome } from './scheduler.ts';

/** What a user's sync is made of. */
export interface UserSyncOptions {
  readonly config: UserConfig;
  readonly connectors: { readonly [S in SideName]: Installed };
  readonly env: HubEnv;
  readonly live: LiveStatus;
  /** Which accounts other users have connected (S21). */
  readonly accounts: Accounts;
  /** What the connectors keep of signing in. */
  readonly secrets: KeptSecrets;
  /** The store refused something. */
  readonly storeFailed: (error: StoreError) => void;
}

/** How one cycle is to be run. */
export interface RunOptions {
  readonly trigger: string;
  /** The sides whose interval is over; both when absent (S5). */
  readonly sides?: readonly SideName[];
  readonly preview?: boolean;
  /** A person said yes to the first plan (S20). */
  readonly go?: boolean;
  /** Names of held work a person allowed, instead of those given to {@link UserSync.approve}. */
  readonly approved?: readonly string[];
}

/** One user's sides, document and cycles. The sides are bound once, and again after a sign-in was lost (R8). */
export class UserSync {
  readonly #options: UserSyncOptions;
  /** As it holds from the next cycle on. */
  #config: UserConfig;
  /** Or why there is none. */
  #store: UserStore | string = 'The hub has not opened its data folder yet.';
  #sides: Session['sides'] | undefined;
  #session: Session | undefined;
  /** The cycle or preview that runs; the next one waits for it. */
  #tail: Promise<unknown> = Promise.resolve();
  #failures = 0;
  /** A side could not be read in the last cycle: the next one asks both. */
  #wasStopped = false;
  #go: boolean;
  #approved: readonly string[] = [];

  constructor(options: UserSyncOptions) {
    this.#options = options;
    this.#config = options.config;
    this.#go = options.config.go === true;
  }

  get id(): string {
    return this.#options.config.id;
  }

  /** Signs in on both sides; nothing is written. Throws the `Failure` of the side that refuses. */
  async connect(): Promise<void> {
    const [left, right] = await Promise.all([this.#bind('left'), this.#bind('right')]);
    const { accounts } = this.#options;
    for (const [side, bound] of [['left', left], ['right', right]] as const) accounts.check(this.id, side, bound);
    for (const [side, bound] of [['left', left], ['right', right]] as const) accounts.claim(this.id, side, bound);
    this.#sides = { left, right };
    this.#session = undefined;
    this.#options.live.signedIn(byPlace({ left: left.account.name, right: right.account.name }), byPlace({ left: left.account.warnings, right: right.account.warnings }));
    for (const side of [left, right]) for (const warning of side.account.warnings) this.#options.env.log(`${this.id}: ${warning}`);
  }

  /** One side as its connection is set now, beside the one that is bound. Throws its `Failure`. */
  async signInTo(side: SideName): Promise<BoundSide> {
    return this.#bind(side);
  }

  /** The user's part of the hub's store; cycles run from now on. */
  open(store: UserStore): void {
    this.#store = store;
    this.#session = undefined;
  }

  /** No cycle runs until the store is open again; `why` is a sentence without its full stop. */
  shut(why: string): void {
    this.#store = `The data folder is out of use: ${why}.`;
    this.#session = undefined;
  }

  /**
   * Other settings, from the next cycle on: the one that runs goes on as it began. What a side is bound to is bound again, what
   * a document is opened with is opened again; nothing is read whole for that, and nothing deleted (S14).
   */
  use(config: UserConfig): void {
    this.#tail = this.#tail.then(() => {
      const before = this.#config;
      this.#config = config;
      if (differ(bindingOf(before), bindingOf(config))) this.#sides = undefined;
      if (differ(governingOf(before), governingOf(config))) this.#session = undefined;
    });
  }

  /** The next cycles may write although nobody has seen the first plan yet: a person said Go (S20). */
  go(): void {
    this.#go = true;
  }

  /** What is named may be done in the next cycle, if it is still exactly what was shown (D2, D11). */
  approve(names: readonly string[]): void {
    this.#approved = [...this.#approved, ...names];
  }

  /** Looks at the user's document, or changes it, while no cycle runs. Throws as {@link run} does. */
  async look<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const turn = this.#tail.then(async () => {
      try {
        return await work(await this.#open());
      } catch (error) {
        this.#session = undefined;
        if (error instanceof StoreError) this.#options.storeFailed(error);
        throw error;
      }
    });
    this.#tail = turn.catch(() => undefined);
    return turn;
  }

  /** Reads the user's document, also while a cycle runs: what is written meanwhile may show or not. `work` must change nothing. Throws as {@link run} does. */
  async read<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const session = this.#session;
    if (session === undefined) return this.look(work);
    try {
      return await work(session);
    } catch (error) {
      if (error instanceof StoreError) this.#options.storeFailed(error);
      throw error;
    }
  }

  /** One cycle, or a preview; after the one that runs, if one does. Throws a `Failure` when a side cannot be signed in to. */
  async run(options: RunOptions): Promise<CycleReport> {
    const turn = this.#tail.then(() => this.#run(options));
    this.#tail = turn.catch(() => undefined);
    return turn;
  }

  /** A cycle as the schedule runs it: whatever goes wrong is told on the page, and decides when the next one makes sense. */
  async cycle(trigger: string, sides?: readonly SideName[]): Promise<Outcome> {
    const { live, env } = this.#options;
    const startedAt = env.now();
    try {
      const report = await this.run({ trigger, ...(sides !== undefined && { sides }) });
      if (report.stopped.length === 0) this.#failures = 0;
      return this.#outcome(report.stopped);
    } catch (error) {
      // A store's refusal is logged once, by what opens it again.
      if (!(error instanceof Failure || error instanceof StoreError)) env.log(`${this.id}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      const { kind, message, retryAfterMs } = error instanceof Failure ? error : brokenOff(error);
      // A cycle that broke off may have written: what it began is on disk, and looked up in the next one (R4).
      live.failed(trigger, message, startedAt, error instanceof Failure ? `${message.replace(/\.$/, '')}: nothing was written.` : message);
      return this.#outcome([{ kind, ...(retryAfterMs !== undefined && { retryAt: env.now() + retryAfterMs }) }]);
    }
  }

  /** What a person would call a record. */
  label(entity: EntityId): string {
    return labelOf(this.#session?.replica.get(entity));
  }

  /** Counts the user's records; `undefined` before the first cycle. */
  summary(): Summary | undefined {
    return this.#session === undefined ? undefined : summarise(this.#session);
  }

  /** Resolves when nothing runs any more. */
  async idle(): Promise<void> {
    await this.#tail;
  }

  async #run(options: RunOptions): Promise<CycleReport> {
    const { live } = this.#options;
    if (options.preview !== true) live.started(options.trigger);
    const go = options.go === true || this.#go;
    try {
      // What was just opened or signed in to, or could not be read, is read whole: settings may have changed, or time have passed.
      const isFresh = this.#session === undefined || this.#sides === undefined || this.#wasStopped;
      const session = await this.#open();
      const approved = options.approved ?? this.#approved;
      const report = await runCycle(session, {
        trigger: options.trigger,
        ...(options.preview === true && { preview: true }),
        go,
        approved,
        ...(options.sides !== undefined && !isFresh && !go && approved.length === 0 && { sides: options.sides }),
        progress: (step) => live.step(step),
        onLine: (line) => live.line(line, labelOf(session.replica.get(line.entity))),
      });
      if (options.preview === true) return report;
      this.#wasStopped = report.stopped.length > 0;
      // What was approved while this cycle ran, or in one that could not read a side, is the next one's. A name holds for its plan alone.
      if (!this.#wasStopped) this.#approved = this.#approved.filter((name) => !approved.includes(name));
      // Go is for the first pass as a whole; what comes after it is guarded again (D11).
      if (go) this.#go = !report.settled;
      if (report.stopped.some(({ kind }) => kind === 'auth' || kind === 'config')) this.#sides = undefined;
      live.ended(report, summarise(session), (entity) => labelOf(session.replica.get(parseEntityId(entity))));
      return report;
    } catch (error) {
      // What is in memory may not be on disk: the document is read again before the next cycle.
      this.#session = undefined;
      if (error instanceof StoreError) this.#options.storeFailed(error);
      throw error;
    }
  }

  async #open(): Promise<Session> {
    const { env } = this.#options;
    if (typeof this.#store === 'string') throw new Failure('unavailable', this.#store);
    if (this.#sides === undefined) await this.connect();
    if (this.#sides === undefined) throw new Failure('bug', 'Signed in, and yet not.');
    this.#session ??= await openSession(this.#sides, this.#store, governingOf(this.#config), { now: env.now, random: env.random });
    return this.#session;
  }

  async #bind(side: SideName): Promise<BoundSide> {
    const { connectors, env, secrets } = this.#options;
    return bind(connectors, side, this.#config, env, secrets.of(side));
  }

  /** R3: a service's own time binds everybody. R8: after a lost sign-in the intervals try ever more seldom, up to a quarter of an hour. */
  #outcome(stopped: readonly Pick<Stopped, 'kind' | 'retryAt'>[]): Outcome {
    const now = this.#options.env.now();
    const retryAt = Math.max(0, ...stopped.map((one) => one.retryAt ?? 0));
    const lost = stopped.some(({ kind }) => kind === 'auth' || kind === 'config' || kind === 'bug');
    if (lost) this.#failures += 1;
    return {
      ...(retryAt > now && { notBefore: retryAt }),
      ...(lost && { restUntil: now + Math.min(15 * 60_000, 30_000 * 2 ** (this.#failures - 1)) }),
    };
  }
}

/** Signs one side in. Throws the `Failure` of the side. */
export async function bind(connectors: UserSyncOptions['connectors'], side: SideName, config: UserConfig, env: HubEnv, secrets: Secrets): Promise<BoundSide> {
  const context: OpenContext = {
    fetch: env.fetch, now: env.now, random: env.random,
    zone: config.zone, language: config.language, window: config.window,
    secrets,
    log: (message) => env.log(`${config.id}: ${message}`),
  };
  return connectors[side].bind(side, config.sections[side], context);
}

/** What the sides are bound with. */
function bindingOf({ sections, zone, language, window }: UserConfig): object {
  return { sections, zone, language, window };
}

/** What the document is opened with. */
function governingOf({ policy, keys, guards, kinds, historyDays }: UserConfig): Settings {
  return { policy, keys, guards, kinds, historyDays };
}

function differ(one: object, other: object): boolean {
  return !isDeepStrictEqual(one, other);
}

function brokenOff(error: unknown): Failure {
  const reason = (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
  return new Failure('bug', `The cycle broke off; the next one goes on where it was: ${reason}.`);
}
