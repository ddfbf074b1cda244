/**
 * PURE: versions of deployed chaincodes. A version says which content it is of, so that the channel itself tells whether
 * a chaincode has changed.
 */

/** Number of hex digits of a digest. */
export const DIGEST_LENGTH = 12;

/** Prefix of the names of all smoke test chaincodes. */
export const SMOKE_PREFIX = 'smoke-';
/** Version of all smoke test chaincodes. */
export const SMOKE_VERSION = '1.0';

export interface ChaincodeVersion {
  /** Increases with each change of a chaincode. */
  readonly count: number;
  readonly digest: string;
}

/** Returns `2-4f9a81c0d3e7`. */
export function versionText({ count, digest }: ChaincodeVersion): string {
  return `${count}-${digest}`;
}

const DIGEST = new RegExp(`^[0-9a-f]{${DIGEST_LENGTH}}$`);
const OURS = new RegExp(`^(\\d+)-([0-9a-f]{${DIGEST_LENGTH}})$`);

/** Parses a version; undefined if it is not of this program. */
export function parseVersion(text: string): ChaincodeVersion | undefined {
  const [, count, digest] = OURS.exec(text) ?? [];
  return count === undefined || digest === undefined ? undefined : { count: Number(count), digest };
}

/** Returns the label of a package. The same content has the same label, whatever its version. */
export function packageLabel(name: string, digest: string): string {
  return `${name}_${digest}`;
}

/** Whether a label is one of `packageLabel` for this chaincode, or its name alone. */
export function isLabelOf(label: string, name: string): boolean {
  return label === name || (label.startsWith(`${name}_`) && DIGEST.test(label.slice(name.length + 1)));
}

/**
 * Whether a container is one of this chaincode, in any version that this program deploys.
 * @param container what follows the peer's name in the container's name, without a hash
 */
export function isContainerOf(container: string, name: string): boolean {
  if (isLabelOf(container, name)) return true;
  const version = container.startsWith(`${name}-`) ? container.slice(name.length + 1) : '';
  return version === SMOKE_VERSION || OURS.test(version);
}
