/** Symptoms of building, starting and calling chaincode. */
import type { DiagnosisFacts } from '../core/diagnosis-types.ts';
import type { Evidence, PatternMatch, Symptom } from './symptom.ts';

/** Accepts output of the builder container only: other programs print positions in Go files too. */
function inBuild({ facts, lines }: PatternMatch): DiagnosisFacts | undefined {
  if (!lines.some((line) => line.includes('Error returned from build:'))) return undefined;
  // The path inside the builder means nothing to the user.
  const file = (facts.file ?? '').replace(/^.*\bsrc\/fabric-wizard\/smoke-[^/]+\//, '');
  return { ...facts, file };
}

/** Adds the last line of the chaincode that exited; undefined if it printed nothing. */
function withLastLine({ facts }: PatternMatch, { logs }: Evidence): DiagnosisFacts | undefined {
  const log = logs.filter(({ source, lines }) => source === 'chaincode' && lines.length > 0).at(-1);
  const last = log?.lines.filter((line) => line.trim() !== '').at(-1);
  return log && last ? { ...facts, chaincode: log.name, last } : undefined;
}

const EXITED = [/chaincode registration failed: container exited with (?<code>\d+)/];

export const chaincodeSymptoms: readonly Symptom[] = [
  {
    id: 'chaincode-package-missing',
    sources: ['failure', 'node'],
    patterns: [
      /(?<file>[\w./-]+\.go):(?<line>\d+):\d+: (?:cannot find package "|no required module provides package |package )(?<package>[^"\s;]+)/,
    ],
    weight: 4,
    confirm: inBuild,
  },
  {
    id: 'chaincode-does-not-compile',
    sources: ['failure', 'node'],
    patterns: [/(?<file>[\w./-]+\.go):(?<line>\d+):\d+: (?<message>.+?)"?$/],
    weight: 3,
    confirm: inBuild,
  },
  {
    id: 'vendoring-inconsistent',
    sources: ['failure', 'node'],
    patterns: [/go: inconsistent vendoring in (?<path>[^\s:]+)/],
    weight: 4,
  },
  {
    id: 'go-too-old',
    sources: ['failure', 'node'],
    patterns: [
      /invalid go version '(?<wanted>[^']+)'/,
      /requires go >= (?<wanted>[\d.]+)/,
      /go\.mod requires go (?<wanted>[\d.]+)/,
    ],
    weight: 4,
  },
  {
    id: 'modules-not-reachable',
    sources: ['failure', 'node'],
    patterns: [/go: .*dial tcp: lookup (?<host>[\w.-]+).*(?:i\/o timeout|no such host|connection refused)/],
    weight: 4,
  },
  {
    id: 'vcs-status',
    sources: ['failure', 'node'],
    patterns: [/error obtaining VCS status/],
    weight: 4,
  },
  {
    id: 'compiler-killed',
    sources: ['failure', 'node'],
    patterns: [/(?<program>[\w./-]+): signal: killed/],
    weight: 4,
    checks: ['memory'],
  },
  {
    id: 'chaincode-panics',
    sources: ['chaincode'],
    patterns: [/^panic: (?<message>.+)/],
    weight: 4,
  },
  {
    id: 'chaincode-cannot-reach-peer',
    sources: ['chaincode', 'failure'],
    patterns: [/error trying to connect to local peer: /i],
    weight: 4,
    confirm: ({ facts }, { network }) => ({ ...facts, ours: network }),
  },
  {
    id: 'runtime-libc-too-old',
    sources: ['chaincode', 'failure', 'node'],
    patterns: [/version [`'](?<glibc>GLIBC_[\d.]+)' not found/],
    weight: 4,
  },
  {
    id: 'runtime-has-no-loader',
    sources: ['chaincode', 'failure', 'node'],
    patterns: [
      /exec (?<program>\/usr\/local\/bin\/chaincode): no such file or directory/,
      /exec user process caused:? "?no such file or directory/,
    ],
    weight: 4,
  },
  {
    id: 'static-resolver-crash',
    sources: ['chaincode', 'failure', 'node'],
    patterns: [/net\._C2func_getaddrinfo|net\._cgo_\w+_C2func_getaddrinfo/],
    weight: 4,
    confirm: ({ name, facts, lines }) =>
      lines.some((line) => /SIGSEGV/.test(line)) ? { ...facts, program: name } : undefined,
  },
  { id: 'chaincode-ended', sources: ['failure', 'node'], patterns: EXITED, weight: 3, confirm: withLastLine },
  { id: 'chaincode-ended-silently', sources: ['failure', 'node'], patterns: EXITED, weight: 2 },
  {
    id: 'chaincode-start-timeout',
    sources: ['failure', 'node'],
    patterns: [/timeout expired while starting chaincode (?<chaincode>[^\s(]+)?/i],
    weight: 2,
  },
  {
    id: 'chaincode-answer-timeout',
    sources: ['failure'],
    patterns: [/timeout expired while executing transaction/i],
    weight: 2,
  },
  {
    id: 'chaincode-refuses',
    sources: ['failure'],
    patterns: [
      /transaction returned with failure: (?<message>.+)/,
      /endorsement failure during \w+\. response: status:500 message:"(?<message>[^"]+)"/,
    ],
    weight: 2,
  },
  {
    id: 'endorsements-differ',
    sources: ['failure'],
    patterns: [/ProposalResponsePayloads do not match/],
    weight: 3,
  },
  {
    id: 'chaincode-exists',
    sources: ['failure'],
    patterns: [/chaincode with name '(?<chaincode>[^']+)' already exists/],
    weight: 3,
  },
];
