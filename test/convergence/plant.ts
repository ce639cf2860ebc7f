import { register } from 'node:module';

// node --import this file with SYNCLINE_PLANT={"url","text","instead"}: the module of that address is loaded with the bug in it.
const bug: unknown = JSON.parse(process.env['SYNCLINE_PLANT'] ?? 'null');
const hooks = `
let bug;
export async function initialize(data) { bug = data; }
export async function load(url, context, next) {
  const loaded = await next(url, context);
  if (bug === null || url !== bug.url) return loaded;
  const parts = String(loaded.source).split(bug.text);
  if (parts.length !== 2) throw new Error('the text to replace stands ' + (parts.length - 1) + ' times in ' + url);
  return { ...loaded, source: parts.join(bug.instead) };
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`, { data: bug });
