/**
 * A text for the user as data: a key of the language catalogues (src/language) and the values of its
 * placeholders. To add a phrase, write its text in every language; its type follows from the English text.
 */
import type { phrases } from '../../language/en/phrases.ts';

/** A phrase, or a string without translation: a path, a command, an image reference, a message of another program. */
export type Text = string | Phrase;

/** Value of a placeholder. A long list is shortened when it is printed. */
export type Fact = Text | number | readonly Text[];

type Texts = typeof phrases;
type PhraseKey = keyof Texts;

/** Contents of the braces in a text: `count` of `{count}`, `count|file|files` of `{count|file|files}`. */
type Braces<T extends string> = T extends `${string}{${infer Inner}}${infer Rest}`
  ? Inner | Braces<Rest>
  : never;
/** Names that choose between a singular and a plural form. */
type Counts<Inner> = Inner extends `${infer Name}|${string}` ? Name : never;
type Names<Inner> = Inner extends `${infer Name}|${string}` ? Name : Inner;

type FactsOf<Inner extends string> = {
  readonly [Name in Names<Inner>]: Name extends Counts<Inner> ? number : Fact;
};

type PhraseOf<K extends PhraseKey> = [Braces<Texts[K]>] extends [never]
  ? never
  : { readonly key: K } & FactsOf<Braces<Texts[K]>>;

type KeyWithoutFacts = {
  [K in PhraseKey]: [Braces<Texts[K]>] extends [never] ? K : never;
}[PhraseKey];

export type Phrase = { readonly key: KeyWithoutFacts } | { [K in PhraseKey]: PhraseOf<K> }[PhraseKey];
