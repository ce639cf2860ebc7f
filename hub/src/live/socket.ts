import websocket from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import type { WebSocket } from 'ws';
import type { Schedule } from '../env.ts';
import type { SessionId, Sessions } from '../security/sessions.ts';
import type { StatusEvent, UserStatus } from './status.ts';

/** A socket this far behind is not read by anybody: it is ended, and a page that comes back gets the whole state. */
const mostBufferedBytes = 4_000_000;
/** Progress is worth nothing to somebody who has not read the last one. */
const busyBufferedBytes = 64_000;
/** Of one session at once: windows of one browser. With the limit above it bounds what one session can make us keep. */
const mostPerSession = 16;
/** A peer that has not answered a ping when the next is due is gone, or does not read. */
const pingEveryMs = 15_000;

/** Close codes. 1001: going away, a page comes back by itself. 4401: the session has ended. */
const codes = { goingAway: 1001, signedOut: 4401 } as const;

/** What the room needs. */
export interface RoomOptions {
  /** Of every user, as they are now. */
  readonly states: () => readonly UserStatus[];
  readonly sessions: Sessions;
  readonly schedule: Schedule;
}

/** Everybody who watches the status. */
export interface Room {
  readonly send: (event: StatusEvent) => void;
  /** Says goodbye; a peer that does not answer is not waited for. */
  readonly end: () => void;
}

/**
 * Takes upgrades. Before the guard: what the guard refuses then counts as an upgrade, and its connection ends with the answer;
 * otherwise it would stay open, seen by no timeout, and keep the hub from ending.
 */
export async function acceptSockets(app: FastifyInstance): Promise<void> {
  await app.register(websocket, {
    options: {
      maxPayload: 4096,
      // Compression keeps memory per socket and gains nothing on messages this small.
      perMessageDeflate: false,
      // Never the offered bearer.<token>: a token is not sent back.
      handleProtocols: (offered) => (offered.has('syncline.v1') ? 'syncline.v1' : false),
    },
    errorHandler: (_error, socket) => socket.terminate(),
  });
}

interface Watcher {
  readonly session: SessionId;
  /** Has answered the last ping. */
  answers: boolean;
}

/** `/ws/status`: the whole state first, then what changes; JSON, one message each. What a client sends is ignored. */
export async function statusSocket(app: FastifyInstance, { states, sessions, schedule }: RoomOptions): Promise<Room> {
  const watchers = new Map<WebSocket, Watcher>();
  let cancelBeat: (() => void) | undefined;
  const countOf = (session: SessionId): number => [...watchers.values()].filter((one) => one.session === session).length;

  const farewell = (socket: WebSocket, code: number): void => {
    socket.close(code);
    const cancel = schedule(500, () => socket.terminate());
    socket.once('close', cancel);
  };
  const beat = (): void => {
    for (const [socket, watcher] of watchers) {
      if (!sessions.lasts(watcher.session)) farewell(socket, codes.signedOut);
      else if (!watcher.answers) socket.terminate();
      else {
        watcher.answers = false;
        socket.ping();
      }
    }
    cancelBeat = schedule(pingEveryMs, beat);
  };
  sessions.onEnd((session) => {
    for (const [socket, watcher] of watchers) if (watcher.session === session) farewell(socket, codes.signedOut);
  });

  await app.register((scope, _options, done) => {
    scope.get('/ws/status', {
      websocket: true,
      config: { socket: true },
      // After the guard, which has found the session.
      onRequest: async (request, reply) => {
        if (request.session !== undefined && countOf(request.session) >= mostPerSession) return reply.code(429).send({ error: `${mostPerSession} windows watch already with this sign-in: close one.` });
        return undefined;
      },
    }, (socket, request) => {
      const { session } = request;
      if (session === undefined) return socket.terminate();
      const watcher: Watcher = { session, answers: true };
      // Without a listener of its own a broken frame would end the process.
      socket.on('error', () => socket.terminate());
      socket.on('pong', () => (watcher.answers = true));
      socket.on('close', () => {
        watchers.delete(socket);
        if (watchers.size > 0) return;
        cancelBeat?.();
        cancelBeat = undefined;
      });
      socket.send(JSON.stringify({ type: 'state', users: states() }));
      watchers.set(socket, watcher);
      cancelBeat ??= schedule(pingEveryMs, beat);
    });
    done();
  });
  return {
    end: () => {
      cancelBeat?.();
      for (const socket of watchers.keys()) farewell(socket, codes.goingAway);
    },
    send: (event) => {
      if (watchers.size === 0) return;
      const text = JSON.stringify(event);
      for (const socket of watchers.keys()) {
        if (event.type === 'progress' && socket.bufferedAmount > busyBufferedBytes) continue;
        if (socket.bufferedAmount > mostBufferedBytes) socket.terminate();
        else socket.send(text);
      }
    },
  };
}
