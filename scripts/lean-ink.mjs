/**
 * What of Ink 6.8 must not be in a program that draws for hours: React's devtools and the web server that they
 * need, and caches without an end, of every text that was ever drawn. In their place stand caches that are
 * emptied when they are full, kept from frame to frame: most rows of a frame are those of the last one.
 */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Lines, and characters. A terminal has a hundred rows at most, and what is kept of a row is many times its text. */
const MOST = 600;

/** By file: what is replaced by what. Each must be found exactly once. */
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

/** An esbuild plugin. Fails the build where Ink's files are not those that this was made for. */
export const leanInk = {
  name: 'lean-ink',
  setup({ onLoad, onEnd }) {
    const seen = new Set();
    onLoad({ filter: /[\\/]node_modules[\\/]ink[\\/]build[\\/]devtools\.js$/ }, () => {
      seen.add('devtools.js');
      return { contents: '', loader: 'js' };
    });
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
      const missing = ['devtools.js', ...Object.keys(PATCHES)].filter((file) => !seen.has(file));
      return { errors: missing.map((file) => ({ text: `ink has no build/${file} any more` })) };
    });
  },
};
