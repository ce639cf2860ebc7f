// The panel in a real browser, as a person in an office goes through it: what waits is decided, records are found, what was done is taken back.
import { existsSync } from 'node:fs';
import { chromium, type Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { graphApi, oroApi, startDemo, type Demo } from './demo-process.ts';
import { tooWide } from './too-wide.ts';

const browserPath = '/usr/bin/chromium';
const skip = existsSync(browserPath) ? false : 'needs Chromium, which is not here';

/** What a screen reader could not name. */
const nameless = `[...document.querySelectorAll('button, a[href], input, select, meter')].filter((one) =>
  (one.checkVisibility() && (one.textContent.trim() || one.ariaLabel || one.labels?.[0]?.textContent.trim() || '') === '')).map((one) => one.outerHTML.slice(0, 80))`;

async function looksRight(t: Test, page: Page, view: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [320, 1200]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      t.strictSame(await page.evaluate(tooWide), [], `${view}: nothing runs out of its card at ${width} px, ${colorScheme}`);
    }
  }
  t.strictSame(await page.evaluate(nameless), [], `${view}: everything to press has a name`);
}

async function panel(t: Test): Promise<{ readonly demo: Demo; readonly page: Page; readonly complaints: readonly string[] }> {
  const demo = await startDemo(t, t.testdir());
  const browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
  t.teardown(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 320, height: 800 } });
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
  page.on('pageerror', (error) => void complaints.push(error.message));
  await page.goto(demo.signIn);
  await page.locator('#sentence', { hasText: 'Nothing to do' }).waitFor();
  return { demo, page, complaints };
}

/** Enable Sync is off, and no cycle runs, while `work` is done. */
async function betweenCycles(page: Page, work: () => Promise<void>): Promise<void> {
  const [user] = (await page.evaluate("fetch('/api/v1/status').then((answer) => answer.json()).then(({ users }) => users.map((one) => one.user))")) as readonly string[];
  const enable = (isOn: boolean): Promise<unknown> => page.evaluate(`fetch('/api/v1/settings', { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: '${JSON.stringify({ user, set: { enableSync: isOn } })}' }).then((answer) => answer.ok || Promise.reject(new Error(String(answer.status))))`);
  await enable(false);
  await page.waitForFunction("fetch('/api/v1/status').then((answer) => answer.json()).then(({ users }) => users.every((one) => one.running === null && !one.next.queued))");
  await work();
  await enable(true);
}

