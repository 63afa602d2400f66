// Opens the HTML reports of a folder in Chromium and checks that they are what they promise:
// nothing loaded, nothing run but their own script, readable, usable by keys and without script.
//
//   node look.mjs REPORTS OUT [REAL…]
//
// REPORTS has what tests/browser/sample_reports_main.cc wrote; REAL are reports of real runs.
// Screenshots go to OUT. Prints a line for each thing that is wrong; exits 1 if there is one.
import {execFileSync} from 'node:child_process';
import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';
import process from 'node:process';
import {pathToFileURL} from 'node:url';

import {chromium} from 'playwright-core';

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
// Generous: what is looked for is a page that has become slow by a factor. The time is printed.
const SLOWEST = 8000;
const WIDTHS = {wide: {width: 1360, height: 900}, narrow: {width: 390, height: 844}};

const [reports, out, ...real] = process.argv.slice(2);
if (!out) {
  console.error('usage: node look.mjs REPORTS OUT [REAL…]');
  process.exit(2);
}
mkdirSync(out, {recursive: true});
const pages = Object.fromEntries(['green', 'red', 'large', 'hostile']
  .map((name) => [name, path.join(reports, `${name}.html`)]));
real.forEach((file, i) => { pages[`real${i + 1}`] = file; });
const hostile = readdirSync(reports).filter((name) => /^hostile.*\.html$/.test(name)).sort()
  .map((name) => path.join(reports, name));

let wrong = 0;
const say = (...words) => console.log('browser:', ...words);
const expect = (holds, ...words) => {
  if (holds) return;
  ++wrong;
  say('WRONG', ...words);
};

const browser = await chromium.launch({
  executablePath: process.env.CTD_CHROMIUM ?? '/usr/bin/chromium',
  args: process.getuid() === 0 ? ['--no-sandbox'] : [],
});

