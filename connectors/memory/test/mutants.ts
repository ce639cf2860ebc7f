import { Failure, isPresent, type Entity, type FieldLens, type Json, type Kind, type Page, type Present, type Seen, type Write, type Written } from '@syncline/connector';
import { memory, type MemoryRecord, type MemoryService, type StoredRecord } from '../src/index.ts';

export type Memory = typeof memory;
type Session = Parameters<Memory['check']>[0];
type MemoryEntity = Omit<Entity<Session, Kind, MemoryRecord>, 'lens'> & { readonly lens: (session: Session) => Lenses };
type Lens = FieldLens<Json, MemoryRecord>;
type Lenses = { readonly [field: string]: Lens };
type Push = Write<MemoryRecord>;
type Answer = Written<MemoryRecord>;

/** A bug somebody could write, by what it does. */
export type Mutants = { readonly [bug: string]: Memory };

const entity = (change: (sound: MemoryEntity, kind: Kind) => Partial<MemoryEntity>): Memory => {
  const changed = Object.entries(memory.entities).map(([kind, sound]) => [kind, { ...sound, ...change(sound as never, kind as Kind) }] as const);
  return { ...memory, entities: Object.fromEntries(changed) as never };
};

const pages = (change: (page: Page<MemoryRecord>, request: Parameters<MemoryEntity['pull']>[1]) => Page<MemoryRecord>): Memory =>
  entity(({ pull }) => ({
    pull: async function* (session, request) {
      for await (const page of pull(session, request)) yield change(page, request);
    },
  }));

const answers = (change: (answer: Answer, write: Push, session: Session) => Answer): Memory =>
  entity(({ push }) => ({ push: async (session, writes) => (await push(session, writes)).map((one, index) => change(one, writes[index] as Push, session)) }));

const writes = (change: (write: Push, session: Session, kind: Kind) => Push): Memory =>
  entity(({ push }, kind) => ({ push: (session, all) => push(session, all.map((write) => change(write, session, kind))) }));

/** The connector means well; what it uses is another service than it thinks. */
const service = (change: (sound: MemoryService) => Partial<MemoryService>): Memory => ({
  ...memory,
  connect: (config, context) => memory.connect({ ...config, service: { ...config.service, ...change(config.service) } }, context),
});

const lens = (fields: readonly string[], change: (sound: Lens, field: string) => Partial<Lens>): Memory =>
  entity(({ lens: sound }) => ({
    lens: (session) => Object.fromEntries(Object.entries(sound(session)).map(([field, one]) => [field, fields.includes(field) ? { ...one, ...change(one, field) } : one])),
  }));

const names = ['firstName', 'subject', 'title'];
const text = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined);
const ofSeen = (change: (seen: Present<MemoryRecord>) => Present<MemoryRecord>) => (seen: Seen<MemoryRecord>): Seen<MemoryRecord> => (isPresent(seen) ? change(seen) : seen);
const inAnswer = (change: (seen: Present<MemoryRecord>) => Present<MemoryRecord>) => (answer: Answer): Answer =>
  answer.status === 'stored' ? { ...answer, seen: ofSeen(change)(answer.seen) } : answer;
const presentOf = (stored: StoredRecord): Present<MemoryRecord> => stored;
const without = ({ mark: _mark, ...rest }: Present<MemoryRecord>): Present<MemoryRecord> => rest;

