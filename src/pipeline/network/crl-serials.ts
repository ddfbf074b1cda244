/** PURE: reads which certificates a revocation list names. Nothing is verified: a channel has only lists that its MSPs accept. */

/** A value in DER. */
interface DerValue {
  readonly tag: number;
  readonly content: Buffer;
}

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;

/** Returns the values one after another. @throws RangeError if one is longer than the text */
function valuesIn(der: Buffer): DerValue[] {
  const values: DerValue[] = [];
  for (let at = 0; at < der.length; ) {
    const tag = der.readUInt8(at);
    const short = der.readUInt8(at + 1);
    const bytes = short > 0x80 ? short - 0x80 : 0;
    const length = bytes > 0 ? der.readUIntBE(at + 2, bytes) : short;
    const start = at + 2 + bytes;
    if (start + length > der.length) throw new RangeError('the value is longer than the text');
    values.push({ tag, content: der.subarray(start, start + length) });
    at = start + length;
  }
  return values;
}

export interface Revocations {
  /** The issuer's name in DER, as hex. */
  readonly issuer: string;
  /** Serial numbers, as `serialText` writes them. */
  readonly serials: ReadonlySet<string>;
}

/** Returns a serial number as hex without leading zeros, in lower case. @param hex as a certificate or DER has it */
export function serialText(hex: string): string {
  return BigInt(`0x0${hex}`).toString(16);
}

/** @param pem of a revocation list @returns undefined if it is none */
export function revocationsIn(pem: string): Revocations | undefined {
  const [, base64] = /-----BEGIN X509 CRL-----([^-]+)-----END X509 CRL-----/.exec(pem) ?? [];
  if (base64 === undefined) return undefined;
  try {
    const [list] = valuesIn(Buffer.from(base64, 'base64'));
    const [signed] = list ? valuesIn(list.content) : [];
    // The version, which is optional, is the only integer.
    const parts = signed ? valuesIn(signed.content).filter(({ tag }) => tag !== INTEGER) : [];
    const [, issuer, ...rest] = parts;
    if (!issuer) return undefined;
    const entries = rest.find(({ tag }) => tag === SEQUENCE);
    const isList = rest[0]?.tag === UTC_TIME || rest[0]?.tag === GENERALIZED_TIME;
    if (!isList) return undefined;
    const serials = entries
      ? valuesIn(entries.content).flatMap(({ content }) => valuesIn(content)[0] ?? [])
      : [];
    return {
      issuer: issuer.content.toString('hex'),
      serials: new Set(serials.map(({ content }) => serialText(content.toString('hex')))),
    };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Whether all that a list revokes is revoked by another one of the same issuer. */
export function isCovered(list: Revocations, by: Revocations): boolean {
  return list.issuer === by.issuer && [...list.serials].every((serial) => by.serials.has(serial));
}
