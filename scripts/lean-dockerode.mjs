/**
 * An esbuild plugin that replaces unused parts of dockerode (ssh, BuildKit sessions, packing of folders) by errors.
 * They would be two thirds of the bundle.
 */
import { readFileSync } from 'node:fs';

/** The message of the error, by the end of the path of the file. */
const UNUSED_FILES = {
  'docker-modem/lib/ssh.js': 'fabric-wizard connects through the program ssh',
  'dockerode/lib/session.js': 'BuildKit sessions are not in this bundle',
  'dockerode/lib/buildkit.js': 'BuildKit output is not in this bundle',
};
/** Imported by dockerode/lib/util.js to pack folders. The product creates its own archives. */
const UNUSED_PACKAGES = /^(tar-fs|@balena\/dockerignore)$/;

/** What docker-modem writes for `DEBUG=modem`. It would cost a millisecond per request, written or not. */
const OPTIONS_OF_MODEM = 'debug of the options in docker-modem/lib/modem.js';
const SENT_OPTIONS = /debug\('Sending: %s', util\.inspect\(options, \{[^}]*\}\)\);/;

/** Imported by docker-modem only. */
const OWN_STREAMS = 'import of readable-stream';

function thrower(message) {
  return {
    contents: `module.exports = () => { throw new Error(${JSON.stringify(message)}); };`,
    loader: 'js',
  };
}

/** Fails the build if dockerode does not contain one of the files. */
export const leanDockerode = {
  name: 'lean-dockerode',
  setup({ onLoad, onResolve, onEnd }) {
    const seen = new Set();
    for (const [path, message] of Object.entries(UNUSED_FILES)) {
      const ending = path.replaceAll('/', '[\\\\/]').replaceAll('.', '\\.');
      onLoad({ filter: new RegExp(`node_modules[\\\\/]${ending}$`) }, () => {
        seen.add(path);
        return thrower(message);
      });
    }
    onLoad({ filter: /[\\/]docker-modem[\\/]lib[\\/]modem\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      if (SENT_OPTIONS.test(text)) seen.add(OPTIONS_OF_MODEM);
      return { contents: text.replace(SENT_OPTIONS, ''), loader: 'js' };
    });
    onResolve({ filter: UNUSED_PACKAGES }, ({ path, importer }) =>
      /[\\/]dockerode[\\/]/.test(importer) ? { path, namespace: 'lean-dockerode' } : undefined,
    );
    // A copy of Node's own streams for old releases of Node.
    onResolve({ filter: /^readable-stream$/ }, ({ importer }) => {
      if (!/[\\/]docker-modem[\\/]/.test(importer)) return undefined;
      seen.add(OWN_STREAMS);
      return { path: 'node:stream', external: true };
    });
    onLoad({ filter: /.*/, namespace: 'lean-dockerode' }, ({ path }) => {
      seen.add(path);
      return thrower(`${path} is not in this bundle`);
    });
    onEnd(() => {
      const missing = [...Object.keys(UNUSED_FILES), OPTIONS_OF_MODEM, OWN_STREAMS].filter(
        (path) => !seen.has(path),
      );
      return { errors: missing.map((path) => ({ text: `dockerode has no ${path} any more` })) };
    });
  },
};
