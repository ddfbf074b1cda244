/** The arguments of this process as they are shown again: without the secret of an identity. */

const SECRET = '--secret';

/** Returns the words with `SECRET` in place of a secret. */
export function shownWords(words: readonly string[]): readonly string[] {
  return words.map((word, index) => {
    if (words[index - 1] === SECRET) return 'SECRET';
    return word.startsWith(`${SECRET}=`) ? `${SECRET}=SECRET` : word;
  });
}
