import { readFile } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';

const types = { html: 'text/html; charset=utf-8', css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', svg: 'image/svg+xml' } as const;

/** Addresses of the page's files. They lie in `hub/assets` as they are; nothing builds them. */
const files: readonly (readonly [path: string, file: string, type: keyof typeof types])[] = [
  ['/', 'page.html', 'html'],
  ['/favicon.svg', 'favicon.svg', 'svg'],
  ...(['page', 'lists'] as const).map((name) => [`/assets/${name}.css`, `${name}.css`, 'css'] as const),
  ...(['page', 'live', 'api', 'dom', 'now', 'waiting', 'records', 'history', 'words', 'rules'] as const).map((name) => [`/assets/${name}.js`, `${name}.js`, 'js'] as const),
];

/** The first page and its files: the same for everybody, no person's data in them. */
export async function pageRoutes(app: FastifyInstance): Promise<void> {
  // From src and from dist/src alike, the folder beside package.json.
  const folder = new URL(import.meta.url.includes('/dist/') ? '../../../assets/' : '../../assets/', import.meta.url);
  for (const [path, file, type] of files) {
    const body = await readFile(new URL(file, folder));
    app.get(path, { config: { access: 'public' } }, async (_request, reply) => reply.type(types[type]).header('cache-control', 'no-cache').send(body));
  }
}
