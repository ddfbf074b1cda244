/** Reads the proxies that docker's config.json gives to containers and builds. */
import { dockerFolder, readDockerConfig } from './docker-config.ts';

const VARIABLES = {
  httpProxy: 'HTTP_PROXY',
  httpsProxy: 'HTTPS_PROXY',
  ftpProxy: 'FTP_PROXY',
  noProxy: 'NO_PROXY',
  allProxy: 'ALL_PROXY',
} as const;

/**
 * Returns the variables that docker's own client passes to a build: the engine's builder sets them for its steps only,
 * and stores them neither in the image nor in its cache.
 * @param endpoint address of the engine; the file may name proxies for one engine
 */
export async function dockerProxies(
  endpoint: string,
  folder: string = dockerFolder(),
): Promise<Record<string, string>> {
  const { proxies } = await readDockerConfig(folder);
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
