import { createStateFile, listen, loadState, type Json, type Listening, type Simulator, type StateFile } from '@syncline/simulators';
import { Complaint, type World } from '../world.ts';

/** A simulator behind real HTTP. */
export interface ServedSimulator<S extends Simulator> {
  readonly simulator: S;
  readonly url: string;
  readonly port: number;
  /**
   * From now on the state is kept on disk; resolves when it is there the first time. Does nothing without a path. `durable`:
   * every change is on disk before it is answered, so that kill -9 takes nothing back that a hub was told.
   */
  readonly keep: (durable: boolean) => Promise<void>;
  /** Ends the connections and writes what is not written yet. */
  readonly close: () => Promise<void>;
}

/**
 * Starts a simulator where it ended the last time. Nothing is written before `keep`. Throws a `Complaint` when the state
 * cannot be read or every port is taken.
 */
export async function serveSimulator<S extends Simulator>(options: {
  readonly world: World;
  /** For sentences. */
  readonly name: string;
  /** Tried in this order. */
  readonly ports: readonly number[];
  readonly statePath?: string;
  readonly create: (state: Json | undefined) => S;
}): Promise<ServedSimulator<S>> {
  const { world, name, ports, statePath, create } = options;
  const simulator = await restore(statePath, create);
  let file: StateFile | undefined;
  let isDurable = false;
  const served: Simulator = {
    ...simulator,
    handle: async (request) => {
      const answer = await simulator.handle(request);
      if (file === undefined || request.method === 'GET') return answer;
      file.changed();
      if (isDurable) await file.flush();
      return answer;
    },
  };
  const { listening, port } = await listenOn(served, name, ports);
  return {
    simulator,
    url: listening.url,
    port,
    keep: async (durable) => {
      if (statePath === undefined) return;
      isDurable = durable;
      file = createStateFile({
        path: statePath, save: simulator.save, schedule: world.schedule,
        delayMs: 1_000,
        onError: (error) => world.log(`The ${name} simulator's state cannot be saved: ${String(error)}`),
      });
      file.changed();
      await file.flush();
    },
    close: async () => {
      await listening.close();
      await file?.flush();
    },
  };
}

async function restore<S>(statePath: string | undefined, create: (state: Json | undefined) => S): Promise<S> {
  try {
    return create(statePath === undefined ? undefined : await loadState(statePath));
  } catch (error) {
    throw new Complaint(`${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

async function listenOn(simulator: Simulator, name: string, ports: readonly number[]): Promise<{ readonly listening: Listening; readonly port: number }> {
  for (const port of ports) {
    try {
      const listening = await listen(simulator, { port });
      return { listening, port: Number(new URL(listening.url).port) };
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error) || (error.code !== 'EADDRINUSE' && error.code !== 'EACCES')) throw error;
    }
  }
  throw new Complaint(`Port ${ports[0] ?? 0} on 127.0.0.1, where the ${name} simulator is to be, is taken: stop the program that uses it, or choose another port.`);
}
