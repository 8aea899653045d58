/** The first that fits: browsers name those that they are built on as well. */
const browsers: readonly (readonly [form: RegExp, name: string])[] = [
  [/\bEdgA?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\bFirefox\/|\bFxiOS\//, "Firefox"],
  [/Chrome\/|\bCriOS\/|\bChromium\//, "Chrome"],
  [/\bSafari\//, "Safari"],
  [/\bcurl\//, "curl"],
];

const systems: readonly (readonly [form: RegExp, name: string])[] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b|\bMacintosh\b/, "macOS"],
  [/\bLinux\b/, "Linux"],
];

/** What a `User-Agent` header says in a few words, such as "Firefox · Linux"; undefined where we do not know it. For people to tell sessions apart: it proves nothing. */
export function describeAgent(agent: string | null): string | undefined {
  if (agent === null) return undefined;
  const known = [browsers, systems].map((table) => table.find(([form]) => form.test(agent))?.[1]);
  const words = known.filter((name) => name !== undefined);
  return words.length === 0 ? undefined : words.join(" · ");
}
