import { AppError } from "#contract";
import type { Answer } from "../http/exchange.ts";
import type { Route } from "../http/router.ts";

export interface HealthOptions {
  /**
   * Throws where requests cannot be served now: the database does not answer, or the server is closing. An `AppError` is answered
   * as it is, anything else as `unavailable`.
   */
  readonly checkReady: () => Promise<void>;
}

const WELL: Answer = { status: 200, headers: { "content-type": "application/json; charset=utf-8" }, body: '{"status":"ok"}' };

/** For whatever watches the process: is it alive (else restart it), and may it be sent requests (else wait). Tells nothing more. */
export function createHealthRoutes({ checkReady }: HealthOptions): readonly Route[] {
  return [
    { path: "/health/live", methods: { GET: () => WELL } },
    {
      path: "/health/ready",
      methods: {
        async GET() {
          try {
            await checkReady();
          } catch (cause) {
            if (cause instanceof AppError) throw cause;
            throw new AppError("unavailable", { cause, headers: { "retry-after": "1" } });
          }
          return WELL;
        },
      },
    },
  ];
}