export const pullMutants: Mutants = {
  'the next pull skips one record': pages((page, { cursor }) => (cursor === null ? page : { ...page, seen: page.seen.slice(1) })),
  'the first pull leaves the last record out': pages((page, { cursor }) => (cursor === null ? { ...page, seen: page.seen.slice(0, -1) } : page)),
  'a record is named twice': pages((page) => ({ ...page, seen: [...page.seen, ...page.seen.slice(0, 1)] })),
  'deletions are forgotten': pages((page) => ({ ...page, seen: page.seen.filter(isPresent) })),
  'deletions are not seen where something was made too': pages((page) => (page.seen.some(isPresent) ? { ...page, seen: page.seen.filter(isPresent) } : page)),
  '`alive` leaves one out': pages((page) => (page.alive === undefined ? page : { ...page, alive: page.alive.slice(1) })),
  '`alive` names what is new only': pages((page) => ({ ...page, alive: page.seen.filter(isPresent).map(({ id }) => id) })),
  'the cursor does not go on': pages((page, { cursor }) => ({ ...page, cursor: cursor ?? '0' })),
  'the cursor is one step too far': pages((page) => ({ ...page, cursor: String(Number(page.cursor) + 1) })),
  'there is no cursor': pages(({ cursor: _cursor, ...page }) => page),
  'the cursor is a number': pages((page) => ({ ...page, cursor: Number(page.cursor) as never })),
  'the cursor is kept in the session': entity(({ pull }) => {
    const places = new WeakMap<Session, string>();
    return {
      pull: async function* (session, request) {
        for await (const page of pull(session, { ...request, cursor: request.cursor === null ? null : (places.get(session) ?? '0') })) {
          if (page.cursor !== undefined) places.set(session, page.cursor);
          yield { ...page, cursor: 'here' };
        }
      },
    };
  }),
  'every pull reads everything again': entity(({ pull }) => ({ pull: (session, request) => pull(session, { ...request, cursor: null, known: () => undefined }) })),
  'our own writes come back': entity(({ pull }) => ({ pull: (session, request) => pull(session, { ...request, known: () => undefined }) })),
  'what is known is never read again': entity(({ pull }) => ({
    pull: async function* (session, request) {
      for await (const page of pull(session, request)) yield { ...page, seen: page.seen.filter((seen) => !isPresent(seen) || request.known(seen.id) === undefined) };
    },
  })),
  'a cursor of nobody\'s reads nothing': entity(({ pull }) => ({
    pull: async function* (session, request) {
      if (request.cursor !== null && !/^\d+$/.test(request.cursor)) yield { seen: [], cursor: request.cursor };
      else yield* pull(session, request);
    },
  })),
  'a cursor of nobody\'s reads everything': entity(({ pull }) => ({ pull: (session, request) => pull(session, { ...request, cursor: request.cursor !== null && !/^\d+$/.test(request.cursor) ? '0' : request.cursor }) })),
  'a cursor of nobody\'s is a crash': entity(({ pull }) => ({
    pull: (session, request) => {
      if (request.cursor !== null) JSON.parse(request.cursor);
      return pull(session, request);
    },
  })),
  'a page hands out the cursor of the page after it': entity(({ pull }) => ({
    pull: async function* (session, request) {
      for await (const page of pull(session, request)) {
        for (let at = 0; at < page.seen.length; at += 5) yield { seen: page.seen.slice(at, at + 5), ...(page.cursor !== undefined && { cursor: page.cursor }) };
        yield { ...page, seen: [] };
      }
    },
  })),
  'pages go by number, and move under the reader': entity(({ pull }, kind) => ({
    pull: async function* (session, request) {
      if (request.cursor !== null) yield* pull(session, request);
      for (let at = 0; request.cursor === null; at += 5) {
        const all = session.service.list(kind).toSorted((a, b) => b.at - a.at || Number(b.id) - Number(a.id));
        yield { seen: all.slice(at, at + 5).map(presentOf), ...(at + 5 >= all.length && { cursor: String(session.service.writes()) }) };
        if (at + 5 >= all.length) return;
      }
    },
  })),
  'what was deleted is shown as there, empty': pages((page) => ({ ...page, seen: page.seen.map((seen) => (isPresent(seen) ? seen : { id: seen.id, version: '0', record: {} })) })),
  'an edit keeps the version': pages((page) => ({ ...page, seen: page.seen.map(ofSeen((seen) => ({ ...seen, version: seen.id }))) })),
  'records hold what JSON does not': pages((page) => ({ ...page, seen: page.seen.map(ofSeen((seen) => ({ ...seen, record: { ...seen.record, changed: undefined as never } }))) })),
  'times are in seconds': pages((page) => ({ ...page, seen: page.seen.map(ofSeen((seen) => ({ ...seen, at: (seen.at ?? 0) / 1000 }))) })),
  'get and pull show different versions': entity(({ get }) => ({ get: async (session, id) => ofSeen((seen) => ({ ...seen, version: `v${seen.version}` }))(await get(session, id)) })),
  'get takes an id that begins alike': service((sound) => ({ get: (kind, id) => sound.get(kind, id) ?? sound.list(kind).find((one) => one.id.startsWith(id)) })),
  'get calls a deleted record hidden': entity(({ get }) => ({
    get: async (session, id) => {
      const seen = await get(session, id);
      return isPresent(seen) ? seen : { id, absent: 'hidden' };
    },
  })),
  'an edit also shows the records whose ids begin alike': entity(({ pull }, kind) => ({
    pull: async function* (session, request) {
      for await (const page of pull(session, request)) {
        const more = session.service.list(kind).filter(({ id }) => page.seen.some((seen) => seen.id !== id && id.startsWith(seen.id)) && !page.seen.some((seen) => seen.id === id));
        yield { ...page, seen: [...page.seen, ...more.map(presentOf)] };
      }
    },
  })),
};

