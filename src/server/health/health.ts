import { AppError } from "#contract";
import type { Answer } from "../http/exchange.ts";
import type { Route } from "../http/router.ts";

export interface HealthOptions {
  /**
   * Throws where requests cannot be served now: the database does not answer, or the server is closing. An `AppError` is answered
   * as it is, anything else as `unavailable`.
   */
  readonly checkReady: () => Promise<void>;
  /** What an operator should look at although requests are served: one word for each, added to the answer of `/health/ready`. */
  readonly describe?: () => Readonly<Record<string, string>>;
}

const well = (more: Readonly<Record<string, string>> = {}): Answer => ({
  status: 200,
  headers: { "content-type": "application/json; charset=utf-8" },
  body: JSON.stringify({ status: "ok", ...more }),
});
const WELL = well();

/** For whatever watches the process: is it alive (else restart it), and may it be sent requests (else wait). Tells little more. */
export function createHealthRoutes({ checkReady, describe }: HealthOptions): readonly Route[] {
  return [
    { path: "/health/live", anyHost: true, methods: { GET: () => WELL } },
    {
      path: "/health/ready",
      anyHost: true,
      methods: {
        async GET() {
          try {
            await checkReady();
          } catch (cause) {
            if (cause instanceof AppError && cause.error !== "unavailable") throw cause;
            throw new AppError("unavailable", { cause, headers: { "retry-after": "1" } });
          }
          return well(describe?.());
        },
      },
    },
  ];
}
