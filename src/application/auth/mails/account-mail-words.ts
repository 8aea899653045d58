import type { MailTable } from "./mail-table.ts";

/** What the mails about the end of an account say. `{left}` is a number of days. */
export type AccountMail = "deletionAsked" | "accountDeleted";

type Table = Pick<MailTable, AccountMail>;

const en: Table = {
  deletionAsked: {
    subject: "Your account at {site} will be deleted",
    heading: "Your account will be deleted",
    text: "You asked for your account at {site} to be deleted. You are signed out everywhere, and nobody can sign in to it any more. Days until it is gone for good: {left}. Until then you can keep it.",
    button: "Keep my account",
    ignore: "If you want it deleted, you need do nothing. If it was not you who asked, keep it, and then choose a new password.",
  },
  accountDeleted: {
    subject: "Your account at {site} was deleted",
    heading: "Your account was deleted",
    text: "Your account at {site} is gone, with what was yours there.",
    ignore: "If it was not you who asked for that, tell those who run {site}.",
  },
};

const nl: Table = {
  deletionAsked: {
    subject: "Je account bij {site} wordt verwijderd",
    heading: "Je account wordt verwijderd",
    text: "Je hebt gevraagd om je account bij {site} te verwijderen. Je bent overal uitgelogd en niemand kan er nog mee inloggen. Dagen tot het voorgoed weg is: {left}. Tot dan kun je het houden.",
    button: "Mijn account houden",
    ignore:
      "Wil je dat het weggaat, dan hoef je niets te doen. Heb jij er niet om gevraagd, houd het dan en kies een nieuw wachtwoord.",
  },
  accountDeleted: {
    subject: "Je account bij {site} is verwijderd",
    heading: "Je account is verwijderd",
    text: "Je account bij {site} is weg, met wat daar van jou was.",
    ignore: "Heb jij daar niet om gevraagd, zeg het dan tegen wie {site} beheert.",
  },
};

const de: Table = {
  deletionAsked: {
    subject: "Ihr Konto bei {site} wird gelöscht",
    heading: "Ihr Konto wird gelöscht",
    text: "Sie haben darum gebeten, Ihr Konto bei {site} zu löschen. Sie sind überall abgemeldet, und niemand kann sich mehr damit anmelden. Tage, bis es endgültig weg ist: {left}. Bis dahin können Sie es behalten.",
    button: "Mein Konto behalten",
    ignore:
      "Soll es gelöscht werden, brauchen Sie nichts zu tun. Haben nicht Sie darum gebeten, behalten Sie es und wählen Sie dann ein neues Passwort.",
  },
  accountDeleted: {
    subject: "Ihr Konto bei {site} wurde gelöscht",
    heading: "Ihr Konto wurde gelöscht",
    text: "Ihr Konto bei {site} ist weg, mit dem, was dort Ihres war.",
    ignore: "Haben nicht Sie darum gebeten, sagen Sie es denen, die {site} betreiben.",
  },
};

const fr: Table = {
  deletionAsked: {
    subject: "Votre compte sur {site} sera supprimé",
    heading: "Votre compte sera supprimé",
    text: "Vous avez demandé la suppression de votre compte sur {site}. Vous êtes déconnecté partout, et personne ne peut plus s’y connecter. Jours avant qu’il disparaisse pour de bon : {left}. D’ici là, vous pouvez le garder.",
    button: "Garder mon compte",
    ignore:
      "Si vous voulez le supprimer, ne faites rien. Si ce n’est pas vous qui l’avez demandé, gardez-le, puis choisissez un nouveau mot de passe.",
  },
  accountDeleted: {
    subject: "Votre compte sur {site} a été supprimé",
    heading: "Votre compte a été supprimé",
    text: "Votre compte sur {site} n’est plus là, ni ce qui y était à vous.",
    ignore: "Si ce n’est pas vous qui l’avez demandé, dites-le à ceux qui gèrent {site}.",
  },
};

const es: Table = {
  deletionAsked: {
    subject: "Tu cuenta en {site} se eliminará",
    heading: "Tu cuenta se eliminará",
    text: "Has pedido que se elimine tu cuenta en {site}. Tu sesión está cerrada en todas partes y ya nadie puede iniciar sesión en ella. Días hasta que desaparezca del todo: {left}. Hasta entonces puedes conservarla.",
    button: "Conservar mi cuenta",
    ignore:
      "Si quieres eliminarla, no hagas nada. Si no fuiste tú quien lo pidió, consérvala y elige después una contraseña nueva.",
  },
  accountDeleted: {
    subject: "Se ha eliminado tu cuenta en {site}",
    heading: "Se ha eliminado tu cuenta",
    text: "Tu cuenta en {site} ya no está, ni lo que allí era tuyo.",
    ignore: "Si no fuiste tú quien lo pidió, díselo a quienes llevan {site}.",
  },
};

/** By language, as those of `mailWords`. */
export const accountMailWords: Readonly<Record<"en" | "nl" | "de" | "fr" | "es", Table>> = { en, nl, de, fr, es };
