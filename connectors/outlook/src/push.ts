import { Failure, sameJson, type Json, type Present, type Write, type Written } from '@syncline/connector';
import { errorOf, failureOf, type Answer } from './answer.ts';
import { isEntityTag, type Part } from './batch.ts';
import type { Collection, Scope } from './collection.ts';
import { find } from './find.ts';
import { isNoMark, sameMark } from './marker.ts';
import { readAllItems, readItem, type Found } from './reading.ts';
import { createProperties, packRequests, requestOf, textOf, type WriteRequest } from './requests.ts';
import type { Session } from './session.ts';

/** What is known about one write so far. */
type Outcome<N> =
  | { readonly type: 'settled'; readonly written: Written<N> }
  /** Done; the answer showed the item. */
  | { readonly type: 'stored'; readonly present: Present<N> }
  /** Done, or nothing to do; the item was not shown. */
  | { readonly type: 'unseen' }
  | { readonly type: 'conflict' }
  /** Of a create: its key was used before, the answer to that attempt was lost. */
  | { readonly type: 'repeated' };

/** One write on its way. */
interface Job<N> {
  readonly write: Write<N>;
  readonly request: WriteRequest;
  outcome?: Outcome<N>;
}

/**
 * Carries out writes in batches, none of them twice. The answers are the records as Graph shows them; what an answer leaves out (extended
 * properties, marks) is read again, except for creates once this session has read back each of the properties they carry:
 * that keeps a first sync at one request for twenty records, and still notices a mailbox that drops a property.
 */
export async function push<N extends Json>(session: Session, collection: Collection<N>, writes: readonly Write<N>[]): Promise<readonly Written<N>[]> {
  const scope = await collection.open(session);
  const jobs = await lookFirst(session, collection, scope, writes);
  await sendAll(session, collection, scope, jobs);
  await findRepeated(session, collection, jobs);
  return lookAgain(session, collection, scope, jobs);
}

/**
 * No page of Outlook's documentation promises `If-Match` (contract, 2.4): what is to be deleted is looked at first, and so is an update
 * that has no version to go by.
 */
async function lookFirst<N extends Json>(session: Session, collection: Collection<N>, scope: Scope, writes: readonly Write<N>[]): Promise<readonly Job<N>[]> {
  const doubtful = writes.flatMap((write) => (write.op === 'delete' || (write.op === 'update' && !isEntityTag(write.ifVersion)) ? [write.id] : []));
  const found = doubtful.length === 0 ? new Map<string, Found<N>>() : await readAllItems(session, collection, scope, doubtful);
  return writes.map((write): Job<N> => {
    const one = write.op === 'create' ? undefined : found.get(write.id);
    const request = (checked: Write<N>): WriteRequest => requestOf(session, collection, scope, checked);
    if (one === undefined || 'unreadable' in one) return { write, request: request(write) };
    if ('absent' in one) return { write, request: request(write), outcome: settled({ status: 'gone', seen: { id: one.id, absent: one.absent } }) };
    const { present } = one.item;
    const unchanged = write.op === 'update' ? sameJson(collection.content(present.record), collection.content(write.base)) : write.op === 'create' || [present.version, ''].includes(write.ifVersion);
    if (!unchanged) return { write, request: request(write), outcome: settled({ status: 'conflict', seen: present }) };
    return { write, request: request(write.op === 'create' ? write : { ...write, ifVersion: present.version }) };
  });
}

async function sendAll<N extends Json>(session: Session, collection: Collection<N>, scope: Scope, jobs: readonly Job<N>[]): Promise<void> {
  for (const job of jobs) if (job.request.parts.length === 0) job.outcome ??= { type: 'unseen' };
  let stop: Failure | undefined;
  let sent = false;
  for (const group of packRequests(jobs.filter((job) => job.outcome === undefined))) {
    if (stop === undefined) {
      try {
        const answers = [...(await session.api.batch(partsOf(group)))];
        for (const job of group) job.outcome = outcomeOf(session, collection, scope, job, answers.splice(0, job.request.parts.length));
        stop = group.map((job) => failureIn(job.outcome)).find((failure) => failure !== undefined && isFinal(failure));
        sent = true;
      } catch (error) {
        if (!(error instanceof Failure) || (!sent && !error.maybeDone)) throw error;
        for (const job of group) job.outcome = settled({ status: 'failed', failure: error });
        stop = error;
      }
    } else {
      const { kind, message, retryAfterMs } = stop;
      const failure = new Failure(kind, message, { maybeDone: false, ...(retryAfterMs !== undefined && { retryAfterMs }) });
      for (const job of group) job.outcome = settled({ status: 'failed', failure });
    }
  }
}

/** In a request, `after` counts its own parts; in a batch, those of all. */
function partsOf<N>(group: readonly Job<N>[]): readonly Part[] {
  const parts: Part[] = [];
  for (const { request } of group) {
    const first = parts.length;
    parts.push(...request.parts.map((part) => (part.after === undefined ? part : { ...part, after: first + part.after })));
  }
  return parts;
}

