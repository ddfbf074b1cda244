/** The JSON schema of fabric-wizard.yaml, for editors. */
import * as z from 'zod/mini';
import { CHAINCODES_KEY, CHAINCODES_SCHEMA } from './chaincode-list.ts';
import { CHECKS } from './choice-checks.ts';
import { CHOICE_FIELDS, CHOICES, defaultTextOf, keyOf } from './config-choices.ts';
import { canBeMap } from './pairs.ts';

export function configJsonSchema(): unknown {
  const properties = CHOICE_FIELDS.map((field) => {
    const text: z.ZodMiniType = CHECKS[field];
    const check = canBeMap(field) ? z.union([text, z.record(z.string(), z.string())]) : text;
    const described = check.check(z.describe(`${CHOICES[field].help}${defaultTextOf(field)}`));
    return [keyOf(field), z.optional(described)] as const;
  });
  const chaincodes = z.optional(
    CHAINCODES_SCHEMA.check(z.describe('chaincodes that `up` and `chaincode deploy` deploy')),
  );
  return z.toJSONSchema(z.strictObject({ ...Object.fromEntries(properties), [CHAINCODES_KEY]: chaincodes }), {
    unrepresentable: 'any',
  });
}
