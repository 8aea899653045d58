import { type AccountMail, accountMailWords } from "./account-mail-words.ts";
import { type FactorMail, factorMailWords } from "./factor-mail-words.ts";
import { invitationMailWords } from "./invitation-mail-words.ts";
import type { MailTable } from "./mail-table.ts";
import { type StandInMail, standInMailWords } from "./stand-in-mail-words.ts";
import { type OAuthMail, oauthMailWords } from "./oauth-mail-words.ts";

type Table = Omit<MailTable, FactorMail | AccountMail | OAuthMail | StandInMail | "invitation">;

const en: Table = {
  confirmSignUp: {
    subject: "Confirm your address for {site}",
    heading: "Confirm your address",
    text: "You have signed up at {site}. Confirm that this address is yours, and your account is ready. The link is good for a day.",
    button: "Confirm my address",
    ignore: "If you did not sign up, do nothing: without you there will be no account.",
  },
  alreadySignedUp: {
    subject: "You have an account at {site}",
    heading: "You have an account already",
    text: "Somebody tried to sign up at {site} with this address, which has an account. If that was you, sign in; if you do not remember the password, choose a new one there.",
    button: "Sign in",
    ignore: "If it was not you, you need do nothing: your account is as it was.",
  },
  confirmAddress: {
    subject: "Confirm your address for {site}",
    heading: "Confirm your address",
    text: "Confirm that mail for your account at {site} reaches you. The link is good for a day.",
    button: "Confirm my address",
    ignore: "If you have no account there, do nothing.",
  },
  resetPassword: {
    subject: "Choose a new password for {site}",
    heading: "Choose a new password",
    text: "Somebody asked for a new password for your account at {site}. The link is good for an hour, and once.",
    button: "Choose a new password",
    ignore: "If that was not you, do nothing: your password stays as it is.",
  },
  passwordChanged: {
    subject: "Your password for {site} was changed",
    heading: "Your password was changed",
    text: "The password of your account at {site} was changed, and you were signed out everywhere else.",
    button: "That was not me",
    ignore: "If you changed it, you need do nothing.",
  },
  signInLink: {
    subject: "Sign in to {site}",
    heading: "Sign in",
    text: "With this link you sign in to {site}. It is good for ten minutes, and once.",
    button: "Sign in",
    ignore: "If you did not ask for it, do nothing, and give the link to nobody.",
  },
  signInCode: {
    subject: "Your code for {site}",
    heading: "Your code",
    text: "Type this code where you asked for it at {site}. It is good for ten minutes.",
    ignore: "If you did not ask for it, do nothing. Nobody from {site} will ever ask you for it.",
  },
  approveAddressChange: {
    subject: "Is {address} to be your new address for {site}?",
    heading: "A new address for your account",
    text: "Somebody asked to change the address of your account at {site} to {address}. It changes once you have agreed here and the link in the mail to the new address has been followed.",
    button: "Agree to the change",
    ignore: "If that was not you, do nothing and change your password: somebody else may know it.",
  },
  confirmAddressChange: {
    subject: "Confirm your new address for {site}",
    heading: "Confirm your new address",
    text: "This is to be the address of your account at {site}. It changes once you have confirmed it here and the link in the mail to your present address has been followed.",
    button: "Confirm my new address",
    ignore: "If you have no account there, do nothing.",
  },
  addressChanged: {
    subject: "Your address for {site} was changed",
    heading: "Your address was changed",
    text: "The address of your account at {site} is now {address}. Mail about it goes there from now on.",
    ignore: "If that was not you, tell those who run {site}.",
  },
};

