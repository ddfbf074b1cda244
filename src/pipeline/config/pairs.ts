/** PURE: choices that are a text `key=value,...` as a flag, and can be a map in the file. */
import { isAlias, isScalar, type Node, type YAMLMap } from 'yaml';
import { CHOICES, type ChoiceField } from './config-choices.ts';

/** Whether a value of this choice can be a map. */
export function canBeMap(field: ChoiceField): boolean {
  return CHOICES[field].pairs === true;
}

/** Returns a map as the text of a flag. */
export function pairsText(map: object): string {
  return Object.entries(map)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}

/** Returns the first value of a map that no flag can have: nothing, a map, a list, or a text with a comma. */
export function unusablePair(map: YAMLMap): { readonly key: Node; readonly value: unknown } | undefined {
  const isUsable = (value: unknown) =>
    isAlias(value) || (isScalar(value) && value.value !== null && !String(value.value).includes(','));
  const found = map.items.find(({ value }) => !isUsable(value));
  return found && { key: found.key as Node, value: found.value };
}