// A page that keeps count of what must not happen.
const open = async (file, {scheme = 'light', width = 'wide', javaScriptEnabled = true} = {}) => {
  const context = await browser.newContext({
    colorScheme: scheme, viewport: WIDTHS[width], javaScriptEnabled, offline: true,
  });
  const page = await context.newPage();
  page.faults = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) page.faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => page.faults.push(`error: ${error.message}`));
  page.on('dialog', async (dialog) => {
    page.faults.push(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  const url = pathToFileURL(path.resolve(file)).href;
  page.on('request', (request) => {
    if (request.url().split('#')[0] !== url) page.faults.push(`request: ${request.url()}`);
  });
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  await page.goto(url, {waitUntil: 'load'});
  return page;
};

const violations = async (page) => {
  await page.evaluate(axe);
  const result = await page.evaluate(() => globalThis.axe.run(document, {resultTypes: ['violations']}));
  return result.violations.map((each) =>
    `${each.impact} ${each.id} (${each.nodes.length}): ${each.nodes[0].html.slice(0, 160)} ` +
    `${each.nodes[0].any.map((check) => check.message).join(' ').slice(0, 200)}`);
};

// Some of everything: what is folded is not looked at.
const unfold = (page) => page.evaluate(() => {
  for (const kind of ['.area', '.feature', '.session', ':not(.area, .feature, .session)']) {
    for (const each of [...document.querySelectorAll(`details${kind}`)].slice(0, 12)) each.open = true;
  }
});

const look = async (name, file) => {
  for (const scheme of ['light', 'dark']) {
    for (const width of Object.keys(WIDTHS)) {
      const page = await open(file, {scheme, width});
      const at = `${name} ${scheme} ${width}`;
      await page.screenshot({path: path.join(out, `${name}-${scheme}-${width}.png`)});
      await unfold(page);
      const {scroll, inner} = await page.evaluate(() =>
        ({scroll: document.documentElement.scrollWidth, inner: innerWidth}));
      expect(scroll <= inner, at, `is ${scroll} pixels wide in a window of ${inner}`);
      // The large one is the red one many times over.
      if (name !== 'large' || (scheme === 'light' && width === 'wide')) {
        for (const each of await violations(page)) expect(false, at, 'axe:', each);
      }
      if (name === 'green' || name === 'red') {
        await page.screenshot({path: path.join(out, `${name}-${scheme}-${width}-all.png`), fullPage: true});
      }
      for (const each of page.faults) expect(false, at, each);
      await page.context().close();
    }
  }
};

const rows = (page) => page.locator('#session-table tbody tr');
const focused = (page) => page.evaluate(() => document.activeElement.textContent);

const useKeys = async (file) => {
  const page = await open(file);
  const all = await rows(page).count();
  const asMade = await page.locator('#session-table tbody').innerHTML();
  await page.keyboard.press('/');
  await page.keyboard.type('HELLO');
  expect(await rows(page).count() === 2, 'the filter shows', await rows(page).count(), 'of 2 rows');
  await page.keyboard.press('Escape');
  expect(await rows(page).count() === all, 'Escape does not clear the filter');
  const asRendered = await page.locator('#session-table tbody').innerHTML();
  expect(asMade.trim() === asRendered.trim(), 'the script makes other rows than the report has');

  await page.keyboard.press('j');
  const first = await focused(page);
  await page.keyboard.press('j');
  const second = await focused(page);
  await page.keyboard.press('k');
  expect(first === await focused(page) && first !== second, 'j and k do not move:', first, second);
  await page.keyboard.press('Enter');
  const opened = page.locator('.session[open]');
  expect(await opened.count() === 1, 'Enter does not open the session');
  expect((await opened.locator('.name').textContent()) === first, 'Enter opens another session');
  expect((await focused(page)).includes(first), 'the focus is not on what was opened');
  expect(await opened.locator('.copy-button').count() > 0, 'what can be copied has no button');
  await page.keyboard.press('j');
  expect(await page.evaluate(() => document.activeElement.closest('.session') !== null),
    'j leaves the sessions that differ');

  await page.keyboard.press('?');
  expect(await page.locator('#help').isVisible(), '? shows no help');
  await page.keyboard.press('Escape');
  expect(!await page.locator('#help').isVisible(), 'Escape does not close the help');

  const shown = () => page.locator('#shown').textContent();
  await page.locator('[data-verdict]').first().click();
  expect((await shown()).startsWith('1 of '), 'the verdict filter:', await shown());
  await page.locator('[data-verdict]').first().click();
  await page.locator('#transport').selectOption('exec');
  expect((await shown()).startsWith(`${all / 2} of `), 'the transport filter:', await shown());
  await page.locator('#column').selectOption('agents@0.23.0');
  expect((await shown()).startsWith('1 of '), 'the column filter:', await shown());
  await page.locator('#transport').selectOption('');
  await page.locator('#column').selectOption('');
  await page.locator('[data-sort="0"] button').click();
  expect((await rows(page).first().textContent()).startsWith('approval-accept'), 'sort by name');
  await page.locator('[data-sort="4"] button').click();
  const most = await rows(page).first().locator('td').nth(3).textContent();
  expect(Number(most) > 5, 'sort by differences:', most);

  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await page.locator('#theme').click();
  expect(light !== await background(), 'the theme button changes nothing');
  await page.locator('.areas a').first().click();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(await page.locator('.area[open] > .feature[open]').first().locator('.evidence').isVisible(),
    'a feature does not open its evidence by keys');
  for (const each of page.faults) expect(false, 'keys:', each);
  await page.emulateMedia({media: 'print'});
  await page.pdf({path: path.join(out, 'red.pdf'), format: 'A4'});
  await page.context().close();
};

const readWithoutScript = async (file) => {
  const page = await open(file, {javaScriptEnabled: false});
  expect(await rows(page).count() > 50, 'without script the sessions are not listed');
  expect(!await page.locator('.filters').isVisible(), 'without script there are filters');
  const session = page.locator('.session').first();
  await session.locator('summary').first().click();
  expect(await session.locator('mark').first().isVisible(), 'without script no field is marked');
  expect(await page.locator('.trend').isVisible(), 'without script there is no trend');
  await page.screenshot({path: path.join(out, 'no-script.png'), fullPage: true});
  await page.context().close();
};

const loadQuickly = async (file) => {
  const times = [];
  for (let i = 0; i < 3; ++i) {
    const page = await open('/dev/null');
    const begin = performance.now();
    await page.goto(pathToFileURL(path.resolve(file)).href, {waitUntil: 'load'});
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
    times.push(Math.round(performance.now() - begin));
    if (i === 0) {
      await page.keyboard.press('/');
      const typing = performance.now();
      await page.keyboard.type('echo-09');
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
      say(`filtering 10,000 sessions by 7 keys: ${Math.round(performance.now() - typing)} ms,`,
        await page.locator('#shown').textContent());
      await page.keyboard.press('Escape');
      await page.locator('#more button').click();
      expect(await rows(page).count() > 2000, 'the button for more shows', await rows(page).count());
    }
    await page.context().close();
  }
  say(`10,000 sessions (${(readFileSync(file).length / 1e6).toFixed(1)} MB): open and drawn in`,
    `${times.join(', ')} ms`);
  expect(Math.min(...times) < SLOWEST, 'that is too slow');
};

const showNothingHidden = async (file) => {
  const page = await open(file);
  await unfold(page);
  const found = await page.evaluate(() => {
    const text = document.documentElement.outerHTML;
    // eslint-disable-next-line no-control-regex
    const unsafe = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]/u.exec(text);
    const foreign = document.querySelectorAll('body script:not(#data):not(:last-of-type), iframe, img, object, embed, link, [onerror], [onload], [style], a:not([href^="#"])');
    return {unsafe: unsafe && escape(unsafe[0]), foreign: [...foreign].map((each) => each.outerHTML.slice(0, 100))};
  });
  expect(!found.unsafe, path.basename(file), 'has the character', found.unsafe);
  const name = path.basename(file);
  for (const each of found.foreign) expect(false, name, 'has', each);
  for (const each of page.faults) expect(false, name, each);
  await page.context().close();
};

const validate = (files) => {
  const jar = require.resolve('vnu-jar/build/dist/vnu.jar');
  let report = '';
  try {
    report = execFileSync('java', ['-Xss8m', '-jar', jar, '--format', 'json', '--exit-zero-always', '--stdout', ...files],
      {maxBuffer: 1 << 28, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit']});
  } catch (error) {
    expect(false, 'the Nu HTML checker does not run:', error.message);
    return [];
  }
  return JSON.parse(report).messages;
};

// The checks can fail: in a page with faults they find each.
const plant = async (file) => {
  const faults = '<img src="https://example.org/x.png" alt=""><script>alert(1)</script>' +
    '<p style="color:#ddd;background:#eee">pale</p><center>old</center>';
  const planted = readFileSync(file, 'utf8').replace('<main>', `<main>${faults}`);
  const strict = path.join(out, 'planted.html');
  const lax = path.join(out, 'planted-lax.html');
  writeFileSync(strict, planted);
  writeFileSync(lax, planted.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, ''));
  const refused = await open(strict);
  for (const directive of ['img-src', 'script-src-elem', 'style-src-attr']) {
    expect(refused.faults.some((each) => each.includes(`CSP: ${directive}`)),
      `a planted fault against ${directive} is not seen`);
  }
  expect(!refused.faults.some((each) => each.startsWith('dialog')), 'the policy does not hold');
  const taken = await open(lax);
  for (const kind of ['dialog: 1', 'request: https://example.org/x.png']) {
    expect(taken.faults.some((each) => each.startsWith(kind)), `a planted ${kind} is not seen`);
  }
  expect((await violations(taken)).some((each) => each.includes('color-contrast')),
    'a planted pale text is not seen');
  expect(validate([lax]).some((each) => each.type === 'error' && /center/.test(each.message)),
    'a planted obsolete element is not seen');
  await refused.context().close();
  await taken.context().close();
};

await plant(pages.red);
for (const [name, file] of Object.entries(pages)) await look(name, file);
await useKeys(pages.red);
await readWithoutScript(pages.red);
for (const file of hostile) await showNothingHidden(file);
await loadQuickly(pages.large);
for (const each of validate([...new Set([...Object.values(pages), ...hostile])])) {
  const place = `${path.basename(each.url ?? '')}:${each.lastLine}`;
  expect(each.type !== 'error', place, 'Nu:', each.message, (each.extract ?? '').slice(0, 120));
  // What it says of a session's own text is the session's affair, and of the policy's hashes it
  // knows nothing: Chromium does, see plant().
  const others = /composing character|Normalization Form C|Private Use Area|violates Content Security Policy/;
  if (each.type !== 'error' && !others.test(each.message)) {
    say(place, 'Nu says:', each.message);
  }
}
await browser.close();
say(`${Object.keys(pages).length} reports in light and dark, wide and narrow, and`,
  `${hostile.length} of hostile texts: ${wrong} things wrong; screenshots in ${out}`);
process.exitCode = wrong ? 1 : 0;
