/** TLS between this program and an engine: its files, and what its errors mean. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, isMissing } from '../core/error-code.ts';
import { WizardFailure } from '../core/failure.ts';
import type { Phrase } from '../core/phrase.ts';
import type { EngineAddress } from './engine-address.ts';
import { messageOf } from './engine-answers.ts';

/**
 * Returns the certificates and the key in a folder. As for docker's client, a folder that variables name needs `ca.pem` if the
 * engine's certificate is verified, and `cert.pem` and `key.pem` need each other.
 * @throws WizardFailure `engine` if a file cannot be read or is missing
 */
export function certificatesIn(folder: string, address: EngineAddress) {
  const { endpoint, origin } = address;
  const read = (name: string): Buffer | undefined => {
    try {
      return readFileSync(join(folder, `${name}.pem`));
    } catch (error) {
      if (isMissing(error)) return undefined;
      const detail = messageOf(error);
      throw new WizardFailure({ kind: 'engine', problem: 'tls', endpoint, origin, detail });
    }
  };
  const files = { ca: read('ca'), cert: read('cert'), key: read('key') };
  const { ca, cert, key } = files;
  const needs = {
    ca: origin.kind === 'variable' && !address.unverified,
    cert: key !== undefined,
    key: cert !== undefined,
  };
  for (const name of ['ca', 'cert', 'key'] as const)
    if (needs[name] && files[name] === undefined)
      throw tlsFailure(address, { key: 'detail.certificate-missing', file: join(folder, `${name}.pem`) });
  return { ca, cert, key };
}

/** The engine's certificate is not signed by an authority that is known. */
const UNKNOWN_AUTHORITY =
  /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(?:_LOCALLY)?|CERT_SIGNATURE_FAILURE)$/;
/** What the engine says if it does not accept the client's certificate, or gets none. */
const CLIENT_REFUSED =
  /alert (?:bad certificate|unknown ca|certificate (?:required|expired|unknown)|unknown certificate|access denied)/i;
const NO_TLS = /wrong version number|packet length too long|record layer failure/i;

/** Returns what an error of a connection says about TLS; undefined if it is about something else. */
export function tlsDetail(error: unknown, { certificates: folder = '' }: EngineAddress): Phrase | undefined {
  const code = errorCode(error);
  const message = messageOf(error);
  if (code === 'CERT_HAS_EXPIRED') return { key: 'detail.certificate-expired' };
  if (code === 'CERT_NOT_YET_VALID') return { key: 'detail.certificate-not-yet' };
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return { key: 'detail.certificate-name', reason: message };
  if (UNKNOWN_AUTHORITY.test(code))
    return { key: 'detail.certificate-authority', file: join(folder, 'ca.pem') };
  if (CLIENT_REFUSED.test(message))
    return { key: 'detail.certificate-refused', file: join(folder, 'cert.pem') };
  if (/^(?:EPROTO|ERR_SSL_.*)$/.test(code) && NO_TLS.test(message)) return { key: 'detail.no-tls' };
  if (/^(?:EPROTO|ERR_SSL_.*|ERR_OSSL_.*)$/.test(code)) return { key: 'detail.tls', message, folder };
  return undefined;
}

/** Whether an answer comes from an engine that expects TLS. */
export function wantsTls(error: unknown): boolean {
  return /HTTP request to an HTTPS server/.test(messageOf(error));
}

export function tlsFailure({ endpoint, origin }: EngineAddress, detail: Phrase): WizardFailure {
  return new WizardFailure({ kind: 'engine', problem: 'tls', endpoint, origin, detail });
}
