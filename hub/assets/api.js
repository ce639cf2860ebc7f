// The way to the hub. What went wrong comes back in words.
const { fetch } = globalThis;

/** `{ answer }`, or `{ failure }` in words. A proxy's own error page is no JSON. */
export async function post(path, body) {
  const answer = await fetch(`/api/v1/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }).catch(() => undefined);
  if (answer === undefined) return { failure: 'The hub does not answer.' };
  const value = await answer.json().catch(() => undefined);
  return answer.ok ? { answer: value ?? {} } : { failure: value?.error ?? `The hub answers ${answer.status}.` };
}
