/**
 * An esbuild plugin that reads the labels of a language from one text in JSON. Node.js parses 1,600 labels in 1 ms, and
 * needs 10 ms for the same objects in JavaScript.
 */
import { build } from 'esbuild';

/** The exports of a module, with all that it imports. */
async function exportsOf(path) {
  const { outputFiles } = await build({
    entryPoints: [path],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    logLevel: 'warning',
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

export const labelsAsJson = {
  name: 'labels-as-json',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]report[\\/]language[\\/](en|zh)[\\/]labels\.ts$/ }, async ({ path }) => {
      const { labels } = await exportsOf(path);
      return {
        contents: `export const labels = JSON.parse(${JSON.stringify(JSON.stringify(labels))});`,
        loader: 'js',
      };
    });
  },
};
