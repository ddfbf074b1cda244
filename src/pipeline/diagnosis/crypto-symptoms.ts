/** Symptoms of certificates, keys and permissions. */
import type { Symptom } from './symptom.ts';

/** What an MSP that cannot be set up may have as another cause. */
const OTHER_CAUSE = /permission denied|pkcs11|BCCSP Factories|identity expired/i;

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
    patterns: [
      /x509: certificate has expired or is not yet valid(?:: current time (?<now>\S+))?/,
      /(?:signing|client) identity expired|: identity expired$/,
    ],
    weight: 4,
    checks: ['clock'],
  },
  {
    id: 'certificate-of-other-name',
    sources: ['failure', 'node'],
    patterns: [/x509: certificate is valid for (?<valid>.+), not (?<name>[\w.-]+)/],
    weight: 3,
  },
  {
    id: 'tls-on-one-side',
    // In a node's log the other side may be any program.
    sources: ['failure'],
    patterns: [/tls: first record does not look like a TLS handshake/],
    weight: 3,
  },
  {
    id: 'certificate-unreadable',
    sources: ['failure', 'node'],
    patterns: [
      /open (?<path>\/\S+(?:\.(?:pem|crt|key)|_sk|\/(?:msp|tls|keystore|signcerts|cacerts)(?:\/\S*)?)): permission denied/,
    ],
    weight: 4,
    checks: ['selinux', 'folder'],
  },
  {
    id: 'pkcs11-unusable',
    sources: ['failure', 'node'],
    patterns: [
      /pkcs11: instantiation failed for (?<library>[^\s\])]+)/,
      /pkcs11: (?<reason>library path not provided|could not find token with label .*)/,
      /Could not find default `(?<provider>PKCS11)` BCCSP/,
    ],
    weight: 4,
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
    confirm: ({ facts, lines }) => (lines.some((line) => OTHER_CAUSE.test(line)) ? undefined : facts),
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
