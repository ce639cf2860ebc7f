import t from 'tap';
import { goThrough, longest } from './many.ts';

// The root test has half a minute where this file is run by node itself.
t.setTimeout(longest);
t.test('G1 G2 G3 R3 R4 R5 R6 A13 B11 C5 C6 C15 D1 D6 D7 K1 K12 seeded worlds, the even seeds', (t) => goThrough(t, 2));
