// The first page in a real browser: what the hub tells is on it, and nothing of it needs more than its own files.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import t from 'tap';
import { graphApi, oroApi, startDemo } from './demo-process.ts';
import { tooWide } from './too-wide.ts';

const browserPath = '/usr/bin/chromium';
const skip = existsSync(browserPath) ? false : 'needs Chromium, which is not here';

t.test('the page signs in, shows a change at once, and is usable at 320 px', { skip }, async (t) => {
  const demo = await startDemo(t, t.testdir());
  const browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
  t.teardown(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 320, height: 640 } });
  const complaints: string[] = [];
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
  page.on('pageerror', (error) => void complaints.push(error.message));

  await page.goto(demo.signIn);
  await page.getByText('live', { exact: true }).waitFor();
  t.equal(page.url(), `${demo.url}/`, 'the code is gone from the address');
  await page.locator('#sentence', { hasText: 'Nothing to do' }).waitFor();
  t.equal(await page.locator('#count-document').textContent(), String(197 + 60 + 112));

  const oro = await oroApi(demo);
  await oro('POST', '/api/contacts', { data: { type: 'contacts', attributes: { firstName: '<b>Zoe</b>', lastName: 'Wirewright' } } });
  await page.locator('#lines li', { hasText: '<b>Zoe</b> Wirewright created in Outlook' }).waitFor();
  t.equal(await page.locator('#lines b').count(), 0, 'what a record holds is never markup');
  await page.locator('#count-document', { hasText: String(198 + 60 + 112) }).waitFor();

  // Held: OroCRM takes no first name of that length.
  const graph = await graphApi(demo);
  await graph('POST', '/contacts', { givenName: 'W'.repeat(101), surname: 'M'.repeat(101) });
  await page.locator('#notes li', { hasText: 'WWW' }).waitFor();
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [320, 600, 1000, 1200]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 640 });
      t.strictSame(await page.evaluate(tooWide), [], `nothing runs out of its card at ${width} px, ${colorScheme}`);
    }
  }
  // S1 S11 S13b: what is set shows at once, without a reload.
  const change = (body: object): Promise<unknown> =>
    page.evaluate(`fetch('/api/v1/settings', { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: ${JSON.stringify(JSON.stringify(body))} }).then(({ status }) => status)`);
  t.equal(await change({ set: { direction: 'orocrm-to-outlook', enableSync: false, showAlerts: false } }), 200);
  await page.locator('#flow-mode', { hasText: 'OroCRM to Outlook' }).waitFor();
  await page.locator('#next', { hasText: 'Enable Sync is off' }).waitFor();
  await page.locator('#next', { hasText: 'Show Alerts is off' }).waitFor();
  t.equal(await change({ unset: ['direction', 'enableSync', 'showAlerts'] }), 200);
  await page.locator('#flow-mode', { hasText: 'Both ways, OroCRM wins' }).waitFor();
  t.strictSame(complaints, [], 'no error, and nothing the content policy had to stop');

  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  t.equal(await page.locator('#signed-in').isVisible(), false);
  await page.goto(demo.signIn);
  await page.getByText('This link was used already').waitFor();
  t.equal(await demo.end('SIGTERM'), 0);
});
