/** PURE: parses the host's apt configuration, so that images are built from the same packages as the host. */

export interface AptSource {
  readonly types: readonly string[];
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  readonly components: readonly string[];
  /** Empty: every architecture. */
  readonly architectures: readonly string[];
  /** Path of a keyring, a key, or its fingerprint. */
  readonly signedBy?: string;
  readonly trusted: boolean;
}

export interface Distribution {
  /** `ID` of os-release: `debian`, `ubuntu`. */
  readonly id: string;
  /** `VERSION_CODENAME`: `bookworm`. */
  readonly codename: string;
}

function words(value: string | undefined): string[] {
  return (value ?? '').split(/\s+/).filter(Boolean);
}

/** Parses the one-line format of `sources.list`. Lines that are not sources are ignored. */
export function parseOneLineSources(text: string): AptSource[] {
  const sources: AptSource[] = [];
  for (const raw of text.split('\n')) {
    const line = raw.replace(/#.*/, '').trim();
    const match = /^(deb|deb-src)\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*(.*)$/.exec(line);
    if (!match) continue;
    const [, type = '', optionText, uri = '', suite = '', components] = match;
    const options = new Map<string, string>();
    for (const option of words(optionText)) {
      const equals = option.indexOf('=');
      if (equals > 0) options.set(option.slice(0, equals).toLowerCase(), option.slice(equals + 1));
    }
    sources.push({
      types: [type],
      uris: [uri],
      suites: [suite],
      components: words(components),
      architectures: (options.get('arch') ?? '').split(',').filter(Boolean),
      signedBy: options.get('signed-by'),
      trusted: options.get('trusted') === 'yes',
    });
  }
  return sources;
}

/** Parses the deb822 format of `*.sources`. A stanza with `Enabled: no` is ignored. */
export function parseDeb822Sources(text: string): AptSource[] {
  const sources: AptSource[] = [];
  const lines = text.split('\n').filter((line) => !line.startsWith('#'));
  for (const stanza of lines.join('\n').split(/\n\s*\n/)) {
    const fields = new Map<string, string>();
    let current = '';
    for (const line of stanza.split('\n')) {
      const field = /^([A-Za-z0-9-]+):(.*)$/.exec(line);
      if (field) {
        current = (field[1] ?? '').toLowerCase();
        fields.set(current, (field[2] ?? '').trim());
      } else if (current && /^\s/.test(line)) {
        fields.set(current, `${fields.get(current) ?? ''}\n${line.trim()}`.trim());
      }
    }
    if (!fields.has('types') || /^(no|false|0)$/i.test(fields.get('enabled') ?? 'yes')) continue;
    sources.push({
      types: words(fields.get('types')),
      uris: words(fields.get('uris')),
      suites: words(fields.get('suites')),
      components: words(fields.get('components')),
      architectures: words(fields.get('architectures')),
      signedBy: fields.get('signed-by'),
      trusted: fields.get('trusted')?.toLowerCase() === 'yes',
    });
  }
  return sources;
}

/**
 * Whether a source is the distribution's own. Third-party sources often use the same codename and `main`. The
 * distribution's sources have its archive keyring or, if they have no key, its name at the end of the address.
 */
function isDistributionSource(source: AptSource, id: string): boolean {
  if (source.signedBy) return new RegExp(`/${id}-archive-[a-z-]*keyring[^/]*$`).test(source.signedBy);
  return source.uris.every((uri) => new RegExp(`/${id}(-[a-z]+)?(/|$)`).test(uri));
}

/**
 * Returns the sources of the host's own release: its codename with `-updates`, `-security` and `-backports`,
 * component `main` (and `universe` on Ubuntu, which contains Go), reachable by HTTP.
 * @param arch Debian's name of the architecture
 */
export function distributionSources(
  all: readonly AptSource[],
  distribution: Distribution,
  arch: string,
): AptSource[] {
  const { id, codename } = distribution;
  const suites = new Set(['', '-updates', '-security', '-backports'].map((suffix) => codename + suffix));
  const components = new Set(id === 'ubuntu' ? ['main', 'universe'] : ['main']);
  const kept: AptSource[] = [];
  for (const source of all) {
    const narrowed: AptSource = {
      ...source,
      types: source.types.filter((type) => type === 'deb'),
      uris: source.uris.filter((uri) => /^https?:\/\//.test(uri)),
      suites: source.suites.map((suite) => suite.replace(/\/$/, '')).filter((suite) => suites.has(suite)),
      components: source.components.filter((component) => components.has(component)),
    };
    const fits =
      narrowed.types.length > 0 &&
      narrowed.uris.length > 0 &&
      narrowed.suites.length > 0 &&
      narrowed.components.length > 0 &&
      (source.architectures.length === 0 || source.architectures.includes(arch)) &&
      (source.signedBy === undefined || source.signedBy.startsWith('/'));
    if (fits) kept.push(narrowed);
  }
  const own = kept.filter((source) => isDistributionSource(source, id));
  // A company mirror has its own key and name; then all matching sources are used.
  return own.some((source) => source.suites.includes(codename)) ? own : kept;
}

/** Formats sources in the one-line format, which every version of apt reads. */
export function formatSources(sources: readonly AptSource[]): string {
  const lines: string[] = [];
  for (const source of sources) {
    const options = [
      ...(source.signedBy ? [`signed-by=${source.signedBy}`] : []),
      ...(source.trusted ? ['trusted=yes'] : []),
    ];
    const prefix = options.length > 0 ? `deb [${options.join(' ')}]` : 'deb';
    for (const uri of source.uris) {
      for (const suite of source.suites)
        lines.push(`${prefix} ${uri} ${suite} ${source.components.join(' ')}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/**
 * Parses `apt-config dump`: the proxies as environment variables for debootstrap, apt and the engine's builder, and
 * the options that some mirrors (snapshots) require.
 * @param environment used if apt has no proxy, as apt does
 */
export function parseAptConfig(
  dump: string,
  environment: Readonly<Record<string, string | undefined>>,
): { readonly proxyEnv: Readonly<Record<string, string>>; readonly options: readonly string[] } {
  const values = new Map<string, string>();
  for (const line of dump.split('\n')) {
    const match = /^(\S+) "(.*)";$/.exec(line.trim());
    if (match?.[1] && match[2]) values.set(match[1].toLowerCase(), match[2]);
  }
  const proxyEnv: Record<string, string> = {};
  const proxy = (scheme: string) => {
    const value = values.get(`acquire::${scheme}::proxy`);
    return value === 'DIRECT' ? '' : value;
  };
  const http = proxy('http') ?? environment.http_proxy ?? environment.HTTP_PROXY;
  const https = proxy('https') ?? proxy('http') ?? environment.https_proxy ?? environment.HTTPS_PROXY;
  if (http) proxyEnv.http_proxy = http;
  if (https) proxyEnv.https_proxy = https;
  const direct = [...values]
    .filter(([key, value]) => /^acquire::https?::proxy::/.test(key) && value === 'DIRECT')
    .map(([key]) => key.replace(/^acquire::https?::proxy::/, ''));
  const without = [...direct, ...(environment.no_proxy ?? environment.NO_PROXY ?? '').split(',')];
  const noProxy = [...new Set(without.map((host) => host.trim()).filter(Boolean))].join(',');
  if (noProxy && (http || https)) proxyEnv.no_proxy = noProxy;
  const passed = ['Acquire::Check-Valid-Until', 'Acquire::Check-Date', 'Acquire::Retries'];
  const options = passed.flatMap((name) => {
    const value = values.get(name.toLowerCase());
    return value && /^\w+$/.test(value) ? [`${name}=${value}`] : [];
  });
  return { proxyEnv, options };
}

/** Parses `/etc/os-release`. @returns undefined if it has no codename */
export function parseOsRelease(text: string): Distribution | undefined {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^([A-Z_]+)=(.*)$/.exec(line.trim());
    if (match?.[1]) fields.set(match[1], (match[2] ?? '').replace(/^(["'])(.*)\1$/, '$2'));
  }
  const id = fields.get('ID');
  const codename = fields.get('VERSION_CODENAME');
  return id && codename ? { id, codename } : undefined;
}
