import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { requireBrowser } from "../../tests/support/browser.ts";
import { listDirectory } from "./schools/list-directory.ts";
import { readSchools } from "./schools/read-schools.ts";
import { everyPage, findsNothing } from "./testing/inspect-pages.ts";
import { password, phone, type RunningSite, runSite } from "./testing/running-site.ts";

test("Pathways, in a browser and on all schools", async (t) => {
  const browser = await requireBrowser(t);
  if (browser === undefined) return;
  const site = await runSite(t, browser);
  const steps: readonly (readonly [string, (site: RunningSite) => Promise<void>])[] = [
    ["shows every school that the package lists, and no other", showsEverySchool],
    ["finds schools by the beginnings of words, in any of their names, by country", findsSchools],
    ["walks all pages of a search forwards and backwards, without a gap or a repetition", walksPages],
    ["says so when nothing is found or the address makes no sense", saysWhenNothingIsFound],
    ["makes an account on the way to a review, and comes back to where it was asked for", signsUp],
    ["takes a review, its change and its end, and keeps what was typed when something is wrong", takesReviews],
    ["lets nobody change what is another's", guardsReviews],
    ["keeps the list of saved schools to its owner", keepsListsPrivate],
    ["labels a featured partner and changes nothing else", labelsFeatured],
    ["compares up to four schools", comparesSchools],
    ["takes no form from another site, and lets nobody in whose session is over", refusesForgeries],
    ["sends pages with their policies, once", sendsHeaders],
    ["has nothing on any page that axe finds fault with, in light and dark, on phone and desktop", findsNothing],
    ["opens its menu on a phone without JavaScript", opensMenu],
  ];
  for (const [name, step] of steps) await t.test(name, () => step(site));
});

async function showsEverySchool({ origin }: RunningSite): Promise<void> {
  const { schools } = readSchools(listDirectory());
  const response = await fetch(`${origin}/rest/v1/schools?select=domain&limit=1`, { headers: { prefer: "count=exact" } });
  assert.equal(response.headers.get("content-range"), `0-0/${schools.length}`);
  for (const index of [0, 777, schools.length - 1]) {
    const school = schools[index];
    assert.ok(school !== undefined);
    const page = await fetch(`${origin}/schools/${school.domain}`);
    assert.equal(page.status, 200, school.domain);
    assert.ok((await page.text()).includes(school.domain));
  }
}

async function findsSchools({ visitor }: RunningSite): Promise<void> {
  const page = await visitor();
  await page.goto("/");
  await page.getByLabel(/^Search .* schools$/).fill("hels UNIV");
  await page.getByRole("button", { name: "Find a school" }).click();
  assert.match(page.url(), /\/schools\?q=hels\+UNIV$/);
  assert.ok((await names(page)).includes("University of Helsinki"));

  // The English name is the second one of its file, and words are found without their accents.
  await search(page, "Dhaka International University");
  assert.ok((await names(page)).includes("DIU"));
  await search(page, "ecole emile cohl");
  assert.ok((await names(page)).includes("+École d'art Emile Cohl de Lyon"));

  await page.getByLabel("Country").selectOption("nl");
  await search(page, "hogesch");
  assert.equal(await page.getByLabel("Words of its name").inputValue(), "hogesch");
  assert.equal(await page.getByLabel("Country").inputValue(), "nl");
  const domains = await page.locator(".domain").allTextContents();
  assert.ok(domains.length > 3 && domains.every((text) => text.endsWith("Netherlands")), String(domains));
  assert.match((await page.locator("#results").textContent()) ?? "", /^\d+ schools for “hogesch” in Netherlands$/);
}

