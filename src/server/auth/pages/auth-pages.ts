import type { Route } from "../../http/router.ts";
import type { AuthPage } from "../page/auth-page.ts";
import { type AuthPagesOptions, createPageServer } from "../page/serve-page.ts";
import { createProviderRoutes } from "../provider/provider-routes.ts";
import { accountPage } from "./account-page.ts";
import { addressPage } from "./address-page.ts";
import { codePage } from "./code-page.ts";
import { confirmSignUpPage } from "./confirm-sign-up-page.ts";
import { deleteAccountPage, deletedPage } from "./delete-account-page.ts";
import { connectionsPage } from "./connections-page.ts";
import { enterCodePage } from "./enter-code-page.ts";
import { exportAccountPage } from "./export-account-page.ts";
import { factorPage } from "./factor-page.ts";
import { firstAdminPage } from "./first-admin-page.ts";
import { keepAccountPage } from "./keep-account-page.ts";
import { impersonatePage } from "./impersonate-page.ts";
import { keysPage } from "./keys-page.ts";
import { linkPage } from "./link-page.ts";
import { confirmOAuthPage, finishOAuthPage } from "./oauth-finish-page.ts";
import { oauthPage } from "./oauth-page.ts";
import { organisationPages } from "./organisations/organisation-pages.ts";
import { passkeysPage } from "./passkeys-page.ts";
import { passwordPage } from "./password-page.ts";
import { paths } from "../page/paths.ts";
import { provePage } from "./prove-page.ts";
import { recoveryCodesPage } from "./recovery-codes-page.ts";
import { resetPage } from "./reset-page.ts";
import { sentPage } from "./sent-page.ts";
import { sessionsPage } from "./sessions-page.ts";
import { signInPage } from "./sign-in-page.ts";
import { signOutPage } from "./sign-out-page.ts";
import { signUpPage } from "./sign-up-page.ts";
import { totpPage } from "./totp-page.ts";
import { verifyPage } from "./verify-page.ts";

/** All but those that a back end may do without. */
const always: readonly AuthPage[] = [
  signInPage,
  linkPage,
  codePage,
  enterCodePage,
  sentPage,
  resetPage,
  signOutPage,
  accountPage,
  sessionsPage,
  passwordPage,
  addressPage,
  verifyPage,
  provePage,
  factorPage,
  totpPage,
  recoveryCodesPage,
  passkeysPage,
  firstAdminPage,
  exportAccountPage,
  deleteAccountPage,
  deletedPage,
  keepAccountPage,
];

/**
 * The pages of sign-in below `/auth`, which is theirs as a whole: nothing of an app answers where people look for the page to sign in on. No routes
 * where the back end does without them.
 */
export function createAuthPages(options: AuthPagesOptions): readonly Route[] {
  const { definition } = options.auth;
  if (definition.pages === undefined) return [];
  const { route, nothing } = createPageServer(options);
  const elsewhere = definition.providers.length === 0 ? [] : [oauthPage, connectionsPage];
  const signUp = [
    signUpPage,
    confirmSignUpPage,
    ...(definition.providers.length === 0 ? [] : [finishOAuthPage, confirmOAuthPage]),
  ];
  const pages = [
    ...always,
    ...elsewhere,
    ...(definition.signUp === "open" ? signUp : []),
    ...(definition.keys === undefined ? [] : [keysPage]),
    ...(definition.organisations === undefined ? [] : organisationPages),
    ...(definition.impersonation === undefined ? [] : [impersonatePage]),
  ];
  return [...pages.map(route), ...createProviderRoutes(options.auth, { route, nothing }), nothing(paths.root)];
}
