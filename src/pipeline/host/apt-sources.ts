/** Reads the host's apt configuration as text, so that images are made from the packages the host itself uses. */

export interface AptSource {
  readonly types: readonly string[];
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  readonly components: readonly string[];
  /** Empty: every architecture. */
  readonly architectures: readonly string[];
  /** A keyring's path, or a key itself or its fingerprint. */
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

/** Parses the one-line format of `sources.list`; lines that are not sources are passed over. */
export function parseOneLineSources(text: string): AptSource[] {
  const sources: AptSource[] = [];
  for (const raw of text.split('\n')) {
    const line = raw.replace(/#.*/, '').trim();
    const match = /^(deb|deb-src)\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*(.*)$/.exec(line);
    if (!match) continue;
    const [, type = '', optionText, uri = '', suite = '', components] = match;
    const options = new Map<string, string>();
    for (const option of words(optionText)) {
      const cut = option.indexOf('=');
      if (cut > 0) options.set(option.slice(0, cut).toLowerCase(), option.slice(cut + 1));
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

/** Parses the deb822 format of `*.sources`; a stanza with `Enabled: no` is passed over. */
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
 * Third-party lists like to use the release's own codename and `main` too; what tells the distribution
 * apart is its archive keyring or, in old lists without a key, the last part of the address.
 */
function looksOwn(source: AptSource, id: string): boolean {
  if (source.signedBy) return new RegExp(`/${id}-archive-[a-z-]*keyring[^/]*$`).test(source.signedBy);
  return source.uris.every((uri) => new RegExp(`/${id}(-[a-z]+)?(/|$)`).test(uri));
}

/**
 * Keeps what belongs to the host's own release: its codename with `-updates`, `-security` and
 * `-backports`, component `main` (and `universe` on Ubuntu, where Go is), reachable by HTTP.
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
  const own = kept.filter((source) => looksOwn(source, id));
  // A house mirror under its own key and name: everything that fits, since nothing better is there.
  return own.some((source) => source.suites.includes(codename)) ? own : kept;
}

/** Writes sources in the one-line format, which every apt reads. */
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
 * Reads `apt-config dump`: the proxies as the environment variables that debootstrap, apt and the engine's
 * builder understand, and the settings without which some mirrors (snapshots) are refused.
 * @param environment consulted where apt itself names no proxy, as apt does
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

/** Reads `/etc/os-release`. @returns undefined where the system names no codename */
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
