/** What the page of keys says. `{name}` is what somebody calls a key. */
const en = {
  keysTitle: "Keys for programs",
  keysText:
    "With a key a program or a script of yours acts as you, without your password. Make one for each, let it do no more than it needs, and revoke it when it is not needed any more.",
  keysManage: "See and make keys",
  keysStay: "Your keys for programs stay good.",
  keysNone: "You have none yet.",
  keysMost: "You have as many keys as you may. Revoke one that is not needed any more.",
  keyNew: "Make a key",
  keyName: "What is it for?",
  keyNameHint: "So that you know it again, such as “Backup script”.",
  keyDays: "Good for",
  keyAccess: "What it may do",
  keyReads: "Read",
  keyWrites: "Read and change",
  keyTables: "Tables",
  keyFunctions: "Functions",
  keyAll: "All that you may use",
  keySome: "Only those that are ticked",
  keyMake: "Make the key",
  keyMadeTitle: "Your new key",
  keyMadeText:
    "Copy it to where it is used. It is shown now and never again. Whoever has it can act as you: send it by no mail, and put it into no code.",
  keyKept: "I have kept it",
  keyRevoke: "Revoke",
  keyRevokeOf: "Revoke: {name}",
  keyMadeAgo: "made {time}",
  keyEnds: "ends {time}",
  keyUsed: "last used {time}",
  keyNeverUsed: "never used",
  doneKeyRevoked: "The key is revoked: it is good no more.",
} as const;

type KeyWords = { readonly [Name in keyof typeof en]: string };

const nl: KeyWords = {
  keysTitle: "Sleutels voor programma’s",
  keysText:
    "Met een sleutel handelt een programma of script van jou uit jouw naam, zonder je wachtwoord. Maak er voor elk een, laat hem niet meer doen dan nodig is, en trek hem in als hij niet meer nodig is.",
  keysManage: "Sleutels bekijken en maken",
  keysStay: "Je sleutels voor programma’s blijven geldig.",
  keysNone: "Je hebt er nog geen.",
  keysMost: "Je hebt zoveel sleutels als mag. Trek er een in die niet meer nodig is.",
  keyNew: "Een sleutel maken",
  keyName: "Waar is hij voor?",
  keyNameHint: "Zodat je hem herkent, zoals “Back-upscript”.",
  keyDays: "Geldig",
  keyAccess: "Wat hij mag",
  keyReads: "Lezen",
  keyWrites: "Lezen en wijzigen",
  keyTables: "Tabellen",
  keyFunctions: "Functies",
  keyAll: "Alles wat jij mag gebruiken",
  keySome: "Alleen wat is aangevinkt",
  keyMake: "De sleutel maken",
  keyMadeTitle: "Je nieuwe sleutel",
  keyMadeText:
    "Kopieer hem naar waar hij wordt gebruikt. Je ziet hem nu en daarna nooit meer. Wie hem heeft, kan uit jouw naam handelen: stuur hem niet per mail en zet hem niet in code.",
  keyKept: "Ik heb hem bewaard",
  keyRevoke: "Intrekken",
  keyRevokeOf: "Intrekken: {name}",
  keyMadeAgo: "{time} gemaakt",
  keyEnds: "vervalt {time}",
  keyUsed: "{time} voor het laatst gebruikt",
  keyNeverUsed: "nooit gebruikt",
  doneKeyRevoked: "De sleutel is ingetrokken en geldt niet meer.",
};

const de: KeyWords = {
  keysTitle: "Schlüssel für Programme",
  keysText:
    "Mit einem Schlüssel handelt ein Programm oder Skript in Ihrem Namen, ohne Ihr Passwort. Legen Sie für jedes einen an, lassen Sie ihn nicht mehr tun als nötig, und widerrufen Sie ihn, wenn er nicht mehr gebraucht wird.",
  keysManage: "Schlüssel ansehen und anlegen",
  keysStay: "Ihre Schlüssel für Programme bleiben gültig.",
  keysNone: "Sie haben noch keinen.",
  keysMost: "Sie haben so viele Schlüssel wie erlaubt. Widerrufen Sie einen, der nicht mehr gebraucht wird.",
  keyNew: "Einen Schlüssel anlegen",
  keyName: "Wofür ist er?",
  keyNameHint: "Damit Sie ihn wiedererkennen, etwa „Backup-Skript“.",
  keyDays: "Gültig für",
  keyAccess: "Was er darf",
  keyReads: "Lesen",
  keyWrites: "Lesen und ändern",
  keyTables: "Tabellen",
  keyFunctions: "Funktionen",
  keyAll: "Alles, was Sie nutzen dürfen",
  keySome: "Nur was angekreuzt ist",
  keyMake: "Den Schlüssel anlegen",
  keyMadeTitle: "Ihr neuer Schlüssel",
  keyMadeText:
    "Kopieren Sie ihn dorthin, wo er gebraucht wird. Er wird jetzt gezeigt und nie wieder. Wer ihn hat, kann in Ihrem Namen handeln: Schicken Sie ihn nicht per Mail, und schreiben Sie ihn in keinen Code.",
  keyKept: "Ich habe ihn aufbewahrt",
  keyRevoke: "Widerrufen",
  keyRevokeOf: "Widerrufen: {name}",
  keyMadeAgo: "{time} angelegt",
  keyEnds: "endet {time}",
  keyUsed: "zuletzt {time} benutzt",
  keyNeverUsed: "nie benutzt",
  doneKeyRevoked: "Der Schlüssel ist widerrufen und gilt nicht mehr.",
};

