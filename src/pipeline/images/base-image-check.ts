/** Checks that an image can be used as the builder or the runtime. */
import { CancelledError } from '../core/failure.ts';
import type { Phrase, Text } from '../core/phrase.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { messageOf } from '../engine/engine-answers.ts';
import { isAtLeast } from '../fabric/versions.ts';

const PROGRAMS = {
  builder: ['go', 'gcc', 'git', 'make', 'bzip2', 'bash', 'tar'],
  runtime: ['mkdir'],
} as const;

/** Items whose names need an explanation. */
const LACKS: Readonly<Record<string, Phrase>> = {
  'libc.a': { key: 'lacks.libc' },
  'ltdl.h': { key: 'lacks.ltdl' },
};

function script(kind: 'builder' | 'runtime', needsLtdl: boolean): string {
  const lines = PROGRAMS[kind].map(
    (program) => `command -v ${program} >/dev/null 2>&1 || echo "lacks ${program}"`,
  );
  if (kind === 'builder') {
    lines.push('go version 2>/dev/null || true');
    // Headers and archives are found through gcc; a missing gcc is reported above.
    lines.push('command -v gcc >/dev/null 2>&1 || exit 0');
    lines.push('[ -e "$(gcc -print-file-name=libc.a)" ] || echo "lacks libc.a"');
    if (needsLtdl) {
      lines.push(`echo '#include <ltdl.h>' | gcc -E -x c - >/dev/null 2>&1 || echo "lacks ltdl.h"`);
    }
  }
  return lines.join('\n');
}

/**
 * Checks in a short-lived container whether an image has what Fabric's build needs.
 * @returns the missing items; empty if there are none
 */
export async function missingInImage(
  kind: 'builder' | 'runtime',
  image: string,
  options: {
    readonly docker: DockerPort;
    /** True if the release is built with PKCS#11 support, which links libltdl. */
    readonly needsLtdl: boolean;
    /** Minimum version of Go. */
    readonly goVersion: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly signal: AbortSignal;
  },
): Promise<Text[]> {
  const missing: Text[] = [];
  try {
    await options.docker.runToEnd(
      {
        image,
        cmd: ['sh', '-c', script(kind, options.needsLtdl)],
        networkMode: 'none',
        labels: options.labels,
        signal: options.signal,
        onLine: (line) => {
          const item = /^lacks (.+)$/.exec(line)?.[1];
          if (item) missing.push(LACKS[item] ?? item);
          const go = /^go version (\S+)/.exec(line)?.[1];
          if (go !== undefined && !isAtLeast(go, options.goVersion))
            missing.push({ key: 'lacks.go', wanted: options.goVersion, version: go });
        },
      },
      async () => undefined,
    );
  } catch (error) {
    if (error instanceof CancelledError) throw error;
    // An image without a shell, or of another architecture, does not start.
    if (!/executable file not found|no such file|exec format/i.test(messageOf(error))) throw error;
    return ['sh'];
  }
  return missing;
}
