import { configJsonSchema } from '../pipeline/choices/choice-checks.ts';
import { printConfig } from '../pipeline/choices/config.ts';
import { CHOICE_FIELDS, CHOICES, CONFIG_FILE, keyOf } from '../pipeline/choices/config-choices.ts';
import { EXIT } from '../pipeline/run/failure.ts';
import { renderConfig } from '../report/tables.ts';
import { loadChoices } from './choices.ts';
import { printJson, styleFor, type Terminal } from './terminal.ts';

const ORIGIN_TEXT = { flag: 'flag', file: CONFIG_FILE, 'last-run': 'last run', default: 'default' } as const;

export async function config(
  terminal: Terminal,
  flags: Readonly<Record<string, unknown>>,
  schema: boolean,
): Promise<number> {
  if (schema) {
    process.stdout.write(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
    return EXIT.done;
  }
  const rows = printConfig(await loadChoices(terminal.dir, flags));
  if (terminal.json) {
    printJson(
      Object.fromEntries(rows.map(({ key, value, origin }) => [key, { value: value ?? null, origin }])),
    );
    return EXIT.done;
  }
  const style = styleFor(terminal, process.stdout);
  const defaultTexts = new Map(CHOICE_FIELDS.map((field) => [keyOf(field), CHOICES[field].defaultText]));
  const shown = rows.map(({ key, value, origin }) => ({
    key,
    value: value === undefined ? `(${defaultTexts.get(key)})` : String(value),
    origin: ORIGIN_TEXT[origin],
  }));
  process.stdout.write(`${renderConfig(shown, style, process.stdout.columns)}\n`);
  return EXIT.done;
}
