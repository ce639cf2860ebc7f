import t from 'tap';
import { classicPolicy, safePolicy, type Direction, type Kind } from '@syncline/core';
import { desksOf, linkedWorld, none, writesDuring, type Desks } from '../support/desks.ts';
import { twoServices } from '../support/two-services.ts';

// Many small worlds in one file: more than tap's half minute where the machine is busy.
t.setTimeout(120_000);

// The three "If / Then" tables of the source document, one row per sentence: what stands in each system afterwards.
// Three other people are linked throughout, so that one deletion is no mass deletion (D2).

const profiles = { safe: safePolicy, classic: classicPolicy } as const;
const winners = { orocrm: ['left', 'right'], outlook: ['right', 'left'] } as const;
type Profile = keyof typeof profiles;
type Winner = keyof typeof winners;

interface Row {
  /** The rule, and the sentence of the source document in short. */
  readonly title: string;
  readonly act: (desks: Desks) => void;
  /** What record 1 is in each system afterwards; `null` for none. */
  readonly orocrm: string | null | ((wins: Winner, profile: Profile) => string | null);
  readonly outlook: string | null | ((wins: Winner, profile: Profile) => string | null);
}

const editOroCrm = ({ orocrm }: Desks): void => orocrm.edit(orocrm.idOf(1), 'Poet');
const editOutlook = ({ outlook }: Desks): void => outlook.edit(outlook.idOf(1), 'Nurse');
const removeOroCrm = ({ orocrm }: Desks): void => orocrm.remove(orocrm.idOf(1));
const removeOutlook = ({ outlook }: Desks): void => outlook.remove(outlook.idOf(1));
const both = (...acts: readonly ((desks: Desks) => void)[]) => (desks: Desks): void => acts.forEach((act) => act(desks));

const linked: Readonly<Record<Direction, readonly Row[]>> = {
  'left-to-right': [
    { title: 'A8 updated in OroCRM: its values replace those in Outlook', act: editOroCrm, orocrm: 'Poet', outlook: 'Poet' },
    { title: 'A9 updated in Outlook: stays there and does not sync to OroCRM', act: editOutlook, orocrm: 'Analyst', outlook: 'Nurse' },
    { title: 'A2 updated in both: OroCRM\'s values replace', act: both(editOroCrm, editOutlook), orocrm: 'Poet', outlook: 'Poet' },
    { title: 'A10 deleted in Outlook: OroCRM creates it again', act: removeOutlook, orocrm: 'Analyst', outlook: 'Analyst' },
    { title: 'A10 deleted in Outlook, updated in OroCRM: created again as it is now', act: both(removeOutlook, editOroCrm), orocrm: 'Poet', outlook: 'Poet' },
    { title: 'A11 deleted in OroCRM: stays in Outlook with no changes', act: removeOroCrm, orocrm: null, outlook: 'Analyst' },
    { title: 'A11 deleted in OroCRM, updated in Outlook: stays as it is now', act: both(removeOroCrm, editOutlook), orocrm: null, outlook: 'Nurse' },
  ],
  'right-to-left': [
    { title: 'B7 updated in OroCRM: Outlook\'s values replace', act: editOroCrm, orocrm: 'Analyst', outlook: 'Analyst' },
    { title: 'B8 updated in Outlook: its values replace those in OroCRM', act: editOutlook, orocrm: 'Nurse', outlook: 'Nurse' },
    { title: 'B5 updated in both: Outlook\'s values replace', act: both(editOroCrm, editOutlook), orocrm: 'Nurse', outlook: 'Nurse' },
    { title: 'B9 deleted in Outlook: stays in OroCRM', act: removeOutlook, orocrm: 'Analyst', outlook: null },
    { title: 'B9 deleted in Outlook, updated in OroCRM: stays in OroCRM', act: both(removeOutlook, editOroCrm), orocrm: 'Poet', outlook: null },
    { title: 'B6 deleted in OroCRM: deleted from Outlook', act: removeOroCrm, orocrm: null, outlook: null },
    {
      title: 'B10 B10s deleted in OroCRM, updated in Outlook: deleted (classic), created in OroCRM again (safe)', act: both(removeOroCrm, editOutlook),
      orocrm: (_wins, profile) => (profile === 'safe' ? 'Nurse' : null), outlook: (_wins, profile) => (profile === 'safe' ? 'Nurse' : null),
    },
  ],
  'both-ways': [
    { title: 'C5 updated in OroCRM: its values replace those in Outlook', act: editOroCrm, orocrm: 'Poet', outlook: 'Poet' },
    { title: 'C6 updated in Outlook: the update is in OroCRM too', act: editOutlook, orocrm: 'Nurse', outlook: 'Nurse' },
    {
      title: 'C7 C8 updated in both: by the conflict setting', act: both(editOroCrm, editOutlook),
      orocrm: (wins) => (wins === 'orocrm' ? 'Poet' : 'Nurse'), outlook: (wins) => (wins === 'orocrm' ? 'Poet' : 'Nurse'),
    },
    { title: 'C11 deleted in Outlook: stays in OroCRM and is added to Outlook', act: removeOutlook, orocrm: 'Analyst', outlook: 'Analyst' },
    { title: 'C11 deleted in Outlook, updated in OroCRM: added to Outlook as it is now', act: both(removeOutlook, editOroCrm), orocrm: 'Poet', outlook: 'Poet' },
    { title: 'C12 deleted in OroCRM: deleted from Outlook as well', act: removeOroCrm, orocrm: null, outlook: null },
    {
      title: 'C14 C14s deleted in OroCRM, updated in Outlook: deleted, but where Outlook wins and the profile is safe', act: both(removeOroCrm, editOutlook),
      orocrm: (wins, profile) => (profile === 'safe' && wins === 'outlook' ? 'Nurse' : null), outlook: (wins, profile) => (profile === 'safe' && wins === 'outlook' ? 'Nurse' : null),
    },
    { title: 'C13 deleted in both: gone', act: both(removeOroCrm, removeOutlook), orocrm: null, outlook: null },
  ],
};

