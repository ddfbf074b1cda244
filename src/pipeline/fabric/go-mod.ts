/** PURE: reads and writes go.mod and vendor/modules.txt. */

export interface GoRequirement {
  readonly path: string;
  readonly version: string;
}

export interface GoMod {
  readonly requirements: readonly GoRequirement[];
  /** Whether it replaces or excludes modules. */
  readonly hasReplacements: boolean;
}

const DIRECTIVE = /^(require|replace|exclude|retract)\b[ \t]*(\(?)(.*)$/;
const REQUIREMENT = /^"?([^\s"]+)"?[ \t]+(v\S+)/;

/** Parses the requirements of a go.mod, in blocks or on single lines. */
export function readGoMod(text: string): GoMod {
  const requirements: GoRequirement[] = [];
  let hasReplacements = false;
  let block: string | undefined;
  for (const each of text.split('\n')) {
    const line = each.replace(/\/\/.*$/, '').trim();
    const [, word, open, rest = ''] = block === undefined ? (DIRECTIVE.exec(line) ?? []) : [];
    if (word !== undefined && open === '(') block = word;
    else if (line === ')') block = undefined;
    const directive = word ?? block;
    if (directive === 'replace' || directive === 'exclude') hasReplacements = true;
    const [, path, version] =
      directive === 'require' ? (REQUIREMENT.exec(word === undefined ? line : rest) ?? []) : [];
    if (path !== undefined && version !== undefined) requirements.push({ path, version });
  }
  return { requirements, hasReplacements };
}

/** A module in a vendor folder. */
export interface VendoredModule extends GoRequirement {
  /** The Go version of its go.mod, which decides the language that its files may use. */
  readonly go?: string;
  /** Import paths. */
  readonly packages: readonly string[];
}

/** Parses vendor/modules.txt. */
export function readModulesTxt(text: string): VendoredModule[] {
  const modules: { path: string; version: string; go?: string; packages: string[] }[] = [];
  for (const line of text.split('\n')) {
    const [, path, version] = /^# (\S+) (v\S+)/.exec(line) ?? [];
    if (path !== undefined && version !== undefined) modules.push({ path, version, packages: [] });
    const module = modules.at(-1);
    const [, go] = /^## .*\bgo (\d\S*)/.exec(line) ?? [];
    if (module && go !== undefined) module.go = go;
    else if (/^[^#\s]/.test(line)) module?.packages.push(line.trim());
  }
  return modules;
}

/** Returns a go.mod that requires these modules too. */
export function withRequirements(goMod: string, more: readonly GoRequirement[]): string {
  if (more.length === 0) return goMod;
  const lines = more.map(({ path, version }) => `\t${path} ${version} // indirect`);
  return `${goMod.trimEnd()}\n\nrequire (\n${lines.join('\n')}\n)\n`;
}

/** Returns vendor/modules.txt. Go demands that its modules and their versions are those that go.mod requires. */
export function modulesTxt(required: readonly GoRequirement[], vendored: readonly VendoredModule[]): string {
  const known = new Map(vendored.map((each) => [each.path, each]));
  const lines = required.flatMap(({ path, version }) => {
    const { go, packages = [] } = known.get(path) ?? {};
    return [`# ${path} ${version}`, go === undefined ? '## explicit' : `## explicit; go ${go}`, ...packages];
  });
  return `${lines.join('\n')}\n`;
}