async function walksPages({ visitor }: RunningSite): Promise<void> {
  const page = await visitor();
  await page.goto("/schools?q=technische");
  const total = Number.parseInt((await page.locator("#results").textContent()) ?? "", 10);
  assert.ok(total > 60, String(total));
  const pages: string[][] = [await domains(page)];
  while ((await page.getByRole("link", { name: "Next page" }).count()) > 0) {
    await page.getByRole("link", { name: "Next page" }).click();
    pages.push(await domains(page));
  }
  assert.equal(pages.flat().length, total);
  assert.equal(new Set(pages.flat()).size, total);
  for (const expected of pages.slice(0, -1).reverse()) {
    await page.getByRole("link", { name: "Previous page" }).click();
    assert.deepEqual(await domains(page), expected);
  }
  assert.equal(await page.getByRole("link", { name: "Previous page" }).count(), 0);
}

async function saysWhenNothingIsFound({ origin, visitor }: RunningSite): Promise<void> {
  const page = await visitor();
  await page.goto("/schools?q=zzzzqqqq&country=fi");
  assert.ok(await page.getByRole("heading", { name: "No school by that name there" }).isVisible());
  await page.getByRole("link", { name: "Show all schools" }).click();
  assert.equal((await names(page)).length, 20);

  const missing = await page.goto("/schools/no-such.school");
  assert.equal(missing?.status(), 404);
  assert.ok(await page.getByRole("heading", { name: "The line ends here" }).isVisible());
  for (const [path, status] of [
    ["/nowhere", 404],
    ["/schools?after=nonsense", 400],
    ["/schools?q=%00&country=zz&sort=x", 200],
    ["/schools?q=%27%3A*%20%26%20%7C%20(", 200],
    ["/schools/..%2f..%2fetc", 400],
    ["/assets/site.000000000000.css", 404],
  ] as const) {
    const response = await fetch(`${origin}${path}`);
    assert.equal(response.status, status, path);
    await response.arrayBuffer();
  }
}

async function signsUp({ visitor, origin, linkTo }: RunningSite): Promise<void> {
  const page = await visitor();
  await page.goto("/schools/helsinki.fi");
  await page.getByRole("link", { name: "Make an account" }).click();
  await page.getByLabel("Your name").fill("Nell");
  await page.getByLabel("E-mail address").fill("nell@example.org");
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign up" }).click();
  await page.goto(await linkTo("nell@example.org", "/auth/confirm"));
  await page.getByRole("button", { name: "Make my account" }).click();
  assert.equal(page.url(), `${origin}/schools/helsinki.fi#write`);
  const menu = page.getByRole("navigation", { name: "Main" });
  assert.ok(await menu.getByRole("link", { name: "Nell" }).isVisible());
  await menu.getByRole("button", { name: "Sign out" }).click();
  assert.equal(page.url(), `${origin}/`);
  assert.deepEqual(await page.context().cookies(), []);

  await page.goto("/account");
  assert.equal(page.url(), `${origin}/auth/sign-in?to=%2Faccount`);
  await page.getByLabel("E-mail address").fill("nell@example.org");
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByLabel("Your name").fill(" ");
  await page.getByRole("button", { name: "Save" }).click();
  assert.ok(await page.getByText("Tell a name.").isVisible());
  await page.getByLabel("Your name").fill("Nelly");
  await page.getByLabel("Every Monday").check();
  await page.getByRole("button", { name: "Save" }).click();
  assert.ok(await menu.getByRole("link", { name: "Nelly" }).isVisible());
  assert.ok(await page.getByLabel("Every Monday").isChecked());
}