const nl: Table = {
  confirmSignUp: {
    subject: "Bevestig je adres voor {site}",
    heading: "Bevestig je adres",
    text: "Je hebt je aangemeld bij {site}. Bevestig dat dit adres van jou is, dan is je account klaar. De link werkt een dag.",
    button: "Mijn adres bevestigen",
    ignore: "Heb je je niet aangemeld? Doe dan niets: zonder jou komt er geen account.",
  },
  alreadySignedUp: {
    subject: "Je hebt een account bij {site}",
    heading: "Je hebt al een account",
    text: "Iemand probeerde zich bij {site} aan te melden met dit adres, dat al een account heeft. Was jij dat, log dan in; weet je het wachtwoord niet meer, kies er dan een nieuw.",
    button: "Inloggen",
    ignore: "Was jij het niet? Dan hoef je niets te doen: je account is zoals het was.",
  },
  confirmAddress: {
    subject: "Bevestig je adres voor {site}",
    heading: "Bevestig je adres",
    text: "Bevestig dat mail voor je account bij {site} je bereikt. De link werkt een dag.",
    button: "Mijn adres bevestigen",
    ignore: "Heb je daar geen account? Doe dan niets.",
  },
  resetPassword: {
    subject: "Kies een nieuw wachtwoord voor {site}",
    heading: "Kies een nieuw wachtwoord",
    text: "Iemand vroeg om een nieuw wachtwoord voor je account bij {site}. De link werkt een uur, en één keer.",
    button: "Een nieuw wachtwoord kiezen",
    ignore: "Was jij dat niet? Doe dan niets: je wachtwoord blijft zoals het is.",
  },
  passwordChanged: {
    subject: "Je wachtwoord voor {site} is gewijzigd",
    heading: "Je wachtwoord is gewijzigd",
    text: "Het wachtwoord van je account bij {site} is gewijzigd, en je bent overal elders uitgelogd.",
    button: "Dat was ik niet",
    ignore: "Heb je het zelf gewijzigd? Dan hoef je niets te doen.",
  },
  signInLink: {
    subject: "Log in bij {site}",
    heading: "Inloggen",
    text: "Met deze link log je in bij {site}. Hij werkt tien minuten, en één keer.",
    button: "Inloggen",
    ignore: "Heb je er niet om gevraagd? Doe dan niets, en geef de link aan niemand.",
  },
  signInCode: {
    subject: "Je code voor {site}",
    heading: "Je code",
    text: "Vul deze code in waar je er bij {site} om vroeg. Hij werkt tien minuten.",
    ignore: "Heb je er niet om gevraagd? Doe dan niets. Niemand van {site} zal je er ooit om vragen.",
  },
  approveAddressChange: {
    subject: "Wordt {address} je nieuwe adres voor {site}?",
    heading: "Een nieuw adres voor je account",
    text: "Iemand vroeg om het adres van je account bij {site} te wijzigen in {address}. Dat gebeurt zodra je hier akkoord gaat en de link in de mail aan het nieuwe adres is gevolgd.",
    button: "Akkoord",
    ignore: "Was jij dat niet? Doe dan niets en wijzig je wachtwoord: misschien kent iemand anders het.",
  },
  confirmAddressChange: {
    subject: "Bevestig je nieuwe adres voor {site}",
    heading: "Bevestig je nieuwe adres",
    text: "Dit wordt het adres van je account bij {site}. Dat gebeurt zodra je het hier bevestigt en de link in de mail aan je huidige adres is gevolgd.",
    button: "Mijn nieuwe adres bevestigen",
    ignore: "Heb je daar geen account? Doe dan niets.",
  },
  addressChanged: {
    subject: "Je adres voor {site} is gewijzigd",
    heading: "Je adres is gewijzigd",
    text: "Het adres van je account bij {site} is nu {address}. Mail daarover gaat voortaan daarheen.",
    ignore: "Was jij dat niet? Vertel het dan aan wie {site} beheert.",
  },
};