export const pushMutants: Mutants = {
  '`ifVersion` of an update is ignored': writes((write, session, kind) => (write.op === 'update' ? { ...write, ifVersion: session.service.get(kind, write.id)?.version ?? '' } : write)),
  '`ifVersion` of a deletion is ignored': writes((write, session, kind) => (write.op === 'delete' ? { ...write, ifVersion: session.service.get(kind, write.id)?.version ?? '' } : write)),
  'a conflict is told, and written all the same': entity(({ push }, kind) => ({
    push: async (session, all) => {
      const found = await push(session, all);
      for (const [index, one] of found.entries()) {
        const write = all[index];
        if (one.status === 'conflict' && write?.op === 'update') session.service.edit(kind, write.id, write.record);
      }
      return found;
    },
  })),
  'a conflict is called stored': answers((answer) => (answer.status === 'conflict' && answer.seen !== undefined ? { status: 'stored', seen: answer.seen } : answer)),
  'a conflict shows what was wanted': answers((answer, write) => (answer.status === 'conflict' && write.op === 'update' && answer.seen !== undefined && isPresent(answer.seen) ? { ...answer, seen: { ...answer.seen, record: write.record } } : answer)),
  'an update puts back what others have changed': writes((write, session, kind) => (write.op === 'update' ? { ...write, base: session.service.get(kind, write.id)?.record ?? {} } : write)),
  'an update sends the whole record': writes((write) => (write.op === 'update' ? { ...write, base: {} } : write)),
  'an update drops what no field is mapped to': service((sound) => ({ edit: (kind, id, fields, mark) => sound.edit(kind, id, { ...fields, nickname: null }, mark) })),
  'emptied fields are not sent': service((sound) => ({ edit: (kind, id, fields, mark) => sound.edit(kind, id, Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)), mark) })),
  'an update is answered with what was there before': answers((answer, write) => (write.op === 'update' ? inAnswer((seen) => ({ ...seen, record: write.base }))(answer) : answer)),
  'an update writes over other fields': service((sound) => ({ edit: (kind, id, fields, mark) => sound.edit(kind, id, { ...fields, title: 'Rewritten', jobTitle: 'Rewritten', subject: 'Rewritten' }, mark) })),
  'an answer shows a version of its own': answers((answer) => inAnswer((seen) => ({ ...seen, version: `${seen.version}.1` }))(answer)),
  'answers come in another order': entity(({ push }) => ({ push: async (session, all) => (await push(session, all)).toReversed() })),
  'the last write is not answered': entity(({ push }) => ({ push: async (session, all) => (all.length > 1 ? (await push(session, all)).slice(0, -1) : push(session, all)) })),
  'after a conflict nothing more is sent': entity(({ push }) => ({
    push: async (session, all) => {
      const found: Answer[] = [];
      for (const write of all) {
        const stopped = found.some(({ status }) => status === 'conflict' || status === 'gone');
        found.push(...(stopped ? [{ status: 'failed' as const, failure: new Failure('unavailable', 'stopped', { maybeDone: false }) }] : await push(session, [write])));
      }
      return found;
    },
  })),
  'a deletion deletes nothing': service(() => ({ remove: () => true })),
  'a deletion takes the neighbour along': service((sound) => ({
    remove: (kind, id) => {
      for (const other of sound.list(kind)) if (other.id === String(Number(id) + 1)) sound.remove(kind, other.id);
      return sound.remove(kind, id);
    },
  })),
  'a second deletion is a conflict': answers((answer, write) => (write.op === 'delete' && answer.status === 'gone' ? { status: 'conflict' } : answer)),
  'a second deletion is an error': answers((answer, write) => (write.op === 'delete' && answer.status === 'gone' ? { status: 'failed', failure: new Failure('bug', 'not found') } : answer)),
  'an update of what is gone makes it again': entity(({ push }, kind) => ({
    push: async (session, all) => {
      const found = await push(session, all);
      return found.map((one, index): Answer => {
        const write = all[index];
        return one.status === 'gone' && write?.op === 'update' ? { status: 'stored', seen: presentOf(session.service.create(kind, write.record)) } : one;
      });
    },
  })),
  'two creates of the same content are one': entity(({ push }, kind) => ({
    push: async (session, all) => {
      const found: Answer[] = [];
      for (const write of all) {
        const twin = write.op === 'create' ? session.service.list(kind).find(({ record }) => JSON.stringify(record) === JSON.stringify(write.record)) : undefined;
        found.push(...(twin === undefined ? await push(session, [write]) : [{ status: 'stored' as const, seen: presentOf(twin) }]));
      }
      return found;
    },
  })),
  'an update without a difference is written, and answered with the old version': entity(({ push }, kind) => ({
    push: async (session, all) => {
      const found = await push(session, all);
      for (const [index, one] of found.entries()) if (one.status === 'stored' && all[index]?.op === 'update') session.service.edit(kind, one.seen.id, {});
      return found;
    },
  })),
  'marks are not stored': writes((write) => (write.op === 'create' ? { op: 'create', key: write.key, record: write.record } : write)),
  'marks are lost with an update': service((sound) => ({ edit: (kind, id, fields, mark) => sound.edit(kind, id, fields, mark ?? ({} as never)) })),
  'marks are not shown by get': entity(({ get }) => ({ get: async (session, id) => ofSeen(without)(await get(session, id)) })),
  'marks are not shown by a pull': pages((page) => ({ ...page, seen: page.seen.map(ofSeen(without)) })),
  'an update sets no mark': service((sound) => ({ edit: (kind, id, fields) => sound.edit(kind, id, fields) })),
  'marks lose their origin': service((sound) => ({
    create: (kind, record, mark) => sound.create(kind, record, mark && { id: mark.id }),
    edit: (kind, id, fields, mark) => sound.edit(kind, id, fields, mark && { id: mark.id }),
  })),
  'find finds everything': entity((_sound, kind) => ({ find: (session) => Promise.resolve(session.service.list(kind).map(presentOf)) })),
  'find finds nothing': entity(() => ({ find: () => Promise.resolve([]) })),
  'find takes marks that begin alike': entity(({ find }, kind) => ({
    find: (session, create, since) => {
      const { mark } = create;
      return mark === undefined ? find(session, create, since) : Promise.resolve(session.service.list(kind).filter((one) => one.mark?.id.startsWith(mark.id) === true && one.mark.origin === mark.origin).map(presentOf));
    },
  })),
  'find does not look at the origin': entity(({ find }) => ({ find: (session, create, since) => find(session, create.mark === undefined ? create : { ...create, mark: { id: create.mark.id } }, since) })),
  'find does not look at the time': entity(({ find }) => ({ find: (session, create) => find(session, create, 0) })),
  'find goes by content where there is a mark': entity(({ find }) => ({ find: (session, create, since) => find(session, { op: 'create', key: create.key, record: create.record }, since) })),
  'a repeated key is said to make no second record, and makes one': entity(({ caps }) => ({ caps: { ...caps, createOnce: 'request-key' } })),
  'a lost answer is called not done': answers((answer) => (answer.status === 'failed' ? { status: 'failed', failure: new Failure(answer.failure.kind, answer.failure.message, { maybeDone: false }) } : answer)),
  'a lost answer is tried again at once': entity(({ push }) => ({
    push: async (session, all) => {
      const found: Answer[] = [];
      for (const write of all) {
        const [one] = await push(session, [write]);
        found.push(...(one?.status === 'failed' && one.failure.maybeDone ? await push(session, [write]) : one === undefined ? [] : [one]));
      }
      return found;
    },
  })),
  'a failed write fails the whole push': entity(({ push }) => ({
    push: async (session, all) => {
      const found = await push(session, all);
      for (const one of found) if (one.status === 'failed') throw one.failure;
      return found;
    },
  })),
  'a repeated update counts up': service((sound) => ({ edit: (kind, id, fields, mark) => sound.edit(kind, id, Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, names.includes(name) ? `${text(value) ?? ''}!` : value])), mark) })),
};

