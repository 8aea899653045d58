import { type AttackGroup, held, inFile } from "./attack.ts";

const accounts = inFile("attacks-accounts");
const apps = inFile("attacks-provider-tokens");
const appRequests = inFile("attacks-provider-requests");
const batch = inFile("attacks-batch");
const organisations = inFile("attacks-organisations");
const pages = inFile("attacks-sign-in-pages");
const acting = inFile("attacks-impersonation");
const keys = inFile("attacks-keys");
const keyScopes = inFile("attacks-key-scopes");
const secondFactor = inFile("attacks-second-factor");
const signIn = inFile("attacks-sign-in");
const rates = inFile("attacks-rates");
const appLimits = inFile("attacks-app-limits");
const proxies = inFile("attacks-proxies");
const idTokens = inFile("attacks-id-tokens");
const oauth = inFile("attacks-oauth");
const journeys = inFile("attacks-oauth-journeys");

export const signInAttacks: AttackGroup = {
  title: "Sign-in",
  attacks: [
    held(
      21,
      "Somebody registers another's address before them, and shares their account afterwards.",
      signIn(
        "21: who registered it first gets no account by the owner's sign-up, link, code or reset",
        "21: the owner's click alone does not finish what an attacker began",
      ),
      inFile("attacks-first-proof")(
        "21: nor does anything that was begun before the owner came outlive it: a change of the address, a session, a passkey",
        "21: nor does the owner of an address confirm, by a click on what came by mail, an account that somebody else made with it",
        "21: nor does somebody give an account of others their own address by a click: a link for another address is for its session",
      ),
      inFile("attacks-keys")(
        "21: a key that was made before somebody showed that the address is theirs is good for nothing after",
      ),
      oauth(
        "21: an account that a stranger began with another's address by another site is never made, nor shared",
        "21: whoever had connected a site before the address was shown to be the owner's is out once it is",
      ),
    ),
    held(
      22,
      "An address that a provider did not confirm is joined to an account that is there.",
      oauth(
        "22: an address ${what} is never joined to its account",
        "22: a site's word about an address is not carried to another one that is typed",
        "22: the same subject of another issuer is somebody else",
      ),
    ),
    held(
      23,
      "An ID token of a foreign issuer, unsigned, or with a key of its own choice.",
      idTokens(
        "23: an ID token ${what}",
        "23: the ID token of an earlier sign-in",
        "23: an ID token of which a single character was changed",
        "23: what is asked of the site's API speaks of the person of the ID token",
      ),
      appRequests(
        "23: an ID token that we did not sign is no hint: unsigned, by another key, by a public key as a secret, for another app",
      ),
    ),
    held(
      24,
      "A link in a mail leads to another site, because a header says so.",
      signIn("24: whatever Host, X-Forwarded-Host and Forwarded say"),
      pages("24: the links of mails that pages ask for lead to the site of the settings, whatever Host says"),
      journeys("24: the address that a site sends people back to is that of the settings, whatever Host says"),
      proxies(
        "24, 32, 40: without a proxy nobody says who they are, nor where we are",
        "24: a Host header that is not ours is refused before any route, and says what to set",
        "24: an address that a trusted proxy forwards is checked as well",
        "24, 32, 40: behind ${proxy}, as documented, it is the proxy who says who is asking",
      ),
      appRequests("24: addresses are those of the settings, whatever Host says"),
    ),
    held(
      25,
      "One link or code is used many times at once.",
      signIn(
        "25: a link that signs in, a code, a reset and an address, twenty times at once",
        "25: a reset, with another password each time: the one that was answered is the password",
        "25: a sign-up makes one user and one account",
      ),
      secondFactor(
        "25: a code of an authenticator app, twenty times at once, in one sign-in and in several",
        "25: a recovery code, twenty times at once",
        "25: the code that sets an authenticator app up, twenty times at once",
      ),
      pages("25: a second click loses nothing: the same browser is answered alike, and any other gets nothing"),
      journeys("25: a code and its state let in once, however many come at once"),
      apps("25: twenty times at once: one gets tokens, and they end, for the code was stolen"),
    ),
    held(
      26,
      "What has ended is used on: after another password, signing out, a suspension, a deletion.",
      signIn(
        "26: sign-out, a change of the password, a reset",
        "26: suspension, for sessions, keys and links alike, and a role that was taken",
        "26: deletion, by the user's own request to the data API: the session, the key, the account",
      ),
      accounts(
        "26: while it waits for its end nothing opens it, and its link opens it to nobody",
        "26: once it is deleted nothing opens it, nor the account that the address has next",
      ),
      keys(
        "26: revoked by its owner",
        "26: suspension, until it ends",
        "26: a reset ends it; a change of the password, which asks for the old one, does not",
        "26: the deletion of its owner, and the end of its time",
        "26: a role that was given or taken",
      ),
      acting(
        "26: by whoever began it, who is themselves again, and the token is worth nothing",
        "26: with the administrator's role, suspension, session and time, and when the other becomes an administrator",
        "26: when the administrator signs out, who is then nobody",
      ),
      apps(
        "26: the app's tokens, when the password changes",
        "26: when the account is suspended, and once it is not any more; and when it is deleted",
        "26: when the person takes it back, and is asked anew",
        "26: signing out ends what was not to go on without the person",
        "26: an app that is taken away",
      ),
      inFile("attacks-provider-sessions")(
        "26: an administrator who acts as somebody signs in to no app as them, and takes none away",
      ),
    ),
    held(
      27,
      "A token that another took the place of is used again.",
      signIn("27: a token that another took the place of is good no more, and the other goes on"),
      apps(
        "27: by a thief after the app: all that came of the same code ends",
        "27: twenty times at once: one goes on at the most, and then nobody",
        "27: long after, by somebody who has gone on with it many times: all ends",
        "27: nobody ends what is another app's, whatever they make of its tokens",
        "27: another app's is good for nothing there, and stays good",
        "27: it gives what was granted or less, never more",
        "27: it ends when the time of the first sign-in is over, however often it was used",
      ),
    ),
    held(
      28,
      "A key for programs is made without a session, or for somebody else.",
      keys(
        "28: without a session there is none, whoever it is said to be for",
        "28: with a session it is for its owner: nobody else can be named",
        "28: nobody sees or revokes a key of somebody else",
        "28: the session must have been proved a moment ago, and a page of this site must ask",
        "28: twenty at once are no more than there may be",
      ),
      keyScopes("is told nothing of the others by reads", "is told nothing of the others by writes, and writes none of them"),
    ),
    held(
      29,
      "An invitation for another address is accepted.",
      organisations(
        "29: an invitation is good for whoever has proved its address, and for nobody else who has the link",
        "29: an address that is asked for, and not confirmed, is nobody's",
        "29: twenty who accept at once are one member, once",
        "29: what has ended since is good no more: withdrawn, inviter removed, demoted or suspended, organisation deleted",
        "29: who comes back with the same address belongs to nothing",
        "29: whoever invites does not learn whether an address has an account",
        "29: an organisation's name puts no address, no line and no template into a mail to strangers",
        "29: nobody is buried in mail by invitations, from however many organisations",
      ),
    ),
    held(
      30,
      "An address that looks like another's is taken for it.",
      signIn("30: other letters are refused, or another account; mail goes to the address that is kept"),
    ),
    held(
      31,
      "Answers or their time tell who has an account.",
      signIn(
        "31: from the answers to signing in, signing up, forgetting, links and codes",
        "31: from the time that signing in and signing up take",
      ),
      accounts("31: no answer tells of one that waits for its end, or was deleted"),
      pages(
        "31: not those to sign in, to sign up, nor to ask for a link, a code or another password",
        "31: asking for a mail takes its time where none is sent as well",
      ),
    ),
    held(
      32,
      "Another header, address or spelling gives a fresh limit.",
      rates(
        "32: not by headers, by another connection, address, method or body",
        "32: not by another address of the same IPv6 network, nor in another spelling",
        "32: not by another token or another address, once signed in; a stranger at the same address has another one",
      ),
      appLimits(
        "32: a function is one by every way that it is called",
        "32: a table is one by POST, PATCH, PUT, DELETE and batches, and may be read",
        "32: a path is one with all below it, by no other spelling of it, and by method where one is named",
        "32: attempts at an account are counted from wherever they come, in the ${store}",
      ),
      proxies(
        "24, 32, 40: without a proxy nobody says who they are, nor where we are",
        "24, 32, 40: behind ${proxy}, as documented, it is the proxy who says who is asking",
      ),
      signIn("32: attempts are counted for an account, whoever makes them and however they spell it"),
      secondFactor("32: who guesses codes of one account is told to wait, in however many sign-ins"),
      apps("32: whoever guesses secrets of apps is told to wait"),
      inFile("src/application/rate-limits/rate-stores")(
        "32: a flood of addresses makes it forget nobody, and meets nobody else",
        "32: a flood of addresses does not make the memory grow, and hardly meets anybody else",
      ),
    ),
    held(
      33,
      "A batch carries a thousand attempts, or a part that reaches what is closed.",
      rates("33: each write and each call counts, and a batch over the limit does nothing", "33: its reads count as requests"),
      batch(
        "33: other routes, other spellings of them, and batches",
        "33: no part asks as somebody else, or from somewhere else",
        "33: and a thousand of them are too many",
      ),
    ),
    held(
      34,
      "A session from before signing in is somebody's after it.",
      signIn("34: a session from before signing in is worth nothing after it"),
      accounts("34: a session of it that was planted is worth nothing once its account is somebody's"),
      pages("34: a session that was planted is worth nothing once somebody signs in on the page"),
      secondFactor(
        "34: half a sign-in gives no session, and its cookie is nobody",
        "34: what a browser had before is worth nothing after, and what it has after was not there before",
        "34: showing a factor once more, and setting one up, change the token",
      ),
      journeys(
        "34: an answer that another browser began is not taken",
        "34: a session from before is good no more after a sign-in by another site",
      ),
      acting("34: beside another session its cookie is worth nothing, and without one it is nobody"),
    ),
    held(
      35,
      "A way to sign in goes round the second factor.",
      oauth("35: a second factor is asked for whoever comes by another site"),
      accounts("35: it has shown nothing, is let through by no rule that asks for a proof, and sets nothing up"),
      secondFactor(
        "35: neither a reset, nor a link, nor a code by mail",
        "35: nor a key, which can neither add a factor nor take one away",
        "35: nor a password alone on a session that is there: taking the factor away, and another address, want it",
        "35: nor half a sign-in: it sets up no factor where there is one, and is of its own account alone",
        "35: nor does whoever was signed in at that browser before get the factor that half a sign-in sets up",
        "35: nor a session from before, nor a sign-in that had begun before the password was changed",
      ),
      keys(
        "35: one from before it ends when it is turned on, and none is made by the password alone",
        "35: a role that needs a factor is worn by no key, however it was made",
        "35: a key proves nothing: what asks for a proof is closed, and so is every change of the account",
      ),
      acting("35: a role that needs a second factor is worn by none whose own session has shown none"),
      apps("35: a role that needs a second factor is worn by no app whose person showed none"),
    ),
    held(
      36,
      "After signing in, somebody is sent on to another site.",
      pages("36: no way in leads to another site, whatever the address, the form or the cookie asks for"),
      oauth("36: after a sign-in by another site nobody is taken to yet another"),
      inFile("src/server/auth/page/return-address")(
        "36: only a path of this site is gone to",
        "36: wherever it leads, a browser stays on the site",
      ),
    ),
    held(
      37,
      "A long password is cut short and matched.",
      signIn("37: a password is compared to its last character, NUL and what follows it included"),
    ),
    held(
      38,
      "A malformed header ends the process; a wrong setting opens the door.",
      signIn(
        "38: in Authorization and Cookie",
        "38: values that are no text, where text is meant, match nothing",
        "38: a setting that would let passwords be read on the way, or links go astray, is refused",
      ),
    ),
  ],
};
