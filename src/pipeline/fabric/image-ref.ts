/** References to images, in the grammar of the distribution project. */
import { shellWord } from '../core/shell-text.ts';

/** Namespace of base images that fabric-wizard builds or names. */
export const OWN_NAMESPACE = 'fabric-wizard';

export interface ImageRef {
  /** `host`, `host:port`; absent for the engine's default registry. */
  readonly registry?: string;
  /** Path before the last component, without leading and trailing slashes; may be empty. */
  readonly namespace: string;
  /** The last path component, e.g. `fabric-ccenv`. */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

const PATH_COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const HOST =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;

/** Longest name (registry and path) that a registry accepts. */
const MAX_NAME = 255;
/** Leaves room for the longest repository in a namespace: `/fabric-configtxlator`. */
const MAX_NAMESPACE = MAX_NAME - 32;

function isHost(component: string): boolean {
  return (
    (component.includes('.') || component.includes(':') || component === 'localhost') && HOST.test(component)
  );
}

/** Whether a text is a registry, with or without a path. */
export function isRegistry(text: string): boolean {
  const ref = parseImageRef(`${text}/image`);
  return ref?.registry !== undefined && text.length <= MAX_NAMESPACE;
}

/** Parses a reference. @returns undefined if no engine would accept it */
export function parseImageRef(text: string): ImageRef | undefined {
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const nameAndTag = at < 0 ? text : text.slice(0, at);
  // A colon before the last slash belongs to the registry's port.
  const colon = nameAndTag.indexOf(':', nameAndTag.lastIndexOf('/') + 1);
  const tag = colon < 0 ? undefined : nameAndTag.slice(colon + 1);
  const name = colon < 0 ? nameAndTag : nameAndTag.slice(0, colon);
  if (digest !== undefined && !DIGEST.test(digest)) return undefined;
  if (tag !== undefined && !isTag(tag)) return undefined;
  if (name.length > MAX_NAME) return undefined;

  const components = name.split('/');
  const first = components[0] ?? '';
  const registry = components.length > 1 && isHost(first) ? first : undefined;
  const path = registry === undefined ? components : components.slice(1);
  if (!path.every((component) => PATH_COMPONENT.test(component))) return undefined;
  return {
    ...(registry === undefined ? {} : { registry }),
    namespace: path.slice(0, -1).join('/'),
    repository: path.at(-1) ?? '',
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** Formats a reference; the inverse of `parseImageRef`. */
export function formatImageRef(ref: ImageRef): string {
  const name = [ref.registry, ref.namespace, ref.repository].filter((part) => part).join('/');
  return `${name}${ref.tag === undefined ? '' : `:${ref.tag}`}${ref.digest === undefined ? '' : `@${ref.digest}`}`;
}

/** Adds the implied tag: `a/b` is `a/b:latest`. @returns undefined for an invalid reference and for one by digest */
export function withTag(ref: string): string | undefined {
  const parsed = parseImageRef(ref);
  if (!parsed || parsed.digest !== undefined) return undefined;
  return formatImageRef({ ...parsed, tag: parsed.tag ?? 'latest' });
}

/** Returns the command that adds a name to an image; undefined for a name that pins a digest, which the engine refuses. */
export function tagCommand(from: string, to: string): string | undefined {
  return withTag(to) === undefined ? undefined : `docker tag ${shellWord(from)} ${shellWord(to)}`;
}

/** Whether `<text>/fabric-peer` is a valid name: lower-case path components, optionally after a registry. */
export function isNamespace(text: string): boolean {
  if (text.length > MAX_NAMESPACE || text !== text.toLowerCase()) return false;
  return parseImageRef(`${text}/x`) !== undefined;
}

export function isTag(text: string): boolean {
  return TAG.test(text);
}
