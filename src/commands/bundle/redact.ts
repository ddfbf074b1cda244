/** PURE: removes from texts what must not leave the machine: keys, passwords, and names of the user and the machine. */

export interface Identity {
  /** Home folder of the user. */
  readonly home: string;
  readonly user: string;
  readonly host: string;
  /** Variables of the process; values of those whose names sound secret are removed everywhere. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

const REMOVED = '<removed>';

/** Names of variables and keys whose values are secrets. */
const SECRET_NAME = String.raw`[\w.-]*(?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|private[_-]?key|access[_-]?key|credential|identitytoken|authorization)[\w.-]*`;
const IS_SECRET = new RegExp(`^${SECRET_NAME}$`, 'i');

/** A shorter value is part of many words by chance. */
const LEAST_SECRET = 6;

/** A key in PEM, also with its line breaks escaped as in JSON, and also if its end is cut off. */
const PEM_KEY = /-----BEGIN ([A-Z ]*PRIVATE KEY)-----[\s\S]*?(?:-----END \1-----|(?=-----BEGIN )|$)/g;

/** `NAME=value`, `name: value`, `"name": "value"`; the value may be quoted. */
const ASSIGNED = new RegExp(
  String.raw`(["']?\b${SECRET_NAME}["']?\s*[=:]\s*)("(?:[^"\\]|\\.)*"|'[^']*'|[^\s,;}"'][^\s,;}]*)`,
  'gi',
);

/** `https://user:password@host`. */
const IN_URL = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/gi;

/** `Authorization: Basic …`, `Bearer …`. */
const HEADER = /\b(Basic|Bearer)\s+[A-Za-z0-9+/=._-]{8,}/g;

/** Values of an `auths` object of Docker's configuration. */
const DOCKER_AUTH = /("(?:auth|identitytoken|registrytoken)"\s*:\s*)"[^"]*"/g;

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** A word that is no part of a longer one. */
function wholeWord(word: string): RegExp {
  return new RegExp(`(?<![\\w.-])${escaped(word)}(?![\\w-])`, 'g');
}

function secretValues({ env }: Identity): string[] {
  return Object.entries(env)
    .flatMap(([name, value = '']) => (IS_SECRET.test(name) && value.length >= LEAST_SECRET ? [value] : []))
    .sort((a, b) => b.length - a.length);
}

/** Names that say nothing about a person. */
const COMMON_NAMES = ['root', 'localhost', 'user', 'docker', 'fabric', 'peer', 'orderer'];

/** Returns a function that removes secrets and shortens names in a text. */
export function redactor(identity: Identity): (text: string) => string {
  const secrets = secretValues(identity);
  const { home, user, host } = identity;
  const isNamed = (name: string) => name.length > 2 && !COMMON_NAMES.includes(name);
  return (text) => {
    let clean = text.replace(PEM_KEY, `${REMOVED} $1`);
    for (const secret of secrets) clean = clean.replaceAll(secret, REMOVED);
    clean = clean
      .replace(HEADER, `$1 ${REMOVED}`)
      .replace(DOCKER_AUTH, `$1"${REMOVED}"`)
      .replace(ASSIGNED, (_, name: string, value: string) =>
        /^["']/.test(value) ? `${name}${value[0]}${REMOVED}${value[0]}` : `${name}${REMOVED}`,
      )
      .replace(IN_URL, `$1${REMOVED}@`);
    if (home.length > 1) clean = clean.replace(new RegExp(`${escaped(home)}(?![\\w-])`, 'g'), '~');
    if (isNamed(user)) clean = clean.replace(wholeWord(user), '<user>');
    if (isNamed(host)) clean = clean.replace(wholeWord(host), '<host>');
    return clean;
  };
}
