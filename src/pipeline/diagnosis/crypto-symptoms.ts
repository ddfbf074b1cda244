/** Symptoms of certificates, keys and permissions. */
import type { Symptom } from './symptom.ts';

export const cryptoSymptoms: readonly Symptom[] = [
  {
    id: 'certificates-of-other-ca',
    // In a node's log this may be gossip of a 1.0 peer before anchor peers are set, which is harmless.
    sources: ['failure'],
    patterns: [/x509: certificate signed by unknown authority/],
    weight: 3,
  },
  {
    id: 'certificate-expired',
    sources: ['failure', 'node'],
    patterns: [/x509: certificate has expired or is not yet valid(?:: current time (?<now>\S+))?/],
    weight: 4,
  },
  {
    id: 'certificate-of-other-name',
    sources: ['failure', 'node'],
    patterns: [/x509: certificate is valid for (?<valid>.+), not (?<name>[\w.-]+)/],
    weight: 3,
  },
  {
    id: 'tls-on-one-side',
    sources: ['failure', 'node'],
    patterns: [/tls: first record does not look like a TLS handshake/],
    weight: 3,
  },
  {
    id: 'msp-absent',
    sources: ['failure', 'node'],
    patterns: [/cannot init crypto, folder "(?<path>[^"]+)" does not exist/],
    weight: 4,
  },
  {
    id: 'msp-incomplete',
    sources: ['failure', 'node'],
    patterns: [
      /error when setting up MSP.* from directory (?<path>[^\s:]+)/,
      /could not load a valid \w+ certificate from directory (?<path>[^\s:]+)/,
    ],
    weight: 4,
  },
  {
    id: 'not-an-admin',
    sources: ['failure'],
    patterns: [/This identity is not an admin/],
    weight: 3,
  },
  {
    id: 'creator-unknown',
    sources: ['failure'],
    patterns: [/access denied: channel \[(?<channel>[^\]]*)\] creator org \[(?<org>[^\]]+)\]/],
    weight: 2,
  },
];
