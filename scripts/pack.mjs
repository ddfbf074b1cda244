/** The modules of the bundle, as `src/loader.ts` reads them. */
import { createHash } from 'node:crypto';
import Module from 'node:module';

/** A byte is a character then, which is faster to read. esbuild leaves other characters in regular expressions only. */
function ascii(code) {
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * Returns the parts of `modules.pack`, and a digest of them.
 * @param modules [name, code of a CommonJS module] of each module
 */
export function packed(modules) {
  const contents = new Map(modules.map(([name, code]) => [name, Buffer.from(ascii(Module.wrap(code)))]));
  const digest = createHash('sha256');
  for (const [name, content] of contents) digest.update(`${name} ${content.length} `).update(content);
  return { program: digest.digest('hex'), contents };
}
