import type { MailTable, MailWords } from "./mail-table.ts";

/** What the mails about other sites to sign in by say. `{provider}` is what the site is called. */
export type OAuthMail = "identityConnected" | "identityDisconnected";

type Table = Pick<MailTable, OAuthMail>;

function both(button: string, connected: Omit<MailWords, "button">, disconnected: Omit<MailWords, "button">): Table {
  return { identityConnected: { ...connected, button }, identityDisconnected: { ...disconnected, button } };
}

const en = both(
  "That was not me",
  {
    subject: "{provider} was connected with your account at {site}",
    heading: "{provider} was connected",
    text: "From now on somebody can sign in to your account at {site} by {provider}.",
    ignore:
      "If you did this, you need do nothing. If not, choose a new password at once, and disconnect {provider} from your account.",
  },
  {
    subject: "{provider} was disconnected from your account at {site}",
    heading: "{provider} was disconnected",
    text: "Nobody can sign in to your account at {site} by {provider} any more.",
    ignore:
      "If you did this, you need do nothing. If not, choose a new password at once: it signs everybody out of your account.",
  },
);

const nl = both(
  "Dat was ik niet",
  {
    subject: "{provider} is verbonden met je account bij {site}",
    heading: "{provider} is verbonden",
    text: "Voortaan kan iemand via {provider} inloggen op je account bij {site}.",
    ignore:
      "Deed je dit zelf, dan hoef je niets te doen. Zo niet, kies meteen een nieuw wachtwoord en ontkoppel {provider} van je account.",
  },
  {
    subject: "{provider} is ontkoppeld van je account bij {site}",
    heading: "{provider} is ontkoppeld",
    text: "Niemand kan nog via {provider} inloggen op je account bij {site}.",
    ignore:
      "Deed je dit zelf, dan hoef je niets te doen. Zo niet, kies meteen een nieuw wachtwoord: dat logt iedereen uit bij je account.",
  },
);

const de = both(
  "Das war ich nicht",
  {
    subject: "{provider} wurde mit deinem Konto bei {site} verbunden",
    heading: "{provider} wurde verbunden",
    text: "Von jetzt an kann sich jemand über {provider} bei deinem Konto bei {site} anmelden.",
    ignore:
      "Wenn du das warst, musst du nichts tun. Wenn nicht, wähle sofort ein neues Passwort und trenne {provider} von deinem Konto.",
  },
  {
    subject: "{provider} wurde von deinem Konto bei {site} getrennt",
    heading: "{provider} wurde getrennt",
    text: "Niemand kann sich mehr über {provider} bei deinem Konto bei {site} anmelden.",
    ignore:
      "Wenn du das warst, musst du nichts tun. Wenn nicht, wähle sofort ein neues Passwort: Damit werden alle aus deinem Konto abgemeldet.",
  },
);

const fr = both(
  "Ce n’était pas moi",
  {
    subject: "{provider} a été associé à votre compte à {site}",
    heading: "{provider} a été associé",
    text: "Désormais, on peut se connecter à votre compte à {site} avec {provider}.",
    ignore:
      "Si c’était vous, vous n’avez rien à faire. Sinon, choisissez tout de suite un nouveau mot de passe, et dissociez {provider} de votre compte.",
  },
  {
    subject: "{provider} a été dissocié de votre compte à {site}",
    heading: "{provider} a été dissocié",
    text: "Plus personne ne peut se connecter à votre compte à {site} avec {provider}.",
    ignore:
      "Si c’était vous, vous n’avez rien à faire. Sinon, choisissez tout de suite un nouveau mot de passe : tout le monde sera déconnecté de votre compte.",
  },
);

const es = both(
  "No he sido yo",
  {
    subject: "Se ha conectado {provider} con tu cuenta en {site}",
    heading: "Se ha conectado {provider}",
    text: "Desde ahora se puede iniciar sesión en tu cuenta en {site} con {provider}.",
    ignore:
      "Si lo hiciste tú, no tienes que hacer nada. Si no, elige enseguida una contraseña nueva y desconecta {provider} de tu cuenta.",
  },
  {
    subject: "Se ha desconectado {provider} de tu cuenta en {site}",
    heading: "Se ha desconectado {provider}",
    text: "Ya nadie puede iniciar sesión en tu cuenta en {site} con {provider}.",
    ignore:
      "Si lo hiciste tú, no tienes que hacer nada. Si no, elige enseguida una contraseña nueva: así se cierra la sesión de todos en tu cuenta.",
  },
);

/** By language, as those of `mailWords`. */
export const oauthMailWords: Readonly<Record<"en" | "nl" | "de" | "fr" | "es", Table>> = { en, nl, de, fr, es };
