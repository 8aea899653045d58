import { AppError } from "chassis";
import { countryName } from "../content/countries.ts";
import type { Page } from "../design/layout.ts";
import { careersPage } from "../pages/careers.ts";
import { compareLimit, comparePage } from "../pages/compare.ts";
import { editorPage } from "../pages/editor.ts";
import { type FinderQuery, finderPage } from "../pages/finder.ts";
import { homePage } from "../pages/home.ts";
import { partsPage } from "../pages/parts.ts";
import { pathwaysPage } from "../pages/pathways.ts";
import { questionsPage } from "../pages/questions.ts";
import { savedPage } from "../pages/saved.ts";
import { schoolPage } from "../pages/school.ts";
import { skillsPage } from "../pages/skills.ts";
import { sourcesPage } from "../pages/sources.ts";
import { emptyForm, type FormState, type SchoolView } from "../pages/views.ts";
import { ownAddress, problemsIn } from "./forms.ts";
import { seeOther } from "./respond.ts";
import type { Route, Visit } from "./visit.ts";

/** Every address of the site but that of the account. Signing in and out are the platform's pages, below /auth. */
export const pageRoutes: readonly Route[] = [
  { method: "GET", path: "/", handler: async ({ store }) => homePage({ schools: (await store.countries()).total }) },
  { method: "GET", path: "/parts", handler: partsPage },
  { method: "GET", path: "/pathways", handler: pathwaysPage },
  { method: "GET", path: "/careers", handler: careersPage },
  { method: "GET", path: "/skills", handler: skillsPage },
  { method: "GET", path: "/questions", handler: questionsPage },
  { method: "GET", path: "/sources", handler: sourcesPage },
  { method: "GET", path: "/schools", handler: finder },
  { method: "GET", path: "/schools/:domain", handler: async (visit) => showSchool(visit, await schoolOf(visit), emptyForm) },
  { method: "POST", path: "/schools/:domain/review", handler: writeReview, signedIn: true },
  { method: "POST", path: "/schools/:domain/reviews/:id/delete", handler: deleteReview, signedIn: true },
  { method: "POST", path: "/schools/:domain/save", handler: saveSchool, signedIn: true },
  { method: "POST", path: "/schools/:domain/featured", handler: featureSchool, signedIn: true },
  { method: "GET", path: "/compare", handler: compare },
  {
    method: "GET",
    path: "/saved",
    handler: async ({ store }) => savedPage({ schools: await store.savedSchools() }),
    signedIn: true,
  },
  { method: "GET", path: "/editor", handler: editor, signedIn: true },
];

async function finder({ url, store }: Visit): Promise<Page> {
  const query = finderQuery(url.searchParams);
  const cursor = { after: url.searchParams.get("after"), before: url.searchParams.get("before") };
  const [found, { countries }] = await Promise.all([store.find(query, cursor), store.countries()]);
  return finderPage({ query, ...found, countries });
}

function finderQuery(search: URLSearchParams): FinderQuery {
  const words = (search.get("q") ?? "").trim().slice(0, 100).toWellFormed();
  const country = (search.get("country") ?? "").toLowerCase();
  return {
    words,
    country: countryName(country) === null ? "" : country,
    sort: search.get("sort") === "rating" ? "rating" : "name",
  };
}

async function schoolOf({ store, parameters }: Visit): Promise<SchoolView> {
  const school = await store.school(parameters["domain"] ?? "");
  if (school === null) throw new AppError("notFound");
  return school;
}

async function showSchool(visit: Visit, school: SchoolView, form: FormState): Promise<Page> {
  const { store, viewer } = visit;
  const [reviews, saved] = await Promise.all([store.reviews(school.id), viewer === null ? false : store.isSaved(school.id)]);
  const status = form === emptyForm ? 200 : 422;
  return schoolPage({ school, reviews, viewer, saved, form, status });
}

async function writeReview(visit: Visit): Promise<Page | Response> {
  const { store, form } = visit;
  const school = await schoolOf(visit);
  const problems: Record<string, string> = {};
  if (!/^[1-5]$/.test(form["stars"] ?? "")) problems["stars"] = "Choose one to five stars.";
  if ((form["body"] ?? "").trim() === "") problems["body"] = "Write what you would tell a friend.";
  if (Object.keys(problems).length > 0) return showSchool(visit, school, { values: form, problems });
  try {
    await store.review(school.id, { stars: Number(form["stars"]), body: (form["body"] ?? "").trim() });
  } catch (error) {
    return showSchool(visit, school, { values: form, problems: problemsIn(error) });
  }
  return seeOther(`/schools/${school.domain}#reviews`);
}

async function deleteReview(visit: Visit): Promise<Response> {
  const school = await schoolOf(visit);
  await visit.store.deleteReview(visit.parameters["id"] ?? "");
  return seeOther(`/schools/${school.domain}#reviews`);
}

async function saveSchool(visit: Visit): Promise<Response> {
  const school = await schoolOf(visit);
  await visit.store.save(school.id, visit.form["saved"] === "yes");
  return seeOther(`/schools/${school.domain}`);
}

async function featureSchool(visit: Visit): Promise<Response> {
  const school = await schoolOf(visit);
  await visit.store.setFeatured(school.id, visit.form["featured"] === "yes");
  return seeOther(ownAddress(visit.form["to"], `/schools/${school.domain}`));
}

async function compare({ url, store }: Visit): Promise<Page> {
  const asked = [...new Set(url.searchParams.getAll("school"))];
  const domains = asked.slice(0, compareLimit);
  return comparePage({ schools: domains.length === 0 ? [] : await store.compare(domains), asked: asked.length });
}

async function editor({ store, viewer }: Visit): Promise<Page> {
  if (viewer?.editor !== true) throw new AppError("notFound");
  return editorPage({ featured: await store.featuredSchools() });
}