function outcomeOf<N extends Json>(session: Session, collection: Collection<N>, scope: Scope, job: Job<N>, answers: readonly Answer[]): Outcome<N> {
  const { write, request } = job;
  const good = (answer: Answer): boolean => answer.status >= 200 && answer.status < 300;
  // 424: it waited for another part, which says why.
  const refused = answers.find((answer) => !good(answer) && answer.status !== 424);
  const missing = refused?.status === 404 ? request.parts[answers.indexOf(refused)]?.url : undefined;
  // The linked resource of the mark is gone, not the task.
  if (missing?.includes('/linkedResources/') === true) return { type: 'conflict' };
  if (refused !== undefined) return refusal(session, collection, write, refused, answers.some(good));
  if (write.op === 'delete') return settled({ status: 'stored', seen: { id: write.id, absent: 'deleted' } });
  const item = request.showsItem ? readItem(session, collection, scope, answers[0]?.body, write.op === 'update' ? collection.placeOf?.(scope, write.id) : undefined) : undefined;
  if (item !== undefined) {
    const record = collection.withProperties(item.present.record, write.record);
    return { type: 'stored', present: { ...item.present, record, ...(write.mark !== undefined && !isNoMark(write.mark) && { mark: write.mark }) } };
  }
  if (write.op === 'update') return { type: 'unseen' };
  return failed(new Failure('unavailable', `Microsoft Graph gave no usable answer to creating one of the ${collection.name}.`));
}

/** @param begun another part of this write was done. */
function refusal<N extends Json>(session: Session, collection: Collection<N>, write: Write<N>, answer: Answer, begun: boolean): Outcome<N> {
  const { code, message } = errorOf(answer);
  switch (answer.status) {
    case 409:
      return write.op === 'create' ? { type: 'repeated' } : { type: 'conflict' };
    case 412:
      return { type: 'conflict' };
    case 403:
      // Seen of an item with an immutable id that is not there any more: a look by id tells (rule D1).
      if (code === 'ErrorCannotDeleteObject') return settled({ status: 'gone', seen: { id: idOf({ write }), absent: 'missing' } });
      // What may not be changed is about that item; what may not be made is about the permission, unless others were made.
      if (write.op !== 'create' && !begun) return settled({ status: 'rejected', message: `Outlook does not allow this change (403 ${code}): the item is not to be changed, or the app lacks the permission to write ${collection.name}.` });
      break;
    case 404:
      if (write.op === 'create') return failed(new Failure('config', `Outlook does not find the folder, list or calendar for new ${collection.name}: choose another one.`));
      return settled({ status: 'gone', seen: { id: write.id, absent: 'missing' } });
    case 400:
    case 413:
    case 422:
      return settled({ status: 'rejected', message: `Outlook refuses this (${answer.status} ${code}): ${message}` });
    case 500:
      // The service answered the batch and choked on this part: a record Exchange cannot store must not hold up all others for good.
      return failed(new Failure('bug', `Microsoft Graph failed at writing one of the ${collection.name} (500 ${code}${message === '' ? '' : `: ${message}`}).`, { maybeDone: true }));
    default:
  }
  const { kind, message: sentence, maybeDone, retryAfterMs } = failureOf(answer, { what: `writing ${collection.name}`, writes: true, now: session.context.now() });
  return failed(new Failure(kind, sentence, { maybeDone: maybeDone || begun, ...(retryAfterMs !== undefined && { retryAfterMs }) }));
}

/** Graph may answer a repeated key with the first event, or with 409: then it is looked up. */
async function findRepeated<N extends Json>(session: Session, collection: Collection<N>, jobs: readonly Job<N>[]): Promise<void> {
  for (const job of jobs) {
    const { write, outcome } = job;
    if (outcome?.type !== 'repeated' || write.op !== 'create') continue;
    const lost = new Failure('unavailable', `Microsoft Graph has seen this create before, and what it made is not found.`, { maybeDone: true });
    try {
      const [first] = await find(session, collection, write, 0);
      job.outcome = first === undefined ? failed(lost) : settled({ status: 'stored', seen: first });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      job.outcome = failed(lost);
    }
  }
}

/** Reads what is not known yet: conflicts, updates, and creates with properties that were never read back. */
async function lookAgain<N extends Json>(session: Session, collection: Collection<N>, scope: Scope, jobs: readonly Job<N>[]): Promise<readonly Written<N>[]> {
  const open = jobs.filter((job) => job.outcome?.type !== 'settled' && !(job.outcome?.type === 'stored' && isProven(session, collection, job.write, job.outcome.present)));
  let found: ReadonlyMap<string, Found<N>> = new Map();
  try {
    if (open.length > 0) found = await readAllItems(session, collection, scope, open.map(idOf));
  } catch (error) {
    // The writes are done, only the second look is missing: what it would have confirmed stays open until the next pull.
    if (!(error instanceof Failure)) throw error;
  }
  return jobs.map((job) => {
    const one = found.get(idOf(job));
    return judge(session, collection, job, one !== undefined && 'item' in one ? one.item.present : undefined, open.includes(job));
  });
}