export const lensMutants: Mutants = {
  'a text is read in capital letters': lens(['description', 'subject', 'title'], (sound) => ({ read: (record) => text(sound.read(record))?.toUpperCase() })),
  'a text is stored in small letters': lens(names, (sound) => ({ write: (draft, value) => sound.write(draft, text(value)?.toLowerCase()) })),
  'a text is escaped once more with every write': lens(names, (sound) => ({ write: (draft, value) => sound.write(draft, text(value)?.replaceAll('&', '&amp;')) })),
  'a text grows with every write': lens(names, (sound) => ({ write: (draft, value) => sound.write(draft, value === undefined ? undefined : `${text(sound.read(draft)) ?? ''}${text(value) ?? ''}`) })),
  'a long text is cut without a word': lens(names, (sound) => ({ write: (draft, value) => sound.write(draft, text(value)?.slice(0, 255)) })),
  'text is cut at the first character of four bytes': lens(['description', 'subject', 'title'], (sound) => ({ write: (draft, value) => sound.write(draft, text(value)?.replace(/[\u{10000}-\u{10ffff}].*/u, '')) })),
  'text is stored in Latin 1': service((sound) => ({ create: (kind, record, mark) => sound.create(kind, JSON.parse(JSON.stringify(record).replace(/[^\0-\u00ff]/g, '?')) as MemoryRecord, mark) })),
  'a leap day becomes 1 March': lens(['birthday', 'dueDate'], (sound) => ({ read: (record) => text(sound.read(record))?.replace('-02-29', '-03-01') })),
  'dates before 1970 are lost': lens(['birthday', 'dueDate'], (sound) => ({ write: (draft, value) => sound.write(draft, (text(value) ?? '') < '1970' ? undefined : value) })),
  'all-day events end a day early': lens(['end'], (sound) => ({ read: (record) => text(sound.read(record))?.replace(/^(\d{4}-\d\d-)(\d\d)$/, (_all, month: string, day: string) => `${month}${String(Number(day) - 1).padStart(2, '0')}`) })),
  'the second e-mail is forgotten': lens(['emails'], (sound) => ({ write: (draft, value) => sound.write(draft, Array.isArray(value) ? value.slice(0, 1) : undefined) })),
  'the slice of a field is always the same': lens(names, () => ({ slice: () => null })),
  'the slice holds only the beginning': lens([...names, 'lastName'], (sound) => ({ slice: (record) => text(sound.slice(record))?.slice(0, 3) ?? null })),
  'first and last name are swapped, both ways': entity(({ lens: sound }) => ({
    lens: (session) => {
      const { firstName, lastName, ...rest } = sound(session);
      return firstName === undefined || lastName === undefined ? rest : { ...rest, firstName: lastName, lastName: firstName };
    },
  })),
  'start and end move by an hour, both ways': lens(['start', 'end'], (sound) => ({ read: (record) => moved(sound.read(record), 1), write: (draft, value) => sound.write(draft, moved(value, -1)) })),
  'writing the job title clears the middle name': lens(['jobTitle', 'dueDate'], (sound) => ({ write: (draft, value) => sound.write({ ...draft, middleName: '', priority: 'low' }, value) })),
  'emptying does nothing': lens(['jobTitle', 'dueDate'], (sound) => ({ write: (draft, value) => (value === undefined ? draft : sound.write(draft, value)) })),
  'an emptied field holds a default': lens(['jobTitle', 'dueDate'], (sound) => ({ write: (draft, value) => sound.write(draft, value ?? 'none') })),
  'a lens changes the draft it is given': lens(names, (_sound, field) => ({ write: (draft, value) => Object.assign(draft, { [field]: value ?? '' }) })),
  'a lens writes what JSON does not hold': lens(['birthday', 'dueDate', 'start'], (sound, field) => ({ write: (draft, value) => ({ ...sound.write(draft, value), [`${field}At`]: new Date(0) as never }) })),
  'a field is forgotten': entity(({ lens: sound }) => ({
    lens: (session) => {
      const { jobTitle: _jobTitle, dueDate: _dueDate, end: _end, ...rest } = sound(session);
      return rest;
    },
  })),
  'a lens refuses without a word': lens(names, () => ({ refuse: (value) => (text(value)?.includes('<') === true ? '' : undefined) })),
  'a new record is not empty': entity(() => ({ blank: () => ({ title: 'New', subject: 'New', firstName: 'New' }) })),
};

