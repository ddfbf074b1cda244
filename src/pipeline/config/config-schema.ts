/** The JSON schema of fabric-wizard.yaml, for editors. */
import * as z from 'zod';
import { CHAINCODES_KEY, CHAINCODES_SCHEMA } from './chaincode-list.ts';
import { CHECKS } from './choice-checks.ts';
import { CHOICE_FIELDS, CHOICES, defaultTextOf, keyOf } from './config-choices.ts';

export function configJsonSchema(): unknown {
  const properties = CHOICE_FIELDS.map((field) => {
    const check: z.ZodType = CHECKS[field];
    const described = check.describe(`${CHOICES[field].help}${defaultTextOf(field)}`);
    return [keyOf(field), described.optional()] as const;
  });
  const chaincodes = CHAINCODES_SCHEMA.describe(
    'chaincodes that `up` and `chaincode deploy` deploy',
  ).optional();
  return z.toJSONSchema(z.strictObject({ ...Object.fromEntries(properties), [CHAINCODES_KEY]: chaincodes }), {
    unrepresentable: 'any',
  });
}
