/** From chaincode's source to its answer. */
import type { Evidence, Facts, SignMatch, Symptom } from './symptom.ts';

/** Only what the builder container said: other programs print places in Go files too. */
function inBuild({ facts, lines }: SignMatch): Facts | undefined {
  if (!lines.some((line) => line.includes('Error returned from build:'))) return undefined;
  // Where it lies in the builder is nothing that a person knows.
  const file = (facts.file ?? '').replace(/^.*\bsrc\/fabric-wizard\/smoke-[^/]+\//, '');
  return { ...facts, file };
}

/** The last words of a chaincode that ended. */
function lastWords({ facts }: SignMatch, { logs }: Evidence): Facts | undefined {
  const spoken = logs.filter(({ source, lines }) => source === 'chaincode' && lines.length > 0).at(-1);
  const last = spoken?.lines.filter((line) => line.trim() !== '').at(-1);
  return spoken && last ? { ...facts, chaincode: spoken.name, last } : undefined;
}

const EXITED = [/chaincode registration failed: container exited with (?<code>\d+)/] as const;

export const chaincodeSymptoms = [
  {
    id: 'chaincode-package-missing',
    sources: ['failure', 'node'],
    signs: [
      /(?<file>[\w./-]+\.go):(?<line>\d+):\d+: (?:cannot find package "|no required module provides package |package )(?<package>[^"\s;]+)/,
    ],
    weight: 4,
    confirm: inBuild,
  },
  {
    id: 'chaincode-does-not-compile',
    sources: ['failure', 'node'],
    signs: [/(?<file>[\w./-]+\.go):(?<line>\d+):\d+: (?<message>.+?)"?$/],
    weight: 3,
    confirm: inBuild,
  },
  {
    id: 'vendoring-inconsistent',
    sources: ['failure', 'node'],
    signs: [/go: inconsistent vendoring in (?<path>[^\s:]+)/],
    weight: 4,
  },
  {
    id: 'go-too-old',
    sources: ['failure', 'node'],
    signs: [
      /invalid go version '(?<wanted>[^']+)'/,
      /requires go >= (?<wanted>[\d.]+)/,
      /go\.mod requires go (?<wanted>[\d.]+)/,
    ],
    weight: 4,
  },
  {
    id: 'modules-not-reachable',
    sources: ['failure', 'node'],
    signs: [/go: .*dial tcp: lookup (?<host>[\w.-]+).*(?:i\/o timeout|no such host|connection refused)/],
    weight: 4,
  },
  {
    id: 'vcs-status',
    sources: ['failure', 'node'],
    signs: [/error obtaining VCS status/],
    weight: 4,
  },
  {
    id: 'compiler-killed',
    sources: ['failure', 'node'],
    signs: [/(?<program>[\w./-]+): signal: killed/],
    weight: 4,
  },
  {
    id: 'chaincode-panics',
    sources: ['chaincode'],
    signs: [/^panic: (?<message>.+)/],
    weight: 4,
  },
  {
    id: 'chaincode-cannot-reach-peer',
    sources: ['chaincode', 'failure'],
    signs: [/error trying to connect to local peer: /i],
    weight: 4,
    confirm: ({ facts }, { network }) => ({ ...facts, ours: network }),
  },
  {
    id: 'runtime-libc-too-old',
    sources: ['chaincode', 'failure', 'node'],
    signs: [/version [`'](?<glibc>GLIBC_[\d.]+)' not found/],
    weight: 4,
  },
  {
    id: 'runtime-has-no-loader',
    sources: ['chaincode', 'failure', 'node'],
    signs: [
      /exec (?<program>\/usr\/local\/bin\/chaincode): no such file or directory/,
      /exec user process caused:? "?no such file or directory/,
    ],
    weight: 4,
  },
  { id: 'chaincode-ended', sources: ['failure', 'node'], signs: EXITED, weight: 3, confirm: lastWords },
  { id: 'chaincode-ended-silently', sources: ['failure', 'node'], signs: EXITED, weight: 2 },
  {
    id: 'chaincode-start-timeout',
    sources: ['failure', 'node'],
    signs: [/timeout expired while starting chaincode (?<chaincode>[^\s(]+)?/i],
    weight: 2,
  },
  {
    id: 'chaincode-answer-timeout',
    sources: ['failure'],
    signs: [/timeout expired while executing transaction/i],
    weight: 2,
  },
  {
    id: 'chaincode-refuses',
    sources: ['failure'],
    signs: [
      /transaction returned with failure: (?<message>.+)/,
      /endorsement failure during \w+\. response: status:500 message:"(?<message>[^"]+)"/,
    ],
    weight: 2,
  },
  {
    id: 'endorsements-differ',
    sources: ['failure'],
    signs: [/ProposalResponsePayloads do not match/],
    weight: 3,
  },
  {
    id: 'chaincode-exists',
    sources: ['failure'],
    signs: [/chaincode with name '(?<chaincode>[^']+)' already exists/],
    weight: 3,
  },
] as const satisfies readonly Symptom[];
