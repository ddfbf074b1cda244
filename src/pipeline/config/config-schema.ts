/** The JSON schema of fabric-wizard.yaml, for editors. */
import * as z from 'zod/mini';
import { CHAINCODES_KEY, CHAINCODES_SCHEMA } from './chaincode-list.ts';
import { CHANNEL_POLICIES } from './channel-list.ts';
import { CHECKS } from './choice-checks.ts';
import { CHOICE_FIELDS, CHOICES, type ChoiceField, defaultTextOf, keyOf } from './config-choices.ts';
import { HOOKS_KEY, HOOKS_SCHEMA } from './hook-list.ts';
import { MOST_ORDERERS } from './organisations.ts';
import { canBeMap } from './pairs.ts';
import { MOST_PEERS } from './port-numbers.ts';

const text = z.string();
/** Several names: a list, or joined with `+`. */
const names = z.union([text, z.array(text)]);

/** An entry of a list: its name, or a map. */
function entry<T extends z.core.$ZodLooseShape>(values: T) {
  return z.array(z.union([text, z.strictObject({ name: text, ...values })]));
}

/** Lists that can be in the place of a text. */
const LISTS: Readonly<Partial<Record<ChoiceField, z.ZodMiniType>>> = {
  organisations: entry({
    domain: z.optional(text),
    msp: z.optional(text),
    peers: z.optional(z.int().check(z.gte(0), z.lte(MOST_PEERS))),
    orderers: z.optional(z.int().check(z.gte(0), z.lte(MOST_ORDERERS))),
  }),
  channels: entry({
    organisations: z.optional(names),
    peers: z.optional(names),
    capability: z.optional(text),
    policies: z.optional(
      z.strictObject(Object.fromEntries(CHANNEL_POLICIES.map((policy) => [policy, z.optional(text)]))),
    ),
  }),
};

export function configJsonSchema(): unknown {
  const properties = CHOICE_FIELDS.map((field) => {
    const flag: z.ZodMiniType = CHECKS[field];
    const other = LISTS[field] ?? (canBeMap(field) ? z.record(text, text) : undefined);
    const check = other ? z.union([flag, other]) : flag;
    const described = check.check(z.describe(`${CHOICES[field].help}${defaultTextOf(field)}`));
    return [keyOf(field), z.optional(described)] as const;
  });
  const chaincodes = z.optional(
    CHAINCODES_SCHEMA.check(z.describe('chaincodes that `up` and `chaincode deploy` deploy')),
  );
  const hooks = z.optional(
    HOOKS_SCHEMA.check(z.describe('commands that run on this host, in the folder of this file')),
  );
  return z.toJSONSchema(
    z.strictObject({
      ...Object.fromEntries(properties),
      ...{ [CHAINCODES_KEY]: chaincodes, [HOOKS_KEY]: hooks },
    }),
    { unrepresentable: 'any' },
  );
}
