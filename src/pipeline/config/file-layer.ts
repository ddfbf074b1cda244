/** Reads the values of fabric-wizard.yaml, with their positions in the file. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../core/error-code.ts';
import type { ConfigIssue } from '../core/failure.ts';
import type { Phrase, Text } from '../core/phrase.ts';
import type { ChaincodeChoice } from './chaincode-list.ts';
import { type ChoiceField, CONFIG_FILE } from './config-choices.ts';

/**
 * `preset`: one of the choices that `--preset` stands for.
 * `last-run`: a flag of the last run in this folder, so that the next command uses the same network.
 */
export type Origin = 'flag' | 'preset' | 'file' | 'last-run' | 'default';

/** A value of one layer, not checked yet. */
export interface LayerValue {
  /** Undefined: the default. */
  readonly value: unknown;
  readonly origin: Origin;
  /** `--orgs`, `fabric-wizard.yaml:3:7`. */
  readonly where: Text;
  /** The value as it is written in the file. */
  readonly written?: string;
  /** Folder that a relative path starts from. */
  readonly from: string;
}

/** Values that come from the same place: flags, the file, the last run. */
export type Layer = ReadonlyMap<ChoiceField, LayerValue>;

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

export interface ConfigFile {
  readonly layer: Layer;
  readonly chaincodes: readonly ChaincodeChoice[];
}

export const EMPTY_FILE: ConfigFile = { layer: new Map(), chaincodes: [] };

/** Reads the file in `dir`. Adds what is wrong with it to `issues`. */
export async function readConfigFile(dir: string, issues: ConfigIssue[]): Promise<ConfigFile> {
  const text = await readConfigText(join(dir, CONFIG_FILE), issues);
  if (text === undefined) return EMPTY_FILE;
  // The parser takes as long to load as a small command takes for the rest.
  const { parsedConfig } = await import('./config-yaml.ts');
  return parsedConfig(text, dir, issues);
}
