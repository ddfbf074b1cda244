/** Values of the configuration by where they come from. */
import type { Hooks } from '../core/hook.ts';
import type { Text } from '../core/phrase.ts';
import type { ChaincodeChoice } from './chaincode-list.ts';
import type { ChoiceField } from './config-choices.ts';

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

/** What fabric-wizard.yaml contains. */
export interface ConfigFile {
  readonly layer: Layer;
  readonly chaincodes: readonly ChaincodeChoice[];
  readonly hooks: Hooks;
}

export const EMPTY_FILE: ConfigFile = { layer: new Map(), chaincodes: [], hooks: {} };
