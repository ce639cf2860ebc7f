import { Failure } from '@syncline/connector';

/** One answer of Graph, of a request by itself or of a part of a batch. */
export interface Answer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: { readonly [name: string]: string };
  /** Parsed JSON; `undefined` for none, or for a body that is not JSON. */
  readonly body: unknown;
  /** The body was meant to be JSON and breaks off: what the request did is not known. */
  readonly broken?: true;
}

/** Code and message of Graph's error body; empty where there is none. */
export function errorOf(answer: Answer): { readonly code: string; readonly message: string } {
  const error = member(answer.body, 'error');
  return { code: textMember(error, 'code'), message: textMember(error, 'message') };
}

/** Whether a delta token is not known any more (contract, 6): codes differ in letter case and status, and may stand inside (contract, 8.2). */
export function isExpired(answer: Answer): boolean {
  return answer.status === 410 || (answer.status >= 400 && codesOf(answer).some((code) => /syncstate|resync/i.test(code)));
}

/**
 * Whether one item may not be seen, without a word on whether it is there: forbidden, or an id of another mailbox. After a mailbox was moved
 * that is every id the hub knows, and none of them is a deletion (D3).
 */
export function isHidden(answer: Answer): boolean {
  return answer.status === 403 || (answer.status >= 400 && answer.status < 500 && codesOf(answer).some((code) => /^ErrorInvalid(Id|MailboxItemId)/i.test(code)));
}

/** The codes of an error from the outside in. */
function codesOf(answer: Answer): readonly string[] {
  const codes: string[] = [];
  for (let error = member(answer.body, 'error'); error !== undefined; error = member(error, 'innerError') ?? member(error, 'innererror')) codes.push(textMember(error, 'code'));
  return codes;
}

/** What a failed answer means for the attempt; `sent` says what was asked, for the sentence. */
export function failureOf(answer: Answer, sent: { readonly what: string; readonly writes: boolean; readonly now: number }): Failure {
  const { code, message } = errorOf(answer);
  const said = `${answer.status}${code === '' ? '' : ` ${code}`}`;
  const retryAfterMs = retryAfter(answer.headers['retry-after'], sent.now);
  const options = { ...(retryAfterMs !== undefined && { retryAfterMs }) };
  if (answer.broken === true) return new Failure('unavailable', `Microsoft Graph broke off its answer to ${sent.what}.`, { maybeDone: sent.writes });
  if (!sent.writes && isExpired(answer)) return new Failure('cursor-expired', 'Microsoft Graph has forgotten how far this mailbox was read: everything is read again.');
  switch (answer.status) {
    case 401:
      return new Failure('auth', `Microsoft Graph refused the sign-in (${said}): connect the mailbox again.`);
    case 403:
      // Reading one kind is refused: the other kinds go on (rule R11).
      return new Failure(!sent.writes && permissionFor(sent.what) !== undefined ? 'unsupported' : 'config', `Microsoft Graph does not allow ${sent.what} (${said}): grant the app ${permissionFor(sent.what) ?? "the permissions in the connector's README"} and consent to it.`);
    case 404:
      return new Failure('config', `Microsoft Graph finds nothing at ${sent.what} (${said}): check the mailbox and the folder, list or calendar in the settings.`);
    case 429:
      return new Failure('throttle', `Microsoft Graph asks to wait (${said}).`, options);
    case 503:
    case 509:
      // With Retry-After it is throttling by another name (rule R3). A write may have been done all the same.
      if (retryAfterMs !== undefined) return new Failure('throttle', `Microsoft Graph asks to wait (${said}).`, { ...options, maybeDone: sent.writes });
      break;
    default:
  }
  // Which code a mailbox answers with is not documented: its sentence tells extended properties apart.
  if (code === 'ErrorInvalidProperty' || (answer.status === 400 && /extended\s*propert/i.test(`${code} ${message}`))) return new Failure('config', `This mailbox does not take one of the properties in "propertyIds": correct it, or set it to null (${message}).`);
  if (answer.status >= 500 || answer.status === 408) return new Failure('unavailable', `Microsoft Graph failed at ${sent.what} (${said}).`, { ...options, maybeDone: sent.writes });
  return new Failure('bug', `Microsoft Graph refused ${sent.what} (${said}${message === '' ? '' : `: ${message}`}).`);
}

/** The permission for what was asked: the same name for a person and for an app, except for tasks (contract, 10). */
function permissionFor(what: string): string | undefined {
  if (what.includes('contact')) return '"Contacts.ReadWrite"';
  if (what.includes('task')) return '"Tasks.ReadWrite" (for an app: "Tasks.ReadWrite.All")';
  if (what.includes('event') || what.includes('calendar')) return '"Calendars.ReadWrite"';
  return undefined;
}

/** `Retry-After`: seconds, fractions included, or a date; `undefined` when absent or unreadable. */
export function retryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(header.trim())) return Math.ceil(Number(header) * 1000);
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value ? (value as { readonly [member: string]: unknown })[name] : undefined;
}

function textMember(value: unknown, name: string): string {
  const found = member(value, name);
  return typeof found === 'string' ? found : '';
}

/** An answer with its body read. One that is no JSON, though the service says it is fine, broke off. */
export async function toAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  const body = parseJson(text);
  const broken = response.ok && body === undefined && text !== '';
  return { status: response.status, headers: Object.fromEntries(response.headers), body, ...(broken && { broken: true }) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