const de: Table = {
  confirmSignUp: {
    subject: "Bestätigen Sie Ihre Adresse für {site}",
    heading: "Bestätigen Sie Ihre Adresse",
    text: "Sie haben sich bei {site} registriert. Bestätigen Sie, dass diese Adresse Ihnen gehört, dann ist Ihr Konto bereit. Der Link gilt einen Tag.",
    button: "Meine Adresse bestätigen",
    ignore: "Falls Sie sich nicht registriert haben, tun Sie nichts: Ohne Sie entsteht kein Konto.",
  },
  alreadySignedUp: {
    subject: "Sie haben ein Konto bei {site}",
    heading: "Sie haben schon ein Konto",
    text: "Jemand wollte sich bei {site} mit dieser Adresse registrieren, die schon ein Konto hat. Wenn Sie das waren, melden Sie sich an; wenn Sie das Passwort vergessen haben, wählen Sie dort ein neues.",
    button: "Anmelden",
    ignore: "Falls Sie es nicht waren, müssen Sie nichts tun: Ihr Konto ist, wie es war.",
  },
  confirmAddress: {
    subject: "Bestätigen Sie Ihre Adresse für {site}",
    heading: "Bestätigen Sie Ihre Adresse",
    text: "Bestätigen Sie, dass E-Mails zu Ihrem Konto bei {site} Sie erreichen. Der Link gilt einen Tag.",
    button: "Meine Adresse bestätigen",
    ignore: "Falls Sie dort kein Konto haben, tun Sie nichts.",
  },
  resetPassword: {
    subject: "Wählen Sie ein neues Passwort für {site}",
    heading: "Wählen Sie ein neues Passwort",
    text: "Jemand hat um ein neues Passwort für Ihr Konto bei {site} gebeten. Der Link gilt eine Stunde und nur einmal.",
    button: "Neues Passwort wählen",
    ignore: "Falls Sie das nicht waren, tun Sie nichts: Ihr Passwort bleibt, wie es ist.",
  },
  passwordChanged: {
    subject: "Ihr Passwort für {site} wurde geändert",
    heading: "Ihr Passwort wurde geändert",
    text: "Das Passwort Ihres Kontos bei {site} wurde geändert, und Sie wurden überall sonst abgemeldet.",
    button: "Das war ich nicht",
    ignore: "Falls Sie es geändert haben, müssen Sie nichts tun.",
  },
  signInLink: {
    subject: "Bei {site} anmelden",
    heading: "Anmelden",
    text: "Mit diesem Link melden Sie sich bei {site} an. Er gilt zehn Minuten und nur einmal.",
    button: "Anmelden",
    ignore: "Falls Sie ihn nicht angefordert haben, tun Sie nichts und geben Sie den Link niemandem.",
  },
  signInCode: {
    subject: "Ihr Code für {site}",
    heading: "Ihr Code",
    text: "Geben Sie diesen Code dort ein, wo Sie ihn bei {site} angefordert haben. Er gilt zehn Minuten.",
    ignore: "Falls Sie ihn nicht angefordert haben, tun Sie nichts. Niemand von {site} wird Sie je danach fragen.",
  },
  approveAddressChange: {
    subject: "Soll {address} Ihre neue Adresse für {site} sein?",
    heading: "Eine neue Adresse für Ihr Konto",
    text: "Jemand möchte die Adresse Ihres Kontos bei {site} in {address} ändern. Sie ändert sich, sobald Sie hier zustimmen und dem Link in der E-Mail an die neue Adresse gefolgt wurde.",
    button: "Der Änderung zustimmen",
    ignore: "Falls Sie das nicht waren, tun Sie nichts und ändern Sie Ihr Passwort: Vielleicht kennt es jemand anderes.",
  },
  confirmAddressChange: {
    subject: "Bestätigen Sie Ihre neue Adresse für {site}",
    heading: "Bestätigen Sie Ihre neue Adresse",
    text: "Dies soll die Adresse Ihres Kontos bei {site} sein. Sie ändert sich, sobald Sie sie hier bestätigen und dem Link in der E-Mail an Ihre jetzige Adresse gefolgt wurde.",
    button: "Meine neue Adresse bestätigen",
    ignore: "Falls Sie dort kein Konto haben, tun Sie nichts.",
  },
  addressChanged: {
    subject: "Ihre Adresse für {site} wurde geändert",
    heading: "Ihre Adresse wurde geändert",
    text: "Die Adresse Ihres Kontos bei {site} ist jetzt {address}. E-Mails dazu gehen von nun an dorthin.",
    ignore: "Falls Sie das nicht waren, sagen Sie es denen, die {site} betreiben.",
  },
};

