/** Reads which registry npm uses on this machine. Credentials are left out: they must not get into an image. */
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';

export interface NpmSettings {
  /** Lines of an `.npmrc`, sorted. */
  readonly lines: readonly string[];
  /** Certificates of authorities that npm trusts, in PEM; absent: its own. */
  readonly ca?: string;
}

const KEYS = /^(registry|strict-ssl|proxy|https-proxy|noproxy|@[^:]+:registry)$/;

/** Removes user and password from a URL. */
function withoutUser(text: string): string {
  return text.replace(/(:\/\/)[^/@]*@/, '$1');
}

/**
 * Returns what builds of chaincode need of npm's configuration.
 * @param config as `npm config list --json` prints it, which leaves tokens out
 * @param ca content of the file that `cafile` names
 */
export function npmSettingsIn(
  config: Readonly<Record<string, unknown>>,
  ca: string | undefined,
): NpmSettings {
  const lines = Object.entries(config).flatMap(([key, value]) => {
    if (!KEYS.test(key)) return [];
    if (Array.isArray(value)) return value.some(Boolean) ? [`${key}=${value.filter(Boolean).join(',')}`] : [];
    return value === null || value === '' ? [] : [`${key}=${withoutUser(String(value))}`];
  });
  const given = config.ca;
  const listed = (Array.isArray(given) ? given : [given]).filter(
    (each) => typeof each === 'string' && each !== '',
  );
  const all = ca ?? (listed.length > 0 ? listed.join('\n') : undefined);
  return { lines: lines.sort(), ...(all === undefined ? {} : { ca: all }) };
}

/** Reads the configuration of this user. Without npm on this machine, npm's defaults apply. */
export async function readNpmSettings(signal: AbortSignal): Promise<NpmSettings> {
  const { execa } = await import('execa');
  // In a folder without a project, whose settings would be those of one chaincode.
  const options = { cwd: tmpdir(), reject: false, cancelSignal: signal, timeout: 20_000 } as const;
  const { stdout = '', exitCode } = await execa('npm', ['config', 'list', '--json'], options);
  if (exitCode !== 0) return { lines: [] };
  const config = JSON.parse(stdout) as Record<string, unknown>;
  const { cafile } = config;
  const ca =
    typeof cafile === 'string' && cafile !== ''
      ? await readFile(cafile, 'utf8').catch(() => undefined)
      : undefined;
  return npmSettingsIn(config, ca);
}
