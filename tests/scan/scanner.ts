/** A site that is scanned, as scanners see it. */
export interface Target {
  readonly origin: string;
  /** What every request of somebody without an account carries. */
  readonly headers: Readonly<Record<string, string>>;
  /** What requests carry that somebody has signed in with, besides; undefined where nobody can. */
  readonly signedIn: { readonly cookie: string; readonly token: string } | undefined;
}

/** Where one trial takes place. */
export interface Place {
  readonly target: Target;
  /** A new empty folder that the tool may fill. */
  readonly folder: string;
  /** An address of our own that nobody has a reason to ask: whoever does was made to. */
  readonly lure: string;
}

/** What a tool says that it found. */
export interface Finding {
  /** What it is, in the tool's words. */
  readonly what: string;
  readonly where: string;
}

/** What the output of a tool comes to. */
export interface Reading {
  /** Whether the tool came to its end and did its work: one that broke off has found nothing and says nothing. */
  readonly complete: boolean;
  readonly findings: readonly Finding[];
  /** The tool saw the server end every connection. */
  readonly letGo?: boolean;
}

/** One run of a tool. */
export interface Trial {
  readonly what: string;
  /** Without the program itself. Whatever is in them of the place is not shown in reports. */
  readonly args: (place: Place) => readonly string[];
  /** Seconds after which it is ended. */
  readonly seconds: number;
  /** With rate limits as they are by default. Without this they are off, so that a tool gets to see everything. */
  readonly limited?: boolean;
  /** By the end the server must have let go of the connections, all but ten. */
  readonly letsGo?: boolean;
  /** Requests that the site must have answered, or the tool did not do its work. */
  readonly least: number;
  /** The output is that of both streams; files that the tool wrote are in the place's folder. */
  readonly read: (output: string, place: Pick<Place, "folder">) => Reading;
}

export interface Calibration {
  readonly trial: Trial;
  /** Of the findings, `what` of one must match each of them. */
  readonly finds: readonly RegExp[];
}

/** A scanner that Debian has. */
export interface Scanner {
  readonly name: string;
  /** What makes it tell its version. */
  readonly versionArgs: readonly string[];
  readonly version: RegExp;
  /** Against Pathways. */
  readonly trials: readonly Trial[];
  /** Against the site that is made to be broken into (`vulnerable-site.ts`). */
  readonly calibration: readonly Calibration[];
}
