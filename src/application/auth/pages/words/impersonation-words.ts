/** What the pages say of administrators who act as somebody. `{name}` is what that person calls themselves, or their address; `{reason}` is the administrator's. */
const en = {
  impersonateTitle: "Act as somebody",
  impersonateText:
    "You see the site as they do, for {time} at most. It is written down, and they are told when and why. Their password, their address and the like stay theirs.",
  impersonateWho: "Their address or id",
  impersonateReason: "Why?",
  impersonateReasonHint: "They read this.",
  impersonateButton: "Act as them",
  impersonating: "You act as {name}.",
  impersonateEnd: "Be yourself again",
  impersonatedTitle: "Administrators who looked in",
  impersonatedWhy: "Because: {reason}",
  sessionOfAdmin: "An administrator, as you",
  sessionAsOther: "You, as somebody else",
  nobodySuch: "Nobody has an account with this address or id.",
  impersonatingTitle: "This is for its owner alone",
  impersonatingText: "You act as somebody else, and this is for whoever the account is of. Nothing was done.",
} as const;

type Words = { readonly [Name in keyof typeof en]: string };

const nl: Words = {
  impersonateTitle: "Als iemand anders werken",
  impersonateText:
    "Je ziet de site zoals zij, hoogstens {time}. Het wordt vastgelegd, en zij lezen wanneer en waarom. Hun wachtwoord, adres en dergelijke blijven van hen.",
  impersonateWho: "Hun adres of id",
  impersonateReason: "Waarom?",
  impersonateReasonHint: "Zij lezen dit.",
  impersonateButton: "Als hen werken",
  impersonating: "Je werkt als {name}.",
  impersonateEnd: "Weer jezelf zijn",
  impersonatedTitle: "Beheerders die meekeken",
  impersonatedWhy: "Reden: {reason}",
  sessionOfAdmin: "Een beheerder, als jij",
  sessionAsOther: "Jij, als iemand anders",
  nobodySuch: "Niemand heeft een account met dit adres of deze id.",
  impersonatingTitle: "Dit kan alleen de eigenaar",
  impersonatingText: "Je werkt als iemand anders, en dit kan alleen wie het account heeft. Er is niets gedaan.",
};

const de: Words = {
  impersonateTitle: "Als jemand anders handeln",
  impersonateText:
    "Sie sehen die Seite wie diese Person, höchstens {time}. Es wird festgehalten, und sie erfährt, wann und warum. Passwort, Adresse und dergleichen bleiben ihre.",
  impersonateWho: "Adresse oder Id",
  impersonateReason: "Warum?",
  impersonateReasonHint: "Die Person liest das.",
  impersonateButton: "Als diese Person handeln",
  impersonating: "Sie handeln als {name}.",
  impersonateEnd: "Wieder Sie selbst sein",
  impersonatedTitle: "Administratoren, die hineingesehen haben",
  impersonatedWhy: "Grund: {reason}",
  sessionOfAdmin: "Ein Administrator, als Sie",
  sessionAsOther: "Sie, als jemand anders",
  nobodySuch: "Niemand hat ein Konto mit dieser Adresse oder Id.",
  impersonatingTitle: "Das kann nur die Person selbst",
  impersonatingText: "Sie handeln als jemand anders, und das kann nur, wem das Konto gehört. Es wurde nichts getan.",
};

const fr: Words = {
  impersonateTitle: "Agir en tant que quelqu’un",
  impersonateText:
    "Vous voyez le site comme cette personne, au plus {time}. C’est consigné, et elle apprend quand et pourquoi. Son mot de passe, son adresse et le reste lui appartiennent.",
  impersonateWho: "Son adresse ou son id",
  impersonateReason: "Pourquoi ?",
  impersonateReasonHint: "Cette personne le lira.",
  impersonateButton: "Agir en son nom",
  impersonating: "Vous agissez en tant que {name}.",
  impersonateEnd: "Redevenir vous-même",
  impersonatedTitle: "Administrateurs qui ont regardé",
  impersonatedWhy: "Raison : {reason}",
  sessionOfAdmin: "Un administrateur, à votre place",
  sessionAsOther: "Vous, à la place de quelqu’un",
  nobodySuch: "Personne n’a de compte avec cette adresse ou cet id.",
  impersonatingTitle: "Réservé au propriétaire",
  impersonatingText:
    "Vous agissez en tant que quelqu’un d’autre, et ceci est réservé à qui le compte appartient. Rien n’a été fait.",
};

const es: Words = {
  impersonateTitle: "Actuar como otra persona",
  impersonateText:
    "Verás el sitio como esa persona, como mucho {time}. Queda registrado, y se le dice cuándo y por qué. Su contraseña, su dirección y demás siguen siendo suyas.",
  impersonateWho: "Su dirección o id",
  impersonateReason: "¿Por qué?",
  impersonateReasonHint: "Esa persona lo leerá.",
  impersonateButton: "Actuar como esa persona",
  impersonating: "Actúas como {name}.",
  impersonateEnd: "Volver a ser tú",
  impersonatedTitle: "Administradores que han mirado",
  impersonatedWhy: "Motivo: {reason}",
  sessionOfAdmin: "Un administrador, en tu nombre",
  sessionAsOther: "Tú, en nombre de otra persona",
  nobodySuch: "Nadie tiene una cuenta con esta dirección o id.",
  impersonatingTitle: "Solo para su dueño",
  impersonatingText: "Actúas como otra persona, y esto es solo para quien tiene la cuenta. No se ha hecho nada.",
};

export const impersonationWords: {
  readonly en: typeof en;
  readonly nl: Words;
  readonly de: Words;
  readonly fr: Words;
  readonly es: Words;
} = { en, nl, de, fr, es };
