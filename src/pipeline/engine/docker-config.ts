/** Reads the configuration file of docker's own client. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod/mini';

/** Returns the folder of docker's own configuration. */
export function dockerFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  return env.DOCKER_CONFIG || join(homedir(), '.docker');
}

const schema = z.object({
  currentContext: z.optional(z.string()),
  /** By the address of an engine, or `default`. */
  proxies: z.catch(z.optional(z.record(z.string(), z.record(z.string(), z.unknown()))), undefined),
});

export interface DockerConfig extends Readonly<z.infer<typeof schema>> {
  readonly file: string;
  /** The file exists and cannot be used: docker ignores it too. */
  readonly broken: boolean;
}

/** Returns what docker's client is configured to; nothing if the file is missing or broken. */
export async function readDockerConfig(folder: string): Promise<DockerConfig> {
  const file = join(folder, 'config.json');
  const text = await readFile(file, 'utf8').catch(() => '');
  try {
    return { ...(text === '' ? {} : schema.parse(JSON.parse(text))), file, broken: false };
  } catch {
    return { file, broken: true };
  }
}
