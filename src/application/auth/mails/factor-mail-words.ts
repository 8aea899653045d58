import type { MailTable, MailWords } from "./mail-table.ts";

/** What the mails about second factors and passkeys say. `{left}` is how many recovery codes there are still. */
export type FactorMail =
  | "totpAdded"
  | "totpRemoved"
  | "passkeyAdded"
  | "passkeyRemoved"
  | "recoveryCodesMade"
  | "recoveryCodeUsed"
  | "factorsReset";

type Table = Pick<MailTable, FactorMail>;

/** Each says what happened, and is the same otherwise. */
type Said = Omit<MailWords, "button" | "ignore">;

function all(shared: Pick<MailWords, "button" | "ignore">, said: Readonly<Record<FactorMail, Said>>): Table {
  return Object.fromEntries(Object.entries(said).map(([type, words]) => [type, { ...words, ...shared }])) as unknown as Table;
}

const en = all(
  {
    button: "That was not me",
    ignore:
      "If you did this, you need do nothing. If not, choose a new password at once: it signs everybody out of your account.",
  },
  {
    totpAdded: {
      subject: "An authenticator app was added to your account at {site}",
      heading: "An authenticator app was added",
      text: "From now on your account at {site} asks for a code of that app after the password.",
    },
    totpRemoved: {
      subject: "The authenticator app was removed from your account at {site}",
      heading: "The authenticator app was removed",
      text: "Your account at {site} does not ask for codes of the app any more.",
    },
    passkeyAdded: {
      subject: "A passkey was added to your account at {site}",
      heading: "A passkey was added",
      text: "With it, whoever has the device or the account that keeps it can sign in to your account at {site}.",
    },
    passkeyRemoved: {
      subject: "A passkey was removed from your account at {site}",
      heading: "A passkey was removed",
      text: "Nobody can sign in to your account at {site} with that passkey any more.",
    },
    recoveryCodesMade: {
      subject: "New recovery codes for your account at {site}",
      heading: "New recovery codes",
      text: "New recovery codes were made for your account at {site}. Those from before are good no more.",
    },
    recoveryCodeUsed: {
      subject: "A recovery code was used for your account at {site}",
      heading: "A recovery code was used",
      text: "A recovery code was used in place of the second factor of your account at {site}. Codes that are left: {left}.",
    },
    factorsReset: {
      subject: "The second factors of your account at {site} were reset",
      heading: "Second factors were reset",
      text: "Those who run {site} have taken the authenticator app, the passkeys and the recovery codes of your account away, and signed you out everywhere.",
    },
  },
);

const nl = all(
  {
    button: "Dat was ik niet",
    ignore:
      "Heb je dit zelf gedaan? Dan hoef je niets te doen. Zo niet, kies dan meteen een nieuw wachtwoord: dan wordt iedereen uit je account uitgelogd.",
  },
  {
    totpAdded: {
      subject: "Er is een authenticator-app toegevoegd aan je account bij {site}",
      heading: "Er is een authenticator-app toegevoegd",
      text: "Je account bij {site} vraagt voortaan na het wachtwoord om een code van die app.",
    },
    totpRemoved: {
      subject: "De authenticator-app is verwijderd van je account bij {site}",
      heading: "De authenticator-app is verwijderd",
      text: "Je account bij {site} vraagt niet meer om codes van de app.",
    },
    passkeyAdded: {
      subject: "Er is een passkey toegevoegd aan je account bij {site}",
      heading: "Er is een passkey toegevoegd",
      text: "Wie het apparaat of het account heeft dat hem bewaart, kan daarmee inloggen op je account bij {site}.",
    },
    passkeyRemoved: {
      subject: "Er is een passkey verwijderd van je account bij {site}",
      heading: "Er is een passkey verwijderd",
      text: "Niemand kan met die passkey nog inloggen op je account bij {site}.",
    },
    recoveryCodesMade: {
      subject: "Nieuwe herstelcodes voor je account bij {site}",
      heading: "Nieuwe herstelcodes",
      text: "Er zijn nieuwe herstelcodes gemaakt voor je account bij {site}. Die van daarvoor werken niet meer.",
    },
    recoveryCodeUsed: {
      subject: "Er is een herstelcode gebruikt voor je account bij {site}",
      heading: "Er is een herstelcode gebruikt",
      text: "Er is een herstelcode gebruikt in plaats van de tweede factor van je account bij {site}. Codes die over zijn: {left}.",
    },
    factorsReset: {
      subject: "De tweede factoren van je account bij {site} zijn gewist",
      heading: "Tweede factoren gewist",
      text: "De beheerders van {site} hebben de authenticator-app, de passkeys en de herstelcodes van je account verwijderd en je overal uitgelogd.",
    },
  },
);