async function takesReviews({ person, visitor, origin }: RunningSite): Promise<void> {
  const page = await visitor({ person: await person("Ada <i>") });
  await page.goto("/schools/helsinki.fi");
  await page.getByLabel("3 stars").check();
  await page.getByRole("button", { name: "Publish the review" }).click();
  assert.ok(await page.getByText("Write what you would tell a friend.").isVisible());
  assert.ok(await page.getByLabel("3 stars").isChecked());
  assert.equal(await page.getByLabel("Your review", { exact: true }).getAttribute("aria-invalid"), "true");

  const attack = "</textarea><script>document.title='owned'</script><b>\"bold\"</b> & 'more'";
  await page.getByLabel("Your review", { exact: true }).fill(`Small groups.\n\n${attack}`);
  await page.getByRole("button", { name: "Publish the review" }).click();
  const review = page.locator(".review");
  assert.match(page.url(), /\/schools\/helsinki\.fi#reviews$/);
  assert.ok((await review.textContent())?.includes(attack));
  assert.ok((await review.textContent())?.includes("Ada <i>"));
  assert.equal(await page.getByLabel("Your review", { exact: true }).inputValue(), `Small groups.\n\n${attack}`);

  await page.getByLabel("5 stars").check();
  await page.getByRole("button", { name: "Save the change" }).click();
  assert.match((await review.textContent()) ?? "", /5 of 5[\s\S]*edited/);
  assert.equal(await review.count(), 1);

  // The average is there at once, and first among all schools by rating.
  await page.goto("/schools?sort=rating");
  assert.equal((await names(page))[0], "University of Helsinki");
  const [row] = (await (
    await fetch(`${origin}/rest/v1/schools?domain=eq.helsinki.fi&select=rating,review_count`)
  ).json()) as unknown[];
  assert.deepEqual(row, { rating: 5, review_count: 1 });

  await page.goto("/schools/helsinki.fi");
  await page.getByRole("button", { name: "Delete this review" }).click();
  assert.equal(await review.count(), 0);
  assert.ok(await page.getByText("No reviews yet").isVisible());
}

async function guardsReviews({ token, person, visitor, origin }: RunningSite): Promise<void> {
  const grace = await person("Grace");
  const author = await visitor({ person: grace });
  await author.goto("/schools/aalto.fi");
  await author.getByLabel("4 stars").check();
  await author.getByLabel("Your review", { exact: true }).fill("Fine workshops.");
  await author.getByRole("button", { name: "Publish the review" }).click();
  const id = ((await author.locator(".review").getAttribute("id")) ?? "").replace("review-", "");

  const mallory = await person("Mallory");
  const page = await visitor({ person: mallory });
  await page.goto("/schools/aalto.fi");
  assert.equal(await page.getByRole("button", { name: "Delete this review" }).count(), 0);
  // The same by hand: through the site's form, and through the data API.
  const headers = { cookie: mallory.cookie, origin, "content-type": "application/x-www-form-urlencoded" };
  await fetch(`${origin}/schools/aalto.fi/reviews/${id}/delete`, { method: "POST", headers, body: "", redirect: "manual" });
  const api = {
    authorization: `Bearer ${await token(mallory.id)}`,
    "content-type": "application/json",
    prefer: "return=representation",
  };
  await fetch(`${origin}/rest/v1/reviews?id=eq.${id}`, { method: "PATCH", headers: api, body: '{"stars":1}' });
  const school = ((await (await fetch(`${origin}/rest/v1/schools?domain=eq.uio.no&select=id`)).json()) as { id: string }[])[0]
    ?.id;
  const post = (author: string): Promise<Response> =>
    fetch(`${origin}/rest/v1/reviews`, {
      method: "POST",
      headers: api,
      body: JSON.stringify({ school, author, stars: 1, body: "x" }),
    });
  assert.equal((await post(grace.id)).status, 403);
  const own = await post(mallory.id);
  assert.equal(own.status, 201, "what is refused to another is open to oneself, by a key of the API too");
  const [{ id: made } = { id: "" }] = (await own.json()) as { id: string }[];
  await fetch(`${origin}/rest/v1/reviews?id=eq.${made}`, { method: "DELETE", headers: api });
  await page.reload();
  assert.match((await page.locator(".review").textContent()) ?? "", /Grace[\s\S]*4 of 5[\s\S]*Fine workshops\./);

  const editor = await visitor({ person: await person("Eve", "editor") });
  await editor.goto("/schools/aalto.fi");
  await editor.getByRole("button", { name: "Delete this review" }).click();
  assert.equal(await editor.locator(".review").count(), 0);
}

async function keepsListsPrivate({ token, person, visitor, origin }: RunningSite): Promise<void> {
  const page = await visitor({ person: await person("Ada <i>") });
  await page.goto("/schools/tue.nl");
  await page.getByRole("button", { name: "Save this school" }).click();
  await page.goto("/saved");
  assert.deepEqual(await domains(page), ["tue.nl"]);

  const eve = await person("Eve", "editor");
  const editor = await token(eve.id, "editor");
  const other = await visitor({ person: eve });
  await other.goto("/saved");
  assert.ok(await other.getByRole("heading", { name: "Your list is empty" }).isVisible());
  const rows = await fetch(`${origin}/rest/v1/saved_schools`, { headers: { authorization: `Bearer ${editor}` } });
  assert.deepEqual(await rows.json(), []);
  const nobody = await visitor();
  await nobody.goto("/saved");
  assert.match(nobody.url(), /\/auth\/sign-in\?to=%2Fsaved$/);

  await page.goto("/schools/tue.nl");
  await page.getByRole("button", { name: "Remove from saved" }).click();
  await page.goto("/saved");
  assert.ok(await page.getByRole("heading", { name: "Your list is empty" }).isVisible());
}

async function labelsFeatured({ token, person, visitor, origin }: RunningSite): Promise<void> {
  const editor = await visitor({ person: await person("Eve", "editor") });
  const searches = [
    "/schools",
    "/schools?sort=rating",
    "/schools?q=university+of+oslo",
    "/schools?q=university&sort=rating",
    "/schools?country=no",
  ];
  const before = await Promise.all(searches.map((path) => listOf(`${origin}${path}`)));
  assert.ok(before[2]?.some((entry) => entry.domain === "uio.no"));

  await editor.goto("/schools/uio.no");
  await editor.getByRole("button", { name: "Mark as featured partner" }).click();
  assert.ok(await editor.locator("main .featured").isVisible());
  const after = await Promise.all(searches.map((path) => listOf(`${origin}${path}`)));
  assert.deepEqual(
    after.map((list) => list.map(({ domain, rating }) => ({ domain, rating }))),
    before.map((list) => list.map(({ domain, rating }) => ({ domain, rating }))),
  );
  assert.deepEqual(
    after[2]?.filter((entry) => entry.featured).map((entry) => entry.domain),
    ["uio.no"],
  );

  const somebody = {
    authorization: `Bearer ${await token((await person("Mallory")).id)}`,
    "content-type": "application/json",
    prefer: "return=representation",
  };
  const refused = await fetch(`${origin}/rest/v1/schools?domain=eq.aalto.fi`, {
    method: "PATCH",
    headers: somebody,
    body: '{"featured":true}',
  });
  assert.notDeepEqual(await refused.json(), [{ featured: true }]);
  assert.equal((await listOf(`${origin}/schools?q=aalto`)).filter((entry) => entry.featured).length, 0);

  await editor.goto("/editor");
  await editor.getByRole("button", { name: /^Take away/ }).click();
  assert.ok(await editor.getByRole("heading", { name: "No school carries the label" }).isVisible());
}

async function comparesSchools({ visitor }: RunningSite): Promise<void> {
  const page = await visitor();
  await page.goto("/schools?q=helsinki");
  for (const box of (await page.getByRole("checkbox").all()).slice(0, 5)) await box.check();
  await page.getByRole("button", { name: "Compare the chosen" }).click();
  assert.equal(await page.locator("tbody tr").count(), 4);
  assert.ok(await page.getByText("You chose 5 schools.").isVisible());
  await page.goto("/compare?school=mit.edu&school=no-such.school&school=aalto.fi");
  assert.deepEqual(await domains(page), ["mit.edu", "aalto.fi"]);
}

async function refusesForgeries({ person, origin }: RunningSite): Promise<void> {
  const { cookie } = await person("Ada <i>");
  const save = (headers: Readonly<Record<string, string>>): Promise<Response> =>
    fetch(`${origin}/schools/mit.edu/save`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
      body: "saved=yes",
      redirect: "manual",
    });
  for (const foreign of [{ origin: "https://evil.example" }, { "sec-fetch-site": "cross-site", origin }, {}]) {
    const response = await save({ cookie, ...foreign });
    assert.equal(response.status, 403, JSON.stringify(foreign));
    await response.arrayBuffer();
  }
  // A session that is over is one to begin anew, and the form leads back to its page.
  const over = cookie.replace(/=.*/, `=${"A".repeat(43)}`);
  for (const [headers, where] of [
    [{ cookie: over, origin }, "the session is over"],
    [{ origin }, "nobody is signed in"],
  ] as const) {
    const response = await save(headers);
    assert.equal(response.headers.get("location"), "/auth/sign-in?to=%2Fschools%2Fmit.edu", where);
  }
  // Whoever only looks is nobody in particular.
  assert.equal((await fetch(`${origin}/schools`, { headers: { cookie: over } })).status, 200);
}

