// Visits every page of the local index's web UI in Chromium; `.ci/interop.d/local-index-ui` starts it with a JSON file.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const job = JSON.parse(readFileSync(process.argv[2], "utf8"));
const axe = readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath: job.chromium, args: flags });
const problems = [];
/** A page that does not exist. */
const MISSING = "/project/nothing/";
const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** A new window, whose errors and foreign requests are problems. */
async function open(name, options = {}) {
  const context = await browser.newContext({ bypassCSP: false, ...options });
  const page = await context.newPage();
  const at = () => `${name} ${page.url().replace(job.url, "/")}`;
  page.on("console", (message) => {
    const isMissing = page.url().endsWith(MISSING) && message.text().includes("404 (Not Found)");
    if (["error", "warning"].includes(message.type()) && !isMissing) problems.push(`${at()}: console: ${message.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`${at()}: ${error}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(job.url)) problems.push(`${at()}: requests ${request.url()}`);
  });
  page.on("dialog", (dialog) => {
    problems.push(`${at()}: a dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  return { context, page };
}

function expect(condition, text) {
  if (!condition) problems.push(text);
}

async function violations(page) {
  // In an isolated world, which the page's policy does not affect.
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send("Page.getFrameTree");
  const { executionContextId } = await session.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id, worldName: "axe" });
  const run = async (expression) => {
    const { result, exceptionDetails } = await session.send("Runtime.evaluate", { expression, contextId: executionContextId, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  await run(axe);
  const found = await run(`axe.run({ resultTypes: ["violations"] }).then(({ violations }) => violations.map(({ id, help, nodes }) => id + ": " + help + ": " + nodes.slice(0, 3).map((node) => node.html + " " + (node.failureSummary || "")).join(" | ")))`);
  await session.detach();
  return found;
}

/** The paths of the pages, as a person finds them: from the first one, by links. */
async function crawl() {
  const { context, page } = await open("crawl", { javaScriptEnabled: false });
  const found = new Set(), kinds = new Map();
  const waiting = ["/", "/log", "/log/tokens", "/log?refused=on", "/log?project=nothing", MISSING].map((path) => [path, path]);
  while (waiting.length) {
    const [path, kind] = waiting.shift();
    // Of requests for the same purpose, the first two.
    const count = kinds.get(kind) ?? 0;
    if (found.has(path) || count >= 2) continue;
    kinds.set(kind, count + 1);
    found.add(path);
    const response = await page.goto(new URL(path, job.url).href);
    expect(response.status() === (path === MISSING ? 404 : 200), `${path}: ${response.status()}`);
    const policy = response.headers()["content-security-policy"] ?? "";
    expect(policy.includes("default-src 'none'") && policy.includes("script-src 'self'") && !policy.includes("unsafe"), `${path}: ${policy}`);
    const links = await page.locator("a[href]").evaluateAll((links) => links.map((link) => [link.getAttribute("href"), link.textContent]));
    for (const [href, text] of links) {
      const url = new URL(href, new URL(path, job.url));
      const isRequest = url.pathname.startsWith("/log/requests/");
      const target = url.pathname + url.search;
      if (url.href.startsWith(job.url) && /^\/($|log|project\/)/.test(url.pathname)) waiting.push([target, isRequest ? text.split(" ")[0] : target]);
    }
    expect(!(await page.title()).includes("a script ran"), `${path}: a script ran`);
    expect((await page.locator("h1").count()) === 1, `${path}: one heading of the first level`);
    expect((await page.locator("[style], [onclick], [onerror], script:not([src]), style").count()) === 0, `${path}: inline style or script`);
  }
  await context.close();
  return [...found];
}

const MODES = [
  ["light", { colorScheme: "light", viewport: { width: 1280, height: 900 } }],
  ["dark", { colorScheme: "dark", viewport: { width: 1280, height: 900 } }],
  ["narrow-light", { colorScheme: "light", viewport: { width: 375, height: 800 } }],
  ["narrow-dark", { colorScheme: "dark", viewport: { width: 375, height: 800 } }],
];

async function check(paths) {
  let visits = 0;
  for (const [mode, options] of MODES) {
    const { context, page } = await open(mode, options);
    for (const path of paths) {
      await page.goto(new URL(path, job.url).href, { waitUntil: "load" });
      // What is folded is part of the page.
      await page.evaluate(() => document.querySelectorAll("details").forEach((details) => { details.open = true; }));
      for (const violation of await violations(page)) problems.push(`${mode} ${path}: axe: ${violation}`);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(overflow <= 0, `${mode} ${path}: ${overflow} pixels wider than the window`);
      expect(!(await page.title()).includes("a script ran"), `${mode} ${path}: a script ran`);
      visits += 1;
    }
    await context.close();
  }
  return visits;
}

async function keyboard() {
  const { context, page } = await open("keyboard", { viewport: { width: 1280, height: 900 } });
  await page.goto(job.url + "project/moonphase/");
  await page.keyboard.press("Tab");
  expect((await page.evaluate(() => document.activeElement.className)) === "skip", "the first stop is the skip link");
  expect(await page.locator(".skip").isVisible(), "the skip link is visible when it has the focus");
  await page.keyboard.press("Enter");
  expect((await page.evaluate(() => document.activeElement.id)) === "main", "the skip link leads to the content");
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.locator(".hero .copy").focus();
  await page.keyboard.press("Enter");
  await page.locator(".hero .copy", { hasText: "Copied" }).waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied === `pip install --index-url ${job.url}simple/ moonphase`, `the install command is copied: ${copied}`);
  await page.goto(job.url + "log");
  await page.locator("#filter-refused").focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Enter");
  await page.waitForURL(/refused=on/);
  expect((await page.locator(".step").count()) > 0 && (await page.locator(".step:not(.bad)").count()) === 0, "only refused requests are shown");
  await context.close();
}

async function live() {
  const { context, page } = await open("live", { viewport: { width: 1280, height: 900 } });
  await page.goto(job.url + "log");
  await page.locator("#live-status", { hasText: "Live" }).waitFor();
  const before = await page.locator(".step").count();
  const publish = async (number) => {
    console.log(`publish ${number}`);
    await answers.next();
  };
  await publish(7);
  await page.locator(".step-name", { hasText: "tides-1.7" }).waitFor();
  expect((await page.locator(".step").count()) === before + 1, "the new request is shown once");
  await page.locator("#pause").click();
  await publish(8);
  await page.waitForTimeout(600);
  expect((await page.locator(".step-name", { hasText: "tides-1.8" }).count()) === 0, "a paused log does not change");
  await page.locator("#pause").click();
  await page.locator(".step-name", { hasText: "tides-1.8" }).waitFor();
  await context.close();
}

async function withoutScripts() {
  const { context, page } = await open("without scripts", { javaScriptEnabled: false, viewport: { width: 1280, height: 900 } });
  await page.goto(job.url + "log");
  expect(!(await page.locator("#pause").isVisible()) && (await page.locator("#reload").isVisible()), "the log can be reloaded");
  await page.locator("#filter-project").selectOption("tides");
  await page.getByRole("button", { name: "Apply" }).click();
  expect(page.url().includes("project=tides") && (await page.locator(".group").count()) > 0, "the log can be filtered");
  await page.locator(".step a").first().click();
  expect((await page.locator("h2", { hasText: "Headers" }).count()) === 1, "a request has a page");
  await page.goto(job.url);
  await page.getByRole("link", { name: "moonphase" }).click();
  expect(!(await page.locator(".copy").first().isVisible()), "a button that needs a script is not shown");
  await page.locator("summary").first().click();
  expect(await page.locator("details[open]").first().isVisible(), "hashes can be unfolded");
  await context.close();
}

/** The pictures of the documentation. */
async function screenshots() {
  const wide = { width: 1120, height: 880 };
  const narrow = { width: 390, height: 880 };
  const first = (selector, text) => (page) => page.locator(selector, { hasText: text }).first();
  const shots = [
    ["release-light", "light", wide, "project/moonphase/"],
    ["release-dark", "dark", wide, "project/moonphase/1.1.0/"],
    ["release-narrow", "light", narrow, "project/moonphase/"],
    ["log", "light", { ...wide, height: 1130 }, "log?project=moonphase", first(".group", "Published")],
    ["request", "light", wide, "log?refused=on", null, first(".step a", "tides-1.2")],
    ["token", "light", wide, "log/tokens", first(".token", "Refused")],
  ];
  for (const [name, colorScheme, viewport, path, top, link] of shots) {
    const { context, page } = await open(name, { colorScheme, viewport, reducedMotion: "reduce" });
    await page.goto(job.url + path);
    if (link) await page.goto(new URL(await link(page).getAttribute("href"), job.url).href);
    if (top) await top(page).evaluate((element) => window.scrollTo(0, element.getBoundingClientRect().top + scrollY - 20));
    await page.screenshot({ path: `${job.folder}/${name}.png` });
    await context.close();
  }
}

await screenshots();
const paths = await crawl();
for (const path of ["/project/moonphase/1.0.0/", "/project/tides/", "/project/moonphase/history/", "/log/tokens"]) {
  expect(paths.includes(path), `${path} is not linked`);
}
const visits = await check(paths);
await keyboard();
await withoutScripts();
await live();
await browser.close();
for (const problem of new Set(problems)) console.log(problem);
console.log(`chromium: ${paths.length} pages, ${visits} visits, ${problems.length} problems`);
process.exit(problems.length ? 1 : 0);
