/** Symptoms of the host: disk, memory, files, downloads. */
import { isChaincodeBuild, type Symptom } from './symptom.ts';

export const hostSymptoms: readonly Symptom[] = [
  {
    id: 'disk-full',
    sources: ['failure', 'node', 'chaincode'],
    patterns: [/no space left on device/i],
    weight: 4,
    checks: ['disk'],
  },
  {
    id: 'no-more-threads',
    sources: ['failure', 'node', 'chaincode'],
    patterns: [/pthread_create failed: (?<reason>.+)/],
    weight: 4,
  },
  {
    id: 'too-many-open-files',
    sources: ['failure', 'node', 'chaincode'],
    patterns: [/too many open files/],
    weight: 4,
  },
  {
    id: 'engine-older-than-image',
    sources: ['failure'],
    patterns: [/(?<program>make: \S+|go): Operation not permitted/],
    weight: 3,
  },
  {
    id: 'header-missing',
    sources: ['failure'],
    patterns: [/fatal error: (?<header>\S+\.h): No such file or directory/],
    weight: 4,
    confirm: ({ facts, lines }) => (isChaincodeBuild(lines) ? undefined : facts),
  },
  {
    id: 'config-not-found',
    sources: ['failure', 'node'],
    patterns: [
      /Config File "(?<name>\w+)" Not Found in/,
      /FABRIC_CFG_PATH is set to a path which contains (?<name>\w+)\.yaml/,
    ],
    weight: 3,
  },
  {
    id: 'line-ends-of-windows',
    sources: ['failure', 'node'],
    patterns: [/\/bin\/(?:ba)?sh\^M/, /env: .(?:ba)?sh\\r/],
    weight: 3,
  },
  {
    id: 'file-of-other-user',
    sources: ['failure'],
    patterns: [/(?:EACCES: permission denied|EPERM: operation not permitted), \w+ '(?<path>[^']+)'/],
    weight: 3,
  },
  {
    id: 'download-failed',
    sources: ['failure'],
    patterns: [
      /curl: \(6\) Could not resolve host: (?<host>\S+)/,
      // curl could not connect, or timed out. Other codes are answers of a server.
      /curl: \((?:7|28)\) .*?(?:to (?<host>[\w.-]+) port|$)/,
      /Temporary failure resolving '(?<host>[^']+)'/,
    ],
    weight: 3,
    checks: ['proxies'],
  },
  {
    id: 'tool-not-in-image',
    sources: ['failure'],
    patterns: [
      /^(?<tool>[\w.-]+): command not found$/,
      /(?:ba)?sh: (?:line )?\d+: (?<tool>[\w.-]+): (?:command )?not found/,
    ],
    weight: 2,
  },
];