const fr: Table = {
  confirmSignUp: {
    subject: "Confirmez votre adresse pour {site}",
    heading: "Confirmez votre adresse",
    text: "Vous vous êtes inscrit à {site}. Confirmez que cette adresse est la vôtre, et votre compte sera prêt. Le lien est valable un jour.",
    button: "Confirmer mon adresse",
    ignore: "Si vous ne vous êtes pas inscrit, ne faites rien : sans vous, il n’y aura pas de compte.",
  },
  alreadySignedUp: {
    subject: "Vous avez un compte à {site}",
    heading: "Vous avez déjà un compte",
    text: "Quelqu’un a voulu s’inscrire à {site} avec cette adresse, qui a déjà un compte. Si c’était vous, connectez-vous ; si vous avez oublié le mot de passe, choisissez-en un nouveau.",
    button: "Se connecter",
    ignore: "Si ce n’était pas vous, vous n’avez rien à faire : votre compte est comme avant.",
  },
  confirmAddress: {
    subject: "Confirmez votre adresse pour {site}",
    heading: "Confirmez votre adresse",
    text: "Confirmez que les messages pour votre compte à {site} vous parviennent. Le lien est valable un jour.",
    button: "Confirmer mon adresse",
    ignore: "Si vous n’y avez pas de compte, ne faites rien.",
  },
  resetPassword: {
    subject: "Choisissez un nouveau mot de passe pour {site}",
    heading: "Choisissez un nouveau mot de passe",
    text: "Quelqu’un a demandé un nouveau mot de passe pour votre compte à {site}. Le lien est valable une heure, et une seule fois.",
    button: "Choisir un nouveau mot de passe",
    ignore: "Si ce n’était pas vous, ne faites rien : votre mot de passe reste le même.",
  },
  passwordChanged: {
    subject: "Votre mot de passe pour {site} a été changé",
    heading: "Votre mot de passe a été changé",
    text: "Le mot de passe de votre compte à {site} a été changé, et vous avez été déconnecté partout ailleurs.",
    button: "Ce n’était pas moi",
    ignore: "Si c’était vous, vous n’avez rien à faire.",
  },
  signInLink: {
    subject: "Connectez-vous à {site}",
    heading: "Se connecter",
    text: "Avec ce lien, vous vous connectez à {site}. Il est valable dix minutes, et une seule fois.",
    button: "Se connecter",
    ignore: "Si vous ne l’avez pas demandé, ne faites rien et ne donnez ce lien à personne.",
  },
  signInCode: {
    subject: "Votre code pour {site}",
    heading: "Votre code",
    text: "Saisissez ce code là où vous l’avez demandé à {site}. Il est valable dix minutes.",
    ignore: "Si vous ne l’avez pas demandé, ne faites rien. Personne de {site} ne vous le demandera jamais.",
  },
  approveAddressChange: {
    subject: "{address} sera-t-elle votre nouvelle adresse pour {site} ?",
    heading: "Une nouvelle adresse pour votre compte",
    text: "Quelqu’un a demandé de remplacer l’adresse de votre compte à {site} par {address}. Elle changera quand vous aurez accepté ici et que le lien envoyé à la nouvelle adresse aura été suivi.",
    button: "Accepter le changement",
    ignore: "Si ce n’était pas vous, ne faites rien et changez votre mot de passe : quelqu’un d’autre le connaît peut-être.",
  },
  confirmAddressChange: {
    subject: "Confirmez votre nouvelle adresse pour {site}",
    heading: "Confirmez votre nouvelle adresse",
    text: "Cette adresse doit devenir celle de votre compte à {site}. Elle changera quand vous l’aurez confirmée ici et que le lien envoyé à votre adresse actuelle aura été suivi.",
    button: "Confirmer ma nouvelle adresse",
    ignore: "Si vous n’y avez pas de compte, ne faites rien.",
  },
  addressChanged: {
    subject: "Votre adresse pour {site} a été changée",
    heading: "Votre adresse a été changée",
    text: "L’adresse de votre compte à {site} est maintenant {address}. Les messages à ce sujet y seront envoyés.",
    ignore: "Si ce n’était pas vous, dites-le à ceux qui gèrent {site}.",
  },
};

