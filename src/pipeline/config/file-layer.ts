/** Reads fabric-wizard.yaml. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../core/error-code.ts';
import type { ConfigIssue } from '../core/failure.ts';
import type { Phrase } from '../core/phrase.ts';
import { CONFIG_FILE } from './config-choices.ts';
import { type ConfigFile, EMPTY_FILE } from './layers.ts';

/** Returns the text of the file; undefined if it does not exist or is not readable. */
async function readConfigText(path: string, issues: ConfigIssue[]): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') {
      const message: Phrase = { key: 'issue.unreadable', code: errorCode(error) };
      issues.push({ path: CONFIG_FILE, message, where: CONFIG_FILE });
    }
    return undefined;
  }
}

/**
 * Reads the file in `dir`. Adds what is wrong with it to `issues`.
 * @param given the text that the file is to have
 */
export async function readConfigFile(
  dir: string,
  issues: ConfigIssue[],
  given?: string,
): Promise<ConfigFile> {
  const text = given ?? (await readConfigText(join(dir, CONFIG_FILE), issues));
  if (text === undefined) return EMPTY_FILE;
  // The parser takes as long to load as a small command takes for the rest.
  const { parsedConfig } = await import('./config-yaml.ts');
  return parsedConfig(text, dir, issues);
}
