import t from 'tap';
import { decide, modeOf, type Claim, type Decision, type LeftState, type Policy, type RightState } from '../src/index.ts';
import {
  classicLeftWins, classicRightWins, exists, leftToRight, leftWins, merge, pair, planned, rightToLeft, rightWins, seen, toldOf,
} from './support.ts';

// Section 11 of the specification, copied by hand, cell by cell. C: jobTitle is edited in OroCRM (to O1), notes or jobTitle in Outlook (to X1).
const base = { jobTitle: 'A', description: 'notes' };
const columns = [
  ['OroCRM to Outlook', leftToRight, { ...classicLeftWins, direction: 'left-to-right' }],
  ['Outlook to OroCRM', rightToLeft, { ...classicLeftWins, direction: 'right-to-left' }],
  ['bidirectional, OroCRM wins', leftWins, classicLeftWins],
  ['bidirectional, Outlook wins', rightWins, classicRightWins],
] as const satisfies readonly (readonly [string, Policy, Policy])[];

type Cell = readonly [rule: string, decision: Decision];
interface Row {
  readonly states: readonly [left: LeftState, right: RightState];
  /** Per column; a pair where `classic` differs. */
  readonly cells: readonly (Cell | readonly [safe: Cell, classic: Cell])[];
}

const froze = (rule: string): readonly Cell[] => [[rule, 'freeze'], [rule, 'freeze'], [rule, 'freeze'], [rule, 'freeze']];
const rows: readonly Row[] = [
  { states: ['unchanged', 'unchanged'], cells: [['G2', 'nothing'], ['G2', 'nothing'], ['G2', 'nothing'], ['G2', 'nothing']] },
  { states: ['changed', 'unchanged'], cells: [['A8', 'to-right'], ['B7', 'to-left'], ['C5', 'to-right'], ['C5', 'to-right']] },
  { states: ['unchanged', 'changed'], cells: [['A9', 'leave'], ['B8', 'to-left'], ['C6', 'to-left'], ['C6', 'to-left']] },
  { states: ['changed', 'changed'], cells: [['A2', 'to-right'], ['B5', 'to-left'], ['C9s', 'each-unit'], ['C9s', 'each-unit']] },
  { states: ['unchanged', 'deleted'], cells: [['A10', 'create-right'], ['B9', 'tombstone'], ['C11', 'create-right'], ['C11', 'create-right']] },
  { states: ['changed', 'deleted'], cells: [['A10', 'create-right'], ['B9', 'tombstone'], ['C11', 'create-right'], ['C11', 'create-right']] },
  { states: ['deleted', 'unchanged'], cells: [['A11', 'tombstone'], ['B6', 'delete-right'], ['C12', 'delete-right'], ['C12', 'delete-right']] },
  {
    states: ['deleted', 'changed'],
    cells: [
      ['A11', 'tombstone'],
      [['B10s', 'create-left'], ['B10', 'delete-right']],
      [['C14s', 'delete-right'], ['C14', 'delete-right']],
      [['C14s', 'create-left'], ['C14', 'delete-right']],
    ],
  },
  { states: ['deleted', 'deleted'], cells: [['C13', 'drop'], ['C13', 'drop'], ['C13', 'drop'], ['C13', 'drop']] },
  { states: ['hidden', 'unchanged'], cells: froze('D4') },
  { states: ['hidden', 'changed'], cells: froze('D4') },
  { states: ['hidden', 'deleted'], cells: froze('D4') },
  { states: ['hidden', 'outside'], cells: froze('D4') },
  { states: ['unchanged', 'outside'], cells: froze('D5') },
  { states: ['changed', 'outside'], cells: froze('D5') },
  { states: ['deleted', 'outside'], cells: [['A11', 'tombstone'], ['D5', 'freeze'], ['D5', 'freeze'], ['D5', 'freeze']] },
];

for (const { states: [left, right], cells } of rows) {
  for (const [index, [column, safe, classic]] of columns.entries()) {
    const cell = cells[index] as Row['cells'][number];
    const [safely, classically] = (Array.isArray(cell[0]) ? cell : [cell, cell]) as readonly [Cell, Cell];
    t.test(`${safely[0]} O ${left}, X ${right}, ${column}`, async (t) => {
      t.strictSame(decide(safe, left, right), { decision: safely[1], rule: safely[0] });
      t.strictSame(decide(classic, left, right), { decision: classically[1], rule: classically[0] }, 'classic');
    });
  }
}

t.test('S2 the conflict setting has an effect only in both ways', async (t) => {
  t.equal(modeOf({ direction: 'left-to-right', precedence: ['right', 'left'] }), 'left-to-right');
  t.equal(modeOf({ direction: 'right-to-left', precedence: ['left', 'right'] }), 'right-to-left');
  t.equal(modeOf({ direction: 'both-ways', precedence: ['right', 'left'] }), 'right-wins');
  t.equal(modeOf({ direction: 'both-ways', precedence: ['left', 'right'] }), 'left-wins');
});

// The same rows through the merge: what is written to which side. O1 and X1 are the edits; `x` stands for the notes edit in Outlook.
const o = seen('left', 2, 'jobTitle', 'O1');
const xSame = seen('right', 3, 'jobTitle', 'X1');
const xEqual = seen('right', 3, 'jobTitle', 'O1');
const xOther = seen('right', 3, 'description', 'x');
const toX = (...values: readonly string[]): readonly string[] => [`update right ${values.join(' ')}`];
const toO = (...values: readonly string[]): readonly string[] => [`update left ${values.join(' ')}`];
const none: readonly string[] = [];
type Plans = readonly (readonly string[] | { readonly safe: readonly string[]; readonly classic: readonly string[] })[];

