import t from 'tap';
import { visible, visibleEntry } from '../src/visible.ts';

t.test('T31 nothing in a line moves a terminal, ends the line or turns its direction', async (t) => {
  t.equal(visible('Ada \u001b[2J\u0007\r\n\u009b31m \u202egpj.exe'), 'Ada \\u001b[2J\\u0007\\u000d\\u000a\\u009b31m \\u202egpj.exe');
  t.equal(visible('Zoë 👩‍🚀 שלום'), 'Zoë 👩‍🚀 שלום');
});

t.test('JSON stays what it says', async (t) => {
  const value = { label: 'a\u001b\u009b\u202eb\n' };
  t.strictSame(JSON.parse(visible(JSON.stringify(value))), value);
});

t.test('T31 an entry of several lines cannot pass for two', async (t) => {
  t.equal(visibleEntry('Error: x\n    at y\n2026-01-01T00:00:00Z all is well'), 'Error: x\n        at y\n    2026-01-01T00:00:00Z all is well');
});
