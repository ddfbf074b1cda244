/**
 * An esbuild plugin that loads Yoga, the layout engine of Ink, without `await`, which modules of CommonJS do not have at their
 * top level. Emscripten's `instantiateWasm` hands the instance over at once.
 */
import { readFileSync } from 'node:fs';

/** The program, as the file of Emscripten has it. */
const PROGRAM = /"data:application\/octet-stream;base64,([A-Za-z0-9+/=]+)"/;

const INDEX = `
import loadYoga, { program } from '../binaries/yoga-wasm-base64-esm.js';
import wrapAssembly from './wrapAssembly.js';

const assembly = {
  instantiateWasm(imports, done) {
    done(new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(program, 'base64')), imports));
    return {};
  },
};
loadYoga(assembly);
export default wrapAssembly(assembly);
export * from './generated/YGEnums.js';
`;

/** Fails the build if the files of Yoga are other ones. */
export const leanYoga = {
  name: 'lean-yoga',
  setup({ onLoad, onEnd }) {
    const seen = new Set();
    onLoad({ filter: /[\\/]yoga-layout[\\/]dist[\\/]src[\\/]index\.js$/ }, ({ path }) => {
      if (readFileSync(path, 'utf8').includes('wrapAssembly(await loadYoga())')) seen.add('index.js');
      return { contents: INDEX, loader: 'js' };
    });
    onLoad({ filter: /[\\/]yoga-wasm-base64-esm\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const program = PROGRAM.exec(text)?.[1];
      if (program !== undefined) seen.add('yoga-wasm-base64-esm.js');
      return {
        contents: `${text.replace(PROGRAM, '""')}\nexport const program = "${program}";`,
        loader: 'js',
      };
    });
    onEnd(() => {
      const missing = ['index.js', 'yoga-wasm-base64-esm.js'].filter((file) => !seen.has(file));
      return { errors: missing.map((file) => ({ text: `yoga-layout has another ${file}` })) };
    });
  },
};
