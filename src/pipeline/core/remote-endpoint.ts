/** PURE: addresses of engines that are reached through TCP or SSH. */
import { isSsh } from './engine-origin.ts';

/** Returns the address of a remote engine as a URL of which Node checks host and port. */
export function httpAddress(endpoint: string): string {
  return endpoint.replace(/^tcp:/, 'http:');
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether an address has nothing that `ssh` has no option for, as a password, and no host or user that it takes for an option. */
function isSshAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { hostname, username, password, pathname, search, hash } = new URL(text);
  const isPlain = password === '' && search === '' && hash === '';
  const isOption = /^(?:-|%2d)/i.test(username || hostname);
  return hostname !== '' && isPlain && !isOption && isDecodable(username) && isDecodable(pathname);
}

/** Whether an address is host and port. docker knows no user, no password and no path there. */
function isTcpAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password, pathname, search, hash } = new URL(text);
  return [username, password, search, hash].every((part) => part === '') && /^\/?$/.test(pathname);
}

/** Whether a text is the address of an engine behind TCP or SSH. */
export function isRemoteEndpoint(text: string): boolean {
  const isUsable = isSsh({ endpoint: text }) ? isSshAddress : isTcpAddress;
  return /^(?:tcp|ssh|https?):\/\/./.test(text) && isUsable(httpAddress(text));
}
