import { z } from 'zod';
import type { Answer } from './answer.ts';

/** One request of a batch. */
export interface Part {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the version, ids and query values encoded: `/me/contacts/...`. */
  readonly url: string;
  readonly ifMatch?: string;
  readonly body?: unknown;
  /** Place in the same batch of the part this one waits for; it is not done when that one fails. */
  readonly after?: number;
}

/** How many parts a batch may have (contract, 7). */
export const batchSize = 20;

/**
 * The body of a batch. Written by hand: the client's own `BatchRequestContent` makes addresses Graph refuses (contract, 11.2).
 * The headers of the outer request do not reach the parts.
 */
export function batchBody(parts: readonly Part[], prefer: string): { readonly requests: readonly unknown[] } {
  return {
    requests: parts.map((part, index) => ({
      id: String(index),
      method: part.method,
      url: part.url,
      headers: {
        Prefer: prefer,
        ...(part.body !== undefined && { 'Content-Type': 'application/json' }),
        ...(part.ifMatch !== undefined && isEntityTag(part.ifMatch) && { 'If-Match': part.ifMatch }),
      },
      ...(part.body !== undefined && { body: part.body }),
      ...(part.after !== undefined && { dependsOn: [String(part.after)] }),
    })),
  };
}

const batchAnswer = z.object({ responses: z.array(z.unknown()) });
const partAnswer = z.object({ id: z.string(), status: z.number(), headers: z.record(z.string(), z.coerce.string()).nullish(), body: z.unknown().optional() });

/** The answers in the order of the parts; they come in any order. One that is missing may have been done: it is marked as broken. */
export function readBatch(body: unknown, count: number): readonly Answer[] {
  const responses = batchAnswer.safeParse(body).data?.responses ?? [];
  const readable = responses.map((response) => partAnswer.safeParse(response).data).filter((response) => response !== undefined);
  const byId = new Map(readable.map((response) => [response.id, response]));
  return Array.from({ length: count }, (_, index): Answer => {
    const found = byId.get(String(index));
    if (found === undefined) return unanswered;
    const headers = Object.fromEntries(Object.entries(found.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
    return { status: found.status, headers, body: found.body };
  });
}

/** The answer of a part that has none. */
export const unanswered: Answer = { status: 0, headers: {}, body: undefined, broken: true };

/** Places of the parts that were refused for their token (401), and of those that waited for them (424). */
export function refusedParts(parts: readonly Part[], answers: readonly Answer[]): readonly number[] {
  const refused: number[] = [];
  for (const [index, { after }] of parts.entries()) {
    const status = answers[index]?.status;
    if (status === 401 || (status === 424 && after !== undefined && refused.includes(after))) refused.push(index);
  }
  return refused;
}

/** A part as it is sent with some others again: what it waited for is among them, or is done. */
export function partAmong(parts: readonly Part[], chosen: readonly number[], index: number): Part {
  const { after, ...part } = parts[index] as Part;
  const place = after === undefined ? -1 : chosen.indexOf(after);
  return { ...part, ...(place >= 0 && { after: place }) };
}

/** `If-Match` takes an etag. A change key, which stands in for a version where a record came without one, is none (contract, 2.4). */
export function isEntityTag(version: string): boolean {
  return /^(W\/)?"[^"]*"$/.test(version);
}
