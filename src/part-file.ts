/** Files of named parts, of which a process reads those that it needs. */
import { createHash } from 'node:crypto';
import { constants, fstatSync, openSync, readSync } from 'node:fs';

/** What a file begins with, as JSON, behind its length in 4 bytes (little-endian). The parts follow, without separators. */
interface PartIndex {
  /** Digest of the modules of a bundle: those of another one may have the same names and lengths. */
  readonly program: string;
  readonly parts: readonly Part[];
}

/** Length in bytes. */
type Part = readonly [name: string, length: number, digest: string];

const LENGTH_BYTES = 4;

function digestOf(content: Buffer): string {
  return createHash('sha1').update(content).digest('base64');
}

function requireOwn(file: number): void {
  const found = fstatSync(file);
  const writable = (found.mode & 0o022) !== 0;
  if (!found.isFile() || writable || found.uid !== process.geteuid?.())
    throw new Error('it belongs to another user');
}

/** An open file. It stays complete for this process if it is replaced or removed. */
export class PartFile {
  readonly program: string;
  readonly #file: number;
  /** Where each part begins, and what the index says about it. */
  readonly #places = new Map<string, readonly [start: number, part: Part]>();

  /**
   * @param options `own`: only if it belongs to this user, and nobody else can write in it
   * @throws Error if there is none, or if it is not such a file
   */
  constructor(path: string, { own = false } = {}) {
    // A pipe in its place does not block.
    this.#file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (own) requireOwn(this.#file);
    const length = this.#read(0, LENGTH_BYTES).readUInt32LE(0);
    let start = LENGTH_BYTES + length;
    const { program, parts } = JSON.parse(this.#read(LENGTH_BYTES, length).toString()) as PartIndex;
    for (const part of parts) {
      this.#places.set(part[0], [start, part]);
      start += part[1];
    }
    this.program = program;
  }

  get names(): readonly string[] {
    return [...this.#places.keys()];
  }

  /** Returns a part; undefined if the file does not have it. */
  read(name: string): Buffer | undefined {
    const [start, part] = this.#places.get(name) ?? [];
    return start === undefined || !part ? undefined : this.#read(start, part[1]);
  }

  /** Like `read`, but undefined also if the part is damaged. */
  readIntact(name: string): Buffer | undefined {
    const content = this.read(name);
    return content && digestOf(content) === this.#places.get(name)?.[1][2] ? content : undefined;
  }

  #read(start: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    const count = readSync(this.#file, bytes, 0, length, start);
    return bytes.subarray(0, count);
  }
}

/** Returns the content of a file with these parts. */
export function partFile(program: string, contents: ReadonlyMap<string, Buffer>): Buffer {
  const parts = [...contents].map(([name, content]): Part => [name, content.length, digestOf(content)]);
  const index = Buffer.from(JSON.stringify({ program, parts } satisfies PartIndex));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(index.length);
  return Buffer.concat([length, index, ...contents.values()]);
}