const others = ['2=Analyst', '3=Analyst', '4=Analyst'];
const expected = (wanted: Row['orocrm'], wins: Winner, profile: Profile): readonly string[] => {
  const value = typeof wanted === 'function' ? wanted(wins, profile) : wanted;
  return value === null ? others : [`1=${value}`, ...others];
};

/** Contacts with every setting; the other kinds, which the rules treat alike, with each setting once. */
function winnersOf(kind: Kind, profile: Profile): readonly Winner[] {
  if (kind === 'contact') return ['orocrm', 'outlook'];
  return profile === 'safe' ? ['outlook'] : ['orocrm'];
}

for (const kind of ['contact', 'task', 'event'] satisfies Kind[]) {
  for (const direction of ['left-to-right', 'right-to-left', 'both-ways'] satisfies Direction[]) {
    for (const row of linked[direction]) {
      t.test(`${row.title} (${direction}, ${kind})`, async (t) => {
        for (const profile of ['safe', 'classic'] as const) {
          for (const wins of winnersOf(kind, profile)) {
            const { world, desks } = await linkedWorld(4, { policy: { ...profiles[profile], direction, precedence: winners[wins] } }, kind);
            t.strictSame([desks.orocrm.show(), desks.outlook.show()], [['1=Analyst', ...others], ['1=Analyst', ...others]], 'both have it to begin with');
            row.act(desks);
            const writes = await writesDuring(world, world.settle);
            t.strictSame(desks.orocrm.show(), expected(row.orocrm, wins, profile), `OroCRM, ${profile}, ${wins} wins`);
            t.strictSame(desks.outlook.show(), expected(row.outlook, wins, profile), `Outlook, ${profile}, ${wins} wins`);
            if (direction === 'left-to-right') t.equal(writes.orocrm, 0, 'A13 zero writes to OroCRM');
            t.strictSame(await writesDuring(world, world.cycle), none, 'G2 and then nothing');
          }
        }
      });
    }
  }
}

// The rows about records that were never linked. Record 1 is in OroCRM with 'Analyst' and, where it is in Outlook too, there with 'Nurse'.
interface FirstRow {
  readonly title: string;
  readonly direction: Direction;
  readonly profiles: readonly Profile[];
  readonly orocrm: readonly string[];
  readonly outlook: readonly string[];
  readonly then: { readonly orocrm: readonly string[]; readonly outlook: readonly string[] };
}