const fr: KeyWords = {
  keysTitle: "Clés pour programmes",
  keysText:
    "Avec une clé, un programme ou un script agit en votre nom, sans votre mot de passe. Créez-en une pour chacun, ne lui permettez que le nécessaire, et révoquez-la quand elle ne sert plus.",
  keysManage: "Voir et créer des clés",
  keysStay: "Vos clés pour programmes restent valables.",
  keysNone: "Vous n’en avez pas encore.",
  keysMost: "Vous avez autant de clés que permis. Révoquez-en une qui ne sert plus.",
  keyNew: "Créer une clé",
  keyName: "À quoi sert-elle ?",
  keyNameHint: "Pour la reconnaître, par exemple « Script de sauvegarde ».",
  keyDays: "Valable",
  keyAccess: "Ce qu’elle permet",
  keyReads: "Lire",
  keyWrites: "Lire et modifier",
  keyTables: "Tables",
  keyFunctions: "Fonctions",
  keyAll: "Tout ce que vous pouvez utiliser",
  keySome: "Seulement ce qui est coché",
  keyMake: "Créer la clé",
  keyMadeTitle: "Votre nouvelle clé",
  keyMadeText:
    "Copiez-la là où elle sert. Elle s’affiche maintenant et plus jamais. Qui la possède peut agir en votre nom : ne l’envoyez pas par mail et ne la mettez dans aucun code.",
  keyKept: "Je l’ai conservée",
  keyRevoke: "Révoquer",
  keyRevokeOf: "Révoquer : {name}",
  keyMadeAgo: "créée {time}",
  keyEnds: "expire {time}",
  keyUsed: "utilisée {time}",
  keyNeverUsed: "jamais utilisée",
  doneKeyRevoked: "La clé est révoquée : elle ne vaut plus rien.",
};

const es: KeyWords = {
  keysTitle: "Claves para programas",
  keysText:
    "Con una clave, un programa o un script actúa en su nombre, sin su contraseña. Cree una para cada uno, no le permita más de lo necesario y revóquela cuando ya no haga falta.",
  keysManage: "Ver y crear claves",
  keysStay: "Tus claves para programas siguen siendo válidas.",
  keysNone: "Aún no tiene ninguna.",
  keysMost: "Tiene tantas claves como se permite. Revoque una que ya no haga falta.",
  keyNew: "Crear una clave",
  keyName: "¿Para qué es?",
  keyNameHint: "Para reconocerla, por ejemplo «Script de copias».",
  keyDays: "Válida durante",
  keyAccess: "Qué puede hacer",
  keyReads: "Leer",
  keyWrites: "Leer y cambiar",
  keyTables: "Tablas",
  keyFunctions: "Funciones",
  keyAll: "Todo lo que usted puede usar",
  keySome: "Solo lo marcado",
  keyMake: "Crear la clave",
  keyMadeTitle: "Su nueva clave",
  keyMadeText:
    "Cópiela donde se vaya a usar. Se muestra ahora y nunca más. Quien la tenga puede actuar en su nombre: no la envíe por correo ni la ponga en ningún código.",
  keyKept: "La he guardado",
  keyRevoke: "Revocar",
  keyRevokeOf: "Revocar: {name}",
  keyMadeAgo: "creada {time}",
  keyEnds: "caduca {time}",
  keyUsed: "usada por última vez {time}",
  keyNeverUsed: "nunca usada",
  doneKeyRevoked: "La clave está revocada: ya no vale.",
};

export const keyWords: {
  readonly en: typeof en;
  readonly nl: KeyWords;
  readonly de: KeyWords;
  readonly fr: KeyWords;
  readonly es: KeyWords;
} = { en, nl, de, fr, es };
