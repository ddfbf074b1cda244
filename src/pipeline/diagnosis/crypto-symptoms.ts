/** Certificates, keys and who may do what. */
import type { Symptom } from './symptom.ts';

export const cryptoSymptoms = [
  {
    id: 'certificates-of-other-ca',
    // In a node's log it may be 1.0's gossip between organisations that have no anchor peers yet, which is harmless.
    sources: ['failure'],
    signs: [/x509: certificate signed by unknown authority/],
    weight: 3,
  },
  {
    id: 'certificate-expired',
    sources: ['failure', 'node'],
    signs: [/x509: certificate has expired or is not yet valid(?:: current time (?<now>\S+))?/],
    weight: 4,
  },
  {
    id: 'certificate-of-other-name',
    sources: ['failure', 'node'],
    signs: [/x509: certificate is valid for (?<valid>.+), not (?<name>[\w.-]+)/],
    weight: 3,
  },
  {
    id: 'tls-on-one-side',
    sources: ['failure', 'node'],
    signs: [/tls: first record does not look like a TLS handshake/],
    weight: 3,
  },
  {
    id: 'msp-absent',
    sources: ['failure', 'node'],
    signs: [/cannot init crypto, folder "(?<path>[^"]+)" does not exist/],
    weight: 4,
  },
  {
    id: 'msp-incomplete',
    sources: ['failure', 'node'],
    signs: [
      /error when setting up MSP.* from directory (?<path>[^\s:]+)/,
      /could not load a valid \w+ certificate from directory (?<path>[^\s:]+)/,
    ],
    weight: 4,
  },
  {
    id: 'not-an-admin',
    sources: ['failure'],
    signs: [/This identity is not an admin/],
    weight: 3,
  },
  {
    id: 'creator-unknown',
    sources: ['failure'],
    signs: [/access denied: channel \[(?<channel>[^\]]*)\] creator org \[(?<org>[^\]]+)\]/],
    weight: 2,
  },
] as const satisfies readonly Symptom[];
