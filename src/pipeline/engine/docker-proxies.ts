/** Reads the proxies that docker's config.json gives to containers and builds. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { dockerFolder } from './engine-address.ts';

const VARIABLES = {
  httpProxy: 'HTTP_PROXY',
  httpsProxy: 'HTTPS_PROXY',
  ftpProxy: 'FTP_PROXY',
  noProxy: 'NO_PROXY',
  allProxy: 'ALL_PROXY',
} as const;

const configFile = z.object({
  proxies: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});

/**
 * Returns the variables that docker's own client passes to a build: the engine's builder sets them for its steps only,
 * and stores them neither in the image nor in its cache.
 * @param endpoint address of the engine; the file may name proxies for one engine
 */
export async function dockerProxies(
  endpoint: string,
  folder: string = dockerFolder(),
): Promise<Record<string, string>> {
  const text = await readFile(join(folder, 'config.json'), 'utf8').catch(() => '{}');
  const proxies = parsed(text)?.proxies;
  const given = proxies?.[endpoint] ?? proxies?.default ?? {};
  return Object.fromEntries(
    Object.entries(VARIABLES).flatMap(([key, name]) => {
      const value = given[key];
      if (typeof value !== 'string' || value === '') return [];
      return [
        [name, value],
        [name.toLowerCase(), value],
      ];
    }),
  );
}

/** @returns undefined for a file that docker cannot use either */
function parsed(text: string): z.infer<typeof configFile> | undefined {
  try {
    return configFile.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
