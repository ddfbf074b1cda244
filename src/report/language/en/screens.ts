/** The screens of a run and of the network, in English. */
export const screens = {
  'key.start': 'run it',
  'key.next': 'next',
  'key.back': 'back',
  'key.help': 'explain',
  'key.quit': 'quit',
  'key.cancel': 'cancel',
  'run.title': 'Run',
  'app.loading': 'looking at the source and the engine',
} as const;
