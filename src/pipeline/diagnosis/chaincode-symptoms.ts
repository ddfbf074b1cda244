/** Symptoms of building, starting and calling chaincode. */
import { crashIn } from '../core/crash.ts';
import type { DiagnosisFacts } from '../core/diagnosis-types.ts';
import { type Evidence, isChaincodeBuild, type PatternMatch, type Symptom } from './symptom.ts';

/** Accepts output of a chaincode's build only: other programs print positions in Go files too. */
function inBuild({ facts, lines }: PatternMatch): DiagnosisFacts | undefined {
  if (!isChaincodeBuild(lines)) return undefined;
  if (facts.file === undefined) return facts;
  // The path inside the builder means nothing to the user.
  const file = facts.file.replace(/^.*\bsrc\//, '').replace(/^fabric-wizard\/smoke[^/]*\//, '');
  return { ...facts, file: file.replace(/^\.\//, '') };
}

/** Adds the file that contains the import, if go printed it. */
function missingPackage(match: PatternMatch): DiagnosisFacts | undefined {
  const facts = inBuild(match);
  return facts && { ...facts, at: facts.file === undefined ? '' : `${facts.file}:${facts.line}` };
}

/** Adds the last line of the chaincode that exited; undefined if it printed nothing. */
function withLastLine({ facts }: PatternMatch, { logs }: Evidence): DiagnosisFacts | undefined {
  const log = logs.filter(({ source, lines }) => source === 'chaincode' && lines.length > 0).at(-1);
  const crash = log && crashIn(log.lines);
  const place = crash?.file === undefined ? '' : `${crash.file}:${crash.line}: `;
  const last = crash ? `${place}${crash.message}` : log?.lines.filter((line) => line.trim() !== '').at(-1);
  return log && last ? { ...facts, chaincode: log.name, last } : undefined;
}

/** Adds the position in the user's source. */
function withPosition({ facts, lines }: PatternMatch): DiagnosisFacts {
  const { file, line } = crashIn(lines) ?? {};
  return file === undefined ? facts : { ...facts, file, line: String(line) };
}

const EXITED = [/chaincode registration failed: container exited with (?<code>\d+)/];

export const chaincodeSymptoms: readonly Symptom[] = [
  {
    id: 'chaincode-package-missing',
    sources: ['failure', 'node'],
    patterns: [
      /(?<file>[\w./-]+\.go):(?<line>\d+):\d+: (?:cannot find package "|cannot find module providing package |no required module provides package |package )(?<package>[^"\s;:]+)/,
      /Error obtaining dependencies for (?<package>[^\s:]+):/,
    ],
    weight: 4,
    confirm: missingPackage,
  },
  {
    id: 'chaincode-excluded',
    sources: ['failure', 'node'],
    patterns: [/build constraints exclude all Go files in (?<path>[^\s"]+)/],
    weight: 4,
    confirm: inBuild,
  },
  {
    id: 'chaincode-has-no-source',
    sources: ['failure', 'node'],
    patterns: [
      /no (?:non-test |buildable )?Go (?:source )?files in (?<path>[^\s"]+)/,
      // What Go says of an empty root, if the directory has a `vendor` folder.
      /"package (?<path>\S+) is not in (?:std|GOROOT)/,
    ],
    weight: 4,
    confirm: inBuild,
  },
  {
    id: 'chaincode-of-two-packages',
    sources: ['failure', 'node'],
    patterns: [/found packages (?<one>\S+) \((?<file>[^)]+)\) and (?<other>\S+) \((?<otherFile>[^)]+)\)/],
    weight: 4,
    confirm: inBuild,
  },
  {
    id: 'chaincode-has-no-main',
    sources: ['failure', 'node'],
    patterns: [/function main is undeclared in the main package/],
    weight: 4,
    confirm: inBuild,
  },
  {
    id: 'chaincode-is-no-program',
    sources: ['failure', 'node'],
    patterns: [/exec: \\*"chaincode\\*": executable file not found in \$PATH/],
    weight: 4,
  },
  {
    id: 'chaincode-header-missing',
    sources: ['failure', 'node'],
    patterns: [
      /(?<file>[\w./-]+\.(?:go|c|h)):(?<line>\d+):\d+: fatal error: (?<header>\S+\.h): No such file or directory/,
    ],
    weight: 4,
    confirm: inBuild,
  },
  {
    id: 'chaincode-library-missing',
    sources: ['failure', 'node'],
    patterns: [/\bld: cannot find -l(?<library>[^\s:]+)/],
    weight: 4,
    confirm: inBuild,
  },
  {
    id: 'chaincode-no-c-compiler',
    sources: ['failure', 'node'],
    patterns: [
      /C compiler "(?<program>[^"]+)" not found/,
      /exec: "(?<program>[^"]*(?:gcc|cc|clang)[^"]*)": executable file not found in \$PATH/,
    ],
    weight: 4,
    confirm: inBuild,
  },
  {
    id: 'chaincode-no-build-cache',
    sources: ['failure', 'node'],
    patterns: [
      /(?<reason>build cache is required, but could not be located: .+)/,
      /(?<reason>build cache is disabled by GOCACHE=off.*)/,
      /(?<reason>failed to initialize build cache at .+)/,
      /(?<reason>could not create module cache: .+)/,
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
    confirm: withPosition,
  },
  {
    id: 'chaincode-cannot-reach-peer',
    sources: ['chaincode', 'failure'],
    patterns: [/error trying to connect to local peer: (?<late>.*(?:deadline exceeded|timed? ?out))?/i],
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
    id: 'chaincode-image-gone',
    sources: ['failure', 'node'],
    patterns: [/could not launch chaincode (?<chaincode>[^\s:]+):\S* .*no such image/],
    weight: 4,
  },
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
      // The peer's command quotes the answer, if it prints all of it.
      /message:"[^"]*transaction returned with failure: (?<message>(?:[^"\\]|\\.)+)"/,
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