const es: Table = {
  confirmSignUp: {
    subject: "Confirma tu dirección para {site}",
    heading: "Confirma tu dirección",
    text: "Te has registrado en {site}. Confirma que esta dirección es tuya y tu cuenta estará lista. El enlace vale un día.",
    button: "Confirmar mi dirección",
    ignore: "Si no te has registrado, no hagas nada: sin ti no habrá cuenta.",
  },
  alreadySignedUp: {
    subject: "Tienes una cuenta en {site}",
    heading: "Ya tienes una cuenta",
    text: "Alguien intentó registrarse en {site} con esta dirección, que ya tiene una cuenta. Si fuiste tú, inicia sesión; si no recuerdas la contraseña, elige allí una nueva.",
    button: "Iniciar sesión",
    ignore: "Si no fuiste tú, no tienes que hacer nada: tu cuenta está como estaba.",
  },
  confirmAddress: {
    subject: "Confirma tu dirección para {site}",
    heading: "Confirma tu dirección",
    text: "Confirma que te llegan los mensajes de tu cuenta en {site}. El enlace vale un día.",
    button: "Confirmar mi dirección",
    ignore: "Si no tienes una cuenta allí, no hagas nada.",
  },
  resetPassword: {
    subject: "Elige una contraseña nueva para {site}",
    heading: "Elige una contraseña nueva",
    text: "Alguien pidió una contraseña nueva para tu cuenta en {site}. El enlace vale una hora y una sola vez.",
    button: "Elegir una contraseña nueva",
    ignore: "Si no fuiste tú, no hagas nada: tu contraseña sigue igual.",
  },
  passwordChanged: {
    subject: "Se ha cambiado tu contraseña de {site}",
    heading: "Se ha cambiado tu contraseña",
    text: "Se ha cambiado la contraseña de tu cuenta en {site} y se ha cerrado tu sesión en todos los demás sitios.",
    button: "No he sido yo",
    ignore: "Si la cambiaste tú, no tienes que hacer nada.",
  },
  signInLink: {
    subject: "Inicia sesión en {site}",
    heading: "Iniciar sesión",
    text: "Con este enlace inicias sesión en {site}. Vale diez minutos y una sola vez.",
    button: "Iniciar sesión",
    ignore: "Si no lo pediste, no hagas nada y no des el enlace a nadie.",
  },
  signInCode: {
    subject: "Tu código para {site}",
    heading: "Tu código",
    text: "Escribe este código donde lo pediste en {site}. Vale diez minutos.",
    ignore: "Si no lo pediste, no hagas nada. Nadie de {site} te lo pedirá nunca.",
  },
  approveAddressChange: {
    subject: "¿Será {address} tu nueva dirección para {site}?",
    heading: "Una nueva dirección para tu cuenta",
    text: "Alguien pidió cambiar la dirección de tu cuenta en {site} por {address}. Cambiará cuando lo aceptes aquí y se haya seguido el enlace del mensaje a la nueva dirección.",
    button: "Aceptar el cambio",
    ignore: "Si no fuiste tú, no hagas nada y cambia tu contraseña: puede que alguien más la sepa.",
  },
  confirmAddressChange: {
    subject: "Confirma tu nueva dirección para {site}",
    heading: "Confirma tu nueva dirección",
    text: "Esta será la dirección de tu cuenta en {site}. Cambiará cuando la confirmes aquí y se haya seguido el enlace del mensaje a tu dirección actual.",
    button: "Confirmar mi nueva dirección",
    ignore: "Si no tienes una cuenta allí, no hagas nada.",
  },
  addressChanged: {
    subject: "Se ha cambiado tu dirección de {site}",
    heading: "Se ha cambiado tu dirección",
    text: "La dirección de tu cuenta en {site} es ahora {address}. Los mensajes sobre ella irán allí a partir de ahora.",
    ignore: "Si no fuiste tú, díselo a quienes llevan {site}.",
  },
};

/** By language. */
export const mailWords: Readonly<Record<string, MailTable>> = {
  en: {
    ...en,
    ...factorMailWords.en,
    ...accountMailWords.en,
    ...standInMailWords.en,
    ...invitationMailWords.en,
    ...oauthMailWords.en,
  },
  nl: {
    ...nl,
    ...factorMailWords.nl,
    ...accountMailWords.nl,
    ...standInMailWords.nl,
    ...invitationMailWords.nl,
    ...oauthMailWords.nl,
  },
  de: {
    ...de,
    ...factorMailWords.de,
    ...accountMailWords.de,
    ...standInMailWords.de,
    ...invitationMailWords.de,
    ...oauthMailWords.de,
  },
  fr: {
    ...fr,
    ...factorMailWords.fr,
    ...accountMailWords.fr,
    ...standInMailWords.fr,
    ...invitationMailWords.fr,
    ...oauthMailWords.fr,
  },
  es: {
    ...es,
    ...factorMailWords.es,
    ...accountMailWords.es,
    ...standInMailWords.es,
    ...invitationMailWords.es,
    ...oauthMailWords.es,
  },
};
