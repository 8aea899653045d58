import { lookUpLanguage } from "./languages.ts";

/**
 * What the page says by which a reader leaves a list. `{address}`, `{list}` and `{sender}` stand for what they name; an address is shown in
 * part, for links in mails are passed on.
 */
export interface UnsubscribePageWords {
  readonly question: string;
  readonly explanation: string;
  readonly leave: string;
  readonly left: string;
  readonly leftExplanation: string;
  readonly undo: string;
  readonly back: string;
  readonly backExplanation: string;
  /** The address was put back on the list, and yet nothing is sent to it: mails came back from there, say. */
  readonly heldExplanation: string;
  readonly broken: string;
  readonly brokenExplanation: string;
}

export const unsubscribePageWords: Readonly<Record<string, UnsubscribePageWords>> = {
  en: {
    question: "Unsubscribe?",
    explanation: "{address} will then get no more mails of “{list}” from {sender}.",
    leave: "Unsubscribe",
    left: "You are unsubscribed",
    leftExplanation: "{address} gets no more mails of “{list}”. One that is on its way may still arrive.",
    undo: "That was a mistake: subscribe again",
    back: "You are subscribed again",
    backExplanation: "{address} gets the mails of “{list}” as before.",
    heldExplanation:
      "{address} is on the list “{list}” again. Yet no mails are sent there at the moment, because earlier ones could not be delivered or were reported as spam. Please write to {sender}.",
    broken: "This link does not work",
    brokenExplanation:
      "It may have been cut off on its way. Open the newest mail of the list and use the link in it, or answer that mail and ask to be taken off.",
  },
  de: {
    question: "Abmelden?",
    explanation: "{address} bekommt dann keine E-Mails „{list}“ von {sender} mehr.",
    leave: "Abmelden",
    left: "Sie sind abgemeldet",
    leftExplanation: "{address} bekommt keine E-Mails „{list}“ mehr. Eine, die schon unterwegs ist, kann noch ankommen.",
    undo: "Das war ein Versehen: wieder anmelden",
    back: "Sie sind wieder angemeldet",
    backExplanation: "{address} bekommt die E-Mails „{list}“ wie bisher.",
    heldExplanation:
      "{address} steht wieder auf der Liste „{list}“. Derzeit wird dorthin aber nichts gesendet, weil frühere E-Mails nicht zugestellt werden konnten oder als Spam gemeldet wurden. Bitte schreiben Sie an {sender}.",
    broken: "Dieser Link funktioniert nicht",
    brokenExplanation:
      "Vielleicht wurde er unterwegs abgeschnitten. Öffnen Sie die neueste E-Mail der Liste und nehmen Sie den Link darin, oder antworten Sie auf sie und bitten Sie um Abmeldung.",
  },
  es: {
    question: "¿Cancelar la suscripción?",
    explanation: "{address} ya no recibirá correos de «{list}» de {sender}.",
    leave: "Cancelar la suscripción",
    left: "Suscripción cancelada",
    leftExplanation: "{address} ya no recibe correos de «{list}». Todavía puede llegar alguno que esté en camino.",
    undo: "Fue un error: volver a suscribirme",
    back: "Suscripción activa de nuevo",
    backExplanation: "{address} recibe los correos de «{list}» como antes.",
    heldExplanation:
      "{address} está de nuevo en la lista «{list}». Sin embargo, por ahora no se envían correos a esa dirección, porque no se pudieron entregar otros anteriores o se marcaron como spam. Escriba a {sender}.",
    broken: "Este enlace no funciona",
    brokenExplanation:
      "Es posible que se haya cortado por el camino. Abra el correo más reciente de la lista y use su enlace, o responda a ese correo y pida la baja.",
  },
  fr: {
    question: "Se désabonner ?",
    explanation: "{address} ne recevra plus les e-mails « {list} » de {sender}.",
    leave: "Se désabonner",
    left: "Vous êtes désabonné",
    leftExplanation: "{address} ne reçoit plus les e-mails « {list} ». Un message déjà en route peut encore arriver.",
    undo: "C’était une erreur : me réabonner",
    back: "Vous êtes de nouveau abonné",
    backExplanation: "{address} reçoit les e-mails « {list} » comme avant.",
    heldExplanation:
      "{address} est de nouveau sur la liste « {list} ». Pour le moment, rien n’est pourtant envoyé à cette adresse, car des messages n’ont pas pu être remis ou ont été signalés comme indésirables. Écrivez à {sender}.",
    broken: "Ce lien ne fonctionne pas",
    brokenExplanation:
      "Il a peut-être été coupé en chemin. Ouvrez le dernier e-mail de la liste et utilisez son lien, ou répondez à cet e-mail et demandez votre désabonnement.",
  },
  nl: {
    question: "Afmelden?",
    explanation: "{address} krijgt dan geen mails van „{list}” meer van {sender}.",
    leave: "Afmelden",
    left: "Je bent afgemeld",
    leftExplanation: "{address} krijgt geen mails van „{list}” meer. Een mail die al onderweg is, kan nog aankomen.",
    undo: "Dat was een vergissing: weer aanmelden",
    back: "Je bent weer aangemeld",
    backExplanation: "{address} krijgt de mails van „{list}” weer zoals eerst.",
    heldExplanation:
      "{address} staat weer op de lijst „{list}”. Toch wordt er nu niets naartoe gestuurd, omdat eerdere mails niet konden worden bezorgd of als spam zijn gemeld. Schrijf naar {sender}.",
    broken: "Deze link werkt niet",
    brokenExplanation:
      "Misschien is hij onderweg afgebroken. Open de nieuwste mail van de lijst en gebruik de link daarin, of beantwoord die mail en vraag om afmelding.",
  },
};

/** Other words than these, by language: any of them, or all of a language that has none yet. */
export type UnsubscribePageChanges = Readonly<Record<string, Partial<UnsubscribePageWords>>>;

/**
 * The words in the first of these languages that there are any in, and the tag of that language. A word that a language lacks is taken from
 * the nearest of its own, or from English.
 */
export function unsubscribePageIn(
  wanted: readonly string[],
  changes: UnsubscribePageChanges,
): { readonly language: string; readonly words: UnsubscribePageWords } {
  const available = [...Object.keys(changes), ...Object.keys(unsubscribePageWords)];
  for (const tag of wanted) {
    const found = lookUpLanguage(tag, available);
    if (found === undefined) continue;
    const usual = lookUpLanguage(found, Object.keys(unsubscribePageWords)) ?? "en";
    return { language: found, words: { ...english, ...unsubscribePageWords[usual], ...changes[found] } };
  }
  return { language: "en", words: { ...english, ...changes["en"] } };
}

const english = unsubscribePageWords["en"] as UnsubscribePageWords;