const written: readonly (readonly [rule: string, title: string, claims: readonly Claim[], plans: Plans])[] = [
  ['G2', 'O unchanged, X unchanged', [], [none, none, none, none]],
  ['C5', 'O changed, X unchanged', [o], [toX('jobTitle=O1'), toO('jobTitle=A'), toX('jobTitle=O1'), toX('jobTitle=O1')]],
  ['C6', 'O unchanged, X changed', [xSame], [none, toO('jobTitle=X1'), toO('jobTitle=X1'), toO('jobTitle=X1')]],
  ['C10', 'O and X changed to the same value', [o, xEqual], [none, none, none, none]],
  ['C7', 'O and X changed the same field', [o, xSame], [toX('jobTitle=O1'), toO('jobTitle=X1'), toX('jobTitle=O1'), toO('jobTitle=X1')]],
  ['C9s', 'O and X changed other fields', [o, xOther], [
    toX('description=notes', 'jobTitle=O1'),
    toO('description=x', 'jobTitle=A'),
    { safe: [...toX('jobTitle=O1'), ...toO('description=x')], classic: toX('description=notes', 'jobTitle=O1') },
    { safe: [...toX('jobTitle=O1'), ...toO('description=x')], classic: toO('description=x', 'jobTitle=A') },
  ]],
  ['C11', 'O unchanged, X deleted', [exists('right', 3, 'deleted')], [['create right'], none, ['create right'], ['create right']]],
  ['C11', 'O changed, X deleted', [o, exists('right', 3, 'deleted')], [['create right'], none, ['create right'], ['create right']]],
  ['C12', 'O deleted, X unchanged', [exists('left', 2, 'deleted')], [none, ['delete right'], ['delete right'], ['delete right']]],
  ['C14s', 'O deleted, X changed', [exists('left', 2, 'deleted'), xSame], [
    none,
    { safe: ['create left'], classic: ['delete right'] },
    ['delete right'],
    { safe: ['create left'], classic: ['delete right'] },
  ]],
  ['C13', 'O deleted, X deleted', [exists('left', 2, 'deleted'), exists('right', 3, 'deleted')], [none, none, none, none]],
  ['D4', 'O hidden, X unchanged', [exists('left', 2, 'hidden')], [none, none, none, none]],
  ['D4', 'O hidden, X changed', [exists('left', 2, 'hidden'), xSame], [none, none, none, none]],
  ['D4', 'O hidden, X deleted', [exists('left', 2, 'hidden'), exists('right', 3, 'deleted')], [none, none, none, none]],
  ['D5', 'O unchanged, X outside', [exists('right', 3, 'outside')], [none, none, none, none]],
  ['D5', 'O changed, X outside', [o, exists('right', 3, 'outside')], [none, none, none, none]],
  ['D5', 'O deleted, X outside', [exists('left', 2, 'deleted'), exists('right', 3, 'outside')], [none, none, none, none]],
];

for (const [rule, title, claims, plans] of written) {
  for (const [index, [column, safe, classic]] of columns.entries()) {
    t.test(`${rule} ${title}, ${column}: what is written`, async (t) => {
      const plan = plans[index] as Plans[number];
      const [safely, classically] = 'safe' in plan ? [plan.safe, plan.classic] : [plan, plan];
      t.strictSame(planned(merge(pair(base), claims, safe).record), safely);
      t.strictSame(planned(merge(pair(base), claims, classic).record), classically, 'classic');
      t.strictSame(merge(pair(base), [...claims].reverse(), safe), merge(pair(base), claims, safe), 'the order of claims does not matter (G6)');
    });
  }
}

t.test('G3 what is replaced or reverted is told, per column', async (t) => {
  const told = (claims: readonly Claim[]): readonly (readonly string[])[] => columns.map(([, safe]) => toldOf(merge(pair(base), claims, safe)));
  t.strictSame(told([o]), [[], ['reverted B7 jobTitle=O1'], [], []]);
  t.strictSame(told([xSame]), [['left A9 jobTitle=X1'], [], [], []]);
  t.strictSame(told([o, xSame]), [['superseded A2 jobTitle=X1'], ['superseded B5 jobTitle=O1'], ['lost C7 jobTitle=X1'], ['lost C8 jobTitle=O1']]);
  t.strictSame(told([exists('left', 2, 'deleted'), xSame]), [['left A9 jobTitle=X1'], [], ['deleted C14s jobTitle=X1'], []]);
  t.strictSame(told([o, exists('right', 3, 'deleted')]), [[], ['left B9 jobTitle=O1'], [], []]);
});

t.test('C7 a conflict entry stands where two sides changed one field, and only there', async (t) => {
  const conflicts = (claims: readonly Claim[], classic = false): readonly boolean[] => columns.map(([, safe, literal]) => merge(pair(base), claims, classic ? literal : safe).conflict);
  t.strictSame(conflicts([o, xSame]), [false, false, true, true]);
  t.strictSame(conflicts([o, xOther]), [false, false, false, false]);
  t.strictSame(conflicts([o, xOther], true), [false, false, true, true], 'C9 classic: any field');
  t.strictSame(conflicts([o, xEqual]), [false, false, false, false]);
  t.strictSame(conflicts([o, xEqual], true), [false, false, false, false]);
});