const de = all(
  {
    button: "Das war ich nicht",
    ignore:
      "Wenn du das warst, musst du nichts tun. Wenn nicht, wähle sofort ein neues Passwort: Damit werden alle aus deinem Konto abgemeldet.",
  },
  {
    totpAdded: {
      subject: "Deinem Konto bei {site} wurde eine Authenticator-App hinzugefügt",
      heading: "Eine Authenticator-App wurde hinzugefügt",
      text: "Dein Konto bei {site} fragt von nun an nach dem Passwort nach einem Code dieser App.",
    },
    totpRemoved: {
      subject: "Die Authenticator-App wurde von deinem Konto bei {site} entfernt",
      heading: "Die Authenticator-App wurde entfernt",
      text: "Dein Konto bei {site} fragt nicht mehr nach Codes der App.",
    },
    passkeyAdded: {
      subject: "Deinem Konto bei {site} wurde ein Passkey hinzugefügt",
      heading: "Ein Passkey wurde hinzugefügt",
      text: "Wer das Gerät oder das Konto hat, das ihn aufbewahrt, kann sich damit bei deinem Konto bei {site} anmelden.",
    },
    passkeyRemoved: {
      subject: "Ein Passkey wurde von deinem Konto bei {site} entfernt",
      heading: "Ein Passkey wurde entfernt",
      text: "Mit diesem Passkey kann sich niemand mehr bei deinem Konto bei {site} anmelden.",
    },
    recoveryCodesMade: {
      subject: "Neue Wiederherstellungscodes für dein Konto bei {site}",
      heading: "Neue Wiederherstellungscodes",
      text: "Für dein Konto bei {site} wurden neue Wiederherstellungscodes erzeugt. Die von vorher gelten nicht mehr.",
    },
    recoveryCodeUsed: {
      subject: "Ein Wiederherstellungscode wurde für dein Konto bei {site} benutzt",
      heading: "Ein Wiederherstellungscode wurde benutzt",
      text: "Statt des zweiten Faktors deines Kontos bei {site} wurde ein Wiederherstellungscode benutzt. Übrige Codes: {left}.",
    },
    factorsReset: {
      subject: "Die zweiten Faktoren deines Kontos bei {site} wurden zurückgesetzt",
      heading: "Zweite Faktoren wurden zurückgesetzt",
      text: "Die Betreiber von {site} haben die Authenticator-App, die Passkeys und die Wiederherstellungscodes deines Kontos entfernt und dich überall abgemeldet.",
    },
  },
);

