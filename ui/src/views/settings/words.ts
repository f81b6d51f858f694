/** Roles, scopes and browsers, in words. */
import type { Role, Scope } from '../../api/people';

export const ROLES: Record<Role, [string, string]> = {
  admin: ['Administrator', 'may do everything, and lets others in'],
  member: ['Member', 'has sessions of their own'],
  viewer: ['Viewer', 'looks at what is shared with them, and changes nothing'],
};

export const SCOPES: Record<Scope, [string, string]> = {
  read: ['Read', 'Look at sessions, screens, files and costs.'],
  write: ['Write', 'Start and change sessions, type, edit files.'],
  admin: ['Administer', 'All that you may as an administrator.'],
};

const BROWSERS: [RegExp, string][] = [
  [/Edg(?:e|A|iOS)?\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/HeadlessChrome\/|Chrome\/|CriOS\/|Chromium\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const SYSTEMS: [RegExp, string][] = [
  [/iPhone/, 'an iPhone'],
  [/iPad/, 'an iPad'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'a Mac'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
];
const nameIn = (list: [RegExp, string][], text: string): string | undefined => list.find(([sign]) => sign.test(text))?.[1];

/** Of what a browser says of itself: `Firefox on a Mac`. */
export function device(userAgent: string): string {
  const browser = nameIn(BROWSERS, userAgent);
  const system = nameIn(SYSTEMS, userAgent);
  if (browser && system) return `${browser} on ${system}`;
  return browser ?? (userAgent.slice(0, 60) || 'A browser');
}

/** What an event of the audit log says beside its names: `mode view, role member`. */
export function detailsText(details: Record<string, unknown>): string {
  return Object.entries(details)
    .map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(', ');
}
