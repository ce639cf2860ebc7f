import websocket from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import type { WebSocket } from 'ws';
import type { Schedule } from '../env.ts';
import type { StatusEvent, UserStatus } from './status.ts';

/** A socket this far behind is not read by anybody: it is ended, and a page that comes back gets the whole state. */
const mostBufferedBytes = 4_000_000;
/** Progress is worth nothing to somebody who has not read the last one. */
const busyBufferedBytes = 64_000;

/** Everybody who watches the status. */
export interface Room {
  readonly send: (event: StatusEvent) => void;
  /** Says goodbye; a peer that does not answer is not waited for. */
  readonly end: (schedule: Schedule) => void;
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

/** `/ws/status`: the whole state first, then what changes; JSON, one message each. What a client sends is ignored. */
export async function statusSocket(app: FastifyInstance, states: () => readonly UserStatus[]): Promise<Room> {
  const sockets = new Set<WebSocket>();
  await app.register((scope, _options, done) => {
    scope.get('/ws/status', { websocket: true }, (socket) => {
      // Without a listener of its own a broken frame would end the process.
      socket.on('error', () => socket.terminate());
      socket.on('close', () => sockets.delete(socket));
      socket.send(JSON.stringify({ type: 'state', users: states() }));
      sockets.add(socket);
    });
    done();
  });
  return {
    end: (schedule) => {
      for (const socket of sockets) {
        // 1001: going away; a page comes back by itself.
        socket.close(1001);
        const cancel = schedule(500, () => socket.terminate());
        socket.once('close', cancel);
      }
    },
    send: (event) => {
      if (sockets.size === 0) return;
      const text = JSON.stringify(event);
      for (const socket of sockets) {
        if (event.type === 'progress' && socket.bufferedAmount > busyBufferedBytes) continue;
        if (socket.bufferedAmount > mostBufferedBytes) socket.terminate();
        else socket.send(text);
      }
    },
  };
}