export const failureMutants: Mutants = {
  'no answer means deleted': entity(({ get }) => ({ get: (session, id) => get(session, id).catch(() => ({ id, absent: 'deleted' as const })) })),
  'no answer is an empty page': entity(({ pull }) => ({
    pull: async function* (session, request) {
      try {
        yield* pull(session, request);
      } catch (error) {
        if (error instanceof Failure && error.kind === 'cursor-expired') throw error;
        yield { seen: [], cursor: request.cursor ?? '0' };
      }
    },
  })),
  'no answer means that nothing is found': entity(({ find }) => ({ find: (session, create, since) => find(session, create, since).catch(() => []) })),
  'no answer means stored': answers((answer, write) => (answer.status === 'failed' && !answer.failure.maybeDone && write.op === 'update' ? { status: 'stored', seen: { id: write.id, version: write.ifVersion, record: write.record } } : answer)),
  'no answer means that the other end refuses': answers((answer) => (answer.status === 'failed' && !answer.failure.maybeDone ? { status: 'rejected', message: 'no' } : answer)),
  'failures are errors of any class': entity(({ get }) => ({
    get: (session, id) =>
      get(session, id).catch((error: unknown) => {
        throw new Error(String(error));
      }),
  })),
  'failures are of a kind of their own': entity(({ get }) => ({
    get: (session, id) =>
      get(session, id).catch(() => {
        throw new Failure('ECONNRESET' as never, 'The connection broke.');
      }),
  })),
  'no answer is called a lost sign-in': entity(({ get }) => ({
    get: (session, id) =>
      get(session, id).catch(() => {
        throw new Failure('auth', 'Sign in again.');
      }),
  })),
  'a message holds the password': entity(({ get }) => ({
    get: (session, id) =>
      get(session, id).catch(() => {
        throw new Failure('unavailable', 'GET https://ada:correct%20horse@localhost failed.');
      }),
  })),
  'any configuration is taken': { ...memory, config: { '~standard': { ...memory.config['~standard'], validate: (value) => ({ value: value as never }) } } },
  'the origin is another one after each sign-in': { ...memory, connect: async (config, context) => ({ ...(await memory.connect(config, context)), account: `${config.account} ${(signIns += 1)}` }) },
  'the account has no name': { ...memory, check: async (session) => ({ ...(await memory.check(session)), name: '' }) },
  'no push may run': entity(({ caps }) => ({ caps: { ...caps, concurrency: 0 } })),
  'more fits into a push than is written': entity(({ caps, push }) => ({ caps: { ...caps, writesPerPush: 20 }, push: (session, all) => push(session, all.slice(0, 5)) })),
  'two pushes at once get each other\'s answers': entity(({ push }) => {
    const waiting = new WeakMap<Session, Promise<readonly Answer[]>>();
    return {
      push: async (session, all) => {
        const before = waiting.get(session);
        const mine = push(session, all);
        waiting.set(session, mine);
        await Promise.resolve();
        const found = await (before ?? waiting.get(session) ?? mine);
        waiting.delete(session);
        return found;
      },
    };
  }),
  'progress counts backwards': pages((page) => ({ ...page, progress: { done: -1, total: -1 } })),
  'the log tells names of people': entity(({ push }) => ({
    push: (session, all) => {
      session.context.log(JSON.stringify(all));
      return push(session, all);
    },
  })),
  'marks are promised and a mark without origin is refused': writes((write) => (write.op !== 'delete' && write.mark !== undefined && write.mark.origin === undefined ? { ...write, mark: { id: '' } } : write)),
};

let signIns = 0;

function moved(value: Json | undefined, hours: number): string | undefined {
  const time = text(value);
  return time === undefined || !time.includes('T') ? time : `${new Date(Date.parse(time) + hours * 3_600_000).toISOString().slice(0, 19)}Z`;
}