const literally: readonly Profile[] = ['safe', 'classic'];
const first: readonly FirstRow[] = [
  { title: 'A3 such a record exists in Outlook already: OroCRM\'s values replace', direction: 'left-to-right', profiles: literally, orocrm: ['1=Analyst'], outlook: ['1=Nurse'], then: { orocrm: ['1=Analyst'], outlook: ['1=Analyst'] } },
  { title: 'A4 it does not exist in Outlook: created there', direction: 'left-to-right', profiles: literally, orocrm: ['1=Analyst'], outlook: [], then: { orocrm: ['1=Analyst'], outlook: ['1=Analyst'] } },
  { title: 'K10 several exist in Outlook: one of them is updated', direction: 'left-to-right', profiles: literally, orocrm: ['1=Analyst'], outlook: ['1=Nurse', '1=Nurse', '1=Nurse'], then: { orocrm: ['1=Analyst'], outlook: ['1=Analyst', '1=Nurse', '1=Nurse'] } },
  { title: 'A13 one that is only in Outlook stays there', direction: 'left-to-right', profiles: literally, orocrm: [], outlook: ['1=Nurse'], then: { orocrm: [], outlook: ['1=Nurse'] } },
  { title: 'B2 B2s it does not exist in OroCRM: created there', direction: 'right-to-left', profiles: literally, orocrm: [], outlook: ['1=Nurse'], then: { orocrm: ['1=Nurse'], outlook: ['1=Nurse'] } },
  { title: 'B2s such a record exists in OroCRM already: Outlook\'s values replace', direction: 'right-to-left', profiles: ['safe'], orocrm: ['1=Analyst'], outlook: ['1=Nurse'], then: { orocrm: ['1=Nurse'], outlook: ['1=Nurse'] } },
  { title: 'B2 such a record exists in OroCRM, but the item has no OroCRM_id: read literally, a new record is created', direction: 'right-to-left', profiles: ['classic'], orocrm: ['1=Analyst'], outlook: ['1=Nurse'], then: { orocrm: ['1=Analyst', '1=Nurse'], outlook: ['1=Nurse'] } },
  { title: 'B11 one that is only in OroCRM stays there', direction: 'right-to-left', profiles: literally, orocrm: ['1=Analyst'], outlook: [], then: { orocrm: ['1=Analyst'], outlook: [] } },
  { title: 'C2 it exists in both: OroCRM\'s values replace, whatever the conflict setting', direction: 'both-ways', profiles: literally, orocrm: ['1=Analyst'], outlook: ['1=Nurse'], then: { orocrm: ['1=Analyst'], outlook: ['1=Analyst'] } },
  { title: 'C3 it does not exist in OroCRM: created there', direction: 'both-ways', profiles: literally, orocrm: [], outlook: ['1=Nurse'], then: { orocrm: ['1=Nurse'], outlook: ['1=Nurse'] } },
  { title: 'C4 it does not exist in Outlook: created there', direction: 'both-ways', profiles: literally, orocrm: ['1=Analyst'], outlook: [], then: { orocrm: ['1=Analyst'], outlook: ['1=Analyst'] } },
];

for (const row of first) {
  t.test(`${row.title} (${row.direction}, never linked)`, async (t) => {
    for (const profile of row.profiles) {
      for (const wins of ['orocrm', 'outlook'] as const) {
        const world = twoServices({ policy: { ...profiles[profile], direction: row.direction, precedence: winners[wins] } });
        const desks = desksOf(world, 'contact');
        for (const side of ['orocrm', 'outlook'] as const) for (const one of row[side]) desks[side].make(1, one.slice(2));
        const writes = await writesDuring(world, world.settle);
        t.strictSame([desks.orocrm.show(), desks.outlook.show()], [row.then.orocrm, row.then.outlook], `${profile}, ${wins} wins`);
        if (row.direction === 'left-to-right') t.equal(writes.orocrm, 0, 'A13 zero writes to OroCRM');
        t.strictSame(await writesDuring(world, world.cycle), none, 'G2 and then nothing');
      }
    }
  });
}
