import { authPages } from "#application";

/** Where the pages are: those that links in mails lead to, and the others. */
export const paths: {
  readonly [Name in keyof typeof authPages | OtherPage]: string;
} = {
  ...authPages,
  root: "/auth",
  signUp: "/auth/sign-up",
  sent: "/auth/sent",
  code: "/auth/code",
  enterCode: "/auth/code/enter",
  signOut: "/auth/sign-out",
  account: "/auth/account",
  sessions: "/auth/sessions",
  password: "/auth/password",
  prove: "/auth/prove",
  factor: "/auth/factor",
  totp: "/auth/authenticator",
  recoveryCodes: "/auth/recovery-codes",
  passkeys: "/auth/passkeys",
  organisations: "/auth/organisations",
  newOrganisation: "/auth/organisations/new",
  changeOrganisation: "/auth/organisations/change",
  members: "/auth/organisations/members",
  exportAccount: "/auth/export",
  deleteAccount: "/auth/delete",
  deleted: "/auth/deleted",
  keys: "/auth/keys",
  oauth: "/auth/oauth",
  finishOAuth: "/auth/oauth/finish",
  connections: "/auth/connections",
  impersonate: "/auth/impersonate",
  consent: "/auth/consent",
  apps: "/auth/apps",
  leave: "/auth/leave",
};

type OtherPage =
  | "root"
  | "signUp"
  | "sent"
  | "code"
  | "enterCode"
  | "signOut"
  | "account"
  | "sessions"
  | "password"
  | "prove"
  | "factor"
  | "totp"
  | "recoveryCodes"
  | "passkeys"
  | "organisations"
  | "newOrganisation"
  | "changeOrganisation"
  | "members"
  | "exportAccount"
  | "deleteAccount"
  | "deleted"
  | "keys"
  | "oauth"
  | "finishOAuth"
  | "connections"
  | "impersonate"
  | "consent"
  | "apps"
  | "leave";

export const accountPath: string = paths.account;