/** @param looked whether the item was asked for again; `reread` is absent when it could not be read. */
function judge<N extends Json>(session: Session, collection: Collection<N>, { write, outcome }: Job<N>, reread: Present<N> | undefined, looked: boolean): Written<N> {
  switch (outcome?.type) {
    case 'settled':
      return outcome.written;
    case 'conflict':
      return { status: 'conflict', ...(reread !== undefined && { seen: reread }) };
    case 'stored': {
      const { present } = outcome;
      if (!looked) return storedAs(collection, write, present);
      // Without a version the next pull reads it, and finds what this could not confirm.
      if (reread === undefined) return storedAs(collection, write, { ...present, version: '' });
      // Another change came after ours: it is for the next pull to find, under its own version.
      if (!isOwn(collection, present, reread)) return storedAs(collection, write, present);
      prove(session, collection, write, reread);
      return storedAs(collection, write, reread);
    }
    case 'unseen':
      return afterUnseen(collection, write, reread);
    case 'repeated':
    case undefined:
      return { status: 'failed', failure: new Failure('bug', 'A write was not answered.') };
  }
}

/** Fields that did not become what was meant are told, never passed over (M2). */
function storedAs<N extends Json>(collection: Collection<N>, write: Write<N>, seen: Present<N>): Written<N> {
  const fields = write.op === 'delete' ? {} : (collection.misunderstood?.(write.record, seen.record, write.op === 'update' ? write.base : undefined) ?? {});
  return Object.keys(fields).length === 0 ? { status: 'stored', seen } : { status: 'partial', seen, fields };
}

/** Only a mark was written, or nothing at all: the rest of the item has to be as it was, else the change is left for the next pull. */
function afterUnseen<N extends Json>(collection: Collection<N>, write: Write<N>, reread: Present<N> | undefined): Written<N> {
  if (reread === undefined || write.op !== 'update') {
    return { status: 'failed', failure: new Failure('unavailable', `What became of one of the ${collection.name} could not be read.`) };
  }
  const untouched = sameJson(collection.content(reread.record), collection.content(write.base));
  return { status: 'stored', seen: untouched ? reread : { ...reread, record: write.base, version: write.ifVersion } };
}

/** Whether what was read again is what our write made of it. A linked resource moves the version of its task, so there the content decides. */
function isOwn<N extends Json>(collection: Collection<N>, stored: Present<N>, reread: Present<N>): boolean {
  if (stored.version === reread.version) return true;
  return collection.markBy === 'resource' && sameJson(collection.content(stored.record), collection.content(reread.record));
}

/** Whether the answer to this write can be taken for all of the item. */
function isProven<N extends Json>(session: Session, collection: Collection<N>, write: Write<N>, shown: Present<N>): boolean {
  if (write.op !== 'create') return false;
  // The answer to creating a task shows its linked resources (contract, 3.2); where it does not, a second one would be made later.
  if (collection.markBy === 'resource') return write.mark === undefined || isNoMark(write.mark) || textOf(shown.record, 'markId') !== null;
  return createProperties(session, collection, write).every(({ id }) => session.provenProperties.has(`${collection.name} ${id}`));
}

function prove<N extends Json>(session: Session, collection: Collection<N>, write: Write<N>, reread: Present<N>): void {
  if (write.op !== 'create') return;
  const kept = sameJson(collection.withProperties(reread.record, write.record), reread.record) && (write.mark === undefined || sameMark(reread.mark, write.mark));
  const properties = createProperties(session, collection, write);
  if (kept) for (const { id } of properties) session.provenProperties.add(`${collection.name} ${id}`);
  else session.context.log(`Outlook did not keep all extended properties of one of the ${collection.name}: check "propertyIds".`);
}

function idOf<N>({ write, outcome }: Pick<Job<N>, 'write' | 'outcome'>): string {
  if (outcome?.type === 'stored') return outcome.present.id;
  return write.op === 'create' ? '' : write.id;
}

function settled<N>(written: Written<N>): Outcome<N> {
  return { type: 'settled', written };
}

function failed<N>(failure: Failure): Outcome<N> {
  return settled({ status: 'failed', failure });
}

function failureIn<N>(outcome: Outcome<N> | undefined): Failure | undefined {
  return outcome?.type === 'settled' && outcome.written.status === 'failed' ? outcome.written.failure : undefined;
}

/** After these the caller sends nothing more, and neither do we. */
function isFinal({ kind }: Failure): boolean {
  return kind === 'throttle' || kind === 'auth' || kind === 'config';
}
