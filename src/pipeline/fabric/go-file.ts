/** PURE: reads what decides whether and how go compiles a file: its package, imports, build constraints and `main`. */

/** Something that a file states, and its line. */
export interface Stated {
  readonly text: string;
  readonly line: number;
}

export interface GoFile {
  /** Undefined if the file has no package clause. */
  readonly package: Stated | undefined;
  /** Import paths. */
  readonly imports: readonly Stated[];
  /** Lines above the package clause: `//go:build linux`, `// +build linux`. */
  readonly constraints: readonly Stated[];
  /** Whether it declares `func main()`. */
  readonly hasMain: boolean;
}

/** Comments and literals, in the order in which they must be tried. */
const TOKEN = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|`[^`]*(?:`|$)|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?/g;

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}

/** Replaces comments by blanks, and literals too if `literals` is set. Lines and columns stay. */
function withoutComments(text: string, literals: boolean): string {
  return text.replace(TOKEN, (token) => (literals || token.startsWith('/') ? blank(token) : token));
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

/** Returns the imports of a text without comments. They stand before every other declaration. */
function importsIn(code: string): Stated[] {
  const end = /^(?:func|type|var|const)\b/m.exec(code)?.index ?? code.length;
  const found: Stated[] = [];
  for (const match of code
    .slice(0, end)
    .matchAll(/^[ \t]*import\s*(?:\(([^)]*)\)|[\w.]*\s*["`][^"`\n]*["`])/gm)) {
    for (const path of match[0].matchAll(/["`]([^"`\n]+)["`]/g))
      found.push({ text: path[1] ?? '', line: lineAt(code, match.index + path.index) });
  }
  return found;
}

/** Returns the import paths of a Go file. */
export function importsOf(text: string): readonly string[] {
  return importsIn(withoutComments(text, false)).map((each) => each.text);
}

export function readGoFile(text: string): GoFile {
  const code = withoutComments(text, false);
  const clause = /^\s*package\s+([\p{L}_][\p{L}\p{N}_]*)/u.exec(code);
  const above = clause ? text.slice(0, clause[0].length) : '';
  const constraints = [...above.matchAll(/^\/\/(?:go:build[ \t]|[ \t]*\+build[ \t]).*$/gm)].map((match) => ({
    text: match[0].trim(),
    line: lineAt(text, match.index),
  }));
  return {
    package: clause ? { text: clause[1] ?? '', line: lineAt(code, clause[0].length) } : undefined,
    imports: importsIn(code),
    constraints,
    hasMain: /^[ \t]*func\s+main\s*\(/m.test(withoutComments(text, true)),
  };
}

/** What go compiles for. */
export interface GoTarget {
  /** Architecture as Go names it. */
  readonly arch: string;
  /** Minor version of Go: 19 for 1.19; undefined if it is not known. Then every version counts as reached. */
  readonly minor: number | undefined;
}

const SYSTEMS = new Set(
  'aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 windows zos'.split(
    ' ',
  ),
);
const ARCHITECTURES = new Set(
  '386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x sparc64 wasm'.split(
    ' ',
  ),
);

/** `unix` exists since Go 1.19; before, nobody used it as a tag. */
function isTagSet(tag: string, { arch, minor }: GoTarget): boolean {
  const version = /^go1\.(\d+)$/.exec(tag)?.[1];
  if (version !== undefined) return minor === undefined || Number(version) <= minor;
  return [arch, 'linux', 'unix', 'cgo', 'gc'].includes(tag);
}

/** Evaluates the expression of `//go:build`: names, `!`, `&&`, `||` and parentheses. Malformed text counts as true. */
function isTrue(expression: string, target: GoTarget): boolean {
  const tokens = expression.match(/[\p{L}\p{N}_.]+|&&|\|\||[!()]/gu) ?? [];
  let at = 0;
  const either = (): boolean => {
    let value = both();
    while (tokens[at] === '||') {
      at += 1;
      value = both() || value;
    }
    return value;
  };
  const both = (): boolean => {
    let value = one();
    while (tokens[at] === '&&') {
      at += 1;
      value = one() && value;
    }
    return value;
  };
  const one = (): boolean => {
    const token = tokens[at];
    at += 1;
    if (token === '!') return !one();
    if (token !== '(') return token === undefined || isTagSet(token, target);
    const value = either();
    at += 1;
    return value;
  };
  return either();
}

/** Evaluates a line of `// +build`: alternatives are separated by blanks, their terms by commas. */
function isAnyTrue(line: string, target: GoTarget): boolean {
  const isTermTrue = (term: string) =>
    term.startsWith('!') ? !isTagSet(term.slice(1), target) : isTagSet(term, target);
  const options = line.split(/[ \t]+/).filter(Boolean);
  return options.some((option) => option.split(',').every(isTermTrue));
}

/** Go reads `//go:build` from this version on, and `// +build` only in files without it. */
const READS_GO_BUILD = 17;

function isConstraintTrue({ text }: Stated, target: GoTarget): boolean {
  const modern = /^\/\/go:build[ \t]+(.*)/.exec(text)?.[1];
  if (modern !== undefined) return isTrue(modern, target);
  return isAnyTrue(text.replace(/^\/\/[ \t]*\+build/, ''), target);
}

/** Whether go reads a file of this name at all. It ignores those that begin with `_` or `.`. */
export function isGoName(name: string): boolean {
  return /^[^._].*\.go$/.test(name);
}

export function isTestName(name: string): boolean {
  return name.endsWith('_test.go');
}

/** Whether the name of a file (`_windows.go`, `_linux_arm64.go`) fits the target. */
function isNameForTarget(name: string, { arch }: GoTarget): boolean {
  // The first word is no constraint: `linux.go` is for all systems.
  const words = name.replace(/\.go$/, '').split('_').slice(1);
  const last = words.at(-1) ?? '';
  if (ARCHITECTURES.has(last)) {
    const system = words.at(-2) ?? '';
    return last === arch && (!SYSTEMS.has(system) || system === 'linux');
  }
  return !SYSTEMS.has(last) || last === 'linux';
}

/**
 * Returns what excludes a file from the build, or undefined if go compiles it. The line is 0 if it is the name.
 * @param name without folders
 */
export function exclusionOf(
  name: string,
  { constraints }: Pick<GoFile, 'constraints'>,
  target: GoTarget,
): Stated | undefined {
  if (!isNameForTarget(name, target)) return { text: name, line: 0 };
  const isModern = ({ text }: Stated) => text.startsWith('//go:build');
  const readsModern = target.minor === undefined || target.minor >= READS_GO_BUILD;
  const modern = readsModern ? constraints.filter(isModern) : [];
  const applied = modern.length > 0 ? modern : constraints.filter((line) => !isModern(line));
  return applied.find((line) => !isConstraintTrue(line, target));
}

/** Returns the newest Go, as its minor version, that a constraint names; undefined if it names none. */
export function goNamedIn(constraint: string): number | undefined {
  const minors = [...constraint.matchAll(/(?<![!\w.])go1\.(\d+)\b/g)].map(([, minor]) => Number(minor));
  return minors.length > 0 ? Math.max(...minors) : undefined;
}
