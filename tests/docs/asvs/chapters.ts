import { authorizationServer } from "./authorization-server.ts";
import { authentication } from "./authentication.ts";
import { cryptography, secureCommunication } from "./cryptography.ts";
import { encoding, validation } from "./encoding.ts";
import { files, webServices } from "./web-services.ts";
import { webFrontend } from "./web-frontend.ts";
import { authorisation, sessions } from "./sessions.ts";
import { oauth, tokens } from "./tokens.ts";
import { codeAndArchitecture, configuration, dataProtection, logging } from "./operation.ts";
import type { Requirement } from "./requirement.ts";

export interface Chapter {
  readonly title: string;
  readonly requirements: readonly Requirement[];
}

/** The standard's chapters, in their order. */
export const chapters: readonly Chapter[] = [
  { title: "1 Encoding and sanitisation", requirements: encoding },
  { title: "2 Validation and business logic", requirements: validation },
  { title: "3 Web front end", requirements: webFrontend },
  { title: "4 Web services", requirements: webServices },
  { title: "5 Files", requirements: files },
  { title: "6 Authentication", requirements: authentication },
  { title: "7 Sessions", requirements: sessions },
  { title: "8 Authorisation", requirements: authorisation },
  { title: "9 Tokens that say who somebody is", requirements: tokens },
  { title: "10 OAuth and OIDC", requirements: [...oauth, ...authorizationServer].toSorted(byNumber) },
  { title: "11 Cryptography", requirements: cryptography },
  { title: "12 Communication", requirements: secureCommunication },
  { title: "13 Configuration", requirements: configuration },
  { title: "14 Data protection", requirements: dataProtection },
  { title: "15 Code and architecture", requirements: codeAndArchitecture },
  { title: "16 Logging and errors", requirements: logging },
];

function byNumber(one: Requirement, other: Requirement): number {
  return one.number.localeCompare(other.number, "en", { numeric: true });
}
