/** `config`: prints the effective configuration and the origin of each value, or the JSON schema. */

import { configRows } from '../pipeline/config/config.ts';
import {
  CHOICE_FIELDS,
  CHOICES,
  type ChoiceField,
  CONFIG_FILE,
  keyOf,
} from '../pipeline/config/config-choices.ts';
import { configJsonSchema } from '../pipeline/config/config-schema.ts';
import { EXIT } from '../pipeline/core/failure.ts';
import type { LabelKey } from '../report/language/labels.ts';
import { renderConfig } from '../report/tables.ts';
import { loadEffectiveConfig } from './load-config.ts';
import { columnsOf, printJson, styleFor, type Terminal, writeToStdout } from './terminal.ts';

/** Labels of values that depend on the source. Other such values are shown as patterns, the same in all languages. */
const UNSET: Partial<Record<ChoiceField, LabelKey>> = {
  fabricVersion: 'unset.source',
  dockerNs: 'unset.dockerNs',
  baseVersion: 'unset.source',
  commitSha: 'unset.source',
  link: 'unset.link',
  consensus: 'unset.consensus',
  couchdbImage: 'unset.couchdbImage',
  metricsImage: 'unset.metricsImage',
  project: 'unset.project',
  chaintool: 'none.chaintool',
  chaincode: 'none.chaincode',
  registry: 'none.registry',
};

export async function config(
  terminal: Terminal,
  flags: Readonly<Record<string, unknown>>,
  schema: boolean,
): Promise<number> {
  if (schema) {
    writeToStdout(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
    return EXIT.done;
  }
  const rows = configRows(await loadEffectiveConfig(terminal.dir, flags));
  if (terminal.json) {
    printJson(
      Object.fromEntries(rows.map(({ key, value, origin }) => [key, { value: value ?? null, origin }])),
    );
    return EXIT.done;
  }
  const style = styleFor(terminal, process.stdout);
  const { t } = style;
  const origins = {
    flag: t('origin.flag'),
    preset: t('origin.preset'),
    file: CONFIG_FILE,
    'last-run': t('config.last-run'),
    default: t('origin.default'),
  };
  const unset = new Map(
    CHOICE_FIELDS.map((field) => {
      const words = UNSET[field];
      return [keyOf(field), words === undefined ? CHOICES[field].defaultText : t(words)];
    }),
  );
  const shown = rows.map(({ key, value, origin }) => ({
    key,
    value: value === undefined ? `(${unset.get(key)})` : String(value),
    origin: origins[origin],
    isDefault: origin === 'default',
  }));
  writeToStdout(`${renderConfig(shown, style, columnsOf(process.stdout))}\n`);
  return EXIT.done;
}
