import type { MailTable } from "./mail-table.ts";

/** What the mails about keys say. `{name}` is what the owner calls the key. */
export type KeyMail = "keyMade";

type Table = Pick<MailTable, KeyMail>;

/** By language, as those of `mailWords`. */
export const keyMailWords: Readonly<Record<"en" | "nl" | "de" | "fr" | "es", Table>> = {
  en: {
    keyMade: {
      subject: "A key was made for your account at {site}",
      heading: "A key was made",
      text: "“{name}” is a key for programs. Whoever has it can act as you at {site}, as far as its scope lets them.",
      button: "That was not me",
      ignore:
        "If you made it, you need do nothing. If not, choose a new password at once by this link: it ends all keys, and signs everybody out of your account.",
    },
  },
  nl: {
    keyMade: {
      subject: "Er is een sleutel gemaakt voor je account bij {site}",
      heading: "Er is een sleutel gemaakt",
      text: "“{name}” is een sleutel voor programma’s. Wie hem heeft, kan bij {site} uit jouw naam handelen, zover als de sleutel reikt.",
      button: "Dat was ik niet",
      ignore:
        "Heb je hem zelf gemaakt? Dan hoef je niets te doen. Zo niet, kies dan meteen via deze link een nieuw wachtwoord: dan vervallen alle sleutels en wordt iedereen uit je account uitgelogd.",
    },
  },
  de: {
    keyMade: {
      subject: "Für dein Konto bei {site} wurde ein Schlüssel angelegt",
      heading: "Ein Schlüssel wurde angelegt",
      text: "„{name}“ ist ein Schlüssel für Programme. Wer ihn hat, kann bei {site} in deinem Namen handeln, so weit der Schlüssel reicht.",
      button: "Das war ich nicht",
      ignore:
        "Wenn du ihn angelegt hast, musst du nichts tun. Wenn nicht, wähle sofort über diesen Link ein neues Passwort: Damit enden alle Schlüssel, und alle werden aus deinem Konto abgemeldet.",
    },
  },
  fr: {
    keyMade: {
      subject: "Une clé a été créée pour votre compte sur {site}",
      heading: "Une clé a été créée",
      text: "« {name} » est une clé pour des programmes. Qui la possède peut agir en votre nom sur {site}, dans les limites de la clé.",
      button: "Ce n’était pas moi",
      ignore:
        "Si vous l’avez créée, vous n’avez rien à faire. Sinon, choisissez tout de suite un nouveau mot de passe par ce lien : toutes les clés seront révoquées et tout le monde sera déconnecté de votre compte.",
    },
  },
  es: {
    keyMade: {
      subject: "Se ha creado una clave para tu cuenta en {site}",
      heading: "Se ha creado una clave",
      text: "«{name}» es una clave para programas. Quien la tenga puede actuar en tu nombre en {site}, hasta donde la clave lo permite.",
      button: "No he sido yo",
      ignore:
        "Si la creaste tú, no tienes que hacer nada. Si no, elige enseguida una contraseña nueva con este enlace: así se revocan todas las claves y se cierra la sesión de todos en tu cuenta.",
    },
  },
};
