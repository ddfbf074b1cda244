/** PURE: finds the specs of a Ginkgo suite in its Go files, and what each of them uses, without compiling anything. */

/** Texts of the containers and of the spec, outermost first; empty where the text is no literal. */
export type SpecTexts = readonly string[];

interface Use {
  /** `runner.CouchDB{`, `nwo.New(`, or a string literal with its quotes. */
  readonly what: string;
  /** Empty outside of specs: in a function. */
  readonly texts: SpecTexts;
  /** How the top-level function around it is called: `.start(` if it has a receiver, else `start(`. */
  readonly within: string | undefined;
}

export interface ScannedFile {
  readonly specs: readonly SpecTexts[];
  readonly uses: readonly Use[];
}

const CONTAINER = /^[FPX]?(?:Describe|DescribeTable|Context|When)$/;
const LEAF = /^[FPX]?(?:It|Specify|Entry)$/;
const TOKEN =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|`[^`]*`|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|[A-Za-z_]\w*|[(){}.]/g;

interface Open {
  readonly text: string;
  readonly depth: number;
}

function isText(token: string): boolean {
  return token.startsWith('"') || token.startsWith('`');
}

function literal(token: string | undefined): string {
  if (token === undefined || !isText(token)) return '';
  const inner = token.slice(1, -1);
  return token.startsWith('`') ? inner : inner.replace(/\\(["\\])/g, '$1');
}

/** Where the name of a function is that begins with the token `func`: behind its receiver, if it has one. */
function nameAt(tokens: readonly string[], at: number): number {
  return tokens[at + 1] === '(' ? tokens.indexOf(')', at) + 1 : at + 1;
}

/** `When` puts its word before the text. */
function shownText(name: string, text: string): string {
  return name.endsWith('When') ? `when ${text}` : text;
}

export function scanSpecs(source: string): ScannedFile {
  const tokens = (source.match(TOKEN) ?? []).filter((token) => !/^\/[/*]/.test(token));
  const specs: SpecTexts[] = [];
  const uses: Use[] = [];
  const open: Open[] = [];
  let parens = 0;
  let braces = 0;
  let within: string | undefined;
  let defined = -1;
  const texts = () => open.map(({ text }) => text);
  for (const [at, token] of tokens.entries()) {
    const [before, next] = [tokens[at - 1], tokens[at + 1]];
    if (token === '(') parens += 1;
    else if (token === ')') {
      parens -= 1;
      if (open.at(-1)?.depth === parens) open.pop();
    } else if (token === '{') braces += 1;
    else if (token === '}') braces -= 1;
    else if (token === 'func' && parens === 0 && braces === 0) {
      defined = nameAt(tokens, at);
      within = `${defined === at + 1 ? '' : '.'}${tokens[defined]}(`;
    } else if (at === defined) continue;
    else if (isText(token)) uses.push({ what: token, texts: texts(), within });
    else if (next === '(' || next === '{') {
      const isNode = next === '(' && before !== '.' && before !== 'func';
      if (isNode && (CONTAINER.test(token) || LEAF.test(token))) {
        open.push({ text: shownText(token, literal(tokens[at + 2])), depth: parens });
        if (LEAF.test(token)) specs.push(texts());
      } else {
        const name = before === '.' ? `${tokens[at - 2]}.${token}` : token;
        uses.push({ what: `${name}${next}`, texts: texts(), within });
      }
    }
    if (token === 'var' && parens === 0 && braces === 0) within = undefined;
  }
  return { specs, uses };
}

/** Returns the containers, or specs, in which something is used, also through functions of the suite. */
export function specsUsing(
  files: readonly ScannedFile[],
  isWanted: (what: string) => boolean,
  seen: ReadonlySet<string> = new Set(),
): readonly SpecTexts[] {
  const all = files.flatMap(({ uses }) => uses).filter(({ what }) => isWanted(what));
  const inSpecs = all.filter(({ texts }) => texts.length > 0).map(({ texts }) => texts);
  const functions = new Set(
    all.flatMap(({ texts, within }) =>
      texts.length === 0 && within !== undefined && !seen.has(within) ? [within] : [],
    ),
  );
  const callers = [...functions].flatMap((call) =>
    specsUsing(
      files,
      (what) => (call.startsWith('.') ? what.endsWith(call) : what === call),
      new Set([...seen, ...functions]),
    ),
  );
  return [...inSpecs, ...callers];
}

/** Whether a spec is one of a container, or is that spec. */
export function isWithin(spec: SpecTexts, container: SpecTexts): boolean {
  return container.every((text, index) => spec[index] === text);
}

/** The text by which Ginkgo knows a spec. */
export function specName(texts: SpecTexts): string {
  return texts.filter((text) => text !== '').join(' ');
}

/** A regular expression, as Go reads it, for the specs of a container. Ginkgo 1 puts other text in front. */
export function specPattern(texts: SpecTexts): string {
  return texts.map((text) => (text === '' ? '.*' : text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))).join(' ');
}