t.test('the panel decides what waits, finds records and takes back what was done, at 320 px and wide', { skip, timeout: 120_000 }, async (t) => {
  const { demo, page, complaints } = await panel(t);
  const [oro, graph] = [await oroApi(demo), await graphApi(demo)];
  const tab = (name: RegExp) => page.getByRole('navigation').getByRole('link', { name });

  // D7: a meeting with guests is changed in OroCRM.
  const day = new Date(Date.now() + 3 * 24 * 60 * 60_000).toISOString().slice(0, 10);
  const at = (hour: string) => ({ dateTime: `${day}T${hour}:00:00`, timeZone: 'UTC' });
  const guest = (name: string) => ({ type: 'required', emailAddress: { name, address: `${name}@example.org` } });
  await graph('POST', '/events', { subject: 'Board', start: at('09'), end: at('10'), attendees: [guest('gus'), guest('gwen')] });
  await page.locator('#lines li', { hasText: 'Board created in OroCRM' }).waitFor();
  await oro('PUT', `/api/rest/latest/calendarevents/${await idOf(page, 'Board')}.json`, { title: 'Board, moved' });
  await tab(/Needs you/).click();
  const meeting = page.getByRole('region', { name: 'Guests of a meeting would be told' });
  await meeting.getByText('2 people would be notified').first().waitFor();
  t.match(await page.title(), 'Needs you');
  await looksRight(t, page, 'needs you');
  await meeting.getByRole('button', { name: 'Let it happen' }).click();
  await page.keyboard.press('Enter');
  await page.locator('#decided li', { hasText: 'Approved: the next sync writes it.' }).waitFor();
  await meeting.waitFor({ state: 'detached' });
  await page.locator('#decided').getByRole('button', { name: 'Undo' }).waitFor();
  t.ok((await graph('GET', '/events?$top=200')).value.some((one) => 'subject' in one && one.subject === 'Board, moved'));

  // D2: many contacts are deleted in OroCRM; one is kept, the rest goes.
  const { data: some } = (await oro('GET', '/api/contacts?page[size]=25&sort=id')) as { readonly data: readonly { readonly id: string }[] };
  // A cycle that saw the first few alone would take them for few.
  await betweenCycles(page, async () => {
    for (const { id } of some) await fetchDeleted(oro, id);
  });
  const many = page.getByRole('region', { name: 'Many deletions at once' });
  await many.getByRole('button', { name: 'Let all 25 happen' }).waitFor();
  await looksRight(t, page, 'many deletions');
  await many.getByRole('button', { name: 'Keep it' }).first().click();
  await page.locator('#decided li', { hasText: 'It is kept' }).waitFor();
  await many.getByRole('button', { name: 'Let all 24 happen' }).click();
  await many.getByRole('button', { name: 'Yes, let it happen' }).click();
  await many.waitFor({ state: 'detached' });

  // Records: one with markup in its name, side by side.
  await oro('POST', '/api/contacts', { data: { type: 'contacts', attributes: { firstName: '<b>Zoë</b>', lastName: 'Wirewright', jobTitle: 'Poet' } } });
  await tab(/Records/).click();
  await page.getByLabel('Search').fill('zoe wire');
  const found = page.locator('#records-rows').getByRole('link', { name: '<b>Zoë</b> Wirewright' });
  await found.waitFor();
  await page.locator('#records-count', { hasText: '1 to 1 of 1' }).waitFor();
  await looksRight(t, page, 'records');
  await found.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('row', { name: /Job title.*Poet.*Poet.*Poet.*OroCRM/ }).waitFor();
  await page.getByText('Both sides hold what was agreed.').waitFor();
  t.equal(await page.evaluate('document.activeElement.textContent'), '<b>Zoë</b> Wirewright', 'a reader goes on at its heading');
  t.equal(await page.locator('#record b').count(), 0, 'what a record holds is never markup');
  await looksRight(t, page, 'record');

  // R10: one value of a run is undone, with before and after in sight.
  const zoe = await idOf(page, 'Zoë');
  await oro('PATCH', `/api/contacts/${zoe}`, { data: { type: 'contacts', id: zoe, attributes: { jobTitle: 'Nurse' } } });
  await page.getByRole('row', { name: /Job title.*Nurse.*Nurse.*Nurse/ }).waitFor();
  await tab(/History/).click();
  await page.locator('#history-rows li', { hasText: '1 changed' }).first().getByRole('link').click();
  const row = page.locator('#history-run .row', { hasText: 'Wirewright' });
  t.strictSame([await row.locator('del').textContent(), await row.locator('ins').textContent()], ['Poet', 'Nurse']);
  await looksRight(t, page, 'run');
  await row.getByRole('button', { name: /^Undo Job title/ }).click();
  await row.getByText('1 change taken back').waitFor();
  await page.goto(`${demo.url}/#records`);
  await page.getByLabel('Search').fill('wirewright');
  await found.click();
  await page.getByRole('row', { name: /Job title.*Poet.*Poet.*Poet/ }).waitFor();

  // D6: a deleted record is restored, after it was said what cannot come back.
  await page.getByRole('link', { name: 'All records' }).click();
  await page.getByLabel('Search').fill('');
  await page.getByLabel('State').selectOption('deleted');
  await page.locator('#records-count', { hasText: 'of 24' }).waitFor();
  const gone = page.locator('#records-rows a').first();
  const name = (await gone.textContent()) ?? '';
  await gone.click();
  await page.locator('#record').getByRole('button', { name: 'Restore…' }).click();
  await page.locator('#record', { hasText: 'what cannot come back' }).waitFor();
  await page.locator('#record').getByRole('button', { name: 'Restore it' }).click();
  await page.getByText('Both sides hold what was agreed.').waitFor();
  await tab(/Records/).click();
  await page.getByLabel('State').selectOption('linked');
  await page.getByLabel('Search').fill(name);
  await page.locator('#records-rows a').first().waitFor();

  await tab(/History/).click();
  await page.locator('#history-rows li').first().waitFor();
  await looksRight(t, page, 'history');
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Save as CSV' }).first().click()]);
  t.equal(file.suggestedFilename(), 'syncline-history.csv');
  await page.getByRole('navigation').getByRole('link', { name: 'Now' }).click();
  await looksRight(t, page, 'now');
  t.strictSame(complaints, [], 'no error, and nothing the content policy had to stop');
  t.equal(await demo.end('SIGTERM'), 0);
});

/** A record's id in OroCRM, as the hub knows it. */
async function idOf(page: Page, text: string): Promise<string> {
  const body = `JSON.stringify({ user: document.querySelector('#person').value, text: ${JSON.stringify(text)} })`;
  return page.evaluate(`fetch('/api/v1/records', { method: 'POST', headers: { 'content-type': 'application/json' }, body: ${body} }).then((answer) => answer.json()).then(({ records }) => records[0].links.orocrm)`);
}

/** OroCRM answers a deletion with nothing. */
async function fetchDeleted(oro: Awaited<ReturnType<typeof oroApi>>, id: string): Promise<void> {
  await oro('DELETE', `/api/contacts/${id}`).catch((error: unknown) => {
    if (!(error instanceof SyntaxError)) throw error;
  });
}
