/**
 * What dockerode brings along for engines behind ssh, for BuildKit sessions and for packing folders is two
 * thirds of a bundle that uses none of it, and every start would read it. In its place stands an error.
 */

/** By the end of the path that esbuild loads: what the error says of whoever calls it. */
const UNUSED_FILES = {
  'docker-modem/lib/ssh.js': 'fabric-wizard speaks to an engine on this machine, not over ssh',
  'dockerode/lib/session.js': 'BuildKit sessions are not in this bundle',
  'dockerode/lib/buildkit.js': 'BuildKit output is not in this bundle',
};
/** What dockerode/lib/util.js imports to pack folders; we pack tars of our own. */
const UNUSED_PACKAGES = /^(tar-fs|@balena\/dockerignore)$/;

function thrower(message) {
  return {
    contents: `module.exports = () => { throw new Error(${JSON.stringify(message)}); };`,
    loader: 'js',
  };
}

/** An esbuild plugin. Fails the build where dockerode has no such file any more. */
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
    onResolve({ filter: UNUSED_PACKAGES }, ({ path, importer }) =>
      /[\\/]dockerode[\\/]/.test(importer) ? { path, namespace: 'lean-dockerode' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'lean-dockerode' }, ({ path }) => {
      seen.add(path);
      return thrower(`${path} is not in this bundle`);
    });
    onEnd(() => {
      const missing = Object.keys(UNUSED_FILES).filter((path) => !seen.has(path));
      return { errors: missing.map((path) => ({ text: `dockerode has no ${path} any more` })) };
    });
  },
};
