const assert = require('node:assert');
const { test } = require('node:test');
const ledger = require('./ledger.js');

/** What ledger.js uses of Fabric's stub, without a ledger. */
class Values {
  values = new Map();

  async getState(key) {
    return this.values.get(key) ?? Buffer.alloc(0);
  }

  async putState(key, value) {
    this.values.set(key, value);
  }
}

test('a value that was put can be got', async () => {
  const state = new Values();
  await ledger.put(state, 'hello', 'world');
  assert.strictEqual(await ledger.get(state, 'hello'), 'world');
});

test('a value that was not put cannot', async () => {
  await assert.rejects(ledger.get(new Values(), 'absent'), /no value for absent/);
});