async function sendsHeaders({ origin, browser }: RunningSite): Promise<void> {
  const response = await fetch(`${origin}/parts`);
  assert.match(response.headers.get("content-security-policy") ?? "", /^default-src 'none'; style-src 'self'/);
  assert.equal(response.headers.get("x-content-type-options"), "nosniff");
  const [, stylesheet] = /rel="stylesheet" href="([^"]+)"/.exec(await response.text()) ?? [];
  const again = await fetch(`${origin}/parts`, { headers: { "if-none-match": response.headers.get("etag") ?? "" } });
  assert.equal(again.status, 304);
  const css = await fetch(`${origin}${stylesheet}`);
  assert.equal(css.headers.get("cache-control"), "public, max-age=31536000, immutable");
  assert.ok((await css.arrayBuffer()).byteLength < 15_000);
  const head = await fetch(`${origin}/schools`, { method: "HEAD" });
  assert.deepEqual([head.status, await head.text()], [200, ""]);

  // Nothing that the policy refuses is on any page.
  const page = await browser.newPage({ baseURL: origin });
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  for (const path of everyPage) await page.goto(path);
  assert.deepEqual(complaints, []);
  await page.close();
}

async function opensMenu({ visitor }: RunningSite): Promise<void> {
  const page = await visitor({ context: { viewport: phone } });
  await page.goto("/skills");
  const careers = page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Careers" });
  assert.equal(await careers.count(), 0);
  await page.getByRole("button", { name: "Menu" }).click();
  await careers.click();
  assert.match(page.url(), /\/careers$/);
}

async function search(page: Page, words: string): Promise<void> {
  await page.getByLabel("Words of its name").fill(words);
  await page.getByRole("button", { name: "Search" }).click();
}

function names(page: Page): Promise<string[]> {
  return page.locator(".schools h2 a").allTextContents();
}

async function domains(page: Page): Promise<string[]> {
  return (await page.locator(".domain").allTextContents()).map((text) => text.split(" ")[0] ?? "");
}

/** A page of the finder, as far as its order and its labels go. */
async function listOf(address: string): Promise<{ domain: string; rating: string; featured: boolean }[]> {
  const page = await (await fetch(address)).text();
  const entries = page.split('<li><div><h2 dir="auto">').slice(1);
  return entries.map((entry) => ({
    domain: /href="\/schools\/([^"]+)"/.exec(entry)?.[1] ?? "",
    rating: /<p class="rating.*?<\/p>/s.exec(entry)?.[0] ?? "",
    featured: entry.includes('class="featured"'),
  }));
}
