import { postedAt, reviewId, rowCount } from "../data/fill-schools.ts";
import { moment, reviewId as pocketBaseReviewId } from "../peers/pocketbase.ts";

/** One subject's request in the words of each server. */
export interface Addresses {
  readonly chassis: string;
  readonly handWritten: string;
  readonly pocketBase: string;
}

const listLength = 20;

/** The n-th review by its id. */
export function oneReview(n: number): Addresses {
  return {
    chassis: `/rest/v1/reviews/${reviewId(n)}`,
    handWritten: `/reviews/${reviewId(n)}`,
    pocketBase: `/api/collections/reviews/records/${pocketBaseReviewId(n)}`,
  };
}

/** The last 20 reviews of four stars or more before the n-th was posted, each with its school. */
export function goodReviewsBefore(n: number): Addresses {
  const before = postedAt(n);
  const filter = encodeURIComponent(`stars >= 4 && posted < "${moment(before)}"`);
  return {
    chassis: `/rest/v1/reviews?select=id,stars,body,posted,school(id,name)&stars=gte.4&posted=lt.${before}&order=posted.desc&limit=${listLength}`,
    handWritten: `/reviews?stars=4&before=${before}&limit=${listLength}`,
    pocketBase:
      `/api/collections/reviews/records?perPage=${listLength}&skipTotal=1&sort=-posted&expand=school` +
      `&fields=id,stars,body,posted,expand.school.id,expand.school.name&filter=${filter}`,
  };
}

/** Reviews from all over the table that everybody may read: every tenth is hidden. */
export function visibleReviews(count: number): readonly number[] {
  return places(count).map((n) => (n % 10 === 0 ? n + 1 : n));
}

/** Far from the table's beginning, so that a list is as long as it may be. */
export function laterPlaces(count: number): readonly number[] {
  return places(count).map((n) => Math.max(n, 1000));
}

function places(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => ((index * 7919) % (rowCount - 9)) + 1);
}
