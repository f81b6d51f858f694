/** Addresses in a terminal: only of the web, and never opened with a way back to this page. */

/** The address as the browser reads it, punycode and all; null for anything that is not http or https. */
export function webAddress(text: string): string | null {
  try {
    const { protocol, href } = new URL(text);
    return protocol === 'http:' || protocol === 'https:' ? href : null;
  } catch {
    return null;
  }
}

/** True when what is shown names another place than where it leads, or does not say where. */
export function isDisguised(shown: string, address: string): boolean {
  return webAddress(shown.trim()) !== address;
}

export function openAddress(text: string): void {
  const address = webAddress(text);
  if (address) window.open(address, '_blank', 'noopener,noreferrer');
}
