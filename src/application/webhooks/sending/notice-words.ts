/** Why an endpoint was disabled, as logs, `chassis webhooks` and the app's own mail say it. */
export const disabledReasons = {
  gone: "It answered 410 Gone.",
  silent: "It has taken nothing for five days.",
} as const;

/** What the mail about it says in one language. `{host}` and `{url}` are the endpoint's, `{id}` its id. */
export interface NoticeWords extends Readonly<Record<keyof typeof disabledReasons, string>> {
  readonly subject: string;
  readonly heading: string;
  readonly text: string;
  readonly after: string;
  readonly endpoint: string;
}

const en: NoticeWords = {
  ...disabledReasons,
  subject: "Webhooks to {host} are disabled",
  heading: "Your webhooks are disabled",
  text: "Nothing more is sent to {url}.",
  after:
    "Once the receiver works again, have it enabled. It then gets what happens from that moment on; what it missed is kept for a time, and can be sent again.",
  endpoint: "Endpoint {id}",
};

const nl: NoticeWords = {
  gone: "Het antwoordde met 410 Gone.",
  silent: "Het heeft vijf dagen lang niets aangenomen.",
  subject: "Webhooks naar {host} zijn uitgezet",
  heading: "Je webhooks zijn uitgezet",
  text: "Er wordt niets meer naar {url} gestuurd.",
  after:
    "Laat ze weer aanzetten zodra de ontvanger het weer doet. Die krijgt dan wat er vanaf dat moment gebeurt; wat hij miste wordt een tijd bewaard en kan opnieuw worden gestuurd.",
  endpoint: "Eindpunt {id}",
};

const de: NoticeWords = {
  gone: "Sie hat mit 410 Gone geantwortet.",
  silent: "Sie hat fünf Tage lang nichts angenommen.",
  subject: "Webhooks an {host} sind abgeschaltet",
  heading: "Ihre Webhooks sind abgeschaltet",
  text: "An die Adresse {url} wird nichts mehr gesendet.",
  after:
    "Lassen Sie sie wieder einschalten, sobald der Empfänger wieder arbeitet. Er erhält dann, was von da an geschieht; was er verpasst hat, wird eine Zeit lang aufbewahrt und kann noch einmal gesendet werden.",
  endpoint: "Endpunkt {id}",
};

const fr: NoticeWords = {
  gone: "Elle a répondu 410 Gone.",
  silent: "Elle n’a rien accepté pendant cinq jours.",
  subject: "Les webhooks vers {host} sont désactivés",
  heading: "Vos webhooks sont désactivés",
  text: "Plus rien n’est envoyé à l’adresse {url}.",
  after:
    "Faites-les réactiver une fois que le destinataire fonctionne de nouveau. Il recevra ce qui se passe à partir de ce moment ; ce qu’il a manqué est gardé un certain temps et peut être renvoyé.",
  endpoint: "Point de terminaison {id}",
};

const es: NoticeWords = {
  gone: "Respondió 410 Gone.",
  silent: "No ha aceptado nada durante cinco días.",
  subject: "Los webhooks a {host} están desactivados",
  heading: "Tus webhooks están desactivados",
  text: "Ya no se envía nada a {url}.",
  after:
    "Haz que se activen de nuevo cuando el receptor vuelva a funcionar. Recibirá lo que ocurra desde ese momento; lo que se perdió se guarda un tiempo y se puede volver a enviar.",
  endpoint: "Punto de conexión {id}",
};

const byLanguage: Readonly<Record<string, NoticeWords>> = { en, nl, de, fr, es };

export const noticeLanguages: readonly string[] = Object.keys(byLanguage);

/** `nl` for `nl-BE`; English for what there are no words for. */
export function noticeWords(tag: string): NoticeWords {
  return byLanguage[tag.split("-")[0] ?? ""] ?? en;
}
