/**
 * What the service leaves of an event's HTML: no scripts, styles, frames or forms, no event handlers, no `javascript:`
 * addresses. Coarser than the purifier it uses, and enough for what a client may rely on: tags can vanish.
 */
export function cleanHtml(text: string): string {
  return text
    .replace(/<(script|style|iframe|object|form)\b[^>]*>[\s\S]*?<\/\1\s*>/gi, '')
    .replace(/<\/?(script|style|iframe|object|form|meta|link|base)\b[^>]*>/gi, '')
    .replace(/(<[^>]*?)\s+on[a-z]+\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/gi, '$1')
    .replace(/\s(href|src)\s*=\s*("\s*javascript:[^"]*"|'\s*javascript:[^']*')/gi, '');
}
