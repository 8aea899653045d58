import type { MailWords } from "./mail-table.ts";

interface Table {
  readonly invitation: Required<MailWords>;
}

/** What an invitation says, by language. `{organisation}` is in the text alone: what somebody else has chosen makes no subject. */
export const invitationMailWords: Readonly<Record<"en" | "nl" | "de" | "fr" | "es", Table>> = {
  en: {
    invitation: {
      subject: "You are invited at {site}",
      heading: "You are invited",
      text: "Somebody invites you to “{organisation}” at {site}. Accept with an account that has this address, or make one first. The link is good for a week.",
      button: "See the invitation",
      ignore:
        "If you do not want this, decline there, and no other comes, or do nothing. Nobody there learns whether you have an account.",
    },
  },
  nl: {
    invitation: {
      subject: "Je bent uitgenodigd bij {site}",
      heading: "Je bent uitgenodigd",
      text: "Iemand nodigt je uit voor “{organisation}” bij {site}. Neem de uitnodiging aan met een account dat dit adres heeft, of maak er eerst een. De link werkt een week.",
      button: "De uitnodiging bekijken",
      ignore:
        "Wil je dit niet? Sla haar daar af, dan komt er geen tweede, of doe niets. Niemand daar komt te weten of je een account hebt.",
    },
  },
  de: {
    invitation: {
      subject: "Sie sind bei {site} eingeladen",
      heading: "Sie sind eingeladen",
      text: "Jemand lädt Sie zu „{organisation}“ bei {site} ein. Nehmen Sie mit einem Konto an, das diese Adresse hat, oder legen Sie erst eines an. Der Link gilt eine Woche.",
      button: "Einladung ansehen",
      ignore:
        "Falls Sie das nicht möchten, lehnen Sie dort ab, dann kommt keine zweite, oder tun Sie nichts. Niemand dort erfährt, ob Sie ein Konto haben.",
    },
  },
  fr: {
    invitation: {
      subject: "Vous êtes invité sur {site}",
      heading: "Vous êtes invité",
      text: "Quelqu’un vous invite à rejoindre « {organisation} » sur {site}. Acceptez avec un compte qui a cette adresse, ou créez-en un d’abord. Le lien est valable une semaine.",
      button: "Voir l’invitation",
      ignore:
        "Si vous n’en voulez pas, refusez-la sur cette page et il n’en viendra pas d’autre, ou ne faites rien. Personne n’y apprend si vous avez un compte.",
    },
  },
  es: {
    invitation: {
      subject: "Tienes una invitación en {site}",
      heading: "Tienes una invitación",
      text: "Alguien te invita a «{organisation}» en {site}. Acéptala con una cuenta que tenga esta dirección, o crea una antes. El enlace vale una semana.",
      button: "Ver la invitación",
      ignore: "Si no la quieres, recházala allí y no llegará otra, o no hagas nada. Nadie allí sabrá si tienes una cuenta.",
    },
  },
};
