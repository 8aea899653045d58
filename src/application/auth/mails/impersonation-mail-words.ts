import type { MailTable } from "./mail-table.ts";

/** What the mail says that an administrator acts as somebody. `{reason}` is the administrator's. */
export type ImpersonationMail = "impersonated";

/** By language, as those of `mailWords`. */
export const impersonationMailWords: Readonly<Record<"en" | "nl" | "de" | "fr" | "es", Pick<MailTable, ImpersonationMail>>> = {
  en: {
    impersonated: {
      subject: "An administrator looked into your account at {site}",
      heading: "An administrator looked in",
      text: "An administrator of {site} acts as you for a while, to see what you see. They gave this reason: {reason}",
      button: "See it in your account",
      ignore:
        "They cannot change your password, your address or how you sign in. If you did not expect this, ask those who run {site}.",
    },
  },
  nl: {
    impersonated: {
      subject: "Een beheerder keek mee in je account bij {site}",
      heading: "Een beheerder keek mee",
      text: "Een beheerder van {site} werkt een tijdje als jou, om te zien wat jij ziet. De reden: {reason}",
      button: "Bekijk het in je account",
      ignore:
        "Je wachtwoord, je adres en hoe je inlogt kunnen ze niet veranderen. Verwachtte je dit niet? Vraag het wie {site} beheert.",
    },
  },
  de: {
    impersonated: {
      subject: "Ein Administrator hat in dein Konto bei {site} gesehen",
      heading: "Ein Administrator hat hineingesehen",
      text: "Ein Administrator von {site} handelt eine Zeit lang als du, um zu sehen, was du siehst. Der Grund: {reason}",
      button: "In deinem Konto ansehen",
      ignore:
        "Dein Passwort, deine Adresse und deine Anmeldung kann er nicht ändern. Hast du das nicht erwartet? Frag die Betreiber von {site}.",
    },
  },
  fr: {
    impersonated: {
      subject: "Un administrateur a regardé votre compte sur {site}",
      heading: "Un administrateur a regardé",
      text: "Un administrateur de {site} agit pour un temps en tant que vous, pour voir ce que vous voyez. Sa raison : {reason}",
      button: "Le voir dans votre compte",
      ignore:
        "Il ne peut changer ni votre mot de passe, ni votre adresse, ni votre façon de vous connecter. Si vous ne l’attendiez pas, demandez à ceux qui gèrent {site}.",
    },
  },
  es: {
    impersonated: {
      subject: "Un administrador ha mirado tu cuenta en {site}",
      heading: "Un administrador ha mirado",
      text: "Un administrador de {site} actúa un rato como tú, para ver lo que tú ves. Su motivo: {reason}",
      button: "Verlo en tu cuenta",
      ignore:
        "No puede cambiar tu contraseña, tu dirección ni tu forma de entrar. Si no lo esperabas, pregunta a quienes llevan {site}.",
    },
  },
};
