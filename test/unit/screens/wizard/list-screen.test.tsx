/** The entries of a list as rows, used through keys. */
import { expect, it } from 'vitest';
import { CurrentScreen } from '../../../../src/app.tsx';
import { withAnswer } from '../../../../src/pipeline/config/answer-checks.ts';
import { NO_ANSWERS, textOf } from '../../../../src/pipeline/config/answers.ts';
import { textWidth } from '../../../../src/report/terminal-text.ts';
import type { ListField } from '../../../../src/screens/navigation.ts';
import { fakeWizard } from '../../../support/questions.ts';
import { fakeApp, KEY, SIZES, showScreen } from '../../../support/screen.tsx';

const CTRL_O = '\u000f';
const CTRL_U = '\u0015';

const LIST = 'Acme domain=acme.com peers=1, Globex';

async function show(
  text: string,
  how: Parameters<typeof showScreen>[2] = {},
  at: ListField = 'organisations',
) {
  const { wizard } = fakeWizard({ answers: withAnswer(NO_ANSWERS, at, text) });
  const { app } = fakeApp({ id: 'network', at }, {}, wizard);
  const shown = await showScreen(<CurrentScreen />, app, how);
  await shown.press(CTRL_O);
  return {
    ...shown,
    answer: () => textOf(wizard.store.now().answers, at),
    place: () => app.store.now().navigation.at(-1)?.id,
  };
}

it('has a row for each entry and one for a new entry, and changes the answer', async () => {
  const list = await show(LIST);
  expect(list.text()).toMatch(/› Acme domain=acme\.com peers=1[\s\S]*\n +Globex\n +a new one/);
  await list.press(KEY.down);
  await list.press(' peers=3');
  expect(list.answer()).toBe('Acme domain=acme.com peers=1, Globex peers=3');
  await list.press(KEY.down);
  await list.press('Initech');
  expect(list.answer()).toBe('Acme domain=acme.com peers=1, Globex peers=3, Initech');
  await list.press(KEY.up);
  await list.press(CTRL_U);
  expect(list.answer()).toBe('Acme domain=acme.com peers=1, Initech');
});

it('returns to the field of the form, which has the text of all entries', async () => {
  const list = await show(LIST);
  await list.press(CTRL_U);
  await list.press(KEY.escape);
  expect(list.place()).toBe('network');
  expect(list.text()).toMatch(/› named orgs +Globex/);
  // Named organisations have a number, so it is not asked for.
  expect(list.text()).not.toMatch(/^. organisations /m);
});

it('returns with Enter on the row for a new entry', async () => {
  const list = await show('');
  await list.press('Acme');
  await list.press(KEY.enter);
  expect(list.place()).toBe('list');
  await list.press(KEY.enter);
  expect(list.place()).toBe('network');
  expect(list.answer()).toBe('Acme');
});

it('shows what is wrong with an entry', async () => {
  const list = await show('Acme, Globex peers=many');
  expect(list.text()).toMatch(/Globex[\s\S]*✗.*peers/);
});

it('makes rows of a text with commas that is pasted, and continues in the last one', async () => {
  const list = await show('Acme');
  await list.press(KEY.down);
  await list.press('Globex peers=1, Initech');
  expect(list.text()).toMatch(/ Acme *\n +Globex peers=1 *\n› Initech *\n +a new one/);
  await list.press(' peers=3');
  expect(list.answer()).toBe('Acme, Globex peers=1, Initech peers=3');
});

it('begins a row at a comma that is typed, also between two entries', async () => {
  const list = await show('Acme, Globex');
  await list.press(',');
  await list.press('Initech');
  expect(list.text()).toMatch(/ Acme *\n› Initech *\n +Globex *\n +a new one/);
  expect(list.answer()).toBe('Acme, Initech, Globex');
});

it('begins no row at a comma in quotes that are not closed yet', async () => {
  const list = await show('', {}, 'channels');
  for (const text of ['trade policies.Readers="OR(', "'A.peer'", ',', "'B.peer')"]) await list.press(text);
  expect(list.text()).toMatch(/› trade policies\.Readers="OR\('A\.peer','B\.peer'\) *\n/);
  await list.press('",audit');
  expect(list.answer()).toBe(`trade policies.Readers="OR('A.peer','B.peer')", audit`);
});

it('keeps a comma inside quotes together, in channels', async () => {
  const list = await show(
    `trade, audit policies.Readers="OR('Org1MSP.peer','Org2MSP.peer')"`,
    {},
    'channels',
  );
  expect(list.text()).toMatch(/› trade *\n +audit policies/);
});

it.each(SIZES)('fits at $columns x $rows in both languages', async (size) => {
  for (const language of ['en', 'zh'] as const) {
    const many = Array.from(
      { length: 30 },
      (_, index) => `Org${index} peers=1 domain=org${index}.example.com`,
    );
    const list = await show(many.join(', '), { size, language });
    expect(list.rows().length).toBe(size.rows - 1);
    expect(Math.max(...list.rows().map(textWidth))).toBeLessThanOrEqual(size.columns);
    expect(list.text()).toContain('› Org0');
  }
});
