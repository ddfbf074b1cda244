/** Ink asks for React's devtools where DEV is set; they, and the web server they need, are no part of a bundle. */

/** An esbuild plugin. Fails the build where Ink has no such file any more. */
export const leanInk = {
  name: 'lean-ink',
  setup({ onLoad, onEnd }) {
    let seen = false;
    onLoad({ filter: /[\\/]node_modules[\\/]ink[\\/]build[\\/]devtools\.js$/ }, () => {
      seen = true;
      return { contents: '', loader: 'js' };
    });
    onEnd(() => (seen ? {} : { errors: [{ text: 'ink has no build/devtools.js any more' }] }));
  },
};
