import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Answer } from '../src/failures.ts';

/** Recorded on a running OroCRM 5.1.8; it lies beside the repository, not in it. */
const folder = fileURLToPath(new URL('../../../../../shared/contracts/orocrm', import.meta.url));

/** Whether the recordings are there. */
export const isHere = existsSync(`${folder}/transcripts`);

/** One request and its answer. */
export interface Exchange {
  readonly file: string;
  readonly note: string;
  readonly method: string;
  /** With the query, not encoded. */
  readonly path: string;
  readonly accept: string;
  readonly answer: Answer;
  /** The answer as it came. */
  readonly respond: () => Response;
}

interface Recorded {
  readonly note?: string;
  readonly request: { readonly method: string; readonly path: string; readonly headers: { readonly [name: string]: string } };
  readonly response: { readonly status: number; readonly body: unknown; readonly headers: { readonly [name: string]: string } };
}

/** All recorded exchanges. */
export function exchanges(): readonly Exchange[] {
  return readdirSync(`${folder}/transcripts`).toSorted().flatMap((file) => {
    const { exchanges: list = [] } = JSON.parse(readFileSync(`${folder}/transcripts/${file}`, 'utf8')) as { exchanges?: readonly Recorded[] };
    return list.map(({ note = '', request, response }) => {
      const body = withoutNotes(response.body);
      return {
        file,
        note,
        method: request.method,
        path: request.path,
        accept: request.headers['Accept'] ?? '',
        answer: { status: response.status, body, header: (name: string) => response.headers[name] ?? null },
        respond: () => new Response(textOf(response, body), { status: response.status, headers: response.headers }),
      };
    });
  });
}

/** The query parameters that the service's own description knows, by path. */
export function describedParameters(): ReadonlyMap<string, ReadonlySet<string>> {
  const { paths, components } = JSON.parse(readFileSync(`${folder}/openapi-5.1.8.json`, 'utf8')) as {
    paths: { [path: string]: { get?: { parameters?: readonly { $ref?: string; name?: string }[] } } };
    components: { parameters: { [name: string]: { name: string } } };
  };
  const nameOf = (parameter: { $ref?: string; name?: string }): string => parameter.name ?? components.parameters[parameter.$ref?.split('/').at(-1) ?? '']?.name ?? '';
  return new Map(Object.entries(paths).flatMap(([path, { get }]) => (get === undefined ? [] : [[path, new Set((get.parameters ?? []).map(nameOf))] as const])));
}

/** An empty body was recorded as null, a page as its text; a JSON text of no length as itself. */
function textOf({ headers, body: recorded }: Recorded['response'], body: unknown): string | null {
  if (recorded === null) return null;
  return typeof recorded === 'string' && /html/.test(headers['content-type'] ?? '') ? recorded : JSON.stringify(body);
}

/** Long lists end in a note like "<74 more items left out of this file>". */
function withoutNotes(value: unknown): unknown {
  if (Array.isArray(value)) return (value as unknown[]).filter((item) => !(typeof item === 'string' && item.startsWith('<'))).map(withoutNotes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withoutNotes(member)]));
}
