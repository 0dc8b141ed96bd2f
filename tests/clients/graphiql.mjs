// GraphiQL in a browser without a screen: a query is typed and run, and its answer is seen. No request leaves the host.
// usage: node graphiql.mjs URL SCREENSHOT.png (CHROMIUM names another browser program)
import { chromium } from 'playwright-core';
import { attempt, check, finish, url } from './check.mjs';

const screenshot = process.argv[3];
const host = new URL(url).host;
const query = '{ posts(limit: 2, orderBy: [{ id: ASC }]) { id slug } }';

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
await attempt('graphiql', async () => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const strangers = [];
  const problems = [];
  page.on('request', (request) => {
    const target = new URL(request.url());
    if (['http:', 'https:', 'ws:', 'wss:'].includes(target.protocol) && target.host !== host) {
      strangers.push(request.url());
    }
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('response', (response) => {
    if (response.status() >= 400) {
      problems.push(`${response.status()} ${response.url()}`);
    }
  });

  await page.goto(url, { waitUntil: 'load' });
  const editor = page.locator('.graphiql-query-editor .monaco-editor').first();
  await editor.waitFor({ timeout: 60_000 });
  check('the title is ours', /nuages/i.test(await page.title()), await page.title());

  await editor.click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.press('Delete');
  await page.keyboard.type(query, { delay: 15 });
  // The list of completions would take the next key.
  await page.keyboard.press('Escape');
  // The editor hands its text on a moment after the last key.
  await page.waitForTimeout(500);
  const answered = page.waitForResponse(
    (response) => response.request().method() === 'POST' && (response.request().postData() ?? '').includes('slug'),
    { timeout: 30_000 },
  );
  await page.locator('.graphiql-execute-button').click();
  const answer = await (await answered).json();
  const slug = answer.data?.posts?.[0]?.slug;
  check('the typed query runs', typeof slug === 'string' && !answer.errors, JSON.stringify(answer).slice(0, 500));

  // The editor writes spaces as no-break spaces.
  const seen = await page
    .waitForFunction(
      (expected) => {
        const pane = document.querySelector('.result-window, .graphiql-response');
        return pane !== null && pane.textContent.replaceAll('\u00a0', ' ').includes(expected);
      },
      slug,
      { timeout: 30_000 },
    )
    .then(() => true, () => false);
  check('its answer is seen', seen);
  if (screenshot) {
    await page.screenshot({ path: screenshot });
  }
  check('nothing is asked of another host', strangers.length === 0, strangers.join('\n'));
  check('the page has no errors', problems.length === 0, problems.join('\n'));
});
await browser.close();
finish();
