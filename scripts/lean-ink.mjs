/**
 * An esbuild plugin that patches Ink 6.8 for a program that runs for hours. It removes the devtools of React with
 * their web server, and replaces unlimited caches of drawn texts by limited ones. The caches are kept between
 * frames, because most rows of a frame do not change.
 */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Maximum number of entries of a cache. Terminals have at most about a hundred rows. */
const MOST = 600;

/** Replacements by file. Each text must occur exactly once. */
const PATCHES = {
  'measure-text.js': [
    ["import widestLine from 'widest-line';", "import stringWidth from 'string-width';"],
    ['const width = widestLine(text);', 'const width = Math.max(...text.split("\\n").map(widthOf));'],
    ['cache.set(text, dimensions);', ''],
    [
      'const cache = new Map();',
      `const cache = new Map();
       const widths = new Map();
       const widthOf = (line) => {
         let width = widths.get(line);
         if (width === undefined) {
           if (widths.size > ${MOST}) widths.clear();
           width = stringWidth(line);
           widths.set(line, width);
         }
         return width;
       };`,
    ],
  ],
  'render-node-to-output.js': [
    [
      "import widestLine from 'widest-line';",
      `import measureText from './measure-text.js';
       const widestLine = (text) => measureText(text).width;`,
    ],
  ],
  'reconciler.js': [
    // Development only. A module of CommonJS has no `await` at its top level.
    ["await import('./devtools.js');", ''],
    ['? await loadPackageJson()', '? {}'],
  ],
  'wrap-text.js': [['cache[cacheKey] = wrappedText;', '']],
  'output.js': [
    ['caches = new OutputCaches();', 'caches = keptCaches();'],
    [
      'export default class Output {',
      `let kept = new OutputCaches();
       const keptCaches = () => {
         const { widths, blockWidths, styledChars } = kept;
         if (Math.max(widths.size, blockWidths.size, styledChars.size) > ${MOST}) kept = new OutputCaches();
         return kept;
       };
       export default class Output {`,
    ],
  ],
};

function patched(path, patches) {
  return patches.reduce(
    (text, [from, to]) => {
      const parts = text.split(from);
      if (parts.length !== 2) throw new Error(`ink's ${path} is another one: no single "${from}"`);
      return parts.join(to);
    },
    readFileSync(path, 'utf8'),
  );
}

/** Fails the build if the files of Ink do not match the patches. */
export const leanInk = {
  name: 'lean-ink',
  setup({ onLoad, onEnd }) {
    const seen = new Set();
    for (const [file, patches] of Object.entries(PATCHES)) {
      const name = file.replace('.', '\\.');
      onLoad(
        { filter: new RegExp(`[\\\\/]node_modules[\\\\/]ink[\\\\/]build[\\\\/]${name}$`) },
        ({ path }) => {
          seen.add(file);
          return { contents: patched(path, patches), loader: 'js', resolveDir: dirname(path) };
        },
      );
    }
    onEnd(() => {
      const missing = Object.keys(PATCHES).filter((file) => !seen.has(file));
      return { errors: missing.map((file) => ({ text: `ink has no build/${file} any more` })) };
    });
  },
};