const fr = all(
  {
    button: "Ce n’était pas moi",
    ignore:
      "Si c’était vous, vous n’avez rien à faire. Sinon, choisissez tout de suite un nouveau mot de passe : tout le monde sera déconnecté de votre compte.",
  },
  {
    totpAdded: {
      subject: "Une application d’authentification a été ajoutée à votre compte à {site}",
      heading: "Une application d’authentification a été ajoutée",
      text: "Votre compte à {site} demande désormais un code de cette application après le mot de passe.",
    },
    totpRemoved: {
      subject: "L’application d’authentification a été retirée de votre compte à {site}",
      heading: "L’application d’authentification a été retirée",
      text: "Votre compte à {site} ne demande plus de codes de l’application.",
    },
    passkeyAdded: {
      subject: "Une clé d’accès a été ajoutée à votre compte à {site}",
      heading: "Une clé d’accès a été ajoutée",
      text: "Avec elle, quiconque a l’appareil ou le compte qui la garde peut se connecter à votre compte à {site}.",
    },
    passkeyRemoved: {
      subject: "Une clé d’accès a été retirée de votre compte à {site}",
      heading: "Une clé d’accès a été retirée",
      text: "Plus personne ne peut se connecter à votre compte à {site} avec cette clé.",
    },
    recoveryCodesMade: {
      subject: "De nouveaux codes de secours pour votre compte à {site}",
      heading: "De nouveaux codes de secours",
      text: "De nouveaux codes de secours ont été créés pour votre compte à {site}. Les anciens ne sont plus valables.",
    },
    recoveryCodeUsed: {
      subject: "Un code de secours a été utilisé pour votre compte à {site}",
      heading: "Un code de secours a été utilisé",
      text: "Un code de secours a été utilisé à la place du second facteur de votre compte à {site}. Codes restants : {left}.",
    },
    factorsReset: {
      subject: "Les seconds facteurs de votre compte à {site} ont été réinitialisés",
      heading: "Seconds facteurs réinitialisés",
      text: "Ceux qui gèrent {site} ont retiré l’application d’authentification, les clés d’accès et les codes de secours de votre compte, et vous ont déconnecté partout.",
    },
  },
);

const es = all(
  {
    button: "No he sido yo",
    ignore:
      "Si lo hiciste tú, no tienes que hacer nada. Si no, elige enseguida una contraseña nueva: así se cierra la sesión de todos en tu cuenta.",
  },
  {
    totpAdded: {
      subject: "Se ha añadido una aplicación de autenticación a tu cuenta en {site}",
      heading: "Se ha añadido una aplicación de autenticación",
      text: "A partir de ahora tu cuenta en {site} pide un código de esa aplicación después de la contraseña.",
    },
    totpRemoved: {
      subject: "Se ha quitado la aplicación de autenticación de tu cuenta en {site}",
      heading: "Se ha quitado la aplicación de autenticación",
      text: "Tu cuenta en {site} ya no pide códigos de la aplicación.",
    },
    passkeyAdded: {
      subject: "Se ha añadido una llave de acceso a tu cuenta en {site}",
      heading: "Se ha añadido una llave de acceso",
      text: "Con ella, quien tenga el dispositivo o la cuenta que la guarda puede iniciar sesión en tu cuenta en {site}.",
    },
    passkeyRemoved: {
      subject: "Se ha quitado una llave de acceso de tu cuenta en {site}",
      heading: "Se ha quitado una llave de acceso",
      text: "Ya nadie puede iniciar sesión en tu cuenta en {site} con esa llave.",
    },
    recoveryCodesMade: {
      subject: "Códigos de recuperación nuevos para tu cuenta en {site}",
      heading: "Códigos de recuperación nuevos",
      text: "Se han creado códigos de recuperación nuevos para tu cuenta en {site}. Los anteriores ya no valen.",
    },
    recoveryCodeUsed: {
      subject: "Se ha usado un código de recuperación de tu cuenta en {site}",
      heading: "Se ha usado un código de recuperación",
      text: "Se ha usado un código de recuperación en lugar del segundo factor de tu cuenta en {site}. Códigos que quedan: {left}.",
    },
    factorsReset: {
      subject: "Se han restablecido los segundos factores de tu cuenta en {site}",
      heading: "Se han restablecido los segundos factores",
      text: "Quienes llevan {site} han quitado la aplicación de autenticación, las llaves de acceso y los códigos de recuperación de tu cuenta y han cerrado tu sesión en todas partes.",
    },
  },
);

/** By language, as those of `mailWords`. */
export const factorMailWords: Readonly<Record<"en" | "nl" | "de" | "fr" | "es", Table>> = { en, nl, de, fr, es };
