/** A self-signed certificate with its key, for servers whose clients do not verify it. */
import { generateKeyPairSync, sign } from 'node:crypto';

/** One DER element of at most 65535 bytes. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const SEQUENCE = 0x30;
const ECDSA_SHA256 = der(SEQUENCE, Buffer.from('06082a8648ce3d040302', 'hex'));
const NOBODY = der(SEQUENCE);
const time = (text: string) => der(0x17, Buffer.from(text));

/** @param until the end of its validity, `YYMMDDhhmmssZ` */
export function selfSigned(until = '490101000000Z'): { readonly cert: string; readonly key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const body = der(
    SEQUENCE,
    der(0x02, Buffer.from([1])),
    ECDSA_SHA256,
    NOBODY,
    der(SEQUENCE, time('200101000000Z'), time(until)),
    NOBODY,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', body, privateKey));
  const base64 = der(SEQUENCE, body, ECDSA_SHA256, signature).toString('base64');
  const lines = base64.match(/.{1,64}/g) ?? [];
  return {
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
